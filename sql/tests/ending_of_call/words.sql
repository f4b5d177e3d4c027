-- Vapi's words for the end of a call, and ours.
begin;
select plan(1);
select results_eq($$
  select w, app.ending_of_call(w, false), app.ending_of_call(w, true)
  from unnest(array['customer-busy', 'customer-did-not-answer', 'voicemail', 'manually-canceled', 'customer-ended-call',
    'call.start.error-vapifault-get-transport', 'twilio-failed-to-connect-call', 'silence-timed-out', null]) with ordinality u (w, n)
  order by n $$, $$ values
  ('customer-busy', 'busy', 'busy'),
  ('customer-did-not-answer', 'no_answer', 'no_answer'),
  ('voicemail', 'voicemail', 'voicemail'),
  ('manually-canceled', 'stopped', 'stopped'),
  ('customer-ended-call', 'completed', 'completed'),
  ('call.start.error-vapifault-get-transport', 'failed', 'completed'),
  ('twilio-failed-to-connect-call', 'failed', 'completed'),
  ('silence-timed-out', 'completed', 'completed'),
  (null, 'failed', 'completed') $$, 'an open set, told in few words');
select * from finish();
rollback;
