-- Written by make snapshot.

-- +goose Up
-- +goose StatementBegin
do $$ begin
  if not pg_has_role(current_user, 'app_writer', 'usage') then execute format('grant app_writer to %I', current_user); end if;
  if not pg_has_role(current_user, 'app_definer', 'usage') then execute format('grant app_definer to %I', current_user); end if;
end $$;
grant create on schema app to app_writer, app_definer;
-- +goose StatementEnd

-- +goose StatementBegin
drop policy if exists service_role_sees_all on public.vapi_tools;
drop policy if exists registry_reads on public.vapi_tools;
drop policy if exists definer_crosses on public.webhook_deliveries;
drop policy if exists definer_crosses on public.events;
drop policy if exists definer_crosses on public.org_credentials;
drop policy if exists definer_crosses on public.phone_numbers;
drop policy if exists definer_crosses on public.assistant_routes;
drop policy if exists definer_crosses on public.invitations;
drop policy if exists definer_crosses on public.profiles;
drop policy if exists definer_crosses on public.organizations;
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0120_policy_crossing_tables.sql
-- app_definer's functions cross tenants: finding the clinic of a call, founding one at sign-up, naming orgs for jobs.
-- It never reaches patients, appointments, messages or call_logs.
drop policy if exists definer_crosses on public.organizations;
create policy definer_crosses on public.organizations for all to app_definer using (true) with check (true);
grant select, insert on table public.organizations to app_definer;

drop policy if exists definer_crosses on public.profiles;
create policy definer_crosses on public.profiles for all to app_definer using (true) with check (true);
grant select, insert on table public.profiles to app_definer;

drop policy if exists definer_crosses on public.invitations;
create policy definer_crosses on public.invitations for all to app_definer using (true) with check (true);
grant select, update (accepted_at) on table public.invitations to app_definer;

drop policy if exists definer_crosses on public.assistant_routes;
create policy definer_crosses on public.assistant_routes for select to app_definer using (true);
grant select on table public.assistant_routes to app_definer;

drop policy if exists definer_crosses on public.phone_numbers;
create policy definer_crosses on public.phone_numbers for select to app_definer using (true);
grant select on table public.phone_numbers to app_definer;

-- Which clinics a change of the sealing key concerns; never what is sealed.
drop policy if exists definer_crosses on public.org_credentials;
create policy definer_crosses on public.org_credentials for select to app_definer using (true);
grant select (org_id, key_id) on table public.org_credentials to app_definer;

drop policy if exists definer_crosses on public.events;
create policy definer_crosses on public.events for all to app_definer using (true) with check (true);
grant select, delete on table public.events to app_definer;

drop policy if exists definer_crosses on public.webhook_deliveries;
create policy definer_crosses on public.webhook_deliveries for all to app_definer using (true) with check (true);
grant select (received_at), delete on table public.webhook_deliveries to app_definer;

-- The tool registry and the pace of requests belong to no tenant; only app_definer's functions write them.
alter table public.vapi_tools enable row level security;
alter table public.vapi_tools force row level security;
revoke all on table public.vapi_tools from public, anon, authenticated, service_role, tenant_user, tenant_service, app_writer, app_definer;
drop policy if exists registry_reads on public.vapi_tools;
create policy registry_reads on public.vapi_tools for select to tenant_service, app_writer using (true);
grant select on table public.vapi_tools to tenant_service, app_writer;
drop policy if exists definer_crosses on public.vapi_tools;
create policy definer_crosses on public.vapi_tools for all to app_definer using (true) with check (true);
grant select, insert, update on table public.vapi_tools to app_definer;
drop policy if exists service_role_sees_all on public.vapi_tools;
create policy service_role_sees_all on public.vapi_tools for all to service_role using (true) with check (true);
grant select, insert, update, delete on table public.vapi_tools to service_role;

