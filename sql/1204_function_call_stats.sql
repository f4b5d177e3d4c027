-- Days that are over come from call_days; what has no row there, today first of all, is counted from the calls. Both are read by
-- one statement: a day whose row is taken away meanwhile is not missed.
create or replace function app.call_stats()
returns setof app.call_stats
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_zone text := (select o.time_zone from public.organizations o where o.id = v_org_id);
  v_now timestamptz := app.now();
  v_today timestamptz := (app.clinic_period(null, null, 'today'))[1];
  v_week timestamptz := (app.clinic_period(null, null, 'week'))[1];
  v_month timestamptz := (app.clinic_period(null, null, 'month'))[1];
begin
  return query
  with days as (
    select * from public.call_days d where d.org_id = v_org_id and d.time_zone = v_zone
  ), gaps as materialized (
    select lower(g) as from_at, upper(g) as to_at from app.call_gaps(v_zone) g
  ), sums as (
    select sum(c.calls) as calls, sum(c.inbound) as inbound, sum(c.outbound) as outbound, sum(c.ended) as ended,
      sum(c.missed) as missed, sum(c.failed) as failed, sum(c.transferred) as transferred, sum(c.timed) as timed,
      sum(c.seconds) as seconds, sum(c.felt) as felt, sum(c.feeling) as feeling, sum(c.cost_micros) as cost_micros
    from (
      select d.calls, d.inbound, d.outbound, d.ended, d.missed, d.failed, d.transferred, d.timed, d.seconds,
        d.felt, d.feeling, d.cost_micros
      from days d
      union all
      select l.*
      from gaps g
      cross join lateral app.count_calls(g.from_at, g.to_at) l
    ) c
  ), lately as (
    select coalesce(sum(c.calls) filter (where c.at >= v_today), 0) as today,
      coalesce(sum(c.calls) filter (where c.at >= v_week), 0) as week,
      coalesce(sum(c.calls) filter (where c.at >= v_month), 0) as month
    from (
      select d.from_at as at, d.calls
      from days d
      union all
      select l.began_at, 1
      from gaps g
      join public.call_logs l on l.org_id = v_org_id and l.deleted_at is null
        and l.began_at >= greatest(g.from_at, least(v_week, v_month)) and l.began_at < g.to_at
      union all
      select l.began_at, 1
      from gaps g
      join public.call_logs l on l.org_id = v_org_id and l.deleted_at is not null
        and l.began_at >= greatest(g.from_at, least(v_week, v_month)) and l.began_at < g.to_at
    ) c
  )
  select s.calls::bigint, s.inbound::bigint, s.outbound::bigint, (s.ended - s.missed - s.failed - s.transferred)::bigint,
    s.missed::bigint, s.transferred::bigint, s.failed::bigint, n.today::bigint, n.week::bigint, n.month::bigint,
    coalesce(round(s.seconds / nullif(s.timed, 0)), 0)::integer,
    coalesce(round(100.0 * (s.ended - s.missed - s.failed) / nullif(s.ended, 0), 1), 0)::double precision,
    (
      select coalesce(sum(v.price_minor), 0)::bigint
      from public.appointments a
      join public.services v on v.org_id = a.org_id and v.id = a.service_id
      where a.org_id = v_org_id and a.scheduled_at > v_now and a.status in ('pending', 'confirmed')
    ),
    (select count(*) from public.contacts k where k.org_id = v_org_id and k.erased_at is null and k.lead_status = 'hot'),
    s.felt::bigint, coalesce(round(s.feeling / nullif(s.felt, 0) / 100, 2), 0)::double precision, s.cost_micros::bigint
  from sums s, lately n;
end
$$;

comment on function app.call_stats() is
  'All calls of the clinic in numbers, deleted ones too: one row, with zeros where there are none. average_sentiment is that of the felt calls, of which it is known, 0 to 1; a call whose words were deleted counts there no more. cost_micros are millionths of a US dollar. Days are those of the clinic''s zone. Every member may look.';

select app.seal('app.call_stats()', 'app_writer', 'tenant_user');
