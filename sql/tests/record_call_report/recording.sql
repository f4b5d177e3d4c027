-- A recording that Vapi has is noted once, with a job that copies it; a clinic in HIPAA mode has none.
begin;
\ir ../recordings.psql
select plan(9);
select pg_temp.act_for('a');
select is(pg_temp.reported(:'call1', true, 'https://recordings.example/1'), 'none', 'a report');
select is(pg_temp.state(:'call1'), 'at_provider', 'to be copied');
select is(pg_temp.jobs('keep_recording'), 1::bigint, 'by a job');
select is(pg_temp.reported(:'call1', true, 'https://recordings.example/2'), 'none', 'the report once more');
select is(pg_temp.jobs('keep_recording'), 1::bigint, 'changes nothing');
select is(pg_temp.reported(:'call3', false), 'none', 'a call without a recording');
select is(pg_temp.state(:'call3'), 'none', 'none');
reset role;
update public.organizations set hipaa_mode = true;
select pg_temp.act_for('a');
select is(pg_temp.reported(:'call2', false), 'none', 'in HIPAA mode');
select is(pg_temp.state(:'call2'), 'not_kept_by_provider', 'nobody has one');
select * from finish();
rollback;
