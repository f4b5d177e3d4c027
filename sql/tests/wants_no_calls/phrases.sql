-- Which sentences end all calls, and which are about something else.
begin;
\ir ../clinics.psql
select plan(28);
select ok(app.wants_no_calls(s), s) from unnest(array[
  'Do not call me again.', 'Please don''t ever call me again', 'Don’t call us anymore!', 'Never call this number again', 'Stop calling me.',
  'would you please stop calling', 'Stop calling me, please.', 'Take me off your list', 'Please remove my number from your calling list.',
  'Put me on your do-not-call list', 'I don''t want you to call me anymore', 'I do not want any more calls.', 'Don''t call me.',
  'No me llame más', 'Por favor, dejen de llamarme', 'Ne m''appelez plus', 'Rufen Sie mich bitte nicht mehr an']) s;
select ok(not app.wants_no_calls(s), s) from unnest(array[
  'Don''t call me before nine.', 'Do not call me Ann, call me Annie', 'Can you call me again tomorrow?', 'Please don''t stop calling me',
  'Call me back', 'I got your call', 'You never call me', 'Is there a waiting list?', 'Cancel it', 'No me llame antes de las nueve', '']) s;
select * from finish();
rollback;
