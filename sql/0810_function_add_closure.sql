create or replace function app.add_closure(
  p_location_id uuid,
  p_resource_id uuid,
  p_starts_at timestamptz,
  p_ends_at timestamptz,
  p_reason text default null
)
returns setof public.closures
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
begin
  perform app.require_staff();
  if not exists (select from public.locations l where l.org_id = v_org_id and l.id = p_location_id)
    or (p_resource_id is not null and not exists (
      select from public.resources r where r.org_id = v_org_id and r.id = p_resource_id and r.location_id = p_location_id))
  then
    raise exception 'there is no such location, or no such resource in it' using errcode = 'VX404';
  elsif p_ends_at > p_starts_at is not true or not isfinite(p_starts_at) or not isfinite(p_ends_at) then
    raise exception 'a closure must end after it starts' using errcode = 'VX400';
  end if;
  perform app.lock_resources(array(
    select r.id from public.resources r
    where r.org_id = v_org_id and r.location_id = p_location_id and (p_resource_id is null or r.id = p_resource_id)));
  return query
  insert into public.closures (org_id, location_id, resource_id, during, reason)
  values (v_org_id, p_location_id, p_resource_id, tstzrange(p_starts_at, p_ends_at), p_reason)
  returning *;
  perform app.announce('hours_updated', 'location', p_location_id);
end
$$;

comment on function app.add_closure(uuid, uuid, timestamptz, timestamptz, text) is
  'Closes a location, or one of its resources, for a time. Visits already booked in it stay and are for the staff to move. Staff only (VX403); an unknown location or resource is VX404, an end before the start VX400.';

select app.seal('app.add_closure(uuid, uuid, timestamptz, timestamptz, text)', 'app_writer', 'tenant_user');
