-- An operator's wish for a sync puts one job in and changes nothing that the agent says.
begin;
\ir ../booking.psql
select plan(6);

update public.agents set sync_status = 'synced', synced_version = desired_version, synced_at = app.now();
select pg_temp.act_for('a');
select is(app.request_agent_sync('a0000000-0000-7000-8000-000000000041'), true, 'asked for');
select is(app.request_agent_sync('b0000000-0000-7000-8000-000000000041'), false, 'another clinic''s agent is none');
reset role;
select is((select count(*) from river.river_job where kind = 'sync_agent'), 1::bigint, 'one job');
select is((select sync_status || desired_version from public.agents where id = 'a0000000-0000-7000-8000-000000000041'), 'pending1',
  'out of step in the same version');
select is((select outcome from (select pg_temp.act_for('a')) x,
  app.begin_agent_sync('a0000000-0000-7000-8000-000000000041', gen_random_uuid())), 'sync', 'and the job does not take it for in step');
select pg_temp.act_as('owner');
select throws_ok($$ select app.request_agent_sync('a0000000-0000-7000-8000-000000000041') $$, '42501', null, 'not for the dashboard');

select * from finish();
rollback;
