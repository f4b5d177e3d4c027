-- Hours stand once for the week and become instants for the days that are asked for.
begin;
\ir ../booking.psql
select plan(5);

select pg_temp.owner($$
  delete from public.business_hours where weekday = 2 and org_id = 'a0000000-0000-7000-8000-000000000001';
  insert into public.business_hours (org_id, location_id, weekday, opens, closes) values
    ('a0000000-0000-7000-8000-000000000001', 'a0000000-0000-7000-8000-000000000010', 2, '08:00', '12:00'),
    ('a0000000-0000-7000-8000-000000000001', 'a0000000-0000-7000-8000-000000000010', 2, '13:30', '24:00') $$);
select pg_temp.act_for('a');
prepare spans as
  select o.opens_at, o.closes_at from app.open_spans(array[:'avery'::uuid], pg_temp.t('04 00:00'), pg_temp.t('06 00:00')) o
  order by o.opens_at;
select results_eq('spans', $$ values
  (pg_temp.t('04 09:00'), pg_temp.t('04 17:00')),
  (pg_temp.t('05 08:00'), pg_temp.t('05 12:00')),
  (pg_temp.t('05 13:30'), pg_temp.t('06 00:00')) $$, 'each weekday has its spans, one may last until midnight');
select is((select count(*) from app.open_spans(array[:'avery', :'blake']::uuid[], pg_temp.t('04 00:00'), pg_temp.t('05 00:00'))),
  2::bigint, 'one a resource');
select is_empty($$ select * from app.open_spans(array['a0000000-0000-7000-8000-000000000031'::uuid], pg_temp.t('09 00:00'), pg_temp.t('11 00:00')) $$,
  'nothing at a weekend without hours');
select is_empty($$ select * from app.open_spans(array['a0000000-0000-7000-8000-000000000031'::uuid], pg_temp.t('04 17:00'), pg_temp.t('04 23:00')) $$,
  'nothing once the day is over');
select pg_temp.act_for('b');
select is_empty($$ select * from app.open_spans(array['a0000000-0000-7000-8000-000000000031'::uuid], pg_temp.t('04 00:00'), pg_temp.t('06 00:00')) $$,
  'nothing of another clinic');

select * from finish();
rollback;
