-- What is out of step is found across tenants, as ids only; what is being worked on or just saved is left alone.
begin;
\ir ../clinics.psql
select plan(15);

create function pg_temp.found(p_tool_ids text[] default null) returns text language plpgsql as $$
declare
  v_before timestamptz := app.now() - interval '6 hours';
begin
  set local role voxanne_login;
  return (select string_agg(left(org_id::text, 1), '' order by org_id) from app.agents_to_reconcile(v_before, 10, p_tool_ids));
end
$$;
update public.agents set saved_at = app.now() - interval '1 minute';
select is(pg_temp.found(), 'ab', 'never synced');
reset role;
update public.agents set sync_status = 'synced', synced_version = 1, synced_at = app.now();
select is(pg_temp.found(), null, 'in step');
reset role;
update public.agents set desired_version = 2 where id::text like 'a%';
select is(pg_temp.found(), 'a', 'saved since');
reset role;
update public.agents set lease_id = gen_random_uuid(), lease_until = app.now() + interval '1 minute' where id::text like 'a%';
select is(pg_temp.found(), null, 'somebody works on it');
reset role;
update public.agents set lease_until = app.now() - interval '1 second' where id::text like 'a%';
select is(pg_temp.found(), 'a', 'and died');
reset role;
update public.agents set lease_id = null, lease_until = null, desired_version = 1, synced_at = app.now() - interval '7 hours' where id::text like 'a%';
select is(pg_temp.found(), 'a', 'not looked at for six hours');
reset role;
update public.agents set synced_at = app.now();
insert into public.agent_tools (org_id, agent_id, tool_name, vapi_tool_id, definition_hash, linked_at)
values ('b0000000-0000-7000-8000-000000000001', 'b0000000-0000-7000-8000-000000000041', 'takeMessage', 'tool-1', repeat('a', 64), app.now());
select is(pg_temp.found('{tool-1}'), 'a', 'lacks a tool');
reset role;
insert into public.agent_tools (org_id, agent_id, tool_name, vapi_tool_id, definition_hash, linked_at)
select a.org_id, a.id, 'takeMessage', 'tool-1', repeat('a', 64), app.now() from public.agents a where a.id::text like 'a%';
select is(pg_temp.found('{tool-1}'), null, 'all carry what they shall');
reset role;
select is(pg_temp.found('{tool-2}'), 'ab', 'carry an earlier definition');
reset role;
select is(pg_temp.found('{tool-1,tool-3}'), 'ab', 'lack one of two');
reset role;
update public.agents set saved_at = app.now();
select is(pg_temp.found(), null, 'a save''s own job comes first');

reset role;
update public.agents set saved_at = app.now() - interval '1 minute', sync_status = 'failed', retry_at = app.now() + interval '1 second'
where id::text like 'a%';
select is(pg_temp.found(), null, 'the pause after a failure is not over');
reset role;
update public.agents set retry_at = app.now() where id::text like 'a%';
select is(pg_temp.found(), 'a', 'now it is');
reset role;
update public.organizations set deleted_at = app.now() where id::text like 'a%';
select is(pg_temp.found(), 'a', 'a clinic that left still has an assistant');
reset role;
delete from public.assistant_routes where org_id::text like 'a%';
select is(pg_temp.found(), null, 'and is left alone without one');

select * from finish();
rollback;
