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
  select count(*), count(*) filter (where c.direction = 'inbound'), count(*) filter (where c.direction = 'outbound'),
    count(*) filter (where c.state = 'completed'), count(*) filter (where c.state = 'missed'),
    count(*) filter (where c.state = 'transferred'), count(*) filter (where c.state = 'failed'),
    count(*) filter (where c.began >= v_today), count(*) filter (where c.began >= v_week), count(*) filter (where c.began >= v_month),
    coalesce(round(avg(c.duration_seconds) filter (where c.state <> 'in_progress')), 0)::integer,
    coalesce(round(100.0 * count(*) filter (where c.state in ('completed', 'transferred'))
      / nullif(count(*) filter (where c.state <> 'in_progress'), 0), 1), 0)::double precision,
    (
      select coalesce(sum(s.price_minor), 0)::bigint
      from public.appointments a
      join public.services s on s.org_id = a.org_id and s.id = a.service_id
      where a.org_id = v_org_id and a.scheduled_at > v_now and a.status in ('pending', 'confirmed')
    ),
    (select count(*) from public.contacts k where k.org_id = v_org_id and k.lead_status = 'hot')
  from (
    select l.direction, l.duration_seconds, coalesce(l.started_at, l.created_at) as began,
      app.call_state(l.status, l.outcome, l.ended_reason) as state
    from public.call_logs l
    where l.org_id = v_org_id
    offset 0 -- or the state would be found out anew in every column
  ) c;
end
$$;

comment on function app.call_stats() is
  'All calls of the clinic in numbers, deleted ones too: one row, with zeros where there are none. Days are those of the clinic''s zone. Every member may look.';

select app.seal('app.call_stats()', 'app_writer', 'tenant_user');
