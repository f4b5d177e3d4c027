insert into pg_temp.findings
with settings as (
  select coalesce(nullif(current_setting('verify.at_once', true), '')::bigint, 10) as at_once
)
-- too_many_at_once: every taker counts under one lock.
select 'too_many_at_once', 'error', 'outbound_calls',
  format('%s calls hold a slot, of %s', count(*), (select s.at_once from settings s)),
  'Processes have different VAPI_CALLS_AT_ONCE, or app.take_outbound_call was passed by: find out by what.'
from public.outbound_calls c
where c.state in ('placing', 'under_way')
having count(*) > (select s.at_once from settings s)

union all
-- held_for_hours: the longest call is an hour, and two hours later its slot is free.
select 'held_for_hours', 'error', format('org %s: call %s', c.org_id, c.id),
  format('%s since %s', c.state, c.taken_at),
  'The workers do not run, or cannot settle it: look at their log and at the job tend_calls.'
from public.outbound_calls c
where c.state in ('placing', 'under_way')
  and c.taken_at < app.now() - interval '4 hours'

union all
-- not_looked_after: somebody should have, every five seconds.
select 'not_looked_after', 'error', format('org %s: call %s', c.org_id, c.id),
  format('%s, to be looked at since %s', c.state, c.look_at),
  'The workers do not run, or Vapi does not say what became of it: look at their log and at the job tend_calls.'
from public.outbound_calls c
where c.state in ('waiting', 'placing', 'under_way')
  and c.look_at < app.now() - interval '15 minutes'

union all
-- call_not_taken: due for long, while slots are free.
select 'call_not_taken', 'warning', format('org %s: call %s', c.org_id, c.id),
  format('due at %s while slots are free', c.due_at),
  'The workers do not run, or the clinic''s own cap (outbound_shares.at_once) is very low.'
from public.outbound_calls c
where c.state = 'waiting'
  and c.due_at < app.now() - interval '1 hour'
  and (select s.at_once from settings s) > (select count(*) from public.outbound_calls o where o.state in ('placing', 'under_way'))

union all
-- called_after_opt_out: it was handed over while the number was opted out of calls.
select 'called_after_opt_out', 'error', format('org %s: call %s', c.org_id, c.id),
  format('handed over after opt-out %s', o.id),
  'app.prepare_outbound_call was passed by: find out by what, and call nobody until then.'
from public.outbound_calls c
join public.opt_outs o on o.org_id = c.org_id and o.phone = c.to_number and o.channel = 'voice'
where c.handed_over_at > o.at
  and c.handed_over_at < coalesce(o.revoked_at, 'infinity');
