-- The booking of a held slot is the held row itself; whoever books something else gives it back.
begin;
\ir ../booking.psql
select plan(11);

select pg_temp.act_for('a');
select is(pg_temp.hold('04 10:00', p_resource => 'Blake'), 'held', 'the call holds Blake');
select set_config('test.hold', (select id::text from public.appointments), true);
select is(pg_temp.book('04 10:00', 'Ann Quillby'), 'booked', 'and books the time with anybody');
select is((select array_agg(id::text) from public.appointments), array[current_setting('test.hold')], 'the row is the same one');
select is(pg_temp.diary(), array['04 10:00 Blake'], 'with Blake, who was held, although Avery comes first');
select ok((select held_until is null and booking_ref is not null and contact_id is not null and patient_id is not null from public.appointments),
  'it now names people and a reference, and no longer runs out');
select is(pg_temp.hold('04 11:00', 'c2'), 'held', 'another call holds a time');
select is(pg_temp.book('04 12:00', 'Ben Quillby', 'c2'), 'booked', 'and books another');
select is(pg_temp.diary(), array['04 10:00 Blake', '04 12:00 Avery'], 'the held one went back');
select is(pg_temp.hold('04 14:00', 'c3', p_resource => 'Avery'), 'held', 'a third call holds a checkup');
select is(pg_temp.book('04 14:00', 'Cleo Quillby', 'c3', 'Whitening'), 'booked', 'and takes the longer treatment then');
select is((select array_agg(s.name || ' ' || a.status) from public.appointments a join public.services s on s.id = a.service_id where a.call_id = :'call3'),
  array['Whitening confirmed'], 'its own hold was not in the way, and is gone');

select * from finish();
rollback;
