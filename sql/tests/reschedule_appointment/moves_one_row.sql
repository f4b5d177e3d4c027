-- The visit moves; nothing is copied, its history tells from where to where.
begin;
\ir ../booking.psql
select plan(12);

select pg_temp.act_for('a');
select pg_temp.book('04 10:00', 'Ann Quillby', p_resource => 'Blake');
select set_config('test.id', (select id::text from public.appointments), true), set_config('test.ref', (select booking_ref from public.appointments), true);
create function pg_temp.move(p_start text, p_which text default null, p_tool text default null, p_resource text default null) returns text language sql as $$
  select pg_temp.said(b) from app.reschedule_appointment(pg_temp.t(p_start), p_which, null, 'a0000000-0000-7000-8000-0000000000c1', p_tool, p_resource) b
$$;
select is(pg_temp.move('05 14:00', p_tool => 'tool-1'), 'rescheduled', 'the only visit need not be named');
select is(pg_temp.diary(), array['05 14:00 Blake'], 'it moved, with its practitioner');
select is((select id || booking_ref from public.appointments), current_setting('test.id') || current_setting('test.ref'), 'the same row, the same reference');
select results_eq($$ select kind, old_during, new_during, old_resource_id = new_resource_id from public.appointment_changes where kind <> 'booked' $$,
  $$ values ('rescheduled', tstzrange(pg_temp.t('04 10:00'), pg_temp.t('04 10:30')), tstzrange(pg_temp.t('05 14:00'), pg_temp.t('05 14:30')), true) $$, 'from where to where');
select is(pg_temp.move('05 16:00', p_tool => 'tool-1'), 'rescheduled again', 'the same tool call is answered');
select is(pg_temp.move('05 14:00', p_tool => 'tool-2'), 'rescheduled again', 'so is the same wish');
select is(pg_temp.diary(), array['05 14:00 Blake'], 'and not done');
select is(pg_temp.move('05 14:15', current_setting('test.ref')), 'rescheduled', 'onto its own time: it is not in its own way');
select is(pg_temp.move('05 14:15', p_resource => 'Avery'), 'rescheduled', 'to another practitioner');
select is(pg_temp.diary(), array['05 14:15 Avery'], 'at the same time');
select is(pg_temp.book('04 10:00', 'Ben Quillfeather', 'c2', p_resource => 'Blake'), 'booked', 'the old time is free');
select is((select array_agg(kind order by id) from public.events where kind like 'appointment%'),
  '{appointment_created,appointment_updated,appointment_updated,appointment_updated,appointment_created}', 'every change is announced once');

select * from finish();
rollback;
