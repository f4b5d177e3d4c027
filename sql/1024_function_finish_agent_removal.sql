create or replace function app.finish_agent_removal(p_agent_id uuid, p_lease_id uuid)
returns boolean
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
begin
  delete from public.agents a
  where a.org_id = v_org_id and a.id = p_agent_id and a.lease_id = p_lease_id and a.deleted_at is not null;
  if not found then
    -- The clinic left: its agents stay with the rest of its rows, out of step.
    update public.agents a
    set lease_id = null, lease_until = null, creating_since = null, synced_version = 0, synced_at = null, sync_status = 'pending',
      sync_error = null, failures = 0, retry_at = null
    where a.org_id = v_org_id and a.id = p_agent_id and a.lease_id = p_lease_id
      and exists (select from public.organizations o where o.id = v_org_id and o.deleted_at is not null);
    if not found then
      return false;
    end if;
    delete from public.assistant_routes r where r.org_id = v_org_id and r.agent_id = p_agent_id;
    delete from public.agent_tools t where t.org_id = v_org_id and t.agent_id = p_agent_id;
  end if;
  perform pg_advisory_xact_lock(6, hashtext(v_org_id::text));
  perform app.summarise_tools();
  return true;
end
$$;

comment on function app.finish_agent_removal(uuid, uuid) is
  'Takes a deleted agent''s row away, after its assistant at Vapi is gone; of a clinic that left only the assistant''s traces. False when the lease was lost.';

select app.seal('app.finish_agent_removal(uuid, uuid)', 'app_writer', 'tenant_service');
