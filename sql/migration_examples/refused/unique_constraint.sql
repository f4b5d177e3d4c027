-- refused: makes an index while nobody reads
set local lock_timeout = '5s';
alter table public.contacts add constraint one_email unique (org_id, email);
