-- A calendar that cannot be read is no news until its mirror is too old to be believed: then bookings wait, and staff know why.
begin;
\ir ../calendars.psql
select plan(9);

create function pg_temp.fails(p_after interval) returns bigint language plpgsql as $$
begin
  perform pg_temp.wait(p_after);
  perform pg_temp.pull();
  if not app.fail_pull('a0000000-0000-7000-8000-000000000071', pg_temp.lease(1), 'unavailable') then
    raise exception 'the lease was lost';
  end if;
  return pg_temp.told('calendar_stale');
end
$$;
select pg_temp.act_for('a');
select is(pg_temp.fails('1 minute'), 0::bigint, 'a failure');
select is(pg_temp.fails('14 minutes'), 0::bigint, 'a quarter of an hour old: just fresh');
select is(pg_temp.fails('1 minute'), 1::bigint, 'too old');
select is((select entity || ' ' || right(entity_id::text, 2) from public.notifications where kind = 'calendar_stale'), 'calendar_link 71', 'which calendar');
select is(pg_temp.fails('1 hour'), 1::bigint, 'once');
select pg_temp.pull();
select is(pg_temp.apply(), 'applied 0 0 0 0', 'it is read again');
select is(pg_temp.fails('1 minute'), 1::bigint, 'another failure');
select is(pg_temp.fails('15 minutes'), 2::bigint, 'that lasts');
-- One that was never read is told of when it has failed as long.
select pg_temp.owner($$ update public.calendar_links set last_synced_at = null, stale_told_at = null, health = 'ok', failing_since = null $$);
select is(pg_temp.fails('1 minute') || ' ' || pg_temp.fails('15 minutes') || ' ' || pg_temp.fails('1 minute'), '2 2 3', 'never read');

select * from finish();
rollback;
