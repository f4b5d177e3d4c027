update public.idempotency_keys set lease_until = app.now() - interval '59 minutes' where state = 'running';
