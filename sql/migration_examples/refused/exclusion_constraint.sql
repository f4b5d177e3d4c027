-- refused: makes an index while nobody reads
set local lock_timeout = '5s';
alter table public.appointments add constraint never exclude using gist (org_id with =, during with &&);
