create or replace function app.delete_agent(p_agent_id uuid)
returns boolean
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_agent public.agents;
  v_now timestamptz;
begin
  perform app.require_admin();
  select * into v_agent from public.agents a where a.org_id = v_org_id and a.id = p_agent_id for update;
  if v_agent.id is null or v_agent.deleted_at is not null then
    return false;
  elsif v_agent.is_default and v_agent.role = 'inbound' and exists (
    select from public.phone_numbers n where n.org_id = v_org_id and (n.agent_id = p_agent_id or n.agent_id is null))
  then
    raise exception 'this agent answers the clinic''s number: make another one the default first' using errcode = 'VX409';
  end if;
  v_now := app.now();
  update public.agents a
  set deleted_at = v_now, is_default = false, failures = 0, retry_at = null, updated_at = v_now, saved_at = v_now
  where a.org_id = v_org_id and a.id = p_agent_id;
  if v_agent.is_default then
    -- The role is not left without a default while it has an agent.
    update public.agents a
    set is_default = true, updated_at = v_now
    where a.org_id = v_org_id and a.id = (
      select o.id
      from public.agents o
      where o.org_id = v_org_id and o.role = v_agent.role and o.deleted_at is null
      order by o.created_at, o.id
      limit 1);
  end if;
  perform app.reroute_numbers(null, p_agent_id);
  -- Its numbers go to the default at once, not only when the assistant is gone.
  update public.phone_numbers n set agent_id = null, updated_at = v_now where n.org_id = v_org_id and n.agent_id = p_agent_id;
  perform app.enqueue_job('sync_agent', jsonb_build_object('agent_id', p_agent_id));
  return true;
end
$$;

comment on function app.delete_agent(uuid) is
  'Deletes an agent; owners and admins only (VX403). Its assistant at Vapi is taken away by a job, and the row with it; of a default agent''s role the oldest other becomes the default, and its numbers go to the default. False when there is none. VX409 for the default one while the clinic has a number that it answers.';

select app.seal('app.delete_agent(uuid)', 'app_writer', 'tenant_user');
