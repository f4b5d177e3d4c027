-- The same tool call delivered twice is answered twice and done once.
begin;
\ir ../booking.psql
select plan(9);

select pg_temp.act_for('a');
select is(pg_temp.book('04 10:00', 'Ann Quillby', p_tool_call => 'tool-1'), 'booked', 'the first time');
select is(pg_temp.book('04 10:00', 'Ann Quillby', p_tool_call => 'tool-1'), 'booked again', 'the second time the same answer');
select is(pg_temp.book('05 11:00', 'Somebody Quillfeather', p_tool_call => 'tool-1'), 'booked again', 'the id decides, not what it carries now');
select is(pg_temp.diary(), array['04 10:00 Avery'], 'one booking');
select is((select array_agg(distinct b.appointment_id || b.booking_ref) from app.book_appointment('Checkup', pg_temp.t('04 10:00'), 'Ann Quillby', :'call1', 'tool-1') b),
  (select array_agg(id || booking_ref) from public.appointments), 'named by the same reference');
select is(pg_temp.book('04 10:00', 'Ben Quillfeather', 'c2', p_tool_call => 'tool-1', p_resource => 'Avery'), 'refused taken', 'another call''s tool call of the same id is its own');
select is(pg_temp.book('04 10:00', 'Ben Quillfeather', 'c2', p_tool_call => 'tool-1'), 'booked', 'a refused try is no answer for ever');
select is((select count(*) from public.notifications where kind = 'appointment_booked'), 2::bigint, 'the staff hear of each once');
select is((select count(*) from public.appointment_changes), 2::bigint, 'the history too');

select * from finish();
rollback;
