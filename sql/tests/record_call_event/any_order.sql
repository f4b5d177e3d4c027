begin;
select plan(21);
\ir ../clinics.psql
\set call1 a0000000-0000-7000-8000-0000000000c1
\set call2 a0000000-0000-7000-8000-0000000000c2
select pg_temp.act_for('a');
select ok(app.record_call_event(:'call1', 'in-progress', '2030-03-04 14:01+00'), 'forward');
select ok(not app.record_call_event(:'call1', 'in-progress', '2030-03-04 14:02+00'), 'twice changes nothing');
select ok(not app.record_call_event(:'call1', 'ringing', '2030-03-04 14:00+00'), 'late changes nothing');
select results_eq(format('select status, started_at, ended_at from public.call_logs where id = %L', :'call1'),
  $$values ('in-progress', '2030-03-04 14:01+00'::timestamptz, null::timestamptz)$$, 'started when it first was');
select ok(not app.record_call_event(:'call1', 'dancing', '2030-03-04 14:03+00', 'why'), 'an unknown status');
select ok(not app.record_call_event(:'call1', null, '2030-03-04 14:03+00'), 'none at all');
select is((select status from public.call_logs where id = :'call1'), 'in-progress', 'neither changes anything');

select is((select outcome from app.hold_slot(:'call1', 'Checkup', '2030-03-04 16:00+00')), 'held', 'a call holds a slot');
select is((select outcome from app.hold_slot(:'call2', 'Checkup', '2030-03-04 17:00+00')), 'held', 'so does another');
select ok(app.record_call_event(:'call1', 'forwarding', '2030-03-04 14:04+00'), 'forwarding');
select is((select count(*) from public.appointments where status = 'held'), 2::bigint, 'keeps the hold');
select ok(app.record_call_event(:'call1', 'ended', '2030-03-04 14:05+00', repeat('long ', 100)), 'ended');
select is((select array_agg(call_id) from public.appointments where status = 'held'), array[:'call2'::uuid], 'gives it back, and no other call''s');
select results_eq(format('select status, ended_at, char_length(ended_reason) from public.call_logs where id = %L', :'call1'),
  $$values ('ended', '2030-03-04 14:05+00'::timestamptz, 200)$$, 'ended when it did');
select ok(not app.record_call_event(:'call1', 'ended', '2030-03-04 14:09+00', 'other'), 'ended twice');
select ok(not app.record_call_event(:'call1', 'in-progress', '2030-03-04 14:09+00'), 'nothing comes after the end');
select is((select ended_at from public.call_logs where id = :'call1'), '2030-03-04 14:05+00', 'the first end counts');
select is((select array_agg(kind order by id) from public.events where entity = 'call'), '{call_update,call_update,call_ended}', 'live clients hear each change once');

select ok(app.record_call_event(:'call2', 'ended', '2030-03-04 14:05+00'), 'the end may come first');
select ok(not app.record_call_event('b0000000-0000-7000-8000-0000000000c1', 'ended', app.now()), 'another tenant''s call');
reset role;
select is((select status from public.call_logs where vapi_call_id = 'call-b'), 'ringing', 'is left alone');
select * from finish();
rollback;
