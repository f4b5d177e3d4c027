update public.agent_tools set link_error = 'answered 500';
