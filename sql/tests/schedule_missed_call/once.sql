begin;
\ir ../scheduled.psql
select plan(14);
-- missed(call): its report says that it was missed.
create function pg_temp.missed(p_call text, p_seconds integer default 2) returns text language sql as $$
  select app.record_call_report(pg_temp.call(p_call), null, null, p_seconds, 'customer-ended-call', null, '[]', null, false, '{}')
$$;
grant execute on all functions in schema pg_temp to public;
select pg_temp.act_for('a');
select pg_temp.missed('c3');
select is(pg_temp.planned(), '{}', 'a clinic that does not want it sends nothing');
select pg_temp.owner($$ update public.organizations set missed_call_text = true;
  insert into public.call_logs (org_id, id, vapi_call_id, location_id, direction, from_number, to_number)
  select 'a0000000-0000-7000-8000-000000000001', ('a0000000-0000-7000-8000-0000000000c' || n)::uuid, 'call-' || n, 'a0000000-0000-7000-8000-000000000010',
    case n when 6 then 'outbound' else 'inbound' end, case n when 5 then '+442079460100' when 6 then '+13125550100' else '+1312555014' || n end,
    case n when 6 then '+13125550133' else '+13125550100' end
  from generate_series(4, 8) n $$);
select pg_temp.missed('c1');
select is(pg_temp.planned(), '{missed_call 04 08:00}', 'one that wants it: at once');
select is(pg_temp.jobs(), '{04 08:00}', 'with a job');
select pg_temp.missed('c1');
select pg_temp.act_inside('a');
select app.schedule_missed_call(:'call1');
select pg_temp.act_for('a');
select is(pg_temp.planned(), '{missed_call 04 08:00}', 'once per call');
select pg_temp.missed('c2');
select pg_temp.missed('c5');
select pg_temp.missed('c6');
select pg_temp.missed('c7', 60);
select is(pg_temp.planned(), '{missed_call 04 08:00}', 'not to a withheld number, nor one of ours (of any clinic), nor after a call of ours, nor one that was answered');
select is((select array_agg(outcome order by id) from public.call_logs where id <> :'call3'), '{missed,missed,NULL,missed,missed,answered,NULL}', 'though all but one were missed');

select is((pg_temp.take('missed_call')).text, 'Lakeside Dental: sorry we missed your call. Please call again or reply here. STOP to end.', 'the text');
select results_eq($$ select outcome, category, phone, spoken, email, call_id from pg_temp.take('missed_call') $$,
  $$ values ('send', 'follow_up', '+13125550111', false, null::text, 'a0000000-0000-7000-8000-0000000000c1'::uuid) $$, 'a follow-up, so its window holds');

select pg_temp.clock('04 08:01');
select pg_temp.missed('c8');
select pg_temp.owner($$ insert into public.call_logs (org_id, vapi_call_id, location_id, direction, from_number, contact_id, outcome)
  select org_id, 'call-again', location_id, direction, from_number, contact_id, 'missed' from public.call_logs where vapi_call_id = 'call-8' $$);
select is((pg_temp.take('missed_call')).outcome, 'send', 'missed again: the text is still due');
select pg_temp.owner($$ update public.call_logs set outcome = 'answered' where vapi_call_id = 'call-again' $$);
select is((pg_temp.take('missed_call')).outcome, 'nothing', 'who was answered meanwhile needs none');
select is(pg_temp.planned('skipped'), '{missed_call 04 08:01 called_again}', 'and the row says so');

select pg_temp.owner($$ delete from public.scheduled_messages; update public.call_logs set outcome = 'missed' where vapi_call_id = 'call-1' $$);
select pg_temp.act_inside('b');
select app.schedule_missed_call(:'call1');
select is(pg_temp.rows('public.scheduled_messages'), 0::bigint, 'another clinic''s call plans nothing');
select pg_temp.act_inside('a');
select app.schedule_missed_call(:'call1');
select is(pg_temp.rows('public.scheduled_messages'), 1::bigint, 'the own one does');
select pg_temp.owner($$ insert into public.message_templates (org_id, kind, name, body) values
  ('a0000000-0000-7000-8000-000000000001', 'missed_call', 'ours', 'Ring {clinic} at {phone}.') $$);
select is((pg_temp.take('missed_call')).text, 'Ring Lakeside Dental at +13125550100.', 'names the number that was called');
select * from finish();
rollback;
