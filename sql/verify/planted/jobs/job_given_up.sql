update river.river_job set finalized_at = now() - interval '1 hour' where state = 'discarded';
