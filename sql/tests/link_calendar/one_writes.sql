-- One calendar, one resource; of a resource's calendars one takes the visits, and what was booked before is written there.
begin;
\ir ../calendars.psql
select plan(21);

create function pg_temp.link(p_calendar text, p_resource text, p_writes boolean default true) returns uuid language sql as $$
  select app.link_calendar('google', ('a0000000-0000-7000-8000-0000000000' || p_resource)::uuid, p_calendar, 'Calendar', 'America/Chicago', p_writes)
$$;
select pg_temp.act_for('a');
select is(pg_temp.book('05 10:00', 'Nora Quillfeather', p_resource => 'Avery'), 'booked', 'before');
select is(pg_temp.jobs('sync_calendar_event'), 1::bigint, 'a booking brings one job');
select pg_temp.act_as('staff');
select throws_ok($$ select pg_temp.link('two', '31') $$, 'VX403', null, 'staff do not link');
select pg_temp.act_as('owner');
select throws_ok($$ select pg_temp.link('two', '39') $$, 'VX404', null, 'no such resource');
select throws_ok($$ select app.link_calendar('microsoft', 'a0000000-0000-7000-8000-000000000031', 'x', 'X', 'UTC', true) $$, 'VX409', null, 'not connected');
select throws_ok($$ select app.link_calendar('google', 'a0000000-0000-7000-8000-000000000031', 'x', 'X', 'Mars/Olympus', true) $$, 'VX400', null, 'no such zone');
select throws_ok($$ select pg_temp.link('avery', '32') $$, 'VX409', null, 'it is Avery''s');
select isnt(pg_temp.link('second', '31'), null, 'a second calendar of Avery''s');
select is((select string_agg(external_calendar_id || writes, ',' order by external_calendar_id) from public.calendar_links),
  'averyfalse,secondtrue', 'takes the visits, alone');
select is(pg_temp.jobs('pull_calendar') || ' ' || pg_temp.jobs('watch_calendar'), '1 1', 'it is read and watched');
select pg_temp.act_for('a');
select is(pg_temp.work(pg_temp.visit('05 10:00')), 'put 1 second 05 10:00 g1', 'the visit goes to the second');
select is(pg_temp.settle(), true, 'and is there');
select is(pg_temp.work(pg_temp.visit('05 10:00')), 'in_step', 'in the first it never was');
select is((select count(*) from public.calendar_events where synced_version = desired_version), 2::bigint, 'both in step');
select pg_temp.act_as('owner');
select is((select outcome || coalesce(channel_id, ' none') from app.unlink_calendar((select id from public.calendar_links where writes))), 'gone none', 'unlinked');
select throws_ok($$ select * from app.unlink_calendar('a0000000-0000-7000-8000-000000000079') $$, 'VX404', null, 'no such link');
select is((select count(*) from public.calendar_events), 1::bigint, 'with what was to be written there');
select is((select shared from app.disconnect_calendar('google_calendar')), false, 'disconnected');
select is((select count(*) from public.calendar_links) + (select count(*) from public.org_credentials), 0::bigint, 'with all');
select is((select count(*) from app.disconnect_calendar('google_calendar')), 0::bigint, 'nothing is left');
select pg_temp.act_for('a');
select is(pg_temp.book('05 11:00', 'Nora Quillfeather', p_resource => 'Avery'), 'booked', 'bookings go on');

select * from finish();
rollback;
