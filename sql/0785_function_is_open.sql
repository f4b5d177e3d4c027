create or replace function app.is_open(p_location_id uuid, p_at timestamptz)
returns boolean
language sql
stable
set search_path = ''
as $$
  select exists (
    select
    from public.locations l
    join public.business_hours h on h.org_id = l.org_id and h.location_id = l.id and h.resource_id is null
    where l.org_id = app.current_org_id()
      and l.id = p_location_id
      and h.weekday = extract(dow from p_at at time zone l.time_zone)
      and (p_at at time zone l.time_zone)::time >= h.opens
      and (p_at at time zone l.time_zone)::time < h.closes
  ) and not exists (
    select
    from public.closures c
    where c.org_id = app.current_org_id()
      and c.location_id = p_location_id
      and c.resource_id is null
      and c.during @> p_at
  )
$$;

comment on function app.is_open(uuid, timestamptz) is
  'Whether a location''s doors are open at an instant: within its hours and no closure.';

select app.seal('app.is_open(uuid, timestamptz)', null, 'tenant_user', 'tenant_service', 'app_writer');
