-- One open test for an organisation, three beginnings a minute for a member, and only of agents in step.
begin;
\ir ../booking.psql
select plan(16);
create function pg_temp.begins(p_secret text, p_role text default null, p_agent uuid default null) returns text language sql as $$
  select concat_ws(' ', s.outcome, s.vapi_assistant_id, s.retry_seconds) from app.begin_web_test(sha256(p_secret::bytea), p_role, p_agent) s
$$;
create function pg_temp.ends(p_secret text) returns bigint language sql as $$
  select count(*) from app.end_web_test(sha256(p_secret::bytea))
$$;
select pg_temp.act_as('owner');
select is(pg_temp.begins('test-secret-1'), 'out_of_step assistant-a', 'the assistant is not what was saved');
select pg_temp.owner('update public.agents set sync_status = ''synced'', synced_version = desired_version');
select is(pg_temp.begins('test-secret-1', 'outbound'), 'no_agent', 'nobody calls out here');
select throws_ok($$ select pg_temp.begins('test-secret-1', null, 'b0000000-0000-7000-8000-000000000041') $$, 'VX404', null, 'another clinic''s');
select is(pg_temp.begins('test-secret-1'), 'begun assistant-a', 'the default agent for inbound calls');
select is(pg_temp.begins('test-secret-2'), 'one_is_open assistant-a', 'one');
select is(pg_temp.ends('test-secret-1'), 0::bigint, 'ended, without an address to hang up at');
select is(pg_temp.begins('test-secret-2', 'inbound'), 'begun assistant-a', 'another');
select is(pg_temp.ends('test-secret-2'), 0::bigint, 'ended');
select pg_temp.clock('04 08:00:20');
select is(pg_temp.begins('test-secret-3', null, 'a0000000-0000-7000-8000-000000000041'), 'begun assistant-a', 'by its id');
select is(pg_temp.ends('test-secret-3'), 0::bigint, 'ended');
select is(pg_temp.begins('test-secret-4'), 'too_many assistant-a 40', 'the fourth within a minute');
select pg_temp.act_as('admin');
select is(pg_temp.begins('test-secret-4'), 'begun assistant-a', 'a colleague');
select pg_temp.clock('04 08:01:20');
select is(pg_temp.begins('test-secret-5'), 'begun assistant-a', 'a minute later what Vapi never answered has lapsed');
select is((select state || ' ' || reason from (select state, end_reason as reason from app.web_test_state(sha256('test-secret-4'))) s), 'ended lapsed', 'and says so');
select pg_temp.clock('05 09:00');
select is(pg_temp.begins('test-secret-6'), 'begun assistant-a', 'the next day');
select is(pg_temp.rows('public.web_tests'), 1::bigint, 'yesterday''s are gone');
select * from finish();
rollback;
