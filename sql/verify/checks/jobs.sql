-- River keeps its times by the server's clock, so its rows are held against now(); leases are the functions', by app.now().
insert into pg_temp.findings
-- job_stuck: no try may run for so long; River takes those of dead workers back after an hour.
select 'job_stuck', 'error', format('job %s, %s', j.id, j.kind),
  format('running since %s in queue %s', j.attempted_at, j.queue),
  'Look whether workers run: their leader takes such jobs back. If they do, restart the one named in attempted_by.'
from river.river_job j
where j.state = 'running' and j.attempted_at < now() - interval '2 hours'

union all
-- job_waiting: by queue, because a queue stands still as a whole.
select 'job_waiting', 'error', 'queue ' || j.queue,
  format('%s jobs are due, the oldest since %s', count(*), min(j.scheduled_at)),
  'No worker takes this queue, or it is too slow: look at voxanne work and its log, and start more.'
from river.river_job j
where j.state = 'available' and j.scheduled_at < now() - interval '15 minutes'
group by j.queue

union all
-- job_not_scheduled: the leader makes them available when their time comes.
select 'job_not_scheduled', 'error', 'queue ' || j.queue,
  format('%s jobs should have been made available, the oldest at %s', count(*), min(j.scheduled_at)),
  'No worker leads: look at voxanne work, its log and its connection (DATABASE_DIRECT_URL, not through a pooler).'
from river.river_job j
where j.state in ('scheduled', 'retryable') and j.scheduled_at < now() - interval '15 minutes'
group by j.queue

union all
-- job_given_up: by kind, because their cause is one; River forgets them after a week.
select 'job_given_up', 'warning', j.kind,
  format('%s jobs failed at every try in the last week, the last, %s, at %s', count(*), max(j.id), max(j.finalized_at)),
  'The log says why. Most wishes are found again by their own sweep; else set the job''s state to available.'
from river.river_job j
where j.state = 'discarded' and j.finalized_at > now() - interval '7 days'
group by j.kind

union all
-- job_failing: one or two failed tries are everyday life.
select 'job_failing', 'info', j.kind,
  format('%s jobs failed at five or more tries and wait for another, the next at %s', count(*), min(j.scheduled_at)),
  'The log says why; a provider that is down heals by itself.'
from river.river_job j
where j.state = 'retryable' and j.attempt >= 5
group by j.kind

union all
-- queue_paused: nothing of ours does that.
select 'queue_paused', 'warning', 'queue ' || q.name,
  format('paused by hand at %s', q.paused_at),
  'Resume it when the reason is gone: its jobs wait.'
from river.river_queue q
where q.paused_at is not null

union all
-- lease_over: leases last minutes, and the next worker takes them over. Those of calendars are in calendars.sql.
select 'lease_over', 'warning', x.object,
  format('taken until %s, and nobody took it over', x.lease_until),
  'The workers do not run, or its job was given up: look at their log and at the findings about jobs.'
from (
  select format('org %s: agent %s', a.org_id, a.id), a.lease_until
  from public.agents a
  union all
  select format('org %s: provisioning %s', p.org_id, p.id), p.lease_until
  from public.provisioning p
  where p.state in ('running', 'undoing', 'releasing')
  union all
  select format('org %s: knowledge version %s', v.org_id, v.id), v.lease_until
  from public.knowledge_versions v
  where v.state in ('reading', 'embedding')
  union all
  select format('org %s: recording %s', r.org_id, r.id), r.lease_until
  from public.recordings r
  where r.stored_at is null and r.delete_requested_at is null
  union all
  select format('tool %s', t.name), t.claimed_until
  from public.vapi_tools t
) x (object, lease_until)
where x.lease_until < app.now() - interval '12 hours'; -- recordings are looked for after six
