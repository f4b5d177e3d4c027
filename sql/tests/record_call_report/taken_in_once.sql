begin;
select plan(33);
\ir ../clinics.psql
\set call1 a0000000-0000-7000-8000-0000000000c1
\set call2 a0000000-0000-7000-8000-0000000000c2
\set call3 a0000000-0000-7000-8000-0000000000c3
create function pg_temp.report(p_call uuid, p_turns jsonb default '[]', p_summary text default null) returns text language sql as $$
  select app.record_call_report(p_call, '2030-03-04 14:00+00', '2030-03-04 14:03+00', 180, 'customer-ended-call', p_summary, p_turns, 120000, true, '{checkAvailability}')
$$;
grant execute on function pg_temp.report to public;
select pg_temp.act_for('a');

-- Before any status.
select is((select outcome from app.book_appointment('Checkup', '2030-03-08 16:00+00', 'Jo Quillby', :'call1', 't1')), 'booked', 'a call books');
select is((select outcome from app.hold_slot(:'call1', 'Checkup', '2030-03-08 17:00+00')), 'held', 'and holds one more');
select is(pg_temp.report(:'call1', '[{"speaker": "caller", "text": "Jo Quillby, 312 555 0111", "at": 1.5}, {"speaker": "assistant", "text": "Thank you, Jo.", "at": 4}]', 'Jo Quillby, born 3/5/82, booked.'), 'stored', 'its report comes');
select results_eq(format('select transcript, summary, transcript_state, status, outcome, duration_seconds, cost_micros, recording_state, tools_used, reported_at from public.call_logs where id = %L', :'call1'),
  $$values ('[{"speaker": "caller", "text": "[name], [phone]", "at": 1.5}, {"speaker": "assistant", "text": "Thank you, [name].", "at": 4}]'::jsonb,
    '[name], born [date of birth], booked.', 'stored', 'ended', 'booked', 180, 120000::bigint, 'at_provider', '{checkAvailability}'::text[], '2030-03-04 14:00+00'::timestamptz)$$,
  'everything is stored, the words redacted, in order');
select is((select count(*) from public.appointments where status = 'held'), 0::bigint, 'what was held is given back');
select isnt((select contact_id from public.call_logs where id = :'call1'), null, 'the call has its contact');
select ok(not app.record_call_event(:'call1', 'in-progress', '2030-03-04 14:01+00'), 'a status after the report changes nothing');
select ok(not app.record_call_event(:'call1', 'ended', '2030-03-04 14:09+00'), 'nor does the end');

-- Twice.
select count(*) as events from public.events \gset
select is(pg_temp.report(:'call1', '[{"speaker": "caller", "text": "other"}]', 'Other'), 'stored', 'a second report');
select is((select summary from public.call_logs where id = :'call1'), '[name], born [date of birth], booked.', 'changes nothing');
select is((select count(*) from public.events), :events::bigint, 'and tells nobody');

-- After the statuses, with most fields missing.
select ok(app.record_call_event(:'call2', 'in-progress', '2030-03-04 14:00+00'), 'a call starts');
select ok(app.record_call_event(:'call2', 'ended', '2030-03-04 14:02+00', 'customer-ended-call'), 'and ends');
select is(app.record_call_report(:'call2', null, null, null, null, null, null, null, null, null), 'none', 'a report that says nothing');
select results_eq(format('select status, started_at, ended_at, duration_seconds, ended_reason, outcome, summary, transcript, recording_state, tools_used from public.call_logs where id = %L', :'call2'),
  $$values ('ended', '2030-03-04 14:00+00'::timestamptz, '2030-03-04 14:02+00'::timestamptz, 120, 'customer-ended-call', 'answered', 'The caller was answered. No visit was booked.', '[]'::jsonb, 'none', '{}'::text[])$$,
  'what was known stays, the duration follows');
