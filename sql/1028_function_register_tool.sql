create or replace function app.register_tool(p_name text, p_claim_id uuid, p_hash text, p_vapi_tool_id text)
returns boolean
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  update public.vapi_tools t
  set vapi_tool_id = p_vapi_tool_id, definition_hash = p_hash, registered_at = app.now(), claim_id = null, claimed_until = null,
    previous_id = case when t.vapi_tool_id = p_vapi_tool_id then t.previous_id else t.vapi_tool_id end,
    previous_hash = case when t.vapi_tool_id = p_vapi_tool_id then t.previous_hash else t.definition_hash end,
    retired_ids = case when t.vapi_tool_id is null or t.vapi_tool_id = p_vapi_tool_id then t.retired_ids
      else t.retired_ids || t.vapi_tool_id end
  where t.name = p_name and t.claim_id = p_claim_id;
  return found;
end
$$;

comment on function app.register_tool(text, uuid, text, text) is
  'Notes a tool''s registration at Vapi; the id it had before is kept as retired, because assistants and running calls may still carry it. False when the claim was lost.';

select app.seal('app.register_tool(text, uuid, text, text)', 'app_definer', 'voxanne_login');
