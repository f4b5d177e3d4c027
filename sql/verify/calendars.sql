-- Do outside calendars hold what the clinics' visits say, and is what is read from them believed rightly? No provider is asked.
--
--   psql -X "$ADMIN_DATABASE_URL" -f sql/verify/calendars.sql
--
-- Findings and what to do: docs/verify/calendars.md.
\ir begin.psql
\ir checks/calendars.sql
\ir verdict.psql
