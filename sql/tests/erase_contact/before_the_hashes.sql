-- What was kept before numbers were hashed, or came before the number had a contact, is found by either.
begin;
\ir ../messages.psql
select plan(6);
select pg_temp.act_for('a');
select pg_temp.send('code', 'k1');
reset role;
insert into public.messages (org_id, direction, method, category, recipient, recipient_hash, content, status, contact_id) values
  (:'lakeside', 'inbound', 'sms', 'reply', '+13125550199', null, 'zanzibar-lilac', 'delivered', null),
  (:'lakeside', 'outbound', 'sms', 'follow_up', '+13125550199', null, 'zanzibar-lilac', 'sent', :'nora'),
  (:'lakeside', 'inbound', 'sms', 'reply', 'withheld', (pg_temp.message('k1')).recipient_hash, 'zanzibar-lilac', 'delivered', null);
insert into public.reply_questions (org_id, contact_id, kind, appointment_ids, expires_at)
values (:'lakeside', :'nora', 'cancel_this', array[app.uuid_v7()], app.now() + interval '1 day');
update public.call_logs set direction = 'outbound', from_number = '+13125550100', to_number = '+13125550199', contact_id = :'nora' where id = :'call1';
select pg_temp.act_as('owner');
select is(app.erase_contact(:'nora'), true, 'erased');
select is((select count(*) from public.messages where content <> '[erased]' or recipient <> '[erased]'), 0::bigint, 'by the number or by its hash');
reset role;
select is((select count(distinct recipient_hash) from public.messages where recipient_hash is not null), 1::bigint, 'which those without one have now');
select is((select count(*) from public.messages where recipient_hash is null), 0::bigint, 'all of them');
select is((select count(*) from public.reply_questions where answered_at is null), 0::bigint, 'nothing is asked any more');
select is((select concat_ws(' ', from_number, to_number) from public.call_logs where id = :'call1'), '+13125550100', 'of a call of ours, the called number goes');
select * from finish();
rollback;
