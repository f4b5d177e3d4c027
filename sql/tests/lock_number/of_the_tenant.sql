begin;
\ir ../inside.psql
select plan(3);
select pg_temp.act_inside('a');
create function pg_temp.locks() returns bigint language sql as $$ select count(*) from pg_locks where locktype = 'advisory' and classid = 4 and pid = pg_backend_pid() $$;
select app.lock_number(null);
select is(pg_temp.locks(), 0::bigint, 'no number, no lock');
select app.lock_number('+13125550199'), app.lock_number('+13125550199');
select is(pg_temp.locks(), 1::bigint, 'one number');
select pg_temp.act_inside('b');
select app.lock_number('+13125550199');
select is(pg_temp.locks(), 2::bigint, 'of one clinic');
select * from finish();
rollback;
