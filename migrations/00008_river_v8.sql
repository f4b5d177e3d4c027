-- River's own migration 8 (line main), word for word, in schema river; sql/river_test.go compares.
-- The rows of river_migration tell River's tools that it is migrated.

-- +goose Up
-- +goose StatementBegin
-- river 008_job_id_autoincrement.up.sql
-- No-op. Postgres sequences already prevent automatically generated job IDs
-- from being reused.
SELECT 1;
-- end of river 008_job_id_autoincrement.up.sql

INSERT INTO river.river_migration (line, version) VALUES ('main', 8);
-- +goose StatementEnd

-- +goose Down
-- +goose StatementBegin
DELETE FROM river.river_migration WHERE line = 'main' AND version = 8;

-- river 008_job_id_autoincrement.down.sql
-- No-op. Postgres sequences already prevent automatically generated job IDs
-- from being reused.
SELECT 1;
-- end of river 008_job_id_autoincrement.down.sql
-- +goose StatementEnd
