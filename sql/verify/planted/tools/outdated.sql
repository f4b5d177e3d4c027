update public.agent_tools set vapi_tool_id = 'tool-check-old' where tool_name = 'checkAvailability';
