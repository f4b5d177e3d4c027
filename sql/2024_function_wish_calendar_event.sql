create or replace function app.wish_calendar_event(p_appointment_id uuid)
returns void
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_now timestamptz := app.now();
begin
  insert into public.calendar_events (org_id, appointment_id, calendar_link_id, desired_version)
  select a.org_id, a.id, l.id, 0
  from public.appointments a
  join public.calendar_links l on l.org_id = a.org_id and l.resource_id = a.resource_id and l.writes
  where a.org_id = v_org_id and a.id = p_appointment_id and a.status in ('pending', 'confirmed') and upper(a.during) > v_now
  on conflict do nothing;
  update public.calendar_events e
  set desired_version = e.desired_version + 1, outside = null, outside_from = null, outside_to = null, retry_at = null,
    wished_at = v_now, updated_at = v_now
  where e.org_id = v_org_id and e.appointment_id = p_appointment_id;
  if found then
    delete from public.busy_blocks b
    using public.calendar_events e
    where e.org_id = v_org_id and e.appointment_id = p_appointment_id
      and b.org_id = e.org_id and b.calendar_link_id = e.calendar_link_id and b.external_id = 'visit:' || p_appointment_id;
    perform app.enqueue_job('sync_calendar_event', jsonb_build_object('appointment_id', p_appointment_id));
  end if;
end
$$;

comment on function app.wish_calendar_event(uuid) is
  'A visit changed: its events in outside calendars are out of step from now on, and one job brings them back. Part of the change''s transaction; it does not say what to do, for the job looks at the visit as it is by then. What somebody had done to the event outside is overruled. Nothing where no calendar takes the resource''s visits.';

select app.seal('app.wish_calendar_event(uuid)', null, 'app_writer');