select is((select count(*) from public.contacts where origin_call_id = :'call2'), 1::bigint, 'a withheld caller becomes a contact');
select is((select count(*) from public.notifications where kind = 'missed_call'), 0::bigint, 'an answered call is not missed');

-- Missed.
select is(app.record_call_report(:'call3', null, null, 2, 'customer-ended-call', null, '[]', null, false, '{}'), 'none', 'hung up at once');
select is((select outcome from public.call_logs where id = :'call3'), 'missed', 'is missed');
select results_eq($$select kind, entity, entity_id from public.notifications where kind = 'missed_call'$$,
  format($$values ('missed_call', 'call', %L::uuid)$$, :'call3'), 'and the staff are told');

select throws_ok($$select pg_temp.report('b0000000-0000-7000-8000-0000000000c1')$$, 'VX404', null, 'another tenant''s call');
select throws_ok('select pg_temp.report(app.uuid_v7())', 'VX404', null, 'no call');

-- Redaction fails: nothing raw is kept, nothing else is lost.
reset role;
delete from river.river_job;
insert into public.call_logs (org_id, id, vapi_call_id, location_id, direction, from_number) values
  ('a0000000-0000-7000-8000-000000000001', 'a0000000-0000-7000-8000-0000000000c8', 'call-8', 'a0000000-0000-7000-8000-000000000010', 'inbound', '+13125550188');
\set call8 a0000000-0000-7000-8000-0000000000c8
alter function app.redact_phi(text, text[]) rename to redact_phi_kept;
create function app.redact_phi(p_text text, p_names text[]) returns text language plpgsql as $$ begin raise exception 'broken'; end $$;
select pg_temp.act_for('a');
select is(pg_temp.report(:'call8', '[{"speaker": "caller", "text": "zanzibar-lilac 312 555 0111"}]', 'zanzibar-lilac'), 'pending_redaction', 'redaction fails');
select results_eq(format('select transcript, summary, transcript_state, duration_seconds, cost_micros, outcome from public.call_logs where id = %L', :'call8'),
  $$values ('[]'::jsonb, null::text, 'pending_redaction', 180, 120000::bigint, 'answered')$$, 'no words are kept, the rest is');
select is((select count(*) from public.call_logs c where c::text like '%zanzibar%'), 0::bigint, 'not one word');
reset role;
select results_eq('select kind, args, scheduled_at, state::text from river.river_job where kind = ''fetch_call_report''',
  format($$values ('fetch_call_report', '{"org_id": "a0000000-0000-7000-8000-000000000001", "call_id": "%s"}'::jsonb, '2030-03-04 14:01+00'::timestamptz, 'scheduled')$$, :'call8'),
  'the report will be fetched again');
drop function app.redact_phi(text, text[]);
alter function app.redact_phi_kept(text, text[]) rename to redact_phi;
select pg_temp.act_for('a');
select is(pg_temp.report(:'call8', '[{"speaker": "caller", "text": "zanzibar-lilac 312 555 0111"}]', 'zanzibar-lilac'), 'stored', 'fetched again');
select results_eq(format('select transcript, summary, transcript_state from public.call_logs where id = %L', :'call8'),
  $$values ('[{"speaker": "caller", "text": "zanzibar-lilac [phone]", "at": null}]'::jsonb, 'zanzibar-lilac', 'stored')$$, 'completes the call');
select is(pg_temp.report(:'call8', '[]', 'Other'), 'stored', 'once more');
select is((select summary from public.call_logs where id = :'call8'), 'zanzibar-lilac', 'changes nothing');
reset role;
select is((select count(*) from river.river_job where kind = 'fetch_call_report'), 1::bigint, 'and fetches nothing more');

update public.call_logs set reported_at = null, transcript_state = 'none' where id = :'call8';
select pg_temp.act_for('a');
select is(pg_temp.report(:'call8', '{"no": "array"}'), 'pending_redaction', 'turns that cannot be read');
select is((select transcript from public.call_logs where id = :'call8'), '[]', 'are not kept either');
select * from finish();
rollback;
