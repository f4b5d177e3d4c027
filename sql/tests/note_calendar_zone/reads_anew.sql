begin;
\ir ../calendars.psql
select plan(6);
select pg_temp.owner($$ update public.calendar_links set sync_token = 'token', window_from = app.now() - interval '1 day',
  window_to = app.now() + interval '400 days' $$);
select pg_temp.act_for('a');
select is(pg_temp.pull(), 'pull avery token', 'a worker reads what changed');
select is(app.note_calendar_zone(:'link', pg_temp.lease(2), 'Europe/London'), false, 'another has no say');
select is(app.note_calendar_zone(:'link', pg_temp.lease(1), 'Mars/Olympus'), false, 'a zone that is none');
select is(app.note_calendar_zone(:'link', pg_temp.lease(1), 'America/Chicago'), false, 'the zone that is known');
select is(app.note_calendar_zone(:'link', pg_temp.lease(1), 'Europe/London'), true, 'it has moved');
reset role;
select is((select time_zone || coalesce(sync_token, ' whole') from public.calendar_links where id = :'link'), 'Europe/London whole', 'all is read again');
select * from finish();
rollback;
