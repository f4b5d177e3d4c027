-- A tool call is answered from its trace once it succeeded, about the visit as it stands; refusals and questions are tried again.
begin;
\ir ../inside.psql
select plan(11);

select pg_temp.act_inside('a');
select pg_temp.book('05 10:05', 'Ann Quillby', p_tool_call => 'tool-1');
create function pg_temp.replayed(p_kind text, p_call text, p_tool text) returns text language sql as $$
  select pg_temp.said(b) || to_char(b.starts_at at time zone b.time_zone, ' DD HH24:MI') from app.replayed_attempt(p_kind, pg_temp.call(p_call), p_tool) b
$$;
select is(pg_temp.replayed('book', 'c1', 'tool-1'), null, 'what was refused is new');
select pg_temp.book('05 10:00', 'Ann Quillby', p_tool_call => 'tool-1');
select is(pg_temp.replayed('book', 'c1', 'tool-1'), 'booked again 05 10:00', 'what was booked is done');
select is(pg_temp.replayed('book', 'c1', 'tool-2'), null, 'another tool call');
select is(pg_temp.replayed('book', 'c2', 'tool-1'), null, 'another call');
select is(pg_temp.replayed('reschedule', 'c1', 'tool-1'), null, 'another kind');
select is(pg_temp.replayed('book', 'c1', null), null, 'no id');
select pg_temp.book('05 10:00', 'Anne Quillby', p_tool_call => 'tool-3');
select is(pg_temp.replayed('book', 'c1', 'tool-3'), null, 'a question is asked again');
select app.reschedule_appointment(pg_temp.t('05 14:00'), p_call_id => :'call1');
select is(pg_temp.replayed('book', 'c1', 'tool-1'), 'booked again 05 14:00', 'the visit is told as it stands now');
select app.cancel_appointment(p_call_id => :'call1');
select is((app.replayed_attempt('book', :'call1', 'tool-1')).status, 'cancelled', 'also when it was cancelled');
select pg_temp.act_inside('b');
select is(pg_temp.replayed('book', 'c1', 'tool-1'), null, 'another tenant');
select set_config('request.jwt.claims', '', true);
select is(pg_temp.replayed('book', 'c1', 'tool-1'), null, 'no tenant');

select * from finish();
rollback;
