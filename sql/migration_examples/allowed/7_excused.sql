-- +goose Up
set local lock_timeout = '5s';
-- zero-downtime: a row per clinic, a scan of milliseconds
alter table public.organizations add constraint short_name check (length(name) < 200);
