-- The call's own hold of the slot becomes the booking; any other hold of it goes back and a row is written.
begin;
\ir ../inside.psql
select plan(10);

select pg_temp.act_inside('a');
select app.patient_of_contact(:'contact', 'Ann Quillby', null, null) as patient \gset
select set_config('test.patient', :'patient', true);
create function pg_temp.write(p_start text, p_resource text, p_call text, p_override boolean default false) returns uuid language sql as $$
  select app.write_booking(
    row('a0000000-0000-7000-8000-00000000003' || p_resource, 'a0000000-0000-7000-8000-000000000010',
      tstzrange(pg_temp.t(p_start), pg_temp.t(p_start) + interval '30 minutes'), tstzrange(pg_temp.t(p_start), pg_temp.t(p_start) + interval '30 minutes'), 0)::text::app.free_slot,
    'a0000000-0000-7000-8000-000000000021', 'a0000000-0000-7000-8000-0000000000d1', current_setting('test.patient')::uuid, pg_temp.call(p_call),
    case when p_call is not null then 'Ann Quillby' end, '1982-03-05', 'Knee', app.now(), p_override)
$$;
select pg_temp.hold('05 10:00', p_resource => 'Avery');
select id as held from public.appointments \gset
select is(pg_temp.write('05 10:00', '1', 'c1'), :'held', 'the hold itself is booked');
select results_eq($$ select status, held_until, booking_ref ~ '^[A-HJ-NP-Z2-9]{6}$', said_name, said_date_of_birth, notes, source from public.appointments $$,
  $$ values ('confirmed', null::timestamptz, true, 'Ann Quillby', '1982-03-05'::date, 'Knee', 'voice') $$, 'with all that a booking has');

select pg_temp.hold('05 11:00', p_resource => 'Avery');
select isnt(pg_temp.write('05 11:00', '2', 'c1'), null, 'with another practitioner than was held');
select is(pg_temp.diary(), array['05 10:00 Avery', '05 11:00 Blake'], 'the hold goes back');
select pg_temp.hold('05 12:00', 'c2', p_resource => 'Avery');
select isnt(pg_temp.write('05 14:00', '1', 'c1'), null, 'at a time that nobody holds');
select is(pg_temp.diary(), array['05 10:00 Avery', '05 11:00 Blake', '05 12:00 Avery (held)', '05 14:00 Avery'], 'another call''s hold stays');
select throws_ok($$ select pg_temp.write('05 12:00', '1', 'c1') $$, '23P01', null, 'and is not written over');
select is((select count(distinct booking_ref) from public.appointments where status <> 'held'), 3::bigint, 'each has its own reference');

select pg_temp.owner($$ update public.organizations set approval_required = true $$);
select pg_temp.write('05 15:00', '1', 'c1');
select is((select status from public.appointments where id = pg_temp.at('05 15:00')), 'pending', 'waits where bookings are approved');
select pg_temp.act_as('staff');
set role app_writer;
select pg_temp.write('05 16:00', '1', null, true);
select results_eq($$ select status, source, overridden_by from public.appointments where id = pg_temp.at('05 16:00') $$,
  $$ values ('confirmed', 'dashboard', 'a0000000-0000-7000-8000-0000000000e3'::uuid) $$, 'by staff with an override');

select * from finish();
rollback;
