-- A move that cannot be made leaves the visit where it is, and says why with alternatives.
begin;
\ir ../booking.psql
select plan(9);

select pg_temp.act_for('a');
select pg_temp.book('04 10:00', 'Ann Quillby', p_resource => 'Avery'), pg_temp.book('05 10:00', 'Ben Quillfeather', 'c2', p_resource => 'Avery'),
  pg_temp.book('05 10:00', 'Cleo Quillfeather', 'c2', p_resource => 'Blake');
create function pg_temp.move(p_start text, p_resource text default null) returns text language sql as $$
  select pg_temp.said(b) from app.reschedule_appointment(pg_temp.t(p_start), p_call_id => 'a0000000-0000-7000-8000-0000000000c1', p_resource => p_resource) b
$$;
select is(pg_temp.move('05 10:00'), 'refused taken', 'taken');
select is(pg_temp.move('05 10:05'), 'refused off_step', 'crooked');
select is(pg_temp.move('04 07:00'), 'refused past', 'past');
select is(pg_temp.move('09 10:00'), 'refused outside_hours', 'closed day');
select is(pg_temp.move('05 11:00', 'Nobody'), 'refused unknown_resource', 'unknown practitioner');
select is(pg_temp.diary(), array['04 10:00 Avery', '05 10:00 Avery', '05 10:00 Blake'], 'everything stands');
select is((select array_agg(kind) from public.appointment_changes where call_id = :'call1'), '{booked}', 'nothing in its history');
select is((select alternatives from app.reschedule_appointment(pg_temp.t('05 10:00'), p_call_id => :'call1')),
  array[pg_temp.t('05 09:15'), pg_temp.t('05 09:30'), pg_temp.t('05 10:30')], 'the nearest that are free');
select is((select alternatives from app.reschedule_appointment(pg_temp.t('04 10:05'), p_call_id => :'call1', p_resource => 'Avery')),
  array[pg_temp.t('04 09:45'), pg_temp.t('04 10:00'), pg_temp.t('04 10:15')], 'the visit itself is not in the way of what is offered');

select * from finish();
rollback;
