update public.agent_tools set linked_at = null where tool_name = 'checkAvailability';
