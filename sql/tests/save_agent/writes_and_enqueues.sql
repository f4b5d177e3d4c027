-- A save writes the row, raises the version and puts one job in the queue; it decides nothing about Vapi.
begin;
\ir ../booking.psql
select plan(16);

select pg_temp.act_as('owner');
select is((select desired_version from app.save_agent('a0000000-0000-7000-8000-000000000041', p_first_message => 'Good day.')), 2,
  'every save raises the version');
select is((select first_message || voice from public.agents where id = 'a0000000-0000-7000-8000-000000000041'), 'Good day.Rohan',
  'what is not named stays');
select is((select sync_status from public.agents where id = 'a0000000-0000-7000-8000-000000000041'), 'pending', 'out of step until a job says so');
create temp table made as select * from app.save_agent(null, p_name => 'Evening', p_role => 'inbound', p_language => 'es-ES');
select is((select desired_version from made), 1, 'a new one starts with version 1');
select is((select is_default from made), false, 'the role has its default already');
select is((select is_default from app.save_agent(null, p_name => 'Recall', p_role => 'outbound')), true, 'the first of its role is the default');
select is((select is_default from app.save_agent((select id from made), p_is_default => true)), true, 'the mark can be moved');
select is((select string_agg(name, ',') from public.agents where role = 'inbound' and is_default), 'Evening', 'to one only');
select throws_ok($$ select app.save_agent(null, p_name => 'Evening', p_role => 'inbound') $$, 'VX409', null, 'a name that is taken');
select throws_ok($$ select app.save_agent(null, p_name => 'Odd', p_role => 'sideways') $$, 'VX400', null, 'a role there is not');
select throws_ok($$ select app.save_agent(null, p_name => 'Odd', p_role => 'inbound', p_max_call_seconds => 5) $$, 'VX400', null, 'too short a call');
select throws_ok($$ select app.save_agent('b0000000-0000-7000-8000-000000000041', p_name => 'Mine') $$, 'VX404', null, 'another clinic''s agent');
reset role;
select is((select name from public.agents where id = 'b0000000-0000-7000-8000-000000000041'), 'Receptionist', 'is as it was');
select is((select count(*) from river.river_job where kind = 'sync_agent'
  and args ->> 'org_id' = 'a0000000-0000-7000-8000-000000000001'), 4::bigint, 'one job a save');
select pg_temp.act_as('staff');
select throws_ok($$ select app.save_agent(null, p_name => 'Odd') $$, 'VX403', null, 'staff do not change how the clinic speaks');
select pg_temp.act_for('a');
select throws_ok($$ select app.save_agent(null, p_name => 'Odd') $$, '42501', null, 'nor does a webhook');

select * from finish();
rollback;
