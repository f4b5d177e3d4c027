begin;
\ir ../inside.psql
select plan(4);

select pg_temp.act_inside('a');
select app.note_attempt('hold', app.booking_refusal('refused', 'taken', :'checkup', :'avery', pg_temp.t('05 10:00')), :'call1', 'tool-1', pg_temp.t('05 10:05'), repeat('d', 40), repeat('t', 40));
select results_eq($$ select org_id, kind, call_id, tool_call_id, char_length(said_date), char_length(said_time), service_id, resource_id, starts_at, outcome, reason, appointment_id, actor_user_id, at from public.booking_attempts $$,
  format($$ values (%L::uuid, 'hold', %L::uuid, 'tool-1', 32, 32, %L::uuid, %L::uuid, %L::timestamptz, 'refused', 'taken', null::uuid, null::uuid, app.now()) $$,
    :'lakeside', :'call1', :'checkup', :'avery', '2030-03-05 16:05+00'), 'a call''s try, the wished start, no more of its words than fit');
select pg_temp.act_as('staff');
set role app_writer;
select app.note_attempt('book', app.booking_refusal('refused', 'past', :'checkup', :'avery', pg_temp.t('05 10:00')), null, null, null, null, null);
select results_eq($$ select call_id, starts_at, actor_user_id from public.booking_attempts where kind = 'book' $$,
  $$ values (null::uuid, '2030-03-05 16:00+00'::timestamptz, 'a0000000-0000-7000-8000-0000000000e3'::uuid) $$, 'a member''s, with the start of the answer');
select throws_ok($$ select app.note_attempt('steal', app.booking_refusal('refused', 'past'), null, null, null, null, null) $$, '23514', null, 'no other kind');
select set_config('request.jwt.claims', '', true);
select throws_ok($$ select app.note_attempt('book', row(null)::app.booking_result, null, null, null, null, null) $$, null, null, 'no tenant leaves no trace');

select * from finish();
rollback;
