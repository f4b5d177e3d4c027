-- refused: looks at every row while nobody reads
set local lock_timeout = '5s';
alter table public.contacts alter column email set not null;
