-- Does PostgreSQL keep the tables clean: dead rows, bloat, transaction ids, long transactions?
--
--   psql -X "$ADMIN_DATABASE_URL" -f sql/verify/upkeep.sql
--
-- Findings and what to do: docs/verify/upkeep.md.
\ir begin.psql
\ir checks/upkeep.sql
\ir verdict.psql
