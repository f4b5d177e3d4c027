-- Test calls cost money and take a place: owners and admins begin them, and nobody reads the table.
begin;
\ir ../booking.psql
select plan(8);
select pg_temp.owner('update public.agents set sync_status = ''synced'', synced_version = desired_version');
select pg_temp.act_as('staff');
select throws_ok($$ select app.begin_web_test(sha256('test-secret-1')) $$, 'VX403', null, 'staff begin none');
select throws_ok($$ select app.open_web_test(sha256('test-secret-1')) $$, 'VX403', null, 'open none');
select throws_ok($$ select app.end_web_test(sha256('test-secret-1')) $$, 'VX403', null, 'end none');
select throws_ok($$ select app.web_test_state(sha256('test-secret-1')) $$, 'VX403', null, 'see none');
select throws_ok($$ select app.place_web_test(app.uuid_v7(), 'call-9', 'x', 'x', 'x', 'k1') $$, 'VX403', null, 'place none');
select throws_ok('select * from public.web_tests', '42501', null, 'not for reading');
select throws_ok($$ select app.finish_web_test(app.uuid_v7(), 'lapsed') $$, '42501', null, 'not for members');
reset role;
select pg_temp.act_for('a');
select throws_ok($$ select app.begin_web_test(sha256('test-secret-1')) $$, '42501', null, 'nor does a job');
select * from finish();
rollback;
