-- Registering is a network call; a claim of one minute makes it happen once. The worker that takes over a dead one's
-- claim looks at Vapi for a tool of ours before it creates one.
create or replace function app.claim_tool(p_name text, p_hash text, p_claim_id uuid)
returns setof app.tool_claim
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_now timestamptz;
  v_tool public.vapi_tools;
begin
  -- Nearly always; every sync of every process asks, and need not queue for the row.
  select * into v_tool from public.vapi_tools t where t.name = p_name and t.definition_hash = p_hash;
  if found then
    return next row('registered', v_tool.vapi_tool_id, v_tool.definition_hash)::app.tool_claim;
    return;
  end if;
  -- While a new build takes over, both run: the earlier one goes on with its own tool instead of registering it anew, which
  -- the new one would undo, and so on. A way back that lasts is a change like any other after an hour.
  v_now := app.now();
  select * into v_tool
  from public.vapi_tools t
  where t.name = p_name and t.previous_hash = p_hash and t.registered_at > v_now - interval '1 hour';
  if found then
    return next row('registered', v_tool.previous_id, v_tool.previous_hash)::app.tool_claim;
    return;
  end if;
  insert into public.vapi_tools (name) values (p_name) on conflict (name) do nothing;
  select * into v_tool from public.vapi_tools t where t.name = p_name for update;
  v_now := app.now();
  if v_tool.definition_hash = p_hash then
    return next row('registered', v_tool.vapi_tool_id, v_tool.definition_hash)::app.tool_claim;
  elsif v_tool.claimed_until > v_now and v_tool.claim_id <> p_claim_id then
    return next row('busy', v_tool.vapi_tool_id, v_tool.definition_hash)::app.tool_claim;
  else
    update public.vapi_tools t
    set claim_id = p_claim_id, claimed_until = v_now + interval '1 minute'
    where t.name = p_name;
    return next row('claimed', v_tool.vapi_tool_id, v_tool.definition_hash)::app.tool_claim;
  end if;
end
$$;

comment on function app.claim_tool(text, text, uuid) is
  'Asks whether a tool with this definition (hex SHA-256) is registered, and claims the registering for a minute where it is not; see app.tool_claim. The definition that was replaced within the last hour counts as registered, under its own id.';

select app.seal('app.claim_tool(text, text, uuid)', 'app_definer', 'voxanne_login');
