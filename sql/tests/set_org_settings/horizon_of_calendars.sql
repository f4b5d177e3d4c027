-- A mirror answers for no day that it does not hold: a longer horizon makes bookings wait until calendars were read again.
begin;
\ir ../calendars.psql
select plan(7);

create function pg_temp.stale() returns boolean language sql stable as $$ select h.stale from app.calendar_health() h $$;
select pg_temp.act_for('a');
select pg_temp.pull();
select pg_temp.apply(p_whole => true);
select pg_temp.owner($$ update public.organizations set max_advance = '20 days' $$);
select pg_temp.act_as('owner');
select is(pg_temp.stale(), false, 'read, up to the 31st');
select is((select count(*) from app.set_org_settings('{"max_advance_days": 25}')), 1::bigint, 'a little longer');
select is(pg_temp.stale(), false, 'which it holds');
select is((select count(*) from app.set_org_settings('{"max_advance_days": 60}')), 1::bigint, 'much longer');
select is(pg_temp.stale(), true, 'which it does not hold');
select is(pg_temp.jobs('pull_calendar'), 1::bigint, 'it is read at once');
select pg_temp.act_for('a');
select is(pg_temp.pull(), 'pull avery whole', 'all of it');

select * from finish();
rollback;
