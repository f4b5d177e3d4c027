-- Taking a wish to call back, while it waits.
begin;
\ir ../outbound.psql
select plan(9);
select pg_temp.act_as('staff');
select pg_temp.wish(p_key => 'key-1');
select pg_temp.act_as('viewer');
select throws_ok($$ select * from app.cancel_outbound_call(pg_temp.wished()) $$, 'VX403', null, 'not for viewers');
select pg_temp.act_as('staff');
select throws_ok($$ select * from app.cancel_outbound_call('a0000000-0000-7000-8000-0000000000d1') $$, 'VX404', null, 'an unknown call');
select results_eq($$ select outcome, state from app.cancel_outbound_call(pg_temp.wished()) $$, $$ values ('cancelled', 'cancelled') $$, 'taken back');
select is(pg_temp.stands(), 'cancelled by_staff 0/0', 'for good');
select results_eq($$ select outcome, state from app.cancel_outbound_call(pg_temp.wished()) $$, $$ values ('cancelled', 'cancelled') $$, 'twice is once');
select is(pg_temp.told(), 0::bigint, 'nobody is told what they did');
select is(pg_temp.wish(p_key => 'key-1'), 'replayed 04 08:00', 'the wish was that one');
select is(pg_temp.wish(p_key => 'key-2'), 'queued 04 08:00', 'another may follow');
select pg_temp.owner($$ update public.outbound_calls set state = 'under_way', vapi_call_id = 'vapi-1', ends_by = now() where state = 'waiting' $$);
select results_eq($$ select outcome, state from app.cancel_outbound_call(pg_temp.wished()) $$, $$ values ('too_late', 'under_way') $$, 'a call that rings is not stopped');
select * from finish();
rollback;
