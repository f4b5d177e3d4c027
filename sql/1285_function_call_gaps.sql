create or replace function app.call_gaps(p_zone text)
returns setof tstzrange
language plpgsql
stable
rows 5
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
begin
  return query
  select tstzrange(g.from_at, g.to_at)
  from (
    select d.to_at as from_at, coalesce(lead(d.from_at) over (order by d.day), 'infinity') as to_at
    from public.call_days d
    where d.org_id = v_org_id and d.time_zone = p_zone
    union all
    select '-infinity', coalesce(min(d.from_at), 'infinity')
    from public.call_days d
    where d.org_id = v_org_id and d.time_zone = p_zone
  ) g
  where g.from_at < g.to_at;
end
$$;

comment on function app.call_gaps(text) is
  'All of time but the days of calls that are rolled up in this zone: today, days that changed since, and what lies before the first and after the last. Calls in it have to be counted one by one.';

select app.seal('app.call_gaps(text)', null, 'app_writer');
