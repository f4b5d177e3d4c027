-- Models repeat a wish under a new tool call id; it is still one visit.
begin;
\ir ../booking.psql
select plan(11);

select pg_temp.act_for('a');
select is(pg_temp.book('04 10:00', 'Ann Quillby', p_tool_call => 'tool-1'), 'booked', 'without a practitioner');
select is(pg_temp.book('04 10:00', 'Ann Quillby', p_tool_call => 'tool-2'), 'booked again', 'the same wish under a new id');
select is(pg_temp.book('04 10:00', 'ANN  QUILLBY.', p_tool_call => 'tool-3'), 'booked again', 'spelled another way');
select is(pg_temp.book('04 10:00', 'Ann Quillby', p_tool_call => 'tool-4', p_resource => 'Avery'), 'booked again', 'now naming the practitioner who was chosen');
select is(pg_temp.book('04 10:00', 'Ann Quillby', p_tool_call => null), 'booked again', 'without any id');
select is(pg_temp.diary(), array['04 10:00 Avery'], 'one visit');
select is(pg_temp.book('04 14:00', 'Ben Quillfeather', 'c2', p_resource => 'Blake', p_tool_call => 'tool-1'), 'booked', 'with a practitioner named');
select is(pg_temp.book('04 14:00', 'Ben Quillfeather', 'c2', p_resource => 'Blake', p_tool_call => 'tool-2'), 'booked again', 'and again');
select is(pg_temp.book('04 14:00', 'Ben Quillfeather', 'c2', p_tool_call => 'tool-3'), 'booked again', 'and not naming him any more');
select is(pg_temp.diary(), array['04 10:00 Avery', '04 14:00 Blake'], 'still one');
select is(pg_temp.book('05 14:00', 'Ben Quillfeather', 'c2'), 'booked', 'another day is another visit');

select * from finish();
rollback;
