-- Who may have a number, and what stands before anything is done outside.
begin;
\ir ../provisioning.psql
select plan(35);
select pg_temp.act_as('staff');
select throws_ok($$ select pg_temp.begin('+13125550180') $$, 'VX403', null, 'not for staff');
select pg_temp.act_as('admin');
select throws_ok($$ select pg_temp.begin('5550180') $$, 'VX400', null, 'no number');
select throws_ok($$ select pg_temp.begin('+13125550180', p_routing => 'odd') $$, 'VX400', null, 'no routing');
select throws_ok($$ select pg_temp.begin('+442079460100') $$, 'VX409', 'this number is in use by another organization', 'another clinic''s number; whose is not said');
select throws_ok($$ select pg_temp.begin('+13125550150') $$, 'VX409', null, 'the clinic''s own line would ring itself');
select is(pg_temp.rows('public.org_credentials') + pg_temp.rows('public.provisioning') + pg_temp.rows('river.river_job r, lateral (select ''a0000000-0000-7000-8000-000000000001''::uuid as org_id) o'), 0::bigint, 'nothing was written');

select is(pg_temp.begin('+13125550180'), 'running check dynamic', 'begun');
select is(pg_temp.state(), 'running: waiting waiting waiting waiting waiting', 'nothing is done yet');
select is(pg_temp.rows('public.org_credentials'), 1::bigint, 'the account is kept first');
select results_eq($$ select number from public.phone_numbers order by 1 $$, $$ values ('+13125550100'), ('+13125550180') $$, 'the number is claimed');
select is((select count(*) from public.audit_log where action = 'number_set_up' and actor_user_id is not null), 1::bigint, 'audited');
select pg_temp.owner($$ create temp table jobs as select args from river.river_job where kind = 'provision_number' and queue = 'vapi' $$);
select results_eq($$ select (select array_agg(k order by k) from jsonb_object_keys(args) k) from pg_temp.jobs $$, $$ values (array['org_id', 'provisioning_id']) $$, 'the job holds ids only') from pg_temp.owner('grant select on pg_temp.jobs to public');
select is(pg_temp.begin('+13125550180'), 'running check dynamic', 'the same again');
select is(pg_temp.rows('public.provisioning'), 1::bigint, 'is the same run');
select throws_ok($$ select * from public.provisioning $$, '42501', null, 'no list shows it');
select throws_ok($$ select * from public.provisioning_steps $$, '42501', null, 'nor what was remembered');

select pg_temp.act_for('a');
select pg_temp.work();
select is(pg_temp.state(), 'active: done done done done done', 'it works');
select is((select concat_ws(' ', state, number, vapi_phone_number_id, vapi_assistant_id, routing) from app.inbound_status()), 'active +13125550180 import-1 assistant-a dynamic', 'and is shown');
select is(pg_temp.told(), 'number_active', 'staff are told');
select pg_temp.act_as('owner');
select is(pg_temp.begin('+13125550180'), 'active dynamic', 'the same again changes nothing');
select is(pg_temp.begin('+13125550180', p_changed => true), 'running check dynamic', 'another token goes through every step');
select pg_temp.act_for('a');
select pg_temp.work();
select is(pg_temp.told(), 'number_active', 'staff are told of the first time only');
select is(pg_temp.events() > 15, true, 'every step is told to live pages');
select pg_temp.act_as('owner');
select is(pg_temp.begin('+13125550180', p_routing => 'fixed'), 'running check fixed', 'so does another routing');
select pg_temp.act_for('a');
select pg_temp.work();
select pg_temp.act_as('owner');
select pg_temp.owner($$
  insert into public.agents (org_id, id, name, role) values ('a0000000-0000-7000-8000-000000000001', 'a0000000-0000-7000-8000-000000000042', 'Evening', 'inbound');
  insert into public.assistant_routes (vapi_assistant_id, org_id, agent_id)
  values ('assistant-a2', 'a0000000-0000-7000-8000-000000000001', 'a0000000-0000-7000-8000-000000000042') $$);
select app.save_agent('a0000000-0000-7000-8000-000000000042', p_name => 'Night');
select is((select state from app.inbound_status()), 'active', 'an agent that answers no number changes none');
select app.save_agent('a0000000-0000-7000-8000-000000000042', p_is_default => true);
select is((select concat_ws(' ', state, step) from app.inbound_status()), 'running routing', 'another default agent: a fixed number carries another assistant');
select pg_temp.act_for('a');
select is((select concat_ws(' ', step, vapi_assistant_id) from app.take_provisioning_step(pg_temp.run(), 'a0000000-0000-7000-8000-0000000001f1')), 'routing assistant-a2', 'this one');
select pg_temp.finish('routing');
select pg_temp.act_as('owner');
select app.save_agent('a0000000-0000-7000-8000-000000000041', p_is_default => true);
select throws_ok($$ select app.remove_credential('twilio') $$, 'VX409', null, 'without its account a line could not be given back');
select throws_ok($$ select pg_temp.begin('+13125550181', p_account => 'AC99…00') $$, 'VX409', null, 'nor is it replaced by another');
select is(pg_temp.begin('+13125550181'), 'running check dynamic', 'a second number of the same account');
select results_eq($$ select number from public.phone_numbers order by 1 $$, $$ values ('+13125550100'), ('+13125550180'), ('+13125550181') $$, 'keeps the first');

select pg_temp.owner($$ delete from public.assistant_routes where vapi_assistant_id = 'assistant-a' $$);
select throws_ok($$ select pg_temp.begin('+13125550182', p_routing => 'fixed') $$, 'VX409', null, 'fixed needs an assistant');
select pg_temp.owner($$ update public.agents set role = 'outbound' where id = 'a0000000-0000-7000-8000-000000000041' $$);
select throws_ok($$ select pg_temp.begin('+13125550182') $$, 'VX409', null, 'nobody would answer');
select pg_temp.act_for('b');
select is_empty($$ select * from app.inbound_status() $$, 'another clinic sees none of it');
select is_empty($$ select * from app.take_provisioning_step(pg_temp.run(), 'a0000000-0000-7000-8000-0000000001f1') where outcome <> 'over' $$, 'and works on none');
select * from finish();
rollback;
