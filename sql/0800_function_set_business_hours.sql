create or replace function app.set_business_hours(
  p_location_id uuid,
  p_resource_id uuid,
  p_weekdays integer[],
  p_opens time[],
  p_closes time[]
)
returns integer
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_spans integer;
begin
  perform app.require_staff();
  if not exists (select from public.locations l where l.org_id = v_org_id and l.id = p_location_id)
    or (p_resource_id is not null and not exists (
      select from public.resources r where r.org_id = v_org_id and r.id = p_resource_id and r.location_id = p_location_id))
  then
    raise exception 'there is no such location, or no such resource in it' using errcode = 'VX404';
  end if;
  if cardinality(p_weekdays) is null or cardinality(p_weekdays) is distinct from cardinality(p_opens)
    or cardinality(p_opens) is distinct from cardinality(p_closes) then
    raise exception 'weekdays, opening and closing times must be as many' using errcode = 'VX400';
  end if;
  if exists (
    select from unnest(p_weekdays, p_opens, p_closes) s(weekday, opens, closes)
    where s.weekday between 0 and 6 is not true or s.closes > s.opens is not true)
  then
    raise exception 'a span is of a weekday from 0 to 6 and closes after it opens' using errcode = 'VX400';
  end if;
  -- A booking that is being decided must see either the old week or the new one.
  perform app.lock_resources(array(
    select r.id from public.resources r
    where r.org_id = v_org_id and r.location_id = p_location_id and (p_resource_id is null or r.id = p_resource_id)));

  delete from public.business_hours h
  where h.org_id = v_org_id and h.location_id = p_location_id and h.resource_id is not distinct from p_resource_id;
  insert into public.business_hours (org_id, location_id, resource_id, weekday, opens, closes)
  select v_org_id, p_location_id, p_resource_id, s.weekday, s.opens, s.closes
  from unnest(p_weekdays, p_opens, p_closes) s(weekday, opens, closes);
  get diagnostics v_spans = row_count;
  insert into public.audit_log (org_id, action, entity, entity_id, actor_user_id)
  values (v_org_id, 'hours_changed', 'location', p_location_id, app.current_user_id());
  perform app.announce('hours_updated', 'location', p_location_id);
  return v_spans;
end
$$;

comment on function app.set_business_hours(uuid, uuid, integer[], time[], time[]) is
  'Replaces the week of a location, or of one resource (empty arrays: it keeps its location''s week again). Weekday 0 is Sunday. Visits already booked stay. Staff only (VX403); an unknown location or resource is VX404, arrays of unlike length and spans that end before they begin are VX400. Returns the number of spans.';

select app.seal('app.set_business_hours(uuid, uuid, integer[], time[], time[])', 'app_writer', 'tenant_user');
