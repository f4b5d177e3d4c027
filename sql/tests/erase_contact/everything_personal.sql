-- After erasure no word, name or number of the person is left anywhere, and what must be known still is.
begin;
\ir ../messages.psql
select plan(33);
select pg_temp.act_for('a');
select pg_temp.book('04 10:00', 'Nora Quillfeather', p_born => '1982-03-05'), app.take_message(:'call1', 'm1', 'zanzibar-lilac', 'Nora Quillfeather', '+13125550199');
select pg_temp.send('confirmation', 'k1');
select app.finish_message((pg_temp.message('k1')).id, 'sent', 'SM1');
select pg_temp.send('confirmation', 'k2', p_method => 'email'), pg_temp.send('code', 'k3', p_hand_over => false);
select app.opt_out('sms', '+13125550199', 'reply');
select set_config('test.k1', (pg_temp.message('k1')).id::text, true), set_config('test.k3', (pg_temp.message('k3')).id::text, true);
reset role;
delete from public.scheduled_messages;
-- Nora called from her number, once before anybody made her contact, and once more where the report is still to come.
update public.contacts set notes = 'zanzibar-lilac', spoken_phone = '+13125550177', service_interests = '{whitening}', lead_reasons = '{asked}',
  marketing_consent_at = app.now(), time_zone = 'UTC', language = 'en' where id = :'nora';
update public.call_logs set contact_id = :'nora', from_number = '+13125550199', summary = 'zanzibar-lilac', transcript = '[{"text": "zanzibar-lilac"}]',
  transcript_state = 'pending_redaction' where id = :'call1';
update public.call_logs set from_number = '+13125550199', summary = 'zanzibar-lilac' where id = :'call3';
update public.patients set contact_id = :'nora';
insert into public.patients (org_id, contact_id, name, normalised_name) values (:'lakeside', :'nora', 'Nico Quillfeather', 'nico quillfeather');
update public.appointments set contact_id = :'nora', notes = 'zanzibar-lilac', cancel_reason = 'zanzibar-lilac', said_name = 'Nora Quillfeather', said_date_of_birth = '1982-03-05';
insert into public.messages (org_id, direction, method, category, recipient, recipient_hash, subject, content, status)
select :'lakeside', 'inbound', 'sms', 'reply', '+13125550199', recipient_hash, 'zanzibar-lilac', 'zanzibar-lilac', 'delivered' from public.messages where send_key = 'k1';
insert into public.scheduled_messages (org_id, kind, contact_id, call_id, due_at) values (:'lakeside', 'missed_call', :'nora', :'call1', app.now() + interval '1 day');
insert into public.identity_codes (org_id, kind, contact_id, call_id, code_hash, expires_at) values (:'lakeside', 'texted', :'nora', :'call1', '\x01', app.now() + interval '1 hour');
insert into public.webhook_deliveries (org_id, vapi_call_id, kind, key, body_hash, answer) values (:'lakeside', 'call-1', 'tool-calls', 't1', '\x01', 'zanzibar-lilac');

select pg_temp.act_as('staff');
select throws_ok($$ select app.erase_contact('a0000000-0000-7000-8000-0000000000d1') $$, 'VX403', null, 'not everyday work');
select pg_temp.act_as('admin');
select throws_ok($$ select app.erase_contact('b0000000-0000-7000-8000-0000000000d1') $$, 'VX404', null, 'another clinic''s contact');
select throws_ok($$ select app.erase_contact('a0000000-0000-7000-8000-0000000000d1') $$, 'VX409', null, 'a visit is ahead');
select pg_temp.clock('04 10:29');
select throws_ok($$ select app.erase_contact('a0000000-0000-7000-8000-0000000000d1') $$, 'VX409', null, 'or not over');
select is((select name from public.contacts where id = :'nora'), 'Nora Quillfeather', 'nothing was touched');
select pg_temp.clock('04 10:30');
select is(app.erase_contact(:'nora'), true, 'erased');
select is(app.erase_contact(:'nora'), false, 'once');

