create or replace function app.candidates(p_service_id uuid, p_resource_id uuid, p_location_id uuid)
returns setof uuid
language plpgsql
stable
set search_path = ''
as $$
begin
  return query
  select r.id
  from public.resource_services rs
  join public.resources r on r.org_id = rs.org_id and r.id = rs.resource_id
  join public.locations l on l.org_id = r.org_id and l.id = r.location_id
  where rs.org_id = app.current_org_id()
    and rs.service_id = p_service_id
    and r.active
    and (p_resource_id is null or r.id = p_resource_id)
    and (p_location_id is null or r.location_id = p_location_id
      -- Somebody asked for by name may work elsewhere, as long as the time that was said means the same there.
      or (p_resource_id is not null and l.time_zone = (
        select w.time_zone from public.locations w where w.org_id = r.org_id and w.id = p_location_id)));
end
$$;

comment on function app.candidates(uuid, uuid, uuid) is
  'The active resources that can give a service. p_resource_id NULL: any of the location; else that one, at the location or at another in the same time zone. p_location_id NULL: anywhere.';

select app.seal('app.candidates(uuid, uuid, uuid)', null, 'tenant_user', 'tenant_service', 'app_writer');
