create or replace function app.message_stats(
  p_from date,
  p_to date
)
returns setof app.message_stat
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_org public.organizations;
  v_from timestamptz;
  v_until timestamptz;
begin
  select * into strict v_org from public.organizations o where o.id = app.require_org_id();
  if p_from is null or p_to is null or p_to < p_from or p_to - p_from > 365 then
    raise exception 'statistics cover one day to 366 days' using errcode = 'VX400';
  end if;
  v_from := app.local_instant(p_from::timestamp, v_org.time_zone, false);
  v_until := app.local_instant((p_to + 1)::timestamp, v_org.time_zone, false);
  return query
  select
    (m.created_at at time zone v_org.time_zone)::date, m.method, m.category,
    count(*) filter (where m.direction = 'outbound' and m.sent_at is not null),
    count(*) filter (where m.direction = 'outbound' and m.status = 'delivered'),
    count(*) filter (where m.direction = 'outbound' and m.status = 'failed'),
    count(*) filter (where m.direction = 'outbound' and m.status = 'unknown'),
    count(*) filter (where m.direction = 'outbound' and m.status = 'blocked'),
    count(*) filter (where m.direction = 'inbound'),
    coalesce(sum(m.segments) filter (where m.direction = 'outbound' and m.sent_at is not null), 0)::bigint
  from public.messages m
  where m.org_id = v_org.id and m.created_at >= v_from and m.created_at < v_until
  group by 1, 2, 3
  order by 1, 2, 3;
end
$$;

comment on function app.message_stats(date, date) is
  'Messages per day of the clinic''s zone, way and category, both days included; days without messages have no row. sent counts what a provider took, whatever became of it, and segments what the carrier counts for that. Every member may look. VX400 for more than 366 days or days in the wrong order.';

select app.seal('app.message_stats(date, date)', 'app_writer', 'tenant_user');
