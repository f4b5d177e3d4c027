-- refused: may rewrite the table
set local lock_timeout = '5s';
alter table only public.contacts alter email set data type citext;
