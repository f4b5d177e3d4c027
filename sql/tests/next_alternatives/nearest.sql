-- Up to three, nearest to the wish, in order of time; the search widens only where the diary is full.
begin;
\ir ../booking.psql
select plan(6);

select pg_temp.act_for('a');
select is(app.next_alternatives(:'checkup', null, pg_temp.t('04 12:00')), array[pg_temp.t('04 11:45'), pg_temp.t('04 12:00'), pg_temp.t('04 12:15')], 'around a free time: it and its neighbours');
select is(app.next_alternatives(:'checkup', null, pg_temp.t('04 06:00')), array[pg_temp.t('04 09:00'), pg_temp.t('04 09:15'), pg_temp.t('04 09:30')], 'a wish in the past counts from now');
select is(app.next_alternatives(:'checkup', null, pg_temp.t('09 12:00')), array[pg_temp.t('08 16:00'), pg_temp.t('08 16:15'), pg_temp.t('08 16:30')], 'on a Saturday noon Friday afternoon is nearest');
select is(app.next_alternatives(:'whitening', :'blake', pg_temp.t('04 12:00')), '{}', 'none for one who does not give the service');
select pg_temp.owner($$
  insert into public.closures (org_id, location_id, during) values
    ('a0000000-0000-7000-8000-000000000001', 'a0000000-0000-7000-8000-000000000010',
      tstzrange('2030-03-01 00:00 America/Chicago', '2030-03-22 16:15 America/Chicago')) $$);
select is(app.next_alternatives(:'checkup', null, pg_temp.t('04 12:00')), array[pg_temp.t('22 16:15'), pg_temp.t('22 16:30'), pg_temp.t('25 09:00')], 'closed for weeks: the first ones after it');
select pg_temp.owner($$ update public.closures set during = tstzrange('2030-03-01 00:00 America/Chicago', '2030-06-01 00:00 America/Chicago') $$);
select is(app.next_alternatives(:'checkup', null, pg_temp.t('04 12:00')), '{}', 'none within thirty days');

select * from finish();
rollback;
