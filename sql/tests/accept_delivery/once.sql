begin;
select plan(11);
\ir ../clinics.psql
select pg_temp.act_for('a');
select is((select count(*) from app.accept_delivery('call-1', 'tool-calls', 'tool-1', '\x01')), 0::bigint, 'new: act on it');
select lives_ok($$select app.answer_delivery('call-1', 'tool-calls', 'tool-1', 'Booked.')$$, 'acted and answered');
select results_eq($$select vapi_call_id, kind, key, answer from app.accept_delivery('call-1', 'tool-calls', 'tool-1', '\x02')$$,
  $$values ('call-1', 'tool-calls', 'tool-1', 'Booked.')$$, 'again: what was answered');
select is((select body_hash from public.webhook_deliveries), '\x01', 'the first body counts');
select is((select count(*) from app.accept_delivery('call-1', 'tool-calls', 'tool-2', '\x01')), 0::bigint, 'another key is new');
select is((select count(*) from app.accept_delivery('call-1', 'status-update', 'tool-1', '\x01')), 0::bigint, 'another kind is new');
select is((select count(*) from app.accept_delivery('call-2', 'tool-calls', 'tool-1', '\x01')), 0::bigint, 'another call is new');
select is((select answer from app.accept_delivery('call-1', 'tool-calls', 'tool-2', '\x01')), null, 'accepted, not answered');
select pg_temp.act_for('b');
select is((select count(*) from app.accept_delivery('call-1', 'tool-calls', 'tool-1', '\x01')), 0::bigint, 'another tenant''s deliveries are its own');
select app.answer_delivery('call-1', 'tool-calls', 'tool-1', 'Other.');
select pg_temp.act_for('a');
select is((select answer from public.webhook_deliveries where vapi_call_id = 'call-1' and kind = 'tool-calls' and key = 'tool-1'), 'Booked.', 'and its answers');
select set_config('request.jwt.claims', '', true);
select throws_ok($$select app.accept_delivery('call-1', 'tool-calls', 'tool-9', '\x01')$$, 'VX401', null, 'no tenant');
select * from finish();
rollback;
