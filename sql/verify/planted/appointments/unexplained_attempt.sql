update public.booking_attempts set reason = null where outcome = 'refused';
