-- +goose Up
create table public.pets_read (org_id uuid);
create table public.pets_written (org_id uuid);
truncate public.pets_read, public.pets_written;
drop table public.pets_read, public.pets_written cascade;
-- +goose Down
truncate public.contacts;
