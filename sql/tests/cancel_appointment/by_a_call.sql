-- A call cancels what it booked or what its caller proved to be theirs, once.
begin;
\ir ../booking.psql
select plan(13);

select pg_temp.act_for('a');
select pg_temp.book('04 10:00', 'Ann Quillby'), pg_temp.book('05 10:00', 'Ben Quillfeather');
select set_config('test.ref', (select booking_ref from public.appointments where scheduled_at = pg_temp.t('04 10:00')), true);
create function pg_temp.cancel(p_call text, p_which text default null, p_on date default null, p_tool text default null) returns text language sql as $$
  select pg_temp.said(b) from app.cancel_appointment(p_which, p_on, ('a0000000-0000-7000-8000-0000000000' || p_call)::uuid, p_tool, ' changed my mind ') b
$$;
select is(pg_temp.cancel('c2'), 'refused not_verified', 'a stranger cancels nothing');
select is(pg_temp.cancel('c2', current_setting('test.ref')), 'refused not_verified', 'not even by reference');
select is(pg_temp.cancel('c1'), 'question which_appointment', 'which of two');
select is(pg_temp.cancel('c1', current_setting('test.ref'), p_tool => 'tool-1'), 'cancelled', 'by reference');
select is(pg_temp.diary(), array['05 10:00 Avery'], 'the other stands');
select is(pg_temp.cancel('c1', current_setting('test.ref'), p_tool => 'tool-1'), 'cancelled again', 'the same tool call');
select is(pg_temp.cancel('c1', current_setting('test.ref'), p_tool => 'tool-2'), 'cancelled again', 'the same wish');
select results_eq($$ select status, cancel_reason, cancelled_at from public.appointments where booking_ref = current_setting('test.ref') $$,
  $$ values ('cancelled', 'changed my mind', pg_temp.t('04 08:00')) $$, 'why and when');
select is((select array_agg(kind order by kind) from public.appointment_changes h where appointment_id = (select id from public.appointments where status = 'cancelled')),
  '{booked,cancelled}', 'the history has it once');
select is(pg_temp.cancel('c1', null, '2030-03-05'), 'cancelled', 'the other by its day');
select is(pg_temp.cancel('c1'), 'cancelled again', 'nothing is left: said once more');
select is(pg_temp.hold('06 10:00'), 'held', 'a hold');
select is(pg_temp.cancel('c1', null, '2030-03-06'), 'refused not_verified', 'is no visit');

select * from finish();
rollback;
