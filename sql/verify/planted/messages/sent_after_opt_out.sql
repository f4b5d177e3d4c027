update public.messages set handed_over_at = '2030-03-04 08:15 America/Chicago' where send_key = 'k1' and status = 'sent';
