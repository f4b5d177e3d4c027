-- A reminder that is a call: asked for once, called off with the visit, not too often, never just before the visit.
begin;
\ir ../scheduled.psql
select plan(25);
update public.organizations set reminder_channel = 'voice' where id = :'lakeside';
-- queued(…): what is answered for the row of that visit and offset, with when it is due and until when.
create function pg_temp.queued(p_start text, p_before interval default '24:00') returns text language sql as $$
  select concat_ws(' ', q.outcome, q.refusal, to_char(q.due_at at time zone 'America/Chicago', 'DD HH24:MI'),
    to_char(q.until_at at time zone 'America/Chicago', 'DD HH24:MI'))
  from app.queue_scheduled_call(pg_temp.row('reminder', p_start, p_before), '{America/Chicago}', 'US') q
$$;
create function pg_temp.calls() returns text language sql stable security definer as $$
  select coalesce(string_agg(concat_ws(' ', c.kind, c.state, c.reason), ', ' order by c.created_at, c.id), '') from public.outbound_calls c
$$;
create function pg_temp.move(p_start text, p_to text) returns text language sql as $$
  select pg_temp.said(r) from app.reschedule_appointment(pg_temp.t(p_to), p_call_id => 'a0000000-0000-7000-8000-0000000000c1', p_appointment => pg_temp.at(p_start)::text) r
$$;
grant execute on all functions in schema pg_temp to public;
select pg_temp.act_for('a');
select is(pg_temp.book('06 10:00', 'Nora Quillfeather'), 'booked', 'a visit');
select is(pg_temp.book('08 10:00', 'Nora Quillfeather'), 'booked', 'and another one');
select pg_temp.hang_up();
select pg_temp.clock('04 09:00');
select is(app.scheduled_channel((pg_temp.take('confirmation')).scheduled_ids), 'sms', 'what confirms is a text');
select pg_temp.clock('05 10:00');
select is(app.scheduled_channel((pg_temp.take('reminder', '06 10:00', '24:00')).scheduled_ids), 'voice', 'what reminds is a call');
select is(pg_temp.queued('06 10:00'), 'queued 05 10:00 06 09:45', 'it waits, at most until a quarter of an hour before the visit');
select is(pg_temp.queued('06 10:00'), 'replayed 05 10:00 06 09:45', 'asked for again it is the same call');
select is(pg_temp.calls(), 'reminder waiting', 'one call');
select is((select c.appointment_id from public.outbound_calls c), pg_temp.at('06 10:00'), 'about the visit');
select app.settle_scheduled(array[pg_temp.row('reminder', '06 10:00', '24:00')], 'done');
select throws_ok($$ select pg_temp.queued('06 10:00') $$, 'VX404', null, 'a row that is done asks for nothing');
select throws_ok($$ select app.queue_scheduled_call(pg_temp.row('confirmation'), '{}', 'US') $$, 'VX404', null, 'nor one of another kind');
select is(pg_temp.queued('06 10:00', '02:00'), 'refused too_soon', 'one a day');
select pg_temp.owner($$ update public.outbound_calls set state = 'ended', ended_at = now(), look_at = null $$);
select pg_temp.clock('06 08:00');
select is(pg_temp.queued('06 10:00', '02:00'), 'queued 06 08:00 06 09:45', 'the next day again');
select app.settle_scheduled(array[pg_temp.row('reminder', '06 10:00', '02:00')], 'done');
select is(pg_temp.move('06 10:00', '07 10:00'), 'rescheduled', 'the visit moves');
select is(pg_temp.calls(), 'reminder ended, reminder cancelled visit_moved', 'and the call about it is off');
select pg_temp.clock('07 08:00');
select is(pg_temp.queued('07 10:00', '02:00'), 'queued 07 08:00 07 09:45', 'the next reminder of it is a call of its own');
select is((select app.cancel_appointment(p_call_id => :'call1', p_appointment => pg_temp.at('07 10:00')::text)).outcome, 'cancelled', 'the visit is off');
select is(pg_temp.calls(), 'reminder ended, reminder cancelled visit_moved, reminder cancelled visit_over', 'so is the call');
select is((pg_temp.take('reminder', '08 10:00', '24:00')).outcome, 'wait', 'the other visit''s reminder is still to come');
select pg_temp.clock('08 07:50');
select is(pg_temp.queued('08 10:00', '02:00'), 'queued 08 08:00 08 09:45', 'not at night, and while it helps');
select pg_temp.owner($$ delete from public.outbound_calls $$);
select pg_temp.owner($$ insert into public.opt_outs (org_id, channel, phone, number_hash, source)
  select distinct c.org_id, 'voice', c.phone, app.number_hash(c.phone), 'staff'
  from public.contacts c
  join public.appointments a on a.org_id = c.org_id and a.contact_id = c.id
  where c.org_id = app.current_org_id() $$);
select is(pg_temp.queued('08 10:00', '02:00'), 'refused opted_out', 'who wants no calls gets none');
select pg_temp.owner($$ delete from public.opt_outs $$);
select pg_temp.clock('08 09:50');
select is(pg_temp.queued('08 10:00', '02:00'), 'refused too_late', 'too close to the visit');

select pg_temp.owner($$ update public.organizations set reminder_channel = 'both' where id = app.current_org_id() $$);
select is(pg_temp.book('12 10:00', 'Nora Quillfeather'), 'booked', 'a visit on another day');
select pg_temp.clock('11 10:00');
select is(app.scheduled_channel((pg_temp.take('reminder', '12 10:00', '24:00')).scheduled_ids), 'both', 'text and call, as the clinic wishes');
select pg_temp.owner($$ update public.organizations set reminder_channel = 'voice' where id = app.current_org_id() $$);
select is(pg_temp.book('12 11:00', 'Ben Quillby', p_another => true), 'booked', 'a second visit that day');
select is(app.scheduled_channel((pg_temp.take('reminder', '12 10:00', '24:00')).scheduled_ids), 'both', 'several visits are told in a text too');
select * from finish();
rollback;
