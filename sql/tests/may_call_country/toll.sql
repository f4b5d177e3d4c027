-- Members have numbers called in their own country, and where an operator allows it.
begin;
\ir ../outbound.psql
select plan(11);
create function pg_temp.asked(p_region text, p_to text default '+442079460155') returns text language sql as $$
  select concat_ws(' ', outcome, refusal)
  from app.request_outbound_call('test', null, p_to, null, null, p_region || p_to, '{}', null, p_region)
$$;
select pg_temp.act_as('admin');
select is(pg_temp.asked('GB'), 'refused foreign_number', 'another country');
select is(pg_temp.asked(''), 'refused foreign_number', 'nobody knows where that is, or it is dear');
select is((select refusal from app.request_outbound_call('test', null, '+442079460155', null, null, 'key-0')), 'foreign_number', 'nor was it said');
select is(pg_temp.rows('public.outbound_calls'), 0::bigint, 'nothing waits');
select is(pg_temp.asked('US', '+13125550177'), 'queued', 'its own country');
select results_eq($$ select action, entity_id, actor_user_id is not null from public.audit_log where entity = 'outbound_call' $$,
  $$ select 'outbound_call_requested', id, true from public.outbound_calls $$, 'who asked is written down');
select app.cancel_outbound_call(pg_temp.wished()), app.cancel_outbound_call(pg_temp.wished());
select is((select count(*) from public.audit_log where action = 'outbound_call_cancelled'), 1::bigint, 'who took it back, too, once');
select pg_temp.act_for('a');
select results_eq($$ select per_day, at_once, countries from app.set_outbound_share(p_countries => '{IE,GB,IE}') $$, $$ values (200, null::integer, '{GB,IE}'::text[]) $$, 'an operator adds two');
select pg_temp.act_as('admin');
select is(pg_temp.asked('GB'), 'queued', 'now they may');
select is(pg_temp.asked('FR', '+442079460156'), 'refused foreign_number', 'but nowhere else');
select is(pg_temp.asked('US', '+13125550177'), 'replayed', 'a wish that came before is answered as then');
select * from finish();
rollback;
