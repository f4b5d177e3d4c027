-- Do the functions run as whom they should, for whom they should?
--
--   psql -X "$ADMIN_DATABASE_URL" -f sql/verify/functions.sql
--
-- Findings and what to do: docs/verify/functions.md.
\ir begin.psql
\ir checks/functions.sql
\ir verdict.psql
