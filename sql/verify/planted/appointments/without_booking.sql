update public.call_logs set outcome = 'booked' where vapi_call_id = 'call-2';
