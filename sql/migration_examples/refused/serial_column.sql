-- refused: a generated or numbered column
set local lock_timeout = '5s';
alter table public.contacts add n bigserial;
