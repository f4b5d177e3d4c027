begin;
select plan(2);
\ir ../clinics.psql
select pg_temp.act_for('a');
select lives_ok($$select app.answer_delivery('call-1', 'tool-calls', 'tool-1', 'Booked.')$$, 'what was not accepted');
select is((select count(*) from public.webhook_deliveries), 0::bigint, 'has no answer');
select * from finish();
rollback;
