create or replace function app.available_slots(
  p_service text,
  p_from timestamptz,
  p_to timestamptz,
  p_resource text default null,
  p_limit integer default 100,
  p_call_id uuid default null
)
returns setof app.slot
language plpgsql
volatile
set search_path = ''
as $$
#variable_conflict use_column
declare
  v_service public.services;
  v_resource_id uuid;
begin
  if not coalesce(isfinite(p_from) and isfinite(p_to) and p_to <= p_from + interval '62 days', false) then
    raise exception 'ask for at most 62 days of slots at a time' using errcode = 'VX400';
  end if;
  select * into v_service from app.find_service(p_service);
  if coalesce(btrim(p_resource), '') <> '' then
    select id into v_resource_id from app.find_resource(p_resource);
    if v_resource_id is null then
      return;
    end if;
  end if;

  return query
  select best.starts_at, best.ends_at, r.id, r.name, v_service.name, l.time_zone
  from (
    select distinct on (lower(f.during))
      lower(f.during) as starts_at, upper(f.during) as ends_at, f.resource_id, f.location_id
    from app.free_slots(v_service.id, v_resource_id, p_from, p_to, app.now(), p_call_id) f
    order by lower(f.during), f.load, f.resource_id
    limit least(greatest(p_limit, 0), 5000)
  ) best
  join public.resources r on r.org_id = app.current_org_id() and r.id = best.resource_id
  join public.locations l on l.org_id = app.current_org_id() and l.id = best.location_id
  order by best.starts_at;
end
$$;

comment on function app.available_slots(text, timestamptz, timestamptz, text, integer, uuid) is
  'Free starts in [p_from, p_to) in order of time, one row a start, with the resource that an "any" booking would take. Service and resource by id, name or alias; a resource not given means any; one that is unknown gives no rows. At most 62 days (else VX400), at most p_limit rows.';

select app.seal('app.available_slots(text, timestamptz, timestamptz, text, integer, uuid)', null, 'tenant_user', 'tenant_service', 'app_writer');
