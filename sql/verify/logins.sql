-- Who can log in, and how far do they get without beginning a request?
--
--   psql -X "$ADMIN_DATABASE_URL" -f sql/verify/logins.sql
--
-- Findings and what to do: docs/verify/logins.md.
\ir begin.psql
\ir checks/logins.sql
\ir verdict.psql
