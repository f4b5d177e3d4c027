-- One job copies; a second one waits for the first one's time, and finds it done or dead.
begin;
\ir ../recordings.psql
select plan(14);
select pg_temp.act_for('a');
select pg_temp.reported(:'call1', true, 'https://recordings.example/1');
select throws_ok($$ select app.begin_recording('a0000000-0000-7000-8000-0000000000c2', '1 minute') $$, 'VX404', null, 'a call without one');
select is(pg_temp.copied(:'call1'), 'copy call-1 https://recordings.example/1', 'the first');
select is(pg_temp.state(:'call1'), 'copying', 'seen by the clinic');
select is(pg_temp.copied(:'call1'), 'wait call-1 https://recordings.example/1 08:06', 'the second waits');
select pg_temp.clock('04 08:06');
select is(pg_temp.copied(:'call1'), 'copy call-1 https://recordings.example/1', 'the first one died');
select app.fail_recording(pg_temp.recording(:'call1'), 'unreachable', false);
select is(pg_temp.state(:'call1'), 'at_provider', 'it failed, and will be tried again');
select is(pg_temp.copied(:'call1'), 'copy call-1 https://recordings.example/1', 'at once');
select ok(app.finish_recording(pg_temp.recording(:'call1'), 'audio/wav', 44), 'stored');
select is(pg_temp.copied(:'call1'), 'done call-1', 'done, and where it came from is forgotten');
select ok(app.finish_recording(pg_temp.recording(:'call1'), 'audio/mpeg', 45), 'another one that finishes');
select is(pg_temp.state(:'call1'), 'stored', 'stored');
select app.fail_recording(pg_temp.recording(:'call1'), 'storage', true);
select is(pg_temp.state(:'call1'), 'stored', 'one that fails behind it takes nothing away');
reset role;
select is((select concat_ws(' ', content_type, size_bytes) from public.recordings), 'audio/wav 44', 'as the first one stored it');
select pg_temp.act_for('b');
select throws_ok($$ select app.begin_recording('a0000000-0000-7000-8000-0000000000c1', '1 minute') $$, 'VX404', null, 'another clinic''s');
select * from finish();
rollback;
