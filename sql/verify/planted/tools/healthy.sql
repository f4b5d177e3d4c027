-- Two registered tools; Lakeside's receptionist carries both, Harbor's was never synced.
\ir ../../../tests/clinics.psql
insert into public.vapi_tools (name, vapi_tool_id, definition_hash, retired_ids, registered_at) values
  ('checkAvailability', 'tool-check', repeat('a', 64), '{tool-check-old}', app.now() - interval '1 day'),
  ('bookClinicAppointment', 'tool-book', repeat('b', 64), '{}', app.now() - interval '1 day');
insert into public.agent_tools (org_id, agent_id, tool_name, vapi_tool_id, definition_hash, linked_at)
select 'a0000000-0000-7000-8000-000000000001', 'a0000000-0000-7000-8000-000000000041', name, vapi_tool_id, definition_hash, app.now()
from public.vapi_tools;
insert into public.org_tools (org_id, tool_name, vapi_tool_id, definition_hash, linked)
select 'a0000000-0000-7000-8000-000000000001', name, vapi_tool_id, definition_hash, true from public.vapi_tools;
update public.agents set sync_status = 'synced', synced_version = desired_version where org_id = 'a0000000-0000-7000-8000-000000000001';