alter table public.vapi_pace enable row level security;
alter table public.vapi_pace force row level security;
revoke all on table public.vapi_pace from public, anon, authenticated, service_role, tenant_user, tenant_service, app_writer, app_definer;
drop policy if exists definer_crosses on public.vapi_pace;
create policy definer_crosses on public.vapi_pace for all to app_definer using (true) with check (true);
grant select, update on table public.vapi_pace to app_definer;
drop policy if exists service_role_sees_all on public.vapi_pace;
create policy service_role_sees_all on public.vapi_pace for all to service_role using (true) with check (true);
grant select, insert, update, delete on table public.vapi_pace to service_role;

-- Which agents are out of step with Vapi, and which tools they carry: ids and states, not words.
drop policy if exists definer_crosses on public.agents;
create policy definer_crosses on public.agents for select to app_definer using (true);
grant select (org_id, id, lease_until, deleted_at, sync_status, synced_version, desired_version, synced_at, saved_at, retry_at,
    creating_since)
  on table public.agents to app_definer;
drop policy if exists definer_crosses on public.agent_tools;
create policy definer_crosses on public.agent_tools for select to app_definer using (true);
grant select (org_id, agent_id, tool_name, vapi_tool_id, definition_hash) on table public.agent_tools to app_definer;

-- Jobs are put in the queue by app.enqueue_job only; workers run as the login role.
grant select, insert, update, delete on all tables in schema river to voxanne_login;
grant usage, select on all sequences in schema river to voxanne_login;
grant execute on all functions in schema river to voxanne_login;
grant select, insert on table river.river_job to app_definer;
grant usage on sequence river.river_job_id_seq to app_definer;
-- end of sql/0120_policy_crossing_tables.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0310_function_enqueue_job.sql
-- The only place that knows River's tables; a test puts a job in through it and works it with the pinned River.
create or replace function app.enqueue_job(p_kind text, p_args jsonb, p_run_at timestamptz default null)
returns bigint
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_id bigint;
  v_run_at timestamptz := coalesce(p_run_at, app.now());
begin
  if p_kind is null or p_kind not in (
    'release_hold', 'fetch_call_report', 'send_scheduled', 'send_message', 'settle_message', 'sync_agent'
  ) then
    raise exception 'there is no job of kind %', p_kind using errcode = 'VX400';
  end if;
  insert into river.river_job (kind, args, max_attempts, queue, priority, scheduled_at, state)
  values (
    p_kind,
    p_args || jsonb_build_object('org_id', app.require_org_id()),
    8,
    -- Vapi being down must not keep holds and texts waiting behind syncs.
    case when p_kind = 'sync_agent' then 'vapi' else 'default' end, 1, v_run_at,
    case when v_run_at > app.now() then 'scheduled' else 'available' end::river.river_job_state
  )
  returning id into v_id;
  return v_id;
end
$$;

comment on function app.enqueue_job(text, jsonb, timestamptz) is
  'Puts a job of a known kind (release_hold, fetch_call_report, send_scheduled, send_message, settle_message, sync_agent) in River''s queue, as part of the calling transaction. Arguments are ids only; the organisation always comes from the claims. p_run_at NULL: now. An unknown kind is VX400.';

select app.seal('app.enqueue_job(text, jsonb, timestamptz)', 'app_definer', 'tenant_service', 'app_writer');
-- end of sql/0310_function_enqueue_job.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0770_function_assistant_facts.sql
create or replace function app.assistant_facts(p_call_id uuid)
returns setof app.assistant_facts
language sql
stable
set search_path = ''
as $$
  select route.vapi_assistant_id, o.name, coalesce(route.first_message, ''), l.address, o.recording_consent, o.ai_disclosure,
    (
      select string_agg(d.day || ' ' || d.spans, '; ' order by d.weekday)
      from (
        select h.weekday, (array['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'])[h.weekday + 1] as day,
          string_agg(to_char(h.opens, 'FMHH12:MI AM') || ' to ' ||
            case when h.closes = '24:00' then 'midnight' else to_char(h.closes, 'FMHH12:MI AM') end, ' and ' order by h.opens) as spans
        from public.business_hours h
        where h.org_id = o.id and h.location_id = l.id and h.resource_id is null
        group by h.weekday
      ) d
    ),
    (
      select string_agg(c.name || ' (' || c.minutes || ' minutes' ||
        case when c.price_minor is null then '' else ', ' || trim(to_char(c.price_minor / 100.0, 'FM999999990.00')) || ' ' || c.currency end
        || ')', '; ' order by c.name)
      from app.service_cards() c
    ),
    (
      select string_agg(r.name, ', ' order by r.name)
      from public.resources r
      where r.org_id = o.id and r.location_id = l.id and r.active and r.kind = 'practitioner'
    )
  from public.call_logs k
  join public.organizations o on o.id = k.org_id
  join public.locations l on l.org_id = k.org_id and l.id = k.location_id
  left join lateral (
    select x.vapi_assistant_id, a.first_message
    from public.assistant_routes x
    join public.agents a on a.org_id = x.org_id and a.id = x.agent_id
    where x.org_id = k.org_id
      and a.role = 'inbound'
      and a.deleted_at is null
      and (a.id = k.agent_id or (k.agent_id is null and a.is_default))
    limit 1
  ) route on true
  where k.org_id = app.current_org_id() and k.id = p_call_id
