update public.calendar_links set channel_id = 'channel-1', channel_token_hash = sha256('test-secret-channel'), channel_opened_at = app.now() - interval '9 days',
  channel_expires_at = app.now() - interval '25 hours';
