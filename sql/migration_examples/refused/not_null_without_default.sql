-- refused: not null without a default
set local lock_timeout = '5s';
alter table public.contacts add column nickname text not null;
