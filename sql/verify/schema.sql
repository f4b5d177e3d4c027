-- Is the database at this release's migrations, with its extensions, and is nothing of it switched off?
--
--   psql -X "$ADMIN_DATABASE_URL" -f sql/verify/schema.sql
--
-- Findings and what to do: docs/verify/schema.md.
\ir begin.psql
\ir checks/schema.sql
\ir verdict.psql
