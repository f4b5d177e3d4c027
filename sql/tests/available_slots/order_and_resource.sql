-- One row a start, in order of time, with the resource that an "any" booking takes.
begin;
\ir ../booking.psql
select plan(6);

select pg_temp.act_for('a');
select is(pg_temp.book('04 15:00', 'Ann Quillby', p_resource => 'Avery'), 'booked', 'Avery has one visit that day');
select results_eq(
  $$ select starts_at, ends_at, resource_name, service_name, time_zone
     from app.available_slots('cleaning', pg_temp.t('04 10:00'), pg_temp.t('04 10:30')) $$,
  $$ values (pg_temp.t('04 10:00'), pg_temp.t('04 10:30'), 'Blake Reed', 'Checkup', 'America/Chicago'),
            (pg_temp.t('04 10:15'), pg_temp.t('04 10:45'), 'Blake Reed', 'Checkup', 'America/Chicago') $$,
  'the least busy practitioner is offered, one row a start');
select is(pg_temp.book('04 10:00', 'Ben Quillby', 'c2'), 'booked', 'booked without a name');
select is(pg_temp.diary(), array['04 10:00 Blake', '04 15:00 Avery'], 'it is the one that was offered');
select is((select resource_name from app.available_slots('Checkup', pg_temp.t('04 10:00'), pg_temp.t('04 10:15'))), 'Dr. Avery Stone',
  'with Blake taken the same start is offered with Avery');
select is((select resource_name from app.available_slots('Checkup', pg_temp.t('04 10:00'), pg_temp.t('04 10:15'), 'hygienist')), null,
  'but not for a caller who wants Blake');

select * from finish();
rollback;
