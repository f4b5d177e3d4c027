-- River's own migration 3 (line main), word for word, in schema river; sql/river_test.go compares.
-- The rows of river_migration tell River's tools that it is migrated.

-- +goose Up
-- +goose StatementBegin
-- river 003_river_job_tags_non_null.up.sql
ALTER TABLE river.river_job ALTER COLUMN tags SET DEFAULT '{}';
UPDATE river.river_job SET tags = '{}' WHERE tags IS NULL;
ALTER TABLE river.river_job ALTER COLUMN tags SET NOT NULL;
-- end of river 003_river_job_tags_non_null.up.sql

INSERT INTO river.river_migration (version) VALUES (3);
-- +goose StatementEnd

-- +goose Down
-- +goose StatementBegin
DELETE FROM river.river_migration WHERE version = 3;

-- river 003_river_job_tags_non_null.down.sql
ALTER TABLE river.river_job
    ALTER COLUMN tags DROP NOT NULL,
    ALTER COLUMN tags DROP DEFAULT;
-- end of river 003_river_job_tags_non_null.down.sql
-- +goose StatementEnd
