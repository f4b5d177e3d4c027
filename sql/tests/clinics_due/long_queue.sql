-- However many calls wait, taking one and measuring the load read a few index entries.
begin;
\ir ../outbound.psql
select plan(7);
select is(array(select app.clinics_due(app.now())), '{}', 'nobody');
select pg_temp.queue('a', 1), pg_temp.queue('b', 1);
update public.outbound_calls set due_at = app.now() + interval '1 minute' where org_id = 'b0000000-0000-7000-8000-000000000001';
select is(array(select app.clinics_due(app.now())), '{a0000000-0000-7000-8000-000000000001}', 'whose call is due');
select is(array(select app.clinics_due(app.now() + interval '1 minute')), '{a0000000-0000-7000-8000-000000000001,b0000000-0000-7000-8000-000000000001}', 'and later');

insert into public.outbound_calls (org_id, kind, to_number, due_at, until_at, look_at)
select case when n % 2 = 0 then 'a0000000-0000-7000-8000-000000000001' else 'b0000000-0000-7000-8000-000000000001' end::uuid,
  'test', '+1312555' || lpad(n::text, 5, '0'), app.now() + n % 3 * interval '1 hour', app.now() + interval '1 day', app.now() + interval '1 day'
from generate_series(10000, 30000) n;
analyze public.outbound_calls;
-- blocks(query): how many pages of tables and indexes it touches.
create function pg_temp.blocks(p_query text) returns bigint language plpgsql as $$
declare
  v_plan json;
begin
  execute p_query; -- catalogues are read once
  execute 'explain (analyze, buffers, format json) ' || p_query into v_plan;
  return (v_plan -> 0 -> 'Plan' ->> 'Shared Hit Blocks')::bigint + (v_plan -> 0 -> 'Plan' ->> 'Shared Read Blocks')::bigint;
end
$$;
select cmp_ok(pg_temp.blocks($$ select * from app.clinics_due(app.now()) $$), '<', 100::bigint, 'the clinics that wait');
select cmp_ok(pg_temp.blocks($$ select * from app.take_outbound_call(100000, pg_temp.lease(), 60) $$), '<', 300::bigint, 'taking a call');
select cmp_ok((select waiting from app.outbound_load()), '=', 10000::bigint, 'what waits is counted up to a bound');
select cmp_ok((select due from app.outbound_load()), '<=', 10000::bigint, 'as is what is due');
select * from finish();
rollback;
