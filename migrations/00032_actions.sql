-- What staff do about a call or a visit: reminders on demand and exported transcripts.

-- +goose Up
-- +goose StatementBegin
comment on column public.messages.recipient is 'The patient''s end of it, a number or an e-mail address: to whom it goes; inbound, from whom it came. Of an export: the member who took it, by e-mail address or id.';
comment on column public.messages.external_message_id is 'The provider''s id of the message. Of an export: its own id, which is printed on it.';

create type app.transcript_export as (
  message_id uuid,
  call_id uuid,
  exported_at timestamptz,
  clinic_name text,
  clinic_phone text,
  country text,
  time_zone text,
  caller_name text,
  phone_number text,
  direction text,
  state text,
  call_date timestamptz,
  duration_seconds integer,
  summary text,
  transcript jsonb
);
comment on type app.transcript_export is
  'A call''s redacted transcript as it leaves the dashboard, with the facts that are printed above it. message_id: the row of messages that says who took it; time_zone: of the place that was called; phone_number: the other side''s; state: see app.call_state; transcript: [{"speaker","text","at"}].';
-- +goose StatementEnd

-- +goose Down
-- +goose StatementBegin
drop type app.transcript_export;
comment on column public.messages.external_message_id is 'The provider''s id of the message.';
comment on column public.messages.recipient is 'The patient''s end of it, a number or an e-mail address: to whom it goes; inbound, from whom it came.';
-- +goose StatementEnd