$$;

comment on function app.assistant_facts(uuid) is
  'Which assistant answers a call, and the public facts it is given: hours, services, practitioners. Nothing about the caller. vapi_assistant_id is NULL while the clinic''s inbound agent has no assistant yet.';

select app.seal('app.assistant_facts(uuid)', null, 'tenant_service');
-- end of sql/0770_function_assistant_facts.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1009_function_default_agent.sql
-- A dashboard that knows one agent per role saves "the inbound agent" without an id. Two such saves at once must not
-- make two of them: where there is none, the second waits until the first has made it.
create or replace function app.default_agent(p_role text)
returns uuid
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_id uuid;
begin
  perform app.require_admin();
  for v_try in 1..2 loop
    select a.id into v_id
    from public.agents a
    where a.org_id = v_org_id and a.role = p_role and a.deleted_at is null
    order by a.is_default desc, a.created_at, a.id
    limit 1;
    exit when v_id is not null or v_try = 2;
    perform pg_advisory_xact_lock(7, hashtext(v_org_id::text || p_role));
  end loop;
  return v_id;
end
$$;

comment on function app.default_agent(text) is
  'The agent that a save without an id means: the role''s default, else its oldest; owners and admins only (VX403). NULL: the role has none, and nobody else who asks learns so before this transaction ends.';

select app.seal('app.default_agent(text)', 'app_writer', 'tenant_user');
-- end of sql/1009_function_default_agent.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1010_function_save_agent.sql
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
-- end of sql/1010_function_save_agent.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1012_function_delete_agent.sql
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
  -- Its numbers go to the default at once, not only when the assistant is gone.
  update public.phone_numbers n set agent_id = null, updated_at = v_now where n.org_id = v_org_id and n.agent_id = p_agent_id;
  perform app.enqueue_job('sync_agent', jsonb_build_object('agent_id', p_agent_id));
  return true;
end
$$;

comment on function app.delete_agent(uuid) is
  'Deletes an agent; owners and admins only (VX403). Its assistant at Vapi is taken away by a job, and the row with it; of a default agent''s role the oldest other becomes the default, and its numbers go to the default. False when there is none. VX409 for the default one while the clinic has a number that it answers.';

