begin;
select plan(22);
\ir ../clinics.psql
\set call1 a0000000-0000-7000-8000-0000000000c1
insert into public.departments (org_id, location_id, name, phone) values
  ('a0000000-0000-7000-8000-000000000001', 'a0000000-0000-7000-8000-000000000010', 'billing', '+13125550151'),
  ('a0000000-0000-7000-8000-000000000001', 'a0000000-0000-7000-8000-000000000010', 'ours', '+13125550100'),
  ('a0000000-0000-7000-8000-000000000001', 'a0000000-0000-7000-8000-000000000010', 'harbor', '+442079460100'),
  ('a0000000-0000-7000-8000-000000000001', 'a0000000-0000-7000-8000-000000000010', 'caller', '+13125550111');
create function pg_temp.asked(p_call text, p_department text) returns text language sql as $$
  select concat_ws(' ', outcome, reason, phone, caller_id) from app.transfer_destination(('a0000000-0000-7000-8000-0000000000' || p_call)::uuid, p_department)
$$;
grant execute on function pg_temp.asked to public;

select pg_temp.act_for('a');
select is(pg_temp.asked('c1', null), 'refused closed +13125550100', 'before nine in Chicago nobody is there');
select is((select count(*) from public.audit_log), 0::bigint, 'a refusal is no transfer');
reset role;
update app.test_clock set at = '2030-03-04 15:00:00+00';
select pg_temp.act_for('a');
select is(pg_temp.asked('c1', 'ours'), 'refused loop +13125550100', 'a number of ours would ring us again');
select is(pg_temp.asked('c1', 'harbor'), 'refused loop +13125550100', 'also another clinic''s');
select is(pg_temp.asked('c1', 'caller'), 'refused loop +13125550100', 'the caller''s own is engaged');
select is(pg_temp.asked('c1', ' Billing '), 'transfer +13125550151 +13125550100', 'the department, whatever its case');
select results_eq('select action, entity, entity_id from public.audit_log', format($$values ('caller_transferred', 'call', %L::uuid)$$, :'call1'), 'is audited');
select is(pg_temp.asked('c1', 'billing'), 'refused already_transferred +13125550100', 'once in ten minutes');
select is(pg_temp.asked('c1', null), 'refused already_transferred +13125550100', 'wherever to');
select is(pg_temp.asked('c3', 'unheard of'), 'transfer +13125550150 +13125550100', 'an unknown department is the clinic''s own line');
select is(pg_temp.asked('c2', ''), 'transfer +13125550150 +13125550100', 'no department too, also for a withheld number');
select is(pg_temp.asked('c2', ''), 'refused already_transferred +13125550100', 'which is kept apart by its call');

reset role;
insert into public.call_logs (org_id, id, vapi_call_id, location_id, direction, from_number, to_number) values
  ('a0000000-0000-7000-8000-000000000001', 'a0000000-0000-7000-8000-0000000000c7', 'call-7', 'a0000000-0000-7000-8000-000000000010', 'inbound', '+13125550111', '+13125550100'),
  ('a0000000-0000-7000-8000-000000000001', 'a0000000-0000-7000-8000-0000000000c9', 'call-9', 'a0000000-0000-7000-8000-000000000010', 'inbound', '+13125550100', '+13125550100'),
  ('a0000000-0000-7000-8000-000000000001', 'a0000000-0000-7000-8000-0000000000c8', 'call-8', 'a0000000-0000-7000-8000-000000000010', 'inbound', null, '+13125550100');
select pg_temp.act_for('a');
select is(pg_temp.asked('c7', null), 'refused already_transferred +13125550100', 'the same caller calling again is a loop');
select is(pg_temp.asked('c9', null), 'refused loop +13125550100', 'a call that comes from our own number came back from a transfer');
select is(pg_temp.asked('c8', null), 'transfer +13125550150 +13125550100', 'another withheld one is not');
reset role;
update app.test_clock set at = '2030-03-04 15:10:01+00';
select pg_temp.act_for('a');
select is(pg_temp.asked('c7', null), 'transfer +13125550150 +13125550100', 'after ten minutes again');

reset role;
update app.test_clock set at = '2030-03-04 15:30:00+00';
update public.locations set phone_forwards_here = true;
select pg_temp.act_for('a');
select is(pg_temp.asked('c7', null), 'refused loop +13125550100', 'a line that forwards to us would ring us again, whoever calls');
select is(pg_temp.asked('c7', 'billing'), 'transfer +13125550151 +13125550100', 'a department has a line of its own');

reset role;
update public.locations set phone_forwards_here = false;
insert into public.closures (org_id, location_id, during) values
  ('a0000000-0000-7000-8000-000000000001', 'a0000000-0000-7000-8000-000000000010', '[2030-03-04 15:00+00, 2030-03-04 23:00+00)');
update app.test_clock set at = '2030-03-04 16:00:00+00';
select pg_temp.act_for('a');
select is(pg_temp.asked('c7', null), 'refused closed +13125550100', 'a closure');
reset role;
update public.locations set phone = null;
select pg_temp.act_for('a');
select is(pg_temp.asked('c7', null), 'refused no_number +13125550100', 'no line of its own');
select is((select concat_ws(' ', outcome, reason, phone, caller_id) from app.transfer_destination('b0000000-0000-7000-8000-0000000000c1', null)), 'refused no_number', 'another tenant''s call goes nowhere');
select pg_temp.act_for('b');
select is((select count(*) from public.audit_log), 0::bigint, 'nor is it in its audit log');
select * from finish();
rollback;
