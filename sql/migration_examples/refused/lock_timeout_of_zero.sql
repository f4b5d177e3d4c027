-- refused: waits for its lock without an end
set local lock_timeout = '0';
alter table public.contacts add column nickname text;
