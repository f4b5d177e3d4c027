do $$ begin execute format('alter database %I set verify.dead_rows = 1000', current_database()); end $$;
create table public.worn (id integer primary key, word text) with (autovacuum_enabled = off);
insert into public.worn select n, repeat('a', 100) from generate_series(1, 5000) n;
delete from public.worn where id > 500;
select pg_stat_force_next_flush();
