-- A corrected name changes the patient that this call made, and nobody who was known before.
begin;
\ir ../booking.psql
select plan(7);

select pg_temp.owner($$
  insert into public.contacts (org_id, id, phone, created_at) values
    ('a0000000-0000-7000-8000-000000000001', 'a0000000-0000-7000-8000-0000000000d2', '+13125550133', '2030-01-01');
  insert into public.patients (org_id, contact_id, name, normalised_name, date_of_birth) values
    ('a0000000-0000-7000-8000-000000000001', 'a0000000-0000-7000-8000-0000000000d2', 'Mia Quillby', 'mia quillby', '2020-01-01') $$);
select pg_temp.act_for('a');
create function pg_temp.rename(p_call text, p_name text) returns text language sql as $$
  select pg_temp.said(b) || ': ' || b.patient_name from app.amend_appointment(('a0000000-0000-7000-8000-0000000000' || p_call)::uuid,
    (select booking_ref from public.appointments where call_id = ('a0000000-0000-7000-8000-0000000000' || p_call)::uuid), p_patient_name => p_name) b
$$;
select pg_temp.book('04 10:00', 'Jon Quillfeather'), pg_temp.book('04 12:00', 'Mia Quillby', 'c3');
select is(pg_temp.rename('c1', 'John Quillfeather'), 'amended: John Quillfeather', 'a patient this call made');
select is((select array_agg(name) from public.patients where origin_call_id = :'call1'), '{John Quillfeather}', 'has a corrected name and no double');
select is(pg_temp.rename('c1', '  '), 'amended: John Quillfeather', 'a blank name changes nothing');
select is(pg_temp.rename('c3', 'Maya Quillby'), 'amended: Maya Quillby', 'a patient known before the call');
select is((select array_agg(name order by name) from public.patients where contact_id = 'a0000000-0000-7000-8000-0000000000d2'), '{Maya Quillby,Mia Quillby}', 'keeps the name: another one has the visit');
select is(pg_temp.rename('c3', 'MIA QUILLBY'), 'amended: MIA QUILLBY', 'and back, named as it was said');
select is((select date_of_birth from public.patients where name = 'Mia Quillby'), '2020-01-01', 'to who it was, unchanged');

select * from finish();
rollback;
