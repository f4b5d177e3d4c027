-- Do the messages hold what the sending functions promise?
--
--   psql -X "$ADMIN_DATABASE_URL" -f sql/verify/messages.sql
--
-- Findings and what to do: docs/verify/messages.md.
\ir begin.psql
\ir checks/messages.sql
\ir verdict.psql
