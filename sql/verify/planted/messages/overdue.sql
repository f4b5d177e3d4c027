update public.scheduled_messages set due_at = app.now() - interval '61 minutes' where state = 'waiting';
