-- refused: nothing is written while the index is made
set local lock_timeout = '5s';
create unique index on public.contacts (org_id, email) where email is not null;
