-- Do repeated wishes act once, do invitations open what they should, and are the statistics of calls true?
--
--   psql -X "$ADMIN_DATABASE_URL" -f sql/verify/dashboard.sql
--
-- Findings and what to do: docs/verify/dashboard.md.
\ir begin.psql
\ir checks/dashboard.sql
\ir verdict.psql
