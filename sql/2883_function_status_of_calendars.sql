create or replace function app.status_of_calendars(p_org_id uuid, p_now timestamptz)
returns app.area_status
language plpgsql
stable
set search_path = ''
as $$
begin
  return (
    with links as (
      select l.id, l.health, l.failing_since, l.last_synced_at, coalesce(l.last_synced_at, l.created_at) + p.calendar_stale_after as stale_at
      from public.calendar_links l
      join public.resources r on r.org_id = l.org_id and r.id = l.resource_id
      join public.locations p on p.org_id = r.org_id and p.id = r.location_id
      where l.org_id = p_org_id
    ),
    behind as (
      select e.wished_at, e.failing_since
      from public.calendar_events e
      join links l on l.id = e.calendar_link_id
      where e.org_id = p_org_id and e.synced_version < e.desired_version
    ),
    problem as (
      select x.code, x.at
      from (
        select 1, 'calendar_reconnect', min(l.failing_since) from links l where l.health = 'needs_reconnect'
        union all
        select 2, 'calendar_unreadable', min(l.failing_since) from links l where l.health = 'failing'
        union all
        select 3, 'visits_not_written', min(b.failing_since) from behind b
        union all
        select 4, 'calendar_stale', min(l.stale_at) from links l where l.stale_at < p_now
      ) x (position, code, at)
      where x.at is not null
      order by x.position
      limit 1
    )
    select app.judge_area(
      'calendars', p_now, '15 minutes',
      (select count(*) from behind), (select min(b.wished_at) from behind b), (select max(l.last_synced_at) from links l),
      (select p.code from problem p), (select p.at from problem p)));
end
$$;

comment on function app.status_of_calendars(uuid, timestamptz) is
  'The area calendars of app.system_status: visits that do not stand in a linked calendar as they are. The gravest problem is told: calendar_reconnect (the provider refuses the account), calendar_unreadable (the last reading failed), visits_not_written (writing failed), calendar_stale (last read longer ago than the location allows: bookings wait for approval).';

select app.seal('app.status_of_calendars(uuid, timestamptz)', null, 'app_writer');
