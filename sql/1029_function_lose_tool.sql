create or replace function app.lose_tool(p_name text, p_vapi_tool_id text)
returns boolean
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  update public.vapi_tools t
  set vapi_tool_id = null, definition_hash = null, registered_at = null, retired_ids = t.retired_ids || t.vapi_tool_id
  where t.name = p_name and t.vapi_tool_id = p_vapi_tool_id;
  return found;
end
$$;

comment on function app.lose_tool(text, text) is
  'Notes that a registered tool is gone at Vapi, where somebody deleted it: it will be registered anew, and the lost id is kept as retired, because assistants still carry it. False when the registration is another one by now.';

select app.seal('app.lose_tool(text, text)', 'app_definer', 'voxanne_login');
