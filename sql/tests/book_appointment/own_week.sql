-- A practitioner with a week of their own is booked by it.
begin;
\ir ../booking.psql
select plan(4);

select pg_temp.owner($$
  insert into public.business_hours (org_id, location_id, resource_id, weekday, opens, closes) values
    ('a0000000-0000-7000-8000-000000000001', 'a0000000-0000-7000-8000-000000000010', 'a0000000-0000-7000-8000-000000000032', 6, '10:00', '12:00') $$);
select pg_temp.act_for('a');
select is(pg_temp.tried(pg_temp.t('09 10:00'), p_resource => 'Blake'), 'booked', 'Blake works on Saturday');
select is(pg_temp.tried(pg_temp.t('09 10:00'), p_resource => 'Avery'), 'refused outside_hours', 'Avery does not');
select is(pg_temp.tried(pg_temp.t('09 10:00')), 'booked', 'any practitioner is Blake then');
select is(pg_temp.tried(pg_temp.t('04 10:00'), p_resource => 'Blake'), 'refused outside_hours', 'and on Monday Blake is not there');

select * from finish();
rollback;
