update public.agents set desired_version = 2, synced_version = 1, sync_status = 'pending', saved_at = app.now() - interval '2 hours'
where org_id = 'a0000000-0000-7000-8000-000000000001';
