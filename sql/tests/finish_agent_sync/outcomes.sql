-- What came of a sync stands in the agent, in agent_tools and, in summary, in org_tools.
begin;
\ir ../booking.psql
select plan(18);
\set agent '''a0000000-0000-7000-8000-000000000041'''
\set one '''a0000000-0000-7000-8000-0000000000f1'''

select pg_temp.act_as('owner');
select id as other from app.save_agent(null, p_name => 'Evening', p_role => 'inbound') \gset
select pg_temp.act_for('a');
select app.begin_agent_sync(:agent, :one);
select is(app.finish_agent_sync(:agent, :one, 1, 'synced', null,
  '[{"name":"checkAvailability","id":"tool-1","hash":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"},{"name":"takeMessage","id":"tool-2","hash":"bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"}]'),
  true, 'written');
select is((select sync_status || synced_version || desired_version from public.agents where id = :agent), 'synced11', 'in step');
select is((select count(*) from public.agent_tools where agent_id = :agent and linked_at is not null), 2::bigint, 'its tools');
select is((select bool_or(linked) from public.org_tools), false, 'the organisation is linked when every agent is');
select is((select linked_agents || ' of ' || agents from app.tool_health() where tool_name = 'takeMessage'), '1 of 2', 'health counts them');

select app.begin_agent_sync(:'other', :one);
select app.finish_agent_sync(:'other', :one, 1, 'registered_not_linked', 'Vapi did not answer',
  '[{"name":"takeMessage","id":"tool-2","hash":"bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"}]');
select is((select link_error from public.agent_tools where agent_id = :'other'), 'Vapi did not answer', 'a failed link says why');
select is((select sync_status || synced_version from public.agents where id = :'other'), 'registered_not_linked0', 'and is not taken for one in step');
select is((select linked from public.org_tools where tool_name = 'takeMessage'), false, 'nor in the summary');
select app.begin_agent_sync(:'other', :one);
select app.finish_agent_sync(:'other', :one, 1, 'synced', null,
  '[{"name":"takeMessage","id":"tool-2","hash":"bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"}]');
select is((select linked from public.org_tools where tool_name = 'takeMessage'), true, 'until it is');
select is((select linked from public.org_tools where tool_name = 'checkAvailability'), false, 'a tool that one agent lacks is not');

select app.begin_agent_sync(:agent, :one, true);
select app.finish_agent_sync(:agent, :one, 1, 'registered_not_linked', 'Vapi did not answer',
  '[{"name":"takeMessage","id":"tool-3","hash":"cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc"},{"name":"checkAvailability","id":"tool-1","hash":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}]');
select is((select vapi_tool_id || left(definition_hash, 1) || link_error from public.agent_tools where agent_id = :agent and tool_name = 'takeMessage'),
  'tool-2bVapi did not answer', 'a relink that failed leaves the link that is there');

select pg_temp.act_as('owner');
select app.save_agent(:agent, p_voice => 'Elliot');
select pg_temp.act_for('a');
select app.begin_agent_sync(:agent, :one);
select pg_temp.act_as('owner');
select app.save_agent(:agent, p_voice => 'Savannah');
reset role;
delete from river.river_job where kind = 'sync_agent';
select pg_temp.act_for('a');
select is(app.finish_agent_sync(:agent, :one, 2, 'synced'), true, 'the older version was brought in step');
select is((select sync_status || synced_version || desired_version from public.agents where id = :agent), 'pending23', 'the newer one waits');
select is((select count(*) from public.agent_tools where agent_id = :agent), 2::bigint, 'unknown tools leave the links as they were');
reset role;
select is((select count(*) from river.river_job where kind = 'sync_agent'), 1::bigint, 'a save during a sync is not lost');
select pg_temp.act_for('a');
select app.begin_agent_sync(:agent, :one);
select app.finish_agent_sync(:agent, :one, 3, 'synced', null, '[]');
select is((select count(*) from public.agent_tools where agent_id = :agent), 0::bigint, 'a tool that is gone is gone');
reset role;
update public.agents set deleted_at = app.now(), is_default = false where id = :agent;
delete from river.river_job where kind = 'sync_agent';
select pg_temp.act_for('a');
select app.begin_agent_sync(:agent, :one);
select app.finish_agent_sync(:agent, :one, 3, 'failed', 'Vapi did not answer');
reset role;
select is((select count(*) from river.river_job where kind = 'sync_agent'), 0::bigint, 'a removal that failed does not go round without a pause');
select pg_temp.act_for('b');
select is(app.finish_agent_sync(:agent, :one, 3, 'failed'), false, 'another tenant writes nothing');

select * from finish();
rollback;
