-- Whoever is erased is not called any more, and their number stands nowhere.
begin;
\ir ../outbound.psql
select plan(7);
select pg_temp.act_as('staff');
select is(pg_temp.wish(), 'queued 04 08:00', 'a call back');
select pg_temp.owner($$ insert into public.outbound_calls (org_id, kind, contact_id, to_number, due_at, until_at, state, reason, look_at, lease_id)
  select org_id, 'reminder', contact_id, to_number, due_at, until_at, 'placing', null, look_at, pg_temp.lease() from public.outbound_calls $$);
select pg_temp.act_as('admin');
select is(pg_temp.wish('test', p_to => '+13125550199'), 'queued 04 08:00', 'a test call to the same number');
select is(app.erase_contact('a0000000-0000-7000-8000-0000000000d1'), true, 'erased');
select results_eq($$ select kind, state, reason, to_number is null from public.outbound_calls order by 1 $$,
  $$ values ('call_back', 'cancelled', 'erased', true), ('reminder', 'placing', null, false), ('test', 'cancelled', 'erased', true) $$, 'what waits is cancelled; what is dialled this moment');
select pg_temp.act_for('a');
select is((select outcome from public.outbound_calls c, app.prepare_outbound_call(c.id, pg_temp.lease()) where c.kind = 'reminder'), 'over', 'is not');
select results_eq($$ select state, reason, to_number is null from public.outbound_calls where kind = 'reminder' $$, $$ values ('given_up', 'erased', true) $$, 'and loses its number then');
select is((select count(*) from public.outbound_calls where to_number is not null), 0::bigint, 'it stands nowhere');
select * from finish();
rollback;
