-- Resources are locked by key, in one order whatever order they come in; a call first, so that no two wait in a ring.
begin;
\ir ../inside.psql
select plan(9);

create function pg_temp.locked() returns text[] language sql as $$
  select coalesce(array_agg(classid || ':' || objid order by classid, objid), '{}') from pg_locks where locktype = 'advisory' and classid in (1, 2) and pid = pg_backend_pid() and granted
$$;
create function pg_temp.keys(variadic p_ids text[]) returns text[] language sql as $$
  select array_agg('2:' || hashtext(i)::bit(32)::bigint order by hashtext(i)::bit(32)::bigint) from unnest(p_ids) i
$$;
select pg_temp.act_inside('a');
select lives_ok($$ select app.lock_resources('{}'), app.lock_resources(null) $$, 'nobody');
select is(pg_temp.locked(), '{}', 'locks nothing');
savepoint first;
select app.lock_resources(array[:'blake', :'avery', :'blake']::uuid[]);
select is(pg_temp.locked(), pg_temp.keys(:'avery', :'blake'), 'each of them once');
rollback to savepoint first;
select is(pg_temp.locked(), '{}', 'a statement that was undone holds nothing');
select app.lock_resources(array[:'avery', :'blake']::uuid[]);
select is(pg_temp.locked(), pg_temp.keys(:'avery', :'blake'), 'in the other order it is the same');

rollback to savepoint first;
select pg_temp.book('05 10:00', 'Ann Quillby');
select is(pg_temp.locked(), array['1:' || hashtext(:'call1')::bit(32)::bigint] || pg_temp.keys(:'avery', :'blake'), 'a booking for anybody holds the call and everybody it could have been');

-- The order itself, with a lock that writes down what it is asked for.
reset role;
create schema recorder;
create table recorder.asked (n integer generated always as identity, class integer, key integer);
create function recorder.pg_advisory_xact_lock(p_class integer, p_key integer) returns void language sql security definer as $$
  insert into recorder.asked (class, key) values (p_class, p_key)
$$;
grant usage on schema recorder to app_writer;
grant select on recorder.asked to app_writer;
grant execute on all functions in schema recorder to app_writer;
alter function app.lock_call(uuid) set search_path = recorder, pg_catalog;
alter function app.lock_resources(uuid[]) set search_path = recorder, pg_catalog;
select pg_temp.act_inside('a');
select app.lock_resources(array[:'avery', :'blake']::uuid[]), app.lock_resources(array[:'blake', :'avery']::uuid[]);
select is((select array_agg(key order by n) from recorder.asked where n <= 2), (select array_agg(key order by key) from recorder.asked where n <= 2), 'by key');
select is((select array_agg(key order by n) from recorder.asked where n > 2), (select array_agg(key order by n) from recorder.asked where n <= 2), 'in whatever order they come');
select pg_temp.book('05 12:00', 'Ann Quillby');
select is((select array_agg(class order by n) from recorder.asked where n > 4), '{1,2,2}', 'the call before the resources');

select * from finish();
rollback;
