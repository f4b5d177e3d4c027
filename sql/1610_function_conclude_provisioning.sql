create or replace function app.conclude_provisioning(p_provisioning_id uuid)
returns void
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_now timestamptz := app.now();
  v_run public.provisioning;
  v_other text;
begin
  select * into v_run from public.provisioning p where p.org_id = v_org_id and p.id = p_provisioning_id;
  if v_run.state = 'running' then
    update public.provisioning p
    set state = 'active', activated_at = coalesce(p.activated_at, v_now), error = null,
      lease_id = null, lease_until = null, next_at = null, updated_at = v_now
    where p.org_id = v_org_id and p.id = p_provisioning_id;
    if v_run.activated_at is null then
      perform app.notify_staff('number_active', 'A phone number is set up: its calls are answered', 'provisioning', p_provisioning_id);
    end if;
  else
    update public.provisioning p
    set state = case p.state when 'undoing' then 'undone' else 'released' end, ended_at = v_now,
      lease_id = null, lease_until = null, next_at = null, updated_at = v_now
    where p.org_id = v_org_id and p.id = p_provisioning_id;
  end if;
  if v_run.state = 'releasing' then
    delete from public.phone_numbers n where n.org_id = v_org_id and n.number = v_run.number;
    -- Texts leave from another number of the account, or from none: replies to a number given back reach nobody of ours.
    select p.number into v_other
    from public.provisioning p
    where p.org_id = v_org_id and p.state in ('running', 'active') and p.activated_at is not null
    order by p.activated_at, p.id
    limit 1;
    update public.org_credentials c
    set sender = v_other, updated_at = v_now
    where c.org_id = v_org_id and c.provider = 'twilio' and c.sender = v_run.number;
  end if;
  if v_run.state <> 'running' and exists (
    select from public.provisioning_steps s
    where s.org_id = v_org_id and s.provisioning_id = p_provisioning_id and s.state = 'left') then
    perform app.notify_staff(
      'number_left', 'A phone number was given back, but not all of it could be taken away', 'provisioning', p_provisioning_id);
  end if;
  perform app.announce('provisioning_updated', 'provisioning', p_provisioning_id);
end
$$;

comment on function app.conclude_provisioning(uuid) is
  'Ends a run whose steps are all done (active) or undone. A released number''s row goes; the account is kept, its texts leave from another number of the clinic''s or, without one, from none. After a failed set-up the number stays the clinic''s, to text from. Staff are told when a line first works, and what had to be left.';

select app.seal('app.conclude_provisioning(uuid)', null, 'app_writer');
