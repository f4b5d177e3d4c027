-- A call for which Vapi had no slot rang nobody: it is no call, its number no lead, and it is made again.
begin;
\ir ../outbound.psql
select plan(14);
create function pg_temp.blocked(p_vapi text) returns void language sql as $$
  select pg_temp.ended(p_vapi, 'call.start.error-subscription-concurrency-limit-reached');
  select app.record_call_report(c.id, null, null, null, 'call.start.error-subscription-concurrency-limit-reached', null, '[]', 0, false, '{}')
  from public.call_logs c where c.vapi_call_id = p_vapi
$$;
select pg_temp.queue('a', 1);
select pg_temp.dial();
select app.ensure_call('vapi-1', 'outbound', null, null, '+13125550177', '+13125550100');
select pg_temp.blocked('vapi-1');
select is(pg_temp.stands(), 'placing 0/0', 'its end comes before Vapi''s answer');
select is(app.fail_outbound_call(pg_temp.wished(), pg_temp.lease(), 'line_busy', false, 15), true, 'which says that it was blocked');
select is(pg_temp.stands(), 'waiting line_busy 0/0 04 08:00:15', 'it waits');
select pg_temp.act_as('staff');
select is((select count(*) from app.list_calls(1, 20) c where c.direction = 'outbound'), 0::bigint, 'it is in no list');
select is((select count(*) from public.contacts where phone = '+13125550177'), 0::bigint, 'nobody became a lead');
select is((select count(*) from public.call_logs where vapi_call_id = 'vapi-1' and deleted_at is not null), 1::bigint, 'its row stays for what still comes');
select pg_temp.act_for('a');
select is(app.record_call_event(c.id, 'queued', app.now()), false, 'a late status opens it no more') from public.call_logs c where vapi_call_id = 'vapi-1';

select pg_temp.pass('15 seconds');
select is(pg_temp.ring('vapi-2'), true, 'made as another, for a later minute');
select pg_temp.blocked('vapi-2');
select is(pg_temp.stands(), 'waiting line_busy 0/0 04 08:00:30', 'which had no slot either: it was no attempt');
select pg_temp.pass('15 seconds');
select is(pg_temp.dial(), 'dial', 'again');
select app.ensure_call('vapi-3', 'outbound', null, null, (select to_number from public.outbound_calls), '+13125550100');
select pg_temp.blocked('vapi-3');
select is(app.note_call_placed(pg_temp.wished(), pg_temp.lease(), 'vapi-3'), true, 'an answer that does not say so');
select is(pg_temp.stands(), 'waiting line_busy 0/0 04 08:00:45', 'is known better by its end');
select pg_temp.pass('15 seconds');
select is(pg_temp.ring('vapi-4'), true, 'then there is a slot');
select pg_temp.ended('vapi-4', 'customer-ended-call', true);
select is(pg_temp.stands(), 'ended completed 1/0 answered', 'one call');
select * from finish();
rollback;
