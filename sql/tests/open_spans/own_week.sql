-- A resource with any hours of its own keeps only those; the others keep their location's.
begin;
\ir ../booking.psql
select plan(1);

select pg_temp.owner($$
  insert into public.business_hours (org_id, location_id, resource_id, weekday, opens, closes) values
    ('a0000000-0000-7000-8000-000000000001', 'a0000000-0000-7000-8000-000000000010', 'a0000000-0000-7000-8000-000000000032', 2, '10:00', '12:00') $$);
select pg_temp.act_for('a');
select results_eq(
  $$ select o.resource_id, o.opens_at, o.closes_at
     from app.open_spans(array['a0000000-0000-7000-8000-000000000031', 'a0000000-0000-7000-8000-000000000032']::uuid[],
       pg_temp.t('04 00:00'), pg_temp.t('06 00:00')) o order by 2, 1 $$,
  $$ values
    ('a0000000-0000-7000-8000-000000000031'::uuid, pg_temp.t('04 09:00'), pg_temp.t('04 17:00')),
    ('a0000000-0000-7000-8000-000000000031'::uuid, pg_temp.t('05 09:00'), pg_temp.t('05 17:00')),
    ('a0000000-0000-7000-8000-000000000032'::uuid, pg_temp.t('05 10:00'), pg_temp.t('05 12:00')) $$,
  'Blake works on Tuesday morning only, Avery as the clinic does');

select * from finish();
rollback;
