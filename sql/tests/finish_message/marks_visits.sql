-- A confirmation that left is noted on its visit, and on all visits that were merged into it.
begin;
\ir ../messages.psql
select plan(4);
select pg_temp.act_for('a');
select pg_temp.book('05 10:00', 'Ann Quillby'), pg_temp.book('06 10:00', 'Ben Quillby'), pg_temp.book('07 10:00', 'Cleo Quillby');
select set_config('test.one', (select id::text from public.appointments order by scheduled_at limit 1), true);
select app.begin_message('confirmation', 'sms', 'x', 'k1', :'nora', 'twilio', p_appointment_id => current_setting('test.one')::uuid);
select pg_temp.owner($$ delete from public.scheduled_messages;
  insert into public.scheduled_messages (org_id, kind, contact_id, appointment_id, due_at, state, message_id)
  select org_id, 'confirmation', 'a0000000-0000-7000-8000-0000000000d1', id, app.now(), 'done', (pg_temp.message('k1')).id
  from (select * from public.appointments order by scheduled_at limit 2) a $$);
select app.finish_message((pg_temp.message('k1')).id, 'unknown');
select is((select count(*) from public.appointments where confirmation_sent), 0::bigint, 'not before it left');
select app.finish_message((pg_temp.message('k1')).id, 'sent', 'SM1');
select is((select array_agg(confirmation_sent order by scheduled_at) from public.appointments), '{t,t,f}', 'its visits');
select pg_temp.send('reminder', 'k2');
select pg_temp.owner($$ update public.appointments set confirmation_sent = false; update public.messages set appointment_id = current_setting('test.one')::uuid where send_key = 'k2' $$);
select app.finish_message((pg_temp.message('k2')).id, 'sent', 'SM2');
select is((select count(*) from public.appointments where confirmation_sent), 0::bigint, 'a reminder is no confirmation');
select pg_temp.owner($$ update public.messages set status = 'unknown', external_message_id = null where send_key = 'k1' $$);
select app.record_delivery((pg_temp.message('k1')).id, 'SM1', 'delivered');
select is((select count(*) from public.appointments where confirmation_sent), 2::bigint, 'a delivery report says so as well');
select * from finish();
rollback;
