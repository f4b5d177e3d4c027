delete from public.org_tools where tool_name = 'checkAvailability';
