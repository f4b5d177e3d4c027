-- Tokens are refreshed by one worker at a time, and a rotated one is never lost to a slower answer.
begin;
\ir ../calendars.psql
select plan(20);

create function pg_temp.turn(p_version integer, p_lease integer default 1) returns text language sql as $$
  select concat_ws(' ', r.outcome, r.version, convert_from(r.ciphertext, 'UTF8')) from app.begin_refresh('google_calendar', p_version, pg_temp.lease(p_lease)) r
$$;
create function pg_temp.note(p_version integer, p_secret text) returns integer language sql as $$
  select app.note_refresh('google_calendar', p_version, p_secret::bytea, '\x000102030405060708090a0d', '\x000102030405060708090a0b0c0d0e0f', 'k1')
$$;
select pg_temp.act_for('a');
select is((select outcome from app.begin_refresh('outlook', 1, pg_temp.lease(1))), 'gone', 'nothing is connected');
select is(pg_temp.turn(1), 'refresh 1 test-secret-1', 'the first does it');
select is(pg_temp.turn(1, 2), 'busy 1', 'the second waits');
select is(pg_temp.turn(1), 'refresh 1 test-secret-1', 'the first may ask again');
select pg_temp.wait('61 seconds');
select is(pg_temp.turn(1, 2), 'refresh 1 test-secret-1', 'it took too long');
select is(pg_temp.note(1, 'test-secret-2'), 2, 'but is first to store');
select is(pg_temp.note(1, 'test-secret-3'), null, 'the other does not overwrite');
select is(pg_temp.turn(1, 2), 'refreshed 2 test-secret-2', 'and reads what is newer');
select is(pg_temp.turn(2, 3), 'refresh 2 test-secret-2', 'the next round');
select app.leave_refresh('google_calendar', pg_temp.lease(3));
select is(pg_temp.turn(2, 2), 'refresh 2 test-secret-2', 'a failed one makes way');

select is(app.note_grant_revoked('google_calendar', 1), false, 'old tokens are refused: no news');
select is(app.note_grant_revoked('google_calendar', 2), true, 'those in use are refused');
select is(app.note_grant_revoked('google_calendar', 2), false, 'told once');
select is(pg_temp.told('calendar_reconnect'), 1::bigint, 'to staff');
select is(pg_temp.turn(2), 'needs_reconnect 2', 'nobody tries');
select is(pg_temp.note(2, 'test-secret-4'), null, 'or pretends');
select is((select health || ' ' || error_code from public.calendar_links), 'needs_reconnect grant_revoked', 'it shows');
select is(pg_temp.pull(), 'needs_reconnect whole', 'nothing is read');
select is((select string_agg(v.health || ' ' || v.stale, ',') from app.calendar_health() v), 'needs_reconnect false', 'the health says so');
select pg_temp.act_as('owner');
select throws_ok($$ select pg_temp.turn(2) $$, '42501', null, 'people do not refresh');

select * from finish();
rollback;
