create or replace function app.flag_outside_event(p_event_id uuid, p_from timestamptz, p_to timestamptz)
returns void
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_appointment_id uuid;
begin
  update public.calendar_events e
  set outside = case when p_from is null then 'deleted' else 'moved' end, outside_from = p_from, outside_to = p_to,
    state = case when p_from is null then 'gone' else 'there' end, updated_at = app.now()
  where e.org_id = app.require_org_id() and e.id = p_event_id
  returning e.appointment_id into v_appointment_id;
  perform app.notify_staff('calendar_moved', case
    when p_from is null then 'A visit was deleted in the calendar and still stands here'
    else 'A visit was moved in the calendar and stands here as before' end, 'appointment', v_appointment_id);
  perform app.announce('appointment_updated', 'appointment', v_appointment_id);
end
$$;

comment on function app.flag_outside_event(uuid, timestamptz, timestamptz) is
  'Writes down that a visit''s event was moved outside (to [p_from, p_to)) or deleted (both NULL) and that the visit did not follow, and tells staff.';

select app.seal('app.flag_outside_event(uuid, timestamptz, timestamptz)', null, 'app_writer');
