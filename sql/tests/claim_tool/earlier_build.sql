-- Processes of two builds do not register one tool to and fro.
begin;
\ir ../clinics.psql
select plan(6);
\set one '''a0000000-0000-7000-8000-0000000000f1'''

create function pg_temp.claim(p_hash text) returns text language plpgsql as $$
begin
  set local role voxanne_login;
  return (select outcome || coalesce(' ' || vapi_tool_id, '') from app.claim_tool('takeMessage', repeat(p_hash, 64), 'a0000000-0000-7000-8000-0000000000f1'));
end
$$;
select is(pg_temp.claim('a'), 'claimed', 'new');
select app.register_tool('takeMessage', :one, repeat('a', 64), 'tool-1');
select is(pg_temp.claim('b'), 'claimed tool-1', 'the next build has another definition');
select app.register_tool('takeMessage', :one, repeat('b', 64), 'tool-2');
select is(pg_temp.claim('a'), 'registered tool-1', 'the earlier build goes on with its own');
reset role;
select is(pg_temp.claim('b'), 'registered tool-2', 'the new one with the new one');
reset role;
update public.vapi_tools set registered_at = registered_at - interval '61 minutes';
select is(pg_temp.claim('a'), 'claimed tool-2', 'a way back that lasts is a change');
select app.forget_retired_tool('tool-1');
reset role;
select is((select previous_id || previous_hash from public.vapi_tools), null, 'what was deleted is no way back');

select * from finish();
rollback;