select app.seal('app.delete_agent(uuid)', 'app_writer', 'tenant_user');
-- end of sql/1012_function_delete_agent.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1014_function_begin_agent_sync.sql
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
-- end of sql/1014_function_begin_agent_sync.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1016_function_intend_assistant.sql
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
-- end of sql/1016_function_intend_assistant.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1018_function_record_assistant.sql
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
-- end of sql/1018_function_record_assistant.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1020_function_summarise_tools.sql
create or replace function app.summarise_tools()
returns void
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
begin
  insert into public.org_tools (org_id, tool_name, vapi_tool_id, definition_hash, linked, updated_at)
  select v_org_id, latest.tool_name, latest.vapi_tool_id, latest.definition_hash,
    -- Linked when every agent's assistant carries this very tool.
    not exists (
      select from public.agents a
      where a.org_id = v_org_id and a.deleted_at is null
        and not exists (
          select from public.agent_tools t
          where t.org_id = v_org_id and t.agent_id = a.id and t.tool_name = latest.tool_name
            and t.vapi_tool_id = latest.vapi_tool_id and t.linked_at is not null)),
    app.now()
  from (
    select distinct on (t.tool_name) t.tool_name, t.vapi_tool_id, t.definition_hash
    from public.agent_tools t
    where t.org_id = v_org_id
    order by t.tool_name, t.linked_at desc nulls last
  ) latest
  on conflict (org_id, tool_name) do update
  set vapi_tool_id = excluded.vapi_tool_id, definition_hash = excluded.definition_hash, linked = excluded.linked,
    updated_at = excluded.updated_at
  where (org_tools.vapi_tool_id, org_tools.definition_hash, org_tools.linked)
    is distinct from (excluded.vapi_tool_id, excluded.definition_hash, excluded.linked);
  delete from public.org_tools o
  where o.org_id = v_org_id
    and not exists (select from public.agent_tools t where t.org_id = v_org_id and t.tool_name = o.tool_name);
end
$$;

comment on function app.summarise_tools() is
  'Writes org_tools, the organisation''s summary, from its agents'' links.';

select app.seal('app.summarise_tools()', null, 'app_writer');
-- end of sql/1020_function_summarise_tools.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1022_function_finish_agent_sync.sql
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
-- end of sql/1022_function_finish_agent_sync.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1024_function_finish_agent_removal.sql
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
-- end of sql/1024_function_finish_agent_removal.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1026_function_claim_tool.sql
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
-- end of sql/1026_function_claim_tool.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1028_function_register_tool.sql
create or replace function app.register_tool(p_name text, p_claim_id uuid, p_hash text, p_vapi_tool_id text)
returns boolean
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  update public.vapi_tools t
  set vapi_tool_id = p_vapi_tool_id, definition_hash = p_hash, registered_at = app.now(), claim_id = null, claimed_until = null,
    previous_id = case when t.vapi_tool_id = p_vapi_tool_id then t.previous_id else t.vapi_tool_id end,
    previous_hash = case when t.vapi_tool_id = p_vapi_tool_id then t.previous_hash else t.definition_hash end,
    retired_ids = case when t.vapi_tool_id is null or t.vapi_tool_id = p_vapi_tool_id then t.retired_ids
      else t.retired_ids || t.vapi_tool_id end
  where t.name = p_name and t.claim_id = p_claim_id;
  return found;
end
$$;

comment on function app.register_tool(text, uuid, text, text) is
  'Notes a tool''s registration at Vapi; the id it had before is kept as retired, because assistants and running calls may still carry it. False when the claim was lost.';

select app.seal('app.register_tool(text, uuid, text, text)', 'app_definer', 'voxanne_login');
-- end of sql/1028_function_register_tool.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1029_function_lose_tool.sql
create or replace function app.lose_tool(p_name text, p_vapi_tool_id text)
returns boolean
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  update public.vapi_tools t
  set vapi_tool_id = null, definition_hash = null, registered_at = null, retired_ids = t.retired_ids || t.vapi_tool_id
  where t.name = p_name and t.vapi_tool_id = p_vapi_tool_id;
  return found;
end
$$;

comment on function app.lose_tool(text, text) is
  'Notes that a registered tool is gone at Vapi, where somebody deleted it: it will be registered anew, and the lost id is kept as retired, because assistants still carry it. False when the registration is another one by now.';

select app.seal('app.lose_tool(text, text)', 'app_definer', 'voxanne_login');
-- end of sql/1029_function_lose_tool.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1030_function_release_tool_claim.sql
create or replace function app.release_tool_claim(p_name text, p_claim_id uuid)
returns void
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  update public.vapi_tools t
  set claim_id = null, claimed_until = null
  where t.name = p_name and t.claim_id = p_claim_id;
end
$$;

comment on function app.release_tool_claim(text, uuid) is
  'Gives a claim back after a registration that surely did not happen, so that the next try need not wait.';

select app.seal('app.release_tool_claim(text, uuid)', 'app_definer', 'voxanne_login');
-- end of sql/1030_function_release_tool_claim.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1031_function_tool_registry.sql
create or replace function app.tool_registry()
returns setof public.vapi_tools
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
  return query
  select t.*
  from public.vapi_tools t
  order by t.name;
