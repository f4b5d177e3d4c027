insert into pg_temp.findings
-- The folder's migrations: `go test ./sql -run GoldenVersions -update` writes the list anew.
with folder as (
  select unnest(array[1, 2, 3, 4, 5, 6, 7, 8, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 30, 31, 32, 33, 40, 41, 42, 43, 44, 45, 46, 48, 49, 51, 53, 54, 58, 59, 60, 61, 62, 70, 73, 74, 76, 77, 78, 79, 80, 81, 82, 83, 84]) as version
),
applied as (
  select distinct on (g.version_id) g.version_id as version, g.is_applied
  from public.goose_db_version g
  order by g.version_id, g.id desc
),
needed (extension) as (
  values ('btree_gin'), ('btree_gist'), ('fuzzystrmatch'), ('pg_trgm'), ('vector')
)
-- version_missing: also one between others, which goose passes over when it is told to.
select 'version_missing', 'error', format('migration %s', to_char(f.version, 'FM00000')),
  'this release needs it, and it was not applied',
  'voxanne migrate, or goose up with the folder migrations'
from folder f
where not exists (select from applied a where a.version = f.version and a.is_applied)

union all
-- version_unknown: functions may have changed under this release's feet.
select 'version_unknown', 'warning', format('migration %s', to_char(a.version, 'FM00000')),
  'the database is ahead of this release',
  'run the checks of the release that migrated it; roll the programs forward'
from applied a
where a.is_applied and a.version > 0
  and not exists (select from folder f where f.version = a.version)

union all
-- extension_missing: functions name extensions by schema, because their search_path is empty.
select 'extension_missing', 'error', n.extension,
  coalesce('it is in schema ' || e.extnamespace::regnamespace || ', where no function looks', 'it is not installed'),
  case when e.oid is null then format('create extension %I schema extensions', n.extension)
    else format('alter extension %I set schema extensions', n.extension) end
from needed n
left join pg_extension e on e.extname = n.extension
where e.oid is null or e.extnamespace is distinct from to_regnamespace('extensions')

union all
-- extension_old: pgvector's indexes get better from version to version.
select 'extension_old', 'info', e.extname,
  format('version %s is installed, the server has %s', e.extversion, x.default_version),
  format('alter extension %I update, after reading its notes', e.extname)
from pg_extension e
join needed n on n.extension = e.extname
join pg_available_extensions x on x.name = e.extname
where x.default_version <> e.extversion

union all
-- trigger_off: a data load that was broken off leaves them so.
select 'trigger_off', 'error', format('%s: %s', t.tgrelid::regclass, t.tgname),
  'the trigger does not fire: what it keeps in step goes wrong',
  format('alter table %s enable trigger %I, then look what went past it', t.tgrelid::regclass, t.tgname)
from pg_trigger t
join pg_class c on c.oid = t.tgrelid
where c.relnamespace = 'public'::regnamespace and not t.tgisinternal and t.tgenabled in ('D', 'R')

union all
select 'constraint_not_valid', 'error', format('%s: %s', k.conrelid::regclass, k.conname),
  'rows from before it was added may break it',
  format('alter table %s validate constraint %I', k.conrelid::regclass, k.conname)
from pg_constraint k
where k.connamespace = 'public'::regnamespace and not k.convalidated and k.contype <> 'f' -- those are rls.sql's

union all
-- index_not_valid: a unique one lets doubles in, and every one costs writes. Those of clinics' vectors are knowledge.sql's.
select 'index_not_valid', 'error', i.indexrelid::regclass::text,
  'making it was broken off, or is going on',
  format('when nobody is making it: reindex index concurrently %s', i.indexrelid::regclass)
from pg_index i
join pg_class c on c.oid = i.indexrelid
where c.relnamespace in ('public'::regnamespace, 'river'::regnamespace)
  and not i.indisvalid and c.relname not like 'knowledge\_near\_%';
