update public.calendar_events set lease_id = app.uuid_v7(), lease_until = app.now() - interval '61 minutes' where synced_version < desired_version;
