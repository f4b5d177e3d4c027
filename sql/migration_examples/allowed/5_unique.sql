-- +goose Up
set local lock_timeout = '5s';
alter table public.contacts add constraint contacts_one_nickname unique using index contacts_nickname;
