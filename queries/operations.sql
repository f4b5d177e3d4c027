-- What a process asks about the database as a whole, as the login role.

-- name: GetSchemaVersion :one
-- The last migration applied; 0 where goose keeps no list.
select coalesce(app.schema_version(), 0)::bigint as version;

-- name: ListQueueStates :many
-- How many jobs of each queue are due and not yet taken, and since when the oldest of them is.
select j.queue, count(*) as due, min(j.scheduled_at)::timestamptz as oldest
from river.river_job j
where j.state = 'available' or (j.state in ('scheduled', 'retryable') and j.scheduled_at <= @now::timestamptz)
group by j.queue
order by j.queue;
