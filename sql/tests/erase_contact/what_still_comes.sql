-- What was kept without the contact goes with it, and what comes afterwards of its calls brings nothing back.
begin;
\ir ../messages.psql
select plan(28);
create function pg_temp.gap(p_question text, p_call text) returns void language sql as $$
  select count(*) from app.ask_knowledge(('a0000000-0000-7000-8000-0000000000' || p_call)::uuid, p_question) $$;
create function pg_temp.gaps() returns text language sql security definer as $$
  select string_agg(concat_ws('/', g.question, g.times_asked, cardinality(g.call_ids)), ', ' order by g.topic) from public.knowledge_gaps g $$;
grant execute on function pg_temp.gap, pg_temp.gaps to public;
-- Nora's calls are c1, from before anybody made her contact, and c4, which still runs; c3 is somebody else's.
update public.call_logs set from_number = '+13125550199', status = 'ended' where id = :'call1';
insert into public.call_logs (org_id, id, vapi_call_id, direction, status, from_number, to_number, contact_id)
values (:'lakeside', 'a0000000-0000-7000-8000-0000000000c4', 'call-4', 'inbound', 'in-progress', '+13125550199', '+13125550100', :'nora');
insert into public.caller_messages (org_id, call_id, contact_id, callback_number, caller_name, body)
values (:'lakeside', :'call3', 'a0000000-0000-7000-8000-0000000000d2', '+13125550199', 'Otis Quillby', 'zanzibar-lilac');
select pg_temp.act_for('a');
select pg_temp.gap('alpha botox', 'c1'), pg_temp.gap('beta implants', 'c1'), pg_temp.gap('do you do implants beta', 'c4'),
  pg_temp.gap('gamma lasers', 'c3'), pg_temp.gap('are there lasers gamma', 'c1'), pg_temp.gap('delta bleach', 'c1'), pg_temp.gap('is there bleach delta', 'c3');
select is(pg_temp.gaps(), 'alpha botox/1/1, do you do implants beta/2/2, is there bleach delta/2/2, are there lasers gamma/2/2', 'what was asked');
select app.accept_delivery('call-4', 'tool-calls', 't1', '\x01');
-- A recording of hers expired long ago; the link to it went to somebody's address.
select pg_temp.owner($$ insert into public.recordings (org_id, id, call_id, storage_key, delete_requested_at, deleted_at)
  values ('a0000000-0000-7000-8000-000000000001', 'a0000000-0000-7000-8000-0000000000a1', 'a0000000-0000-7000-8000-0000000000c1', 'k', app.now(), app.now()) $$);
select pg_temp.owner($$ insert into public.recording_shares (org_id, recording_id, token_hash, recipient, actor_user_id, expires_at)
  values ('a0000000-0000-7000-8000-000000000001', 'a0000000-0000-7000-8000-0000000000a1', sha256('x'), 'son@patients.example', 'a0000000-0000-7000-8000-0000000000e1', app.now()) $$);
select pg_temp.owner($$ insert into public.messages (org_id, direction, method, category, recipient, content, status, call_id, contact_id)
  select 'a0000000-0000-7000-8000-000000000001', 'outbound', 'email', v.category, v.recipient, 'zanzibar-lilac', 'sent', v.call_id::uuid, null
  from (values ('share', 'son@patients.example', 'a0000000-0000-7000-8000-0000000000c1'), ('share', 'NORA@patients.example', null),
    ('invitation', 'nora@patients.example', null), ('share', 'son@patients.example', 'a0000000-0000-7000-8000-0000000000c3')) v (category, recipient, call_id) $$);

select pg_temp.act_as('admin');
select is(app.erase_contact(:'nora'), true, 'erased');
select is(pg_temp.gaps(), 'is there bleach delta/1/1, gamma laser/1/1', 'questions that nobody else asked are gone, the wording of others with its caller');
select is((select count(*) from public.knowledge_gaps where last_call_id = :'call1'), 0::bigint, 'nothing leads to the call');
select is((select contact_id from public.call_logs where id = :'call1'), :'nora'::uuid, 'the call without a contact is the erased one''s');
select is((select concat_ws(' ', caller_name, callback_number, body) from public.caller_messages), 'Otis Quillby zanzibar-lilac', 'whom somebody else wanted called back');
select is((select recipient from public.recording_shares), null, 'whom a link was sent to that opens nothing any more');
select is((select string_agg(category || ' ' || recipient, ', ' order by category, recipient) from public.messages where method = 'email'),
  'invitation nora@patients.example, share [erased], share [erased], share son@patients.example', 'nor in the e-mails that it went by');

