create or replace function app.note_change(
  p_kind text,
  p_appointment_id uuid,
  p_old public.appointments,
  p_call_id uuid,
  p_message_id uuid default null
)
returns void
language plpgsql
volatile
set search_path = ''
as $$
begin
  insert into public.appointment_changes (
    org_id, appointment_id, kind, old_during, new_during, old_resource_id, new_resource_id, call_id, message_id,
    actor_user_id)
  select a.org_id, a.id, p_kind, (p_old).during, a.during, (p_old).resource_id, a.resource_id, p_call_id, p_message_id,
    app.current_user_id()
  from public.appointments a
  where a.org_id = app.current_org_id() and a.id = p_appointment_id;
  perform app.announce(
    case when p_kind = 'booked' then 'appointment_created' else 'appointment_updated' end, 'appointment', p_appointment_id);
  perform app.schedule_for_appointment(p_appointment_id, p_kind, p_call_id);
  -- How a visit ended is no matter of calendars.
  if p_kind in ('booked', 'amended', 'rescheduled', 'cancelled') then
    perform app.wish_calendar_event(p_appointment_id);
  end if;
end
$$;

comment on function app.note_change(text, uuid, public.appointments, uuid, uuid) is
  'Keeps the history of an appointment, tells live clients and puts in order what is to be sent to the patient and what outside calendars are to show. p_old is the row before the change, NULL for a new booking; p_message_id the patient''s text that asked for it, where one did.';

select app.seal('app.note_change(text, uuid, public.appointments, uuid, uuid)', null, 'app_writer');
