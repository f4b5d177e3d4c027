-- refused: breaks the version that still runs
set local lock_timeout = '5s';
drop table if exists public.contacts cascade;
