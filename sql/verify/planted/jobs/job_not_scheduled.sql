update river.river_job set scheduled_at = now() - interval '1 hour' where state = 'scheduled';
