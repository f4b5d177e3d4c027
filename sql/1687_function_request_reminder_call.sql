create or replace function app.request_reminder_call(p_appointment_id uuid, p_send_key text, p_number_zones text[],
  p_number_region text)
returns setof app.outbound_answer
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_visit public.appointments;
  v_phone text;
  v_now timestamptz;
  v_answer app.outbound_answer;
begin
  perform app.require_staff();
  -- As app.send_reminder: the contact before the visit, so that one that goes out by itself is seen here or sees this one.
  perform app.lock_contact(a.contact_id)
  from public.appointments a
  where a.org_id = v_org_id and a.id = p_appointment_id;
  select * into v_visit
  from public.appointments a
  where a.org_id = v_org_id and a.id = p_appointment_id and a.status <> 'held'
  for share;
  if v_visit.id is null then
    raise exception 'Appointment not found' using errcode = 'VX404';
  end if;
  v_now := app.now();
  v_answer := app.replayed_call(p_send_key);
  if v_answer.outcome is null then
    v_answer.refusal := coalesce((app.reminder_refusal(v_visit, v_now)).reason,
      case when app.called_enough('reminder', v_visit.contact_id, v_now) then 'too_soon' end,
      case when not app.may_call_country(p_number_region) then 'foreign_number' end);
    if v_answer.refusal is not null then
      v_answer.outcome := 'refused';
    else
      select c.phone into v_phone from public.contacts c where c.org_id = v_org_id and c.id = v_visit.contact_id;
      v_answer := app.queue_outbound_call('reminder', v_visit.contact_id, v_phone, null, null, p_send_key, p_number_zones,
        app.reminder_call_until(v_visit.scheduled_at, v_now), v_visit.id, null);
    end if;
  end if;
  return next v_answer;
end
$$;

comment on function app.request_reminder_call(uuid, text, text[], text) is
  'A call that reminds of one visit, which a member of the staff asks for. Answers as app.queue_outbound_call does, also refused as app.reminder_refusal says, with too_soon, see app.called_enough, and with foreign_number, see app.may_call_country. The same p_send_key again is replayed. Staff only (VX403); VX404 for an unknown or merely held visit.';

select app.seal('app.request_reminder_call(uuid, text, text[], text)', 'app_writer', 'tenant_user');
