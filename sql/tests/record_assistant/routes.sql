-- An assistant belongs to one agent of one tenant.
begin;
\ir ../booking.psql
select plan(5);
\set agent '''a0000000-0000-7000-8000-000000000041'''
\set lease '''a0000000-0000-7000-8000-0000000000f1'''

select pg_temp.act_for('a');
select app.begin_agent_sync(:agent, :lease);
select is(app.record_assistant(:agent, :lease, 'assistant-b'), false, 'another tenant''s assistant is not taken over');
select is(app.record_assistant(:agent, :lease, null), true, 'one that vanished is forgotten');
select is((select count(*) from public.assistant_routes), 0::bigint, 'and no call is routed to it');
select is(app.record_assistant(:agent, :lease, 'assistant-new'), true, 'its successor is routed');
reset role;
select is((select string_agg(vapi_assistant_id, ',' order by vapi_assistant_id) from public.assistant_routes), 'assistant-b,assistant-new', 'the other tenant''s stays');

select * from finish();
rollback;
