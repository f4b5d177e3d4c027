-- Staff may have a calendar read now; pressing the button often asks the provider once.
begin;
\ir ../calendars.psql
select plan(7);

create function pg_temp.refresh(p_link text default '71') returns boolean language sql as $$
  select app.refresh_calendar(('a0000000-0000-7000-8000-0000000000' || p_link)::uuid)
$$;
select pg_temp.act_as('viewer');
select throws_ok($$ select pg_temp.refresh() $$, 'VX403', null, 'viewers only read');
select pg_temp.act_as('staff');
select is(pg_temp.refresh(), true, 'staff may');
select is(pg_temp.refresh(), false, 'one is on its way');
select is(pg_temp.jobs('pull_calendar'), 1::bigint, 'one job');
select throws_ok($$ select pg_temp.refresh('79') $$, 'VX404', null, 'no such calendar');
reset role;
update public.calendar_links set health = 'needs_reconnect', failing_since = app.now();
select pg_temp.act_as('staff');
select throws_ok($$ select pg_temp.refresh() $$, 'VX409', null, 'an account that has to be connected again is not asked');
select is(pg_temp.jobs('pull_calendar'), 1::bigint, 'still one');

select * from finish();
rollback;
