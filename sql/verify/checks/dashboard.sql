insert into pg_temp.findings
-- answer_lost: a process died between what it changed and its answer; whoever wished it is told to look.
select 'answer_lost', 'warning', format('org %s: key %s', k.org_id, k.id),
  format('%s of user %s acted at %s, and its answer is lost', k.route, k.user_id, k.acted_at),
  'Look in the log why a server died then, and tell the user what became of it: the change stands.'
from public.idempotency_keys k
where k.state = 'running'
  and k.acted_at is not null
  and k.lease_until < app.now() - interval '5 minutes'

union all
-- given_up: a process died before it changed anything, and nobody tried again.
select 'given_up', 'warning', format('org %s: key %s', k.org_id, k.id),
  format('%s of user %s, claimed at %s, changed nothing', k.route, k.user_id, k.created_at),
  'Look in the log why a server died then. Nothing was changed.'
from public.idempotency_keys k
where k.state = 'running'
  and k.acted_at is null
  and k.lease_until < app.now() - interval '5 minutes'

union all
-- not_swept: answers that nobody may ask for any more.
select 'not_swept', 'warning', format('org %s', k.org_id),
  format('%s answers that nobody may ask for any more, the oldest expired at %s', count(*), min(k.expires_at)),
  'The workers do not run, or the job sweep_platform fails: look at the queue.'
from public.idempotency_keys k
where k.expires_at < app.now() - interval '3 hours'
group by k.org_id

union all
-- invited_twice: two open invitations of one address.
select 'invited_twice', 'error', format('org %s: invitations %s', i.org_id, string_agg(i.id::text, ', ' order by i.id)),
  'open invitations of one address',
  'app.invite_member was passed by: withdraw all but one.'
from public.invitations i
where i.accepted_at is null
group by i.org_id, i.email
having count(*) > 1

union all
-- member_invited: an open invitation of somebody who is a member.
select 'member_invited', 'warning', format('org %s: invitation %s', i.org_id, i.id),
  format('it invites member %s', p.user_id),
  'Withdraw it: it opens nothing more, and shows a person as missing who is there.'
from public.invitations i
join public.profiles p on p.org_id = i.org_id and lower(p.email) = i.email
where i.accepted_at is null

union all
-- wrong_mail: the e-mail that is said to carry the token is none, or somebody else's.
select 'wrong_mail', 'error', format('org %s: invitation %s', i.org_id, i.id),
  format('message %s, said to carry its token, is no invitation or somebody else''s', m.id),
  'app.mail_invitation was passed by: renew the invitation, and find out who wrote to that address.'
from public.invitations i
join public.messages m on m.org_id = i.org_id and m.id = i.message_id
where m.category <> 'invitation' or m.method <> 'email' or m.recipient <> i.email

union all
-- token_in_clear: what stands in a row opens the clinic to whoever reads it.
select 'token_in_clear', 'error', format('org %s: message %s', m.org_id, m.id),
  'the stored text holds an invitation''s token',
  'Renew the invitation at once: the token in the message opens it. Then find out who wrote the row.'
from public.messages m
where m.category = 'invitation'
  and (m.content not like '%[link]%' or m.content like '%token=%')

union all
-- day_miscounted: a rolled-up day is not what its calls are.
select 'day_miscounted', 'error', format('org %s: %s in %s', d.org_id, d.day, d.time_zone),
  'the rolled-up day is not what its calls are',
  'delete from public.call_days where org_id = …: the next hour counts anew. Then find out who passed the triggers of call_logs by (truncate, session_replication_role, repeatable read).'
from public.call_days d
cross join lateral (
  select count(*) as calls, count(*) filter (where l.direction = 'inbound') as inbound,
    count(*) filter (where l.direction = 'outbound') as outbound, count(*) filter (where l.status = 'ended') as ended,
    count(*) filter (where app.call_state(l.status, l.outcome, l.ended_reason) = 'missed') as missed,
    count(*) filter (where app.call_state(l.status, l.outcome, l.ended_reason) = 'failed') as failed,
    count(*) filter (where app.call_state(l.status, l.outcome, l.ended_reason) = 'transferred') as transferred,
    count(l.duration_seconds) filter (where l.status = 'ended') as timed,
    coalesce(sum(l.duration_seconds) filter (where l.status = 'ended'), 0) as seconds, count(l.sentiment_score) as felt,
    coalesce(sum(round(l.sentiment_score * 100)), 0) as feeling, coalesce(sum(l.cost_micros), 0) as cost_micros
  from public.call_logs l
  where l.org_id = d.org_id and l.began_at >= d.from_at and l.began_at < d.to_at
) c
where (d.calls, d.inbound, d.outbound, d.ended, d.missed, d.failed, d.transferred, d.timed, d.seconds,
    d.felt, d.feeling, d.cost_micros)
  is distinct from (c.calls, c.inbound, c.outbound, c.ended, c.missed, c.failed, c.transferred, c.timed, c.seconds, c.felt, c.feeling, c.cost_micros);
