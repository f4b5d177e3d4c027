create or replace function app.transfer_destination(p_call_id uuid, p_department text)
returns setof app.transfer_answer
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_now timestamptz;
  v_call public.call_logs;
  v_location public.locations;
  v_other text;
  v_answer app.transfer_answer;
begin
  perform app.lock_call(p_call_id);
  select * into v_call from public.call_logs c where c.org_id = v_org_id and c.id = p_call_id;
  select * into v_location from public.locations l where l.org_id = v_org_id and l.id = v_call.location_id;

  v_other := case when v_call.direction = 'outbound' then v_call.to_number else v_call.from_number end;
  perform app.lock_number(v_other); -- two calls of one caller at once are one transfer
  v_now := app.now();
  v_answer.phone := coalesce(
    (select d.phone from public.departments d
      where d.org_id = v_org_id and d.location_id = v_location.id and d.name = lower(btrim(coalesce(p_department, '')))),
    v_location.phone);
  v_answer.caller_id := case when v_call.direction = 'outbound' then v_call.from_number else v_call.to_number end;
  v_answer.reason := case
    when v_answer.phone is null then 'no_number'
    when app.is_our_number(v_answer.phone) or v_answer.phone = v_other then 'loop'
    when v_location.phone_forwards_here and v_answer.phone = v_location.phone then 'loop'
    -- A transfer of ours shows our number as the caller's: what comes back with it was forwarded to us again.
    when app.is_our_number(v_other) then 'loop'
    when exists (
      select from public.audit_log g
      join public.call_logs c on c.org_id = g.org_id and c.id = g.entity_id
      where g.org_id = v_org_id
        and g.action = 'caller_transferred'
        and g.at > v_now - interval '10 minutes'
        and (c.id = p_call_id
          or case when c.direction = 'outbound' then c.to_number else c.from_number end = v_other)) then 'already_transferred'
    when not app.is_open(v_location.id, v_now) then 'closed'
  end;
  if v_answer.reason is not null then
    v_answer.outcome := 'refused';
    v_answer.phone := null;
  else
    v_answer.outcome := 'transfer';
    insert into public.audit_log (org_id, action, entity, entity_id)
    values (v_org_id, 'caller_transferred', 'call', p_call_id);
  end if;
  return next v_answer;
end
$$;

comment on function app.transfer_destination(uuid, text) is
  'Where to put a caller through: the department''s number, else the location''s own line, during opening hours. Refused with closed, no_number, loop (the number is ours or the caller''s own, or the call came back from a transfer of ours, or the own line forwards to us: it would ring us again) or already_transferred (once per caller in ten minutes). Each transfer is audited.';

select app.seal('app.transfer_destination(uuid, text)', 'app_writer', 'tenant_service');
