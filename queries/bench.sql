-- What `make bench` counts afterwards, as the owner.

-- name: BenchAttempts :many
select t.outcome, count(*)::integer as attempts
from public.booking_attempts t
where t.kind = 'book' and (t.tool_call_id like @tool_call_id::text)
group by t.outcome
order by t.outcome;
