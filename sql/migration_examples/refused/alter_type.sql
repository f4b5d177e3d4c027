-- refused: may rewrite the table
set local lock_timeout = '5s';
alter table public.contacts alter column email type varchar(80);
