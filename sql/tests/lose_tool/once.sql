-- A tool that somebody deleted at Vapi is registered anew, and what it was is remembered.
begin;
\ir ../clinics.psql
select plan(6);
\set one '''a0000000-0000-7000-8000-0000000000f1'''

set local role voxanne_login;
select app.claim_tool('takeMessage', repeat('a', 64), :one);
select app.register_tool('takeMessage', :one, repeat('a', 64), 'tool-1');
select is(app.lose_tool('takeMessage', 'tool-0'), false, 'another id loses nothing');
select is(app.lose_tool('takeMessage', 'tool-1'), true, 'this one does');
select is(app.lose_tool('takeMessage', 'tool-1'), false, 'once');
select is((select outcome || coalesce(vapi_tool_id, ' anew') from app.claim_tool('takeMessage', repeat('a', 64), :one)), 'claimed anew', 'it is registered anew');
select app.register_tool('takeMessage', :one, repeat('a', 64), 'tool-2');
select is((select vapi_tool_id || retired_ids::text from app.tool_registry()), 'tool-2{tool-1}', 'the registry knows both ids');
select throws_ok('select app.summarise_tools()', '42501', null, 'the login role has its own functions only');

select * from finish();
rollback;
