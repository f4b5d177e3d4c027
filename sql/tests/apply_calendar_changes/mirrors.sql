-- One pull is applied whole: times, series, token and freshness together, or nothing.
begin;
\ir ../calendars.psql
select plan(30);

select pg_temp.act_for('a');
select is(pg_temp.pull(), 'pull avery whole', 'the first reads all');
select is((select window_from || ' ' || (window_to > app.now() + interval '62 days') from app.take_pull(:'link', pg_temp.lease(1))),
  pg_temp.t('03 00:00') || ' true', 'from yesterday to past what may be booked');
select is(pg_temp.pull(2), 'busy whole', 'nobody else meanwhile');
select is(pg_temp.apply('{a,b,s1,s2,old}', '{"05 09:00","05 10:00","06 09:00","07 09:00","01 09:00"}', '{"05 10:00","05 11:00","06 10:00","07 10:00","01 10:00"}',
  p_series_ids => '{"","",s,s,""}', p_whole => true), 'applied 4 0 0 0', 'what touches the window is mirrored');
select is(pg_temp.jobs('pull_calendar'), 1::bigint, 'the one that was busy is not forgotten');
select is(pg_temp.apply(), 'lost 0 0 0 0', 'the lease is given back');
select is(pg_temp.pull(), 'pull avery whole', 'the window of the test ends too early');
select pg_temp.owner('update public.calendar_links set window_to = window_to + interval ''1 year''');
select pg_temp.owner('update public.calendar_links set lease_id = null, lease_until = null');
select is(pg_temp.pull(), 'pull avery token', 'then it goes on from the token');
select is(pg_temp.apply('{b}', '{"05 15:00"}', '{"05 16:00"}', p_removed => '{a,b}'), 'applied 3 0 0 0', 'moved and gone');
select is(pg_temp.busy(), '05 15:00, 06 09:00, 07 09:00', 'as the calendar has it');
select pg_temp.pull();
select is(pg_temp.apply('{s3}', '{"08 09:00"}', '{"08 10:00"}', p_series => '{s}', p_series_ids => '{s}'), 'applied 2 0 0 0', 'a series told whole');
select is(pg_temp.busy(), '05 15:00, 08 09:00', 'replaces what was known of it');
select pg_temp.pull();
select is(pg_temp.apply(p_removed => '{s}'), 'applied 1 0 0 0', 'a series is gone');
select pg_temp.pull();
select is(pg_temp.apply('{b,b}', '{"05 15:00","05 15:00"}', '{"05 16:00","05 16:00"}', p_whole => true), 'applied 1 0 0 0', 'told twice is there once');
select pg_temp.owner('create temporary table kept as select b.id from public.busy_blocks b');
select pg_temp.owner('update public.calendar_links set lease_id = ''00000000-0000-7000-8000-000000000001'', lease_until = app.now() + interval ''1 minute''');
select pg_temp.apply('{b,c}', '{"05 15:00","05 18:00"}', '{"05 16:00","05 19:00"}', p_whole => true);
select pg_temp.owner('delete from public.busy_blocks b where b.external_id = ''c''');
select pg_temp.owner('create temporary table still as select count(*) from public.busy_blocks b join kept k using (id); grant select on still to public');
select is((select count from still), 1::bigint, 'what stays as it was is not written anew');
select is((select last_synced_at from public.calendar_links), pg_temp.t('04 08:00'), 'fresh since the reading began');
select is(pg_temp.tried(pg_temp.t('05 15:30'), p_resource => 'Avery'), 'refused calendar_busy', 'and it counts');

-- Health and pauses.
select pg_temp.pull();
select is(app.fail_pull(:'link', pg_temp.lease(2), 'unavailable'), false, 'not the worker''s');
select is(app.fail_pull(:'link', pg_temp.lease(1), 'unavailable', 45), true, 'a failure');
select is((select health || ' ' || error_code || ' ' || (next_pull_at - app.now()) from public.calendar_links), 'failing unavailable 00:00:45', 'shows, and pauses as asked');
select is(pg_temp.busy(), '05 15:00', 'the mirror stays');
select is(app.request_pull(:'link'), false, 'a push does not shorten the pause');
select pg_temp.wait('1 hour');
select is((select stale from app.calendar_health()), true, 'and grows old');
select pg_temp.pull();
select is(app.fail_pull(:'link', pg_temp.lease(1), 'token_gone', 0, true), true, 'a token that is good for nothing');
select is((select (next_pull_at - app.now())::text from public.calendar_links), '00:01:00', 'twice the pause');
select is(pg_temp.pull(), 'pull avery whole', 'then all is read');
select pg_temp.apply(p_whole => true);
select is((select health || coalesce(error_code, '') from public.calendar_links), 'ok', 'well again');
select is(app.request_pull(:'link'), true, 'a push');
select is(app.request_pull(:'link'), false, 'and another: one job');
select pg_temp.act_as('owner');
select throws_ok($$ select pg_temp.apply() $$, '42501', null, 'people do not write mirrors');

select * from finish();
rollback;
