-- A copy whose process died at its last try is called failed; one that will be tried again is left alone.
begin;
\ir ../recordings.psql
select plan(6);
create function pg_temp.due() returns bigint language sql security definer as $$ select count(*) from app.orgs_with_due_recordings() $$;
select pg_temp.act_for('a');
select pg_temp.reported(:'call1', true);
select pg_temp.reported(:'call3', true);
select pg_temp.copied(:'call1');
select pg_temp.copied(:'call3');
select app.fail_recording(pg_temp.recording(:'call3'), 'unreachable', false);
select pg_temp.clock('04 14:05');
select is(app.expire_recordings(100), 0::bigint, 'its time has not passed for long');
reset role;
select is(pg_temp.due(), 0::bigint, 'nobody is called');
select pg_temp.clock('04 14:07');
select is(pg_temp.due(), 1::bigint, 'now');
select pg_temp.act_for('a');
select is(app.expire_recordings(100), 1::bigint, 'one');
select is(pg_temp.state(:'call1'), 'failed unreachable', 'said');
select is(pg_temp.state(:'call3'), 'at_provider', 'the other is tried again');
select * from finish();
rollback;