select is((select c from (select name, phone, spoken_phone, email, notes, time_zone, language, marketing_consent_at from public.contacts where id = :'nora') c) is null, true, 'nothing of the contact');
select is((select service_interests || lead_reasons from public.contacts where id = :'nora'), '{}', 'nor of its wishes');
select is((select erased_at from public.contacts where id = :'nora'), pg_temp.t('04 10:30'), 'but when');
select is((select array_agg(distinct name || coalesce(date_of_birth::text, '')) from public.patients), '{[erased]}', 'its patients');
select is((select count(*) from public.patients where normalised_name like '%quill%'), 0::bigint, 'in no spelling');
select is((select coalesce(said_name, notes, cancel_reason, said_date_of_birth::text, 'nothing') from public.appointments), 'nothing', 'of its visits');
select is((select count(*) from public.appointments where status = 'confirmed'), 1::bigint, 'which took place');
select is((select array_agg(concat_ws(' ', caller_name, callback_number, body)) from public.caller_messages), '{[erased]}', 'its messages to the staff');
select is((select count(*) from public.call_logs where from_number = '+13125550199' or summary is not null or transcript <> '[]'), 0::bigint, 'its calls, also one from before the contact');
select is((select to_number from public.call_logs where id = :'call1'), '+13125550100', 'our number is our own');
select is((select array_agg(distinct recipient || content || coalesce(subject, '')) from public.messages where contact_id = :'nora'), '{[erased][erased]}', 'its messages');
select is((select recipient || content || subject from public.messages where direction = 'inbound'), '[erased][erased][erased]', 'also those of its number');
select is((select status || external_message_id || (recipient_hash is not null) from public.messages where id = current_setting('test.k1')::uuid), 'sentSM1true', 'whose ids, states and hashes stay');
select is((select status || ' ' || reason from public.messages where id = current_setting('test.k3')::uuid), 'blocked erased', 'what waited is not sent');
select is((select state || ' ' || reason from public.scheduled_messages), 'cancelled erased', 'nor what was planned');
select is((select concat_ws(' ', phone, revoked_at) || (number_hash is not null) from public.opt_outs), 'true', 'the opt-out is only a hash');
select is((select array_agg(action || ' ' || coalesce(entity_id::text, '')) from public.audit_log where action = 'contact_erased'), array['contact_erased ' || :'nora'], 'audited by id');
select is((select answer from public.webhook_deliveries), '[erased]', 'what a tool call was told');
reset role;
select is((select count(*) from public.identity_codes where code_hash is not null or expires_at > app.now()), 0::bigint, 'codes open nothing');

select pg_temp.act_for('a');
select is(app.record_call_report(:'call1', app.now(), app.now(), 60, 'customer-ended-call', 'zanzibar-lilac', '[{"speaker": "caller", "text": "zanzibar-lilac"}]', 0, false, '{}'),
  'none', 'a report that comes late brings nothing back');
select is((select count(*) from public.call_logs where summary is not null), 0::bigint, 'not a word');
select is(app.finish_message(current_setting('test.k1')::uuid, 'failed', p_error_code => '21610'), 'sent', 'what was sent stays so');
select is(pg_temp.send('follow_up', 'k9', p_recipient => '+13125550199'), 'blocked no_recipient', 'nobody writes to the erased');
select pg_temp.owner($$ insert into public.contacts (org_id, id, phone) values ('a0000000-0000-7000-8000-000000000001', 'a0000000-0000-7000-8000-0000000000d9', '+13125550199') $$);
select is(pg_temp.send('reminder', 'k10', p_contact => 'd9'), 'blocked opted_out', 'the number may come anew, and is still opted out');
select app.opt_in('sms', '+13125550199', 'reply');
select is(pg_temp.send('code', 'k11', p_contact => 'd9'), 'send', 'until it takes that back');
select is((select count(*) from public.contacts where phone = '+13125550199'), 1::bigint, 'one contact has the number');
select * from finish();
rollback;
