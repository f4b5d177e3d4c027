create or replace function app.delete_resource(p_resource_id uuid)
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
  perform app.lock_resources(array[p_resource_id]);
  delete from public.resources r where r.org_id = v_org_id and r.id = p_resource_id;
  if not found then
    return false;
  end if;
  insert into public.audit_log (org_id, action, entity, entity_id, actor_user_id)
  values (v_org_id, 'resource_deleted', 'resource', p_resource_id, app.current_user_id());
  perform app.announce('resource_updated', 'resource', p_resource_id);
  return true;
exception when foreign_key_violation then
  raise exception 'visits or calendars belong to this resource: make it inactive instead' using errcode = 'VX409';
end
$$;

comment on function app.delete_resource(uuid) is
  'Deletes a resource that was never booked, with its hours and time off. False when there is none. Owner and admin only (VX403). VX409: visits or calendars refer to it; an inactive resource is offered to nobody.';

select app.seal('app.delete_resource(uuid)', 'app_writer', 'tenant_user');
