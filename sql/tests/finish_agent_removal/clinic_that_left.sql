-- The assistants of a clinic that left are taken away; its rows stay.
begin;
\ir ../booking.psql
select plan(7);
\set agent '''a0000000-0000-7000-8000-000000000041'''
\set one '''a0000000-0000-7000-8000-0000000000f1'''

select pg_temp.act_for('a');
select app.begin_agent_sync(:agent, :one);
select is(app.finish_agent_removal(:agent, :one), false, 'an agent that nobody deleted is not removed');
reset role;
update public.organizations set deleted_at = app.now() where id = 'a0000000-0000-7000-8000-000000000001';
select pg_temp.act_for('a');
select is((select outcome || ' ' || vapi_assistant_id from app.begin_agent_sync(:agent, :one)), 'remove assistant-a', 'the clinic left');
select is(app.finish_agent_removal(:agent, :one), true, 'removed');
reset role;
select is((select count(*) from public.assistant_routes where agent_id = :agent), 0::bigint, 'no calls any more');
select is((select sync_status || synced_version || (lease_id is null) from public.agents where id = :agent), 'pending0true', 'the agent stays');
select pg_temp.act_for('a');
select is((select outcome from app.begin_agent_sync(:agent, :one)), 'gone', 'nothing is left to do');
reset role;
update public.organizations set deleted_at = null where id = 'a0000000-0000-7000-8000-000000000001';
select pg_temp.act_for('a');
select is((select outcome from app.begin_agent_sync(:agent, :one)), 'sync', 'one that comes back gets a new assistant');

select * from finish();
rollback;
