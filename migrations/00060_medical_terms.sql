-- Whether what people suffer from is taken out of what is kept of their words.

-- +goose Up
-- +goose StatementBegin
alter table public.organizations add column redact_medical_terms boolean not null default false;
comment on column public.organizations.redact_medical_terms is
  'Whether common conditions and drugs are taken out of transcripts, summaries, messages and questions (app.redact_talk). With hipaa_mode they always are.';
-- +goose StatementEnd

-- +goose Down
-- +goose StatementBegin
alter table public.organizations drop column redact_medical_terms;
-- +goose StatementEnd
