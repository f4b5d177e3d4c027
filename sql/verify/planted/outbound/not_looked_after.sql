update public.outbound_calls set look_at = app.now() - interval '16 minutes' where state = 'under_way';
