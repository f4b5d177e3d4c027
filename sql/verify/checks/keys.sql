insert into pg_temp.findings
with settings as ( -- a setting of the database, see docs/verify/keys.md
  select coalesce(nullif(current_setting('verify.large_table', true), '')::bigint, 10000) as large_table
),
tables as (
  select c.oid, c.oid::regclass::text as name, c.reltuples, (
      select a.attnum from pg_attribute a where a.attrelid = c.oid and a.attname = 'org_id' and not a.attisdropped) as org_column
  from pg_class c
  where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and c.relname not like 'goose\_%'
),
indexes as (
  select i.indexrelid, i.indexrelid::regclass::text as name, i.indrelid, i.indisunique, i.indisvalid, i.indpred, i.indnkeyatts,
    string_to_array(i.indkey::text, ' ')::smallint[] as columns,
    -- All that makes an index what it is, but its name.
    row(i.indrelid, c.relam, i.indisunique, i.indnullsnotdistinct, i.indnkeyatts, i.indkey::text, i.indclass::text, i.indcollation::text,
      i.indoption::text, pg_get_expr(i.indexprs, i.indrelid), pg_get_expr(i.indpred, i.indrelid), c.reloptions)::text as shape
  from pg_index i
  join pg_class c on c.oid = i.indexrelid
  join tables t on t.oid = i.indrelid
),
-- Parents for whom no index is kept: every new visit and message would pay for what is as good as never asked.
stay (parent) as (
  values
    -- No function deletes them: they are blanked, archived or replaced.
    ('public.call_logs'), ('public.campaigns'), ('public.identity_codes'), ('public.knowledge_versions'), ('public.messages'), ('public.organizations'),
    -- A clinic's settings, removed by its people a few times a year.
    ('public.agents'), ('public.calendar_links'), ('public.locations'), ('public.phone_numbers'), ('public.resources'), ('public.services')
)
-- no_primary_key: neither replicas nor people can name a row.
select 'no_primary_key', 'error', t.name,
  'the table has no primary key',
  format('alter table %s add primary key (org_id, id)', t.name)
from tables t
where not exists (select from pg_constraint k where k.conrelid = t.oid and k.contype = 'p')

union all
-- key_without_org: foreign keys could not carry the tenant. assistant_routes is how a call finds its tenant.
select 'key_without_org', 'error', t.name,
  'the primary key does not begin with org_id',
  'make it (org_id, id), and the foreign keys to it (org_id, x_id)'
from tables t
join pg_constraint k on k.conrelid = t.oid and k.contype = 'p'
where t.org_column is not null and k.conkey[1] <> t.org_column
  and t.oid <> 'public.assistant_routes'::regclass

union all
-- org_nullable: a row of nobody is seen by nobody, and found by no check.
select 'org_nullable', 'error', t.name,
  'org_id may be null',
  format('find whose rows those are; then alter table %s alter column org_id set not null', t.name)
from tables t
join pg_attribute a on a.attrelid = t.oid and a.attnum = t.org_column
where not a.attnotnull

union all
-- foreign_key_without_index: only where such parents go in everyday work.
select 'foreign_key_without_index', 'info', format('%s: %s', t.name, f.conname),
  format('deleting a row of %s reads %s: some %s rows', f.confrelid::regclass,
    case when t.org_column = any (f.conkey) then 'the clinic''s part of it' else 'all of it' end, greatest(t.reltuples, 0)::bigint),
  format('create index concurrently on %s (%s)', t.name, (
    select string_agg(quote_ident(a.attname), ', ' order by n.at)
    from unnest(f.conkey) with ordinality n (attnum, at)
    join pg_attribute a on a.attrelid = f.conrelid and a.attnum = n.attnum))
from pg_constraint f
join tables t on t.oid = f.conrelid
cross join settings l
where f.contype = 'f' and greatest(t.reltuples, 0) >= l.large_table
  and f.confrelid::regclass::text not in (select s.parent from stay s)
  and not exists (
    select from indexes i
    where i.indrelid = f.conrelid and i.indisvalid
      and i.columns[1:least(cardinality(f.conkey), i.indnkeyatts)] @> f.conkey
      -- A partial one serves when it leaves out only rows without the reference.
      and (i.indpred is null or pg_get_expr(i.indpred, i.indrelid) ~ '^\(\w+ IS NOT NULL\)$'))

union all
-- duplicate_index: every write pays for both.
select 'duplicate_index', 'warning', max(i.name),
  'it is the same as ' || min(i.name),
  'drop the one that belongs to no constraint: drop index concurrently'
from indexes i
group by i.shape
having count(*) > 1

union all
-- unused_index: only those that cost something; unique ones are rules, not only ways.
select 'unused_index', 'info', i.name,
  format('never read since %s, and %s large', coalesce(
    (select d.stats_reset::text from pg_stat_database d where d.datname = current_database()), 'the cluster was made'),
    pg_size_pretty(pg_relation_size(i.indexrelid))),
  'after weeks of real work, on every replica too: drop index concurrently; its COMMENT says for what it was made'
from indexes i
join pg_stat_user_indexes s on s.indexrelid = i.indexrelid
where s.idx_scan = 0 and not i.indisunique and i.indisvalid
  and pg_relation_size(i.indexrelid) > 1024 * 1024;
