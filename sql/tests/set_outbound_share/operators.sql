-- What operators allow a clinic.
begin;
\ir ../outbound.psql
select plan(9);
select pg_temp.act_for('a');
select results_eq($$ select per_day, at_once, countries from app.set_outbound_share() $$, $$ values (200, null::integer, '{}'::text[]) $$, 'what holds without a word');
select is((select count(*) from public.audit_log where action = 'outbound_share_changed'), 0::bigint, 'looking changes nothing');
select results_eq($$ select per_day, at_once, countries from app.set_outbound_share(50, 2, '{GB}') $$, $$ values (50, 2, '{GB}'::text[]) $$, 'less');
select results_eq($$ select per_day, at_once, countries from app.set_outbound_share(p_at_once => 0) $$, $$ values (50, null::integer, '{GB}'::text[]) $$, 'as many as are free');
select results_eq($$ select per_day, at_once, countries from app.set_outbound_share(p_countries => '{}') $$, $$ values (50, null::integer, '{}'::text[]) $$, 'only its own country');
select is((select count(*) from public.audit_log where action = 'outbound_share_changed'), 3::bigint, 'each change is written down');
select throws_ok($$ select app.set_outbound_share(p_countries => '{gb}') $$, 'VX400', null, 'no country');
select throws_ok($$ select app.set_outbound_share(-1) $$, 'VX400', null, 'less than none');
select pg_temp.act_as('owner');
select throws_ok($$ select app.set_outbound_share(10000) $$, '42501', null, 'no member sets it');
select * from finish();
rollback;
