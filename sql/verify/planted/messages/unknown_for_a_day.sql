update public.messages set updated_at = app.now() - interval '25 hours' where send_key = 'k4';
