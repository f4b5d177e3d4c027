-- Every text is kept once, with whose it is; numbers find contacts by contacts.phone in their own clinic only.
begin;
\ir ../texting.psql
select plan(21);

select pg_temp.visit('05 10:00');
insert into public.contacts (org_id, id, phone) values ('b0000000-0000-7000-8000-000000000001', 'b0000000-0000-7000-8000-0000000000d1', '+13125550199');
insert into public.contacts (org_id, name, spoken_phone) values (:'lakeside', 'Sam Quillon', '+13125550166');
select pg_temp.act_for('b');
select is(pg_temp.text('C'), 'stored', 'the same number is somebody else at another clinic');
select is((select contact_id from public.messages), 'b0000000-0000-7000-8000-0000000000d1'::uuid, 'theirs');
select is(pg_temp.text('STOP'), 'opted_out', 'who wants nothing from them');
select pg_temp.act_for('a');
select is(pg_temp.stand(), '05 confirmed', 'our visit is untouched');
select is((select count(*) from public.opt_outs), 0::bigint, 'and may still be texted by us');
select is(pg_temp.text('C', p_id => 'one'), 'confirmed', 'the same words to us');
select is(pg_temp.text('C', p_id => 'one'), 'replayed', 'delivered twice');
select results_eq($$ select r.message_id = m.id, r.contact_id, r.reply_message_id = a.id
  from app.record_inbound_message('twilio', 'one', '+13125550199', '+13125550100', 'C') r
  join public.messages m on m.external_message_id = 'one' join public.messages a on a.in_reply_to = m.id $$,
  $$ values (true, 'a0000000-0000-7000-8000-0000000000d1'::uuid, true) $$, 'the first answer is named again');
select results_eq($$ select direction, method, category, recipient, content, status, contact_id, recipient_hash is not null from public.messages where external_message_id = 'one' $$,
  $$ values ('inbound', 'sms', 'reply', '+13125550199', 'C', 'delivered', 'a0000000-0000-7000-8000-0000000000d1'::uuid, true) $$, 'kept');
select is((select count(*) from public.messages where direction = 'inbound'), 1::bigint, 'once');
select pg_temp.owner('truncate public.notifications');
select is(pg_temp.text('zanzibar-lilac', '+13125550166'), 'stored', 'a number that was only spoken');
select is((select contact_id from public.messages where recipient = '+13125550166'), null, 'finds nobody');
select is(pg_temp.text('zanzibar-lilac again', '+13125550166'), 'stored', 'the stranger writes on');
select is(pg_temp.told(), 'message_received message', 'told once per number');
select is(pg_temp.text('HELP'), 'help', 'help');
select is(pg_temp.answer(), 'Lakeside Dental: call us at +13125550150. Reply STOP to get no more texts.', 'who we are, and how to end it');
select is(pg_temp.text('info', '+13125550199', 'helped', 'HELP'), 'help', 'where the carrier answered');
select is((select reply_message_id from app.record_inbound_message('twilio', 'helped', '+13125550199', '+13125550100', 'info', 'HELP')), null, 'we do not');
select is(pg_temp.text(repeat('z', 5000)), 'stored', 'a text of any length');
select throws_ok($$ select pg_temp.text('C', '') $$, 'VX400', null, 'no sender');
select throws_ok($$ select pg_temp.text('C', p_id => '') $$, 'VX400', null, 'no id');
select * from finish();
rollback;