end
$$;

comment on function app.tool_registry() is
  'All tools that were ever registered, with the ids they have and had at Vapi.';

select app.seal('app.tool_registry()', 'app_definer', 'voxanne_login');
-- end of sql/1031_function_tool_registry.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1032_function_retired_tools.sql
create or replace function app.retired_tools()
returns setof text
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
  return query
  select r.id
  from public.vapi_tools t
  cross join unnest(t.retired_ids) r(id)
  -- A call runs for an hour at most, and may use the tools that it began with.
  where t.registered_at < app.now() - interval '2 hours'
    and not exists (select from public.agent_tools a where a.vapi_tool_id = r.id)
    and not exists (select from public.vapi_tools o where o.vapi_tool_id = r.id);
end
$$;

comment on function app.retired_tools() is
  'Vapi ids of earlier definitions that no agent of any tenant carries any more, two hours after their replacement was registered. Whether some assistant at Vapi still does is for the caller to look up.';

select app.seal('app.retired_tools()', 'app_definer', 'voxanne_login');
-- end of sql/1032_function_retired_tools.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1034_function_forget_retired_tool.sql
create or replace function app.forget_retired_tool(p_vapi_tool_id text)
returns boolean
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  update public.vapi_tools t
  set retired_ids = array_remove(t.retired_ids, p_vapi_tool_id),
    previous_id = nullif(t.previous_id, p_vapi_tool_id),
    previous_hash = case when t.previous_id <> p_vapi_tool_id then t.previous_hash end
  where p_vapi_tool_id = any (t.retired_ids);
  return found;
end
$$;

comment on function app.forget_retired_tool(text) is
  'Takes a retired id off the list after the tool was deleted at Vapi. False when it was not on it.';

select app.seal('app.forget_retired_tool(text)', 'app_definer', 'voxanne_login');
-- end of sql/1034_function_forget_retired_tool.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1036_function_agents_to_reconcile.sql
create or replace function app.agents_to_reconcile(p_seen_before timestamptz, p_limit integer, p_tool_ids text[] default null)
returns setof app.agent_ref
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
  return query
  select a.org_id, a.id
  from public.agents a
  join public.organizations o on o.id = a.org_id
  where coalesce(a.lease_until, '-infinity') < app.now()
    and coalesce(a.retry_at, '-infinity') <= app.now()
    and (a.deleted_at is not null
      or (o.deleted_at is not null and (a.creating_since is not null
        or exists (select from public.assistant_routes r where r.org_id = a.org_id and r.agent_id = a.id)))
      or (o.deleted_at is null and (a.sync_status <> 'synced' or a.synced_version < a.desired_version
      or a.synced_at < p_seen_before
      -- Its assistant carries an earlier definition, a tool that is no more, or lacks a new one.
      or (p_tool_ids is not null and p_tool_ids is distinct from (
        select coalesce(array_agg(x.vapi_tool_id order by x.vapi_tool_id collate "C"), '{}')
        from public.agent_tools x
        where x.org_id = a.org_id and x.agent_id = a.id)))))
    -- A save's own job comes first.
    and a.saved_at < app.now() - interval '30 seconds'
  order by a.saved_at, a.id
  limit p_limit;
end
$$;

comment on function app.agents_to_reconcile(timestamptz, integer, text[]) is
  'Agents of all tenants that are out of step, do not carry exactly p_tool_ids (sorted bytewise; NULL: whatever they carry), wait for removal (deleted, or of a clinic that left), or were last seen in step before p_seen_before (drift); the oldest first. Those whose pause after a failure (retry_at) is not over are left out. Ids only.';

select app.seal('app.agents_to_reconcile(timestamptz, integer, text[])', 'app_definer', 'voxanne_login');
-- end of sql/1036_function_agents_to_reconcile.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1038_function_take_vapi_turn.sql
-- A gap between requests, kept in one row that all processes update. At the rates Vapi allows it is no bottleneck.
create or replace function app.take_vapi_turn(p_gap_ms integer)
returns integer
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_now timestamptz;
  v_next timestamptz;
