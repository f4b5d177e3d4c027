-- A deleted call has no recording any more: nobody opens it, a job deletes the file, and so does a copy that runs.
begin;
\ir ../recordings.psql
select plan(19);
select pg_temp.act_for('a');
select pg_temp.keep(:'call1');
select pg_temp.reported(:'call3', true, 'https://recordings.example/3');
select pg_temp.copied(:'call3');
select pg_temp.act_as('staff');
select is(pg_temp.share('t1'), 'shared', 'a link');
select pg_temp.owner($$ update public.call_logs set status = 'ended' $$);
select pg_temp.act_as('owner');
select app.delete_call(:'call1');
select is(pg_temp.state(:'call1'), 'deleted erased', 'said');
select is(pg_temp.jobs('delete_recording'), 1::bigint, 'a job');
select throws_ok($$ select app.read_recording('a0000000-0000-7000-8000-0000000000c1') $$, 'VX404', null, 'not to be heard');
select pg_temp.act_for('a');
select is((select count(*) from app.recording_of_link(pg_temp.recording(:'call1'))), 0::bigint, 'not by an address of before');
select is(pg_temp.opened('t1'), null, 'not by a link');
select is((select outcome from app.begin_recording(:'call1', '1 minute')), 'unwanted', 'not copied again');
select is((select outcome || ' ' || (storage_key like 'recordings/a0000000%') from app.recording_to_delete(pg_temp.recording(:'call1'))), 'unwanted true', 'what the job deletes');
select app.note_recording_deleted(pg_temp.recording(:'call1'));
select is((select count(*) from app.recording_to_delete(pg_temp.recording(:'call1'))), 0::bigint, 'once');

select pg_temp.act_as('owner');
select app.delete_call(:'call3');
select pg_temp.act_for('a');
select is((select outcome from app.recording_to_delete(pg_temp.recording(:'call3'))), 'wait', 'a copy may be at it');
select ok(not app.finish_recording(pg_temp.recording(:'call3'), 'audio/wav', 44), 'it is told that nobody wants it');
select is(pg_temp.state(:'call3'), 'deleted erased', 'and changes nothing');
select app.fail_recording(pg_temp.recording(:'call3'), 'storage', true);
select is(pg_temp.state(:'call3'), 'deleted erased', 'nor when it fails');
select pg_temp.clock('04 08:06');
select is((select outcome from app.recording_to_delete(pg_temp.recording(:'call3'))), 'unwanted', 'after its time');

select pg_temp.act_for('a');
select is(pg_temp.reported(:'call2', true), 'none', 'another call');
select ok(pg_temp.keep(:'call2'), 'kept');
reset role;
update public.call_logs set contact_id = :'nora' where id = :'call2';
select pg_temp.act_as('owner');
select app.erase_contact(:'nora');
select is(pg_temp.state(:'call2'), 'deleted erased', 'an erased contact''s');
select is(pg_temp.jobs('delete_recording'), 3::bigint, 'a job each');
reset role;
select is((select count(*) from public.recording_shares where recipient is not null or revoked_at is null), 0::bigint, 'no link stays');
select * from finish();
rollback;
