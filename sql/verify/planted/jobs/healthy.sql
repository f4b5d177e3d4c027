-- Jobs in every state of everyday life, and a lease that somebody holds.
\ir ../../../tests/clinics.psql
insert into river.river_job (kind, queue, state, args, max_attempts, attempt, attempted_at, scheduled_at, finalized_at) values
  ('send_message', 'default', 'running', '{}', 25, 1, now() - interval '1 minute', now() - interval '1 minute', null),
  ('send_message', 'default', 'available', '{}', 25, 0, null, now() - interval '1 minute', null),
  ('send_message', 'default', 'scheduled', '{}', 25, 0, null, now() + interval '3 days', null),
  ('send_message', 'default', 'retryable', '{}', 25, 2, now() - interval '1 minute', now() + interval '1 minute', null),
  ('send_message', 'default', 'completed', '{}', 25, 1, now() - interval '1 day', now() - interval '1 day', now() - interval '1 day'),
  ('send_message', 'default', 'discarded', '{}', 25, 25, now() - interval '8 days', now() - interval '8 days', now() - interval '8 days');
update public.agents set lease_id = app.uuid_v7(), lease_until = app.now() - interval '1 minute';
