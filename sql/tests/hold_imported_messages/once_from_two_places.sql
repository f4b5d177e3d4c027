-- Nobody gets two reminders from two installations.
begin;
select plan(10);
\ir ../clinics.psql
insert into public.contacts (org_id, id, name, phone) values ('a0000000-0000-7000-8000-000000000001', 'a0000000-0000-7000-8000-0000000000d1', 'Jo Quillby', '+13125550111');
insert into public.message_templates (org_id, id, kind, name, body)
values ('a0000000-0000-7000-8000-000000000001', 'a0000000-0000-7000-8000-000000000081', 'marketing', 'Recall', '{clinic}');
insert into public.campaigns (org_id, id, name, status, started_at)
values ('a0000000-0000-7000-8000-000000000001', 'a0000000-0000-7000-8000-000000000091', 'Recall', 'running', app.now());
insert into public.campaign_steps (org_id, id, campaign_id, position, after, template_id)
values ('a0000000-0000-7000-8000-000000000001', 'a0000000-0000-7000-8000-000000000092', 'a0000000-0000-7000-8000-000000000091', 1, '0', 'a0000000-0000-7000-8000-000000000081');
insert into public.scheduled_messages (org_id, kind, contact_id, campaign_step_id, due_at)
select 'a0000000-0000-7000-8000-000000000001', 'campaign', 'a0000000-0000-7000-8000-0000000000d1', 'a0000000-0000-7000-8000-000000000092', app.now() + make_interval(hours => h)
from unnest(array[-1]) h;
insert into public.scheduled_messages (org_id, kind, contact_id, call_id, due_at)
values ('a0000000-0000-7000-8000-000000000001', 'missed_call', 'a0000000-0000-7000-8000-0000000000d1', 'a0000000-0000-7000-8000-0000000000c1', app.now() + interval '1 hour');
insert into public.messages (org_id, direction, method, category, recipient, content, handed_over_at)
select 'a0000000-0000-7000-8000-000000000001', 'outbound', 'sms', 'reminder', '+13125550111', 'zanzibar-lilac', h from unnest(array[null, app.now()]) h;
insert into public.outbound_calls (org_id, kind, to_number, due_at, until_at, look_at, state, vapi_call_id, ends_by)
select 'a0000000-0000-7000-8000-000000000001', 'call_back', '+13125550111', app.now(), app.now() + interval '1 day', app.now() + interval '1 day', s,
  case s when 'under_way' then 'call-q' end, case s when 'under_way' then app.now() end
from unnest(array['waiting', 'under_way']) s;
insert into public.outbound_calls (org_id, kind, to_number, due_at, until_at, look_at)
values ('b0000000-0000-7000-8000-000000000001', 'call_back', '+442079460111', app.now(), app.now() + interval '1 day', app.now() + interval '1 day');
create function pg_temp.waiting() returns text language sql as $$
  select concat_ws(', ', (select string_agg(kind || ' ' || state || coalesce(' ' || reason, ''), ', ' order by kind) from public.scheduled_messages), (select status from public.campaigns))
$$;

select set_config('request.jwt.claims', '{"app_metadata": {"org_id": "a0000000-0000-7000-8000-000000000001"}}', true); -- as begin_import
select is(app.hold_imported_messages('a0000000-0000-7000-8000-000000000001', true)::text, '(0,0,0,2,2,0)', 'the other installation works no more');
select is(pg_temp.waiting(), 'campaign cancelled imported, missed_call waiting, running', 'what is due later goes on, what is past does not');
select results_eq($$ select j.kind, (j.args ->> 'scheduled_id')::uuid, j.scheduled_at from river.river_job j $$,
  $$ select 'send_scheduled', s.id, s.due_at from public.scheduled_messages s where s.state = 'waiting' $$, 'by a job, which does not travel');
delete from river.river_job;
select is(app.hold_imported_messages('a0000000-0000-7000-8000-000000000001', false)::text, '(0,0,0,1,0,1)', 'or it may send');
select is(pg_temp.waiting(), 'campaign cancelled imported, missed_call cancelled imported, stopped', 'nothing waits');
select is_empty('select kind from river.river_job', 'and nothing will be sent');
select set_eq($$ select status || ' ' || reason from public.messages $$, array['blocked imported', 'unknown cannot_ask'], 'what was in hand may have left');
select set_eq($$ select state || coalesce(' ' || reason, '') from public.outbound_calls where org_id = 'a0000000-0000-7000-8000-000000000001' $$, array['cancelled imported'], 'calls are off');
select is((select state from public.outbound_calls where org_id = 'b0000000-0000-7000-8000-000000000001'), 'waiting', 'other clinics'' calls are not');
select is(app.hold_imported_messages('a0000000-0000-7000-8000-000000000001', false)::text, '(0,0,0,0,0,0)', 'once');
select * from finish();
rollback;
