create or replace function app.record_assistant(p_agent_id uuid, p_lease_id uuid, p_vapi_assistant_id text)
returns boolean
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
begin
  update public.agents a
  set creating_since = null
  where a.org_id = v_org_id and a.id = p_agent_id and a.lease_id = p_lease_id;
  if not found then
    return false;
  end if;
  delete from public.assistant_routes r
  where r.org_id = v_org_id and r.agent_id = p_agent_id and r.vapi_assistant_id is distinct from p_vapi_assistant_id;
  if p_vapi_assistant_id is not null then
    insert into public.assistant_routes (vapi_assistant_id, org_id, agent_id)
    values (p_vapi_assistant_id, v_org_id, p_agent_id)
    on conflict (vapi_assistant_id) do nothing;
    if found then
      perform app.reroute_numbers(null, p_agent_id);
    end if;
  end if;
  return exists (
    select from public.assistant_routes r
    where r.org_id = v_org_id and r.agent_id = p_agent_id and r.vapi_assistant_id = p_vapi_assistant_id)
    or p_vapi_assistant_id is null;
end
$$;

comment on function app.record_assistant(uuid, uuid, text) is
  'Routes calls of an assistant to its agent; NULL: the assistant is gone at Vapi, forget it. False: the lease is lost, or the id belongs to another agent; nothing was routed.';

select app.seal('app.record_assistant(uuid, uuid, text)', 'app_writer', 'tenant_service');
