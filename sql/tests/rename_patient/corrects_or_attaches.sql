-- A name is corrected where this call made the patient for this one visit; everybody else's row is left alone.
begin;
\ir ../inside.psql
select plan(12);

select pg_temp.act_inside('a');
select pg_temp.book('05 10:00', 'Jon Quillfeather');
create function pg_temp.rename(p_start text, p_name text, p_call text default 'c1') returns text language sql as $$
  select app.rename_patient(pg_temp.at(p_start), p_name, pg_temp.call(p_call));
  select a.said_name || ', ' || p.name from public.appointments a join public.patients p on p.id = a.patient_id where a.id = pg_temp.at(p_start)
$$;
create function pg_temp.patients() returns text language sql as $$ select string_agg(name, ', ' order by name) from public.patients $$;

select is(pg_temp.rename('05 10:00', 'JON QUILLFEATHER'), 'JON QUILLFEATHER, Jon Quillfeather', 'the same name in other letters is only how it was said');
select app.rename_patient(pg_temp.at('05 10:00'), 'John Quillfeather', :'call1');
select is(pg_temp.patients(), 'John Quillfeather', 'the one patient of this call has the corrected name');
select is((select normalised_name from public.patients), 'john quillfeather', 'by which it is found');
select is((select said_name from public.appointments), 'John Quillfeather', 'the visit too');

select pg_temp.book('05 12:00', 'John Quillfeather');
select app.rename_patient(pg_temp.at('05 12:00'), 'Joan Quillfeather', :'call1');
select is(pg_temp.patients(), 'Joan Quillfeather, John Quillfeather', 'a patient with two visits keeps the name');
select results_eq($$ select a.said_name, p.name from public.appointments a join public.patients p on p.id = a.patient_id order by a.scheduled_at $$,
  $$ values ('John Quillfeather', 'John Quillfeather'), ('Joan Quillfeather', 'Joan Quillfeather') $$, 'one visit has another patient');
select app.rename_patient(pg_temp.at('05 12:00'), 'John Quillfeather', :'call1');
select is(pg_temp.patients(), 'Joan Quillfeather, John Quillfeather', 'back: nobody is doubled');
select is((select count(distinct patient_id) from public.appointments), 1::bigint, 'both visits are one patient''s again');

-- A patient of another call.
select pg_temp.owner($$ update public.patients set origin_call_id = 'a0000000-0000-7000-8000-0000000000c3' where name = 'John Quillfeather';
  delete from public.appointment_changes; delete from public.appointments where scheduled_at = '2030-03-05 12:00 America/Chicago' $$);
select app.rename_patient(pg_temp.at('05 10:00'), 'Zoe Quillfeather', :'call1');
select is(pg_temp.patients(), 'Joan Quillfeather, John Quillfeather, Zoe Quillfeather', 'another call''s patient keeps the name');
select is((select p.name || coalesce(p.date_of_birth::text, '') from public.appointments a join public.patients p on p.id = a.patient_id), 'Zoe Quillfeather', 'the visit has a new one, with no date of birth');
select is((select contact_id from public.patients where name like 'Zoe%'), (select contact_id from public.patients where name like 'John%'), 'of the same contact');
select throws_ok($$ select pg_temp.book('05 14:00', 'Ben Quillby', p_resource => 'Avery'), pg_temp.book('05 14:00', 'Zoe Quillfeather', p_resource => 'Blake');
  select app.rename_patient(id, 'Zoe Quillfeather', call_id) from public.appointments where said_name = 'Ben Quillby' $$, '23505', null, 'a name that makes it a visit which the call has already');

select * from finish();
rollback;
