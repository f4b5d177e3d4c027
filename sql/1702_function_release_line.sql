create or replace function app.release_line(p_phone_number_id uuid)
returns uuid
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_number public.phone_numbers;
  v_run public.provisioning;
begin
  select * into v_number
  from public.phone_numbers n
  where n.org_id = v_org_id and n.id = p_phone_number_id
  for update;
  if v_number.id is null then
    raise exception 'there is no such number' using errcode = 'VX404';
  end if;
  select * into v_run
  from public.provisioning p
  where p.org_id = v_org_id and p.number = v_number.number and p.state not in ('undone', 'released')
  for update;
  if v_run.id is null then
    -- No run is open for it; it gets one all the same, so that its end is told like any other.
    insert into public.provisioning (org_id, number, account_ref, state, started_by)
    values (v_org_id, v_number.number, '', 'releasing', app.current_user_id())
    returning * into v_run;
    if v_number.vapi_phone_number_id is null then
      perform app.conclude_provisioning(v_run.id);
    else
      -- Vapi has had it from before: it goes there. What it was like at Twilio nobody looked at, so that stays.
      insert into public.provisioning_steps (org_id, provisioning_id, position, step, state, external_id, intended_at)
      values (v_org_id, v_run.id, 1, 'check', 'skipped', null, null),
        (v_org_id, v_run.id, 3, 'import', 'done', v_number.vapi_phone_number_id, app.now());
      perform app.start_provisioning(v_run.id);
    end if;
  elsif v_run.state <> 'releasing' then
    perform app.turn_around(v_run.id, 'releasing');
    perform app.start_provisioning(v_run.id);
  end if;
  insert into public.audit_log (org_id, action, entity, entity_id, actor_user_id)
  values (v_org_id, 'number_released', 'phone_number', v_number.id, app.current_user_id());
  return v_run.id;
end
$$;

comment on function app.release_line(uuid) is
  'Gives a number up: its run is undone outside, then its row goes; the Twilio account is kept. Returns the run, to wait for. For operators, and for members by release_phone_number. VX404: no such number.';

select app.seal('app.release_line(uuid)', 'app_writer', 'tenant_service');
