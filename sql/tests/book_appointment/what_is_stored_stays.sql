-- The calling number can be forged: a call adds visits to a known contact and changes nothing that is known about it.
begin;
\ir ../booking.psql
select plan(9);

select pg_temp.owner($$
  insert into public.contacts (org_id, id, name, phone, email, created_at) values
    ('a0000000-0000-7000-8000-000000000001', 'a0000000-0000-7000-8000-0000000000d2', 'Ann Quillby', '+13125550111', 'ann@patients.example', '2030-01-01'),
    ('a0000000-0000-7000-8000-000000000001', 'a0000000-0000-7000-8000-0000000000d3', null, '+13125550133', null, '2030-01-01');
  insert into public.patients (org_id, id, contact_id, name, normalised_name, date_of_birth, made_by_voice) values
    ('a0000000-0000-7000-8000-000000000001', 'a0000000-0000-7000-8000-0000000000f2', 'a0000000-0000-7000-8000-0000000000d2', 'Ann Quillby', 'ann quillby', '1980-01-01', false),
    ('a0000000-0000-7000-8000-000000000001', 'a0000000-0000-7000-8000-0000000000f3', 'a0000000-0000-7000-8000-0000000000d2', 'Ben Quillby', 'ben quillby', null, false) $$);
select pg_temp.act_for('a');
prepare known as select c.name, c.email, c.spoken_phone, c.phone, p.name, p.date_of_birth, p.made_by_voice
  from public.contacts c join public.patients p on p.contact_id = c.id where c.id = 'a0000000-0000-7000-8000-0000000000d2' order by p.name;
create function pg_temp.forge(p_start text, p_name text, p_call text) returns text language sql as $$
  select pg_temp.said(b) from app.book_appointment('Checkup', pg_temp.t(p_start), p_name, ('a0000000-0000-7000-8000-0000000000' || p_call)::uuid,
    p_date_of_birth => '1999-09-09', p_email => 'other@patients.example', p_spoken_phone => '+13125550177') b
$$;
select is(pg_temp.forge('04 10:00', 'ANN QUILLBY', 'c1'), 'booked', 'a caller says to be Ann, born another day');
select is(pg_temp.forge('04 11:00', 'ben quillby', 'c1'), 'booked', 'and Ben');
select results_eq('known', $$ values
  ('Ann Quillby', 'ann@patients.example', null::text, '+13125550111', 'Ann Quillby', '1980-01-01'::date, false),
  ('Ann Quillby', 'ann@patients.example', null, '+13125550111', 'Ben Quillby', null, false) $$,
  'name, address, number and dates of birth stay, also the one that was missing');
select is((select array_agg(patient_id::text order by scheduled_at) from public.appointments),
  '{a0000000-0000-7000-8000-0000000000f2,a0000000-0000-7000-8000-0000000000f3}', 'the visits are theirs');
select is(pg_temp.forge('04 12:00', 'Cleo Quillby', 'c3'), 'booked', 'a contact that is known by number only');
select is((select (name, email, spoken_phone)::text from public.contacts where phone = '+13125550133'), '("Cleo Quillby",,)', 'gets a name, but no address or number of a stranger');
select is(pg_temp.forge('04 13:00', 'Dora Quillfeather', 'c2'), 'booked', 'a contact that this call makes');
select is((select (name, email, spoken_phone)::text from public.contacts where origin_call_id = :'call2'), '("Dora Quillfeather",other@patients.example,+13125550177)', 'keeps what was said');
select is((select date_of_birth from public.patients where name = 'Dora Quillfeather'), '1999-09-09', 'and the patient it makes the date of birth');

select * from finish();
rollback;
