-- refused: breaks the version that still runs
set local lock_timeout = '5s';
create table public.pets (org_id uuid);
drop table public.pets, public.contacts;
