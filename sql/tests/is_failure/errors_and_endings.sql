-- Values of Vapi's endedReason, from its published enum.
begin;
select plan(27);
select ok(app.is_failure(reason), reason) from (values
  ('assistant-request-failed'), ('assistant-request-returned-error'), ('assistant-request-returned-invalid-assistant'), ('assistant-not-found'), ('assistant-not-valid'),
  ('call.start.error-get-customer'), ('call.in-progress.error-vapifault-openai-llm-failed'), ('call.in-progress.error-providerfault-deepgram-transcriber-failed'),
  ('pipeline-error-openai-llm-failed'), ('pipeline-no-available-llm-model-error'), ('twilio-failed-to-connect-call'), ('twilio-reported-customer-misdialed'),
  ('phone-call-provider-closed-websocket'), ('worker-shutdown'), ('database-error'), ('vonage-rejected'), ('vonage-disconnected'), ('unknown-error')) r (reason);
select ok(not app.is_failure(reason), reason) from (values
  ('customer-ended-call'), ('assistant-ended-call'), ('assistant-said-end-call-phrase'), ('silence-timed-out'), ('exceeded-max-duration'), ('customer-busy'),
  ('customer-did-not-answer'), ('manually-canceled')) r (reason);
select is(app.is_failure(null), null, 'not told');
select * from finish();
rollback;
