do $$ begin execute format('alter database %I set verify.bloat_bytes = 100000', current_database()); end $$;
create table public.worn (id integer primary key, word text) with (autovacuum_enabled = off);
insert into public.worn select n, repeat('a', 100) from generate_series(1, 5000) n;
delete from public.worn where id > 500;
analyze public.worn;
