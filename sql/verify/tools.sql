-- Do the tables agree about which tools each organisation's agents carry? Vapi itself is not asked.
--
--   psql -X "$ADMIN_DATABASE_URL" -v tools_of=lakeside -f sql/verify/tools.sql
--
-- tools_of is the slug or id of an organisation whose tools are listed, or all; without it only faults are.
-- Findings and what to do: docs/verify/tools.md.
\ir begin.psql
\if :{?tools_of}
  select set_config('verify.tools_of', :'tools_of', true) as tools_of \gset
\endif
\ir checks/tools.sql
\ir verdict.psql
