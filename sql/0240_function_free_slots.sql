-- Offering and booking ask this one function, so what is offered can be booked and what is refused was not free.
-- Whatever stands in the way is first turned into the starts that it bars: a visit of 30 minutes may not start within the 30
-- minutes before another one, nor while that lasts. Then a start is compared with one multirange, and is a range only once it is free.
-- Visits are found through scheduled_at: durations end at 12 hours and buffers at 4, hence the margins.
create or replace function app.free_slots(
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
  v_org_id uuid := app.current_org_id();
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
  where s.org_id = v_org_id
    and s.id = p_service_id
    and s.active;
  if v_first is null or v_first >= v_last then
    return;
  end if;

  return query
  with spans as materialized (
    select * from app.open_spans(v_candidates, v_first, v_last + v_duration)
  ),
  open as (
    -- Spans that touch are one: a visit may lie over midnight, or over the hour at which two spans meet.
    select s.resource_id, range_agg(tstzrange(s.opens_at, s.closes_at)) as ranges
    from spans s
    group by s.resource_id
  ),
  -- All of it without its ends: a visit may start when another ends, and end when another starts.
  barred as (
    select o.resource_id, tstzrange(lower(shut) - v_duration, upper(shut), '()') as starts, false as counts
    from open o
    cross join lateral unnest('{(,)}' - o.ranges) shut
    union all
    select a.resource_id, tstzrange(lower(a.blocked) - v_duration - v_after, upper(a.blocked) + v_before, '()'),
      a.status <> 'held'
    from public.appointments a
    where a.org_id = v_org_id
      and a.resource_id = any (v_candidates)
      and a.scheduled_at > v_first - interval '24 hours'
      and a.scheduled_at < v_last + v_duration + interval '24 hours'
      and a.status in ('held', 'pending', 'confirmed')
      and not (a.status = 'held' and (a.held_until <= p_now or a.call_id is not distinct from p_call_id))
      and a.id is distinct from p_ignore_appointment_id
    union all
    select b.resource_id, tstzrange(b.starts_at - v_duration - v_after, b.ends_at + v_before, '()'), false
    from public.busy_blocks b
    where b.org_id = v_org_id
      and b.resource_id = any (v_candidates)
      and b.ends_at > v_first - v_before
      and b.starts_at < v_last + v_duration + v_after
    union all
    select r.id,
      tstzrange(lower(c.during) - v_duration, upper(c.during), case when upper_inc(c.during) then '(]' else '()' end), false
    from public.resources r
    join public.closures c on c.org_id = r.org_id and c.location_id = r.location_id
      and (c.resource_id is null or c.resource_id = r.id)
    where r.org_id = v_org_id
      and r.id = any (v_candidates)
      and c.during && tstzrange(v_first, v_last + v_duration)
  ),
  never as (
    select b.resource_id, range_agg(b.starts) as starts, count(*) filter (where b.counts) as load
    from barred b
    group by b.resource_id
  ),
  steps as materialized (
    -- Once for all who keep the same hours. The step counts from the opening; starts before the window are skipped by arithmetic.
    select k.opens_at, k.closes_at, t as starts_at
    from (select distinct s.opens_at, s.closes_at from spans s) k
    cross join lateral generate_series(
      date_bin(v_step, greatest(k.opens_at, v_first) + v_step - interval '1 microsecond', k.opens_at),
      least(k.closes_at, v_last) - interval '1 microsecond',
      v_step) t
  ),
  starts as (
    -- Spans of a resource may overlap and have a start in common.
    select distinct on (t.starts_at, s.resource_id) t.starts_at, s.resource_id, s.location_id, n.load
    from spans s
    join never n on n.resource_id = s.resource_id
    join steps t on t.opens_at = s.opens_at and t.closes_at = s.closes_at
    where not t.starts_at <@ n.starts
    order by t.starts_at, s.resource_id
  )
  select s.resource_id, s.location_id, tstzrange(s.starts_at, s.starts_at + v_duration),
    tstzrange(s.starts_at - v_before, s.starts_at + v_duration + v_after), s.load
  from starts s;
end
$$;

comment on function app.free_slots(uuid, uuid, timestamptz, timestamptz, timestamptz, uuid, uuid) is
  'Every start in [p_from, p_to) at which a resource of the service is free by all rules: hours, closures, buffers, other visits, live holds of other calls, busy calendars, notice and horizon. p_resource_id NULL: any. p_call_id: that call''s own hold does not count. p_ignore_appointment_id: the visit being moved does not stand in its own way.';

select app.seal('app.free_slots(uuid, uuid, timestamptz, timestamptz, timestamptz, uuid, uuid)', null, 'tenant_user', 'tenant_service', 'app_writer');
