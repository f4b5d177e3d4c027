-- What was cancelled can be booked again, by others and in the same call.
begin;
\ir ../booking.psql
select plan(9);

select pg_temp.act_for('a');
select is(pg_temp.book('04 10:00', 'Ann Quillby', p_resource => 'Avery', p_tool_call => 'tool-1'), 'booked', 'booked');
select is((select pg_temp.said(b) from app.cancel_appointment(p_call_id => :'call1', p_tool_call_id => 'tool-2') b), 'cancelled', 'cancelled');
select is(pg_temp.diary(), '{}', 'free');
select is(pg_temp.book('04 10:00', 'Ann Quillby', p_resource => 'Avery', p_tool_call => 'tool-3'), 'booked', 'the same wish in the same call');
select is(pg_temp.diary(), array['04 10:00 Avery'], 'is a visit again');
select is((select count(distinct booking_ref) from public.appointments), 2::bigint, 'with a reference of its own');
select is((select pg_temp.said(b) from app.cancel_appointment(p_call_id => :'call1', p_tool_call_id => 'tool-4') b), 'cancelled', 'cancelled again');
select is(pg_temp.book('04 10:00', 'Ben Quillfeather', 'c2', p_resource => 'Avery'), 'booked', 'and taken by another call');
select is(pg_temp.book('04 10:00', 'Ann Quillby', p_resource => 'Avery', p_tool_call => 'tool-5'), 'refused taken', 'too late for the first');

select * from finish();
rollback;
