-- What nobody tries again says why; in HIPAA mode a recording that is not there was never made.
begin;
\ir ../recordings.psql
select plan(5);
select pg_temp.act_for('a');
select pg_temp.reported(:'call1', true, 'https://recordings.example/1');
select pg_temp.copied(:'call1');
select app.fail_recording(pg_temp.recording(:'call1'), 'too_large', true);
select is(pg_temp.state(:'call1'), 'failed too_large', 'why');
reset role;
select is((select source_url from public.recordings), null, 'the secret address is forgotten');
update public.organizations set hipaa_mode = true;
select pg_temp.act_for('a');
select pg_temp.reported(:'call3', true);
select app.fail_recording(pg_temp.recording(:'call3'), 'gone', true);
select is(pg_temp.state(:'call3'), 'not_kept_by_provider', 'in HIPAA mode');
select lives_ok($$ select app.fail_recording(app.uuid_v7(), 'gone', true) $$, 'an unknown one');
select pg_temp.act_for('b');
select app.fail_recording(pg_temp.recording(:'call1'), 'gone', true);
select is(pg_temp.state(:'call1'), 'failed too_large', 'another clinic''s');
select * from finish();
rollback;
