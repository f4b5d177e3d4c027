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
