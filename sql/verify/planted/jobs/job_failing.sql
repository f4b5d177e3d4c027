update river.river_job set attempt = 5 where state = 'retryable';
