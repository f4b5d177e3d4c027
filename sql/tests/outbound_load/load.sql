-- What gauges show.
begin;
\ir ../outbound.psql
select plan(2);
select results_eq($$ select * from app.outbound_load() $$, $$ values (0::bigint, 0::bigint, 0::bigint) $$, 'nothing');
select pg_temp.queue('a', 3), pg_temp.queue('b', 2);
select pg_temp.take(10), pg_temp.take(10);
update public.outbound_calls set due_at = app.now() + interval '1 minute' where id = pg_temp.wished();
select results_eq($$ select occupied, waiting from app.outbound_load() $$, $$ values (2::bigint, 3::bigint) $$, 'of all tenants together');
select * from finish();
rollback;
