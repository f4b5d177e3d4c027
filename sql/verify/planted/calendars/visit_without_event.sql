delete from public.calendar_events where synced_version < desired_version;
