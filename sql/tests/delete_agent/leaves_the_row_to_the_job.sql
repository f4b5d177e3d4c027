-- Deleting asks for the assistant to be taken away; the row goes when it is gone at Vapi.
begin;
\ir ../booking.psql
select plan(16);

select pg_temp.act_as('owner');
select throws_ok($$ select app.delete_agent('a0000000-0000-7000-8000-000000000041') $$, 'VX409', null, 'it answers the clinic''s number');
select id as evening from app.save_agent(null, p_name => 'Evening', p_role => 'inbound', p_is_default => true) \gset
select is(app.delete_agent('a0000000-0000-7000-8000-000000000041'), true, 'after another one took over');
select is(app.delete_agent('a0000000-0000-7000-8000-000000000041'), false, 'once');
select is(app.delete_agent('b0000000-0000-7000-8000-000000000041'), false, 'another clinic''s is none of ours');
select lives_ok($$ select app.save_agent(null, p_name => 'Receptionist', p_role => 'inbound') $$, 'its name is free at once');
select pg_temp.act_for('a');
select is((select outcome || ' ' || vapi_assistant_id from app.begin_agent_sync('a0000000-0000-7000-8000-000000000041', 'a0000000-0000-7000-8000-0000000000f1')),
  'remove assistant-a', 'the worker is told which assistant to take away');
select is(app.intend_assistant('a0000000-0000-7000-8000-000000000041', 'a0000000-0000-7000-8000-0000000000f1'), false, 'and creates none');
select is(app.finish_agent_removal('a0000000-0000-7000-8000-000000000041', 'a0000000-0000-7000-8000-0000000000f2'), false, 'not under a stranger''s lease');
select is(app.finish_agent_removal('a0000000-0000-7000-8000-000000000041', 'a0000000-0000-7000-8000-0000000000f1'), true, 'gone');
select is((select count(*) from public.assistant_routes where vapi_assistant_id = 'assistant-a'), 0::bigint, 'its route too');
select is((select outcome from app.begin_agent_sync('a0000000-0000-7000-8000-000000000041', 'a0000000-0000-7000-8000-0000000000f1')), 'gone', 'a late job finds nothing');
select is((select outcome from app.begin_agent_sync(:'evening', 'a0000000-0000-7000-8000-0000000000f1')), 'sync', 'the others are untouched');

select pg_temp.act_as('owner');
select id as night from app.save_agent(null, p_name => 'Night', p_role => 'inbound') \gset
reset role;
update public.phone_numbers set agent_id = :'night' where org_id = 'a0000000-0000-7000-8000-000000000001';
select pg_temp.act_as('owner');
select is(app.delete_agent(:'night'), true, 'one that answers a number without being the default may go');
select is((select count(*) from public.phone_numbers where agent_id = :'night'), 0::bigint, 'the default answers the number at once');
reset role;
delete from public.phone_numbers where org_id = 'a0000000-0000-7000-8000-000000000001';
select pg_temp.act_as('owner');
select is(app.delete_agent(:'evening'), true, 'a default one that answers none may go');
select is((select string_agg(id::text, ' ') from public.agents where role = 'inbound' and is_default),
  (select id::text from public.agents where role = 'inbound' and deleted_at is null order by created_at, id limit 1), 'the oldest other takes over');

select * from finish();
rollback;
