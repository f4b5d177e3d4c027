-- Requests leave one gap apart, whoever asks.
begin;
\ir ../clinics.psql
select plan(5);
update public.vapi_pace set next_at = app.now() - interval '1 hour';
set local role voxanne_login;
select is(app.take_vapi_turn(100), 0, 'the first one at once');
select is(app.take_vapi_turn(100), 100, 'the next one a gap later');
select is(app.take_vapi_turn(100), 200, 'and so on');
reset role;
update app.test_clock set at = at + interval '150 milliseconds';
set local role voxanne_login;
select is(app.take_vapi_turn(100), 150, 'time that passed counts');
reset role;
update app.test_clock set at = at + interval '1 minute';
set local role voxanne_login;
select is(app.take_vapi_turn(100), 0, 'idle time is not saved up');
select * from finish();
rollback;
