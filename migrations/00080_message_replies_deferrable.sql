-- A message may name a later row of its own table, so that a clinic's messages can be imported in no order.
-- Initially immediate: whoever does not ask to have it deferred, as only app.begin_import does, is refused as before. One table a
-- migration: see docs/dba.md.

-- +goose Up
-- +goose StatementBegin
set local lock_timeout = '5s';
alter table public.messages alter constraint messages_org_id_in_reply_to_fkey deferrable;
-- +goose StatementEnd

-- +goose Down
-- +goose StatementBegin
alter table public.messages alter constraint messages_org_id_in_reply_to_fkey not deferrable;
-- +goose StatementEnd
