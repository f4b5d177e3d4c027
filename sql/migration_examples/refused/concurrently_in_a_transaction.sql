-- refused: needs a file with
set local lock_timeout = '5s';
create index concurrently contacts_email on public.contacts (org_id, email);
