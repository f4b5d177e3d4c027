-- A clinic's calls are counted by what few values tell apart, from call_logs_counted alone; the average comes from
-- call_logs_lasted, and what began lately from call_logs_began, to which the deleted ones, which are few, are added.
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
  with kinds as (
    select sum(g.calls)::bigint as calls, coalesce(sum(g.calls) filter (where g.direction = 'inbound'), 0)::bigint as inbound,
      coalesce(sum(g.calls) filter (where g.direction = 'outbound'), 0)::bigint as outbound,
      coalesce(sum(g.calls) filter (where g.state = 'completed'), 0)::bigint as completed,
      coalesce(sum(g.calls) filter (where g.state = 'missed'), 0)::bigint as missed,
      coalesce(sum(g.calls) filter (where g.state = 'transferred'), 0)::bigint as transferred,
      coalesce(sum(g.calls) filter (where g.state = 'failed'), 0)::bigint as failed,
      sum(g.calls) filter (where g.state <> 'in_progress') as over
    from (
      select l.direction, app.call_state(l.status, l.outcome, l.ended_reason) as state, count(*) as calls
      from public.call_logs l
      where l.org_id = v_org_id
      group by l.direction, l.status, l.outcome, l.ended_reason
    ) g
  ), lately as (
    select count(*) filter (where l.began_at >= v_today) as today, count(*) filter (where l.began_at >= v_week) as week,
      count(*) filter (where l.began_at >= v_month) as month
    from (
      select c.began_at from public.call_logs c
      where c.org_id = v_org_id and c.deleted_at is null and c.began_at >= least(v_week, v_month)
      union all
      select c.began_at from public.call_logs c
      where c.org_id = v_org_id and c.deleted_at is not null
    ) l
  )
  select coalesce(k.calls, 0), k.inbound, k.outbound, k.completed, k.missed, k.transferred, k.failed, n.today, n.week, n.month,
    (select coalesce(round(avg(l.duration_seconds)), 0)::integer from public.call_logs l where l.org_id = v_org_id and l.status = 'ended'),
    coalesce(round(100.0 * (k.completed + k.transferred) / nullif(k.over, 0), 1), 0)::double precision,
    (
      select coalesce(sum(s.price_minor), 0)::bigint
      from public.appointments a
      join public.services s on s.org_id = a.org_id and s.id = a.service_id
      where a.org_id = v_org_id and a.scheduled_at > v_now and a.status in ('pending', 'confirmed')
    ),
    (select count(*) from public.contacts k where k.org_id = v_org_id and k.lead_status = 'hot')
  from kinds k, lately n;
end
$$;

comment on function app.call_stats() is
  'All calls of the clinic in numbers, deleted ones too: one row, with zeros where there are none. Days are those of the clinic''s zone. Every member may look.';

select app.seal('app.call_stats()', 'app_writer', 'tenant_user');
