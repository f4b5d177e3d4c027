-- refused: a volatile default
set local lock_timeout = '5s';
alter table public.contacts add column a text, add column b uuid default gen_random_uuid();
