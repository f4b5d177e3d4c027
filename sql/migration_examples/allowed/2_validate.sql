-- +goose Up
set local lock_timeout = '5s';
alter table public.contacts validate constraint has_nickname, validate constraint of_org;
