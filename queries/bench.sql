-- What `make bench` counts afterwards, as the owner.

-- name: BenchAttempts :many
select t.outcome, count(*)::integer as attempts
from public.booking_attempts t
where t.kind = 'book' and (t.tool_call_id like @tool_call_id::text)
group by t.outcome
order by t.outcome;

-- name: BenchTexts :many
select case when m.send_key like 'pgbench-%' or m.external_message_id like 'SMpgbench%' then 'pgbench' else 'HTTP' end::text as target,
  m.status, count(*)::integer as messages
from public.messages m
where m.category = 'follow_up'
group by target, m.status
order by target, m.status;

-- name: BenchClinics :many
select n.number, p.org_id, p.user_id
from public.profiles p
join public.phone_numbers n on n.org_id = p.org_id
order by n.number;

-- name: BenchOwners :many
select p.org_id, p.user_id
from public.profiles p
where p.role = 'owner'
order by p.org_id;

-- name: BenchAgents :one
-- Seconds are from an agent's save until its assistant was in step.
select count(*)::integer as agents,
  (count(*) filter (where a.sync_status = 'synced'))::integer as synced,
  coalesce(percentile_cont(0.5) within group (order by extract(epoch from a.synced_at - a.saved_at)::float8), 0)::float8 as p50_seconds,
  coalesce(percentile_cont(0.99) within group (order by extract(epoch from a.synced_at - a.saved_at)::float8), 0)::float8 as p99_seconds
from public.agents a;

-- name: BenchAgentsOnCurrentTools :one
-- Agents whose links are exactly the tools that are registered now.
select count(*)::integer as agents
from public.agents a
where not exists (
  select from public.vapi_tools t
  where t.vapi_tool_id is null or not exists (
    select from public.agent_tools l
    where l.org_id = a.org_id and l.agent_id = a.id and l.vapi_tool_id = t.vapi_tool_id and l.linked_at is not null));

-- name: BenchAgeSaves :exec
-- The reconciler leaves to their own jobs what was saved within half a minute.
update public.agents set saved_at = saved_at - interval '1 minute', synced_at = synced_at - interval '1 minute';

-- name: BenchWatchers :many
select p.org_id, p.user_id
from public.profiles p
order by p.org_id, p.user_id;

-- name: BenchAnnounce :exec
select app.announce('call_update', 'call', id)
from unnest(@ids::uuid[]) id;

-- name: BenchResources :many
select r.org_id, r.id
from public.resources r
where r.org_id = any(@org_ids::uuid[])
order by r.org_id, r.name;

-- name: BenchMirrors :one
select count(*)::integer as links, count(l.last_synced_at)::integer as synced,
  (select count(*)::integer from public.busy_blocks b where b.calendar_link_id is not null) as blocks
from public.calendar_links l;

-- name: BenchEvents :one
-- Seconds are from a visit's booking until its event at the provider was noted here.
select count(*)::integer as visits, (count(*) filter (where a.status <> 'confirmed'))::integer as unconfirmed,
  count(e.settled_at)::integer as written,
  coalesce(percentile_cont(0.5) within group (order by s.seconds), 0)::float8 as p50_seconds,
  coalesce(percentile_cont(0.99) within group (order by s.seconds), 0)::float8 as p99_seconds
from public.appointments a
left join public.calendar_events e on e.org_id = a.org_id and e.appointment_id = a.id
cross join lateral (select extract(epoch from e.settled_at - a.created_at)::float8 as seconds) s
where a.org_id = any(@org_ids::uuid[]);

-- name: BenchAnswers :one
select (count(*) filter (where c.vapi_call_id like 'pgbench-%' and c.questions_answered > 0))::integer as pgbench,
  (count(*) filter (where c.vapi_call_id not like 'pgbench-%' and c.questions_answered > 0))::integer as http,
  (select count(*)::integer from public.knowledge_gaps) as gaps
from public.call_logs c;

-- name: BenchCrowd :one
-- Visits in the clinics of sql/bench/crowd.sql.
select count(*)::integer as visits
from public.appointments a
join public.organizations o on o.id = a.org_id
where o.slug like 'crowd-%' and a.status in ('held', 'pending', 'confirmed');

-- name: BenchJobStarts :one
-- Seconds are from when a job could be worked until its first try began.
select count(*)::integer as jobs,
  coalesce(percentile_cont(0.5) within group (order by extract(epoch from j.attempted_at - j.scheduled_at)::float8), 0)::float8 as p50_seconds,
  coalesce(percentile_cont(0.99) within group (order by extract(epoch from j.attempted_at - j.scheduled_at)::float8), 0)::float8 as p99_seconds
from river.river_job j
where j.kind = @kind::text and j.attempt = 1 and j.attempted_at is not null and j.id > @after_id::bigint;

-- name: BenchLastJob :one
select coalesce(max(j.id), 0)::bigint as id
from river.river_job j;

-- name: BenchDeadlocks :one
-- How many deadlocks PostgreSQL has broken in this database. Connections tell of theirs when they end.
select d.deadlocks::bigint
from pg_catalog.pg_stat_database d
where d.datname = current_database();

-- name: BenchPostmaster :one
-- The process id of the server, on the machine it runs on.
select split_part(pg_read_file('postmaster.pid'), chr(10), 1)::integer;
