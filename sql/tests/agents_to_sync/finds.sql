-- What an operator's sync takes: what is out of step, of one clinic or of all, or everything.
begin;
\ir ../clinics.psql
select plan(9);

create function pg_temp.found(p_org_id uuid, p_even boolean default false) returns text language plpgsql as $$
begin
  set local role voxanne_login;
  return (select string_agg(left(org_id::text, 1), '' order by org_id) from app.agents_to_sync(p_org_id, p_even));
end
$$;
select is(pg_temp.found(null), 'ab', 'never synced, and just saved: an operator does not wait');
reset role;
select is(pg_temp.found('a0000000-0000-7000-8000-000000000001'), 'a', 'one clinic only');
reset role;
update public.agents set sync_status = 'synced', synced_version = 1, synced_at = app.now() where id::text like 'a%';
select is(pg_temp.found(null), 'b', 'in step');
reset role;
select is(pg_temp.found(null, true), 'ab', 'in step, but all are wanted');
reset role;
select is(pg_temp.found('c0000000-0000-7000-8000-000000000001', true), null, 'a clinic that there is not');
reset role;
update public.agents set lease_id = gen_random_uuid(), lease_until = app.now() + interval '1 minute' where id::text like 'b%';
select is(pg_temp.found(null), 'b', 'being worked on is not yet in step');
reset role;
insert into public.vapi_tools (name, vapi_tool_id, definition_hash, registered_at) values ('takeMessage', 'tool-2', repeat('b', 64), app.now());
insert into public.agent_tools (org_id, agent_id, tool_name, vapi_tool_id, definition_hash, linked_at)
values ('a0000000-0000-7000-8000-000000000001', 'a0000000-0000-7000-8000-000000000041', 'takeMessage', 'tool-1', repeat('a', 64), app.now());
select is(pg_temp.found(null), 'ab', 'carries an earlier definition');
reset role;
set local role tenant_user;
select throws_ok($$ select app.agents_to_sync(null, true) $$, '42501', null, 'crossing tenants is not for requests');

reset role;
update public.organizations set deleted_at = app.now() where id::text like 'a%';
select is(pg_temp.found(null, true), 'b', 'a clinic that left is not served');

select * from finish();
rollback;
