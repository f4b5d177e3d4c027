create or replace function app.delete_service(p_service_id uuid)
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
  delete from public.services s where s.org_id = v_org_id and s.id = p_service_id;
  if not found then
    return false;
  end if;
  insert into public.audit_log (org_id, action, entity, entity_id, actor_user_id)
  values (v_org_id, 'service_deleted', 'service', p_service_id, app.current_user_id());
  perform app.announce('service_updated', 'service', p_service_id);
  return true;
exception when foreign_key_violation then
  raise exception 'visits were booked for this service: make it inactive instead' using errcode = 'VX409';
end
$$;

comment on function app.delete_service(uuid) is
  'Deletes a service that was never booked. False when there is none. Owner and admin only (VX403). VX409: visits refer to it; an inactive service is offered to nobody.';

select app.seal('app.delete_service(uuid)', 'app_writer', 'tenant_user');
