update public.agents set sync_status = 'failed', sync_error = 'answered 500';
