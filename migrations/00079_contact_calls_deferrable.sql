-- A contact names the call it came from, and that call the contact: neither can arrive first when a clinic is imported.
-- Initially immediate: whoever does not ask to have it deferred, as only app.begin_import does, is refused as before. One table a
-- migration: see docs/dba.md.

-- +goose Up
-- +goose StatementBegin
set local lock_timeout = '5s';
alter table public.contacts alter constraint contacts_org_id_origin_call_id_fkey deferrable;
-- +goose StatementEnd

-- +goose Down
-- +goose StatementBegin
alter table public.contacts alter constraint contacts_org_id_origin_call_id_fkey not deferrable;
-- +goose StatementEnd
