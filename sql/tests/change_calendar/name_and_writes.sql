-- A linked calendar's name and whether it takes visits change; whose it is does not.
begin;
\ir ../calendars.psql
select plan(8);

create function pg_temp.link() returns text language sql stable as $$
  select concat_ws(' ', l.calendar_name, l.writes, l.external_calendar_id, l.time_zone) from public.calendar_links l
$$;
select pg_temp.act_for('a');
select pg_temp.book('05 10:00', 'Ann Quillby', 'c1', p_resource => 'Avery');
select pg_temp.work(pg_temp.visit('05 10:00'));
select pg_temp.settle();
select pg_temp.act_as('staff');
select throws_ok($$ select app.change_calendar('a0000000-0000-7000-8000-000000000071', 'Desk', null) $$, 'VX403', null, 'staff do not');
select pg_temp.act_as('owner');
select lives_ok($$ select app.change_calendar('a0000000-0000-7000-8000-000000000071', 'Desk', null) $$, 'named');
select is(pg_temp.link(), 'Desk t avery America/Chicago', 'and else as it was');
select is((select events_waiting from app.calendar_health()), 0, 'no visit is written anew for that');
select lives_ok($$ select app.change_calendar('a0000000-0000-7000-8000-000000000071', null, false) $$, 'visits are no longer written there');
select is((select events_waiting from app.calendar_health()), 1, 'and those that are there are taken away');
select is(pg_temp.link(), 'Desk f avery America/Chicago', 'and it keeps its name');
select throws_ok($$ select app.change_calendar('a0000000-0000-7000-8000-000000000079', 'Desk', null) $$, 'VX404', null, 'no such link');

select * from finish();
rollback;
