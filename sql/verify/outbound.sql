-- Do the calls that clinics make hold what the queue promises?
--
--   psql "$ADMIN_DATABASE_URL" -v at_once=10 -f sql/verify/outbound.sql
--
-- at_once is VAPI_CALLS_AT_ONCE; 10 when it is not given. Zero rows and exit status 0 are good. A finding, or a role that
-- cannot see every row, ends with another status. Rows name ids only. Nothing is repaired.
\set ON_ERROR_STOP on
\if :{?at_once}
\else
\set at_once 10
\endif
begin transaction isolation level repeatable read read only;
\ir can_see.psql

-- too_many_at_once: every taker counts under one lock.
select 'too_many_at_once' as name, 'error' as level, format('%s calls hold a slot, of %s', count(*), :at_once) as detail,
  'Processes have different VAPI_CALLS_AT_ONCE, or app.take_outbound_call was passed by: find out by what.' as remediation
from public.outbound_calls c
where c.state in ('placing', 'under_way')
having count(*) > :at_once

union all
-- held_for_hours: the longest call is an hour, and two hours later its slot is free.
select 'held_for_hours', 'error', format('org %s: call %s, %s since %s', c.org_id, c.id, c.state, c.taken_at),
  'The workers do not run, or cannot settle it: look at their log and at the job tend_calls.'
from public.outbound_calls c
where c.state in ('placing', 'under_way')
  and c.taken_at < app.now() - interval '4 hours'

union all
-- not_looked_after: somebody should have, every five seconds.
select 'not_looked_after', 'error', format('org %s: call %s, %s, since %s', c.org_id, c.id, c.state, c.look_at),
  'The workers do not run, or Vapi does not say what became of it: look at their log and at the job tend_calls.'
from public.outbound_calls c
where c.state in ('waiting', 'placing', 'under_way')
  and c.look_at < app.now() - interval '15 minutes'

union all
-- not_taken: due for long, while slots are free.
select 'not_taken', 'warning', format('org %s: call %s, due at %s', c.org_id, c.id, c.due_at),
  'The workers do not run, or the clinic''s own cap (outbound_shares.at_once) is very low.'
from public.outbound_calls c
where c.state = 'waiting'
  and c.due_at < app.now() - interval '1 hour'
  and :at_once > (select count(*) from public.outbound_calls o where o.state in ('placing', 'under_way'))

union all
-- called_after_opt_out: it was handed over while the number was opted out of calls.
select 'called_after_opt_out', 'error', format('org %s: call %s, opt-out %s', c.org_id, c.id, o.id),
  'app.prepare_outbound_call was passed by: find out by what, and call nobody until then.'
from public.outbound_calls c
join public.opt_outs o on o.org_id = c.org_id and o.phone = c.to_number and o.channel = 'voice'
where c.handed_over_at > o.at
  and c.handed_over_at < coalesce(o.revoked_at, 'infinity')
order by 2, 1, 3;

\ir verdict.psql
