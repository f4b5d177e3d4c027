-- A hold ends by the clock: nobody has to sweep first. The job deletes it later, and only an expired one.
begin;
\ir ../booking.psql
select plan(12);

select pg_temp.act_for('a');
select is(pg_temp.hold('04 10:00', p_resource => 'Avery'), 'held', 'held until five past eight');
select set_config('test.hold', (select id::text from public.appointments), true);
select is(app.expire_hold(current_setting('test.hold')::uuid), 0, 'the job deletes nothing before');
select pg_temp.clock('04 08:04');
select is(pg_temp.hold('04 10:00', 'c2', p_resource => 'Avery'), 'refused taken', 'a minute before it is another call''s');
select pg_temp.clock('04 08:05');
select is(pg_temp.hold('04 10:00', 'c2', p_resource => 'Avery'), 'held', 'on the minute it is anybody''s');
select is((select call_id from public.appointments), :'call2'::uuid, 'the expired row made room');
select is(pg_temp.book('04 10:00', 'Ann Quillby', 'c1', p_resource => 'Avery'), 'refused taken', 'the first call came too late');
select pg_temp.clock('04 08:10');
select is(pg_temp.book('04 10:00', 'Ann Quillby', 'c1', p_resource => 'Avery'), 'booked', 'later it books over the second''s expired hold');
select is(pg_temp.diary(), array['04 10:00 Avery'], 'which is gone');
select is(pg_temp.hold('04 11:00', 'c2'), 'held', 'a new hold');
select pg_temp.clock('04 08:15');
select is(app.expire_hold((select id from public.appointments where status = 'held')), 1, 'the job deletes an expired one');
select is(app.expire_hold((select id from public.appointments where status = 'confirmed')), 0, 'and never a booking');
reset role;
select results_eq(
  $$ select args ->> 'appointment_id', args ->> 'org_id', scheduled_at from river.river_job where kind = 'release_hold' order by id limit 1 $$,
  $$ values (current_setting('test.hold'), 'a0000000-0000-7000-8000-000000000001', pg_temp.t('04 08:05') + interval '1 second') $$,
  'every hold put its own end in the queue');

select * from finish();
rollback;
