-- refused: add it not valid
set local lock_timeout = '5s';
alter table public.contacts add constraint short check (length(name) < 200);
