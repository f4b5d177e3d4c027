-- Two clinics, a booking of a call that ended, a hold, a cancelled visit and a refused try.
begin;
\ir ../../../tests/clinics.psql
select pg_temp.act_for('a');
select app.book_appointment('Checkup', '2030-03-04 10:00 America/Chicago', 'Ann Quillby', 'a0000000-0000-7000-8000-0000000000c1');
select app.book_appointment('Checkup', '2030-03-04 12:00 America/Chicago', 'Mia Quillby', 'a0000000-0000-7000-8000-0000000000c1');
select app.cancel_appointment(p_on => '2030-03-04', p_appointment => (select booking_ref from public.appointments limit 1), p_call_id => 'a0000000-0000-7000-8000-0000000000c1');
select app.book_appointment('Checkup', '2030-03-04 07:00 America/Chicago', 'Ann Quillby', 'a0000000-0000-7000-8000-0000000000c2');
select app.hold_slot('a0000000-0000-7000-8000-0000000000c3', 'Checkup', '2030-03-04 15:00 America/Chicago');
select app.record_call_report('a0000000-0000-7000-8000-0000000000c1', app.now(), app.now(), 60, 'customer-ended-call', null, '[]', 0, false, '{}');
commit;
