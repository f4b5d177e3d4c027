insert into public.vapi_tools (name) values ('queryKnowledge');
