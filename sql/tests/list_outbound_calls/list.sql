-- What the dashboard shows of a clinic's own calls.
begin;
\ir ../outbound.psql
select plan(12);
select pg_temp.act_as('staff');
select pg_temp.wish();
select pg_temp.act_as('admin');
select pg_temp.pass('1 minute');
select pg_temp.wish('test', p_to => '+13125550177');
select pg_temp.act_as('viewer');
select results_eq($$ select kind, contact_name, to_number, state, attempt, total, total_is_estimate from app.list_outbound_calls(1, 20) $$,
  $$ values ('test', null, '+13125550177', 'waiting', 0, 2::bigint, false), ('call_back', 'Nora Quillfeather', '+13125550199', 'waiting', 0, 2, false) $$, 'the newest first, for every member');
select results_eq($$ select kind from app.list_outbound_calls(2, 1) $$, $$ values ('call_back') $$, 'the second page');
select is_empty($$ select * from app.list_outbound_calls(3, 1) $$, 'there is no third');
select results_eq($$ select kind from app.list_outbound_calls(1, 20, p_kind => 'test') $$, $$ values ('test') $$, 'of a kind');
select is_empty($$ select * from app.list_outbound_calls(1, 20, p_state => 'ended') $$, 'of a state');
select results_eq($$ select kind, total from app.list_outbound_calls(1, 20, p_contact_id => 'a0000000-0000-7000-8000-0000000000d1') $$, $$ values ('call_back', 1::bigint) $$, 'of a contact');
select results_eq($$ select kind, requested_by from app.read_outbound_call(pg_temp.wished()) $$, $$ values ('test', 'a0000000-0000-7000-8000-0000000000e2'::uuid) $$, 'one of them');
select is_empty($$ select * from app.read_outbound_call('a0000000-0000-7000-8000-0000000000d1') $$, 'none of that id');
select is((select count(*) from public.outbound_calls), 2::bigint, 'the rows are seen');
select throws_ok($$ insert into public.outbound_calls (org_id) values ('a0000000-0000-7000-8000-000000000001') $$, '42501', null, 'and written by functions only');
select pg_temp.act_for('b');
select is((select count(*) from public.outbound_calls), 0::bigint, 'another clinic sees none');
set local role tenant_user;
select is_empty($$ select * from app.list_outbound_calls(1, 20) $$, 'nor in its list');
select * from finish();
rollback;
