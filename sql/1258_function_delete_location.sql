create or replace function app.delete_location(p_location_id uuid)
returns boolean
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
begin
  perform app.require_admin();
  -- The row of the organisation stands for all its locations, so that two deletions cannot leave none.
  perform from public.organizations o where o.id = v_org_id for no key update;
  if not exists (select from public.locations l where l.org_id = v_org_id and l.id = p_location_id) then
    return false;
  elsif not exists (select from public.locations l where l.org_id = v_org_id and l.id <> p_location_id) then
    raise exception 'an organisation keeps at least one location' using errcode = 'VX409';
  end if;
  delete from public.locations l where l.org_id = v_org_id and l.id = p_location_id;
  insert into public.audit_log (org_id, action, entity, entity_id, actor_user_id)
  values (v_org_id, 'location_deleted', 'location', p_location_id, app.current_user_id());
  perform app.announce('location_updated', 'location', p_location_id);
  return true;
exception when foreign_key_violation then
  raise exception 'people, numbers, calls or visits belong to this location' using errcode = 'VX409';
end
$$;

comment on function app.delete_location(uuid) is
  'Deletes a location with its hours and closures. False when there is none. Owner and admin only (VX403). VX409: it is the last one, or resources, numbers, calls or visits belong to it.';

select app.seal('app.delete_location(uuid)', 'app_writer', 'tenant_user');
