update public.idempotency_keys set expires_at = app.now() - interval '4 hours' where state = 'done';
