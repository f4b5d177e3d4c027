create or replace function app.request_agent_sync(p_agent_id uuid)
returns boolean
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  -- Out of step, so that the job does not take "synced" for an answer.
  update public.agents a
  set sync_status = case when a.sync_status = 'synced' then 'pending' else a.sync_status end, failures = 0, retry_at = null
  where a.org_id = app.require_org_id() and a.id = p_agent_id;
  if not found then
    return false;
  end if;
  perform app.enqueue_job('sync_agent', jsonb_build_object('agent_id', p_agent_id));
  return true;
end
$$;

comment on function app.request_agent_sync(uuid) is
  'Asks for an agent''s assistant to be brought in step, whatever its state, as an operator does; nothing of the agent changes. False: there is no such agent.';

select app.seal('app.request_agent_sync(uuid)', 'app_writer', 'tenant_service');
