-- Is every tenant still shut off from every other?
--
--   psql -X "$ADMIN_DATABASE_URL" -f sql/verify/rls.sql
--
-- Findings and what to do: docs/verify/rls.md.
\ir begin.psql
\ir checks/rls.sql
\ir verdict.psql
