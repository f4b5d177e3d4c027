-- Does row security, asked as a request asks it, keep two clinics apart?
--
--   psql -X "$ADMIN_DATABASE_URL" -f sql/verify/isolation.sql
--
-- Findings and what to do: docs/verify/isolation.md.
\ir begin.psql
\ir checks/isolation.sql
\ir verdict.psql
