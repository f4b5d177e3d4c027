-- Members ask, viewers too; who left does not, and no job does.
begin;
\ir ../booking.psql
select plan(3);
select pg_temp.act_as('staff');
select pg_temp.owner('delete from public.profiles where user_id = ''a0000000-0000-7000-8000-0000000000e3''');
select throws_ok($$ select app.issue_event_ticket(sha256('test-secret-1'), app.now()) $$, 'VX403', null, 'left');
reset role;
select pg_temp.act_for('a');
select throws_ok($$ select app.issue_event_ticket(sha256('test-secret-1'), app.now()) $$, '42501', null, 'a job');
reset role;
set role voxanne_login;
select is(app.sweep_platform(null, null), 0::bigint, 'nothing was kept');
select * from finish();
rollback;
