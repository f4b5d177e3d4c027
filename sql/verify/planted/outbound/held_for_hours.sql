update public.outbound_calls set taken_at = app.now() - interval '5 hours' where state = 'under_way';
