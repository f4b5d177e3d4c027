-- Do clinics' documents answer whole, and fast?
--
--   psql -X "$ADMIN_DATABASE_URL" -v outgrown=50000 -f sql/verify/knowledge.sql
--
-- outgrown is how many pieces a clinic may have that are compared one by one; 50000 when it is not given.
-- Findings and what to do: docs/verify/knowledge.md.
\ir begin.psql
\if :{?outgrown}
  select set_config('verify.outgrown', :'outgrown', true) as outgrown \gset
\endif
\ir checks/knowledge.sql
\ir verdict.psql
