create or replace function app.location_of_wish(p_call_id uuid, p_appointment_id uuid)
returns uuid
language plpgsql
stable
set search_path = ''
as $$
begin
  return coalesce(
    (select a.location_id from public.appointments a where a.org_id = app.current_org_id() and a.id = p_appointment_id),
    (select c.location_id from public.call_logs c where c.org_id = app.current_org_id() and c.id = p_call_id));
end
$$;

comment on function app.location_of_wish(uuid, uuid) is
  'Where a visit is wanted: where the visit stands that is to be moved, else the location whose number was called. NULL for staff, who choose themselves.';

select app.seal('app.location_of_wish(uuid, uuid)', null, 'tenant_user', 'tenant_service', 'app_writer');
