-- A document names its current version, and that the document: neither can arrive first when a clinic is imported.
-- Initially immediate: whoever does not ask to have it deferred, as only app.begin_import does, is refused as before. One table a
-- migration: see docs/dba.md.

-- +goose Up
-- +goose StatementBegin
set local lock_timeout = '5s';
alter table public.knowledge_documents alter constraint knowledge_documents_org_id_current_version_id_fkey deferrable;
-- +goose StatementEnd

-- +goose Down
-- +goose StatementBegin
alter table public.knowledge_documents alter constraint knowledge_documents_org_id_current_version_id_fkey not deferrable;
-- +goose StatementEnd
