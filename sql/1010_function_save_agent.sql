create or replace function app.save_agent(
  p_agent_id uuid,
  p_name text default null,
  p_role text default null,
  p_voice text default null,
  p_language text default null,
  p_system_prompt text default null,
  p_first_message text default null,
  p_max_call_seconds integer default null,
  p_is_default boolean default null,
  p_trace_context text default null
)
returns setof public.agents
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_now timestamptz := app.now();
  v_agent public.agents;
  v_moved boolean;
begin
  perform app.require_admin();
  if p_agent_id is null then
    insert into public.agents (org_id, name, role, saved_at)
    values (v_org_id, coalesce(p_name, 'Receptionist'), coalesce(p_role, 'inbound'), v_now)
    returning * into v_agent;
  else
    select * into v_agent
    from public.agents a
    where a.org_id = v_org_id and a.id = p_agent_id and a.deleted_at is null
    for update;
    if v_agent.id is null then
      raise exception 'there is no such agent' using errcode = 'VX404';
    end if;
  end if;

  -- The first agent of its role is the default; naming another one moves the mark.
  if p_is_default or not exists (
    select from public.agents a
    where a.org_id = v_org_id and a.role = coalesce(p_role, v_agent.role) and a.is_default and a.id <> v_agent.id)
  then
    update public.agents a
    set is_default = false
    where a.org_id = v_org_id and a.role = coalesce(p_role, v_agent.role) and a.is_default and a.id <> v_agent.id;
    p_is_default := true;
  end if;
  v_moved := coalesce(p_is_default, false) and not v_agent.is_default;

  update public.agents a
  set name = coalesce(p_name, a.name), role = coalesce(p_role, a.role), voice = coalesce(p_voice, a.voice),
    language = coalesce(p_language, a.language), system_prompt = coalesce(p_system_prompt, a.system_prompt),
    first_message = coalesce(p_first_message, a.first_message),
    max_call_duration = coalesce(make_interval(secs => p_max_call_seconds), a.max_call_duration),
    is_default = coalesce(p_is_default, a.is_default),
    desired_version = a.desired_version + case when p_agent_id is null then 0 else 1 end,
    sync_status = 'pending', sync_error = null, failures = 0, retry_at = null,
    saved_at = v_now, updated_at = v_now, trace_context = p_trace_context
  where a.org_id = v_org_id and a.id = v_agent.id
  returning * into v_agent;
  if v_moved and exists (select from public.assistant_routes r where r.org_id = v_org_id and r.agent_id = v_agent.id) then
    -- Numbers that nobody mapped carry the default's assistant; one that has none yet is routed to when it has.
    perform app.reroute_numbers(null, v_agent.id);
  end if;
  perform app.enqueue_job('sync_agent', jsonb_build_object('agent_id', v_agent.id));
  return next v_agent;
exception
  when unique_violation then
    raise exception 'another agent has this name' using errcode = 'VX409';
  when check_violation or string_data_right_truncation then
    raise exception 'name, role, language or duration is not allowed: see the API description' using errcode = 'VX400';
end
$$;

comment on function app.save_agent(uuid, text, text, text, text, text, text, integer, boolean, text) is
  'Makes (p_agent_id NULL) or changes an agent and asks for its assistant to be brought in step; owners and admins only (VX403). What is NULL stays. p_trace_context: W3C traceparent of the request. Nothing outside is called here. VX404 no such agent, VX409 the name is taken, VX400 a value that is not allowed.';

select app.seal('app.save_agent(uuid, text, text, text, text, text, text, integer, boolean, text)', 'app_writer', 'tenant_user');
