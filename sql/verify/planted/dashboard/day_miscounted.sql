update public.call_days set missed = missed - 1 where missed > 0;
