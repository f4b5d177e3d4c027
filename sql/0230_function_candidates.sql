create or replace function app.candidates(p_service_id uuid, p_resource_id uuid)
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
  where rs.org_id = app.current_org_id()
    and rs.service_id = p_service_id
    and r.active
    and (p_resource_id is null or r.id = p_resource_id);
end
$$;

comment on function app.candidates(uuid, uuid) is
  'The active resources that can give a service; p_resource_id NULL means any, else only that one where it can.';

select app.seal('app.candidates(uuid, uuid)', null, 'tenant_user', 'tenant_service', 'app_writer');
