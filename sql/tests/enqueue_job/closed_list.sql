begin;
select plan(9);
\ir ../clinics.psql
select pg_temp.act_for('a');
select ok(app.enqueue_job('release_hold', '{"appointment_id": "a0000000-0000-7000-8000-000000000071"}') > 0, 'a known kind');
select ok(app.enqueue_job('fetch_call_report', '{"org_id": "b0000000-0000-7000-8000-000000000001", "call_id": "x"}', app.now() + interval '1 minute') > 0, 'another');
select throws_ok($$select app.enqueue_job('drop_everything', '{}')$$, 'VX400', 'there is no job of kind drop_everything', 'an unknown kind');
select throws_ok($$select app.enqueue_job(null, '{}')$$, 'VX400', null, 'none');
select throws_ok('select * from river.river_job', '42501', null, 'the queue itself is closed');
reset role;
select results_eq('select kind, state::text, queue, args ->> ''org_id'', scheduled_at from river.river_job order by id',
  $$values ('release_hold', 'available', 'default', 'a0000000-0000-7000-8000-000000000001', '2030-03-04 14:00+00'::timestamptz),
    ('fetch_call_report', 'scheduled', 'default', 'a0000000-0000-7000-8000-000000000001', '2030-03-04 14:01+00')$$,
  'the organisation is the claims'', whatever the arguments say');
select set_config('request.jwt.claims', '', true);
set role tenant_service;
select throws_ok($$select app.enqueue_job('release_hold', '{}')$$, 'VX401', null, 'no tenant');
reset role;
set role tenant_user;
select throws_ok($$select app.enqueue_job('release_hold', '{}')$$, '42501', null, 'not for people');
reset role;
set role voxanne_login;
select throws_ok($$select app.enqueue_job('release_hold', '{}')$$, '42501', null, 'nor before a request began');
select * from finish();
rollback;
