create or replace function app.fail_provisioning_step(
  p_provisioning_id uuid,
  p_lease_id uuid,
  p_step text,
  p_error text,
  p_final boolean,
  p_may_still_act boolean default false,
  p_pause_seconds integer default 0
)
returns boolean
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_now timestamptz;
  v_run public.provisioning;
  v_attempts integer;
  v_final boolean;
  v_pause integer;
begin
  select * into v_run
  from public.provisioning p
  where p.org_id = v_org_id and p.id = p_provisioning_id and p.lease_id = p_lease_id
  for update;
  if v_run.id is null or v_run.state not in ('running', 'undoing', 'releasing') then
    return false;
  end if;
  v_now := app.now();
  select s.attempts into v_attempts
  from public.provisioning_steps s
  where s.org_id = v_org_id and s.provisioning_id = v_run.id and s.step = p_step;
  -- Nothing is left outside because of one refusal: twenty tries of undoing last about three hours.
  v_final := p_final and (v_run.state = 'running' or v_attempts >= 20);
  update public.provisioning_steps s
  set error = p_error, updated_at = v_now,
    -- A gateway may give up before what it asked for is done.
    settle_at = case when p_may_still_act then v_now + interval '30 seconds' else s.settle_at end,
    state = case when v_final and v_run.state <> 'running' then 'left' else s.state end
  where s.org_id = v_org_id and s.provisioning_id = v_run.id and s.step = p_step;
  if v_final and v_run.state <> 'running' and p_step = 'import' then
    update public.phone_numbers n
    set vapi_phone_number_id = null, updated_at = v_now
    where n.org_id = v_org_id and n.number = v_run.number;
  end if;
  v_pause := greatest(least(2 ^ least(v_attempts - 1, 10), case v_run.state when 'running' then 30 else 900 end)::integer, p_pause_seconds);
  update public.provisioning p
  set error = case when v_run.state = 'running' or p.error is null then p_error else p.error end,
    lease_id = null, lease_until = null, next_at = case when v_final then v_now else v_now + make_interval(secs => v_pause) end,
    updated_at = v_now
  where p.org_id = v_org_id and p.id = v_run.id;
  if v_run.state = 'running' and (v_final or v_attempts >= 4) then
    if v_run.activated_at is null then
      perform app.turn_around(v_run.id, 'undoing');
      perform app.notify_staff('number_failed', 'A phone number could not be set up', 'provisioning', v_run.id);
    else
      -- A line that works is not taken down because a change of it failed.
      update public.provisioning p set state = 'active', next_at = null where p.org_id = v_org_id and p.id = v_run.id;
      -- It may be tried every ten minutes from here on: once is told until somebody has read it.
      if not exists (
        select from public.notifications n
        where n.org_id = v_org_id and n.kind = 'number_failed' and n.entity_id = v_run.id and n.read_at is null) then
        perform app.notify_staff(
          'number_failed', 'A change of a phone number failed: it works as before', 'provisioning', v_run.id);
      end if;
    end if;
  end if;
  perform app.announce('provisioning_updated', 'provisioning', v_run.id);
  return true;
end
$$;

comment on function app.fail_provisioning_step(uuid, uuid, text, text, boolean, boolean, integer) is
  'Writes why a step failed (p_error, a word of ours) and decides what follows: another try after 1, 2 and 4 seconds (p_pause_seconds: not sooner, the provider asks for it); after the fourth, or when it is final, a run that never worked is undone and one that works stays as it was, and staff are told. Undoing goes on trying, in growing steps to a quarter of an hour; what is refused for good twenty times is left and named. p_may_still_act: nobody answered, so what it made is looked for half a minute later. False: the lease is lost.';

select app.seal('app.fail_provisioning_step(uuid, uuid, text, text, boolean, boolean, integer)', 'app_writer', 'tenant_service');
