update public.calendar_links set last_synced_at = app.now() - interval '16 minutes';
