-- A year of the clinics in bench.clinics: rows of every kind, so many calls and messages. Rows of all clinics lie mixed, in the
-- order of time, as they do after a year. Run once as a superuser, between indexes_away.sql and indexes_back.sql.
create function bench.id(n integer) returns uuid language sql immutable parallel safe return
  ('00000000-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid;
-- A year's worth of rows, the last one now.
create function bench.at(n integer, rows integer) returns timestamptz language sql stable parallel safe return
  now() - (rows - n) * (interval '365 days' / rows);

insert into public.organizations (id, name, slug, country, time_zone)
select c.org_id, 'Bench clinic ' || c.n, 'bench-' || c.n, 'US', 'America/Chicago' from bench.clinics c;
insert into public.locations (org_id, id, name, time_zone)
select c.org_id, bench.id(1), 'Main', 'America/Chicago' from bench.clinics c;
insert into public.services (org_id, id, name, duration, price_minor)
select c.org_id, bench.id(1), 'Checkup', '30 minutes', 9000 from bench.clinics c;
insert into public.resources (org_id, id, location_id, name)
select c.org_id, bench.id(r), bench.id(1), 'Practitioner ' || r from bench.clinics c, generate_series(1, 5) r;

-- The first clinic's owner. Triggers rest, so that signing up founds no clinic.
insert into auth.users (id, email) values ('00000000-0000-4000-8000-000000001000', 'ann.quill@patients.example');
insert into public.profiles (org_id, user_id, role, name, email)
select c.org_id, '00000000-0000-4000-8000-000000001000', 'owner', 'Ann Quill', 'ann.quill@patients.example'
from bench.clinics c where c.n = 1;

insert into public.contacts (org_id, id, name, phone, email, lead_status, lead_score, source, last_contacted_at, created_at)
select c.org_id, bench.id(i),
  initcap(substr('annabencledorevefinguahopidajankimleomianedoliparoysamtesuwevalwilxenyve', 1 + i % 24 * 3, 3)) || ' '
    || initcap(translate((i * 7919 % 100000)::text, '0123456789', 'aeioulnrst')) || 'quill',
  '+1312555' || lpad(i::text, 7, '0'), 'p' || i || '@patients.example',
  (array['cold', 'warm', 'cold', 'booked', 'cold', 'lost', 'warm', 'booked', 'cold', 'hot'])[1 + i % 10], i * 31 % 101,
  case when i % 5 = 0 then 'import' else 'call' end,
  case when i % 4 > 0 then bench.at(i * 7 % c.rows, c.rows) end, bench.at(i, c.rows)
from bench.clinics c, generate_series(1, c.rows) i
order by i, c.n;

insert into public.patients (org_id, id, contact_id, name, normalised_name, created_at)
select k.org_id, k.id, k.id, k.name, lower(k.name), k.created_at from public.contacts k
where k.org_id in (select c.org_id from bench.clinics c)
order by k.created_at;

insert into public.call_logs (org_id, id, vapi_call_id, contact_id, direction, from_number, to_number, status, ended_reason,
  started_at, ended_at, duration_seconds, outcome, summary, transcript, transcript_state, recording_state, tools_used, cost_micros, created_at)
select c.org_id, bench.id(i), 'bench-' || i, case when i % 8 > 0 then bench.id(1 + i * 13 % c.rows) end,
  case when i % 5 = 0 then 'outbound' else 'inbound' end, '+1312555' || lpad((1 + i * 13 % c.rows)::text, 7, '0'), '+13125550100',
  'ended', case when i % 97 = 0 then 'pipeline-error' else 'customer-ended-call' end,
  case when i % 50 > 0 then bench.at(i, c.calls) end, bench.at(i, c.calls) + interval '3 minutes', 30 + i % 300,
  case when i % 9 = 0 then 'missed' else (array['booked', 'answered', 'message', 'transferred'])[1 + i % 4] end,
  'The caller asked about a visit and was told when the clinic is open.',
  jsonb_build_array(jsonb_build_object('speaker', 'assistant', 'text', repeat('How may I help you? ', 5)),
    jsonb_build_object('speaker', 'caller', 'text', repeat('I would like to come by. ', 5))),
  'stored', 'none', '{checkAvailability,bookClinicAppointment}', 90000 + i % 1000, bench.at(i, c.calls)
from bench.clinics c, generate_series(1, c.calls) i
order by i, c.n;

-- Nine of ten visits are over; the rest lies ahead, half an hour each, with five practitioners.
insert into public.appointments (org_id, id, location_id, service_id, resource_id, contact_id, patient_id, scheduled_at, duration,
  during, blocked, status, source, booking_ref, created_at)
select v.org_id, bench.id(v.i), bench.id(1), bench.id(1), bench.id(1 + v.i % 5), v.person, v.person, v.at, interval '30 minutes',
  v.visit, v.visit,
  case when v.at > now() then 'confirmed' else (array['completed', 'completed', 'cancelled', 'completed', 'no_show'])[1 + v.i % 5] end,
  'voice', v.ref, bench.at(v.i, v.rows)
from (
  select d.*, tstzrange(d.at, d.at + interval '30 minutes') as visit
  from (
    select c.org_id, c.n, c.rows, i, bench.id(1 + i * 17 % c.rows) as person,
      date_trunc('day', now()) + (i - c.rows * 9 / 10) / 5 * interval '30 minutes' as at,
      translate(upper(lpad(to_hex(i), 6, '0')), '01', 'XY') as ref
    from bench.clinics c, generate_series(1, c.rows) i
  ) d
) v
order by v.i, v.n;

insert into public.appointment_changes (org_id, id, appointment_id, kind, at)
select a.org_id, a.id, a.id, 'booked', a.created_at from public.appointments a
where a.org_id in (select c.org_id from bench.clinics c)
order by a.created_at;

insert into public.messages (org_id, id, direction, method, category, recipient, content, status, service_provider,
  external_message_id, sent_at, segments, contact_id, created_at)
select c.org_id, bench.id(i), case when i % 6 = 0 then 'inbound' else 'outbound' end, case when i % 7 = 0 then 'email' else 'sms' end,
  (array['confirmation', 'reminder', 'follow_up', 'reminder', 'code'])[1 + i % 5], '+1312555' || lpad((1 + i * 13 % c.rows)::text, 7, '0'),
  'Your visit number ' || i || ' is on Tuesday at nine. Reply C to confirm or X to change. zanzibar-lilac',
  case when i % 40 = 0 then 'failed' else 'delivered' end, 'twilio', 'SMbench' || i, bench.at(i, c.messages), 1,
  bench.id(1 + i * 13 % c.rows), bench.at(i, c.messages)
from bench.clinics c, generate_series(1, c.messages) i
order by i, c.n;

insert into public.notifications (org_id, id, kind, title, entity, entity_id, read_at, created_at)
select c.org_id, bench.id(i), (array['appointment_booked', 'missed_call', 'appointment_booked', 'message_received'])[1 + i % 4],
  'A visit was booked', 'appointment', bench.id(i),
  case when i % 1000 > 0 then bench.at(i, c.rows) end, bench.at(i, c.rows)
from bench.clinics c, generate_series(1, c.rows) i
order by i, c.n;

insert into public.booking_attempts (org_id, id, kind, call_id, tool_call_id, said_date, said_time, service_id, resource_id, starts_at,
  outcome, reason, appointment_id, at)
select c.org_id, bench.id(i), case when i % 3 = 0 then 'hold' else 'book' end, bench.id(1 + i * 13 % c.calls), 'bench-' || i, 'Tuesday', 'nine',
  bench.id(1), bench.id(1 + i % 5), bench.at(i, c.rows), case when i % 4 = 0 then 'refused' else 'booked' end,
  case when i % 4 = 0 then 'taken' end, case when i % 4 > 0 then bench.id(i) end, bench.at(i, c.rows)
from bench.clinics c, generate_series(1, c.rows) i
order by i, c.n;

insert into public.audit_log (org_id, id, action, entity, entity_id, actor_user_id, at)
select c.org_id, bench.id(i), (array['contact_changed', 'appointment_cancelled', 'contact_changed', 'settings_changed'])[1 + i % 4],
  'contact', bench.id(i), '00000000-0000-4000-8000-000000001000', bench.at(i, c.rows)
from bench.clinics c, generate_series(1, c.rows) i
order by i, c.n;
