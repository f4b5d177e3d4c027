update public.agents set lease_until = app.now() - interval '1 day';