begin
  select p.next_at into v_next from public.vapi_pace p for update;
  v_now := app.now();
  v_next := greatest(v_next, v_now);
  update public.vapi_pace p set next_at = v_next + make_interval(secs => p_gap_ms / 1000.0);
  return ceil(extract(epoch from v_next - v_now) * 1000)::integer;
end
$$;

comment on function app.take_vapi_turn(integer) is
  'Takes the next turn for a request to Vapi, p_gap_ms after the one before, across all processes. Returns how many milliseconds to wait for it.';

select app.seal('app.take_vapi_turn(integer)', 'app_definer', 'voxanne_login');
-- end of sql/1038_function_take_vapi_turn.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1040_function_tool_health.sql
create or replace function app.tool_health()
returns setof app.tool_health
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_agents bigint := (select count(*) from public.agents a where a.org_id = v_org_id and a.deleted_at is null);
begin
  return query
  select o.tool_name, exists (select from public.vapi_tools v where v.name = o.tool_name and v.vapi_tool_id is not null),
    count(t.id) filter (where t.linked_at is not null and t.vapi_tool_id = o.vapi_tool_id), v_agents, max(t.link_error)
  from public.org_tools o
  left join (
    public.agent_tools t
    join public.agents a on a.org_id = t.org_id and a.id = t.agent_id and a.deleted_at is null
  ) on t.org_id = o.org_id and t.tool_name = o.tool_name
  where o.org_id = v_org_id
  group by o.tool_name
  order by o.tool_name;
end
$$;

comment on function app.tool_health() is
  'The organisation''s tools, each with how many of its agents carry it.';

select app.seal('app.tool_health()', 'app_writer', 'tenant_user', 'tenant_service');
-- end of sql/1040_function_tool_health.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1042_function_agents_to_sync.sql
create or replace function app.agents_to_sync(p_org_id uuid, p_even_in_step boolean)
returns setof app.agent_ref
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
  return query
  select a.org_id, a.id
  from public.agents a
  join public.organizations o on o.id = a.org_id and o.deleted_at is null
  where (p_org_id is null or a.org_id = p_org_id)
    and (p_even_in_step or a.deleted_at is not null or a.sync_status <> 'synced' or a.synced_version < a.desired_version
      or exists (
        select from public.agent_tools x
        join public.vapi_tools t on t.name = x.tool_name
        where x.org_id = a.org_id and x.agent_id = a.id and x.vapi_tool_id is distinct from t.vapi_tool_id))
  order by a.org_id, a.id;
end
$$;

comment on function app.agents_to_sync(uuid, boolean) is
  'The agents of one organisation, or of all (NULL), whose assistants are out of step or carry an earlier tool; p_even_in_step: every one. Clinics that left are not among them. Unlike agents_to_reconcile it leaves nobody out for being worked on. Ids only.';

select app.seal('app.agents_to_sync(uuid, boolean)', 'app_definer', 'voxanne_login');
-- end of sql/1042_function_agents_to_sync.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1044_function_request_agent_sync.sql
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
-- end of sql/1044_function_request_agent_sync.sql
-- +goose StatementEnd

-- +goose StatementBegin
revoke create on schema app from app_writer, app_definer;
-- +goose StatementEnd

-- +goose Down
-- +goose StatementBegin
do $$ begin
  if not pg_has_role(current_user, 'app_writer', 'usage') then execute format('grant app_writer to %I', current_user); end if;
  if not pg_has_role(current_user, 'app_definer', 'usage') then execute format('grant app_definer to %I', current_user); end if;
end $$;
grant create on schema app to app_writer, app_definer;
-- +goose StatementEnd

