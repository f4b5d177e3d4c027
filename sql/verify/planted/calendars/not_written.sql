update public.calendar_events set updated_at = app.now() - interval '61 minutes' where synced_version < desired_version;
