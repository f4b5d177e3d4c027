-- A caller without a number gets a contact of that call, and never anybody else's.
begin;
\ir ../booking.psql
select plan(9);

select pg_temp.owner($$
  insert into public.call_logs (org_id, id, vapi_call_id, direction) values
    ('a0000000-0000-7000-8000-000000000001', 'a0000000-0000-7000-8000-0000000000c4', 'call-4', 'web') $$);
select pg_temp.act_for('a');
select is(pg_temp.book('04 10:00', 'Ann Quillby', 'c2'), 'booked', 'a visit');
select is(pg_temp.book('04 11:00', 'Mia Quillby', 'c2'), 'booked', 'a second one of the same call');
select results_eq('select phone, origin_call_id from public.contacts where origin_call_id is not null',
  $$ values (null::text, 'a0000000-0000-7000-8000-0000000000c2'::uuid) $$, 'one contact, of the call, without a number');
select is(pg_temp.book('04 12:00', 'Ann Quillby', 'c4'), 'booked', 'another call without a number, and the same name');
select is((select count(distinct contact_id) from public.appointments), 2::bigint, 'is another contact');
select is((select count(*) from public.patients where normalised_name = 'ann quillby'), 2::bigint, 'and another patient');
select is(pg_temp.book('04 13:00', 'Ann Quillby', 'c1'), 'booked', 'a known number');
select is((select phone from public.contacts k join public.call_logs c on c.contact_id = k.id where c.id = :'call1'), '+13125550111', 'is the contact''s');
select is((select count(*) from app.find_my_appointments(:'call2')), 2::bigint, 'each call hears of its own');

select * from finish();
rollback;
