create or replace function app.intend_assistant(p_agent_id uuid, p_lease_id uuid)
returns boolean
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  update public.agents a
  set creating_since = coalesce(a.creating_since, app.now())
  where a.org_id = app.require_org_id() and a.id = p_agent_id and a.lease_id = p_lease_id and a.deleted_at is null;
  return found;
end
$$;

comment on function app.intend_assistant(uuid, uuid) is
  'Notes that an assistant is about to be created at Vapi, before it is. False: the lease is lost or the agent deleted; create nothing.';

select app.seal('app.intend_assistant(uuid, uuid)', 'app_writer', 'tenant_service');