-- +goose StatementBegin
drop function app.request_agent_sync;
drop function app.agents_to_sync;
drop function app.tool_health;
drop function app.take_vapi_turn;
drop function app.agents_to_reconcile;
drop function app.forget_retired_tool;
drop function app.retired_tools;
drop function app.tool_registry;
drop function app.release_tool_claim;
drop function app.lose_tool;
drop function app.register_tool;
drop function app.claim_tool;
drop function app.finish_agent_removal;
drop function app.finish_agent_sync;
drop function app.summarise_tools;
drop function app.record_assistant;
drop function app.intend_assistant;
drop function app.begin_agent_sync;
drop function app.delete_agent;
drop function app.save_agent;
drop function app.default_agent;
drop policy if exists definer_crosses on public.agent_tools;
drop policy if exists definer_crosses on public.agents;
drop policy if exists service_role_sees_all on public.vapi_pace;
drop policy if exists definer_crosses on public.vapi_pace;
drop policy if exists service_role_sees_all on public.vapi_tools;
drop policy if exists definer_crosses on public.vapi_tools;
drop policy if exists registry_reads on public.vapi_tools;
drop policy if exists definer_crosses on public.webhook_deliveries;
drop policy if exists definer_crosses on public.events;
drop policy if exists definer_crosses on public.org_credentials;
drop policy if exists definer_crosses on public.phone_numbers;
drop policy if exists definer_crosses on public.assistant_routes;
drop policy if exists definer_crosses on public.invitations;
drop policy if exists definer_crosses on public.profiles;
drop policy if exists definer_crosses on public.organizations;
-- +goose StatementEnd

-- +goose StatementBegin
-- back to sql/0120_policy_crossing_tables.sql
-- app_definer's functions cross tenants: finding the clinic of a call, founding one at sign-up, naming orgs for jobs.
-- It never reaches patients, appointments, messages or call_logs.
drop policy if exists definer_crosses on public.organizations;
create policy definer_crosses on public.organizations for all to app_definer using (true) with check (true);
grant select, insert on table public.organizations to app_definer;

drop policy if exists definer_crosses on public.profiles;
create policy definer_crosses on public.profiles for all to app_definer using (true) with check (true);
grant select, insert on table public.profiles to app_definer;

drop policy if exists definer_crosses on public.invitations;
create policy definer_crosses on public.invitations for all to app_definer using (true) with check (true);
grant select, update (accepted_at) on table public.invitations to app_definer;

drop policy if exists definer_crosses on public.assistant_routes;
create policy definer_crosses on public.assistant_routes for select to app_definer using (true);
grant select on table public.assistant_routes to app_definer;

drop policy if exists definer_crosses on public.phone_numbers;
create policy definer_crosses on public.phone_numbers for select to app_definer using (true);
grant select on table public.phone_numbers to app_definer;

-- Which clinics a change of the sealing key concerns; never what is sealed.
drop policy if exists definer_crosses on public.org_credentials;
create policy definer_crosses on public.org_credentials for select to app_definer using (true);
grant select (org_id, key_id) on table public.org_credentials to app_definer;

drop policy if exists definer_crosses on public.events;
create policy definer_crosses on public.events for all to app_definer using (true) with check (true);
grant select, delete on table public.events to app_definer;

drop policy if exists definer_crosses on public.webhook_deliveries;
create policy definer_crosses on public.webhook_deliveries for all to app_definer using (true) with check (true);
grant select (received_at), delete on table public.webhook_deliveries to app_definer;

-- The tool registry belongs to no tenant; its functions come with the tool sync.
alter table public.vapi_tools enable row level security;
alter table public.vapi_tools force row level security;
revoke all on table public.vapi_tools from public, anon, authenticated, service_role, tenant_user, tenant_service, app_writer, app_definer;
drop policy if exists registry_reads on public.vapi_tools;
create policy registry_reads on public.vapi_tools for select to tenant_service, app_definer using (true);
grant select on table public.vapi_tools to tenant_service, app_definer;
drop policy if exists service_role_sees_all on public.vapi_tools;
create policy service_role_sees_all on public.vapi_tools for all to service_role using (true) with check (true);
grant select, insert, update, delete on table public.vapi_tools to service_role;

