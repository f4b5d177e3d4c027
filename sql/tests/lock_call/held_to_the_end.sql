begin;
\ir ../inside.psql
select plan(7);

create function pg_temp.locked() returns text[] language sql as $$
  select coalesce(array_agg(classid || ':' || objid order by classid, objid), '{}') from pg_locks where locktype = 'advisory' and classid = 1 and pid = pg_backend_pid() and granted
$$;
create function pg_temp.key(p_id text) returns text language sql as $$ select '1:' || hashtext(p_id)::bit(32)::bigint $$;
select pg_temp.act_inside('a');
select is(pg_temp.locked(), '{}', 'nothing is locked');
select app.lock_call(:'call1');
select is(pg_temp.locked(), array[pg_temp.key(:'call1')], 'the call');
select app.lock_call(:'call1');
select is(pg_temp.locked(), array[pg_temp.key(:'call1')], 'is locked once');
select app.lock_call(:'call2');
select is(cardinality(pg_temp.locked()), 2, 'another call is another lock');
select lives_ok('select app.lock_call(null)', 'no call');
select is(cardinality(pg_temp.locked()), 2, 'locks nothing');
select is((select bool_and(mode = 'ExclusiveLock') from pg_locks where locktype = 'advisory' and classid = 1 and pid = pg_backend_pid()), true, 'nobody shares them');

select * from finish();
rollback;
