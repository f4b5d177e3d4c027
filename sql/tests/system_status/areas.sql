-- Every area: quiet, at work, late, in trouble, and well again.
begin;
\ir ../calendars.psql
select plan(34);
-- area(name): "state waiting problem", as a viewer is told; in trouble also since when.
create function pg_temp.area(p_area text) returns text language plpgsql as $$
begin
  perform pg_temp.act_as('viewer');
  return (
    select concat_ws(' ', s.state, s.waiting, s.problem, to_char(s.problem_at at time zone 'America/Chicago', 'DD HH24:MI'))
    from app.system_status() s where s.area = p_area);
end
$$;
create function pg_temp.send(p_status text, p_category text default 'follow_up', p_method text default 'sms') returns void language sql as $$
  select pg_temp.owner(format(
    'insert into public.messages (org_id, direction, method, category, recipient, content, status, sent_at, handed_over_at)
     values (%L, ''outbound'', %L, %L, ''+13125550199'', ''zanzibar-lilac'', %L, app.now(), app.now())',
    'a0000000-0000-7000-8000-000000000001', p_method, p_category, p_status))
$$;
create function pg_temp.pass(p_time interval) returns void language sql as $$
  select pg_temp.owner(format('update app.test_clock set at = at + interval %L', p_time))
$$;
update public.agents set synced_version = desired_version, sync_status = 'synced', synced_at = app.now();
grant execute on all functions in schema pg_temp to public;

select pg_temp.act_as('viewer');
select is((select string_agg(area || ' ' || state, ', ') from app.system_status()),
  'assistants ok, numbers ok, calendars ok, messages ok, reminders ok, campaigns ok, outbound_calls ok, recordings ok, knowledge ok, retention ok',
  'every area has its row, and a quiet clinic is well');
select is((select oldest_waiting_at from app.system_status() where area = 'messages'), null, 'nothing waits, since no time');
select is((select last_success_at from app.system_status() where area = 'assistants'), pg_temp.t('04 08:00'), 'the last success is told');

-- Assistants
select pg_temp.owner($$ update public.agents set desired_version = 2, sync_status = 'pending', saved_at = app.now() $$);
select is(pg_temp.area('assistants'), 'working 1', 'an agent was saved; the other clinic''s is not counted');
select pg_temp.pass('16 minutes');
select is(pg_temp.area('assistants'), 'delayed 1 late 04 08:00', 'it should have been done by now');
select pg_temp.owner($$ update public.agents set sync_status = 'failed', updated_at = app.now() $$);
select is(pg_temp.area('assistants'), 'failing 1 sync_failed 04 08:16', 'Vapi refuses it: that is told before lateness');

-- Numbers
select pg_temp.owner($$ insert into public.provisioning (org_id, number, account_ref) values ('a0000000-0000-7000-8000-000000000001', '+13125550155', 'x') $$);
select is(pg_temp.area('numbers'), 'working 1', 'a number is set up');
select pg_temp.owner($$ update public.provisioning set error = 'refused', state = 'undone', ended_at = app.now(), updated_at = app.now() $$);
select is(pg_temp.area('numbers'), 'failing 0 number_failed 04 08:16', 'it failed and was undone');
select pg_temp.pass('1 minute');
select pg_temp.owner($$ insert into public.provisioning (org_id, number, account_ref, state, activated_at) values ('a0000000-0000-7000-8000-000000000001', '+13125550155', 'x', 'active', app.now()) $$);
select is(pg_temp.area('numbers'), 'ok 0', 'the next attempt went well');

-- Calendars
select pg_temp.owner($$ update public.calendar_links set last_synced_at = app.now() - interval '3 days' $$);
select matches(pg_temp.area('calendars'), '^failing 0 calendar_stale ', 'the mirror is too old');
select pg_temp.owner($$ update public.calendar_links set health = 'failing', failing_since = app.now(), error_code = 'unavailable' $$);
select is(pg_temp.area('calendars'), 'failing 0 calendar_unreadable 04 08:17', 'it cannot be read');
select pg_temp.owner($$ update public.calendar_links set health = 'needs_reconnect' $$);
select is(pg_temp.area('calendars'), 'failing 0 calendar_reconnect 04 08:17', 'the account is refused: the gravest is told');
select pg_temp.owner($$ update public.calendar_links set health = 'ok', failing_since = null, error_code = null, last_synced_at = app.now() $$);
select is(pg_temp.area('calendars'), 'ok 0', 'all of it healed');
select pg_temp.act_for('a');
select matches(pg_temp.book('05 10:00', 'Nora Quillfeather', p_resource => :'avery'), '^booked', 'a visit is booked');
select is(pg_temp.area('calendars'), 'working 1', 'a visit is to be written');
select pg_temp.owner($$ update public.calendar_events set failing_since = app.now(), error_code = 'refused' $$);
select is(pg_temp.area('calendars'), 'failing 1 visits_not_written 04 08:17', 'and cannot be');

