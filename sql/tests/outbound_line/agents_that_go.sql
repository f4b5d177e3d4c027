-- An agent is deleted while a call of its waits: the default one makes it, as it answers the numbers.
begin;
\ir ../outbound.psql
select plan(5);
select pg_temp.owner($$
  insert into public.agents (org_id, id, name, role) values ('a0000000-0000-7000-8000-000000000001', 'a0000000-0000-7000-8000-000000000042', 'Evening', 'outbound');
  insert into public.assistant_routes (vapi_assistant_id, org_id, agent_id) values ('assistant-a2', 'a0000000-0000-7000-8000-000000000001', 'a0000000-0000-7000-8000-000000000042') $$);
select pg_temp.act_as('admin');
select is(pg_temp.wish(p_agent => 'a0000000-0000-7000-8000-000000000042'), 'queued 04 08:00', 'a call by an agent');
select pg_temp.owner($$ update public.agents set deleted_at = app.now() where name = 'Evening' $$);
select is(pg_temp.dial(), 'dial', 'which goes');
select is((select vapi_assistant_id from public.outbound_calls), 'assistant-a', 'the default one calls');
select pg_temp.owner($$ update public.outbound_calls set state = 'waiting', lease_id = null, handed_over_at = null; delete from public.phone_numbers $$);
select is(pg_temp.dial(), 'put_off', 'the number goes');
select is((select phone_number_id from public.outbound_calls), null, 'nothing of it is left');
select * from finish();
rollback;
