-- The text holds no name: not the caller's, who has a column, nor anybody's whom the call knows.
begin;
\ir ../booking.psql
select plan(5);

select pg_temp.act_for('a');
create function pg_temp.body(p_tool text) returns text language sql as $$
  select body || coalesce(' / ' || caller_name, '') from public.caller_messages where tool_call_id = p_tool
$$;
select app.take_message(:'call1', 'tool-1', 'Ann Quillby wants Dr. Stone to call. ann is at 312 555 0188.', 'Ann Quillby');
select is(pg_temp.body('tool-1'), '[name] wants Dr. Stone to call. [name] is at [phone]. / Ann Quillby', 'the caller''s name has its column');
select app.take_message(:'call1', 'tool-2', 'It is Ann again');
select is(pg_temp.body('tool-2'), 'It is [name] again', 'a name that the call gave before');
select pg_temp.book('05 10:00', 'Ben Quillfeather');
select app.take_message(:'call1', 'tool-3', 'Ben Quillfeather will be late');
select is(pg_temp.body('tool-3'), '[name] will be late', 'whom the call booked');
select app.take_message(:'call2', 'tool-4', 'Benedict asks', '  ');
select is(pg_temp.body('tool-4'), 'Benedict asks', 'no name, no other words');
select app.take_message(:'call3', 'tool-5', 'Ann asks for Ben');
select is(pg_temp.body('tool-5'), 'Ann asks for Ben', 'another call does not know them');

select * from finish();
rollback;
