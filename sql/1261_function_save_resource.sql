create or replace function app.save_resource(p_resource_id uuid, p_fields jsonb)
returns setof public.resources
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_id uuid := p_resource_id;
  v_services uuid[];
begin
  perform app.require_admin();
  perform app.check_fields(p_fields, 'location_id', 'name', 'aliases', 'kind', 'active', 'service_ids');
  if p_fields ? 'location_id' and not exists (
    select from public.locations l where l.org_id = v_org_id and l.id = (p_fields ->> 'location_id')::uuid)
  then
    raise exception 'there is no such location' using errcode = 'VX404';
  end if;
  v_services := array(select distinct s::uuid from jsonb_array_elements_text(p_fields -> 'service_ids') s);
  if exists (
    select from unnest(v_services) w(id)
    where not exists (select from public.services s where s.org_id = v_org_id and s.id = w.id))
  then
    raise exception 'there is no such service' using errcode = 'VX404';
  end if;
  if v_id is null then
    insert into public.resources (org_id, location_id, name)
    select v_org_id, l.id, btrim(p_fields ->> 'name')
    from public.locations l
    where l.org_id = v_org_id and l.id = (p_fields ->> 'location_id')::uuid
    returning id into v_id;
    if v_id is null then
      raise exception 'there is no such location' using errcode = 'VX404';
    end if;
  else
    -- A booking that is being decided sees the resource as it was or as it will be.
    perform app.lock_resources(array[v_id]);
  end if;
  return query
  update public.resources r
  set name = case when p_fields ? 'name' then btrim(p_fields ->> 'name') else r.name end,
    aliases = case when p_fields ? 'aliases' then array(
      select distinct btrim(a) from jsonb_array_elements_text(p_fields -> 'aliases') a where btrim(a) <> '') else r.aliases end,
    kind = case when p_fields ? 'kind' then p_fields ->> 'kind' else r.kind end,
    active = case when p_fields ? 'active' then (p_fields ->> 'active')::boolean else r.active end,
    updated_at = app.now()
  where r.org_id = v_org_id and r.id = v_id
  returning r.*;
  if not found then
    raise exception 'there is no such resource' using errcode = 'VX404';
  end if;
  if p_fields ? 'location_id' and not exists (
    select from public.resources r where r.org_id = v_org_id and r.id = v_id and r.location_id = (p_fields ->> 'location_id')::uuid)
  then
    raise exception 'a resource stays at its location: its hours and visits belong there' using errcode = 'VX409';
  end if;
  if p_fields ? 'service_ids' then
    delete from public.resource_services rs
    where rs.org_id = v_org_id and rs.resource_id = v_id and rs.service_id <> all (v_services);
    insert into public.resource_services (org_id, resource_id, service_id)
    select v_org_id, v_id, s from unnest(v_services) s
    on conflict do nothing;
  end if;
  insert into public.audit_log (org_id, action, entity, entity_id, actor_user_id)
  values (v_org_id, 'resource_saved', 'resource', v_id, app.current_user_id());
  perform app.announce('resource_updated', 'resource', v_id);
exception
  when unique_violation then
    raise exception 'another resource has this name' using errcode = 'VX409';
  when check_violation or not_null_violation or data_exception then
    raise exception 'a field has a value that it may not have' using errcode = 'VX400';
end
$$;

comment on function app.save_resource(uuid, jsonb) is
  'Makes (p_resource_id NULL; name and location_id are needed) or changes whom or what visits are booked with, and returns it. p_fields may hold location_id (stays for good), name, aliases, kind (practitioner, room), active and service_ids (all it can give); what is absent stays. Visits already booked stay. Owner and admin only (VX403). VX404: no such resource, location or service; VX409: the name is taken, or another location; VX400: an unknown field or a value that it may not have.';

select app.seal('app.save_resource(uuid, jsonb)', 'app_writer', 'tenant_user');
