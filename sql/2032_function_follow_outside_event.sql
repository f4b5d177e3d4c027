create or replace function app.follow_outside_event(
  p_visit public.appointments,
  p_event_id uuid,
  p_from timestamptz,
  p_to timestamptz
)
returns boolean
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_result app.booking_result;
begin
  if p_from is null then
    -- The event is gone already: the job that the cancellation brings finds nothing to do.
    update public.calendar_events e
    set state = 'gone', updated_at = app.now()
    where e.org_id = app.require_org_id() and e.id = p_event_id;
    perform app.write_cancellation(p_visit, 'deleted in the calendar', null);
    return true;
  elsif p_from <= app.now() or p_to - p_from <> (p_visit).duration then
    return false;
  end if;
  v_result := app.move_appointment(
    'rescheduled', (p_visit).id, (p_visit).service_id, (p_visit).resource_id, p_from, null, true);
  return v_result.outcome = 'rescheduled';
end
$$;

comment on function app.follow_outside_event(public.appointments, uuid, timestamptz, timestamptz) is
  'Lets a visit, locked by the caller, go where its event was moved outside, or cancels it where the event was deleted (p_from NULL), as staff would who overrule hours and notice; other visits never give way. False when it cannot: another visit is in the way, it would lie in the past, or its length changed, which is the service''s.';

select app.seal('app.follow_outside_event(public.appointments, uuid, timestamptz, timestamptz)', null, 'app_writer');
