update public.agents set synced_version = 7 where desired_version = 1;
