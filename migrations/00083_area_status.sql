-- What dashboards are told of the work behind a clinic.

-- +goose Up
-- +goose StatementBegin
create type app.area_status as (
  area text,
  state text,
  waiting bigint,
  oldest_waiting_at timestamptz,
  last_success_at timestamptz,
  problem text,
  problem_at timestamptz
);
comment on type app.area_status is
  'A kind of work that is done for a clinic by itself. state: ok, working (something waits, not for long), delayed (for longer than it should) or failing. problem: what stands in the way now, as a word; NULL while ok or working. problem_at: since when, as far as is known.';
-- +goose StatementEnd

-- +goose Down
-- +goose StatementBegin
drop type app.area_status cascade;
-- +goose StatementEnd
