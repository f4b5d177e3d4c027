update public.outbound_calls set due_at = app.now() - interval '61 minutes' where state = 'waiting';
