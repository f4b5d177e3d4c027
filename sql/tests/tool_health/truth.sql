-- Health counts the agents that there are, and tools that are registered now.
begin;
\ir ../booking.psql
select plan(4);
\set agent '''a0000000-0000-7000-8000-000000000041'''
\set one '''a0000000-0000-7000-8000-0000000000f1'''
\set tools '''[{"name":"takeMessage","id":"tool-1","hash":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}]'''

insert into public.vapi_tools (name, vapi_tool_id, definition_hash, registered_at) values ('takeMessage', 'tool-1', repeat('a', 64), app.now());
select pg_temp.act_as('owner');
select id as other from app.save_agent(null, p_name => 'Evening', p_role => 'inbound') \gset
select pg_temp.act_for('a');
select app.begin_agent_sync(:agent, :one);
select app.finish_agent_sync(:agent, :one, 1, 'synced', null, :tools);
select app.begin_agent_sync(:'other', :one);
select app.finish_agent_sync(:'other', :one, 1, 'synced', null, :tools);
select is((select linked_agents || ' of ' || agents || ' ' || registered from app.tool_health()), '2 of 2 true', 'both carry it');
select pg_temp.act_as('owner');
select is(app.delete_agent(:'other'), true, 'one is deleted');
select is((select linked_agents || ' of ' || agents from app.tool_health()), '1 of 1', 'and counts no more, its assistant gone or not');
reset role;
update public.vapi_tools set vapi_tool_id = null, definition_hash = null, registered_at = null, retired_ids = '{tool-1}';
select pg_temp.act_as('owner');
select is((select registered from app.tool_health()), false, 'a tool that was deleted at Vapi is registered no more');

select * from finish();
rollback;
