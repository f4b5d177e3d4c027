create or replace function app.finish_agent_removal(p_agent_id uuid, p_lease_id uuid)
returns boolean
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  delete from public.agents a
  where a.org_id = app.require_org_id() and a.id = p_agent_id and a.lease_id = p_lease_id and a.deleted_at is not null;
  if not found then
    return false;
  end if;
  perform pg_advisory_xact_lock(6, hashtext(app.current_org_id()::text));
  perform app.summarise_tools();
  return true;
end
$$;

comment on function app.finish_agent_removal(uuid, uuid) is
  'Takes a deleted agent''s row away, after its assistant at Vapi is gone. False when the lease was lost.';

select app.seal('app.finish_agent_removal(uuid, uuid)', 'app_writer', 'tenant_service');
