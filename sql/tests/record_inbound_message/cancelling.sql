-- X asks back once; X or YES cancels, C or NO keeps; a list is answered by its number; nothing else cancels.
begin;
\ir ../texting.psql
select plan(39);

select set_config('test.first', pg_temp.visit('05 10:00')::text, true);
select pg_temp.act_for('a');
select is(pg_temp.text('x'), 'asked', 'X alone cancels nothing');
select is(pg_temp.stand(), '05 confirmed', 'it is asked back');
select is(pg_temp.answer(), 'Reply X again to cancel this visit, or C to keep it: Tue Mar 5, 10:00 AM', 'in words that are no opt-out');
select is(pg_temp.text('C'), 'kept', 'C keeps');
select is(pg_temp.stand(), '05 confirmed', 'it stands');
select is(pg_temp.text('X'), 'asked', 'asked anew');
select is(pg_temp.text('no'), 'kept', 'NO keeps too');
select is(pg_temp.text('change'), 'asked', 'CHANGE is X');
select is(pg_temp.text('I may be late'), 'stored', 'a sentence is for people');
select is(pg_temp.text('X', p_id => 'the-x'), 'cancelled', 'and X again cancels');
select is(pg_temp.stand(), '05 cancelled', 'it is cancelled');
select is(pg_temp.text('X', p_id => 'the-x'), 'replayed', 'the same text delivered again');
select results_eq($$ select a.cancel_reason, a.cancelled_at, h.kind, m.external_message_id from public.appointments a join public.appointment_changes h on h.appointment_id = a.id join public.messages m on m.id = h.message_id $$,
  $$ values ('cancelled by text', pg_temp.t('04 08:00') + interval '42 seconds', 'cancelled', 'the-x') $$, 'with its history');
select is(pg_temp.told(), 'message_received contact, visit_cancelled_by_reply appointment', 'staff know');
select is(pg_temp.answer(), 'Lakeside Dental: this visit is cancelled: Tue Mar 5, 10:00 AM. To book again, call +13125550150.', 'and the patient');
select is(pg_temp.text('X'), 'stored', 'nothing is left to cancel');
-- Ten answers an hour are all that a number gets; the next part of the story is another hour's.
select pg_temp.clock('04 12:00');

select pg_temp.visit('06 10:00'), pg_temp.visit('07 10:00', 2, 'pending');
select is(pg_temp.text('X'), 'asked', 'which of two');
select is(pg_temp.answer(), E'Which visit is to be cancelled? Reply with its number, or C to keep all.\n1 Wed Mar 6, 10:00 AM Ann\n2 Thu Mar 7, 10:00 AM Ben', 'a numbered list');
select is(pg_temp.text('X'), 'asked', 'X names none: asked again');
select is(pg_temp.text('0'), 'stored', 'once');
select is(pg_temp.text('7'), 'stored', 'out of range');
select is(pg_temp.text('yes'), 'stored', 'yes to which?');
select is(pg_temp.stand(), '05 cancelled, 06 confirmed, 07 pending', 'nothing happened');
select is(pg_temp.text('2'), 'cancelled', 'the second');
select is(pg_temp.stand(), '05 cancelled, 06 confirmed, 07 cancelled', 'that one alone');

select is(pg_temp.text('X'), 'asked', 'the last one');
select pg_temp.clock('05 12:10');
select is(pg_temp.text('X'), 'asked', 'after a day the question is gone: asked anew');
select pg_temp.clock('05 12:11');
select pg_temp.act_as('staff');
select is((select pg_temp.said(b) from app.reschedule_appointment(pg_temp.t('08 11:00'), (select id::text from public.appointments where status = 'confirmed')) b), 'rescheduled', 'staff move it meanwhile');
select pg_temp.act_for('a');
select is(pg_temp.text('X'), 'asked', 'the question named another time: asked anew');
select is(pg_temp.answer(), 'Reply X again to cancel this visit, or C to keep it: Fri Mar 8, 11:00 AM', 'with the new one');
select pg_temp.act_as('staff');
select is((select pg_temp.said(b) from app.cancel_appointment((select id::text from public.appointments where status = 'confirmed')) b), 'cancelled', 'staff cancel it meanwhile');
select pg_temp.act_for('a');
select is(pg_temp.text('YES'), 'cancelled', 'then it is what the patient wants');
select is((select count(*) from public.appointment_changes where kind = 'cancelled' and new_during @> pg_temp.t('08 11:00')), 1::bigint, 'written once');

select pg_temp.visit('11 10:00');
select is(pg_temp.text('X'), 'asked', 'one more');
select pg_temp.clock('11 10:05');
select is(pg_temp.text('X'), 'stored', 'what has begun is not cancelled by text');
select is(pg_temp.text('confirm'), 'stored', 'nor confirmed');

select pg_temp.visit('12 10:00');
select is(pg_temp.text('X'), 'asked', 'and another');
select is((select outcome || coalesce(reply_message_id::text, '') from app.record_inbound_message('twilio', 'twin', '+13125550199', '+13125550100', 'X')),
  'asked', 'the same text a second time by the network is no answer');
select is(pg_temp.text('X'), 'cancelled', 'the answer is');
select * from finish();
rollback;
