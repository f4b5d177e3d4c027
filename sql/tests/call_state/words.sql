begin;
select plan(11);
select is(app.call_state(status, outcome, reason), state, concat_ws(' ', status, outcome, reason)) from (values
  ('in-progress', null, null, 'in_progress'), ('ended', 'booked', 'customer-ended-call', 'completed'), ('ended', 'answered', 'pipeline-error', 'completed'),
  ('ended', 'spam', null, 'completed'), ('ended', null, null, 'completed'), ('ended', 'missed', 'customer-busy', 'missed'),
  ('ended', 'missed', 'pipeline-error', 'failed'), ('ended', 'failed', 'pipeline-error', 'failed'), ('ended', 'failed', null, 'failed'),
  ('ended', 'voicemail', 'voicemail', 'missed'), ('ended', 'transferred', null, 'transferred')) c (status, outcome, reason, state);
select * from finish();
rollback;
