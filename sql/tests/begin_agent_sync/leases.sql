-- One sync an agent at a time; a dead one holds the next up for two minutes.
begin;
\ir ../booking.psql
select plan(13);
\set agent '''a0000000-0000-7000-8000-000000000041'''
\set one '''a0000000-0000-7000-8000-0000000000f1'''
\set two '''a0000000-0000-7000-8000-0000000000f2'''

select pg_temp.act_for('a');
select is((select outcome || ' ' || version || ' ' || vapi_assistant_id || ' ' || clinic_name || ' ' || max_call_seconds || ' ' || may_exist
  from app.begin_agent_sync(:agent, :one)), 'sync 1 assistant-a Lakeside Dental 600 false', 'what the assistant shall be');
select is((select outcome from app.begin_agent_sync(:agent, :two)), 'busy', 'another worker waits');
select is((select outcome from app.begin_agent_sync(:agent, :one)), 'sync', 'its own lease it may take again');
select is(app.intend_assistant(:agent, :two), false, 'without the lease nothing is created');
select is(app.intend_assistant(:agent, :one), true, 'with it, it may be');
select is(app.finish_agent_sync(:agent, :two, 1, 'synced'), false, 'nor written');
select pg_temp.owner($$ update app.test_clock set at = at + interval '121 seconds' $$);
select is((select outcome || ' ' || may_exist from app.begin_agent_sync(:agent, :two)), 'sync true',
  'a dead worker''s lease runs out; it may have created an assistant');
select is(app.finish_agent_sync(:agent, :one, 1, 'synced'), false, 'and it writes nothing any more');
select is(app.record_assistant(:agent, :two, 'assistant-a2'), true, 'the new id is routed');
select is((select string_agg(vapi_assistant_id, ',') from public.assistant_routes), 'assistant-a2', 'instead of the old one');
select is(app.finish_agent_sync(:agent, :two, 1, 'synced'), true, 'done');
select is((select outcome from app.begin_agent_sync(:agent, :one)), 'in_step', 'a repeated job finds nothing to do');
select is((select outcome from app.begin_agent_sync(:agent, :one, true)), 'sync', 'unless it looks for drift');

select * from finish();
rollback;
