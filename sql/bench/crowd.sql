-- Where callers of `make bench` want the same times: ten clinics with one practitioner each. Their numbers are +13125551200 to 1209.
-- Run once as the owner, after clinics.sql.
insert into public.organizations (id, name, slug, country, time_zone)
select gen_random_uuid(), 'Crowded clinic ' || n, 'crowd-' || n, 'US', 'America/Chicago' from generate_series(0, 9) n;
insert into public.locations (org_id, name, time_zone)
select o.id, 'Main', o.time_zone from public.organizations o where o.slug like 'crowd-%';
insert into public.services (org_id, name, duration)
select o.id, 'Checkup', '30 minutes' from public.organizations o where o.slug like 'crowd-%';
insert into public.resources (org_id, location_id, name)
select l.org_id, l.id, 'Practitioner' from public.locations l join public.organizations o on o.id = l.org_id where o.slug like 'crowd-%';
insert into public.resource_services (org_id, resource_id, service_id)
select r.org_id, r.id, s.id
from public.resources r
join public.services s on s.org_id = r.org_id
join public.organizations o on o.id = r.org_id
where o.slug like 'crowd-%';
insert into public.business_hours (org_id, location_id, weekday, opens, closes)
select l.org_id, l.id, d, '09:00', '17:00'
from public.locations l
join public.organizations o on o.id = l.org_id, generate_series(0, 6) d
where o.slug like 'crowd-%';
insert into public.phone_numbers (org_id, number, location_id)
select l.org_id, '+131255512' || lpad(replace(o.slug, 'crowd-', ''), 2, '0'), l.id
from public.locations l join public.organizations o on o.id = l.org_id where o.slug like 'crowd-%';
insert into public.agents (org_id, name, role, is_default)
select o.id, 'Receptionist', 'inbound', true from public.organizations o where o.slug like 'crowd-%';

analyze public.organizations, public.locations, public.services, public.resources, public.resource_services, public.business_hours, public.phone_numbers;
