create or replace function app.settle_calendar_change(p_appointment_id uuid, p_follow boolean)
returns text
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_visit public.appointments;
  v_event public.calendar_events;
begin
  perform app.require_staff();
  perform app.lock_resources(array(
    select a.resource_id from public.appointments a where a.org_id = v_org_id and a.id = p_appointment_id));
  select * into v_visit from public.appointments a where a.org_id = v_org_id and a.id = p_appointment_id for update;
  select * into v_event
  from public.calendar_events e
  where e.org_id = v_org_id and e.appointment_id = p_appointment_id and e.outside is not null
  order by e.id
  limit 1
  for no key update;
  if v_event.id is null then
    raise exception 'nothing was changed outside' using errcode = 'VX404';
  elsif not p_follow then
    perform app.wish_calendar_event(p_appointment_id);
    return 'restored';
  elsif v_visit.status not in ('pending', 'confirmed')
    or not app.follow_outside_event(v_visit, v_event.id, v_event.outside_from, v_event.outside_to) then
    return 'refused';
  end if;
  return 'followed';
end
$$;

comment on function app.settle_calendar_change(uuid, boolean) is
  'What staff decide about a visit whose event was moved or deleted in the outside calendar: follow it (followed, or refused when another visit is in the way, it would lie in the past, or its length was changed), or write the event as the visit is (restored). Staff only (VX403); VX404: nothing stands open for this visit.';

select app.seal('app.settle_calendar_change(uuid, boolean)', 'app_writer', 'tenant_user');
