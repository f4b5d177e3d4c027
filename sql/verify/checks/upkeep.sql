-- Limits are settings of the database, so that a DBA of a large one can raise them (docs/verify/upkeep.md).
insert into pg_temp.findings
with settings as (
  select coalesce(nullif(current_setting('verify.dead_rows', true), '')::bigint, 50000) as dead_rows,
    coalesce(nullif(current_setting('verify.bloat_bytes', true), '')::bigint, 256 * 1024 * 1024) as bloat_bytes,
    coalesce(nullif(current_setting('verify.xid_age', true), '')::bigint, 1000000000) as xid_age,
    coalesce(nullif(current_setting('verify.open_for', true), '')::interval, interval '1 hour') as open_for
),
tables as (
  select c.oid, c.oid::regclass::text as name, c.relpages, c.reltuples,
    -- A row's bytes: the columns' mean widths, its header of 24 and its pointer of 4, in a page of 8168 usable ones.
    (select sum(s.avg_width * (1 - s.null_frac)) + 28 from pg_stats s where s.schemaname = n.nspname and s.tablename = c.relname) as row_bytes
  from pg_class c
  join pg_namespace n on n.oid = c.relnamespace
  where n.nspname in ('public', 'river') and c.relkind = 'r'
)
-- dead_rows: autovacuum begins at a fifth of a table.
select 'dead_rows', 'warning', format('%I.%I', s.schemaname, s.relname),
  format('%s dead rows beside %s live ones, last vacuumed %s', s.n_dead_tup, s.n_live_tup,
    coalesce(greatest(s.last_vacuum, s.last_autovacuum)::text, 'never')),
  format('vacuum (analyze) %I.%I, then look what holds autovacuum up: see transaction_open and autovacuum_off', s.schemaname, s.relname)
from pg_stat_user_tables s
cross join settings l
where s.schemaname in ('public', 'river') and s.n_dead_tup > l.dead_rows and s.n_dead_tup > s.n_live_tup * 0.3

union all
-- autovacuum_off: for one table or the server.
select 'autovacuum_off', 'warning', t.name,
  'autovacuum leaves the table alone',
  format('alter table %s reset (autovacuum_enabled), and autovacuum = on', t.name)
from tables t
join pg_class c on c.oid = t.oid
where current_setting('autovacuum') = 'off'
  or exists (select from pg_options_to_table(c.reloptions) o where o.option_name = 'autovacuum_enabled' and o.option_value in ('off', 'false', '0', 'no'))

union all
-- bloat: an estimate from the planner's statistics; large columns stored apart are not in it.
select 'bloat', 'info', b.name,
  format('some %s of %s are empty', pg_size_pretty(b.empty), pg_size_pretty(b.pages * 8192)),
  format('vacuum %s; where it does not shrink in weeks, pg_repack, or vacuum full while nobody is called', b.name)
from (
  select t.name, t.relpages::bigint as pages, ((t.relpages - ceil(t.reltuples * t.row_bytes / 8168)) * 8192)::bigint as empty
  from tables t
  where t.reltuples > 0 and t.row_bytes is not null
) b
cross join settings l
where b.empty > l.bloat_bytes and b.empty > b.pages * 8192 / 2

union all
-- xid_age: at two billion PostgreSQL stops taking writes; autovacuum begins at 200 million. One table of the catalogue is enough for that.
select 'xid_age', 'error', c.oid::regclass::text,
  format('its oldest transaction id is %s transactions old, its oldest multixact %s', age(c.relfrozenxid), mxid_age(c.relminmxid)),
  format('vacuum (freeze) %s at once, and end what holds it up: old transactions, prepared ones (pg_prepared_xacts), replication slots (pg_replication_slots)', c.oid::regclass)
from pg_class c
cross join settings l
where c.relkind in ('r', 'm', 't') and greatest(age(c.relfrozenxid), mxid_age(c.relminmxid)) > l.xid_age

union all
-- transaction_open: vacuum removes nothing that it might still see.
select 'transaction_open', 'warning', format('process %s of %s', a.pid, coalesce(a.usename, 'the server')),
  format('%s, in a transaction since %s', a.state, a.xact_start),
  'Find out whose it is and end it: pg_terminate_backend(pid). The programs'' own transactions last seconds.'
from pg_stat_activity a
cross join settings l
where a.datname = current_database() and a.pid <> pg_backend_pid() and a.backend_type = 'client backend'
  and a.xact_start < clock_timestamp() - l.open_for

union all
-- sequence_ending: the next insert after its end fails.
select 'sequence_ending', 'warning', format('%I.%I', s.schemaname, s.sequencename),
  format('at %s of %s', s.last_value, s.max_value),
  'widen the column to bigint, or alter sequence … as bigint'
from pg_sequences s
where s.schemaname in ('public', 'river') and s.last_value > s.max_value * 0.8;
