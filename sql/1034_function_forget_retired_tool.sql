create or replace function app.forget_retired_tool(p_vapi_tool_id text)
returns boolean
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  update public.vapi_tools t
  set retired_ids = array_remove(t.retired_ids, p_vapi_tool_id),
    previous_id = nullif(t.previous_id, p_vapi_tool_id),
    previous_hash = case when t.previous_id <> p_vapi_tool_id then t.previous_hash end
  where p_vapi_tool_id = any (t.retired_ids);
  return found;
end
$$;

comment on function app.forget_retired_tool(text) is
  'Takes a retired id off the list after the tool was deleted at Vapi. False when it was not on it.';

select app.seal('app.forget_retired_tool(text)', 'app_definer', 'voxanne_login');
