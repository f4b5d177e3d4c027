-- What cmd/chaos does to a database and asks of it, as the owner, who sees every clinic.

-- name: ChaosHurry :exec
-- Confirmations are sent now instead of two minutes after their call, so that texts go out while things break. Rows that
-- somebody works on are left for the next time.
with hurried as (
  update public.scheduled_messages s
  set due_at = app.now()
  where s.id in (
    select w.id from public.scheduled_messages w
    where w.kind = 'confirmation' and w.state = 'waiting' and w.due_at > app.now()
    for update skip locked)
  returning s.id)
update river.river_job j
set state = 'available', scheduled_at = app.now()
where j.kind = 'send_scheduled' and j.state = 'scheduled' and j.args ->> 'scheduled_id' in (select h.id::text from hurried h);

-- name: ChaosCut :one
-- Ends the connections that are within a transaction, and says how many.
select count(*)::integer as connections
from (
  select pg_terminate_backend(a.pid) as ended
  from pg_catalog.pg_stat_activity a
  where a.usename = 'voxanne_login' and a.datname = current_database() and a.xact_start is not null) c
where c.ended;

-- name: ChaosAge :exec
-- Lets an hour go by for what was under way before a time and ended with its process: River gives its jobs to others, and
-- Twilio's "I have no such text" is believed: at once where the sender has given up, for it asks no more. The credentials are
-- as old as before. What is under way now is left alone.
with texts as (
  update public.messages m
  set handed_over_at = m.handed_over_at - interval '1 hour'
  where m.handed_over_at > app.now() - interval '30 minutes'
    and (m.status = 'unknown' or (m.status = 'queued' and m.handed_over_at <= @before::timestamptz))
  returning m.id),
credentials as (
  update public.org_credentials c
  set updated_at = c.updated_at - interval '1 day'
  where c.updated_at > app.now() - interval '12 hours')
update river.river_job j
set state = 'available', scheduled_at = app.now()
where (j.state = 'running' and j.attempted_at < @before::timestamptz)
  or j.state = 'retryable'
  or (j.state = 'scheduled' and j.kind = 'settle_message' and j.args ->> 'message_id' in (select t.id::text from texts t));

-- name: ChaosUnfinished :one
-- Jobs that could be worked now or are being worked, texts of which nobody knows what became, and jobs that were given up.
-- Sweeps, which have one attempt, are not: the next period brings another.
select (select count(*)::integer from river.river_job j
    where j.state in ('available', 'running', 'retryable')) as jobs,
  (select count(*)::integer from public.messages m where m.direction = 'outbound' and m.status in ('queued', 'unknown')) as texts,
  (select count(*)::integer from public.scheduled_messages s where s.kind = 'confirmation' and s.state = 'waiting') as waiting,
  (select count(*)::integer from river.river_job j where j.state in ('discarded', 'cancelled') and j.max_attempts > 1) as given_up;

-- name: ChaosVisits :many
-- How many visits stand that a call booked.
select l.vapi_call_id, count(*)::integer as visits
from public.call_logs l
join public.appointments a on a.org_id = l.org_id and a.call_id = l.id
where a.status in ('held', 'pending', 'confirmed')
group by l.vapi_call_id;

-- name: ChaosTexts :many
select m.status, coalesce(m.reason, '')::text as reason, count(*)::integer as texts
from public.messages m
where m.direction = 'outbound'
group by 1, 2
order by 1, 2;
