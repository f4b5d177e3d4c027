-- What has the person with a number booked, and is there a visit on the date?
--
--   psql -X "$ADMIN_DATABASE_URL" -v phone=+13125550190 -v date=2026-11-23 -f sql/verify/appointment.sql
--
-- Without phone nothing is asked. Findings and what to do: docs/verify/appointment.md.
\ir begin.psql
\if :{?phone}
  select set_config('verify.phone', :'phone', true) as phone \gset
\endif
\if :{?date}
  select set_config('verify.date', :'date', true) as date \gset
\endif
\ir checks/appointment.sql
\ir verdict.psql
