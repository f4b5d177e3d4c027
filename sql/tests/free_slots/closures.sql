-- A closure shuts whom it names while it lasts, and nobody else.
begin;
\ir ../booking.psql
select plan(7);

select pg_temp.owner($$
  update public.business_hours set closes = '12:00' where org_id = 'a0000000-0000-7000-8000-000000000001';
  insert into public.closures (org_id, location_id, resource_id, during) values
    ('a0000000-0000-7000-8000-000000000001', 'a0000000-0000-7000-8000-000000000010', null,
      tstzrange('2030-03-05 00:00 America/Chicago', '2030-03-05 11:00 America/Chicago')),
    ('a0000000-0000-7000-8000-000000000001', 'a0000000-0000-7000-8000-000000000010', 'a0000000-0000-7000-8000-000000000031',
      tstzrange('2030-03-04 09:30 America/Chicago', '2030-03-04 12:00 America/Chicago')) $$);
select pg_temp.act_for('a');
select is(pg_temp.offered('05 00:00', '06 00:00'), '11:00 11:15 11:30', 'the location is closed until eleven: starts as it ends are free');
select is(pg_temp.offered('04 00:00', '05 00:00', p_resource => 'Avery'), '09:00', 'Avery is away: a visit may end as the absence begins');
select is(pg_temp.offered('04 10:00', '04 10:30', p_resource => 'Blake'), '10:00 10:15', 'Blake is not');
select is(pg_temp.offered('04 10:00', '04 10:30'), '10:00 10:15', 'any practitioner then means Blake');
select is(pg_temp.tried(pg_temp.t('04 10:00'), p_resource => 'Avery'), 'refused closed', 'Avery is refused by name');
select is(pg_temp.tried(pg_temp.t('05 10:00')), 'refused closed', 'and everybody where the location is closed');
select is(pg_temp.tried(pg_temp.t('05 11:00')), 'booked', 'but not afterwards');

select * from finish();
rollback;
