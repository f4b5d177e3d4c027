create or replace function app.finish_agent_sync(
  p_agent_id uuid,
  p_lease_id uuid,
  p_version integer,
  p_status text,
  p_error text default null,
  p_tools jsonb default null
)
returns boolean
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_now timestamptz := app.now();
  v_agent public.agents;
begin
  update public.agents a
  set lease_id = null, lease_until = null,
    synced_version = case when p_status = 'synced' then greatest(a.synced_version, p_version) else a.synced_version end,
    synced_at = case when p_status = 'synced' then v_now else a.synced_at end,
    sync_status = case when p_version < a.desired_version then 'pending' else p_status end,
    sync_error = left(p_error, 200),
    -- One minute after the first failure, then twice as long each time, half an hour at most.
    failures = case when p_status = 'synced' then 0 else a.failures + 1 end,
    retry_at = case when p_status <> 'synced' then v_now + least(interval '1 minute' * power(2, least(a.failures, 10)), interval '30 minutes') end
  where a.org_id = v_org_id and a.id = p_agent_id and a.lease_id = p_lease_id
  returning * into v_agent;
  if v_agent.id is null then
    return false;
  end if;

  if p_tools is not null then
    -- One organisation's agents may finish at once; the summary wants them one after the other.
    perform pg_advisory_xact_lock(6, hashtext(v_org_id::text));
    delete from public.agent_tools t
    where t.org_id = v_org_id and t.agent_id = p_agent_id
      and t.tool_name not in (select x ->> 'name' from jsonb_array_elements(p_tools) x);
    insert into public.agent_tools (org_id, agent_id, tool_name, vapi_tool_id, definition_hash, linked_at, link_error)
    select v_org_id, p_agent_id, x ->> 'name', x ->> 'id', x ->> 'hash',
      case when p_status = 'synced' then v_now end, case when p_status <> 'synced' then left(p_error, 200) end
    from jsonb_array_elements(p_tools) x
    on conflict (org_id, agent_id, tool_name) do update
    -- A link that failed leaves the earlier one, which the assistant still carries.
    set vapi_tool_id = case when excluded.linked_at is null and agent_tools.linked_at is not null
        then agent_tools.vapi_tool_id else excluded.vapi_tool_id end,
      definition_hash = case when excluded.linked_at is null and agent_tools.linked_at is not null
        then agent_tools.definition_hash else excluded.definition_hash end,
      linked_at = coalesce(excluded.linked_at, agent_tools.linked_at), link_error = excluded.link_error;
    perform app.summarise_tools();
  end if;
  -- Saved again or deleted meanwhile: that one's own job may have met our lease and gone. After a failure with a deleted
  -- agent (the removal itself may have failed) the reconciler comes, or this would go round without a pause.
  if v_agent.desired_version > p_version or (v_agent.deleted_at is not null and p_status = 'synced') then
    perform app.enqueue_job('sync_agent', jsonb_build_object('agent_id', p_agent_id));
  end if;
  return true;
end
$$;

comment on function app.finish_agent_sync(uuid, uuid, integer, text, text, jsonb) is
  'Writes what came of a sync and gives the lease back. p_status synced, registered_not_linked or failed; p_error in our words; p_tools [{"name","id","hash"}], what the assistant carries of ours or, unless synced, should (NULL: unknown). A version saved meanwhile is put in the queue again. After a failure the reconciler waits, each time longer. False when the lease was lost: nothing is written.';

select app.seal('app.finish_agent_sync(uuid, uuid, integer, text, text, jsonb)', 'app_writer', 'tenant_service');
