update river.river_job set attempted_at = now() - interval '3 hours' where state = 'running';
