-- What members see of a clinic's accounts at Google and Microsoft.

-- +goose Up
-- +goose StatementBegin
create type app.calendar_account as (
  provider text,
  credential text,
  connected_email text,
  connected_at timestamptz,
  last_verified_at timestamptz,
  needs_reconnect_at timestamptz,
  problem text,
  changed_at timestamptz,
  calendars integer
);
comment on type app.calendar_account is
  'A provider (google, microsoft) and the clinic''s account there; connected_at NULL: none is connected. needs_reconnect_at: since when the provider refuses the tokens. problem: what the last question to the provider said, in our words. changed_at: when the tokens were last written. calendars: how many are linked.';
-- +goose StatementEnd

-- +goose Down
-- +goose StatementBegin
drop type app.calendar_account cascade;
-- +goose StatementEnd
