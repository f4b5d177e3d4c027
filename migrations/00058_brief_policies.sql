-- What a clinic lets every caller know beyond hours and prices is told in calls that come, calls that are made and test calls alike.

-- +goose Up
-- +goose StatementBegin
-- In a block because sqlc, which reads this file, knows no attributes; it has the types from queries/_rowtypes.sql.
do $$
begin
  alter type app.clinic_facts add attribute policies text;
  alter type app.assistant_facts add attribute policies text;
  alter type app.outbound_dial add attribute policies text;
  comment on column app.clinic_facts.policies is 'As organizations.policies: insurance, late cancellations; empty where the clinic wrote nothing.';
end
$$;
-- +goose StatementEnd

-- +goose Down
-- +goose StatementBegin
do $$
begin
  alter type app.outbound_dial drop attribute policies;
  alter type app.assistant_facts drop attribute policies;
  alter type app.clinic_facts drop attribute policies;
end
$$;
-- +goose StatementEnd
