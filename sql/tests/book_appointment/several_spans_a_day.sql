-- Morning and afternoon: a visit lies within one of them.
begin;
\ir ../booking.psql
select plan(6);

select pg_temp.owner($$
  delete from public.business_hours where org_id = 'a0000000-0000-7000-8000-000000000001' and weekday = 1;
  insert into public.business_hours (org_id, location_id, weekday, opens, closes) values
    ('a0000000-0000-7000-8000-000000000001', 'a0000000-0000-7000-8000-000000000010', 1, '09:00', '12:00'),
    ('a0000000-0000-7000-8000-000000000001', 'a0000000-0000-7000-8000-000000000010', 1, '13:10', '17:00') $$);
select pg_temp.act_for('a');
select is(pg_temp.tried(pg_temp.t('04 11:30')), 'booked', 'the last of the morning');
select is(pg_temp.tried(pg_temp.t('04 11:45')), 'refused outside_hours', 'not into the break');
select is(pg_temp.tried(pg_temp.t('04 12:15')), 'refused outside_hours', 'not within it');
select is(pg_temp.tried(pg_temp.t('04 13:00')), 'refused outside_hours', 'not out of it');
select is(pg_temp.tried(pg_temp.t('04 13:10')), 'booked', 'the afternoon has its own steps');
select is(pg_temp.tried(pg_temp.t('04 13:15')), 'refused off_step', 'counted from its opening');

select * from finish();
rollback;
