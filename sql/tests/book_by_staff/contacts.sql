-- For a contact or for a number; a refused try leaves nobody behind.
begin;
\ir ../booking.psql
select plan(17);
create function pg_temp.staff(
  p_at text, p_name text default null, p_contact uuid default null, p_phone text default null, p_override boolean default false,
  p_service text default 'Checkup', p_resource text default null
) returns text language sql as $$
  select pg_temp.said(b) from app.book_by_staff(p_service, p_at, p_name, p_contact, p_phone, 'ida@patients.example', p_resource => p_resource, p_override => p_override) b
$$;
grant execute on all functions in schema pg_temp to public;
select pg_temp.act_for('a');
select throws_ok($$ select pg_temp.staff('2030-03-05 10:00', 'Ida Quill', p_phone => '+13125550177') $$, '42501', null, 'a webhook does not');
select pg_temp.act_as('viewer');
select throws_ok($$ select pg_temp.staff('2030-03-05 10:00', 'Ida Quill', p_phone => '+13125550177') $$, 'VX403', null, 'a viewer does not');
select is((select count(*) from public.contacts), 1::bigint, 'and left nobody behind');
select pg_temp.act_as('staff');
select is(pg_temp.staff('2030-03-05 10:00', 'Ida Quill', p_phone => '+13125550177', p_resource => 'Avery'), 'booked', 'a new number, a local time');
select is((select name || ' ' || phone || ' ' || email || ' ' || source || ' ' || lead_status from public.contacts where phone = '+13125550177'),
  'Ida Quill +13125550177 ida@patients.example dashboard booked', 'has a contact now');
select is(pg_temp.staff('2030-03-06T16:00:00Z', p_phone => '+13125550177'), 'booked', 'again, by an instant and without a name');
select is((select count(*) from public.contacts), 2::bigint, 'is the same contact');
select is((select count(*) from public.patients), 1::bigint, 'and the same patient');
select is(pg_temp.staff('2030-03-06 11:00', contact, :'contact') , 'booked', 'a contact by id') from (values (null::text)) v (contact);
select is(pg_temp.staff('2030-03-05 10:00', 'Uma Quill', p_phone => '+13125550178', p_resource => 'Avery'), 'refused taken', 'what is taken');
select is((select count(*) from public.contacts), 2::bigint, 'makes no contact');
select is(pg_temp.staff('2030-03-09 10:00', 'Uma Quill', p_phone => '+13125550178', p_override => true), 'booked', 'past the rules');
select is((select array_agg(action || right(actor_user_id::text, 2)) from public.audit_log), '{booking_overridee3}', 'and that is audited');
select throws_ok($$ select pg_temp.staff('2030-03-05 11:00', 'Uma Quill') $$, 'VX400', null, 'for somebody');
select throws_ok($$ select pg_temp.staff('2030-03-05 11:00', 'Uma Quill', 'b0000000-0000-7000-8000-0000000000d1') $$, 'VX404', null, 'of this clinic');
select is(pg_temp.staff('2030-03-05 11:00', 'Uma Quill', p_phone => '+13125550179', p_service => 'b0000000-0000-7000-8000-000000000021'), 'refused unknown_service', 'with its services');
select is((select count(*) from public.contacts), 3::bigint, 'nobody more');
select * from finish();
rollback;
