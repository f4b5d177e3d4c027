-- Do the workers run, and does every job come to its end?
--
--   psql -X "$ADMIN_DATABASE_URL" -f sql/verify/jobs.sql
--
-- Findings and what to do: docs/verify/jobs.md.
\ir begin.psql
\ir checks/jobs.sql
\ir verdict.psql
