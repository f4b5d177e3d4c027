-- +goose NO TRANSACTION
-- +goose Up
drop index concurrently if exists public.contacts_nickname;
create index concurrently contacts_nickname on public.contacts (org_id, nickname);
drop index concurrently public.contacts_by_nickname;
-- +goose Down
drop index public.contacts_nickname;
