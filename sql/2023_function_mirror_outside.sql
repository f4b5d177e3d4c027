-- What is in a calendar is never offered, also where a visit's own event was moved to and the visit did not follow. Whoever
-- changes an event's outside times holds its row and takes its busy time away with it (app.wish_calendar_event), so nothing is
-- touched here that is as it should be, and nothing waited for: a reading and a change of another visit would wait in a circle.
create or replace function app.mirror_outside(p_calendar_link_id uuid)
returns void
language plpgsql
volatile
set search_path = ''
as $$
begin
  delete from public.busy_blocks b
  where b.org_id = app.require_org_id()
    and b.id in (
      select x.id
      from public.busy_blocks x
      where x.org_id = app.require_org_id() and x.calendar_link_id = p_calendar_link_id and x.external_id like 'visit:%'
        and not exists (
          select from public.calendar_events e
          where e.org_id = x.org_id and e.calendar_link_id = x.calendar_link_id and 'visit:' || e.appointment_id = x.external_id
            and e.outside = 'moved' and (e.outside_from, e.outside_to) = (x.starts_at, x.ends_at))
      for update skip locked);
  insert into public.busy_blocks (org_id, resource_id, calendar_link_id, external_id, starts_at, ends_at)
  select e.org_id, l.resource_id, l.id, 'visit:' || e.appointment_id, e.outside_from, e.outside_to
  from public.calendar_events e
  join public.calendar_links l on l.org_id = e.org_id and l.id = e.calendar_link_id
  where e.org_id = app.require_org_id() and e.calendar_link_id = p_calendar_link_id and e.outside = 'moved'
    and e.outside_to > e.outside_from
    and not exists (
      select from public.busy_blocks b
      where b.org_id = e.org_id and b.calendar_link_id = l.id and b.external_id = 'visit:' || e.appointment_id
        and (b.starts_at, b.ends_at) = (e.outside_from, e.outside_to));
end
$$;

comment on function app.mirror_outside(uuid) is
  'Makes the busy times of a calendar''s own events that were moved there, and that their visits did not follow, what calendar_events says; one without length takes no time. They are named visit:<id of the visit>.';

select app.seal('app.mirror_outside(uuid)', null, 'app_writer');
