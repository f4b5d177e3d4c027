-- Who takes a transcript out stands in the messages and in the audit log; who gets none does not.
begin;
\ir ../messages.psql
select plan(19);
create function pg_temp.noted() returns text language sql stable security definer as $$
  select string_agg(concat_ws(' ', action, entity, right(entity_id::text, 2), right(actor_user_id::text, 2), request_id), ', ' order by ctid)
  from public.audit_log
$$;
create function pg_temp.exports() returns setof text language sql stable security definer as $$
  select concat_ws(' ', direction, method, category, recipient, content, status, service_provider, external_message_id = id::text, sent_at = app.now(),
    right(call_id::text, 2), contact_id, right(actor_user_id::text, 2), request_id)
  from public.messages order by id
$$;
grant execute on all functions in schema pg_temp to public;
update public.profiles set email = 'viewer@patients.example' where role = 'viewer';
update public.call_logs set status = 'ended', outcome = 'answered', contact_id = :'nora', transcript_state = 'stored', started_at = pg_temp.t('04 07:00'),
  duration_seconds = 65, summary = 'Asked', transcript = '[{"speaker": "caller", "text": "zanzibar-lilac", "at": 1}]' where id in (:'call1', :'call3');
update public.call_logs set transcript_state = 'stored', transcript = '[]' where id = :'call2';
update public.call_logs set transcript_state = 'stored', transcript = '[{"speaker": "caller", "text": "zanzibar-lilac", "at": 1}]' where id = :'call_b';
select pg_temp.act_as('viewer');
select is((select concat_ws('|', clinic_name, clinic_phone, country, time_zone, caller_name, phone_number, direction, state, call_date = pg_temp.t('04 07:00'),
    duration_seconds, summary, transcript -> 0 ->> 'text') from app.export_transcript(:'call1', 'txt', 'req-1')),
  'Lakeside Dental|+13125550150|US|America/Chicago|Nora Quillfeather|+13125550111|inbound|completed|t|65|Asked|zanzibar-lilac', 'the call');
select is(pg_temp.noted(), 'transcript_exported call c1 e4 req-1', 'audited');
select results_eq('select pg_temp.exports()',
  array['outbound export export viewer@patients.example Transcript, txt sent voxanne t t c1 e4 req-1'], 'a message to the member, of no contact''s');
select throws_ok($$ select app.export_transcript('a0000000-0000-7000-8000-0000000000c2', 'txt') $$, 'VX400', 'This call does not have a transcript', 'nothing was said');
select throws_ok($$ select app.export_transcript('b0000000-0000-7000-8000-0000000000c1', 'txt') $$, 'VX404', 'Call not found', 'another clinic''s call');
select throws_ok($$ select app.export_transcript('a0000000-0000-7000-8000-00000000ffff', 'txt') $$, 'VX404', 'Call not found', 'no call');
select throws_ok($$ select app.export_transcript('a0000000-0000-7000-8000-0000000000c1', 'doc') $$, 'VX400', null, 'another format');
select is(pg_temp.rows('public.messages'), 1::bigint, 'and no row');
select is(pg_temp.noted(), 'transcript_exported call c1 e4 req-1', 'nor entry');

select pg_temp.act_as('staff');
select (select message_id from app.export_transcript(:'call1', 'pdf')) as taken \gset
select set_config('test.taken', :'taken', true) \g (format=unaligned tuples_only) /dev/null
select is((select transcript -> 0 ->> 'text' from app.read_export(:'taken', 'req-2')), 'zanzibar-lilac', 'read where it was taken');
select is(pg_temp.noted(), 'transcript_exported call c1 e4 req-1, transcript_exported call c1 e3, transcript_read call c1 e3 req-2', 'audited each time');
select pg_temp.act_as('owner');
select throws_ok($$ select app.read_export(current_setting('test.taken')::uuid) $$, 'VX404', null, 'not by somebody else');
select pg_temp.act_as('staff');
select throws_ok($$ select app.read_export('a0000000-0000-7000-8000-00000000ffff') $$, 'VX404', null, 'nor what nobody took');
select pg_temp.owner($$ update public.call_logs set deleted_at = app.now() where id = 'a0000000-0000-7000-8000-0000000000c1' $$);
select throws_ok($$ select app.read_export(current_setting('test.taken')::uuid) $$, 'VX404', 'Call not found', 'nor once the call was deleted');
select throws_ok($$ select app.export_transcript('a0000000-0000-7000-8000-0000000000c1', 'txt') $$, 'VX404', 'Call not found', 'a deleted call');
select pg_temp.act_as('admin');
select is(app.erase_contact(:'nora'), true, 'the contact is erased');
select throws_ok($$ select app.export_transcript('a0000000-0000-7000-8000-0000000000c3', 'txt') $$, 'VX404', 'Call not found', 'and the call has nothing to say');
select is((select count(*) from pg_temp.exports() e where e like '%viewer@patients.example%'), 1::bigint, 'who took it is still known');
select pg_temp.act_for('a');
select throws_ok($$ select app.export_transcript('a0000000-0000-7000-8000-0000000000c3', 'txt') $$, '42501', null, 'webhooks export nothing');
select * from finish();
rollback;
