-- +goose NO TRANSACTION
-- +goose Up
create index concurrently contacts_nickname on public.contacts (org_id, nickname);
