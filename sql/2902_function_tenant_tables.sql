create or replace function app.tenant_tables()
returns setof app.tenant_table
language sql
stable
set search_path = ''
as $$
  with recursive tenant as (
    select c.oid, c.relname::text as name, case c.relname when 'organizations' then 'id' else 'org_id' end as org_column
    from pg_catalog.pg_class c
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
  ), own as (
    select t.*
    from tenant t
    where exists (select from pg_catalog.pg_attribute a where a.attrelid = t.oid and a.attname = t.org_column and not a.attisdropped)
  ), needs as (
    select distinct k.conrelid, k.confrelid
    from pg_catalog.pg_constraint k
    join own o on o.oid = k.conrelid
    where k.contype = 'f' and not k.condeferrable and k.conrelid <> k.confrelid
  ), places (oid, place) as (
    select o.oid, 0 from own o
    union
    -- The bound ends a ring, which a test finds by it: one key of each ring is deferrable.
    select n.conrelid, p.place + 1 from places p join needs n on n.confrelid = p.oid where p.place < 99
  )
  select o.name, (select max(p.place) from places p where p.oid = o.oid), o.org_column,
    array(
      select a.attname::text
      from pg_catalog.pg_attribute a
      where a.attrelid = o.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = '' and a.attidentity = ''
        and not exists (select from app.archive_exclusions() x where x.table_name = o.name and x.column_name = a.attname)
      order by a.attnum),
    array(
      select a.attname::text
      from pg_catalog.pg_index i
      cross join unnest(i.indkey::smallint[]) with ordinality as k (attnum, n)
      join pg_catalog.pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.attnum
      where i.indrelid = o.oid and i.indisprimary
      order by k.n),
    (select x.reason from app.archive_exclusions() x where x.table_name = o.name and x.column_name is null)
  from own o
  order by 2, 1
$$;

comment on function app.tenant_tables() is
  'The tables whose rows belong to clinics, from the catalogue, in an order in which a clinic''s rows can be stored: those that others name by a foreign key come first. Keys that are deferrable do not count; they are checked when all is there. Generated and identity columns make themselves.';

select app.seal('app.tenant_tables()', null);
