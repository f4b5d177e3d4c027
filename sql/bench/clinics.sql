-- What `make bench` books in: forty clinics of five practitioners each, open every day. Run once as the owner.
insert into public.organizations (id, name, slug, country, time_zone)
select gen_random_uuid(), 'Bench clinic ' || n, 'bench-' || n, 'US', 'America/Chicago' from generate_series(0, 39) n;
insert into public.locations (org_id, name, time_zone)
select o.id, 'Main', o.time_zone from public.organizations o;
insert into public.services (org_id, name, duration)
select o.id, 'Checkup', '30 minutes' from public.organizations o;
insert into public.resources (org_id, location_id, name)
select l.org_id, l.id, 'Practitioner ' || n from public.locations l, generate_series(1, 5) n;
insert into public.resource_services (org_id, resource_id, service_id)
select r.org_id, r.id, s.id from public.resources r join public.services s on s.org_id = r.org_id;
insert into public.business_hours (org_id, location_id, weekday, opens, closes)
select l.org_id, l.id, d, '09:00', '17:00' from public.locations l, generate_series(0, 6) d;
insert into public.phone_numbers (org_id, number, location_id)
select o.id, '+131255510' || lpad(replace(o.slug, 'bench-', ''), 2, '0'), l.id
from public.organizations o
join public.locations l on l.org_id = o.id;
insert into public.agents (org_id, name, role, is_default)
select o.id, 'Receptionist', 'inbound', true from public.organizations o;

-- An owner a clinic. Signing up founds a clinic each; these people belong to the ones above.
insert into auth.users (id, email)
select ('00000000-0000-4000-8000-00000000' || 1000 + n)::uuid, 'owner-' || n || '@bench.example' from generate_series(0, 39) n;
delete from public.profiles p using auth.users u where u.id = p.user_id and u.email like '%@bench.example';
insert into public.profiles (org_id, user_id, role)
select o.id, ('00000000-0000-4000-8000-00000000' || 1000 + replace(o.slug, 'bench-', '')::integer)::uuid, 'owner'
from public.organizations o
where o.slug ~ '^bench-[0-9]+$';
update public.organizations
set quiet_from = '00:00', quiet_until = '00:00', messages_per_day = 100000, follow_up_window = '1 minute';

-- Planners know nothing of tables filled a moment ago.
analyze;
