-- Of several candidates the reason is that of the one that came furthest.
begin;
\ir ../booking.psql
select plan(4);

select pg_temp.owner($$
  insert into public.closures (org_id, location_id, resource_id, during) values
    ('a0000000-0000-7000-8000-000000000001', 'a0000000-0000-7000-8000-000000000010', 'a0000000-0000-7000-8000-000000000031',
      tstzrange('2030-03-04 00:00 America/Chicago', '2030-03-05 00:00 America/Chicago')) $$);
select pg_temp.act_for('a');
select is(pg_temp.book('04 10:00', 'Ann Quillby'), 'booked', 'Avery is away, Blake takes it');
select is(pg_temp.book('04 10:00', 'Cleo Quillfeather', 'c2'), 'refused taken', 'away and taken: taken');
select is(pg_temp.book('04 10:00', 'Cleo Quillfeather', 'c2', p_resource => 'Avery'), 'refused closed', 'Avery by name: away');
select is(pg_temp.book('04 10:00', 'Cleo Quillfeather', 'c2', p_resource => 'Blake'), 'refused taken', 'Blake by name: taken');

select * from finish();
rollback;
