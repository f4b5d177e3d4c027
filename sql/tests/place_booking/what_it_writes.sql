-- A booking that is to be had leaves the visit, its people and its news; one that is not leaves nothing.
begin;
\ir ../inside.psql
select plan(17);

select pg_temp.owner($$ insert into public.contacts (org_id, id, phone, created_at, name) values
  ('a0000000-0000-7000-8000-000000000001', 'a0000000-0000-7000-8000-0000000000d2', '+13125550133', '2030-01-01', 'Mia Quillby') $$);
select pg_temp.act_inside('a');
create function pg_temp.place(p_start text, p_name text, p_call text, p_contact uuid default null, p_override boolean default false) returns text language sql as $$
  select pg_temp.said(app.place_booking('a0000000-0000-7000-8000-000000000021', 'a0000000-0000-7000-8000-000000000031', pg_temp.t(p_start), pg_temp.call(p_call), p_contact, p_name,
    '2015-06-07', 'new@patients.example', '+13125550177', repeat('n', 3000), p_override))
$$;
select is(pg_temp.place('05 10:05', 'Ann Quillby', 'c1'), 'refused off_step', 'refused');
select is(pg_temp.rows('public.appointments') + pg_temp.rows('public.patients') + pg_temp.rows('public.events') + pg_temp.rows('public.notifications'), 0::bigint, 'nothing is left');
select is((select count(*) from public.contacts where phone = '+13125550111'), 0::bigint, 'and nobody');

select is(pg_temp.place('05 10:00', 'Ann Quillby', 'c1'), 'booked', 'booked');
select results_eq($$ select status, source, said_name, said_date_of_birth, char_length(notes), call_id, overridden_by from public.appointments $$,
  $$ values ('confirmed', 'voice', 'Ann Quillby', '2015-06-07'::date, 2000, pg_temp.call('c1'), null::uuid) $$, 'as the call said it');
select results_eq($$ select name, lead_status, email, spoken_phone from public.contacts where phone = '+13125550111' $$,
  $$ values ('Ann Quillby', 'booked', 'new@patients.example', '+13125550177') $$, 'a contact that this call made has what was said');
select results_eq($$ select kind, entity, entity_id from public.notifications $$, $$ select 'appointment_booked', 'appointment', id from public.appointments $$, 'the staff are told');
select is((select array_agg(kind) from public.appointment_changes), '{booked}', 'its history begins');
select is(pg_temp.place('05 10:15', 'Ben Quillby', 'c2'), 'refused taken', 'the time is taken');

select is(pg_temp.place('05 11:00', 'Zoe Quillby', 'c3'), 'booked', 'a known number');
select results_eq($$ select name, lead_status, email, spoken_phone from public.contacts where phone = '+13125550133' $$,
  $$ values ('Mia Quillby', 'booked', null::text, null::text) $$, 'gets no address from whoever calls from it');
select pg_temp.owner($$ update public.organizations set approval_required = true $$);
select is(pg_temp.place('05 12:00', 'Zoe Quillby', 'c3'), 'booked', 'where bookings are approved');
select is((select count(*) from public.notifications where kind = 'approval_needed'), 1::bigint, 'the staff are asked');

select pg_temp.act_as('staff');
set role app_writer;
select is(pg_temp.place('10 03:05', 'Nora Quillfeather', null, :'contact', true), 'booked', 'by staff, past the rules');
select results_eq($$ select status, source, said_name, said_date_of_birth, contact_id, overridden_by from public.appointments where source = 'dashboard' $$,
  $$ values ('confirmed', 'dashboard', null::text, null::date, 'a0000000-0000-7000-8000-0000000000d1'::uuid, 'a0000000-0000-7000-8000-0000000000e3'::uuid) $$, 'for the contact they named');
select is(pg_temp.rows('public.notifications'), 3::bigint, 'who need not be told');
select is(pg_temp.place('05 10:15', 'Nora Quillfeather', null, :'contact', true), 'refused taken', 'but not over another visit');

select * from finish();
rollback;
