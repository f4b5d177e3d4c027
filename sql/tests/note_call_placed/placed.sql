-- Vapi makes the call: its row, whichever comes first, the answer or the webhooks.
begin;
\ir ../outbound.psql
select plan(18);
select pg_temp.queue('a', 1);
select is(pg_temp.ring('vapi-1'), true, 'placed');
select is(pg_temp.stands(), 'under_way 1/0', 'it is under way');
select results_eq($$ select l.direction, l.from_number, l.to_number = c.to_number, l.contact_id = c.contact_id, l.agent_id from public.call_logs l join public.outbound_calls c on c.call_id = l.id $$,
  $$ values ('outbound', '+13125550100', true, true, 'a0000000-0000-7000-8000-000000000041'::uuid) $$, 'with a row among the calls');
select is((select look_at - app.now() from public.outbound_calls), interval '12 minutes', 'looked after when it should be over');
select is(app.note_call_placed(pg_temp.wished(), pg_temp.lease(), 'vapi-1'), true, 'once more changes nothing');
select is(app.note_call_placed(pg_temp.wished(), pg_temp.lease(), 'vapi-9'), false, 'and it is no other call');
select is((select count(*) from public.call_logs where vapi_call_id in ('vapi-1', 'vapi-9')), 1::bigint, 'one row');

select pg_temp.owner($$ delete from public.outbound_calls $$);
select pg_temp.queue('a', 1);
select is(pg_temp.dial(), 'dial', 'another one');
select isnt(app.ensure_call('vapi-2', 'outbound', null, null, (select to_number from public.outbound_calls), null), null, 'its webhook comes first, without our number');
select pg_temp.owner($$ update public.call_logs l set contact_id = c.contact_id from public.outbound_calls c where l.vapi_call_id = 'vapi-2' $$);
select is(app.note_call_placed(pg_temp.wished(), pg_temp.lease(), 'vapi-2'), true, 'then the answer');
select is((select count(*) from public.call_logs l join public.outbound_calls c on c.call_id = l.id and c.contact_id = l.contact_id where l.vapi_call_id = 'vapi-2'), 1::bigint, 'one row, of the contact');
select is((select from_number from public.call_logs where vapi_call_id = 'vapi-2'), '+13125550100', 'from the number that called');

select pg_temp.owner($$ delete from public.outbound_calls $$);
select pg_temp.queue('a', 1);
select pg_temp.dial();
select app.ensure_call('vapi-3', 'outbound', null, null, (select to_number from public.outbound_calls), '+13125550100');
select pg_temp.ended('vapi-3', 'customer-busy');
select is(pg_temp.stands(), 'placing 0/0', 'it ended before we know that it is ours');
select is(app.note_call_placed(pg_temp.wished(), pg_temp.lease(), 'vapi-3'), true, 'then the answer');
select is(pg_temp.stands(), 'ended busy 1/0 unanswered', 'and it is over at once');

select pg_temp.owner($$ delete from public.outbound_calls $$);
select pg_temp.queue('a', 1);
select pg_temp.dial();
select is(app.note_call_placed(pg_temp.wished(), pg_temp.lease(2), 'vapi-4'), false, 'not with another''s lease');
select is(pg_temp.stands(), 'placing 0/0', 'nothing changed');
select is((select count(*) from public.call_logs where vapi_call_id = 'vapi-4'), 0::bigint, 'no row');
select * from finish();
rollback;
