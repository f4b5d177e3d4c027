delete from public.call_logs where vapi_call_id = 'call-1';
