-- Every try leaves one row, whatever came of it: what was said, what was meant, and the outcome.
begin;
\ir ../booking.psql
select plan(18);

select pg_temp.owner($$ update public.organizations set approval_required = true $$);
select pg_temp.act_for('a');
-- last_try(): the newest row in words; then the clock moves on, so that the next one is newer.
create function pg_temp.last_try() returns text language sql as $$
  select pg_temp.owner('update app.test_clock set at = at + interval ''1 second''');
  select concat_ws(' ', t.kind, t.outcome, t.reason,
    case when t.call_id is not null then 'call' end, t.tool_call_id, t.said_date, t.said_time,
    to_char(t.starts_at at time zone 'America/Chicago', 'DD/HH24:MI'),
    case when t.appointment_id is not null then 'appointment' end, right(t.actor_user_id::text, 2))
  from public.booking_attempts t order by t.at desc limit 1
$$;
select app.hold_slot(:'call1', 'Checkup', pg_temp.t('04 10:00'), null, 'tool-1', 'today', 'ten');
select is(pg_temp.last_try(), 'hold held call tool-1 today ten 04/10:00 appointment', 'a hold');
select app.hold_slot(:'call1', 'Checkup', pg_temp.t('04 07:00'), null, 'tool-2');
select is(pg_temp.last_try(), 'hold refused past call tool-2 04/07:00', 'a refused hold');
select app.book_appointment('Checkup', pg_temp.t('04 10:00'), 'Ann Quillby', :'call1', 'tool-3', p_said_date => 'today', p_said_time => 'ten');
select is(pg_temp.last_try(), 'book booked call tool-3 today ten 04/10:00 appointment', 'a booking');
select app.book_appointment('Checkup', pg_temp.t('04 10:00'), 'Ann Quillby', :'call1', 'tool-4');
select is(pg_temp.last_try(), 'book booked call tool-4 04/10:00 appointment', 'the same wish');
select app.book_appointment('Checkup', pg_temp.t('04 10:00'), 'Anne Quillby', :'call1', 'tool-5');
select is(pg_temp.last_try(), 'book question same_person call tool-5 04/10:00 appointment', 'a question');
select app.book_appointment('Botox', pg_temp.t('04 10:00'), 'Ann Quillby', :'call1', 'tool-6', p_said_date => repeat('x', 100));
select is(pg_temp.last_try(), 'book refused unknown_service call tool-6 ' || repeat('x', 32) || ' 04/10:00', 'a refusal; what was said is cut to 32 characters');
select app.book_appointment('Checkup', pg_temp.t('04 10:15'), 'Ann Quillby', :'call1', 'tool-7');
select is(pg_temp.last_try(), 'book amended call tool-7 04/10:15 appointment', 'a change of mind');
select app.amend_appointment(:'call1', 'ZZZZZZ', p_tool_call_id => 'tool-8');
select is(pg_temp.last_try(), 'amend refused not_found call tool-8', 'an amendment of nothing');
select app.amend_appointment(:'call1', (select booking_ref from public.appointments where status = 'pending'), p_starts_at => pg_temp.t('04 11:00'), p_tool_call_id => 'tool-9');
select is(pg_temp.last_try(), 'amend amended call tool-9 04/11:00 appointment', 'an amendment');
select app.reschedule_appointment(pg_temp.t('05 10:00'), p_call_id => :'call2', p_tool_call_id => 'tool-1');
select is(pg_temp.last_try(), 'reschedule refused not_verified call tool-1 05/10:00', 'a stranger''s move');
select app.reschedule_appointment(pg_temp.t('05 10:00'), p_call_id => :'call1', p_tool_call_id => 'tool-10', p_said_date => 'tomorrow', p_said_time => 'ten');
select is(pg_temp.last_try(), 'reschedule rescheduled call tool-10 tomorrow ten 05/10:00 appointment', 'a move');
select pg_temp.act_as('staff');
select app.approve_appointment((select id from public.appointments));
select is(pg_temp.last_try(), 'approve approved 05/10:00 appointment e3', 'an approval, by whom');
select pg_temp.act_for('a');
select app.cancel_appointment(p_call_id => :'call1', p_tool_call_id => 'tool-11');
select is(pg_temp.last_try(), 'cancel cancelled call tool-11 05/10:00 appointment', 'a cancellation');
select app.cancel_appointment(p_call_id => :'call2');
select is(pg_temp.last_try(), 'cancel refused not_verified call', 'a stranger''s cancellation');
select is((select count(*) from public.booking_attempts), 14::bigint, 'one each');
select app.cancel_appointment(p_call_id => :'call1', p_tool_call_id => 'tool-11');
select is((select count(*) from public.booking_attempts), 14::bigint, 'a tool call that is delivered again is no new try');
select pg_temp.act_as('viewer');
select is((select count(*) from public.booking_attempts), 14::bigint, 'members see them');
select pg_temp.act_for('b');
select is((select count(*) from public.booking_attempts), 0::bigint, 'another clinic does not');

select * from finish();
rollback;
