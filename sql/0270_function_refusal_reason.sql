create or replace function app.refusal_reason(
  p_service_id uuid,
  p_resource_id uuid,
  p_starts_at timestamptz,
  p_now timestamptz,
  p_call_id uuid default null,
  p_ignore_appointment_id uuid default null
)
returns text
language plpgsql
stable
set search_path = ''
as $$
declare
  v_candidates uuid[] := array(
    select app.candidates(p_service_id, p_resource_id, app.location_of_wish(p_call_id, p_ignore_appointment_id)));
  v_min_notice interval;
  v_max_advance interval;
  v_visit tstzrange;
  v_blocked tstzrange;
  v_step interval;
  v_open boolean;
  v_not_closed boolean;
  v_on_step boolean;
  v_not_taken boolean;
  v_active boolean;
begin
  select s.active, o.min_notice, o.max_advance, o.slot_step, tstzrange(p_starts_at, p_starts_at + s.duration),
    tstzrange(p_starts_at - coalesce(s.buffer_before, o.buffer_before),
      p_starts_at + s.duration + coalesce(s.buffer_after, o.buffer_after))
  into v_active, v_min_notice, v_max_advance, v_step, v_visit, v_blocked
  from public.services s
  join public.organizations o on o.id = s.org_id
  where s.org_id = app.current_org_id()
    and s.id = p_service_id;

  if cardinality(v_candidates) = 0 or not v_active then
    return 'no_resource';
  elsif p_starts_at <= p_now then
    return 'past';
  elsif p_starts_at < p_now + v_min_notice then
    return 'too_soon';
  elsif p_starts_at >= p_now + v_max_advance then
    return 'too_far';
  end if;

  -- The reason is that of the candidate that came furthest: with one of two practitioners away and the other booked,
  -- the slot is taken, not closed.
  select bool_or(c.is_open), bool_or(c.is_open and c.not_closed), bool_or(c.is_open and c.not_closed and c.on_step),
    bool_or(c.is_open and c.not_closed and c.on_step and c.not_taken)
  into v_open, v_not_closed, v_on_step, v_not_taken
  from (
    select
      coalesce(v_visit <@ o.ranges, false) as is_open,
      not exists (
        select from public.closures x
        where x.org_id = r.org_id
          and x.location_id = r.location_id
          and (x.resource_id is null or x.resource_id = r.id)
          and x.during && v_visit
      ) as not_closed,
      coalesce(o.on_step, false) as on_step,
      not exists (
        select from public.appointments a
        where a.org_id = r.org_id
          and a.resource_id = r.id
          and a.scheduled_at > p_starts_at - interval '24 hours'
          and a.scheduled_at < p_starts_at + interval '24 hours'
          and a.status in ('held', 'pending', 'confirmed')
          and not (a.status = 'held' and (a.held_until <= p_now or a.call_id is not distinct from p_call_id))
          and a.id is distinct from p_ignore_appointment_id
          and a.blocked && v_blocked
      ) as not_taken
    from public.resources r
    left join (
      -- Spans that touch are one; the step counts from the opening of the span in which the visit starts.
      select w.resource_id, range_agg(tstzrange(w.opens_at, w.closes_at)) as ranges,
        bool_or(p_starts_at >= w.opens_at and p_starts_at < w.closes_at
          and mod(extract(epoch from p_starts_at - w.opens_at), extract(epoch from v_step)) = 0) as on_step
      from app.open_spans(v_candidates, lower(v_visit), upper(v_visit)) w
      group by w.resource_id
    ) o on o.resource_id = r.id
    where r.org_id = app.current_org_id()
      and r.id = any (v_candidates)
  ) c;

  return case
    when not v_open then 'outside_hours'
    when not v_not_closed then 'closed'
    when not v_on_step then 'off_step'
    when not v_not_taken then 'taken'
    else 'calendar_busy'
  end;
end
$$;

comment on function app.refusal_reason(uuid, uuid, timestamptz, timestamptz, uuid, uuid) is
  'Why a start that app.free_slots does not give is not free. Closed list: no_resource, past, too_soon, too_far, outside_hours, closed, off_step, taken, calendar_busy; of several candidates the one that came furthest decides.';

select app.seal('app.refusal_reason(uuid, uuid, timestamptz, timestamptz, uuid, uuid)', null, 'tenant_user', 'tenant_service', 'app_writer');
