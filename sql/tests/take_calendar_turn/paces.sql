-- Requests leave at the rate, whoever asks; each account has its own, and all together the app's.
begin;
\ir ../calendars.psql
select plan(13);
insert into public.org_credentials (org_id, provider, ciphertext, nonce, auth_tag, key_id, account_hash)
values ('b0000000-0000-7000-8000-000000000001', 'google_calendar', 'test-secret-2', '\x000102030405060708090a0b', '\x000102030405060708090a0b0c0d0e0f', 'k1', sha256('account-1'));
-- At 24 a minute one request may be caught up with.
select pg_temp.act_for('a');
select is(app.take_calendar_turn('google', true, 1, 24), 0, 'the first at once');
select is(app.take_calendar_turn('google', true, 1, 24), 0, 'what was not used is caught up with');
select is(app.take_calendar_turn('google', true, 1, 24), 2500, 'but for one request only');
select is(app.take_calendar_turn('google', true, 2, 24), 5000, 'then at the rate');
select is(app.take_calendar_turn('google', true, 1, 24), 10000, 'two requests take two turns');
select is(app.take_calendar_turn('google', false, 1, 24), 0, 'the app has turns of its own');
select is(app.take_calendar_turn('microsoft', true, 1, 24), 0, 'and so has the other provider');
select pg_temp.act_for('b');
select is(app.take_calendar_turn('google', true, 1, 24), 12500, 'who shares an account shares its turns');
select pg_temp.owner($$ update public.org_credentials set account_hash = sha256('account-2') where org_id = 'b0000000-0000-7000-8000-000000000001' $$);
select is(app.take_calendar_turn('google', true, 1, 24), 0, 'another account waits for nobody');
select pg_temp.wait('6 seconds');
select pg_temp.act_for('a');
select is(app.take_calendar_turn('google', true, 1, 24), 9000, 'time that passed counts');
select throws_ok($$ select app.take_calendar_turn('google', true, 0, 24) $$, 'VX400', null, 'nothing is no request');
select throws_ok($$ select app.take_calendar_turn('google', true, 1, 0) $$, 'VX400', null, 'never is no rate');
reset role;
select pg_temp.wait('2 days');
set local role voxanne_login;
select app.sweep_platform(null, null) \g /dev/null
reset role;
select is((select count(*) from public.calendar_pace), 2::bigint, 'accounts left alone are forgotten');
select * from finish();
rollback;
