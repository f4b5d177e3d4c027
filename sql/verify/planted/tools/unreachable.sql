delete from public.assistant_routes where vapi_assistant_id = 'assistant-a';