-- Messages, reminders, campaigns
select pg_temp.send('queued');
select is(pg_temp.area('messages'), 'working 1', 'a message is to be sent');
select pg_temp.send('queued', c, m)
from regexp_matches((select pg_get_constraintdef(oid) from pg_constraint where conname = 'messages_category_check'), '''(\w+)''', 'g') x (w), unnest(x.w) c,
  unnest(array['sms', 'email', 'export']) m;
select pg_temp.act_as('viewer');
select is(
  (select sum(waiting) from app.system_status() where area in ('messages', 'reminders', 'campaigns')),
  (select count(*)::numeric from public.messages where direction = 'outbound' and status = 'queued'),
  'queued messages of every category and way are counted; the confirmation is not due yet');
select pg_temp.owner($$ update public.messages set status = 'sent', sent_at = app.now() $$);
select is(pg_temp.area('messages'), 'ok 0', 'all went out');
select pg_temp.pass('1 minute');
select pg_temp.send('failed');
select is(pg_temp.area('messages'), 'failing 0 message_failed 04 08:18', 'the last did not');
select is(pg_temp.area('campaigns'), 'ok 0', 'which is nothing to campaigns');
select pg_temp.pass('1 minute');
select pg_temp.send('unknown');
select is(pg_temp.area('messages'), 'failing 0 outcome_unknown 04 08:19', 'nobody knows of the last');
select pg_temp.pass('1 minute');
select pg_temp.send('delivered');
select is(pg_temp.area('messages'), 'ok 0', 'the next arrived');
select pg_temp.owner($$ update public.org_credentials set provider = 'twilio', verification_error = 'refused', updated_at = app.now() $$);
select is(pg_temp.area('messages'), 'failing 0 account_refused 04 08:20', 'Twilio refuses the account');
select matches(pg_temp.area('reminders'), '^working 1', 'the confirmation is still to be written');
select pg_temp.pass('20 minutes');
select matches(pg_temp.area('reminders'), '^delayed 1 late', 'and late now');

-- Outbound calls
select pg_temp.owner($$
  insert into public.outbound_calls (org_id, kind, contact_id, to_number, due_at, until_at, look_at)
  select org_id, 'call_back', id, phone, app.now(), app.now() + interval '1 day', app.now() from public.contacts where phone = '+13125550199' $$);
select is(pg_temp.area('outbound_calls'), 'working 1', 'a call is due');
select pg_temp.owner($$ update public.outbound_calls set state = 'given_up', reason = 'opted_out', ended_at = app.now(), look_at = null $$);
select is(pg_temp.area('outbound_calls'), 'ok 0', 'a rule forbade it: nothing failed');
select pg_temp.owner($$ update public.outbound_calls set reason = 'refused', updated_at = app.now() $$);
select is(pg_temp.area('outbound_calls'), 'failing 0 calls_failed 04 08:40', 'Vapi refused it');

-- Recordings
select pg_temp.owner($$
  insert into public.recordings (org_id, call_id, storage_key) values ('a0000000-0000-7000-8000-000000000001', 'a0000000-0000-7000-8000-0000000000c1', 'k/1') $$);
select pg_temp.owner($$ update public.call_logs set recording_state = 'copying', updated_at = app.now() $$);
select is(pg_temp.area('recordings'), 'working 1', 'a recording is copied');
select pg_temp.owner($$ update public.call_logs set recording_state = 'failed', recording_error = 'unreachable' $$);
select is(pg_temp.area('recordings'), 'failing 0 recording_failed 04 08:40', 'that failed');

-- Retention
select pg_temp.owner($$ update public.organizations set keep_messages_for = interval '30 days', keep_recordings_for = interval '30 days' $$);
select is(pg_temp.area('retention'), 'ok 0', 'all is younger than the clinic keeps it');
select pg_temp.pass('31 days');
select matches(pg_temp.area('retention'), '^working ', 'the night lets go of it');
select pg_temp.pass('3 days');
select matches(pg_temp.area('retention'), '^delayed \d+ late 03 ', 'three nights did not');

select * from finish();
rollback;
