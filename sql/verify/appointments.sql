-- Do the appointments hold what the booking functions promise?
--
--   psql -X "$ADMIN_DATABASE_URL" -f sql/verify/appointments.sql
--
-- Findings and what to do: docs/verify/appointments.md.
\ir begin.psql
\ir checks/appointments.sql
\ir verdict.psql
