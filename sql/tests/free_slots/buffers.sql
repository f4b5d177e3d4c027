-- Buffers belong to the blocked range: they keep others away on both sides, also from a visit that has none itself.
begin;
\ir ../booking.psql
select plan(6);

select pg_temp.owner($$
  update public.business_hours set closes = '12:00' where org_id = 'a0000000-0000-7000-8000-000000000001';
  update public.services set buffer_before = '15 minutes', buffer_after = '15 minutes' where name = 'Whitening' $$);
select pg_temp.act_for('a');
select is(pg_temp.book('04 10:00', 'Ann Quillby', p_resource => 'Avery'), 'booked', 'a checkup without buffers, 10:00 to 10:30');
select is(pg_temp.offered('04 00:00', '05 00:00', 'Whitening'), '10:45 11:00', 'a whitening keeps 15 minutes of distance after it');
select is(pg_temp.book('04 10:45', 'Ben Quillby', 'c2', 'Whitening'), 'booked', 'and is booked at the first of them');
select is(pg_temp.offered('04 00:00', '05 00:00', p_resource => 'Avery'), '09:00 09:15 09:30', 'its buffer before keeps the checkups away');
select pg_temp.owner($$ delete from public.appointments where during @> '2030-03-04 10:00 America/Chicago'::timestamptz $$);
select is(pg_temp.offered('04 00:00', '05 00:00', p_resource => 'Avery'), '09:00 09:15 09:30 09:45 10:00', 'which end as its buffer begins');
select is(pg_temp.offered('04 00:00', '04 09:30', 'Whitening'), '09:00 09:15', 'a buffer may lie outside the opening hours, and two of them side by side');

select * from finish();
rollback;
