insert into pg_temp.findings
-- without_outcome: handed over, and nobody came back. The job settle_message asks two minutes later.
select 'without_outcome', 'error', format('org %s: message %s', m.org_id, m.id),
  format('handed over at %s, and nobody came back', m.handed_over_at),
  'Look whether the workers run and what became of its settle_message job; never send it again by hand.'
from public.messages m
where m.status = 'queued'
  and m.handed_over_at < app.now() - interval '15 minutes'

union all
-- message_not_taken: queued for a job that has not come.
select 'message_not_taken', 'warning', format('org %s: message %s', m.org_id, m.id),
  format('queued at %s, and no job has come for it', m.created_at),
  'The workers do not run, or its send_message job failed for good: look at the queue.'
from public.messages m
where m.status = 'queued'
  and m.handed_over_at is null
  and m.direction = 'outbound'
  and m.created_at < app.now() - interval '1 hour'

union all
-- unknown_for_a_day: nobody could be asked, and no delivery report came.
select 'unknown_for_a_day', 'warning', format('org %s: message %s', m.org_id, m.id),
  format('nobody knows since %s whether it left', m.updated_at),
  'Look it up with the provider and tell the staff; sending it again might send it twice.'
from public.messages m
where m.status = 'unknown'
  and m.updated_at < app.now() - interval '1 day'

union all
-- follow_ups_too_close: two within the window that has stood since before the first of them.
select 'follow_ups_too_close', 'error', format('org %s: message %s', m.org_id, m.id),
  format('a follow-up within the window of %s', m.before_id),
  'app.begin_message was passed by, or two of its transactions did not wait for each other: report it with the ids.'
from (
  select f.org_id, f.id, f.created_at,
    lag(f.id) over earlier as before_id,
    lag(f.created_at) over earlier as before_at
  from public.messages f
  where f.direction = 'outbound'
    and f.category = 'follow_up'
    and f.status in ('queued', 'sent', 'delivered', 'unknown')
  window earlier as (partition by f.org_id, f.recipient_hash order by f.created_at, f.id)
) m
join public.organizations o on o.id = m.org_id
where m.created_at < m.before_at + o.follow_up_window
  and not exists (
    select from public.audit_log l
    where l.org_id = m.org_id and l.action = 'message_rules_changed' and l.at > m.before_at)

union all
-- sent_after_opt_out: it was taken to the provider while the number was opted out.
select 'sent_after_opt_out', 'error', format('org %s: message %s', m.org_id, m.id),
  format('taken to the provider after opt-out %s', o.id),
  'app.begin_message or app.claim_message was passed by: find out by what, and write to nobody until then.'
from public.messages m
join public.opt_outs o on o.org_id = m.org_id and o.number_hash = m.recipient_hash and o.channel = m.method
where m.direction = 'outbound'
  and m.status in ('queued', 'sent', 'delivered', 'unknown')
  and coalesce(m.handed_over_at, m.sent_at) > o.at
  and coalesce(m.handed_over_at, m.sent_at) < coalesce(o.revoked_at, 'infinity')

union all
-- overdue: what is to be sent by itself, and nobody looked at it.
select 'overdue', 'warning', format('org %s: %s %s', s.org_id, s.kind, s.id),
  format('due at %s, and nobody looked at it', s.due_at),
  'The workers do not run, or its send_scheduled job failed for good: look at the queue.'
from public.scheduled_messages s
where s.state = 'waiting'
  and s.due_at < app.now() - interval '1 hour';
