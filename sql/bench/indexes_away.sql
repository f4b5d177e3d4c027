-- Before tables are filled: keys hold by the way the rows are made; looking each of them up would take longer than making them.
-- So would keeping indexes up to date row by row. Checks, unique keys and the rule against overlaps stay. The same session runs
-- indexes_back.sql when all is filled.
set session_replication_role = replica;
create temp table later as
select pg_get_indexdef(i.indexrelid) as definition, i.indexrelid::regclass as name
from pg_index i
join pg_class c on c.oid = i.indrelid and c.relnamespace = 'public'::regnamespace
where not i.indisunique and not i.indisexclusion;
do $$ begin
  execute (select 'drop index ' || string_agg(l.name::text, ', ') from later l);
end $$;
