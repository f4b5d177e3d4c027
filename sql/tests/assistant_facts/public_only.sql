-- What the assistant of a call is told: the clinic's public facts, nothing about who calls.
begin;
\ir ../booking.psql
select plan(13);

update public.organizations set recording_consent = 'ask', ai_disclosure = false, policies = 'Cancel a day ahead.' where id = :'lakeside';
update public.locations set address = '1 Quill Street' where id = :'main';
update public.agents set first_message = 'Hello from Lakeside' where org_id = :'lakeside';
delete from public.business_hours where org_id = :'lakeside' and weekday > 2;
update public.business_hours set closes = '24:00' where org_id = :'lakeside' and weekday = 2;
insert into public.business_hours (org_id, location_id, weekday, opens, closes) values
  (:'lakeside', :'main', 1, '18:30', '20:00'), (:'lakeside', :'main', 0, '00:00', '12:00');
insert into public.business_hours (org_id, location_id, resource_id, weekday, opens, closes) values (:'lakeside', :'main', :'blake', 6, '10:00', '11:00');
select pg_temp.act_for('a');
select results_eq(format('select vapi_assistant_id, clinic_name, first_message, address, recording_consent, ai_disclosure from app.assistant_facts(%L)', :'call1'),
  $$ values ('assistant-a', 'Lakeside Dental', 'Hello from Lakeside', '1 Quill Street', 'ask', false) $$, 'who answers, and how');
select is((select hours from app.assistant_facts(:'call1')),
  'Sunday 12:00 AM to 12:00 PM; Monday 9:00 AM to 5:00 PM and 6:30 PM to 8:00 PM; Tuesday 9:00 AM to midnight', 'the location''s hours, in words');
select is((select services from app.assistant_facts(:'call1')), 'Checkup (30 minutes, 99.00 USD); Whitening (60 minutes)', 'services, with a price where there is one');
select is((select practitioners from app.assistant_facts(:'call1')), 'Blake Reed, Dr. Avery Stone', 'practitioners');
select is((select policies from app.assistant_facts(:'call1')), 'Cancel a day ahead.', 'what the clinic lets every caller know');
select is((select count(*) from app.assistant_facts(:'call1')), 1::bigint, 'in one row');

select pg_temp.owner($$ update public.resources set kind = 'room' where name = 'Blake Reed' $$);
select is((select practitioners from app.assistant_facts(:'call1')), 'Dr. Avery Stone', 'a room is nobody');
select pg_temp.owner($$ delete from public.assistant_routes where vapi_assistant_id = 'assistant-a' $$);
select results_eq(format('select vapi_assistant_id, clinic_name, first_message from app.assistant_facts(%L)', :'call1'),
  $$ values (null::text, 'Lakeside Dental', '') $$, 'no assistant yet');
select pg_temp.owner($$
  insert into public.agents (org_id, id, name, role) values ('a0000000-0000-7000-8000-000000000001', 'a0000000-0000-7000-8000-000000000042', 'Evening', 'inbound');
  insert into public.assistant_routes (vapi_assistant_id, org_id, agent_id) values ('assistant-a2', 'a0000000-0000-7000-8000-000000000001', 'a0000000-0000-7000-8000-000000000042') $$);
select is((select vapi_assistant_id from app.assistant_facts(:'call1')), null, 'one that is not the default answers no call');
select pg_temp.owner($$ update public.call_logs set agent_id = 'a0000000-0000-7000-8000-000000000042' where vapi_call_id = 'call-1' $$);
select is((select vapi_assistant_id from app.assistant_facts(:'call1')), 'assistant-a2', 'but its own');
select is((select count(*) from app.assistant_facts(:'call1') f where f::text ~ '13125550111|call-1'), 0::bigint, 'nothing about the caller');
select is_empty(format('select * from app.assistant_facts(%L)', :'call_b'), 'another tenant''s call');
select pg_temp.act_as('staff');
select throws_ok(format('select * from app.assistant_facts(%L)', :'call1'), '42501', null, 'it is for calls only');

select * from finish();
rollback;
