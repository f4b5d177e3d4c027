-- refused: nothing is written while the index is made
set local lock_timeout = '5s';
create index contacts_email on public.contacts (org_id, email);
