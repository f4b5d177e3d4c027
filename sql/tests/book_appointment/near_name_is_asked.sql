-- A name two edits away may be the same person misheard, or a sister: the caller is asked, and says which.
begin;
\ir ../booking.psql
select plan(14);

select pg_temp.act_for('a');
select is(pg_temp.book('04 10:00', 'Jon Quillby'), 'booked', 'Jon');
select results_eq(
  $$ select outcome, reason, patient_name, booking_ref from app.book_appointment('Checkup', pg_temp.t('04 10:00'), 'John Quillby', 'a0000000-0000-7000-8000-0000000000c1') $$,
  $$ select 'question', 'same_person', 'Jon Quillby', booking_ref from public.appointments $$, 'John: is that Jon?');
select is(pg_temp.diary(), array['04 10:00 Avery'], 'nothing is done until it is answered');
select is((select count(*) from public.patients), 1::bigint, 'not even a patient');
select is(pg_temp.book('04 10:00', 'John Quillby', p_another => true), 'booked', 'another person');
select is(pg_temp.diary(), array['04 10:00 Avery', '04 10:00 Blake'], 'has a visit of his own');
select is(pg_temp.book('04 10:00', 'John Quillby', p_another => true), 'booked again', 'said twice is done once');
select is((select array_agg(name order by name) from public.patients), '{John Quillby,Jon Quillby}', 'two patients');
select is(pg_temp.book('04 12:00', 'Mary Quillfeather', 'c2'), 'booked', 'another call books Mary');
select is(pg_temp.book('04 12:00', 'Marry Quilfeather', 'c2'), 'question same_person', 'two edits are asked about');
select is((select pg_temp.said(b) from app.amend_appointment(:'call2', (select booking_ref from public.appointments where call_id = :'call2'),
  p_patient_name => 'Marry Quilfeather') b), 'amended', 'the same person: the reference amends it');
select is((select array_agg(p.name) from public.appointments a join public.patients p on p.id = a.patient_id where a.call_id = :'call2'),
  '{Marry Quilfeather}', 'one visit under the corrected name');
select is((select count(*) from public.patients where name like 'Mar%'), 1::bigint, 'of one patient');
select is(pg_temp.book('04 12:00', 'Henry Quillfeather', 'c2'), 'booked', 'three edits are somebody else');

select * from finish();
rollback;
