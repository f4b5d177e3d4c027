create or replace function app.remove_closure(p_closure_id uuid)
returns boolean
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_location_id uuid;
begin
  perform app.require_staff();
  perform app.lock_resources(array(
    select r.id
    from public.closures c
    join public.resources r on r.org_id = c.org_id and r.location_id = c.location_id
      and (c.resource_id is null or c.resource_id = r.id)
    where c.org_id = v_org_id and c.id = p_closure_id));
  delete from public.closures c
  where c.org_id = v_org_id and c.id = p_closure_id
  returning c.location_id into v_location_id;
  if v_location_id is null then
    return false;
  end if;
  perform app.announce('hours_updated', 'location', v_location_id);
  return true;
end
$$;

comment on function app.remove_closure(uuid) is
  'Takes a closure back; its time can be booked again at once. Staff only (VX403). Returns whether there was one.';

select app.seal('app.remove_closure(uuid)', 'app_writer', 'tenant_user');
