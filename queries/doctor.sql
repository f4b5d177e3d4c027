-- Asked by `voxanne doctor`, with whichever role each of the database's addresses names.

-- name: DescribeRole :one
-- Who asks, and what of it row security or a grant cannot hold back.
select r.rolname::text as name, r.rolsuper::boolean as super, r.rolbypassrls::boolean as bypasses
from pg_catalog.pg_roles r
where r.rolname = current_user;

-- name: ListExtensions :many
select e.extname::text as name, e.extversion::text as version
from pg_catalog.pg_extension e
order by e.extname;

-- name: DescribeInstallation :one
-- Which of the tables of the two tools that come with the schema are there.
select (to_regclass('public.goose_db_version') is not null)::boolean as migrated,
  (to_regclass('river.river_job') is not null and to_regclass('river.river_queue') is not null
    and to_regclass('river.river_leader') is not null and to_regclass('river.river_migration') is not null)::boolean as queued;

-- name: GetBackend :one
-- Which process of the server answers, and by which clock. Two connections that are open at once and get the same process share
-- it: there is a pooler between, and it gives a process away after each transaction.
select pg_backend_pid()::integer as pid, clock_timestamp()::timestamptz as at,
  current_setting('server_version_num')::integer as version;

-- name: CountStuckJobs :many
-- Kinds with jobs that no worker took for ten minutes, that have run for ten minutes longer than the hour after which River rescues
-- them, or that were given up within a week. No row: none.
select j.kind,
  count(*) filter (where j.state in ('available', 'scheduled', 'retryable'))::bigint as waiting,
  count(*) filter (where j.state = 'running')::bigint as running,
  count(*) filter (where j.state = 'discarded')::bigint as given_up
from river.river_job j
where j.state in ('available', 'scheduled', 'retryable') and j.scheduled_at < clock_timestamp() - interval '10 minutes'
  or j.state = 'running' and j.attempted_at < clock_timestamp() - interval '70 minutes'
  or j.state = 'discarded' and j.finalized_at > clock_timestamp() - interval '7 days'
group by j.kind
order by j.kind;
