update public.idempotency_keys set acted_at = app.now() - interval '1 hour', lease_until = app.now() - interval '59 minutes' where state = 'running';
