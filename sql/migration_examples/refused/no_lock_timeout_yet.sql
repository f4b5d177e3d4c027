-- refused: waits for its lock without an end
alter table public.contacts add column nickname text;
set local lock_timeout = '5s';
