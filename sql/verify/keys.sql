-- Do the keys begin with the tenant, and are the indexes those that are needed?
--
--   psql -X "$ADMIN_DATABASE_URL" -f sql/verify/keys.sql
--
-- Findings and what to do: docs/verify/keys.md.
\ir begin.psql
\ir checks/keys.sql
\ir verdict.psql
