create or replace function app.slots_of_days(
  p_from date,
  p_to date,
  p_service text default null,
  p_resource text default null,
  p_limit integer default 100
)
returns setof app.slot
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_zone text := (select o.time_zone from public.organizations o where o.id = app.require_org_id());
  v_service_id uuid := (select s.id from app.find_service(p_service) s);
begin
  if p_from is null or p_to < p_from or p_to - p_from > 60 then
    raise exception 'ask for one day to 61 days of slots' using errcode = 'VX400';
  elsif v_service_id is null and coalesce(btrim(p_service), '') = '' then
    raise exception 'say for which service' using errcode = 'VX400';
  elsif v_service_id is null then
    raise exception 'there is no such service' using errcode = 'VX404';
  elsif coalesce(btrim(p_resource), '') <> '' and not exists (select from app.find_resource(p_resource)) then
    raise exception 'there is no such practitioner or room' using errcode = 'VX404';
  end if;
  return query
  select * from app.available_slots(v_service_id::text, app.local_instant(p_from::timestamp, v_zone, false),
    app.local_instant((coalesce(p_to, p_from) + 1)::timestamp, v_zone, false), p_resource, p_limit);
end
$$;

comment on function app.slots_of_days(date, date, text, text, integer) is
  'app.available_slots of whole days of the clinic''s zone, both included; p_to NULL means one day. The service may be left out where the clinic has one. VX404 for a service or resource that is not the clinic''s, VX400 for more than 61 days.';

select app.seal('app.slots_of_days(date, date, text, text, integer)', null, 'tenant_user');
