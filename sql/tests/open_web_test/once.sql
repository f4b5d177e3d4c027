-- A bridge opens once, within a minute, to who began the test; the address is forgotten then.
begin;
\ir ../booking.psql
select plan(17);
select pg_temp.owner('update public.agents set sync_status = ''synced'', synced_version = desired_version');
create function pg_temp.begins(p_secret text) returns uuid language sql as $$
  select s.web_test_id from app.begin_web_test(sha256(p_secret::bytea)) s
$$;
create function pg_temp.places(p_id uuid, p_call text) returns uuid language sql as $$
  select app.place_web_test(p_id, p_call, 'test-secret-address', '123456789012', '1234567890123456', 'k1')
$$;
create function pg_temp.opens(p_secret text) returns text language sql as $$
  select concat_ws(' ', l.vapi_call_id, l.max_seconds, convert_from(l.ciphertext, 'UTF8'), l.key_id) from app.open_web_test(sha256(p_secret::bytea)) l
$$;
create function pg_temp.state(p_secret text) returns text language sql as $$
  select concat_ws(' ', v.state, v.vapi_call_id, v.end_reason) from app.web_test_state(sha256(p_secret::bytea)) v
$$;
create function pg_temp.secrets() returns bigint language plpgsql security definer as $$
begin
  return (select count(*) from public.web_tests t where t.ciphertext is not null);
end
$$;
select pg_temp.act_as('owner');
create temporary table id as select pg_temp.begins('test-secret-1') as test;
grant select on id to public;
select is(pg_temp.state('test-secret-1'), 'starting', 'Vapi has not answered');
select is(pg_temp.opens('test-secret-1'), null, 'nothing to open yet');
select isnt((select pg_temp.places(i.test, 'call-web') from id i), null, 'Vapi has answered');
select throws_ok($$ select pg_temp.places(i.test, 'call-web') from id i $$, 'VX409', null, 'once');
select is((select c.direction || ' ' || c.agent_id from public.call_logs c where c.vapi_call_id = 'call-web'),
  'web a0000000-0000-7000-8000-000000000041', 'the call is a web call of the agent');
select is(pg_temp.state('test-secret-1'), 'ready call-web', 'ready');
select pg_temp.act_as('admin');
select is(pg_temp.opens('test-secret-1'), null, 'not a colleague''s');
select is(pg_temp.state('test-secret-1'), null, 'who does not see it either');
select throws_ok($$ select app.end_web_test(sha256('test-secret-1')) $$, 'VX404', null, 'nor ends it');
select pg_temp.act_as('owner');
select is(pg_temp.opens('test-secret-1'), 'call-web 600 test-secret-address k1', 'the one who began it');
select is(pg_temp.opens('test-secret-1'), null, 'once');
select is(pg_temp.secrets(), 0::bigint, 'the address is forgotten');
select is(pg_temp.state('test-secret-1'), 'in_progress call-web', 'in progress');
reset role;
select pg_temp.act_for('a');
select is((select app.finish_web_test(i.test, 'call_over') from id i), true, 'over');
select is((select app.finish_web_test(i.test, 'page_left') from id i), false, 'once');
reset role;
select pg_temp.act_as('owner');
select is((select c.status from public.call_logs c where c.vapi_call_id = 'call-web'), 'ended', 'and so is its call');
create temporary table id2 as select pg_temp.places(pg_temp.begins('test-secret-2'), 'call-web-2');
select pg_temp.clock('04 08:01');
select is(pg_temp.opens('test-secret-2') is null and pg_temp.state('test-secret-2') = 'ended call-web-2 lapsed', true, 'after a minute nobody');
select * from finish();
rollback;
