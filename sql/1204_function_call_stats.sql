-- Every number is a stretch of an index and nothing is grouped: grouping costs about twice what counting does. Directions come
-- from call_logs_counted, ended calls and their average from call_logs_lasted; few calls are missed, transferred or deleted.
create or replace function app.call_stats()
returns setof app.call_stats
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_now timestamptz := app.now();
  v_today timestamptz := (app.clinic_period(null, null, 'today'))[1];
  v_week timestamptz := (app.clinic_period(null, null, 'week'))[1];
  v_month timestamptz := (app.clinic_period(null, null, 'month'))[1];
begin
  return query
  with directions as (
    select
      (select count(*) from public.call_logs l where l.org_id = v_org_id and l.direction = 'inbound') as inbound,
      (select count(*) from public.call_logs l where l.org_id = v_org_id and l.direction = 'outbound') as outbound,
      (select count(*) from public.call_logs l where l.org_id = v_org_id and l.direction = 'web') as web
  ), ended as (
    select count(*) as calls, coalesce(round(avg(l.duration_seconds)), 0)::integer as average
    from public.call_logs l
    where l.org_id = v_org_id and l.status = 'ended'
  ), special as (
    select count(*) filter (where s.state = 'missed') as missed, count(*) filter (where s.state = 'failed') as failed,
      count(*) filter (where s.state = 'transferred') as transferred
    from (
      select app.call_state(l.status, l.outcome, l.ended_reason) as state
      from public.call_logs l
      where l.org_id = v_org_id and l.direction = any ('{inbound,outbound,web}') and l.status = 'ended'
        and l.outcome = any ('{missed,transferred}')
      offset 0 -- or the state would be found out anew in every column
    ) s
  ), lately as (
    select count(*) filter (where l.began_at >= v_today) as today, count(*) filter (where l.began_at >= v_week) as week,
      count(*) filter (where l.began_at >= v_month) as month
    from (
      select c.began_at from public.call_logs c
      where c.org_id = v_org_id and c.deleted_at is null and c.began_at >= least(v_week, v_month)
      union all
      select c.began_at from public.call_logs c
      where c.org_id = v_org_id and c.deleted_at is not null and c.began_at >= least(v_week, v_month)
    ) l
  )
  select d.inbound + d.outbound + d.web, d.inbound, d.outbound, e.calls - s.missed - s.failed - s.transferred, s.missed, s.transferred,
    s.failed, n.today, n.week, n.month, e.average,
    coalesce(round(100.0 * (e.calls - s.missed - s.failed) / nullif(e.calls, 0), 1), 0)::double precision,
    (
      select coalesce(sum(v.price_minor), 0)::bigint
      from public.appointments a
      join public.services v on v.org_id = a.org_id and v.id = a.service_id
      where a.org_id = v_org_id and a.scheduled_at > v_now and a.status in ('pending', 'confirmed')
    ),
    (select count(*) from public.contacts k where k.org_id = v_org_id and k.lead_status = 'hot')
  from directions d, ended e, special s, lately n;
end
$$;

comment on function app.call_stats() is
  'All calls of the clinic in numbers, deleted ones too: one row, with zeros where there are none. Days are those of the clinic''s zone. Every member may look.';

select app.seal('app.call_stats()', 'app_writer', 'tenant_user');
