-- +goose Up
set local lock_timeout = '5s';
alter table public.contacts alter column nickname set not null;
alter table public.contacts drop constraint has_nickname;
