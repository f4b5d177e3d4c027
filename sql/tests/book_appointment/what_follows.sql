-- A booking tells the staff and live clients once, keeps its history, and answers with all that is read back.
begin;
\ir ../booking.psql
select plan(10);

select pg_temp.act_for('a');
select results_eq(
  $$ select outcome, reason, replayed, status, patient_name, service_name, resource_name, starts_at, ends_at, time_zone, alternatives, booking_ref ~ '^[A-HJ-NP-Z2-9]{6}$'
     from app.book_appointment('exam', pg_temp.t('04 10:00'), ' Ann Quillby ', 'a0000000-0000-7000-8000-0000000000c1', p_notes => ' first visit ') $$,
  $$ values ('booked', null::text, false, 'confirmed', 'Ann Quillby', 'Checkup', 'Dr. Avery Stone', pg_temp.t('04 10:00'), pg_temp.t('04 10:30'),
     'America/Chicago', '{}'::timestamptz[], true) $$, 'the answer');
select is((select (source, notes, confirmation_sent, call_id = :'call1')::text from public.appointments), '(voice,"first visit",f,t)', 'the row');
select results_eq('select kind, old_during, new_during, call_id, actor_user_id from public.appointment_changes',
  $$ values ('booked', null::tstzrange, tstzrange(pg_temp.t('04 10:00'), pg_temp.t('04 10:30')), 'a0000000-0000-7000-8000-0000000000c1'::uuid, null::uuid) $$, 'the history');
select is((select array_agg(kind || ' ' || entity order by id) from public.events where kind not like 'call%'),
  '{"contact_updated contact","contact_updated contact","appointment_created appointment","notification notification"}', 'the events');
select is((select array_agg(kind || ' ' || title) from public.notifications), '{"appointment_booked The receptionist booked a visit"}', 'the notification names nobody');
select is((select lead_status from public.contacts where phone = '+13125550111'), 'booked', 'the contact is a customer');
select is((select contact_id from public.call_logs where id = :'call1'), (select id from public.contacts where phone = '+13125550111'), 'the call is the contact''s');
select pg_temp.act_as('staff');
select is(pg_temp.staff_book('04 11:00', 'Ben Quillby'), 'booked', 'from the dashboard');
select is((select (a.source, p.made_by_voice, c.actor_user_id)::text from public.appointments a join public.patients p on p.id = a.patient_id
  join public.appointment_changes c on c.appointment_id = a.id where a.call_id is null), '(dashboard,f,a0000000-0000-7000-8000-0000000000e3)', 'it is the member''s');
select is((select count(*) from public.notifications), 1::bigint, 'who need not be told');

select * from finish();
rollback;
