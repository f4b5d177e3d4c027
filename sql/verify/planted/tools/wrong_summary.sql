delete from public.agent_tools where tool_name = 'checkAvailability';
