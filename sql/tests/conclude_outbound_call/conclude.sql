-- What comes of a call of ours when it has ended.
begin;
\ir ../outbound.psql
select plan(22);
select pg_temp.queue('a', 1);
select pg_temp.ring('vapi-1');
select pg_temp.ended('vapi-1', 'customer-ended-call', true);
select is(pg_temp.stands(), 'ended completed 1/0 answered', 'answered');
select pg_temp.ended('vapi-1', 'customer-busy');
select is(pg_temp.stands(), 'ended completed 1/0 answered', 'once');
select pg_temp.owner($$ delete from public.outbound_calls $$);
select pg_temp.queue('a', 1);
select pg_temp.ring('vapi-2');
select is(app.record_call_report(c.id, null, null, null, 'customer-did-not-answer', null, '[]', 0, false, '{}'), 'none', 'only the report comes') from public.call_logs c where vapi_call_id = 'vapi-2';
select is(pg_temp.stands(), 'ended no_answer 1/0 unanswered', 'a call back is not repeated');
select is((select count(*) from public.notifications where kind = 'missed_call'), 0::bigint, 'nobody missed a call of ours');

select pg_temp.act_as('staff');
select is(pg_temp.staff_book('06 10:00', 'Ann Quillby'), 'booked', 'a visit');
select pg_temp.owner($$ insert into public.outbound_calls (org_id, kind, contact_id, to_number, appointment_id, due_at, until_at, look_at)
  select org_id, 'reminder', contact_id, '+13125550199', id, app.now(), app.now() + interval '6 hours', app.now() + interval '6 hours' from public.appointments $$);
select is(pg_temp.ring('vapi-3'), true, 'a reminder');
select pg_temp.ended('vapi-3', 'voicemail', true);
select is(pg_temp.stands(), 'waiting voicemail 1/0 04 08:30:00', 'again in half an hour');
select pg_temp.ended('vapi-3', 'voicemail');
select is(pg_temp.stands(), 'waiting voicemail 1/0 04 08:30:00', 'a late report changes nothing');
select pg_temp.pass('30 minutes');
select is(pg_temp.ring('vapi-4'), true, 'again');
select is(app.record_call_report(c.id, null, null, null, 'voicemail', null, '[]', 0, false, '{}'), 'none', 'the report of the first call comes late') from public.call_logs c where vapi_call_id = 'vapi-3';
select is(pg_temp.stands(), 'under_way 2/0', 'and does not end the second');
select pg_temp.ended('vapi-4', 'customer-busy');
select is(pg_temp.stands(), 'waiting busy 2/0 04 09:00:00', 'a second time');
select pg_temp.pass('30 minutes');
select is(pg_temp.ring('vapi-5'), true, 'a third call');
select pg_temp.ended('vapi-5', 'customer-did-not-answer');
select is(pg_temp.stands(), 'ended no_answer 3/0 unanswered', 'is the last');

select pg_temp.owner($$ update public.outbound_calls set state = 'waiting', ended_at = null, attempt = 0, look_at = until_at, until_at = app.now() + interval '20 minutes', due_at = app.now(), answered = null, reason = null where kind = 'reminder' $$);
select pg_temp.owner($$ update public.outbound_calls set look_at = until_at where kind = 'reminder' $$);
select is(pg_temp.ring('vapi-6'), true, 'a reminder that is not wanted later');
select pg_temp.ended('vapi-6', 'customer-busy');
select is(pg_temp.stands(), 'ended busy 1/0 unanswered', 'is not called again');

select pg_temp.act_as('admin');
select is(pg_temp.wish('test', p_to => '+13125550177'), 'queued 04 09:00', 'a test');
select is(pg_temp.ring('vapi-7'), true, 'rings');
select is(app.record_call_report(c.id, app.now(), app.now() + interval '1 minute', 60, 'customer-ended-call', null, '[]', 0, false, '{}'), 'none', 'and ends') from public.call_logs c where vapi_call_id = 'vapi-7';
select is(pg_temp.stands(), 'ended completed 1/0 answered', 'answered');
select is((select count(*) from public.contacts where phone = '+13125550177'), 0::bigint, 'whoever tries the agent out is no lead');
select * from finish();
rollback;
