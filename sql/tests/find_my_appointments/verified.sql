begin;
select plan(5);
\ir ../clinics.psql
\ir ../family.psql
select pg_temp.act_for('a');
select app.verify_caller(:'call1', '1982-03-05');
select results_eq(format('select outcome, booking_ref, patient_name, service_name, resource_name, starts_at, time_zone from app.find_my_appointments(%L)', :'call1'),
  $$values ('found', 'MAEVE2', 'Maeve Quillfeather', 'Checkup', 'Dr. Avery Stone', '2030-03-05 16:00+00'::timestamptz, 'America/Chicago')$$,
  'the visit to come, ready to be spoken; cancelled and past ones are left out');
select app.verify_caller(:'call1', '2015-06-07');
select is((select array_agg(booking_ref) from app.find_my_appointments(:'call1')), '{MAEVE2,NJCK22}', 'soonest first, also pending ones');
reset role;
insert into public.appointments (org_id, location_id, service_id, resource_id, contact_id, patient_id, scheduled_at, duration, during, blocked, status, source, booking_ref)
select org_id, location_id, service_id, resource_id, contact_id, patient_id, at, duration, tstzrange(at, at + duration), tstzrange(at, at + duration), status, source, 'MANY' || chr(65 + n / 8) || (2 + n % 8)
from public.appointments, generate_series(0, 11) n, lateral (select scheduled_at + (n + 10) * interval '1 day') x (at)
where booking_ref = 'MAEVE2';
select pg_temp.act_for('a');
select is((select count(*) from app.find_my_appointments(:'call1')), 10::bigint, 'ten at most');
reset role;
update app.test_clock set at = '2030-03-05 16:00:00+00';
select pg_temp.act_for('a');
select is((select (array_agg(booking_ref))[1] from app.find_my_appointments(:'call1')), 'NJCK22', 'what has begun is not to come');
select pg_temp.act_for('b');
select is((select count(*) from app.find_my_appointments(:'call1')), 0::bigint, 'another tenant finds nothing');
select * from finish();
rollback;
