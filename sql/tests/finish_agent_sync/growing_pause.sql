-- What fails again and again is tried ever more rarely, until somebody saves or it succeeds.
begin;
\ir ../booking.psql
select plan(5);
\set agent '''a0000000-0000-7000-8000-000000000041'''
\set one '''a0000000-0000-7000-8000-0000000000f1'''

create function pg_temp.fail(p_times integer) returns text language plpgsql as $$
begin
  for v_time in 1..p_times loop
    perform app.begin_agent_sync('a0000000-0000-7000-8000-000000000041', 'a0000000-0000-7000-8000-0000000000f1');
    perform app.finish_agent_sync('a0000000-0000-7000-8000-000000000041', 'a0000000-0000-7000-8000-0000000000f1', 1, 'failed', 'Vapi refused voice');
  end loop;
  return (select (a.retry_at - app.now())::text from public.agents a where a.id = 'a0000000-0000-7000-8000-000000000041');
end
$$;
select pg_temp.act_for('a');
select is(pg_temp.fail(1), '00:01:00', 'a minute');
select is(pg_temp.fail(2), '00:04:00', 'four');
select is(pg_temp.fail(40), '00:30:00', 'never more than half an hour');
select pg_temp.act_as('owner');
select app.save_agent(:agent, p_voice => 'Elliot');
select is((select failures || coalesce(retry_at::text, '') from public.agents where id = :agent), '0', 'a save begins anew');
select pg_temp.act_for('a');
select pg_temp.fail(2);
select app.begin_agent_sync(:agent, :one);
select app.finish_agent_sync(:agent, :one, 2, 'synced');
select is((select failures || coalesce(retry_at::text, '') from public.agents where id = :agent), '0', 'and a success');

select * from finish();
rollback;
