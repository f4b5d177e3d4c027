-- C confirms the one visit ahead, asks which of several, and is left to staff where there is none.
begin;
\ir ../texting.psql
select plan(24);

select pg_temp.act_for('a');
select is(pg_temp.text('C'), 'stored', 'no visit: people read it');
select is(pg_temp.told(), 'message_received contact', 'they are told');
select is(pg_temp.text('hello?'), 'stored', 'what asks nothing of us');
select is(pg_temp.told(), 'message_received contact', 'one unread is enough');
select is(pg_temp.answer(), null, 'no answer');
select pg_temp.owner('truncate public.notifications');

select pg_temp.visit('04 07:00'), pg_temp.visit('05 10:00');
select is(pg_temp.text('c.'), 'confirmed', 'the one visit ahead');
select is(pg_temp.stand(), '04 confirmed, 05 confirmed C', 'the past one is not meant');
select is(pg_temp.answer(), 'Lakeside Dental: thank you, this visit is confirmed: Tue Mar 5, 10:00 AM', 'said so, without a name');
select results_eq($$ select h.kind, h.call_id, m.content from public.appointment_changes h join public.messages m on m.id = h.message_id $$,
  $$ values ('confirmed_by_patient', null::uuid, 'c.') $$, 'the history names the text');
select is(pg_temp.text('YES'), 'confirmed', 'said twice');
select is(pg_temp.told(), 'visit_confirmed appointment', 'staff hear it once');
select is((select count(*) from public.appointment_changes), 1::bigint, 'the history has it once');

select pg_temp.visit('06 10:00', 2), pg_temp.visit('07 10:00');
select is(pg_temp.text('ok'), 'asked', 'two that are not confirmed');
select is(pg_temp.answer(), E'Which visit do you confirm? Reply with its number.\n1 Wed Mar 6, 10:00 AM Ben\n2 Thu Mar 7, 10:00 AM Ann', 'names where there are several patients');
select is(pg_temp.text('3'), 'asked', 'no such number: asked again');
select is(pg_temp.text('9'), 'stored', 'but once');
select is(pg_temp.text(' 2. '), 'confirmed', 'the second of the list');
select is(pg_temp.stand(), '04 confirmed, 05 confirmed C, 06 confirmed, 07 confirmed C', 'that one alone');
select is(pg_temp.text('1'), 'stored', 'the question is answered');
select is(pg_temp.text('C'), 'confirmed', 'one is left');
select is(pg_temp.stand(), '04 confirmed, 05 confirmed C, 06 confirmed C, 07 confirmed C', 'it is meant');

select pg_temp.owner('delete from public.reply_questions'), pg_temp.owner('delete from public.appointment_changes'), pg_temp.owner('delete from public.scheduled_messages'), pg_temp.owner('delete from public.appointments');
select pg_temp.visit('08 10:00', 1, 'pending');
select is(pg_temp.text('C'), 'stored', 'what the clinic has not approved cannot be confirmed');
select is(pg_temp.stand(), '08 pending', 'it waits on');
select is(pg_temp.text('C', 'BANK'), 'stored', 'a sender that is no number is nobody''s patient');
select * from finish();
rollback;