-- Webhooks that come late, and a caller who goes on talking.
select pg_temp.act_for('a');
select is(app.ensure_call('call-1', 'inbound', null, null, '+13125550199', '+13125550100'), :'call1'::uuid, 'a late webhook');
select is((select from_number from public.call_logs where id = :'call1'), null, 'brings no number back');
select throws_ok(format('select app.take_message(%L, %L, %L)', 'a0000000-0000-7000-8000-0000000000c4', 'm9', 'zanzibar-lilac'), 'VX409', null, 'no message is taken');
select throws_ok($$ select pg_temp.book('05 10:00', 'Nora Quillfeather', 'c4') $$, 'VX409', null, 'nobody is booked');
select throws_ok(format('select app.verify_caller(%L, %L)', 'a0000000-0000-7000-8000-0000000000c4', '1982-03-05'), 'VX409', null, 'nobody verified');
select is(pg_temp.rows('public.patients'), 0::bigint, 'nobody is made');
select pg_temp.gap('omega peels', 'c4');
select unalike(pg_temp.gaps(), '%omega%', 'no question is kept');
select app.answer_delivery('call-4', 'tool-calls', 't1', 'zanzibar-lilac');
select is((select answer from public.webhook_deliveries), '[erased]', 'nor an answer');
select is(app.record_call_report('a0000000-0000-7000-8000-0000000000c4', null, null, 60, 'customer-ended-call', 'zanzibar-lilac',
  '[{"speaker": "caller", "text": "zanzibar-lilac"}]', 0, true, '{}', '{Nora}', 'https://provider.example/zanzibar-lilac'), 'none', 'nor what the report says');
select is((select count(*) from public.call_logs c where c::text like '%zanzibar%'), 0::bigint, 'not a word');
select is(pg_temp.rows('public.recordings'), 1::bigint, 'nor its recording');
reset role;
select is((select count(*) from public.contacts where name is not null and id = :'nora'), 0::bigint, 'the contact stays erased');

-- The same person may come anew.
insert into public.call_logs (org_id, id, vapi_call_id, direction, status, from_number, to_number)
values (:'lakeside', 'a0000000-0000-7000-8000-0000000000c5', 'call-5', 'inbound', 'in-progress', '+13125550199', '+13125550100');
select pg_temp.act_for('a');
select isnt(app.take_message('a0000000-0000-7000-8000-0000000000c5', 'm1', 'zanzibar-lilac'), null, 'a new call is a new contact''s');
select is((select count(*) from public.contacts where phone = '+13125550199'), 1::bigint, 'which knows nothing of the old one');

-- A number that a merge moved aside is the contact's too; one that is another contact's again is not.
reset role;
update public.call_logs set from_number = null where from_number = '+13125550199';
delete from public.caller_messages;
update public.call_logs set contact_id = null where id in ('a0000000-0000-7000-8000-0000000000c5', :'call3');
delete from public.contacts where org_id = :'lakeside' and phone = '+13125550199';
insert into public.contacts (org_id, id, name, phone) values (:'lakeside', 'a0000000-0000-7000-8000-0000000000d3', 'Ottilie Quillby', '+13125550177');
update public.call_logs set from_number = '+13125550177', summary = 'zanzibar-lilac' where id = :'call3';
select pg_temp.act_as('admin');
select is((select former_phones from app.merge_contacts('a0000000-0000-7000-8000-0000000000d2', 'a0000000-0000-7000-8000-0000000000d3')), '{+13125550177}', 'two are one');
select is((select notes from public.contacts where phone = '+13125550198'), 'Also: +13125550177', 'and have two numbers');
select is(app.erase_contact('a0000000-0000-7000-8000-0000000000d2'), true, 'which are erased');
select is((select count(*) from public.call_logs where from_number = '+13125550177' or summary is not null), 0::bigint, 'with what came from the other');
reset role;
update public.contacts set erased_at = null, former_phones = '{+13125550166,+13125550155}', phone = '+13125550144' where id = 'a0000000-0000-7000-8000-0000000000d2';
insert into public.contacts (org_id, phone) values (:'lakeside', '+13125550155');
select pg_temp.act_for('a');
reset role;
select is(app.numbers_of_contact('a0000000-0000-7000-8000-0000000000d2'), '{+13125550144,+13125550166}', 'another contact''s number is theirs');
select is(app.numbers_of_contact(:'nora'), '{}', 'the erased have none');
select * from finish();
rollback;
