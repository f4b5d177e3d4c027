-- One person cannot be in two visits at once: an overlapping wish under the same name is a change of mind.
begin;
\ir ../booking.psql
select plan(12);

select pg_temp.act_for('a');
select is(pg_temp.book('04 10:00', 'Ann Quillby', p_tool_call => 'tool-1'), 'booked', 'a checkup at ten');
select set_config('test.id', (select id::text from public.appointments), true);
select is(pg_temp.book('04 10:15', 'ann quillby', p_tool_call => 'tool-2'), 'amended', 'a quarter later instead');
select is(pg_temp.diary(), array['04 10:15 Avery'], 'moved, with the same practitioner');
select is(pg_temp.book('04 10:15', 'Ann Quillby', p_resource => 'Blake'), 'amended', 'with Blake instead');
select is(pg_temp.diary(), array['04 10:15 Blake'], 'changed');
select is(pg_temp.book('04 10:15', 'Ann Quillby', p_service => 'Whitening'), 'amended', 'another treatment instead');
select is(pg_temp.diary(), array['04 10:15 Avery'], 'with who gives it');
select is((select array_agg(id::text) from public.appointments), array[current_setting('test.id')], 'it is one row all the time');
select is((select array_agg(kind order by kind) from public.appointment_changes), '{amended,amended,amended,booked}', 'every step is in its history');
select is(pg_temp.book('04 14:00', 'Ann Quillby'), 'booked', 'a time apart is a second visit');
select is(pg_temp.book('04 10:15', 'Ben Quillfeather', 'c2', p_resource => 'Avery'), 'refused taken', 'another call''s overlapping wish');
select is(pg_temp.book('04 10:15', 'Ann Quillby', 'c2', p_resource => 'Avery'), 'refused taken', 'is no change of mind, whatever the name');

select * from finish();
rollback;
