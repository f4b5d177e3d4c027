create or replace function app.furnish_org(p_name text, p_time_zone text)
returns void
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_location_id uuid;
  v_resource_id uuid;
  v_service_id uuid;
begin
  insert into public.locations (org_id, name, time_zone) values (v_org_id, p_name, p_time_zone)
  returning id into v_location_id;
  insert into public.resources (org_id, location_id, name) values (v_org_id, v_location_id, 'First practitioner')
  returning id into v_resource_id;
  insert into public.services (org_id, name, aliases, duration)
  values (v_org_id, 'Consultation', '{appointment,visit,checkup}', '30 minutes')
  returning id into v_service_id;
  insert into public.resource_services (org_id, resource_id, service_id) values (v_org_id, v_resource_id, v_service_id);
  insert into public.business_hours (org_id, location_id, weekday, opens, closes)
  select v_org_id, v_location_id, d, '09:00', '17:00' from generate_series(1, 5) d;
  insert into public.agents (org_id, name, role, is_default) values (v_org_id, 'Receptionist', 'inbound', true);
end
$$;

comment on function app.furnish_org(text, text) is
  'Gives a new organisation what a first booking needs: a location, a practitioner, a half-hour consultation, weekday hours from nine to five and an inbound agent.';

select app.seal('app.furnish_org(text, text)', 'app_writer', 'app_definer');
