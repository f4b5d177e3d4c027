update public.messages set created_at = created_at - interval '1 second' where send_key = 'k4';
