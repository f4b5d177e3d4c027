update public.messages set created_at = app.now() - interval '61 minutes' where send_key = 'k6';