-- Jobs are put in the queue by app.enqueue_job only; workers run as the login role.
grant select, insert, update, delete on all tables in schema river to voxanne_login;
grant usage, select on all sequences in schema river to voxanne_login;
grant execute on all functions in schema river to voxanne_login;
grant select, insert on table river.river_job to app_definer;
grant usage on sequence river.river_job_id_seq to app_definer;
-- end of sql/0120_policy_crossing_tables.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- back to sql/0310_function_enqueue_job.sql
-- The only place that knows River's tables; a test puts a job in through it and works it with the pinned River.
create or replace function app.enqueue_job(p_kind text, p_args jsonb, p_run_at timestamptz default null)
returns bigint
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_id bigint;
  v_run_at timestamptz := coalesce(p_run_at, app.now());
begin
  if p_kind is null or p_kind not in (
    'release_hold', 'fetch_call_report', 'send_scheduled', 'send_message', 'settle_message'
  ) then
    raise exception 'there is no job of kind %', p_kind using errcode = 'VX400';
  end if;
  insert into river.river_job (kind, args, max_attempts, queue, priority, scheduled_at, state)
  values (
    p_kind,
    p_args || jsonb_build_object('org_id', app.require_org_id()),
    8, 'default', 1, v_run_at,
    case when v_run_at > app.now() then 'scheduled' else 'available' end::river.river_job_state
  )
  returning id into v_id;
  return v_id;
end
$$;

comment on function app.enqueue_job(text, jsonb, timestamptz) is
  'Puts a job of a known kind (release_hold, fetch_call_report, send_scheduled, send_message, settle_message) in River''s queue, as part of the calling transaction. Arguments are ids only; the organisation always comes from the claims. p_run_at NULL: now. An unknown kind is VX400.';

select app.seal('app.enqueue_job(text, jsonb, timestamptz)', 'app_definer', 'tenant_service', 'app_writer');
-- end of sql/0310_function_enqueue_job.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- back to sql/0770_function_assistant_facts.sql
create or replace function app.assistant_facts(p_call_id uuid)
returns setof app.assistant_facts
language sql
stable
set search_path = ''
as $$
  select route.vapi_assistant_id, o.name, coalesce(route.first_message, ''), l.address, o.recording_consent, o.ai_disclosure,
    (
      select string_agg(d.day || ' ' || d.spans, '; ' order by d.weekday)
      from (
        select h.weekday, (array['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'])[h.weekday + 1] as day,
          string_agg(to_char(h.opens, 'FMHH12:MI AM') || ' to ' ||
            case when h.closes = '24:00' then 'midnight' else to_char(h.closes, 'FMHH12:MI AM') end, ' and ' order by h.opens) as spans
        from public.business_hours h
        where h.org_id = o.id and h.location_id = l.id and h.resource_id is null
        group by h.weekday
      ) d
    ),
    (
      select string_agg(c.name || ' (' || c.minutes || ' minutes' ||
        case when c.price_minor is null then '' else ', ' || trim(to_char(c.price_minor / 100.0, 'FM999999990.00')) || ' ' || c.currency end
        || ')', '; ' order by c.name)
      from app.service_cards() c
    ),
    (
      select string_agg(r.name, ', ' order by r.name)
      from public.resources r
      where r.org_id = o.id and r.location_id = l.id and r.active and r.kind = 'practitioner'
    )
  from public.call_logs k
  join public.organizations o on o.id = k.org_id
  join public.locations l on l.org_id = k.org_id and l.id = k.location_id
  left join lateral (
    select x.vapi_assistant_id, a.first_message
    from public.assistant_routes x
    join public.agents a on a.org_id = x.org_id and a.id = x.agent_id
    where x.org_id = k.org_id
      and a.role = 'inbound'
      and (a.id = k.agent_id or (k.agent_id is null and a.is_default))
    limit 1
  ) route on true
  where k.org_id = app.current_org_id() and k.id = p_call_id
$$;

comment on function app.assistant_facts(uuid) is
  'Which assistant answers a call, and the public facts it is given: hours, services, practitioners. Nothing about the caller. vapi_assistant_id is NULL while the clinic''s inbound agent has no assistant yet.';

select app.seal('app.assistant_facts(uuid)', null, 'tenant_service');
-- end of sql/0770_function_assistant_facts.sql
-- +goose StatementEnd

-- +goose StatementBegin
revoke create on schema app from app_writer, app_definer;
-- +goose StatementEnd
