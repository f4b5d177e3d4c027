-- A sync makes network calls, so a transaction's lock cannot guard it: a lease does. Two minutes are longer than any
-- sync; a worker that died holds the next one up for that long and no longer.
create or replace function app.begin_agent_sync(p_agent_id uuid, p_lease_id uuid, p_even_in_step boolean default false)
returns setof app.agent_sync
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_now timestamptz := app.now();
  v_agent public.agents;
  v_assistant_id text;
  v_org public.organizations;
  v_outcome text;
begin
  select * into v_agent from public.agents a where a.org_id = v_org_id and a.id = p_agent_id for update;
  select * into v_org from public.organizations o where o.id = v_org_id;
  select r.vapi_assistant_id into v_assistant_id
  from public.assistant_routes r
  where r.org_id = v_org_id and r.agent_id = p_agent_id;
  v_outcome := case
    when v_agent.id is null then 'gone'
    -- The clinic left: its assistants must not answer anybody any more.
    when v_org.deleted_at is not null and v_agent.deleted_at is null and v_assistant_id is null and v_agent.creating_since is null then 'gone'
    when v_agent.lease_until > v_now and v_agent.lease_id <> p_lease_id then 'busy'
    when v_agent.deleted_at is not null or v_org.deleted_at is not null then 'remove'
    when v_agent.synced_version >= v_agent.desired_version and v_agent.sync_status = 'synced' and not p_even_in_step then 'in_step'
    else 'sync'
  end;
  if v_outcome in ('sync', 'remove') then
    update public.agents a
    set lease_id = p_lease_id, lease_until = v_now + interval '2 minutes'
    where a.org_id = v_org_id and a.id = p_agent_id;
  end if;
  return next row(
    v_outcome, v_agent.desired_version, v_agent.name, v_agent.role, v_agent.voice, v_agent.language, v_agent.system_prompt,
    v_agent.first_message, extract(epoch from v_agent.max_call_duration)::integer, v_assistant_id,
    v_agent.creating_since is not null, v_org.name, v_org.emergency_sentence, v_org.recording_consent, v_org.ai_disclosure,
    v_org.hipaa_mode, v_agent.saved_at, v_agent.trace_context)::app.agent_sync;
end
$$;

comment on function app.begin_agent_sync(uuid, uuid, boolean) is
  'Takes an agent''s sync lease (p_lease_id, made up by the worker) for two minutes and returns what its assistant shall be; see app.agent_sync. p_even_in_step: also when the versions agree, to look for drift.';

select app.seal('app.begin_agent_sync(uuid, uuid, boolean)', 'app_writer', 'tenant_service');
