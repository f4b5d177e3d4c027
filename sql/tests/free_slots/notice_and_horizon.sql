-- Starts lie at or after now plus the notice, and before now plus the horizon.
begin;
\ir ../booking.psql
select plan(7);

select pg_temp.owner($$ update public.organizations set min_notice = '2 hours', max_advance = '7 days' $$);
select pg_temp.act_for('a');
select is(split_part(pg_temp.offered('04 00:00', '05 00:00'), ' ', 1), '10:00', 'the first start is now plus the notice, to the minute');
select is(pg_temp.tried(pg_temp.t('04 10:00')), 'booked', 'and it can be booked');
select is(pg_temp.tried(pg_temp.t('04 09:45')), 'refused too_soon', 'a step before cannot');
select is(pg_temp.offered('10 00:00', '12 00:00'), '', 'eight in the morning a week on: the horizon, and nothing of that Monday');
select is(pg_temp.tried(pg_temp.t('11 08:00')), 'refused outside_hours', 'within the horizon other rules decide');
select is(pg_temp.tried(pg_temp.t('11 09:00')), 'refused too_far', 'past it, the horizon');
select pg_temp.clock('04 10:00');
select is(pg_temp.offered('11 00:00', '12 00:00'), '09:00 09:15 09:30 09:45 10:00 10:15 10:30 10:45', 'summer time began in between: the horizon is seven days of 24 hours');

select * from finish();
rollback;
