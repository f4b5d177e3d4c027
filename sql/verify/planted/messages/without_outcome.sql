update public.messages set handed_over_at = app.now() - interval '16 minutes' where send_key = 'k5';
