-- One redactor: identifiers always, medical terms where the clinic wants none or is in HIPAA mode.
begin;
\ir ../booking.psql
select plan(9);
create function pg_temp.talk() returns text[] language sql security definer as $$
  select app.redact_talk(array['I am Ann Quill.', 'mm-hm', 'I have diabetes, call 312 555 0111.', null], '{Ann Quill}')
$$;
create function pg_temp.set_to(p_fields text) returns boolean language sql as $$
  select redact_medical_terms from app.set_org_settings(p_fields::jsonb)
$$;
select pg_temp.act_as('admin');
select is(pg_temp.set_to('{"hipaa_mode": false}'), false, 'off from the start');
select is(pg_temp.talk(), array['I am [name].', 'mm-hm', 'I have diabetes, call [phone].', null], 'identifiers go');
select is(pg_temp.set_to('{"redact_medical_terms": true}'), true, 'set');
select is(pg_temp.talk(), array['I am [name].', 'mm-hm', 'I have [medical term], call [phone].', null], 'medical terms as well');
select is(pg_temp.set_to('{"redact_medical_terms": false, "hipaa_mode": true}'), false, 'HIPAA mode leaves the setting');
select is((pg_temp.talk())[3], 'I have [medical term], call [phone].', 'but has it on');
select throws_ok($$ select app.set_org_settings('{"redact_medical_terms": null}') $$, 'VX400', null, 'no third state');
reset role;
select pg_temp.act_for('a');
select app.take_message(:'call1', 'tool-1', 'She takes metformin');
select is((select body from public.caller_messages where tool_call_id = 'tool-1'), 'She takes [medical term]', 'messages too');
select pg_temp.act_for('b');
select is((pg_temp.talk())[3], 'I have diabetes, call [phone].', 'each clinic for itself');
select * from finish();
rollback;
