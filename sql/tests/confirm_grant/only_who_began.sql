-- A grant connects nothing until the person who began it says so, in their own session of their own clinic, once.
begin;
\ir ../calendars.psql
select plan(27);

select pg_temp.act_as('staff');
select throws_ok($$ select pg_temp.begin('s0') $$, 'VX403', null, 'staff do not connect calendars');
select pg_temp.act_as('owner');
select throws_ok($$ select pg_temp.begin('s0', 'twilio') $$, 'VX400', null, 'nor anything but a calendar so');
select isnt(pg_temp.begin('s1'), null, 'the owner begins');
select throws_ok($$ select * from app.parked_grant(pg_temp.state('s1')) $$, 'VX404', null, 'nothing is here yet');
select throws_ok($$ select * from app.confirm_grant(pg_temp.state('s1')) $$, 'VX404', null, 'so nothing to confirm');
select is(pg_temp.take('unknown'), null, 'a state of nobody');
select is(pg_temp.take('s1'), 'a google_calendar', 'the state says whose it is');
select is(pg_temp.take('s1'), null, 'once');
select pg_temp.act_for('b');
select is(pg_temp.park('s1'), false, 'another clinic parks nothing there');
select pg_temp.act_for('a');
select is(pg_temp.park('s1'), true, 'the tokens are put aside');
select is(pg_temp.park('s1'), false, 'once');
select is((select connected_email || grant_version from public.org_credentials), 'avery@patients.example1', 'nothing is connected by it');
select pg_temp.act_as('admin');
select throws_ok($$ select * from app.parked_grant(pg_temp.state('s1')) $$, 'VX404', null, 'not even another admin sees it');
select throws_ok($$ select * from app.confirm_grant(pg_temp.state('s1')) $$, 'VX404', null, 'or confirms it');
select pg_temp.act_as('owner');
select is((select connected_email || ' to ' || clinic || coalesce(other_email, '') from app.parked_grant(pg_temp.state('s1'))),
  'avery@patients.example to Lakeside Dental', 'the person is asked what they confirm');
select is((select provider from app.confirm_grant(pg_temp.state('s1'))), 'google_calendar', 'and says yes');
select throws_ok($$ select * from app.confirm_grant(pg_temp.state('s1')) $$, 'VX404', null, 'once');
select is((select grant_version from public.org_credentials), 2, 'the same account has new tokens');
select is(pg_temp.jobs('pull_calendar'), 1::bigint, 'and its calendar is read');
select is((select array_agg(action) from public.audit_log), array['calendar_connected'], 'which is on record');

-- Another account, and one that took too long.
select pg_temp.begin('s2');
select is(pg_temp.take('s2'), 'a google_calendar', 'once more');
select pg_temp.act_for('a');
select pg_temp.park('s2', 'account-2');
select pg_temp.act_as('owner');
select is((select other_email from app.parked_grant(pg_temp.state('s2'))), 'avery@patients.example', 'another one is connected');
select throws_ok($$ select * from app.confirm_grant(pg_temp.state('s2')) $$, 'VX409', null, 'it has to go first');
select pg_temp.wait('10 minutes');
select throws_ok($$ select * from app.confirm_grant(pg_temp.state('s2')) $$, 'VX404', null, 'too late');
select pg_temp.begin('s3');
select pg_temp.wait('10 minutes');
select is(pg_temp.take('s3'), null, 'the answer too');
select throws_ok($$ select ciphertext from public.oauth_states $$, '42501', null, 'members do not read what is sealed');
select pg_temp.act_for('a');
select throws_ok($$ select ciphertext from public.oauth_states $$, '42501', null, 'nor do jobs, but by functions');

select * from finish();
rollback;
