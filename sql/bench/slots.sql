-- Two clinics that are alike from now on (five practitioners, six of ten starts of the next 60 days taken) and differ in their
-- past: a thousand visits that are over, and bench.old. What free times cost must not tell them apart. Their numbers are
-- +13125551000 and +13125551001. Run once as a superuser, between indexes_away.sql and indexes_back.sql.
create table bench.pasts as
select p.title, p.old, ('00000000-0000-7000-a000-00000000000' || p.n)::uuid as org_id, '+1312555100' || p.n as number
from (values (0, 'few', 1000), (1, 'many', greatest(1000, current_setting('bench.old')::integer))) p (n, title, old);

insert into public.organizations (id, name, slug, country, time_zone)
select p.org_id, 'Bench clinic of ' || p.title || ' old visits', 'bench-' || p.title, 'US', 'America/Chicago' from bench.pasts p;
insert into public.locations (org_id, id, name, time_zone)
select p.org_id, bench.id(1), 'Main', 'America/Chicago' from bench.pasts p;
insert into public.services (org_id, id, name, duration)
select p.org_id, bench.id(1), 'Checkup', '30 minutes' from bench.pasts p;
insert into public.resources (org_id, id, location_id, name)
select p.org_id, bench.id(r), bench.id(1), 'Practitioner ' || r from bench.pasts p, generate_series(1, 5) r;
insert into public.resource_services (org_id, resource_id, service_id)
select p.org_id, bench.id(r), bench.id(1) from bench.pasts p, generate_series(1, 5) r;
insert into public.business_hours (org_id, location_id, weekday, opens, closes)
select p.org_id, bench.id(1), d, '09:00', '17:00' from bench.pasts p, generate_series(0, 6) d;
insert into public.phone_numbers (org_id, number, location_id)
select p.org_id, p.number, bench.id(1) from bench.pasts p;
insert into public.agents (org_id, name, role, is_default)
select p.org_id, 'Receptionist', 'inbound', true from bench.pasts p;
insert into public.contacts (org_id, id, name, phone)
select p.org_id, bench.id(i), 'Ann Quillfeather', '+1312556' || lpad(i::text, 7, '0') from bench.pasts p, generate_series(1, 1000) i;
insert into public.patients (org_id, id, contact_id, name, normalised_name)
select p.org_id, bench.id(i), bench.id(i), 'Ann Quillfeather', 'ann quillfeather' from bench.pasts p, generate_series(1, 1000) i;

-- Visits that are over, the last of them yesterday; then those to come, by 16 half-hours a day from nine.
insert into public.appointments (org_id, id, location_id, service_id, resource_id, contact_id, patient_id, scheduled_at, duration,
  during, blocked, status, source, booking_ref)
select v.org_id, bench.id(v.i), bench.id(1), bench.id(1), bench.id(1 + v.i % 5), v.person, v.person, v.at, interval '30 minutes',
  tstzrange(v.at, v.at + interval '30 minutes'), tstzrange(v.at, v.at + interval '30 minutes'), v.status, 'voice',
  translate(upper(lpad(to_hex(v.i), 6, '0')), '01', 'XY')
from (
  select p.org_id, i, date_trunc('day', now()) - interval '1 day' - (p.old - i) / 5 * interval '30 minutes' as at, 'completed' as status
  from bench.pasts p, generate_series(1, p.old) i
  union all
  select p.org_id, p.old + i, (current_date + i / 80 + time '09:00' + i / 5 % 16 * interval '30 minutes') at time zone 'America/Chicago',
    'confirmed'
  from bench.pasts p, generate_series(80, 80 * 60) i
  where i / 5 * 7 % 10 < 6
) u
cross join lateral (select u.*, bench.id(1 + u.i * 17 % 1000) as person) v
order by v.at;

-- What outside calendars had on the evenings that are over: without any, PostgreSQL reads an empty table by whatever index.
insert into public.busy_blocks (org_id, resource_id, starts_at, ends_at)
select p.org_id, bench.id(1 + i % 5), date_trunc('day', now()) - i * interval '1 hour', date_trunc('day', now()) - i * interval '1 hour' + interval '30 minutes'
from bench.pasts p, generate_series(1, 2500) i;
