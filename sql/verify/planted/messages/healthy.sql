-- Follow-ups an hour apart, one blocked between; an opt-out with what came before and after it was taken back; one
-- unknown since this morning, one on its way, one queued, and what is planned for later.
begin;
\ir ../../../tests/messages.psql
select pg_temp.act_for('a');
select pg_temp.send('follow_up', 'k1'), pg_temp.send('follow_up', 'k2');
select app.finish_message((pg_temp.message('k1')).id, 'sent', 'SM1');
select pg_temp.clock('04 08:10');
select app.opt_out('sms', '+13125550199', 'reply');
select pg_temp.send('code', 'k3');
select pg_temp.clock('04 08:20');
select app.opt_in('sms', '+13125550199', 'reply');
select pg_temp.clock('04 09:00');
select pg_temp.send('follow_up', 'k4');
select app.finish_message((pg_temp.message('k4')).id, 'unknown', p_reason => 'cannot_ask');
select pg_temp.clock('04 12:00');
select pg_temp.send('code', 'k5'), pg_temp.send('code', 'k6', p_hand_over => false);
select pg_temp.act_for('b');
select app.begin_message('follow_up', 'sms', 'zanzibar-lilac', 'k1', 'b0000000-0000-7000-8000-0000000000d1', 'twilio');
reset role;
insert into public.scheduled_messages (org_id, kind, contact_id, call_id, due_at, state) values
  (:'lakeside', 'missed_call', :'nora', :'call1', app.now() - interval '59 minutes', 'waiting'),
  (:'lakeside', 'missed_call', :'nora', :'call3', app.now() - interval '2 hours', 'done');
commit;
