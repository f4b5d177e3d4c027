begin;
select plan(36);
\ir ../clinics.psql
\ir ../family.psql
select set_config('request.jwt.claims', '{"app_metadata": {"org_id": "a0000000-0000-7000-8000-000000000001"}}', true);
select is(app.call_outcome(:'call1', reason, seconds), outcome, coalesce(reason, 'no reason') || ' after ' || coalesce(seconds::text, 'no') || ' seconds')
from (values
  ('customer-ended-call', 60, 'answered'), ('assistant-ended-call', 5, 'answered'), ('customer-ended-call', 4, 'missed'),
  ('customer-did-not-answer', 30, 'missed'), ('customer-busy', 30, 'missed'), ('voicemail', 30, 'voicemail'), ('customer-did-not-answer', 2, 'missed'),
  ('twilio-reported-customer-busy', 30, 'missed'), ('call.in-progress.error-vapifault', 60, 'failed'), ('pipeline-error-x', 1, 'failed'),
  ('pipeline-error-openai-llm-failed', 60, 'failed'), ('assistant-forwarded-call', 60, 'transferred'),
  ('assistant-request-returned-forwarding-phone-number', 1, 'transferred'), ('assistant-request-returned-error', 1, 'failed'), ('phone-call-provider-closed-websocket', 60, 'failed'),
  ('silence-timed-out', 60, 'missed'), ('exceeded-max-duration', 60, 'answered'), ('call.forwarding.operator-busy', 60, 'missed'), ('manually-canceled', null, 'missed'),
  (null, null, 'missed'), (null, 60, 'answered')
) c (reason, seconds, outcome);
select is(app.call_outcome(:'call1', 'customer-ended-call', 60, true), 'spam', 'a sales call');
select is(app.call_outcome(:'call1', 'assistant-forwarded-call', 60, true), 'transferred', 'but one that was put through');
select is(app.call_outcome(:'call1', 'voicemail', 60, true), 'voicemail', 'a greeting that wants keys pressed is a voicemail''s');
select is(app.call_outcome(:'call1', 'customer-ended-call', 60, false, false), 'missed', 'only the agent spoke');
select is(app.call_outcome(:'call1', 'silence-timed-out', 60, false, true), 'answered', 'silence after talk');
select is(app.call_outcome(:'call1', 'silence-timed-out', 60, false, false), 'missed', 'nothing but silence');
update public.call_logs set questions_answered = 1 where id = :'call1';
select is(app.call_outcome(:'call1', 'customer-ended-call', 3), 'answered', 'who was answered from the documents spoke');
select is(app.call_outcome(:'call1', 'silence-timed-out', 60, false, false), 'answered', 'whatever the transcript lacks');
select is(app.call_outcome(:'call1', 'pipeline-error-x', 60), 'failed', 'but an error may have cut the answer off');
select is(app.call_outcome(:'call1', 'customer-ended-call', 60, true), 'spam', 'and a robot asks too');
select app.take_message(:'call1', 't1', 'Hello');
select is(app.call_outcome(:'call1', 'assistant-forwarded-call', 60), 'message', 'a message tells more than a transfer');
select is(app.call_outcome(:'call1', 'customer-ended-call', 60, true), 'message', 'and than what it sounded like');
select app.verify_caller(:'call1', '1982-03-05');
select app.cancel_appointment('MAEVE2', null, :'call1', 't2');
select is(app.call_outcome(:'call1', 'customer-ended-call', 60), 'cancelled', 'a cancellation more than a message');
select app.verify_caller(:'call1', '2015-06-07');
select app.reschedule_appointment('2030-03-07 17:00+00', 'NJCK22', null, :'call1', 't3');
select is(app.call_outcome(:'call1', 'customer-ended-call', 60), 'rescheduled', 'a move more than a cancellation');
select app.book_appointment('Checkup', '2030-03-08 16:00+00', 'Jo Quillby', :'call1', 't4');
select is(app.call_outcome(:'call1', 'voicemail', 1), 'booked', 'and a booking most');
select * from finish();
rollback;
