-- Who listens stands in the audit log; who finds nothing to listen to does not.
begin;
\ir ../recordings.psql
select plan(9);
create function pg_temp.reads() returns text language sql security definer as $$
  select string_agg(concat_ws(' ', action, entity, right(entity_id::text, 2), right(actor_user_id::text, 2), request_id), ', ' order by id)
  from public.audit_log where action like 'recording%'
$$;
grant execute on all functions in schema pg_temp to public;
select pg_temp.act_for('a');
select pg_temp.reported(:'call3', true);
select pg_temp.keep(:'call1');
select pg_temp.act_as('viewer');
select is((select outcome from app.read_recording(:'call2')), 'no_recording', 'none');
select is((select outcome from app.read_recording(:'call3')), 'not_ready', 'not yet');
select throws_ok($$ select app.read_recording('b0000000-0000-7000-8000-0000000000c1') $$, 'VX404', 'Call not found', 'another clinic''s');
select is(pg_temp.reads(), null, 'nothing was heard');
select is((select concat_ws(' ', outcome, content_type, size_bytes, clinic_name, time_zone) from app.read_recording(:'call1', 'req-1')),
  'open audio/wav 44 Lakeside Dental America/Chicago', 'heard');
select is(pg_temp.reads(), 'recording_read call c1 e4 req-1', 'audited');
select throws_ok($$ select source_url from public.recordings $$, '42501', null, 'where Vapi keeps it nobody reads');
select pg_temp.act_for('a');
select is((select outcome from app.recording_of_link(pg_temp.recording(:'call1'))), 'open', 'by an address that was given out');
select throws_ok($$ select app.read_recording('a0000000-0000-7000-8000-0000000000c1') $$, '42501', null, 'jobs do not listen');
select * from finish();
rollback;
