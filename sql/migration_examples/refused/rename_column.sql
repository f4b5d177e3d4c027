-- refused: breaks the version that still runs
set local lock_timeout = '5s';
alter table public.contacts rename column email to mail;
