-- app.open_spans and app.free_slots as they stood until they were made faster: each start compared with everything taken, each
-- practitioner's hours made instants by themselves. What the functions answer must not differ (slots_former_test.go).
create schema former;
grant usage on schema former to tenant_service;

create function former.open_spans(p_resource_ids uuid[], p_from timestamptz, p_to timestamptz)
returns setof app.open_span
language plpgsql
stable
set search_path = ''
as $$
#variable_conflict use_column
begin
  return query
  with week as (
    select r.id as resource_id, r.location_id, l.time_zone, h.weekday, h.opens, h.closes
    from public.resources r
    join public.locations l on l.org_id = r.org_id and l.id = r.location_id
    join public.business_hours h on h.org_id = r.org_id and h.location_id = r.location_id
    where r.org_id = app.current_org_id()
      and r.id = any (p_resource_ids)
      and h.resource_id is not distinct from (
        select o.resource_id from public.business_hours o
        where o.org_id = r.org_id and o.resource_id = r.id
        limit 1
      )
  ),
  spans as (
    select w.resource_id, w.location_id,
      app.local_instant(d.day + w.opens, w.time_zone, false) as opens_at,
      app.local_instant(d.day + w.closes, w.time_zone, true) as closes_at
    from week w
    cross join lateral (
      select g::date as day
      from generate_series(
        (p_from at time zone w.time_zone)::date::timestamp,
        (p_to at time zone w.time_zone)::date::timestamp,
        interval '1 day') g
    ) d
    where w.weekday = extract(dow from d.day)
  )
  select s.resource_id, s.location_id, s.opens_at, s.closes_at
  from spans s
  where s.closes_at > s.opens_at
    and s.closes_at > p_from
    and s.opens_at < p_to;
end
$$;

create function former.free_slots(
  p_service_id uuid,
  p_resource_id uuid,
  p_from timestamptz,
  p_to timestamptz,
  p_now timestamptz,
  p_call_id uuid default null,
  p_ignore_appointment_id uuid default null
)
returns setof app.free_slot
language plpgsql
stable
set search_path = ''
as $$
#variable_conflict use_column
declare
  v_candidates uuid[] := array(
    select app.candidates(p_service_id, p_resource_id, app.location_of_wish(p_call_id, p_ignore_appointment_id)));
  v_first timestamptz;
  v_last timestamptz;
  v_duration interval;
  v_before interval;
  v_after interval;
  v_step interval;
begin
  select greatest(p_from, p_now + o.min_notice), least(p_to, p_now + o.max_advance), s.duration,
    coalesce(s.buffer_before, o.buffer_before), coalesce(s.buffer_after, o.buffer_after), o.slot_step
  into v_first, v_last, v_duration, v_before, v_after, v_step
  from public.services s
  join public.organizations o on o.id = s.org_id
  where s.org_id = app.current_org_id()
    and s.id = p_service_id
    and s.active;
  if v_first is null or v_first >= v_last then
    return;
  end if;

  return query
  with spans as materialized (
    select * from former.open_spans(v_candidates, v_first, v_last + v_duration)
  ),
  open as (
    -- Spans that touch are one: a visit may lie over midnight, or over the hour at which two spans meet.
    select s.resource_id, range_agg(tstzrange(s.opens_at, s.closes_at)) as ranges
    from spans s
    group by s.resource_id
  ),
  starts as (
    select distinct o.resource_id, o.location_id, t as starts_at
    from spans o
    cross join lateral generate_series(
      -- The step counts from the opening; starts before the window are skipped by arithmetic, not one by one.
      o.opens_at + v_step * greatest(0, ceil(extract(epoch from v_first - o.opens_at) / extract(epoch from v_step))),
      least(o.closes_at, v_last),
      v_step) t
    where t >= v_first
      and t < v_last
      and t < o.closes_at
  ),
  taken as (
    select a.resource_id, range_agg(a.blocked) as ranges, count(*) filter (where a.status <> 'held') as load
    from public.appointments a
    where a.org_id = app.current_org_id()
      and a.resource_id = any (v_candidates)
      and a.scheduled_at > v_first - interval '24 hours'
      and a.scheduled_at < v_last + v_duration + interval '24 hours'
      and a.status in ('held', 'pending', 'confirmed')
      and not (a.status = 'held' and (a.held_until <= p_now or a.call_id is not distinct from p_call_id))
      and a.id is distinct from p_ignore_appointment_id
    group by a.resource_id
  ),
  busy as (
    select b.resource_id, range_agg(tstzrange(b.starts_at, b.ends_at)) as ranges
    from public.busy_blocks b
    where b.org_id = app.current_org_id()
      and b.resource_id = any (v_candidates)
      and b.ends_at > v_first - v_before
      and b.starts_at < v_last + v_duration + v_after
    group by b.resource_id
  ),
  closed as (
    select r.id as resource_id, range_agg(c.during) as ranges
    from public.resources r
    join public.closures c on c.org_id = r.org_id and c.location_id = r.location_id
      and (c.resource_id is null or c.resource_id = r.id)
    where r.org_id = app.current_org_id()
      and r.id = any (v_candidates)
      and c.during && tstzrange(v_first, v_last + v_duration)
    group by r.id
  )
  select s.resource_id, s.location_id, v.during, v.blocked, coalesce(t.load, 0)
  from starts s
  cross join lateral (
    select tstzrange(s.starts_at, s.starts_at + v_duration) as during,
      tstzrange(s.starts_at - v_before, s.starts_at + v_duration + v_after) as blocked
  ) v
  join open w on w.resource_id = s.resource_id and v.during <@ w.ranges
  left join taken t on t.resource_id = s.resource_id
  left join busy b on b.resource_id = s.resource_id
  left join closed c on c.resource_id = s.resource_id
  where not v.blocked && coalesce(t.ranges, '{}')
    and not v.blocked && coalesce(b.ranges, '{}')
    and not v.during && coalesce(c.ranges, '{}');
end
$$;
