-- Practitioners mostly keep the same hours: each hour of a day becomes an instant once, however many keep it.
create or replace function app.open_spans(p_resource_ids uuid[], p_from timestamptz, p_to timestamptz)
returns setof app.open_span
language plpgsql
stable
-- Near enough for five practitioners and a month. The default of a thousand, times what a plan makes of each, had PostgreSQL
-- compile what is done in a moment.
rows 100
set search_path = ''
as $$
#variable_conflict use_column
declare
  -- Read once: where a table is small enough to be read whole, the claims would be parsed for every row.
  v_org_id uuid := app.current_org_id();
begin
  return query
  with weeks as materialized (
    select r.id as resource_id, r.location_id, l.time_zone, h.weekday, h.opens, h.closes
    from public.resources r
    join public.locations l on l.org_id = r.org_id and l.id = r.location_id
    join public.business_hours h on h.org_id = r.org_id and h.location_id = r.location_id
    where r.org_id = v_org_id
      and r.id = any (p_resource_ids)
      and h.resource_id is not distinct from (
        select o.resource_id from public.business_hours o
        where o.org_id = r.org_id and o.resource_id = r.id
        limit 1
      )
  ),
  hours as materialized (
    select k.time_zone, k.weekday, k.opens, k.closes,
      app.local_instant(d.day + k.opens, k.time_zone, false) as opens_at,
      app.local_instant(d.day + k.closes, k.time_zone, true) as closes_at
    from (select distinct w.time_zone, w.weekday, w.opens, w.closes from weeks w) k
    cross join lateral (
      select g::date as day
      from generate_series(
        (p_from at time zone k.time_zone)::date::timestamp,
        (p_to at time zone k.time_zone)::date::timestamp,
        interval '1 day') g
    ) d
    where k.weekday = extract(dow from d.day)
  )
  select w.resource_id, w.location_id, h.opens_at, h.closes_at
  from hours h
  join weeks w on w.time_zone = h.time_zone and w.weekday = h.weekday and w.opens = h.opens and w.closes = h.closes
  where h.closes_at > h.opens_at
    and h.closes_at > p_from
    and h.opens_at < p_to;
end
$$;

comment on function app.open_spans(uuid[], timestamptz, timestamptz) is
  'The opening hours of resources as instants, for every local day that touches [p_from, p_to). A resource with hours of its own keeps those, others their location''s. Closures are not taken out.';

select app.seal('app.open_spans(uuid[], timestamptz, timestamptz)', null, 'tenant_user', 'tenant_service', 'app_writer');
