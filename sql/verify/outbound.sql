-- Do the calls that clinics make hold what the queue promises?
--
--   psql -X "$ADMIN_DATABASE_URL" -v at_once=10 -f sql/verify/outbound.sql
--
-- at_once is VAPI_CALLS_AT_ONCE; 10 when it is not given.
-- Findings and what to do: docs/verify/outbound.md.
\ir begin.psql
\if :{?at_once}
  select set_config('verify.at_once', :'at_once', true) as at_once \gset
\endif
\ir checks/outbound.sql
\ir verdict.psql
