-- Every check, in one transaction and one list: first the schema, then what stands in it, then whether it is looked after.
--
--   psql -X "$ADMIN_DATABASE_URL" -f sql/verify/all.sql
--
-- -v at_once=…, -v outgrown=… and -v phone=… -v date=… as for outbound.sql, knowledge.sql and appointment.sql. Findings and what to do: docs/verify/.
\ir begin.psql
\if :{?at_once}
  select set_config('verify.at_once', :'at_once', true) as at_once \gset
\endif
\if :{?outgrown}
  select set_config('verify.outgrown', :'outgrown', true) as outgrown \gset
\endif
\if :{?phone}
  select set_config('verify.phone', :'phone', true) as phone \gset
\endif
\if :{?date}
  select set_config('verify.date', :'date', true) as date \gset
\endif
\ir checks/schema.sql
\ir checks/rls.sql
\ir checks/logins.sql
\ir checks/isolation.sql
\ir checks/functions.sql
\ir checks/keys.sql
\ir checks/appointments.sql
\ir checks/appointment.sql
\ir checks/messages.sql
\ir checks/outbound.sql
\ir checks/calendars.sql
\ir checks/tools.sql
\ir checks/knowledge.sql
\ir checks/dashboard.sql
\ir checks/jobs.sql
\ir checks/upkeep.sql
\ir verdict.psql
