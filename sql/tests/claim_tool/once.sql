-- A tool is registered once whoever asks, and a dead worker's claim runs out.
begin;
\ir ../clinics.psql
select plan(16);
\set one '''a0000000-0000-7000-8000-0000000000f1'''
\set two '''a0000000-0000-7000-8000-0000000000f2'''

set local role voxanne_login;
select is((select outcome from app.claim_tool('takeMessage', repeat('a', 64), :one)), 'claimed', 'the first one registers');
select is((select outcome from app.claim_tool('takeMessage', repeat('a', 64), :two)), 'busy', 'the second one waits');
select is(app.register_tool('takeMessage', :two, repeat('a', 64), 'tool-x'), false, 'without the claim nothing is written');
select is(app.register_tool('takeMessage', :one, repeat('a', 64), 'tool-1'), true, 'with it, it is');
select is((select outcome || vapi_tool_id from app.claim_tool('takeMessage', repeat('a', 64), :two)), 'registeredtool-1', 'from then on it is known');
select is((select outcome || vapi_tool_id from app.claim_tool('takeMessage', repeat('b', 64), :two)), 'claimedtool-1', 'a changed definition is registered anew');
select app.release_tool_claim('takeMessage', :two);
select is((select outcome from app.claim_tool('takeMessage', repeat('b', 64), :one)), 'claimed', 'a claim can be given back');
reset role;
update app.test_clock set at = at + interval '61 seconds';
set local role voxanne_login;
select is((select outcome from app.claim_tool('takeMessage', repeat('b', 64), :two)), 'claimed', 'or runs out');
select is(app.register_tool('takeMessage', :one, repeat('b', 64), 'tool-late'), false, 'the dead one comes too late');
select is(app.register_tool('takeMessage', :two, repeat('b', 64), 'tool-2'), true, 'the new definition has its own id');
select is((select count(*) from app.retired_tools()), 0::bigint, 'calls that began with the old one go on');
reset role;
update app.test_clock set at = at + interval '2 hours 1 second';
set local role voxanne_login;
select is((select array_agg(id) from app.retired_tools() id), '{tool-1}', 'then it is retired');
reset role;
insert into public.agent_tools (org_id, agent_id, tool_name, vapi_tool_id, definition_hash)
values ('b0000000-0000-7000-8000-000000000001', 'b0000000-0000-7000-8000-000000000041', 'takeMessage', 'tool-1', repeat('a', 64));
set local role voxanne_login;
select is((select count(*) from app.retired_tools()), 0::bigint, 'but not while any tenant''s agent carries it');
select is(app.forget_retired_tool('tool-1'), true, 'forgotten once');
select is(app.forget_retired_tool('tool-1'), false, 'only');
select throws_ok('select * from public.vapi_tools', '42501', null, 'the login role reads the registry through functions only');

select * from finish();
rollback;
