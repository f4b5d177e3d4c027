-- Where cmd/chaos's callers book: eight clinics of five practitioners and one specialist each, open every day, that text at any hour. Run once as the owner.
insert into public.organizations (id, name, slug, country, time_zone, quiet_from, quiet_until, messages_per_day)
select gen_random_uuid(), 'Chaos clinic ' || n, 'chaos-' || n, 'US', 'America/Chicago', '00:00', '00:00', 100000 from generate_series(0, 7) n;
insert into public.locations (org_id, name, time_zone)
select o.id, 'Main', o.time_zone from public.organizations o;
insert into public.services (org_id, name, duration)
select o.id, s.name, '30 minutes' from public.organizations o, (values ('Checkup'), ('Scan')) s (name);
insert into public.resources (org_id, location_id, name)
select l.org_id, l.id, case n when 6 then 'Specialist' else 'Practitioner ' || n end from public.locations l, generate_series(1, 6) n;
insert into public.resource_services (org_id, resource_id, service_id)
select r.org_id, r.id, s.id
from public.resources r
join public.services s on s.org_id = r.org_id and (s.name = 'Scan') = (r.name = 'Specialist');
insert into public.business_hours (org_id, location_id, weekday, opens, closes)
select l.org_id, l.id, d, '09:00', '17:00' from public.locations l, generate_series(0, 6) d;
insert into public.phone_numbers (org_id, number, location_id)
select o.id, '+1312555100' || replace(o.slug, 'chaos-', ''), l.id
from public.organizations o
join public.locations l on l.org_id = o.id;
insert into public.agents (org_id, name, role, is_default)
select o.id, 'Receptionist', 'inbound', true from public.organizations o;
insert into public.assistant_routes (vapi_assistant_id, org_id, agent_id)
select 'assistant-of-' || o.slug, o.id, a.id
from public.agents a
join public.organizations o on o.id = a.org_id;

-- An owner a clinic. Signing up founds a clinic each; these people belong to the ones above.
insert into auth.users (id, email)
select ('00000000-0000-4000-8000-00000000' || 1000 + n)::uuid, 'owner-' || n || '@chaos.example' from generate_series(0, 7) n;
delete from public.profiles p using auth.users u where u.id = p.user_id and u.email like '%@chaos.example';
insert into public.profiles (org_id, user_id, role)
select o.id, ('00000000-0000-4000-8000-00000000' || 1000 + replace(o.slug, 'chaos-', '')::integer)::uuid, 'owner'
from public.organizations o
where o.slug ~ '^chaos-[0-9]+$';
