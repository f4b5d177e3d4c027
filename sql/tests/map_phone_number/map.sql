-- Which location and agent answer a number; one in use is routed anew.
begin;
\ir ../provisioning.psql
select plan(21);
select pg_temp.act_as('owner');
select pg_temp.begin('+13125550180');
select pg_temp.act_for('a');
select pg_temp.work();
create function pg_temp.map(p_fields jsonb, p_number text default '+13125550180') returns text language sql as $$
  select concat_ws(' ', m.location_name, m.agent_name, m.agent_id is not null, m.routing, m.state, m.own_line)
  from public.phone_numbers n, app.map_phone_number(n.id, p_fields) m where n.number = p_number
$$;
grant execute on all functions in schema pg_temp to public;
select pg_temp.owner($$ insert into public.locations (org_id, id, name, time_zone, phone) values
  ('a0000000-0000-7000-8000-000000000001', 'a0000000-0000-7000-8000-000000000012', 'South', 'America/Chicago', '+13125550100') $$);
select pg_temp.owner($$ insert into public.agents (org_id, id, name, role) values
  ('a0000000-0000-7000-8000-000000000001', 'a0000000-0000-7000-8000-000000000042', 'Evening', 'inbound'),
  ('a0000000-0000-7000-8000-000000000001', 'a0000000-0000-7000-8000-000000000043', 'Caller', 'outbound') $$);
select pg_temp.act_as('staff');
select throws_ok($$ select pg_temp.map('{}') $$, 'VX403', null, 'not for staff');
select pg_temp.act_as('admin');
select is(pg_temp.map('{}'), 'Main Receptionist f dynamic active +13125550150', 'nothing changed, nothing done');
select is(pg_temp.map('{"agent_id": "a0000000-0000-7000-8000-000000000042"}'), 'Main Evening t dynamic running +13125550150', 'another agent');
select is(pg_temp.state(), 'running: done done done done waiting', 'is routed anew');
select throws_ok($$ select pg_temp.map('{"routing": "fixed"}') $$, 'VX409', null, 'fixed needs an assistant');
select is(pg_temp.map('{"agent_id": null, "routing": "fixed"}'), 'Main Receptionist f fixed running +13125550150', 'the default agent has one');
select is(pg_temp.map('{"location_id": "a0000000-0000-7000-8000-000000000012"}'), 'South Receptionist f fixed running', 'a line that is a number of ours is no way out');
select throws_ok($$ select pg_temp.map('{"location_id": "b0000000-0000-7000-8000-000000000010"}') $$, 'VX404', null, 'another clinic''s location');
select throws_ok($$ select pg_temp.map('{"agent_id": "a0000000-0000-7000-8000-000000000043"}') $$, 'VX404', null, 'an agent that answers nobody');
select throws_ok($$ select pg_temp.map('{"routing": "odd"}') $$, 'VX400', null, 'no routing');
select throws_ok($$ select pg_temp.map('{"agent_id": "odd"}') $$, 'VX400', null, 'no id');
select throws_ok($$ select pg_temp.map('{"number": "+13125550199"}') $$, 'VX400', null, 'the number itself stays');
select throws_ok($$ select * from app.map_phone_number('b0000000-0000-7000-8000-000000000010', '{}') $$, 'VX404', null, 'no such number');
select is(pg_temp.map('{"routing": "fixed"}', '+13125550100'), 'Main Receptionist f fixed +13125550150', 'one that is not at Vapi is only written');

select pg_temp.act_for('a');
select pg_temp.take();
select pg_temp.finish('routing');
select is(pg_temp.state(), 'active: done done done done done', 'routed');
select pg_temp.owner($$ update public.agents set lease_id = 'a0000000-0000-7000-8000-0000000001f7', lease_until = app.now() + interval '1 minute' where id = 'a0000000-0000-7000-8000-000000000041' $$);
select is(app.record_assistant('a0000000-0000-7000-8000-000000000041', 'a0000000-0000-7000-8000-0000000001f7', 'assistant-a2'), true, 'another assistant');
select is(pg_temp.state(), 'running: done done done done waiting', 'reaches the numbers that carry it');
select pg_temp.take();
select pg_temp.finish('routing');
select pg_temp.act_as('owner');
select app.save_location('a0000000-0000-7000-8000-000000000012', '{"phone": "+13125550152"}');
select is(pg_temp.state(), 'running: done done done done waiting', 'as does another own line');
select throws_ok($$ select app.save_location('a0000000-0000-7000-8000-000000000012', '{"phone": "+442079460100"}') $$, 'VX400', null, 'which is no number of ours, whosesoever');
select is((select number from app.find_phone_number(null, '+13125550180')), '+13125550180', 'looked up');
select is_empty($$ select * from app.find_phone_number(null, '+442079460100') $$, 'another clinic''s is nobody''s');
select * from finish();
rollback;
