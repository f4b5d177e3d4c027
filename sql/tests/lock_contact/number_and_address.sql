begin;
\ir ../messages.psql
select plan(4);
-- locks(contact): how many locks on numbers and addresses are held after that contact is locked too.
create function pg_temp.locks(p_contact text) returns bigint language sql volatile as $$
  select app.lock_contact(('a0000000-0000-7000-8000-0000000000' || p_contact)::uuid);
  select count(*) from pg_locks l where l.locktype = 'advisory' and l.classid = 4 and l.pid = pg_backend_pid()
$$;
select pg_temp.act_inside('a');
select is(pg_temp.locks('d1'), 2::bigint, 'number and address');
select is(pg_temp.locks('d2'), 3::bigint, 'a number alone');
select is(pg_temp.locks('ff'), 3::bigint, 'nobody');
select pg_temp.act_inside('b');
select is(pg_temp.locks('d1'), 3::bigint, 'of another clinic');
select * from finish();
rollback;
