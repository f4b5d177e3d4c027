-- Names that tools were given go from the words too, also when nobody of that name was booked.
begin;
\ir ../booking.psql
select plan(4);

select pg_temp.act_for('a');
select pg_temp.book('05 10:05', 'Zoe Quillfeather');
select is(app.record_call_report(:'call1', null, null, 60, null, 'Zoe asked for a visit; José called back.',
  '[{"speaker": "caller", "text": "Zoe Quillfeather, for Jose", "at": 1}]', null, false, '{}', '{Zoe Quillfeather,José Quillby}'), 'stored', 'a report with the names that were said');
select results_eq($$ select summary, transcript -> 0 ->> 'text' from public.call_logs where vapi_call_id = 'call-1' $$,
  $$ values ('[name] asked for a visit; [name] called back.', '[name], for [name]') $$, 'is kept without them');
select app.record_call_report(:'call2', null, null, 60, null, 'Zoe asked.', '[]', null, false, '{}', null);
select is((select summary from public.call_logs where id = :'call2'), 'Zoe asked.', 'no list of names takes none out');
select is((select transcript_state from public.call_logs where id = :'call2'), 'none', 'and is no failure');

select * from finish();
rollback;
