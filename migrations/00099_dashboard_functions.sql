-- Written by make snapshot.

-- +goose Up
-- +goose StatementBegin
do $$ begin
  if not pg_has_role(current_user, 'app_writer', 'usage') then execute format('grant app_writer to %I', current_user); end if;
  if not pg_has_role(current_user, 'app_definer', 'usage') then execute format('grant app_definer to %I', current_user); end if;
  if not pg_has_role(current_user, 'app_searcher', 'usage') then execute format('grant app_searcher to %I', current_user); end if;
end $$;
grant create on schema app to app_writer, app_definer, app_searcher;
-- +goose StatementEnd

-- +goose StatementBegin
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
-- snapshot of sql/0010_function_seal.sql
-- Functions are executable by PUBLIC from birth, and older Supabase projects grant more by default privileges.
-- Every function file ends with a call of this one, so that who may call it, and as whom it runs, stands in one line.
create or replace function app.seal(p_function text, p_owner text, variadic p_grantees text[] default '{}')
returns void
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_function regprocedure := p_function::regprocedure;
  v_role text;
begin
  execute format('revoke all on function %s from public', v_function);
  for v_role in
    select rolname from pg_catalog.pg_roles
    where rolname in (
      'anon', 'authenticated', 'service_role', 'voxanne_login',
      'tenant_user', 'tenant_service', 'app_writer', 'app_definer', 'app_searcher'
    )
  loop
    execute format('revoke all on function %s from %I', v_function, v_role);
  end loop;
  foreach v_role in array p_grantees loop
    execute format('grant execute on function %s to %I', v_function, v_role);
  end loop;
  if p_owner is not null then
    execute format('alter function %s owner to %I', v_function, p_owner);
    execute format('grant execute on function %s to %I', v_function, p_owner);
  end if;
end
$$;

comment on function app.seal(text, text, text[]) is
  'Closes a function to everyone, opens it to the named roles and gives it to its owner (null: stays with the migrating role). Called at the end of every function file.';

revoke all on function app.seal(text, text, text[]) from public;
-- end of sql/0010_function_seal.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0040_function_current_org_id.sql
-- Only app_metadata counts: a user can write user_metadata. After a transaction the setting is '' and not NULL.
-- A standard body is bound to what it names when it is made: safe without a search path, and so it can be inlined.
create or replace function app.current_org_id()
returns uuid
language sql
stable
parallel safe
begin atomic
  select (nullif(current_setting('request.jwt.claims', true), '')::jsonb -> 'app_metadata' ->> 'org_id')::uuid;
end;

comment on function app.current_org_id() is
  'The tenant of the running request: request.jwt.claims -> app_metadata -> org_id, as Supabase''s auth.jwt() reads it. NULL without claims, and then every policy hides every row.';

select app.seal('app.current_org_id()', null, 'tenant_user', 'tenant_service', 'app_writer', 'app_definer', 'app_searcher', 'service_role');
-- end of sql/0040_function_current_org_id.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0100_function_protect_table.sql
-- Every tenant table gets the same shape from one place: a table that forgot a policy would be a leak nobody sees.
create or replace function app.protect_table(p_table regclass, p_org_column text default 'org_id')
returns void
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_role text;
  v_sequence regclass;
  v_same_org text := format('%I = (select app.current_org_id())', p_org_column);
begin
  execute format('alter table %s enable row level security', p_table);
  execute format('alter table %s force row level security', p_table);

  execute format('revoke all on table %s from public', p_table);
  for v_role in
    select rolname from pg_catalog.pg_roles
    where rolname in ('anon', 'authenticated', 'service_role', 'voxanne_login',
      'tenant_user', 'tenant_service', 'app_writer', 'app_definer', 'app_searcher')
  loop
    execute format('revoke all on table %s from %I', p_table, v_role);
    -- Identity columns need no right on their sequence; old Supabase projects open it to every browser.
    for v_sequence in
      select d.objid::regclass
      from pg_catalog.pg_depend d
      join pg_catalog.pg_class s on s.oid = d.objid and s.relkind = 'S'
      where d.classid = 'pg_catalog.pg_class'::regclass and d.refclassid = d.classid and d.refobjid = p_table
    loop
      execute format('revoke all on sequence %s from %I', v_sequence, v_role);
    end loop;
  end loop;

  execute format('drop policy if exists tenant_reads on %s', p_table);
  execute format('drop policy if exists writer_writes on %s', p_table);
  execute format('drop policy if exists service_role_sees_all on %s', p_table);
  execute format(
    'create policy tenant_reads on %s for select to tenant_user, tenant_service using (%s)', p_table, v_same_org);
  execute format(
    'create policy writer_writes on %s for all to app_writer using (%s) with check (%s)', p_table, v_same_org, v_same_org);
  -- On plain PostgreSQL nobody but a superuser can make a BYPASSRLS role, so service_role sees all by policy.
  execute format(
    'create policy service_role_sees_all on %s for all to service_role using (true) with check (true)', p_table);

  execute format('grant select on table %s to tenant_user, tenant_service', p_table);
  execute format('grant select, insert, update, delete on table %s to app_writer, service_role', p_table);
end
$$;

comment on function app.protect_table(regclass, text) is
  'Gives a tenant table its row security: tenants read their own rows, only app_writer''s functions write, service_role sees all, everyone else has no rights. Reappliable.';

select app.seal('app.protect_table(regclass, text)', null);
-- end of sql/0100_function_protect_table.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0110_policy_tenant_tables.sql
-- The write matrix: tenant roles read, functions of app_writer write. Rows that cross tenants are listed below.
select app.protect_table('public.organizations', 'id');
select app.protect_table('public.locations');
select app.protect_table('public.departments');
select app.protect_table('public.profiles');
select app.protect_table('public.invitations');
select app.protect_table('public.agents');
select app.protect_table('public.assistant_routes');
select app.protect_table('public.phone_numbers');
select app.protect_table('public.services');
select app.protect_table('public.resources');
select app.protect_table('public.resource_services');
select app.protect_table('public.business_hours');
select app.protect_table('public.closures');
select app.protect_table('public.calendar_links');
select app.protect_table('public.busy_blocks');
select app.protect_table('public.contacts');
select app.protect_table('public.call_logs');
select app.protect_table('public.patients');
select app.protect_table('public.caller_verifications');
select app.protect_table('public.caller_messages');
select app.protect_table('public.messages');
select app.protect_table('public.appointments');
select app.protect_table('public.appointment_changes');
select app.protect_table('public.booking_attempts');
select app.protect_table('public.agent_tools');
select app.protect_table('public.org_tools');
select app.protect_table('public.notifications');
select app.protect_table('public.events');
select app.protect_table('public.webhook_deliveries');
select app.protect_table('public.audit_log');
select app.protect_table('public.org_keys');
select app.protect_table('public.org_credentials');
select app.protect_table('public.opt_outs');
select app.protect_table('public.identity_codes');
select app.protect_table('public.message_templates');
select app.protect_table('public.campaigns');
select app.protect_table('public.campaign_steps');
select app.protect_table('public.scheduled_messages');
select app.protect_table('public.reply_questions');
select app.protect_table('public.idempotency_keys');
select app.protect_table('public.provisioning');
select app.protect_table('public.provisioning_steps');

-- Sent messages and the audit log are never rewritten or removed by a function that works inside a tenant.
revoke delete on table public.messages, public.audit_log from app_writer;
revoke update on table public.audit_log from app_writer;
-- The service key sees all; what was sent and who did what it cannot rewrite either.
revoke insert, update, delete on table public.messages, public.audit_log from service_role;

-- Token hashes are for functions, not for the dashboard.
revoke select on table public.invitations from tenant_user, tenant_service;
grant select (org_id, id, email, role, invited_by, expires_at, accepted_at, created_at, message_id)
  on table public.invitations to tenant_user, tenant_service;

-- Keys, sealed credentials, one member's kept answers and what a clinic had set at Twilio are opened by functions only;
-- nobody's list shows them.
revoke select on table public.org_keys, public.identity_codes, public.idempotency_keys, public.provisioning, public.provisioning_steps
  from tenant_user, tenant_service;
revoke select on table public.org_credentials from tenant_user, tenant_service;
grant select (org_id, id, provider, key_id, account_ref, sender, connected_email, last_verified_at, verification_error,
  created_at, updated_at) on table public.org_credentials to tenant_user, tenant_service;
-- end of sql/0110_policy_tenant_tables.sql
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

drop policy if exists definer_crosses on public.idempotency_keys;
create policy definer_crosses on public.idempotency_keys for all to app_definer using (true) with check (true);
grant select (expires_at), delete on table public.idempotency_keys to app_definer;

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

-- Which clinics' numbers a worker left lying: ids and times.
drop policy if exists definer_crosses on public.provisioning;
create policy definer_crosses on public.provisioning for select to app_definer using (true);
grant select (org_id, id, state, lease_until, next_at, updated_at) on table public.provisioning to app_definer;
drop policy if exists definer_crosses on public.provisioning_steps;
create policy definer_crosses on public.provisioning_steps for select to app_definer using (true);
grant select (org_id, provisioning_id, step, external_id) on table public.provisioning_steps to app_definer;

-- Jobs are put in the queue by app.enqueue_job only; workers run as the login role.
grant select, insert, update, delete on all tables in schema river to voxanne_login;
grant usage, select on all sequences in schema river to voxanne_login;
grant execute on all functions in schema river to voxanne_login;
grant select, insert on table river.river_job to app_definer;
grant usage on sequence river.river_job_id_seq to app_definer;
-- end of sql/0120_policy_crossing_tables.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0125_policy_searching.sql
-- Row security keeps "like" away from every index: a comparison that could tell of a row comes after the policy. So one role
-- looks words up without a policy's condition. It reads the searched columns, writes nothing, and owns nothing but
-- app.found_ids, which names the tenant itself and gives ids; their rows are then read under the tenant's policies.
drop policy if exists searcher_finds on public.contacts;
create policy searcher_finds on public.contacts for select to app_searcher using (true);
grant select (org_id, id, name, phone, spoken_phone, email, search_text) on table public.contacts to app_searcher;

drop policy if exists searcher_finds on public.patients;
create policy searcher_finds on public.patients for select to app_searcher using (true);
grant select (org_id, id, name) on table public.patients to app_searcher;

drop policy if exists searcher_finds on public.call_logs;
create policy searcher_finds on public.call_logs for select to app_searcher using (true);
grant select (org_id, id, direction, from_number, to_number) on table public.call_logs to app_searcher;

drop policy if exists searcher_finds on public.messages;
create policy searcher_finds on public.messages for select to app_searcher using (true);
grant select (org_id, id, recipient, subject, content) on table public.messages to app_searcher;
-- end of sql/0125_policy_searching.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0140_function_require_org_id.sql
create or replace function app.require_org_id()
returns uuid
language plpgsql
stable
set search_path = ''
as $$
declare
  v_org_id uuid := app.current_org_id();
begin
  if v_org_id is null then
    raise exception 'no organisation in the request''s claims' using errcode = 'VX401';
  end if;
  return v_org_id;
end
$$;

comment on function app.require_org_id() is
  'The tenant of the running request, or VX401 where there is none: a function that writes never runs without a tenant.';

select app.seal('app.require_org_id()', null, 'tenant_user', 'tenant_service', 'app_writer', 'app_definer', 'app_searcher');
-- end of sql/0140_function_require_org_id.sql
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
    'release_hold', 'fetch_call_report', 'send_scheduled', 'send_message', 'settle_message', 'sync_agent',
    'provision_number'
  ) then
    raise exception 'there is no job of kind %', p_kind using errcode = 'VX400';
  end if;
  insert into river.river_job (kind, args, max_attempts, queue, priority, scheduled_at, state)
  values (
    p_kind,
    p_args || jsonb_build_object('org_id', app.require_org_id()),
    8,
    -- Vapi being down must not keep holds and texts waiting behind what waits for it.
    case when p_kind in ('sync_agent', 'provision_number') then 'vapi' else 'default' end, 1, v_run_at,
    case when v_run_at > app.now() then 'scheduled' else 'available' end::river.river_job_state
  )
  returning id into v_id;
  return v_id;
end
$$;

comment on function app.enqueue_job(text, jsonb, timestamptz) is
  'Puts a job of a known kind (release_hold, fetch_call_report, send_scheduled, send_message, settle_message, sync_agent, provision_number) in River''s queue, as part of the calling transaction. Arguments are ids only; the organisation always comes from the claims. p_run_at NULL: now. An unknown kind is VX400.';

select app.seal('app.enqueue_job(text, jsonb, timestamptz)', 'app_definer', 'tenant_service', 'app_writer');
-- end of sql/0310_function_enqueue_job.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0790_function_transfer_destination.sql
create or replace function app.transfer_destination(p_call_id uuid, p_department text)
returns setof app.transfer_answer
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_now timestamptz;
  v_call public.call_logs;
  v_location public.locations;
  v_other text;
  v_answer app.transfer_answer;
begin
  perform app.lock_call(p_call_id);
  v_now := app.now();
  select * into v_call from public.call_logs c where c.org_id = v_org_id and c.id = p_call_id;
  select * into v_location from public.locations l where l.org_id = v_org_id and l.id = v_call.location_id;

  v_other := case when v_call.direction = 'outbound' then v_call.to_number else v_call.from_number end;
  v_answer.phone := coalesce(
    (select d.phone from public.departments d
      where d.org_id = v_org_id and d.location_id = v_location.id and d.name = lower(btrim(coalesce(p_department, '')))),
    v_location.phone);
  v_answer.caller_id := case when v_call.direction = 'outbound' then v_call.from_number else v_call.to_number end;
  v_answer.reason := case
    when v_answer.phone is null then 'no_number'
    when app.is_our_number(v_answer.phone) or v_answer.phone = v_other then 'loop'
    -- A transfer of ours shows our number as the caller's: what comes back with it was forwarded to us again.
    when app.is_our_number(v_other) then 'loop'
    when exists (
      select from public.audit_log g
      join public.call_logs c on c.org_id = g.org_id and c.id = g.entity_id
      where g.org_id = v_org_id
        and g.action = 'caller_transferred'
        and g.at > v_now - interval '10 minutes'
        and (c.id = p_call_id
          or case when c.direction = 'outbound' then c.to_number else c.from_number end = v_other)) then 'already_transferred'
    when not app.is_open(v_location.id, v_now) then 'closed'
  end;
  if v_answer.reason is not null then
    v_answer.outcome := 'refused';
    v_answer.phone := null;
  else
    v_answer.outcome := 'transfer';
    insert into public.audit_log (org_id, action, entity, entity_id)
    values (v_org_id, 'caller_transferred', 'call', p_call_id);
  end if;
  return next v_answer;
end
$$;

comment on function app.transfer_destination(uuid, text) is
  'Where to put a caller through: the department''s number, else the location''s own line, during opening hours. Refused with closed, no_number, loop (the number is ours or the caller''s own, or the call came back from a transfer of ours, so it would ring us again) or already_transferred (once per caller in ten minutes). Each transfer is audited.';

select app.seal('app.transfer_destination(uuid, text)', 'app_writer', 'tenant_service');
-- end of sql/0790_function_transfer_destination.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0800_function_set_business_hours.sql
create or replace function app.set_business_hours(
  p_location_id uuid,
  p_resource_id uuid,
  p_weekdays integer[],
  p_opens time[],
  p_closes time[]
)
returns integer
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_spans integer;
begin
  perform app.require_staff();
  if not exists (select from public.locations l where l.org_id = v_org_id and l.id = p_location_id)
    or (p_resource_id is not null and not exists (
      select from public.resources r where r.org_id = v_org_id and r.id = p_resource_id and r.location_id = p_location_id))
  then
    raise exception 'there is no such location, or no such resource in it' using errcode = 'VX404';
  end if;
  if cardinality(p_weekdays) is null or cardinality(p_weekdays) is distinct from cardinality(p_opens)
    or cardinality(p_opens) is distinct from cardinality(p_closes) then
    raise exception 'weekdays, opening and closing times must be as many' using errcode = 'VX400';
  end if;
  if exists (
    select from unnest(p_weekdays, p_opens, p_closes) s(weekday, opens, closes)
    where s.weekday between 0 and 6 is not true or s.closes > s.opens is not true)
  then
    raise exception 'a span is of a weekday from 0 to 6 and closes after it opens' using errcode = 'VX400';
  end if;
  -- A booking that is being decided must see either the old week or the new one.
  perform app.lock_resources(array(
    select r.id from public.resources r
    where r.org_id = v_org_id and r.location_id = p_location_id and (p_resource_id is null or r.id = p_resource_id)));

  delete from public.business_hours h
  where h.org_id = v_org_id and h.location_id = p_location_id and h.resource_id is not distinct from p_resource_id;
  insert into public.business_hours (org_id, location_id, resource_id, weekday, opens, closes)
  select v_org_id, p_location_id, p_resource_id, s.weekday, s.opens, s.closes
  from unnest(p_weekdays, p_opens, p_closes) s(weekday, opens, closes);
  get diagnostics v_spans = row_count;
  insert into public.audit_log (org_id, action, entity, entity_id, actor_user_id)
  values (v_org_id, 'hours_changed', 'location', p_location_id, app.current_user_id());
  perform app.announce('hours_updated', 'location', p_location_id);
  return v_spans;
end
$$;

comment on function app.set_business_hours(uuid, uuid, integer[], time[], time[]) is
  'Replaces the week of a location, or of one resource (empty arrays: it keeps its location''s week again). Weekday 0 is Sunday. Visits already booked stay. Staff only (VX403); an unknown location or resource is VX404, arrays of unlike length and spans that end before they begin are VX400. Returns the number of spans.';

select app.seal('app.set_business_hours(uuid, uuid, integer[], time[], time[])', 'app_writer', 'tenant_user');
-- end of sql/0800_function_set_business_hours.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0810_function_add_closure.sql
create or replace function app.add_closure(
  p_location_id uuid,
  p_resource_id uuid,
  p_starts_at timestamptz,
  p_ends_at timestamptz,
  p_reason text default null
)
returns setof public.closures
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
begin
  perform app.require_staff();
  if not exists (select from public.locations l where l.org_id = v_org_id and l.id = p_location_id)
    or (p_resource_id is not null and not exists (
      select from public.resources r where r.org_id = v_org_id and r.id = p_resource_id and r.location_id = p_location_id))
  then
    raise exception 'there is no such location, or no such resource in it' using errcode = 'VX404';
  elsif p_ends_at > p_starts_at is not true or not isfinite(p_starts_at) or not isfinite(p_ends_at) then
    raise exception 'a closure must end after it starts' using errcode = 'VX400';
  end if;
  perform app.lock_resources(array(
    select r.id from public.resources r
    where r.org_id = v_org_id and r.location_id = p_location_id and (p_resource_id is null or r.id = p_resource_id)));
  return query
  insert into public.closures (org_id, location_id, resource_id, during, reason)
  values (v_org_id, p_location_id, p_resource_id, tstzrange(p_starts_at, p_ends_at), p_reason)
  returning *;
  perform app.announce('hours_updated', 'location', p_location_id);
end
$$;

comment on function app.add_closure(uuid, uuid, timestamptz, timestamptz, text) is
  'Closes a location, or one of its resources, for a time. Visits already booked in it stay and are for the staff to move. Staff only (VX403); an unknown location or resource is VX404, an end before the start VX400.';

select app.seal('app.add_closure(uuid, uuid, timestamptz, timestamptz, text)', 'app_writer', 'tenant_user');
-- end of sql/0810_function_add_closure.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0890_function_sweep_platform.sql
create or replace function app.sweep_platform(p_events_before timestamptz, p_deliveries_before timestamptz)
returns bigint
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_events bigint;
  v_deliveries bigint;
  v_answers bigint;
begin
  if p_events_before > app.now() - interval '1 hour' or p_deliveries_before > app.now() - interval '1 hour' then
    raise exception 'live clients and repeated webhooks need the last hour' using errcode = 'VX400';
  end if;
  delete from public.events e where e.at < p_events_before;
  get diagnostics v_events = row_count;
  delete from public.webhook_deliveries d where d.received_at < p_deliveries_before;
  get diagnostics v_deliveries = row_count;
  delete from public.idempotency_keys k where k.expires_at < app.now();
  get diagnostics v_answers = row_count;
  return v_events + v_deliveries + v_answers;
end
$$;

comment on function app.sweep_platform(timestamptz, timestamptz) is
  'Deletes live events and webhook deliveries, of all tenants, that are older than the given instants: both are memory for a short time, the truth stands elsewhere. Answers kept for repeated wishes go when they have expired. The last hour cannot be deleted (VX400). Returns how many rows went.';

select app.seal('app.sweep_platform(timestamptz, timestamptz)', 'app_definer', 'voxanne_login');
-- end of sql/0890_function_sweep_platform.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0898_function_message_limit_reason.sql
create or replace function app.message_limit_reason(
  p_category text,
  p_contact_id uuid,
  p_recipient_hash bytea,
  p_now timestamptz
)
returns app.message_decision
language plpgsql
stable
set search_path = ''
as $$
declare
  v_org public.organizations;
  v_today date;
  v_day timestamptz;
  v_limit record;
  v_oldest timestamptz;
  v_decision app.message_decision;
begin
  select * into strict v_org from public.organizations o where o.id = app.require_org_id();
  v_today := (p_now at time zone v_org.time_zone)::date;
  v_day := app.local_instant(v_today::timestamp, v_org.time_zone, false);
  for v_limit in
    select l.since, l.allowed, l.reason, l.daily
    from (values
      ('follow_up', p_now - v_org.follow_up_window, 1, 'too_soon', false),
      ('code', p_now - interval '1 hour', 3, 'too_many_codes', false),
      -- Two machines that answer each other would go on for ever.
      ('reply', p_now - interval '1 hour', 10, 'too_soon', false),
      -- Whoever administers a clinic must not be able to fill a stranger's mailbox.
      ('invitation', p_now - interval '1 hour', 3, 'too_soon', false),
      ('marketing', v_day, 1, 'too_soon', true),
      -- 47 CFR 64.1200(a)(9)(iv): health care messages, one a day and three a week. In hours, not in days of a zone.
      ('reminder', v_day, 1, 'reminder_limit', true),
      ('reminder', p_now - interval '168 hours', 3, 'reminder_limit', false)
    ) l (category, since, allowed, reason, daily)
    where l.category = p_category
  loop
    -- The newest ones fill the limit; the oldest of those must leave the window first.
    select m.created_at into v_oldest
    from public.messages m
    where m.org_id = v_org.id and m.direction = 'outbound' and m.category = p_category
      and m.status in ('queued', 'sent', 'delivered', 'unknown')
      and (m.recipient_hash = p_recipient_hash or m.contact_id = p_contact_id)
      and m.created_at > v_limit.since
    order by m.created_at desc
    offset v_limit.allowed - 1
    limit 1;
    if found then
      v_decision.outcome := 'blocked';
      v_decision.reason := v_limit.reason;
      v_decision.not_before := greatest(v_decision.not_before, case
        when v_limit.daily then app.local_instant((v_today + 1)::timestamp, v_org.time_zone, false)
        else v_oldest + (p_now - v_limit.since)
      end);
    end if;
  end loop;
  return v_decision;
end
$$;

comment on function app.message_limit_reason(text, uuid, bytea, timestamptz) is
  'Whether a number or contact had its share of a category: one follow-up in the clinic''s window, three codes, three invitations or ten replies an hour, one marketing text a day, one reminder a day and three in seven days. Counted are messages that left or may have left, whether the number or the contact is the same; a day is the clinic''s. outcome blocked, reason and not_before (when it is allowed again), or an outcome of NULL.';

select app.seal('app.message_limit_reason(text, uuid, bytea, timestamptz)', null, 'app_writer');
-- end of sql/0898_function_message_limit_reason.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0900_function_begin_message.sql
create or replace function app.begin_message(
  p_category text,
  p_method text,
  p_content text,
  p_send_key text,
  p_contact_id uuid,
  p_service_provider text,
  p_recipient text default null,
  p_subject text default null,
  p_call_id uuid default null,
  p_appointment_id uuid default null,
  p_campaign_id uuid default null,
  p_in_reply_to uuid default null,
  p_number_zones text[] default '{}',
  p_number_region text default null,
  p_spoken boolean default false,
  p_hand_over boolean default true,
  p_request_id text default null
)
returns setof app.message_decision
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_content text := btrim(app.plain_text(p_content), E' \n');
  v_recipient text;
  v_hash bytea;
  v_now timestamptz;
  v_decision app.message_decision;
begin
  if coalesce(p_category, '') not in ('code', 'confirmation', 'reminder', 'follow_up', 'marketing', 'reply', 'invitation')
    or coalesce(p_method, '') not in ('sms', 'email') or (p_category = 'invitation' and p_method <> 'email')
    or coalesce(p_send_key, '') = '' or (p_spoken and (p_category <> 'confirmation' or p_method <> 'sms'))
  then
    raise exception 'there is no such message: category %, method %', p_category, p_method using errcode = 'VX400';
  end if;
  -- The number may be erased or corrected while this waits for its lock.
  loop
    v_recipient := app.message_recipient(p_contact_id, p_method, p_recipient);
    perform app.lock_number(v_recipient);
    exit when app.message_recipient(p_contact_id, p_method, p_recipient) is not distinct from v_recipient;
  end loop;
  v_now := app.now();

  v_decision := app.replayed_message(p_send_key, p_category, p_contact_id);
  if v_decision.outcome is not null then
    return next v_decision;
    return;
  end if;
  v_decision.recipient := v_recipient;
  v_decision.content := v_content;
  v_decision.reason := case when v_recipient is null then 'no_recipient' else app.message_text_refusal(p_category, p_method, v_content) end;
  if v_decision.reason is not null then
    v_decision.outcome := 'blocked';
    return next v_decision;
    return;
  end if;

  v_hash := app.number_hash(v_recipient);
  select r.outcome, r.reason, r.not_before into v_decision.outcome, v_decision.reason, v_decision.not_before
  from app.message_refusal(p_category, p_method, p_contact_id, v_recipient, p_call_id, p_number_zones, p_number_region, p_spoken, v_now) r;
  if v_decision.outcome = 'wait' then
    return next v_decision;
    return;
  elsif v_decision.outcome = 'blocked' then
    -- One row a minute says it: a client that hammers must not fill the table.
    select m.id into v_decision.message_id
    from public.messages m
    where m.org_id = v_org_id and m.recipient_hash = v_hash and m.created_at > v_now - interval '1 minute'
      and m.category = p_category and m.status = 'blocked' and m.reason = v_decision.reason and m.contact_id is not distinct from p_contact_id
    limit 1;
  end if;

  v_decision.status := coalesce(v_decision.outcome, 'queued');
  v_decision.outcome := coalesce(v_decision.outcome, case when p_hand_over then 'send' else 'queued' end);
  v_decision.segments := case when p_method = 'sms' then app.sms_segments(v_content) end;
  if v_decision.message_id is null then
    -- A blocked wish keeps no key: the next try is judged anew.
    insert into public.messages (
      org_id, direction, method, category, recipient, recipient_hash, subject, content, segments, status, reason, send_key,
      service_provider, handed_over_at, contact_id, call_id, appointment_id, campaign_id, in_reply_to, actor_user_id, request_id,
      created_at, updated_at)
    values (
      v_org_id, 'outbound', p_method, p_category, v_recipient, v_hash, replace(app.plain_text(p_subject), E'\n', ' '), v_content,
      v_decision.segments, v_decision.status, v_decision.reason, case when v_decision.status = 'queued' then p_send_key end,
      p_service_provider, case when v_decision.outcome = 'send' then v_now end, p_contact_id, p_call_id, p_appointment_id,
      p_campaign_id, p_in_reply_to, app.current_user_id(), p_request_id, v_now, v_now)
    on conflict (org_id, send_key) do nothing
    returning id into v_decision.message_id;
    if v_decision.message_id is null then
      -- The same key at the same moment, for another number.
      v_decision := app.replayed_message(p_send_key, p_category, p_contact_id);
    else
      perform app.announce('message_updated', 'message', v_decision.message_id);
    end if;
  end if;
  if v_decision.outcome = 'send' then
    perform app.enqueue_job('settle_message', jsonb_build_object('message_id', v_decision.message_id), v_now + interval '2 minutes');
  elsif v_decision.outcome = 'queued' then
    perform app.enqueue_job('send_message', jsonb_build_object('message_id', v_decision.message_id));
  end if;
  return next v_decision;
end
$$;

comment on function app.begin_message(text, text, text, text, uuid, text, text, text, uuid, uuid, uuid, uuid, text[], text, boolean, boolean, text) is
  'Decides whether a message may leave and writes its row before it does; whoever is told send takes it to the provider after the commit and says how it went with app.finish_message. outcome send: handed over to the caller, a job settles it if nothing more is heard; queued (p_hand_over false): a job sends it; wait: no row, ask again at not_before; blocked: reason says why, with a row unless it is no_recipient, empty or too_long; replayed: p_send_key was seen before, status is what became of it. p_recipient NULL: the contact''s phone or e-mail. p_number_zones, p_number_region: where the number is at home. p_spoken: a caller only said the number (confirmations by sms only). VX400 for an unknown category or method or an empty key, VX404 for an unknown contact, VX409 for a key of another message.';

select app.seal('app.begin_message(text, text, text, text, uuid, text, text, text, uuid, uuid, uuid, uuid, text[], text, boolean, boolean, text)', 'app_writer', 'tenant_service', 'app_writer');
-- end of sql/0900_function_begin_message.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0957_function_check_steps.sql
create or replace function app.check_steps(p_category text, p_steps jsonb)
returns void
language plpgsql
stable
set search_path = ''
as $$
declare
  v_step jsonb;
  v_after integer;
  v_last integer := -1;
begin
  if jsonb_typeof(p_steps) is distinct from 'array' or jsonb_array_length(p_steps) not between 1 and 10 then
    raise exception 'a campaign has one to ten steps' using errcode = 'VX400';
  end if;
  for v_step in select * from jsonb_array_elements(p_steps) loop
    if coalesce(v_step ->> 'after_minutes', '') !~ '^[0-9]{1,6}$' or (v_step ->> 'after_minutes')::integer > 525600 then
      raise exception 'after_minutes is a whole number from 0 to 525600, a year' using errcode = 'VX400';
    end if;
    v_after := (v_step ->> 'after_minutes')::integer;
    if v_after <= v_last then
      raise exception 'each step comes later than the one before' using errcode = 'VX400';
    elsif v_step ->> 'template_id' is not null and not exists (
      select from public.message_templates t
      where t.org_id = app.require_org_id() and t.id::text = lower(v_step ->> 'template_id')
    ) then
      raise exception 'there is no such template' using errcode = 'VX404';
    -- Advertising in a follow_up would get around the consent that marketing needs.
    elsif not exists (
      select from public.message_templates t
      where t.org_id = app.require_org_id() and t.id::text = lower(v_step ->> 'template_id')
        and t.kind in ('follow_up', p_category)
    ) then
      raise exception 'each step needs a template of kind follow_up or, in a marketing campaign, marketing'
        using errcode = 'VX400';
    end if;
    v_last := v_after;
  end loop;
end
$$;

comment on function app.check_steps(text, jsonb) is
  'Raises VX400 unless p_steps is an array of one to ten {"after_minutes", "template_id"}, each later than the one before, at most a year, with the clinic''s templates of a kind that the campaign''s category may send. VX404: a template that the clinic does not have.';

select app.seal('app.check_steps(text, jsonb)', null, 'app_writer');
-- end of sql/0957_function_check_steps.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0961_function_save_campaign.sql
create or replace function app.save_campaign(
  p_campaign_id uuid,
  p_name text,
  p_category text,
  p_segment jsonb,
  p_steps jsonb,
  p_stop_on_reply boolean default true,
  p_stop_on_booking boolean default true
)
returns setof public.campaigns
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_name text := btrim(coalesce(p_name, ''));
  v_campaign public.campaigns;
begin
  perform app.require_staff();
  if char_length(v_name) not between 1 and 80 or coalesce(p_category, '') not in ('marketing', 'follow_up') then
    raise exception 'a campaign needs a name of up to 80 characters and a category: marketing or follow_up' using errcode = 'VX400';
  end if;
  perform app.check_segment(p_segment);
  perform app.check_steps(p_category, p_steps);

  if p_campaign_id is null then
    insert into public.campaigns (org_id, name, category, segment, stop_on_reply, stop_on_booking)
    values (v_org_id, v_name, p_category, p_segment, coalesce(p_stop_on_reply, true), coalesce(p_stop_on_booking, true))
    returning * into v_campaign;
  else
    select * into v_campaign from public.campaigns c where c.org_id = v_org_id and c.id = p_campaign_id for update;
    if v_campaign.id is null then
      raise exception 'there is no such campaign' using errcode = 'VX404';
    elsif v_campaign.status <> 'draft' then
      raise exception 'a campaign that was started stays as it is' using errcode = 'VX409';
    end if;
    update public.campaigns c
    set name = v_name, category = p_category, segment = p_segment, stop_on_reply = coalesce(p_stop_on_reply, true),
      stop_on_booking = coalesce(p_stop_on_booking, true), updated_at = app.now()
    where c.org_id = v_org_id and c.id = p_campaign_id
    returning * into v_campaign;
    delete from public.campaign_steps s where s.org_id = v_org_id and s.campaign_id = p_campaign_id;
  end if;

  insert into public.campaign_steps (org_id, campaign_id, position, after, template_id)
  select v_org_id, v_campaign.id, e.position, make_interval(mins => (e.step ->> 'after_minutes')::integer),
    (e.step ->> 'template_id')::uuid
  from jsonb_array_elements(p_steps) with ordinality e (step, position);
  return next v_campaign;
exception when unique_violation then
  raise exception 'another campaign has this name' using errcode = 'VX409';
end
$$;

comment on function app.save_campaign(uuid, text, text, jsonb, jsonb, boolean, boolean) is
  'Makes (p_campaign_id NULL) or replaces a draft with its steps, [{"after_minutes": 0, "template_id": "…"}], and returns it. Staff only (VX403). VX400 as app.check_segment and app.check_steps say; VX404: no such campaign or template; VX409: it was started, or the name is taken.';

select app.seal('app.save_campaign(uuid, text, text, jsonb, jsonb, boolean, boolean)', 'app_writer', 'tenant_user');
-- end of sql/0961_function_save_campaign.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0964_function_release_number.sql
create or replace function app.release_number(p_number text)
returns void
language sql
volatile
set search_path = ''
as $$
  delete from public.phone_numbers n
  where n.org_id = app.require_org_id() and n.number = p_number
    and n.provider = 'twilio' and n.vapi_phone_number_id is null and n.agent_id is null
    and not exists (
      select from public.provisioning p
      where p.org_id = n.org_id and p.number = n.number and p.state not in ('undone', 'released'))
$$;

comment on function app.release_number(text) is
  'Gives up a number that only texts used. One that calls use, or are about to (known to Vapi, with an agent, or being set up), stays the clinic''s.';

select app.seal('app.release_number(text)', null, 'app_writer');
-- end of sql/0964_function_release_number.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0980_function_save_credential.sql
create or replace function app.save_credential(
  p_provider text,
  p_ciphertext bytea,
  p_nonce bytea,
  p_auth_tag bytea,
  p_key_id text,
  p_account_ref text,
  p_sender text
)
returns void
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_now timestamptz;
  v_old_sender text;
  v_id uuid;
begin
  perform app.require_admin();
  if coalesce(p_provider, '') not in ('twilio', 'resend') or coalesce(p_sender, '') = ''
    or (p_provider = 'twilio' and p_sender !~ '^\+[1-9][0-9]{6,14}$') then
    raise exception 'twilio needs a number to send from, resend an address' using errcode = 'VX400';
  end if;
  select c.sender into v_old_sender
  from public.org_credentials c
  where c.org_id = v_org_id and c.provider = p_provider
  for update;
  v_now := app.now();
  if p_provider = 'twilio' then
    -- What was changed at Twilio for a line in use can be put back with that account's keys only.
    if exists (
      select from public.provisioning p
      where p.org_id = v_org_id and p.state not in ('undone', 'released') and p.number <> p_sender
        and p.account_ref <> p_account_ref) then
      raise exception 'a number of another Twilio account is in use: release it first' using errcode = 'VX409';
    end if;
    perform app.claim_number(p_sender);
    if v_old_sender <> p_sender then
      perform app.release_number(v_old_sender);
    end if;
  end if;

  insert into public.org_credentials as c (
    org_id, provider, ciphertext, nonce, auth_tag, key_id, account_ref, sender, last_verified_at)
  values (v_org_id, p_provider, p_ciphertext, p_nonce, p_auth_tag, p_key_id, p_account_ref, p_sender, v_now)
  on conflict (org_id, provider) do update
  set ciphertext = excluded.ciphertext, nonce = excluded.nonce, auth_tag = excluded.auth_tag, key_id = excluded.key_id,
    account_ref = excluded.account_ref, sender = excluded.sender, last_verified_at = v_now, verification_error = null,
    updated_at = v_now
  returning c.id into v_id;
  insert into public.audit_log (org_id, action, entity, entity_id, actor_user_id)
  values (v_org_id, 'credential_saved', 'credential', v_id, app.current_user_id());
end
$$;

comment on function app.save_credential(text, bytea, bytea, bytea, text, text, text) is
  'Keeps what the clinic sends with (twilio, resend), sealed by the caller and just verified with the provider; replaces what was there. Twilio''s number becomes the clinic''s and a former one that only texts used is given up. Owner or admin only (VX403). VX400: no such provider or sender; VX409: the number is another organisation''s, or a number of another account is in use.';

select app.seal('app.save_credential(text, bytea, bytea, bytea, text, text, text)', 'app_writer', 'tenant_user');
-- end of sql/0980_function_save_credential.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0982_function_remove_credential.sql
create or replace function app.remove_credential(
  p_provider text
)
returns boolean
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_removed public.org_credentials;
begin
  perform app.require_admin();
  if p_provider = 'twilio' and exists (
    select from public.provisioning p where p.org_id = v_org_id and p.state not in ('undone', 'released')) then
    raise exception 'a number of this account is in use: release it first' using errcode = 'VX409';
  end if;
  delete from public.org_credentials c
  where c.org_id = v_org_id and c.provider = p_provider
  returning * into v_removed;
  if v_removed.id is null then
    return false;
  end if;
  if p_provider = 'twilio' then
    perform app.release_number(v_removed.sender);
  end if;
  insert into public.audit_log (org_id, action, entity, entity_id, actor_user_id)
  values (v_org_id, 'credential_removed', 'credential', v_removed.id, app.current_user_id());
  return true;
end
$$;

comment on function app.remove_credential(text) is
  'Forgets a provider''s credential and, for twilio, the number that only texts used. Returns whether there was one. Owner or admin only (VX403). VX409: calls use a number of the account, which could not be given back without it.';

select app.seal('app.remove_credential(text)', 'app_writer', 'tenant_user');
-- end of sql/0982_function_remove_credential.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0989_function_erase_calls.sql
create or replace function app.erase_calls(p_contact_id uuid, p_phone text)
returns void
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
begin
  update public.caller_messages m
  set caller_name = null, callback_number = null, body = '[erased]'
  where m.org_id = v_org_id and m.contact_id = p_contact_id;
  perform app.blank_calls(array(
    select c.id from public.call_logs c
    where c.org_id = v_org_id
      and (c.contact_id = p_contact_id or (c.contact_id is null and p_phone in (c.from_number, c.to_number)))));
end
$$;

comment on function app.erase_calls(uuid, text) is
  'The part of app.erase_contact about calls: the person''s number, transcript, summary and messages left are blanked, also of calls of the number that no contact was made for. Times, outcome and cost stay.';

select app.seal('app.erase_calls(uuid, text)', null, 'app_writer');
-- end of sql/0989_function_erase_calls.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0990_function_erase_contact.sql
create or replace function app.erase_contact(
  p_contact_id uuid
)
returns boolean
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_contact public.contacts;
  v_now timestamptz;
begin
  perform app.require_admin();
  perform app.lock_contact(p_contact_id);
  -- Visits before what is planned for them, and before their contact: whoever moves one locks them in that order.
  perform from public.appointments a
  where a.org_id = v_org_id and a.contact_id = p_contact_id
  order by a.id
  for no key update;
  -- Also keeps new visits from being booked for the contact meanwhile: their foreign key waits for this row.
  select * into v_contact from public.contacts c where c.org_id = v_org_id and c.id = p_contact_id for update;
  v_now := app.now();
  if v_contact.id is null then
    raise exception 'there is no such contact' using errcode = 'VX404';
  elsif v_contact.erased_at is not null then
    return false;
  elsif exists (
    select from public.appointments a
    where a.org_id = v_org_id and a.contact_id = p_contact_id and a.status in ('pending', 'confirmed')
      and a.scheduled_at + a.duration > v_now)
  then
    raise exception 'there are visits ahead: cancel them first' using errcode = 'VX409';
  end if;

  perform app.erase_messages(p_contact_id, v_contact.phone);
  perform app.erase_calls(p_contact_id, v_contact.phone);
  perform app.erase_visits(p_contact_id);
  delete from public.idempotency_keys k where k.org_id = v_org_id and k.state = 'done'; -- answers may show the contact
  update public.opt_outs o set phone = null where o.org_id = v_org_id and o.phone = v_contact.phone;
  update public.contacts c
  set name = null, phone = null, spoken_phone = null, email = null, notes = null, service_interests = '{}',
    lead_reasons = '{}', time_zone = null, language = null, marketing_consent_at = null, erased_at = v_now, updated_at = v_now
  where c.org_id = v_org_id and c.id = p_contact_id;
  insert into public.audit_log (org_id, action, entity, entity_id, actor_user_id)
  values (v_org_id, 'contact_erased', 'contact', p_contact_id, app.current_user_id());
  perform app.announce('contact_updated', 'contact', p_contact_id);
  return true;
end
$$;

comment on function app.erase_contact(uuid) is
  'Blanks everything personal about a contact: name, numbers and addresses, its patients, what was said and written in calls, messages and visits. Rows, ids, times, states and keyed hashes stay, so that audits and statistics hold and an opt-out still stops texts to the number, also for a contact that comes anew. What was waiting to be sent is cancelled. Returns false when it was erased before. Owner and admin only (VX403); VX404 for an unknown contact, VX409 while it has visits ahead. Recordings lie with the provider and are not reached from here.';

select app.seal('app.erase_contact(uuid)', 'app_writer', 'tenant_user');
-- end of sql/0990_function_erase_contact.sql
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
-- end of sql/1012_function_delete_agent.sql
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
-- end of sql/1018_function_record_assistant.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1100_function_score_of_status.sql
create or replace function app.score_of_status(p_lead_status text, p_score integer)
returns integer
language sql
immutable
parallel safe
begin atomic
  select case p_lead_status
    when 'hot' then greatest(p_score, 80)
    when 'warm' then least(greatest(p_score, 50), 79)
    when 'cold' then least(p_score, 49)
    else p_score
  end;
end;

comment on function app.score_of_status(text, integer) is
  'The lead score nearest to p_score that fits the status: hot from 80 on, warm from 50 on, cold below; booked and lost have any. Dashboards colour the score and name the status, and both must say the same.';

select app.seal('app.score_of_status(text, integer)', null, 'app_writer');
-- end of sql/1100_function_score_of_status.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1102_function_contact_search.sql
-- Staff write a number as it stands on paper, and stored is E.164: only its digits are looked for, without the zero that
-- stands before an area code at home and nowhere else.
create or replace function app.contact_search(p_search text)
returns text
language sql
immutable
strict
parallel safe
begin atomic
  select '%' || case
    when p_search ~ '^[+0-9 ().-]+$' and p_search ~ '[0-9].*[0-9].*[0-9]'
      then ltrim(regexp_replace(p_search, '[^0-9]', '', 'g'), '0')
    else replace(replace(replace(lower(btrim(p_search) collate "und-x-icu"), '\', '\\'), '%', '\%'), '_', '\_')
  end || '%';
end;

comment on function app.contact_search(text) is
  'The pattern that contacts.search_text is compared with (like) when p_search is looked for. Blanks around it, case and the spelling of a number do not matter; % and _ are letters.';

select app.seal('app.contact_search(text)', null, 'tenant_user', 'app_searcher');
-- end of sql/1102_function_contact_search.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1104_function_list_contacts.sql
-- The statement is put together from fixed pieces, because a plan for every combination of filters and orders at once
-- uses no index for any of them. Values are parameters, never text.
create or replace function app.list_contacts(
  p_lead_status text default null,
  p_source text default null,
  p_search text default null,
  p_from date default null,
  p_to date default null,
  p_sort text default 'last_contact',
  p_descending boolean default true,
  p_page integer default 1,
  p_limit integer default 20
)
returns setof app.contact_row
language plpgsql
stable
set search_path = ''
set random_page_cost = 1.1 -- what lists show is in memory: a few rows by their ids beat all of them in a row
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_zone text := (select o.time_zone from public.organizations o where o.id = v_org_id);
  v_where text := 'c.org_id = $1 and c.erased_at is null';
  v_order text;
  v_back text;
  v_found uuid[];
  v_total bigint;
  v_span app.page_span;
begin
  -- Only what may be missing says where it stands then: the others can be read off an index in both directions.
  v_order := case p_sort
    when 'last_contact' then 'c.last_contacted_at %s nulls %s, c.id %s'
    when 'created' then 'c.created_at %s, c.id %3$s'
    when 'name' then 'c.name %s nulls %s, c.id %s'
    when 'score' then 'c.lead_score %s, c.id %3$s'
  end;
  if v_order is null or p_page < 1 or p_limit not between 1 and 100 then
    raise exception 'there is no such order or page' using errcode = 'VX400';
  end if;
  v_back := format(v_order, case when p_descending then 'asc' else 'desc' end, 'first', 'desc');
  v_order := format(v_order, case when p_descending then 'desc' else 'asc' end, 'last', 'asc');
  if btrim(p_search) <> '' then
    v_found := app.found_ids('contact', p_search);
  end if;
  v_where := concat_ws(' and ', v_where,
    case when p_lead_status is not null then 'c.lead_status = $2' end,
    case when p_source is not null then 'c.source = $3' end,
    case when v_found is not null then 'c.id = any ($10)'
      when btrim(p_search) <> '' then 'c.search_text like app.contact_search($4)' end,
    case when p_from is not null then 'c.created_at >= $5::timestamp at time zone $7' end,
    case when p_to is not null then 'c.created_at < ($6 + 1)::timestamp at time zone $7' end);

  execute format('select count(*) from (select from public.contacts c where %s limit 50001) s', v_where)
  into v_total
  using v_org_id, p_lead_status, p_source, p_search, p_from, p_to, v_zone, null, null, v_found;
  v_span := app.page_span(v_total, v_total > 50000, p_page, p_limit);
  -- Ids first: they come from the index alone, also for a page far behind.
  return query execute format(
    $q$
    select c.id, c.name, c.phone, c.spoken_phone, c.email, c.lead_status, c.lead_score, c.lead_reasons, c.service_interests,
      c.source, c.notes, c.language, c.time_zone, c.marketing_consent_at, c.last_contacted_at, c.created_at, c.updated_at,
      least($11, 50000), $11 > 50000
    from (select c.id from public.contacts c where %s order by %s limit $8 offset $9) p
    join public.contacts c on c.org_id = $1 and c.id = p.id
    order by %s
    $q$, v_where, case when v_span.from_end then v_back else v_order end, v_order)
  using v_org_id, p_lead_status, p_source, p_search, p_from, p_to, v_zone, v_span.take, v_span.skip, v_found, v_total;
end
$$;

comment on function app.list_contacts(text, text, text, date, date, text, boolean, integer, integer) is
  'One page of the organisation''s contacts, without the erased. Every filter narrows, NULL does not: status, source, p_search in name, numbers and address, and the days (both included, of the clinic''s zone) on which the contact came. p_sort: last_contact, created, name or score; those without a value come last. p_page counts from 1, p_limit is 1 to 100; a page past the end has no rows and so tells no total.';

select app.seal('app.list_contacts(text, text, text, date, date, text, boolean, integer, integer)', null, 'tenant_user');
-- end of sql/1104_function_list_contacts.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1106_function_contact_stats.sql
create or replace function app.contact_stats()
returns setof app.contact_stat
language plpgsql
stable
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_zone text := (select o.time_zone from public.organizations o where o.id = v_org_id);
  v_midnight timestamptz := date_trunc('day', app.now() at time zone v_zone) at time zone v_zone;
begin
  -- A count a status, each a stretch of an index; grouping would cost more than counting.
  return query
  select k.hot + k.warm + k.cold + k.booked + k.lost, k.hot, k.warm, k.cold, k.booked, k.lost, k.new
  from (
    select
      (select count(*) from public.contacts c where c.org_id = v_org_id and c.erased_at is null and c.lead_status = 'hot') as hot,
      (select count(*) from public.contacts c where c.org_id = v_org_id and c.erased_at is null and c.lead_status = 'warm') as warm,
      (select count(*) from public.contacts c where c.org_id = v_org_id and c.erased_at is null and c.lead_status = 'cold') as cold,
      (select count(*) from public.contacts c where c.org_id = v_org_id and c.erased_at is null and c.lead_status = 'booked') as booked,
      (select count(*) from public.contacts c where c.org_id = v_org_id and c.erased_at is null and c.lead_status = 'lost') as lost,
      (select count(*) from public.contacts c where c.org_id = v_org_id and c.erased_at is null and c.created_at >= v_midnight) as new
  ) k;
end
$$;

comment on function app.contact_stats() is
  'How many contacts the organisation has, by lead status, and how many are new since midnight of the clinic''s zone. One row, also without contacts; the erased do not count.';

select app.seal('app.contact_stats()', null, 'tenant_user');
-- end of sql/1106_function_contact_stats.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1108_function_write_contact.sql
create or replace function app.write_contact(p_contact_id uuid, p_change jsonb)
returns void
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_now timestamptz := app.now();
  v_unknown text;
begin
  select k into v_unknown
  from jsonb_object_keys(p_change) k
  where k not in ('name', 'phone', 'email', 'service_interests', 'notes', 'lead_status', 'language', 'time_zone', 'marketing_consent')
  order by k
  limit 1;
  if found then
    raise exception 'a contact has no such field: %', left(v_unknown, 40) using errcode = 'VX400';
  end if;

  update public.contacts c
  set name = case when p_change ? 'name' then nullif(btrim(p_change ->> 'name'), '') else c.name end,
    phone = case when p_change ? 'phone' then nullif(p_change ->> 'phone', '') else c.phone end,
    email = case when p_change ? 'email' then nullif(btrim(p_change ->> 'email'), '') else c.email end,
    service_interests = case when p_change ? 'service_interests'
      then array(select jsonb_array_elements_text(p_change -> 'service_interests')) else c.service_interests end,
    notes = case when p_change ? 'notes' then nullif(p_change ->> 'notes', '') else c.notes end,
    lead_status = coalesce(p_change ->> 'lead_status', c.lead_status),
    lead_score = app.score_of_status(p_change ->> 'lead_status', c.lead_score),
    language = case when p_change ? 'language' then nullif(p_change ->> 'language', '') else c.language end,
    time_zone = case when p_change ? 'time_zone' then nullif(p_change ->> 'time_zone', '') else c.time_zone end,
    -- Consent that stands keeps its time: that is what proves it.
    marketing_consent_at = case (p_change ->> 'marketing_consent')::boolean
      when true then coalesce(c.marketing_consent_at, v_now) when false then null else c.marketing_consent_at end,
    updated_at = v_now
  where c.org_id = v_org_id and c.id = p_contact_id;
exception
  when unique_violation then
    raise exception 'contact with this phone number already exists in your organization' using errcode = 'VX409';
  when check_violation or invalid_text_representation or invalid_parameter_value then
    raise exception 'a field of the contact has a value that is not allowed: see the API description' using errcode = 'VX400';
end
$$;

comment on function app.write_contact(uuid, jsonb) is
  'Changes a contact as app.change_contact says, for functions that have looked at role and rows before. The score follows a status that is set.';

select app.seal('app.write_contact(uuid, jsonb)', null, 'app_writer');
-- end of sql/1108_function_write_contact.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1110_function_change_contact.sql
create or replace function app.change_contact(p_contact_id uuid, p_change jsonb)
returns setof public.contacts
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
begin
  perform app.require_staff();
  -- Whether a text may leave is decided under this lock, from the number, language and zone that are changed here.
  perform app.lock_contact(p_contact_id);
  perform from public.contacts c where c.org_id = v_org_id and c.id = p_contact_id and c.erased_at is null for no key update;
  if not found then
    raise exception 'there is no such contact' using errcode = 'VX404';
  end if;
  perform app.write_contact(p_contact_id, p_change);
  perform app.announce('contact_updated', 'contact', p_contact_id);
  return query select c.* from public.contacts c where c.org_id = v_org_id and c.id = p_contact_id;
end
$$;

comment on function app.change_contact(uuid, jsonb) is
  'Changes a contact and returns it. p_change may hold name, phone (E.164), email, service_interests (array), notes, lead_status, language (ISO 639-1), time_zone (IANA) and marketing_consent (boolean); what is absent stays, an empty text takes the value away. Staff only (VX403). VX404 unknown or erased, VX409 another contact has the number, VX400 an unknown key or a value that is not allowed.';

select app.seal('app.change_contact(uuid, jsonb)', 'app_writer', 'tenant_user');
-- end of sql/1110_function_change_contact.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1112_function_create_contact.sql
create or replace function app.create_contact(p_fields jsonb, p_source text default 'dashboard', p_call_id uuid default null)
returns setof public.contacts
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_phone text := nullif(p_fields ->> 'phone', '');
  v_contact public.contacts;
begin
  perform app.require_staff();
  if coalesce(nullif(btrim(p_fields ->> 'name'), ''), v_phone, nullif(btrim(p_fields ->> 'email'), '')) is null then
    raise exception 'a contact needs a name, a number or an address' using errcode = 'VX400';
  elsif p_source not in ('call', 'dashboard', 'import') then
    raise exception 'there is no such source' using errcode = 'VX400';
  elsif p_call_id is not null then
    perform app.lock_call(p_call_id);
    if not exists (select from public.call_logs l where l.org_id = v_org_id and l.id = p_call_id) then
      raise exception 'there is no such call' using errcode = 'VX404';
    end if;
    -- A caller is a contact as soon as something was booked or said: then that one is meant.
    select c.* into v_contact
    from public.contacts c
    where c.org_id = v_org_id and c.erased_at is null
      and (c.phone = v_phone or v_phone is null and c.id = (
        select l.contact_id from public.call_logs l where l.org_id = v_org_id and l.id = p_call_id))
    for no key update;
  end if;

  if v_contact.id is null then
    insert into public.contacts (org_id, source, lead_status, lead_score)
    values (v_org_id, p_source, 'warm', app.score_of_status('warm', 0))
    returning * into v_contact;
    perform app.write_contact(v_contact.id, p_fields);
  else
    perform app.write_contact(v_contact.id, jsonb_strip_nulls(jsonb_build_object(
      'name', case when v_contact.name is null then p_fields ->> 'name' end,
      'email', case when v_contact.email is null then p_fields ->> 'email' end)));
  end if;
  update public.call_logs l
  set contact_id = v_contact.id, updated_at = app.now()
  where l.org_id = v_org_id and l.id = p_call_id and l.contact_id is null;
  perform app.announce('contact_updated', 'contact', v_contact.id);
  return query select c.* from public.contacts c where c.org_id = v_org_id and c.id = v_contact.id;
end
$$;

comment on function app.create_contact(jsonb, text, uuid) is
  'Makes a contact of p_fields (as in app.change_contact; a name, a number or an address at least) and returns it; it is warm unless they say more. p_source: call, dashboard or import. p_call_id: it was made from that call, which becomes its; a contact that the call or the number has already is returned instead, with name and address filled in where it had none. Staff only (VX403). VX404 no such call, VX409 another contact has the number, VX400 a value that is not allowed.';

select app.seal('app.create_contact(jsonb, text, uuid)', 'app_writer', 'tenant_user');
-- end of sql/1112_function_create_contact.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1114_function_save_patient.sql
create or replace function app.save_patient(
  p_contact_id uuid,
  p_patient_id uuid default null,
  p_name text default null,
  p_date_of_birth date default null,
  p_forget_date_of_birth boolean default false
)
returns setof public.patients
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_now timestamptz := app.now();
  v_name text := btrim(p_name);
  v_patient public.patients;
begin
  perform app.require_staff();
  perform from public.contacts c where c.org_id = v_org_id and c.id = p_contact_id and c.erased_at is null for key share;
  if not found then
    raise exception 'there is no such contact' using errcode = 'VX404';
  elsif p_patient_id is null and v_name is null or app.normalise_name(v_name) = '' or char_length(v_name) > 100 then
    raise exception 'a patient needs a name of 1 to 100 letters' using errcode = 'VX400';
  elsif p_date_of_birth not between '1850-01-01' and (v_now at time zone 'UTC')::date + 1 then
    raise exception 'that is no date of birth' using errcode = 'VX400';
  end if;

  if p_patient_id is null then
    insert into public.patients (org_id, contact_id, name, normalised_name, date_of_birth, made_by_voice)
    values (v_org_id, p_contact_id, v_name, app.normalise_name(v_name), p_date_of_birth, false)
    returning * into v_patient;
  else
    update public.patients p
    set name = coalesce(v_name, p.name), normalised_name = coalesce(app.normalise_name(v_name), p.normalised_name),
      date_of_birth = case when p_forget_date_of_birth then null else coalesce(p_date_of_birth, p.date_of_birth) end,
      updated_at = v_now
    where p.org_id = v_org_id and p.contact_id = p_contact_id and p.id = p_patient_id
    returning * into v_patient;
    if v_patient.id is null then
      raise exception 'there is no such patient' using errcode = 'VX404';
    end if;
  end if;
  perform app.announce('contact_updated', 'contact', p_contact_id);
  return next v_patient;
exception
  when unique_violation then
    raise exception 'the contact has a patient of that name already' using errcode = 'VX409';
end
$$;

comment on function app.save_patient(uuid, uuid, text, date, boolean) is
  'Makes (p_patient_id NULL) or changes a patient of a contact and returns it; what is NULL stays. Staff may give two patients of a contact one name, a caller may not. Staff only (VX403). VX404 unknown or erased contact, or not its patient; VX409 a caller named another patient so; VX400 a name or a date that is none.';

select app.seal('app.save_patient(uuid, uuid, text, date, boolean)', 'app_writer', 'tenant_user');
-- end of sql/1114_function_save_patient.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1116_function_merge_patients.sql
create or replace function app.merge_patients(p_into uuid, p_from uuid)
returns void
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_now timestamptz := app.now();
  v_pair record;
begin
  -- One name under one contact is one person, unless two dates of birth say otherwise.
  for v_pair in
    select distinct on (o.id) o.id as old_id, k.id as kept_id, o.date_of_birth as born
    from public.patients o
    join public.patients k on k.org_id = v_org_id and k.contact_id = p_into and k.normalised_name = o.normalised_name
      and (k.date_of_birth is null or o.date_of_birth is null or k.date_of_birth = o.date_of_birth)
    where o.org_id = v_org_id and o.contact_id = p_from
    order by o.id, k.date_of_birth nulls last, k.made_by_voice, k.created_at, k.id
  loop
    update public.appointments a set patient_id = v_pair.kept_id, updated_at = v_now
    where a.org_id = v_org_id and a.patient_id = v_pair.old_id;
    update public.caller_verifications v set patient_id = v_pair.kept_id
    where v.org_id = v_org_id and v.patient_id = v_pair.old_id;
    update public.patients p set date_of_birth = coalesce(p.date_of_birth, v_pair.born), updated_at = v_now
    where p.org_id = v_org_id and p.id = v_pair.kept_id;
    delete from public.patients p where p.org_id = v_org_id and p.id = v_pair.old_id;
  end loop;

  -- The rest moves. From here on staff have seen to them, so two may share a name.
  update public.patients p
  set contact_id = p_into, updated_at = v_now, made_by_voice = p.made_by_voice and not exists (
    select from public.patients k
    where k.org_id = v_org_id and k.contact_id = p_into and k.normalised_name = p.normalised_name and k.made_by_voice)
  where p.org_id = v_org_id and p.contact_id = p_from;
end
$$;

comment on function app.merge_patients(uuid, uuid) is
  'The part of app.merge_contacts about patients: those of p_from become p_into''s. Equal names without two different dates of birth are one patient, whose visits and checks are kept together.';

select app.seal('app.merge_patients(uuid, uuid)', null, 'app_writer');
-- end of sql/1116_function_merge_patients.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1118_function_merge_histories.sql
create or replace function app.merge_histories(p_into uuid, p_from uuid)
returns void
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_now timestamptz := app.now();
begin
  update public.appointments a set contact_id = p_into, updated_at = v_now where a.org_id = v_org_id and a.contact_id = p_from;
  update public.call_logs c set contact_id = p_into, updated_at = v_now where c.org_id = v_org_id and c.contact_id = p_from;
  update public.caller_verifications v set contact_id = p_into where v.org_id = v_org_id and v.contact_id = p_from;
  update public.caller_messages m set contact_id = p_into where m.org_id = v_org_id and m.contact_id = p_from;
  update public.messages m set contact_id = p_into, updated_at = v_now where m.org_id = v_org_id and m.contact_id = p_from;
  update public.notifications n set entity_id = p_into
  where n.org_id = v_org_id and n.entity = 'contact' and n.entity_id = p_from;
  -- A texted code opens all patients of its contact, and there are more of them now than when it was sent.
  update public.identity_codes i
  set contact_id = p_into, expires_at = case when i.kind = 'texted' then least(i.expires_at, v_now) else i.expires_at end
  where i.org_id = v_org_id and (i.contact_id = p_from or i.contact_id = p_into and i.kind = 'texted');
  -- Both may have been asked something. The answer comes from one number, and only one question can be open.
  update public.reply_questions q
  set contact_id = p_into, answered_at = coalesce(q.answered_at, v_now)
  where q.org_id = v_org_id and q.contact_id = p_from;
  -- A step of a campaign that both get goes out once; the other one goes with its contact.
  update public.scheduled_messages s
  set contact_id = p_into, updated_at = v_now
  where s.org_id = v_org_id and s.contact_id = p_from
    and not (s.kind = 'campaign' and exists (
      select from public.scheduled_messages k
      where k.org_id = v_org_id and k.kind = 'campaign' and k.contact_id = p_into and k.campaign_step_id = s.campaign_step_id));
end
$$;

comment on function app.merge_histories(uuid, uuid) is
  'The part of app.merge_contacts about what happened and what is planned: visits, calls, messages and notices of p_from become p_into''s. Texted codes of both open nothing any more.';

select app.seal('app.merge_histories(uuid, uuid)', null, 'app_writer');
-- end of sql/1118_function_merge_histories.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1120_function_merge_contacts.sql
-- Locks in the order that all who take several keep: calls, numbers, addresses, visits, contacts.
create or replace function app.merge_contacts(p_into uuid, p_from uuid)
returns setof public.contacts
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_now timestamptz;
  v_into public.contacts;
  v_from public.contacts;
begin
  perform app.require_staff();
  if p_into = p_from then
    raise exception 'a contact cannot be merged with itself' using errcode = 'VX400';
  end if;
  -- A call that still runs books for its contact: not for one that goes away meanwhile.
  perform app.lock_call(l.id)
  from (select l.id from public.call_logs l
    where l.org_id = v_org_id and l.contact_id in (p_into, p_from) and l.status <> 'ended' order by l.id) l;
  perform app.lock_number(n.number)
  from (select distinct coalesce(c.phone, c.spoken_phone, c.id::text) as number from public.contacts c
    where c.org_id = v_org_id and c.id in (p_into, p_from) order by 1) n;
  perform app.lock_number(e.email)
  from (select distinct c.email from public.contacts c where c.org_id = v_org_id and c.id in (p_into, p_from) order by 1) e;
  perform from public.appointments a where a.org_id = v_org_id and a.contact_id in (p_into, p_from) order by a.id for no key update;
  perform from public.contacts c where c.org_id = v_org_id and c.id in (p_into, p_from) order by c.id for update;
  select * into v_into from public.contacts c where c.org_id = v_org_id and c.id = p_into and c.erased_at is null;
  select * into v_from from public.contacts c where c.org_id = v_org_id and c.id = p_from and c.erased_at is null;
  if v_into.id is null or v_from.id is null then
    raise exception 'there is no such contact' using errcode = 'VX404';
  end if;
  v_now := app.now();

  perform app.merge_patients(p_into, p_from);
  perform app.merge_histories(p_into, p_from);
  delete from public.contacts c where c.org_id = v_org_id and c.id = p_from;
  update public.contacts c
  set name = coalesce(c.name, v_from.name), phone = coalesce(c.phone, v_from.phone), email = coalesce(c.email, v_from.email),
    spoken_phone = coalesce(c.spoken_phone, v_from.spoken_phone), language = coalesce(c.language, v_from.language),
    time_zone = coalesce(c.time_zone, v_from.time_zone),
    origin_call_id = coalesce(c.origin_call_id, v_from.origin_call_id),
    -- Consent was given for a number, and stays with it.
    marketing_consent_at = case when c.phone is null then v_from.marketing_consent_at else c.marketing_consent_at end,
    service_interests = array(select distinct s from unnest(c.service_interests || v_from.service_interests) s order by s),
    lead_score = app.score_of_status(c.lead_status, greatest(c.lead_score, v_from.lead_score)),
    notes = left(nullif(concat_ws(E'\n', c.notes, v_from.notes,
      case when v_from.phone <> c.phone then 'Also: ' || v_from.phone end,
      case when lower(v_from.email) <> lower(c.email) then 'Also: ' || v_from.email end), ''), 10000),
    last_contacted_at = greatest(c.last_contacted_at, v_from.last_contacted_at),
    created_at = least(c.created_at, v_from.created_at), updated_at = v_now
  where c.org_id = v_org_id and c.id = p_into;

  insert into public.audit_log (org_id, action, entity, entity_id, actor_user_id)
  values (v_org_id, 'contact_merged_into', 'contact', p_into, app.current_user_id()),
    (v_org_id, 'contact_merged_away', 'contact', p_from, app.current_user_id());
  perform app.announce('contact_updated', 'contact', i.id) from unnest(array[p_into, p_from]) i (id);
  return query select c.* from public.contacts c where c.org_id = v_org_id and c.id = p_into;
end
$$;

comment on function app.merge_contacts(uuid, uuid) is
  'Makes two contacts of one person one: patients, visits, calls and messages of p_from become p_into''s, p_from''s row goes, and p_into is returned. What p_into knows wins; another number or address is kept in its notes, because a contact has one. Opt-outs hold by number and are not touched. Staff only (VX403). VX404 unknown or erased, VX400 one and the same.';

select app.seal('app.merge_contacts(uuid, uuid)', 'app_writer', 'tenant_user');
-- end of sql/1120_function_merge_contacts.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1150_function_wished_instant.sql
create or replace function app.wished_instant(p_words text, p_zone text)
returns timestamptz
language plpgsql
stable
strict
set search_path = ''
as $$
declare
  v_words text := btrim(p_words);
  v_local timestamp;
  v_at timestamptz;
begin
  if v_words ~* '^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)? ?(Z|[+-]\d\d(:?\d\d)?)$' then
    return v_words::timestamptz;
  elsif v_words !~* '^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?$' then
    raise exception 'write the time as 2026-05-04 15:00, or with an offset as 2026-05-04T15:00:00Z' using errcode = 'VX400';
  end if;
  v_local := v_words::timestamp;
  v_at := app.local_instant(v_local, p_zone, false);
  if (v_at at time zone p_zone) <> v_local then
    raise exception 'there is no such local time on that day: the clocks go forward' using errcode = 'VX400';
  end if;
  return v_at;
exception
  when datetime_field_overflow or invalid_datetime_format or invalid_time_zone_displacement_value then
    raise exception 'there is no such date or time' using errcode = 'VX400';
end
$$;

comment on function app.wished_instant(text, text) is
  'The instant that a dashboard wrote: ISO 8601 with an offset or Z, else a local time of p_zone (2026-05-04 15:00), the first one where the clock shows it twice. NULL for NULL; VX400 for anything else, and for a time that the clock skips.';

select app.seal('app.wished_instant(text, text)', null, 'tenant_user', 'app_writer');
-- end of sql/1150_function_wished_instant.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1152_function_period_bound.sql
create or replace function app.period_bound(p_words text, p_zone text, p_end boolean)
returns timestamptz
language plpgsql
stable
strict
set search_path = ''
as $$
begin
  if btrim(p_words) !~ '^\d{4}-\d\d-\d\d$' then
    return app.wished_instant(p_words, p_zone);
  end if;
  return app.local_instant((p_words::date + p_end::integer)::timestamp, p_zone, false);
exception
  when datetime_field_overflow or invalid_datetime_format then
    raise exception 'there is no such date' using errcode = 'VX400';
end
$$;

comment on function app.period_bound(text, text, boolean) is
  'Where a period that a list is asked for begins (p_end false) or stops (true, not included): a day means all of that day in p_zone, a time means that instant. NULL for NULL, VX400 for what is neither.';

select app.seal('app.period_bound(text, text, boolean)', null, 'tenant_user');
-- end of sql/1152_function_period_bound.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1154_function_appointment_rows.sql
create or replace function app.appointment_rows(
  p_ids uuid[],
  p_total bigint default 1,
  p_total_is_estimate boolean default false
)
returns setof app.appointment_row
language plpgsql
stable
set search_path = ''
set random_page_cost = 1.1 -- what lists show is in memory: a few rows by their ids beat all of them in a row
as $$
begin
  return query
  select a.id, a.booking_ref, a.status, a.scheduled_at, upper(a.during), (extract(epoch from a.duration) / 60)::integer,
    l.time_zone, l.id, l.name, s.id, s.name, r.id, r.name, p.id, p.name, c.id, coalesce(c.name, p.name),
    coalesce(c.phone, c.spoken_phone), c.phone is null and c.spoken_phone is not null, c.email,
    a.source, a.call_id, a.confirmation_sent, a.confirmed_by_patient_at, a.notes, a.cancelled_at, a.cancel_reason,
    a.overridden_by is not null, a.created_at, a.updated_at, p_total, p_total_is_estimate
  from unnest(p_ids) with ordinality wanted (id, place)
  join public.appointments a on a.org_id = app.current_org_id() and a.id = wanted.id and a.status <> 'held'
  join public.locations l on l.org_id = a.org_id and l.id = a.location_id
  join public.services s on s.org_id = a.org_id and s.id = a.service_id
  join public.resources r on r.org_id = a.org_id and r.id = a.resource_id
  join public.patients p on p.org_id = a.org_id and p.id = a.patient_id
  join public.contacts c on c.org_id = a.org_id and c.id = a.contact_id
  order by wanted.place;
end
$$;

comment on function app.appointment_rows(uuid[], bigint, boolean) is
  'These visits as the dashboard shows them, in the order of the ids; holds and other clinics'' ids give no row. p_total and p_total_is_estimate stand on every row.';

select app.seal('app.appointment_rows(uuid[], bigint, boolean)', null, 'tenant_user');
-- end of sql/1154_function_appointment_rows.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1155_function_contacts_like.sql
create or replace function app.contacts_like(p_search text)
returns setof uuid
language plpgsql
stable
set search_path = ''
as $$
declare
  v_words text := lower(p_search);
  v_digits text := regexp_replace(p_search, '[^0-9]', '', 'g');
  v_found uuid[] := app.found_ids('visitor', p_search);
begin
  if v_found is not null then
    return query select unnest(v_found);
    return;
  end if;
  return query
  select c.id
  from public.contacts c
  where c.org_id = app.current_org_id()
    and (strpos(lower(c.name), v_words) > 0
      or strpos(lower(c.email), v_words) > 0
      or (char_length(v_digits) >= 3 and p_search !~ '[[:alpha:]]'
        and (strpos(c.phone, v_digits) > 0 or strpos(c.spoken_phone, v_digits) > 0)));
end
$$;

comment on function app.contacts_like(text) is
  'The contacts whose name or e-mail address holds these words, whatever their case, or whose number holds these digits, however they are written (three or more).';

select app.seal('app.contacts_like(text)', null, 'tenant_user');
-- end of sql/1155_function_contacts_like.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1156_function_list_appointments.sql
-- The conditions are put together per request: only those that were asked for stand in the statement, so that each gets
-- the index that serves it. Every fragment is a literal of this file; what was asked comes in as a parameter.
create or replace function app.list_appointments(
  p_statuses text[] default null,
  p_from text default null,
  p_to text default null,
  p_contact_id uuid default null,
  p_resource_id uuid default null,
  p_service_id uuid default null,
  p_search text default null,
  p_range text default null,
  p_sort text default 'scheduled_at',
  p_page integer default 1,
  p_limit integer default 20
)
returns setof app.appointment_row
language plpgsql
stable
set search_path = ''
set random_page_cost = 1.1 -- what lists show is in memory: a few rows by their ids beat all of them in a row
as $$
declare
  c_counted constant bigint := 50000;
  v_org_id uuid := app.require_org_id();
  v_zone text := (select o.time_zone from public.organizations o where o.id = v_org_id);
  v_first timestamp := date_trunc(case p_range when 'today' then 'day' else p_range end, app.now() at time zone v_zone);
  v_from timestamptz := app.period_bound(coalesce(p_from, v_first::date::text), v_zone, false);
  v_to timestamptz;
  v_search text := nullif(btrim(p_search), '');
  v_contacts uuid[];
  v_patients uuid[];
  v_where text := 'a.org_id = $1 and a.status <> ''held''';
  v_order text := case p_sort
    when 'scheduled_at' then 'a.scheduled_at, a.id'
    when '-scheduled_at' then 'a.scheduled_at desc, a.id desc'
    when 'created_at' then 'a.id' -- ids are made in the order of time
    when '-created_at' then 'a.id desc' end;
  v_back text := case p_sort
    when 'scheduled_at' then 'a.scheduled_at desc, a.id desc'
    when '-scheduled_at' then 'a.scheduled_at, a.id'
    when 'created_at' then 'a.id desc'
    when '-created_at' then 'a.id' end;
  v_total bigint;
  v_span app.page_span;
  v_ids uuid[];
begin
  if p_range not in ('today', 'week', 'month') or (p_range is not null and coalesce(p_from, p_to) is not null) then
    raise exception 'the range is today, week or month, and stands alone' using errcode = 'VX400';
  elsif v_order is null or p_page < 1 or p_limit not between 1 and 100 then
    raise exception 'sort by scheduled_at or created_at; pages begin at 1 and have up to 100 rows' using errcode = 'VX400';
  end if;
  v_to := app.period_bound(coalesce(p_to, (v_first
    + case p_range when 'today' then interval '1 day' when 'week' then interval '7 days' else interval '1 month' end)::date::text || ' 00:00'),
    v_zone, true);
  v_where := v_where
    || case when p_statuses is not null then ' and a.status = any ($2)' else '' end
    || case when v_from is not null then ' and a.scheduled_at >= $3' else '' end
    || case when v_to is not null then ' and a.scheduled_at < $4' else '' end
    || case when p_contact_id is not null then ' and a.contact_id = $5' else '' end
    || case when p_resource_id is not null then ' and a.resource_id = $6' else '' end
    || case when p_service_id is not null then ' and a.service_id = $7' else '' end;
  if v_search is not null then
    v_where := v_where || ' and (a.contact_id = any ($8) or a.patient_id = any ($9) or a.booking_ref = $10)';
    v_contacts := array(select app.contacts_like(v_search));
    v_patients := coalesce(app.found_ids('patient', v_search), array(
      select p.id from public.patients p
      where p.org_id = v_org_id and strpos(lower(p.name), lower(v_search)) > 0));
  end if;

  execute format('select count(*) from (select from public.appointments a where %s limit %s) x', v_where, c_counted + 1)
  into v_total
  using v_org_id, p_statuses, v_from, v_to, p_contact_id, p_resource_id, p_service_id, v_contacts, v_patients, upper(v_search);
  v_span := app.page_span(v_total, v_total > c_counted, p_page, p_limit);
  execute format('select array(select a.id from public.appointments a where %s order by %s limit $11 offset $12)', v_where,
    case when v_span.from_end then v_back else v_order end)
  into v_ids
  using v_org_id, p_statuses, v_from, v_to, p_contact_id, p_resource_id, p_service_id, v_contacts, v_patients, upper(v_search),
    v_span.take, v_span.skip;
  if v_span.from_end then
    v_ids := array(select i.id from unnest(v_ids) with ordinality i (id, place) order by i.place desc);
  end if;
  return query
  select * from app.appointment_rows(v_ids, least(v_total, c_counted), v_total > c_counted);
end
$$;

comment on function app.list_appointments(text[], text, text, uuid, uuid, uuid, text, text, text, integer, integer) is
  'A page of the visits that fit every filter given; holds never. Days of p_from and p_to are the clinic''s, both included. p_search: part of the patient''s or contact''s name, e-mail address or number, or a booking reference. p_range: today, week (from Monday) or month of the clinic''s calendar, instead of p_from and p_to. p_sort: scheduled_at or created_at, with a minus the latest first. Beyond 50 000 visits total is 50 000 and total_is_estimate. VX400 for a malformed date, sort or page.';

select app.seal('app.list_appointments(text[], text, text, uuid, uuid, uuid, text, text, text, integer, integer)', null, 'tenant_user');
-- end of sql/1156_function_list_appointments.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1158_function_appointment_story.sql
create or replace function app.appointment_story(p_appointment_id uuid)
returns setof app.appointment_story
language plpgsql
stable
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_call_id uuid := (select a.call_id from public.appointments a where a.org_id = v_org_id and a.id = p_appointment_id);
begin
  return query
  select
    coalesce((
      select jsonb_agg(jsonb_build_object(
        'id', h.id, 'at', h.at, 'kind', h.kind, 'old_starts_at', lower(h.old_during), 'new_starts_at', lower(h.new_during),
        'old_resource', o.name, 'new_resource', n.name, 'call_id', h.call_id, 'message_id', h.message_id,
        'actor_user_id', h.actor_user_id, 'actor_name', u.name) order by h.at, h.id)
      from public.appointment_changes h
      left join public.resources o on o.org_id = h.org_id and o.id = h.old_resource_id
      left join public.resources n on n.org_id = h.org_id and n.id = h.new_resource_id
      left join public.profiles u on u.org_id = h.org_id and u.user_id = h.actor_user_id
      where h.org_id = v_org_id and h.appointment_id = p_appointment_id), '[]'),
    coalesce((
      select jsonb_agg(jsonb_build_object(
        'id', m.id, 'at', m.created_at, 'direction', m.direction, 'method', m.method, 'category', m.category,
        'status', m.status, 'reason', m.reason, 'subject', m.subject, 'content', m.content, 'sent_at', m.sent_at)
        order by m.created_at, m.id)
      from public.messages m
      where m.org_id = v_org_id and (m.appointment_id = p_appointment_id or m.id = any (array(
        select s.message_id from public.scheduled_messages s
        where s.org_id = v_org_id and s.appointment_id = p_appointment_id and s.message_id is not null)))), '[]'),
    coalesce((
      select jsonb_agg(jsonb_build_object(
        'id', t.id, 'at', t.at, 'kind', t.kind, 'outcome', t.outcome, 'reason', t.reason, 'starts_at', t.starts_at,
        'said_date', t.said_date, 'said_time', t.said_time, 'call_id', t.call_id, 'appointment_id', t.appointment_id,
        'actor_user_id', t.actor_user_id) order by t.at, t.id)
      from public.booking_attempts t
      where t.org_id = v_org_id and (t.appointment_id = p_appointment_id or t.call_id = v_call_id)), '[]');
end
$$;

comment on function app.appointment_story(uuid) is
  'A visit''s history, its messages (also those that told several visits at once) and the tries that named it or came from the call that booked it. One row always; empty arrays for a visit that is not the clinic''s.';

select app.seal('app.appointment_story(uuid)', null, 'tenant_user');
-- end of sql/1158_function_appointment_story.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1160_function_conclude_appointment.sql
create or replace function app.conclude_appointment(p_appointment_id uuid, p_status text)
returns setof app.booking_result
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_now timestamptz;
  v_old public.appointments;
begin
  perform app.require_staff();
  if p_status is null or p_status not in ('completed', 'no_show') then
    raise exception 'a visit ends as completed or no_show' using errcode = 'VX400';
  end if;
  select * into v_old
  from public.appointments a
  where a.org_id = v_org_id and a.id = p_appointment_id and a.status <> 'held'
  for update;
  v_now := app.now();
  if v_old.id is null then
    return next app.booking_refusal('refused', 'not_found');
  elsif v_old.status = p_status then
    return next app.booking_answer(p_status, v_old.id, null, true);
  elsif v_old.status = 'cancelled' then
    return next app.booking_refusal('refused', 'not_active', v_old.service_id, v_old.resource_id, v_old.scheduled_at);
  elsif v_old.scheduled_at > v_now then
    return next app.booking_refusal('refused', 'not_started', v_old.service_id, v_old.resource_id, v_old.scheduled_at);
  else
    update public.appointments a
    set status = p_status, updated_at = v_now
    where a.org_id = v_org_id and a.id = v_old.id;
    perform app.note_change(p_status, v_old.id, v_old, null);
    return next app.booking_answer(p_status, v_old.id);
  end if;
end
$$;

comment on function app.conclude_appointment(uuid, text) is
  'Says how a visit ended, completed or no_show; one may be corrected to the other. Staff only (VX403). outcome completed or no_show (replayed when it was so already), or refused: not_found, not_active (cancelled), not_started.';

select app.seal('app.conclude_appointment(uuid, text)', 'app_writer', 'tenant_user');
-- end of sql/1160_function_conclude_appointment.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1162_function_book_by_staff.sql
create or replace function app.book_by_staff(
  p_service text,
  p_at text,
  p_patient_name text default null,
  p_contact_id uuid default null,
  p_phone text default null,
  p_email text default null,
  p_date_of_birth date default null,
  p_resource text default null,
  p_notes text default null,
  p_override boolean default false
)
returns setof app.booking_result
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_name text := nullif(btrim(p_patient_name), '');
  v_contact public.contacts;
  v_is_new boolean := false;
  v_zone text;
  v_result app.booking_result;
begin
  perform app.require_staff();
  if p_contact_id is null and p_phone is null then
    raise exception 'name the contact, or the phone number to reach them at' using errcode = 'VX400';
  end if;
  -- The wall clock that is meant hangs where the resource works.
  select l.time_zone into v_zone
  from public.locations l
  where l.org_id = v_org_id
  order by l.id is distinct from (select r.location_id from app.find_resource(p_resource) r), l.created_at, l.id
  limit 1;

  if p_contact_id is null then
    -- The resources first, as every booking locks them: a caller of this number who books at this moment holds them and
    -- would wait for this row, while we waited for them.
    perform app.lock_resources(array(
      select app.candidates(s.id, (select r.id from app.find_resource(p_resource) r), app.location_of_wish(null, null))
      from app.find_service(p_service) s));
    insert into public.contacts (org_id, phone, name, email, source)
    values (v_org_id, p_phone, v_name, nullif(btrim(p_email), ''), 'dashboard')
    on conflict (org_id, phone) do nothing;
    v_is_new := found;
  end if;
  select * into v_contact
  from public.contacts c
  where c.org_id = v_org_id and case when p_contact_id is null then c.phone = p_phone else c.id = p_contact_id end;
  if v_contact.id is null or v_contact.erased_at is not null then
    raise exception 'there is no such contact' using errcode = 'VX404';
  end if;

  select * into v_result
  from app.book_appointment(p_service, app.wished_instant(p_at, v_zone), coalesce(v_name, v_contact.name),
    p_resource => p_resource, p_contact_id => v_contact.id, p_date_of_birth => p_date_of_birth, p_notes => p_notes,
    p_override => p_override);
  if not v_is_new then
    return next v_result;
  elsif v_result.outcome = 'booked' then
    perform app.announce('contact_updated', 'contact', v_contact.id);
    return next v_result;
  else
    -- A refused try leaves nobody behind.
    delete from public.contacts c where c.org_id = v_org_id and c.id = v_contact.id;
    return next v_result;
  end if;
end
$$;

comment on function app.book_by_staff(text, text, text, uuid, text, text, date, text, text, boolean) is
  'app.book_appointment for the dashboard: for a contact, or for a number (E.164) whose contact is made where it is missing. p_at as in app.wished_instant, local times in the zone of the resource''s location. The patient is the contact when no other name is given. Staff only (VX403); VX404 for a contact that is not the clinic''s.';

select app.seal('app.book_by_staff(text, text, text, uuid, text, text, date, text, text, boolean)', 'app_writer', 'tenant_user');
-- end of sql/1162_function_book_by_staff.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1164_function_change_appointment.sql
create or replace function app.change_appointment(
  p_appointment_id uuid,
  p_at text default null,
  p_resource text default null,
  p_override boolean default false,
  p_status text default null,
  p_notes text default null,
  p_confirmation_sent boolean default null,
  p_reason text default null
)
returns setof app.booking_result
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_old public.appointments;
  v_zone text;
  v_status text;
  v_result app.booking_result;
begin
  perform app.require_staff();
  select * into v_old
  from public.appointments a
  where a.org_id = v_org_id and a.id = p_appointment_id and a.status <> 'held';
  if v_old.id is null then
    raise exception 'there is no such appointment' using errcode = 'VX404';
  end if;
  v_zone := (select l.time_zone from public.locations l where l.org_id = v_org_id and l.id = v_old.location_id);
  v_status := case when p_status is distinct from v_old.status then p_status end;
  if v_status not in ('confirmed', 'cancelled', 'completed', 'no_show') then
    raise exception 'a visit becomes confirmed, cancelled, completed or no_show' using errcode = 'VX400';
  elsif v_status <> 'confirmed' and coalesce(p_at, p_resource) is not null then
    raise exception 'move a visit or end it, not both at once' using errcode = 'VX400';
  end if;

  if coalesce(p_at, p_resource) is not null then
    select * into v_result
    from app.reschedule_appointment(coalesce(app.wished_instant(p_at, v_zone), v_old.scheduled_at), v_old.id::text,
      p_resource => p_resource, p_override => p_override);
    if v_result.outcome <> 'rescheduled' then
      return next v_result;
      return;
    end if;
  end if;
  if v_status = 'confirmed' then
    select * into v_result from app.approve_appointment(v_old.id);
  elsif v_status = 'cancelled' then
    select * into v_result from app.cancel_appointment(v_old.id::text, p_reason => p_reason);
  elsif v_status is not null then
    select * into v_result from app.conclude_appointment(v_old.id, v_status);
  end if;

  if v_result.outcome is distinct from 'refused' and (p_notes is not null or p_confirmation_sent is not null) then
    update public.appointments a
    set notes = case when p_notes is null then a.notes else nullif(btrim(p_notes), '') end,
      confirmation_sent = coalesce(p_confirmation_sent, a.confirmation_sent), updated_at = app.now()
    where a.org_id = v_org_id and a.id = v_old.id;
    perform app.announce('appointment_updated', 'appointment', v_old.id);
  end if;
  return next case when v_result.outcome is null then app.booking_answer('amended', v_old.id) else v_result end;
end
$$;

comment on function app.change_appointment(uuid, text, text, boolean, text, text, boolean, text) is
  'What the dashboard changes at a visit, all or nothing; NULL leaves as it is. p_at (see app.wished_instant, local times in the zone of the visit''s location) and p_resource move it by app.reschedule_appointment; p_status confirmed approves, cancelled cancels (p_reason), completed and no_show conclude; empty p_notes clear. Staff only (VX403). outcome that of the step, amended when only notes changed, or refused with its reason; VX404 for a visit that is not the clinic''s.';

select app.seal('app.change_appointment(uuid, text, text, boolean, text, text, boolean, text)', 'app_writer', 'tenant_user');
-- end of sql/1164_function_change_appointment.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1166_function_slots_of_days.sql
create or replace function app.slots_of_days(
  p_from date,
  p_to date,
  p_service text default null,
  p_resource text default null,
  p_limit integer default 100
)
returns setof app.slot
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_zone text := (select o.time_zone from public.organizations o where o.id = app.require_org_id());
  v_service_id uuid := (select s.id from app.find_service(p_service) s);
begin
  if p_from is null or p_to < p_from or p_to - p_from > 60 then
    raise exception 'ask for one day to 61 days of slots' using errcode = 'VX400';
  elsif v_service_id is null and coalesce(btrim(p_service), '') = '' then
    raise exception 'say for which service' using errcode = 'VX400';
  elsif v_service_id is null then
    raise exception 'there is no such service' using errcode = 'VX404';
  elsif coalesce(btrim(p_resource), '') <> '' and not exists (select from app.find_resource(p_resource)) then
    raise exception 'there is no such practitioner or room' using errcode = 'VX404';
  end if;
  return query
  select * from app.available_slots(v_service_id::text, app.local_instant(p_from::timestamp, v_zone, false),
    app.local_instant((coalesce(p_to, p_from) + 1)::timestamp, v_zone, false), p_resource, p_limit);
end
$$;

comment on function app.slots_of_days(date, date, text, text, integer) is
  'app.available_slots of whole days of the clinic''s zone, both included; p_to NULL means one day. The service may be left out where the clinic has one. VX404 for a service or resource that is not the clinic''s, VX400 for more than 61 days.';

select app.seal('app.slots_of_days(date, date, text, text, integer)', null, 'tenant_user');
-- end of sql/1166_function_slots_of_days.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1168_function_list_booking_attempts.sql
-- Conditions are put together as in app.list_appointments.
create or replace function app.list_booking_attempts(
  p_kind text default null,
  p_outcome text default null,
  p_reason text default null,
  p_call_id uuid default null,
  p_appointment_id uuid default null,
  p_from text default null,
  p_to text default null,
  p_page integer default 1,
  p_limit integer default 20
)
returns setof app.booking_attempt_row
language plpgsql
stable
set search_path = ''
as $$
declare
  c_counted constant bigint := 50000;
  v_org public.organizations;
  v_from timestamptz;
  v_to timestamptz;
  v_where text := 't.org_id = $1';
  v_total bigint;
  v_span app.page_span;
  v_ids uuid[];
begin
  select * into strict v_org from public.organizations o where o.id = app.require_org_id();
  v_from := app.period_bound(p_from, v_org.time_zone, false);
  v_to := app.period_bound(p_to, v_org.time_zone, true);
  if p_page < 1 or p_limit not between 1 and 100 then
    raise exception 'pages begin at 1 and have up to 100 rows' using errcode = 'VX400';
  end if;
  v_where := v_where
    || case when p_kind is not null then ' and t.kind = $2' else '' end
    || case when p_outcome is not null then ' and t.outcome = $3' else '' end
    || case when p_reason is not null then ' and t.reason = $4' else '' end
    || case when p_call_id is not null then ' and t.call_id = $5' else '' end
    || case when p_appointment_id is not null then ' and t.appointment_id = $6' else '' end
    || case when v_from is not null then ' and t.at >= $7' else '' end
    || case when v_to is not null then ' and t.at < $8' else '' end;

  execute format('select count(*) from (select from public.booking_attempts t where %s limit %s) x', v_where, c_counted + 1)
  into v_total
  using v_org.id, p_kind, p_outcome, p_reason, p_call_id, p_appointment_id, v_from, v_to;
  v_span := app.page_span(v_total, v_total > c_counted, p_page, p_limit);
  execute format('select array(select t.id from public.booking_attempts t where %s order by %s limit $9 offset $10)', v_where,
    case when v_span.from_end then 't.at, t.id' else 't.at desc, t.id desc' end)
  into v_ids
  using v_org.id, p_kind, p_outcome, p_reason, p_call_id, p_appointment_id, v_from, v_to, v_span.take, v_span.skip;
  return query
  select t.id, t.at, t.kind, t.outcome, t.reason, t.call_id, t.appointment_id, t.service_id, s.name, t.resource_id, r.name,
    t.starts_at, coalesce(l.time_zone, v_org.time_zone), t.said_date, t.said_time, t.actor_user_id, u.name,
    least(v_total, c_counted), v_total > c_counted
  from unnest(v_ids) with ordinality wanted (id, place)
  join public.booking_attempts t on t.org_id = v_org.id and t.id = wanted.id
  left join public.services s on s.org_id = t.org_id and s.id = t.service_id
  left join public.resources r on r.org_id = t.org_id and r.id = t.resource_id
  left join public.locations l on l.org_id = r.org_id and l.id = r.location_id
  left join public.profiles u on u.org_id = t.org_id and u.user_id = t.actor_user_id
  order by case when v_span.from_end then -wanted.place else wanted.place end;
end
$$;

comment on function app.list_booking_attempts(text, text, text, uuid, uuid, text, text, integer, integer) is
  'A page of the tries to hold, book, move, cancel or approve that fit every filter given, the latest first: the answer to "why was this refused?". Days of p_from and p_to are the clinic''s, both included. VX400 for a malformed date or page.';

select app.seal('app.list_booking_attempts(text, text, text, uuid, uuid, text, text, integer, integer)', null, 'tenant_user');
-- end of sql/1168_function_list_booking_attempts.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1200_function_call_state.sql
create or replace function app.call_state(p_status text, p_outcome text, p_ended_reason text)
returns text
language sql
immutable
parallel safe
as $$
  select case
    when p_status <> 'ended' then 'in_progress'
    when p_outcome = 'missed' and p_ended_reason like '%error%' then 'failed'
    when p_outcome in ('missed', 'transferred') then p_outcome
    else 'completed'
  end
$$;

comment on function app.call_state(text, text, text) is
  'How a call stands, in the words of the dashboard: in_progress, completed, missed, transferred, or failed where an error of ours or the provider''s kept it from taking place. Has no search_path so that it is inlined into lists.';

select app.seal('app.call_state(text, text, text)', null, 'app_writer', 'tenant_user');
-- end of sql/1200_function_call_state.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1201_function_clinic_period.sql
-- An array and not a range: an empty range has no bounds, and no bounds would mean everything.
create or replace function app.clinic_period(p_from date, p_to date, p_recent text default null)
returns timestamptz[]
language plpgsql
stable
set search_path = ''
as $$
declare
  v_zone text;
  v_today date;
  v_from date := p_from;
begin
  if p_from > p_to or not isfinite(coalesce(p_from, p_to, '2000-01-01')) or not isfinite(coalesce(p_to, '2000-01-01')) then
    raise exception 'the first day comes before the last' using errcode = 'VX400';
  end if;
  select o.time_zone into v_zone from public.organizations o where o.id = app.require_org_id();
  v_today := (app.now() at time zone v_zone)::date;
  v_from := greatest(v_from, case p_recent
    when 'today' then v_today
    when 'week' then v_today - 6
    when 'month' then date_trunc('month', v_today::timestamp)::date
  end);
  return array[
    app.local_instant(v_from::timestamp, v_zone, false),
    app.local_instant((p_to + 1)::timestamp, v_zone, false)];
exception when data_exception then
  raise exception 'the first day comes before the last' using errcode = 'VX400';
end
$$;

comment on function app.clinic_period(date, date, text) is
  'Days of the clinic''s zone as two instants: the first that belongs to them and the first that does not any more; NULL is open on that side. p_recent narrows it: today, week (the seven days up to today) or month (the clinic''s month so far). VX400 for days in the wrong order or out of all calendars.';

select app.seal('app.clinic_period(date, date, text)', null, 'app_writer');
-- end of sql/1201_function_clinic_period.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1203_function_list_calls.sql
-- Put together as in app.list_appointments: each filter gets the index that serves it.
create or replace function app.list_calls(
  p_page integer,
  p_limit integer,
  p_from date default null,
  p_to date default null,
  p_recent text default null,
  p_state text default null,
  p_direction text default null,
  p_contact_id uuid default null,
  p_search text default null
)
returns setof app.call_row
language plpgsql
stable
security definer
set search_path = ''
set random_page_cost = 1.1 -- what lists show is in memory: a few rows by their ids beat all of them in a row
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_period timestamptz[] := app.clinic_period(p_from, p_to, p_recent);
  v_search text := nullif(lower(btrim(p_search)), '');
  v_digits text := nullif(regexp_replace(p_search, '[^0-9]', '', 'g'), '');
  v_people uuid[];
  v_calls uuid[];
  v_where text := 'c.org_id = $1 and c.deleted_at is null';
  v_total bigint;
  v_span app.page_span;
  v_ids uuid[];
begin
  v_where := v_where
    || case when v_period[1] is not null then ' and c.began_at >= $2' else '' end
    || case when v_period[2] is not null then ' and c.began_at < $3' else '' end
    || case when p_state is not null then ' and app.call_state(c.status, c.outcome, c.ended_reason) = $4' else '' end
    || case when p_direction is not null then ' and c.direction = $5' else '' end
    || case when p_contact_id is not null then ' and c.contact_id = $6' else '' end;
  if v_search is not null then
    v_people := app.found_ids('caller', v_search);
    v_calls := case when v_digits is null then '{}' else app.found_ids('call', v_digits) end;
    v_where := v_where || case when v_people is not null and v_calls is not null then ' and (c.contact_id = any ($9) or c.id = any ($10))'
      else ' and (position($8 in case c.direction when ''outbound'' then c.to_number else c.from_number end) > 0 or exists ('
        || 'select from public.contacts k where k.org_id = $1 and k.id = c.contact_id and position($7 in lower(k.name)) > 0))' end;
  end if;

  execute format('select count(*) from (select from public.call_logs c where %s limit 50001) x', v_where)
  into v_total
  using v_org_id, v_period[1], v_period[2], p_state, p_direction, p_contact_id, v_search, v_digits, v_people, v_calls;
  v_span := app.page_span(v_total, v_total > 50000, p_page, p_limit);
  execute format('select array(select c.id from public.call_logs c where %s order by %s limit $11 offset $12)', v_where,
    case when v_span.from_end then 'c.began_at, c.id' else 'c.began_at desc, c.id desc' end)
  into v_ids
  using v_org_id, v_period[1], v_period[2], p_state, p_direction, p_contact_id, v_search, v_digits, v_people, v_calls,
    v_span.take, v_span.skip;
  return query
  select c.id, c.vapi_call_id, c.contact_id, k.name, case c.direction when 'outbound' then c.to_number else c.from_number end,
    c.to_number, c.direction, app.call_state(c.status, c.outcome, c.ended_reason), c.began_at,
    c.started_at, c.ended_at, c.duration_seconds, c.outcome, c.ended_reason, c.summary, c.transcript_state, c.recording_state,
    c.tools_used, c.cost_micros, c.created_at, least(v_total, 50000), v_total > 50000
  from unnest(v_ids) with ordinality page (id, place)
  join public.call_logs c on c.org_id = v_org_id and c.id = page.id
  left join public.contacts k on k.org_id = c.org_id and k.id = c.contact_id
  order by case when v_span.from_end then -page.place else page.place end;
end
$$;

comment on function app.list_calls(integer, integer, date, date, text, text, text, uuid, text) is
  'A page of the calls that were not deleted, the newest first. NULL filters nothing: p_from and p_to are days of the clinic, p_recent is today, week or month, p_state a word of app.call_state, p_direction inbound, outbound or web; p_search finds part of the contact''s name, or of the number on the other side. Every member may look. VX400 for days in the wrong order.';

select app.seal('app.list_calls(integer, integer, date, date, text, text, text, uuid, text)', 'app_writer', 'tenant_user');
-- end of sql/1203_function_list_calls.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1204_function_call_stats.sql
-- Every number is a stretch of an index and nothing is grouped: grouping costs about twice what counting does. Directions come
-- from call_logs_counted, ended calls and their average from call_logs_lasted; few calls are missed, transferred or deleted.
create or replace function app.call_stats()
returns setof app.call_stats
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_now timestamptz := app.now();
  v_today timestamptz := (app.clinic_period(null, null, 'today'))[1];
  v_week timestamptz := (app.clinic_period(null, null, 'week'))[1];
  v_month timestamptz := (app.clinic_period(null, null, 'month'))[1];
begin
  return query
  with directions as (
    select
      (select count(*) from public.call_logs l where l.org_id = v_org_id and l.direction = 'inbound') as inbound,
      (select count(*) from public.call_logs l where l.org_id = v_org_id and l.direction = 'outbound') as outbound,
      (select count(*) from public.call_logs l where l.org_id = v_org_id and l.direction = 'web') as web
  ), ended as (
    select count(*) as calls, coalesce(round(avg(l.duration_seconds)), 0)::integer as average
    from public.call_logs l
    where l.org_id = v_org_id and l.status = 'ended'
  ), special as (
    select count(*) filter (where s.state = 'missed') as missed, count(*) filter (where s.state = 'failed') as failed,
      count(*) filter (where s.state = 'transferred') as transferred
    from (
      select app.call_state(l.status, l.outcome, l.ended_reason) as state
      from public.call_logs l
      where l.org_id = v_org_id and l.direction = any ('{inbound,outbound,web}') and l.status = 'ended'
        and l.outcome = any ('{missed,transferred}')
      offset 0 -- or the state would be found out anew in every column
    ) s
  ), lately as (
    select count(*) filter (where l.began_at >= v_today) as today, count(*) filter (where l.began_at >= v_week) as week,
      count(*) filter (where l.began_at >= v_month) as month
    from (
      select c.began_at from public.call_logs c
      where c.org_id = v_org_id and c.deleted_at is null and c.began_at >= least(v_week, v_month)
      union all
      select c.began_at from public.call_logs c
      where c.org_id = v_org_id and c.deleted_at is not null and c.began_at >= least(v_week, v_month)
    ) l
  )
  select d.inbound + d.outbound + d.web, d.inbound, d.outbound, e.calls - s.missed - s.failed - s.transferred, s.missed, s.transferred,
    s.failed, n.today, n.week, n.month, e.average,
    coalesce(round(100.0 * (e.calls - s.missed - s.failed) / nullif(e.calls, 0), 1), 0)::double precision,
    (
      select coalesce(sum(v.price_minor), 0)::bigint
      from public.appointments a
      join public.services v on v.org_id = a.org_id and v.id = a.service_id
      where a.org_id = v_org_id and a.scheduled_at > v_now and a.status in ('pending', 'confirmed')
    ),
    (select count(*) from public.contacts k where k.org_id = v_org_id and k.lead_status = 'hot')
  from directions d, ended e, special s, lately n;
end
$$;

comment on function app.call_stats() is
  'All calls of the clinic in numbers, deleted ones too: one row, with zeros where there are none. Days are those of the clinic''s zone. Every member may look.';

select app.seal('app.call_stats()', 'app_writer', 'tenant_user');
-- end of sql/1204_function_call_stats.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1205_function_read_call.sql
create or replace function app.read_call(p_call_id uuid, p_request_id text default null)
returns setof app.call_detail
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
begin
  insert into public.audit_log (org_id, action, entity, entity_id, actor_user_id, request_id)
  select v_org_id, 'transcript_read', 'call', c.id, app.current_user_id(), left(p_request_id, 64)
  from public.call_logs c
  where c.org_id = v_org_id and c.id = p_call_id and c.deleted_at is null and c.transcript_state = 'stored';
  return query
  select c.id, c.vapi_call_id, c.contact_id, k.name, case c.direction when 'outbound' then c.to_number else c.from_number end,
    c.to_number, c.direction, app.call_state(c.status, c.outcome, c.ended_reason), c.began_at,
    c.started_at, c.ended_at, c.duration_seconds, c.outcome, c.ended_reason, c.summary, c.transcript_state, c.recording_state,
    c.tools_used, c.cost_micros, c.created_at, c.transcript
  from public.call_logs c
  left join public.contacts k on k.org_id = c.org_id and k.id = c.contact_id
  where c.org_id = v_org_id and c.id = p_call_id and c.deleted_at is null;
end
$$;

comment on function app.read_call(uuid, text) is
  'A call with its transcript; no row when there is none or it was deleted. That a transcript was read, by whom and in which request stands in the audit log from then on. Every member may look.';

select app.seal('app.read_call(uuid, text)', 'app_writer', 'tenant_user');
-- end of sql/1205_function_read_call.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1206_function_blank_calls.sql
create or replace function app.blank_calls(p_call_ids uuid[])
returns void
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_now timestamptz := app.now();
begin
  update public.caller_messages m
  set caller_name = null, callback_number = null, body = '[erased]'
  where m.org_id = v_org_id and m.call_id = any (p_call_ids);
  -- What a tool call was answered is kept for its repetition only, and names visits.
  update public.webhook_deliveries d
  set answer = '[erased]'
  from public.call_logs c
  where c.org_id = v_org_id and c.id = any (p_call_ids) and d.org_id = v_org_id and d.vapi_call_id = c.vapi_call_id
    and d.answer is not null;
  -- Our own side of the call is no one's secret. A report that still comes counts as taken in: it must bring nothing back.
  update public.call_logs c
  set from_number = case when c.direction = 'outbound' then c.from_number end,
    to_number = case when c.direction = 'outbound' then null else c.to_number end,
    summary = null, transcript = '[]', transcript_state = 'none', reported_at = coalesce(c.reported_at, v_now), updated_at = v_now
  where c.org_id = v_org_id and c.id = any (p_call_ids);
end
$$;

comment on function app.blank_calls(uuid[]) is
  'Blanks the words of calls and the number on the other side: transcript, summary, messages left. Times, outcome and cost stay.';

select app.seal('app.blank_calls(uuid[])', null, 'app_writer');
-- end of sql/1206_function_blank_calls.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1207_function_delete_call.sql
create or replace function app.delete_call(p_call_id uuid, p_request_id text default null)
returns void
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
begin
  perform app.require_admin();
  perform app.lock_call(p_call_id);
  update public.call_logs c
  set deleted_at = app.now()
  where c.org_id = v_org_id and c.id = p_call_id and c.deleted_at is null
    and (c.status = 'ended' or c.created_at < app.now() - interval '1 day');
  if not found then
    if exists (
      select from public.call_logs c where c.org_id = v_org_id and c.id = p_call_id and c.deleted_at is null)
    then
      raise exception 'the call has not ended yet' using errcode = 'VX409';
    end if;
    raise exception 'Call not found' using errcode = 'VX404';
  end if;
  perform app.blank_calls(array[p_call_id]);
  insert into public.audit_log (org_id, action, entity, entity_id, actor_user_id, request_id)
  values (v_org_id, 'call_deleted', 'call', p_call_id, app.current_user_id(), left(p_request_id, 64));
  perform app.announce('call_update', 'call', p_call_id);
end
$$;

comment on function app.delete_call(uuid, text) is
  'Takes a call out of the lists and blanks what was said in it and the number on the other side, for good. The row, its times, outcome and cost stay for the numbers. Owner and admin only (VX403); VX404 for an unknown or deleted call, VX409 while it goes on (a day at most). A recording lies with the provider and is not reached from here.';

select app.seal('app.delete_call(uuid, text)', 'app_writer', 'tenant_user');
-- end of sql/1207_function_delete_call.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1210_function_list_messages.sql
-- Put together as in app.list_appointments: each filter gets the index that serves it.
create or replace function app.list_messages(
  p_page integer,
  p_limit integer,
  p_from date default null,
  p_to date default null,
  p_direction text default null,
  p_method text default null,
  p_category text default null,
  p_status text default null,
  p_contact_id uuid default null,
  p_search text default null
)
returns setof app.message_row
language plpgsql
stable
security definer
set search_path = ''
set random_page_cost = 1.1 -- what lists show is in memory: a few rows by their ids beat all of them in a row
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_period timestamptz[] := app.clinic_period(p_from, p_to);
  v_search text := nullif(lower(btrim(p_search)), '');
  v_found uuid[] := app.found_ids('message', v_search);
  v_where text := 'm.org_id = $1';
  v_total bigint;
  v_span app.page_span;
  v_ids uuid[];
begin
  v_where := v_where
    || case when v_period[1] is not null then ' and m.created_at >= $2' else '' end
    || case when v_period[2] is not null then ' and m.created_at < $3' else '' end
    || case when p_direction is not null then ' and m.direction = $4' else '' end
    || case when p_method is not null then ' and m.method = $5' else '' end
    || case when p_category is not null then ' and m.category = $6' else '' end
    || case when p_status is not null then ' and m.status = $7' else '' end
    || case when p_contact_id is not null then ' and m.contact_id = $8' else '' end
    || case when v_found is not null then ' and m.id = any ($10)'
      when v_search is not null then ' and position($9 in lower(concat_ws('' '', m.recipient, m.subject, m.content))) > 0' else '' end;

  execute format('select count(*) from (select from public.messages m where %s limit 50001) x', v_where)
  into v_total
  using v_org_id, v_period[1], v_period[2], p_direction, p_method, p_category, p_status, p_contact_id, v_search, v_found;
  v_span := app.page_span(v_total, v_total > 50000, p_page, p_limit);
  execute format('select array(select m.id from public.messages m where %s order by %s limit $11 offset $12)', v_where,
    case when v_span.from_end then 'm.created_at, m.id' else 'm.created_at desc, m.id desc' end)
  into v_ids
  using v_org_id, v_period[1], v_period[2], p_direction, p_method, p_category, p_status, p_contact_id, v_search, v_found,
    v_span.take, v_span.skip;
  return query
  select m.id, m.direction, m.method, m.category, m.recipient, m.subject, m.content, m.status, m.reason, m.provider_error,
    m.service_provider, m.external_message_id, m.segments::integer, m.contact_id, k.name, m.call_id, m.appointment_id,
    m.actor_user_id, m.sent_at, m.created_at, least(v_total, 50000), v_total > 50000
  from unnest(v_ids) with ordinality page (id, place)
  join public.messages m on m.org_id = v_org_id and m.id = page.id
  left join public.contacts k on k.org_id = m.org_id and k.id = m.contact_id
  order by case when v_span.from_end then -page.place else page.place end;
end
$$;

comment on function app.list_messages(integer, integer, date, date, text, text, text, text, uuid, text) is
  'A page of the messages, the newest first. NULL filters nothing; p_from and p_to are days of the clinic, p_search finds part of the recipient, the subject or the text. Every member may look. VX400 for days in the wrong order.';

select app.seal('app.list_messages(integer, integer, date, date, text, text, text, text, uuid, text)', 'app_writer', 'tenant_user');
-- end of sql/1210_function_list_messages.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1211_function_export_messages.sql
create or replace function app.export_messages(
  p_from date,
  p_to date,
  p_after_at timestamptz default null,
  p_after_id uuid default null,
  p_request_id text default null
)
returns setof app.message_row
language plpgsql
volatile
security definer
set search_path = ''
set plan_cache_mode = force_custom_plan
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_period timestamptz[] := app.clinic_period(p_from, p_to);
begin
  perform app.require_admin();
  if p_after_at is null then
    insert into public.audit_log (org_id, action, entity, actor_user_id, request_id)
    values (v_org_id, 'messages_exported', 'message', app.current_user_id(), left(p_request_id, 64));
  end if;
  return query
  select m.id, m.direction, m.method, m.category, m.recipient, m.subject, m.content, m.status, m.reason, m.provider_error,
    m.service_provider, m.external_message_id, m.segments::integer, m.contact_id, k.name, m.call_id, m.appointment_id,
    m.actor_user_id, m.sent_at, m.created_at, 0::bigint, false
  from public.messages m
  left join public.contacts k on k.org_id = m.org_id and k.id = m.contact_id
  where m.org_id = v_org_id
    and (v_period[1] is null or m.created_at >= v_period[1])
    and (v_period[2] is null or m.created_at < v_period[2])
    and (p_after_at is null or (m.created_at, m.id) > (p_after_at, p_after_id))
  order by m.created_at, m.id
  limit 1000;
end
$$;

comment on function app.export_messages(date, date, timestamptz, uuid, text) is
  'The next 1000 messages of a period after one, the oldest first; days as in app.list_messages. total is not counted. Owner and admin only (VX403), asked at every step; the first step puts the export in the audit log.';

select app.seal('app.export_messages(date, date, timestamptz, uuid, text)', 'app_writer', 'tenant_user');
-- end of sql/1211_function_export_messages.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1215_function_list_notifications.sql
-- Put together as in app.list_appointments: each filter gets the index that serves it.
create or replace function app.list_notifications(
  p_page integer,
  p_limit integer,
  p_unread boolean default null,
  p_kind text default null
)
returns setof app.notification_row
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_where text := 'n.org_id = $1'
    || case when p_kind is not null then ' and n.kind = $2' else '' end
    || case when p_unread then ' and n.read_at is null' when not p_unread then ' and n.read_at is not null' else '' end;
  v_total bigint;
  v_span app.page_span;
  v_ids uuid[];
begin
  execute format('select count(*) from (select from public.notifications n where %s limit 50001) x', v_where)
  into v_total
  using v_org_id, p_kind;
  v_span := app.page_span(v_total, v_total > 50000, p_page, p_limit);
  execute format('select array(select n.id from public.notifications n where %s order by %s limit $3 offset $4)', v_where,
    case when v_span.from_end then 'n.created_at, n.id' else 'n.created_at desc, n.id desc' end)
  into v_ids
  using v_org_id, p_kind, v_span.take, v_span.skip;
  return query
  select n.id, n.kind, n.title, n.body, n.entity, n.entity_id, n.read_at, n.created_at, least(v_total, 50000), v_total > 50000
  from unnest(v_ids) with ordinality page (id, place)
  join public.notifications n on n.org_id = v_org_id and n.id = page.id
  order by case when v_span.from_end then -page.place else page.place end;
end
$$;

comment on function app.list_notifications(integer, integer, boolean, text) is
  'A page of the staff''s notifications, the newest first. p_unread: true for those nobody read, false for the others; NULL filters nothing. Every member may look.';

select app.seal('app.list_notifications(integer, integer, boolean, text)', 'app_writer', 'tenant_user');
-- end of sql/1215_function_list_notifications.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1216_function_count_unread_notifications.sql
create or replace function app.count_unread_notifications()
returns bigint
language sql
stable
set search_path = ''
as $$
  select count(*) from public.notifications n where n.org_id = app.require_org_id() and n.read_at is null
$$;

comment on function app.count_unread_notifications() is 'How many of the clinic''s notifications nobody has read.';

select app.seal('app.count_unread_notifications()', null, 'tenant_user');
-- end of sql/1216_function_count_unread_notifications.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1217_function_read_notification.sql
create or replace function app.read_notification(p_notification_id uuid)
returns setof app.notification_row
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
begin
  perform app.require_staff();
  return query
  update public.notifications n
  set read_at = coalesce(n.read_at, app.now())
  where n.org_id = v_org_id and n.id = p_notification_id
  returning n.id, n.kind, n.title, n.body, n.entity, n.entity_id, n.read_at, n.created_at, 1::bigint, false;
  if not found then
    raise exception 'there is no such notification' using errcode = 'VX404';
  end if;
  perform app.announce('notification', 'notification', p_notification_id);
end
$$;

comment on function app.read_notification(uuid) is
  'Marks a notification as read, for all of the staff; a second time changes nothing. VX403 for viewers, VX404 for an unknown one.';

select app.seal('app.read_notification(uuid)', 'app_writer', 'tenant_user');
-- end of sql/1217_function_read_notification.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1218_function_read_all_notifications.sql
create or replace function app.read_all_notifications()
returns bigint
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_changed bigint;
begin
  perform app.require_staff();
  update public.notifications n set read_at = app.now() where n.org_id = v_org_id and n.read_at is null;
  get diagnostics v_changed = row_count;
  return v_changed;
end
$$;

comment on function app.read_all_notifications() is
  'Marks every notification as read, for all of the staff; returns how many were not. VX403 for viewers.';

select app.seal('app.read_all_notifications()', 'app_writer', 'tenant_user');
-- end of sql/1218_function_read_all_notifications.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1219_function_delete_notification.sql
create or replace function app.delete_notification(p_notification_id uuid)
returns void
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
begin
  perform app.require_staff();
  delete from public.notifications n where n.org_id = v_org_id and n.id = p_notification_id;
  if not found then
    raise exception 'there is no such notification' using errcode = 'VX404';
  end if;
end
$$;

comment on function app.delete_notification(uuid) is
  'Removes a notification, for all of the staff; what it pointed at stays. VX403 for viewers, VX404 for an unknown one.';

select app.seal('app.delete_notification(uuid)', 'app_writer', 'tenant_user');
-- end of sql/1219_function_delete_notification.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1221_function_list_leads.sql
create or replace function app.list_leads(p_limit integer)
returns setof app.lead_row
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
begin
  return query
  select k.id, k.name, k.phone, k.lead_status, k.lead_score, k.created_at, k.last_contacted_at, last_call.summary
  from (
    select c.id, c.name, c.phone, c.lead_status, c.lead_score, c.created_at, c.last_contacted_at
    from public.contacts c
    where c.org_id = v_org_id and c.lead_status in ('hot', 'warm') and c.erased_at is null
    order by c.lead_status, c.lead_score desc, c.last_contacted_at desc nulls last, c.id
    limit p_limit
  ) k
  left join lateral (
    select l.summary
    from public.call_logs l
    where l.org_id = v_org_id and l.contact_id = k.id and l.summary is not null
    order by l.created_at desc
    limit 1
  ) last_call on true
  order by k.lead_status, k.lead_score desc, k.last_contacted_at desc nulls last, k.id;
end
$$;

comment on function app.list_leads(integer) is
  'The contacts worth calling: hot before warm, then by score and by how lately they were in touch. Every member may look.';

select app.seal('app.list_leads(integer)', 'app_writer', 'tenant_user');
-- end of sql/1221_function_list_leads.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1222_function_recent_activity.sql
create or replace function app.recent_activity(p_limit integer default 10)
returns setof app.activity
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
begin
  return query
  select e.*
  from (
    (
      select c.id, 'call_completed', c.began_at,
        concat('Call ', app.call_state(c.status, c.outcome, c.ended_reason), ', ' || c.duration_seconds || ' seconds'),
        'call', c.id, c.contact_id
      from public.call_logs c
      where c.org_id = v_org_id and c.deleted_at is null and c.status = 'ended'
      order by c.began_at desc, c.id desc
      limit p_limit
    )
    union all
    (
      select h.id, 'appointment_booked', h.at, 'Visit booked: ' || s.name, 'appointment', a.id, a.contact_id
      from public.appointment_changes h
      join public.appointments a on a.org_id = h.org_id and a.id = h.appointment_id
      join public.services s on s.org_id = a.org_id and s.id = a.service_id
      where h.org_id = v_org_id and h.kind = 'booked'
      order by h.id desc
      limit p_limit
    )
    union all
    (
      select k.id, 'hot_lead_detected', coalesce(k.last_contacted_at, k.created_at), 'A lead is hot', 'contact', k.id, k.id
      from public.contacts k
      where k.org_id = v_org_id and k.lead_status = 'hot' and k.erased_at is null
      order by coalesce(k.last_contacted_at, k.created_at) desc, k.id desc
      limit p_limit
    )
  ) e(id, kind, at, summary, entity, entity_id, contact_id)
  order by e.at desc, e.id desc
  limit p_limit;
end
$$;

comment on function app.recent_activity(integer) is
  'What happened lately, the newest first: ended calls, visits booked, hot leads (at their last contact). Every member may look.';

select app.seal('app.recent_activity(integer)', 'app_writer', 'tenant_user');
-- end of sql/1222_function_recent_activity.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1225_function_list_audit_log.sql
-- Put together as in app.list_appointments: each filter gets the index that serves it.
create or replace function app.list_audit_log(
  p_page integer,
  p_limit integer,
  p_from date default null,
  p_to date default null,
  p_action text default null,
  p_entity text default null,
  p_entity_id uuid default null,
  p_actor_user_id uuid default null
)
returns setof app.audit_row
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_period timestamptz[] := app.clinic_period(p_from, p_to);
  v_where text := 'g.org_id = $1'
    || case when v_period[1] is not null then ' and g.at >= $2' else '' end
    || case when v_period[2] is not null then ' and g.at < $3' else '' end
    || case when p_action is not null then ' and g.action = $4' else '' end
    || case when p_entity is not null then ' and g.entity = $5' else '' end
    || case when p_entity_id is not null then ' and g.entity_id = $6' else '' end
    || case when p_actor_user_id is not null then ' and g.actor_user_id = $7' else '' end;
  v_total bigint;
  v_span app.page_span;
  v_ids uuid[];
begin
  perform app.require_admin();
  execute format('select count(*) from (select from public.audit_log g where %s limit 50001) x', v_where)
  into v_total
  using v_org_id, v_period[1], v_period[2], p_action, p_entity, p_entity_id, p_actor_user_id;
  v_span := app.page_span(v_total, v_total > 50000, p_page, p_limit);
  execute format('select array(select g.id from public.audit_log g where %s order by %s limit $8 offset $9)', v_where,
    case when v_span.from_end then 'g.at, g.id' else 'g.at desc, g.id desc' end)
  into v_ids
  using v_org_id, v_period[1], v_period[2], p_action, p_entity, p_entity_id, p_actor_user_id, v_span.take, v_span.skip;
  return query
  select g.id, g.action, g.entity, g.entity_id, g.actor_user_id, p.name, p.email, g.request_id, g.at,
    least(v_total, 50000), v_total > 50000
  from unnest(v_ids) with ordinality page (id, place)
  join public.audit_log g on g.org_id = v_org_id and g.id = page.id
  left join public.profiles p on p.org_id = v_org_id and p.user_id = g.actor_user_id
  order by case when v_span.from_end then -page.place else page.place end;
end
$$;

comment on function app.list_audit_log(integer, integer, date, date, text, text, uuid, uuid) is
  'A page of the audit log, the newest first. NULL filters nothing; p_from and p_to are days of the clinic. Owner and admin only (VX403). VX400 for days in the wrong order.';

select app.seal('app.list_audit_log(integer, integer, date, date, text, text, uuid, uuid)', 'app_writer', 'tenant_user');
-- end of sql/1225_function_list_audit_log.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1250_function_claim_request.sql
-- A wish is claimed in a transaction of its own, so that its other tries see the claim at once instead of waiting for a
-- lock as long as the handler works.
create or replace function app.claim_request(
  p_method text,
  p_route text,
  p_key text,
  p_body_hash bytea,
  p_keep interval,
  p_lease interval,
  p_claim_id uuid
)
returns setof app.request_claim
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_user_id uuid := app.current_user_id();
  v_now timestamptz := app.now();
  v_row public.idempotency_keys;
begin
  if v_user_id is null then
    raise exception 'only a member''s wishes have keys' using errcode = 'VX403';
  end if;
  insert into public.idempotency_keys as k
    (org_id, user_id, method, route, key, body_hash, claim_id, lease_until, created_at, expires_at)
  values (v_org_id, v_user_id, p_method, p_route, p_key, p_body_hash, p_claim_id, v_now + p_lease, v_now, v_now + p_keep)
  on conflict (org_id, user_id, method, route, key) do update
  set body_hash = excluded.body_hash, state = 'running', claim_id = excluded.claim_id, lease_until = excluded.lease_until,
    status = null, headers = null, response = null, acted_at = null, created_at = v_now, expires_at = excluded.expires_at
  where (k.state = 'done' and k.expires_at <= v_now)
    or (k.state = 'running' and k.lease_until <= v_now
      and (k.expires_at <= v_now or (k.body_hash = excluded.body_hash and k.acted_at is null)))
  returning k.* into v_row;
  if v_row.id is not null then
    return query select 'run', null::integer, null::jsonb, null::bytea;
    return;
  end if;

  select * into v_row
  from public.idempotency_keys k
  where k.org_id = v_org_id and k.user_id = v_user_id and k.method = p_method and k.route = p_route and k.key = p_key;
  if v_row.body_hash <> p_body_hash then
    return query select 'other_body', null::integer, null::jsonb, null::bytea;
  elsif v_row.state = 'done' then
    return query select 'replay', v_row.status, v_row.headers, v_row.response;
  elsif v_row.acted_at is not null and v_row.lease_until <= v_now then
    return query select 'acted', null::integer, null::jsonb, null::bytea;
  else
    -- Also without a row: its try has just given up; the caller asks again and finds the key free.
    return query select 'running', null::integer, null::jsonb, null::bytea;
  end if;
end
$$;

comment on function app.claim_request(text, text, text, bytea, interval, interval, uuid) is
  'Asks whether the acting member''s wish under a key is to be carried out, see app.request_claim. With outcome run the key belongs to p_claim_id for p_lease, and its answer is kept until p_keep from now; app.finish_request ends it. A try that died before it changed anything (see app.note_effect) is followed by the next once its lease is over. VX403 when no member acts.';

select app.seal('app.claim_request(text, text, text, bytea, interval, interval, uuid)', 'app_writer', 'tenant_user');
-- end of sql/1250_function_claim_request.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1251_function_finish_request.sql
create or replace function app.finish_request(
  p_claim_id uuid,
  p_status integer,
  p_headers jsonb,
  p_response bytea
)
returns boolean
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
begin
  update public.idempotency_keys k
  set state = 'done', status = p_status, headers = p_headers, response = p_response
  where k.org_id = v_org_id and k.user_id = app.current_user_id() and k.claim_id = p_claim_id and k.state = 'running';
  return found;
end
$$;

comment on function app.finish_request(uuid, integer, jsonb, bytea) is
  'Keeps the answer (2xx) of a claimed wish for those who repeat it. False when the claim is not p_claim_id''s any more: it took too long and another try has it.';

select app.seal('app.finish_request(uuid, integer, jsonb, bytea)', 'app_writer', 'tenant_user');
-- end of sql/1251_function_finish_request.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1252_function_abandon_request.sql
create or replace function app.abandon_request(p_claim_id uuid)
returns boolean
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
begin
  delete from public.idempotency_keys k
  where k.org_id = v_org_id and k.user_id = app.current_user_id() and k.claim_id = p_claim_id and k.state = 'running';
  return found;
end
$$;

comment on function app.abandon_request(uuid) is
  'Gives the key of a claimed wish back: it was refused or failed, so the same wish may be tried again at once. False when the claim is not p_claim_id''s any more.';

select app.seal('app.abandon_request(uuid)', 'app_writer', 'tenant_user');
-- end of sql/1252_function_abandon_request.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1255_function_check_fields.sql
create or replace function app.check_fields(p_fields jsonb, variadic p_known text[])
returns void
language plpgsql
immutable
set search_path = ''
as $$
declare
  v_key text;
begin
  if jsonb_typeof(p_fields) is distinct from 'object' then
    raise exception 'the fields are an object' using errcode = 'VX400';
  end if;
  select k into v_key from jsonb_object_keys(p_fields) k where k <> all (p_known) order by k limit 1;
  if found then
    raise exception 'there is no such field: %', left(v_key, 40) using errcode = 'VX400';
  end if;
end
$$;

comment on function app.check_fields(jsonb, text[]) is
  'Raises VX400 unless p_fields is an object of known fields: a misspelt field must not be dropped without a word.';

select app.seal('app.check_fields(jsonb, text[])', null, 'app_writer');
-- end of sql/1255_function_check_fields.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1256_function_minutes_or.sql
create or replace function app.minutes_or(p_fields jsonb, p_key text, p_otherwise interval)
returns interval
language sql
immutable
parallel safe
set search_path = ''
as $$
  select case when p_fields ? p_key then make_interval(mins => (p_fields ->> p_key)::integer) else p_otherwise end
$$;

comment on function app.minutes_or(jsonb, text, interval) is
  'A field that counts minutes, as an interval: NULL where it is null, p_otherwise where it is absent.';

select app.seal('app.minutes_or(jsonb, text, interval)', null, 'app_writer');
-- end of sql/1256_function_minutes_or.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1257_function_save_location.sql
create or replace function app.save_location(p_location_id uuid, p_fields jsonb)
returns setof public.locations
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_old public.locations;
  v_id uuid := p_location_id;
begin
  perform app.require_admin();
  perform app.check_fields(p_fields, 'name', 'address', 'time_zone', 'phone', 'calendar_stale_after_minutes');
  if v_id is null then
    insert into public.locations (org_id, name, time_zone)
    select o.id, btrim(p_fields ->> 'name'), o.time_zone from public.organizations o where o.id = v_org_id
    returning * into v_old;
    v_id := v_old.id;
  else
    select * into v_old from public.locations l where l.org_id = v_org_id and l.id = v_id for update;
    if v_old.id is null then
      raise exception 'there is no such location' using errcode = 'VX404';
    end if;
  end if;
  if app.is_our_number(p_fields ->> 'phone') then
    raise exception 'this number is answered by the receptionist: callers would go round in circles' using errcode = 'VX400';
  end if;

  return query
  update public.locations l
  set name = case when p_fields ? 'name' then btrim(p_fields ->> 'name') else l.name end,
    address = case when p_fields ? 'address' then nullif(btrim(p_fields ->> 'address'), '') else l.address end,
    time_zone = case when p_fields ? 'time_zone' then p_fields ->> 'time_zone' else l.time_zone end,
    phone = case when p_fields ? 'phone' then nullif(btrim(p_fields ->> 'phone'), '') else l.phone end,
    calendar_stale_after = app.minutes_or(p_fields, 'calendar_stale_after_minutes', l.calendar_stale_after),
    updated_at = app.now()
  where l.org_id = v_org_id and l.id = v_id
  returning l.*;
  insert into public.audit_log (org_id, action, entity, entity_id, actor_user_id)
  values (v_org_id, 'location_saved', 'location', v_id, app.current_user_id());
  if p_fields ? 'phone' then
    -- Its numbers ring the own line when we cannot answer.
    perform app.reroute_numbers(v_id, null);
  end if;
  perform app.announce('location_updated', 'location', v_id);
exception
  when check_violation or not_null_violation or data_exception then
    raise exception 'a field has a value that it may not have' using errcode = 'VX400';
end
$$;

comment on function app.save_location(uuid, jsonb) is
  'Makes (p_location_id NULL) or changes a location and returns it. p_fields may hold name, address, time_zone (IANA; a new location has the organisation''s), phone (E.164, not one of ours) and calendar_stale_after_minutes; what is absent stays, null clears address and phone. Visits already booked keep their instant when the zone changes. Owner and admin only (VX403). VX404: no such location; VX400: an unknown field or a value that it may not have.';

select app.seal('app.save_location(uuid, jsonb)', 'app_writer', 'tenant_user');
-- end of sql/1257_function_save_location.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1258_function_delete_location.sql
create or replace function app.delete_location(p_location_id uuid)
returns boolean
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
begin
  perform app.require_admin();
  -- The row of the organisation stands for all its locations, so that two deletions cannot leave none.
  perform from public.organizations o where o.id = v_org_id for no key update;
  if not exists (select from public.locations l where l.org_id = v_org_id and l.id = p_location_id) then
    return false;
  elsif not exists (select from public.locations l where l.org_id = v_org_id and l.id <> p_location_id) then
    raise exception 'an organisation keeps at least one location' using errcode = 'VX409';
  end if;
  delete from public.locations l where l.org_id = v_org_id and l.id = p_location_id;
  insert into public.audit_log (org_id, action, entity, entity_id, actor_user_id)
  values (v_org_id, 'location_deleted', 'location', p_location_id, app.current_user_id());
  perform app.announce('location_updated', 'location', p_location_id);
  return true;
exception when foreign_key_violation then
  raise exception 'people, numbers, calls or visits belong to this location' using errcode = 'VX409';
end
$$;

comment on function app.delete_location(uuid) is
  'Deletes a location with its hours and closures. False when there is none. Owner and admin only (VX403). VX409: it is the last one, or resources, numbers, calls or visits belong to it.';

select app.seal('app.delete_location(uuid)', 'app_writer', 'tenant_user');
-- end of sql/1258_function_delete_location.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1259_function_save_service.sql
create or replace function app.save_service(p_service_id uuid, p_fields jsonb)
returns setof public.services
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_id uuid := p_service_id;
begin
  perform app.require_admin();
  perform app.check_fields(p_fields, 'name', 'aliases', 'duration_minutes', 'buffer_before_minutes', 'buffer_after_minutes',
    'price_minor', 'currency', 'active');
  if v_id is null then
    insert into public.services (org_id, name, duration)
    values (v_org_id, btrim(p_fields ->> 'name'), make_interval(mins => (p_fields ->> 'duration_minutes')::integer))
    returning id into v_id;
  end if;
  return query
  update public.services s
  set name = case when p_fields ? 'name' then btrim(p_fields ->> 'name') else s.name end,
    aliases = case when p_fields ? 'aliases' then array(
      select distinct btrim(a) from jsonb_array_elements_text(p_fields -> 'aliases') a where btrim(a) <> '') else s.aliases end,
    duration = app.minutes_or(p_fields, 'duration_minutes', s.duration),
    buffer_before = app.minutes_or(p_fields, 'buffer_before_minutes', s.buffer_before),
    buffer_after = app.minutes_or(p_fields, 'buffer_after_minutes', s.buffer_after),
    price_minor = case when p_fields ? 'price_minor' then (p_fields ->> 'price_minor')::bigint else s.price_minor end,
    currency = case when p_fields ? 'currency' then p_fields ->> 'currency' else s.currency end,
    active = case when p_fields ? 'active' then (p_fields ->> 'active')::boolean else s.active end,
    updated_at = app.now()
  where s.org_id = v_org_id and s.id = v_id
  returning s.*;
  if not found then
    raise exception 'there is no such service' using errcode = 'VX404';
  end if;
  insert into public.audit_log (org_id, action, entity, entity_id, actor_user_id)
  values (v_org_id, 'service_saved', 'service', v_id, app.current_user_id());
  perform app.announce('service_updated', 'service', v_id);
exception
  when unique_violation then
    raise exception 'another service has this name' using errcode = 'VX409';
  when check_violation or not_null_violation or data_exception then
    raise exception 'a field has a value that it may not have' using errcode = 'VX400';
end
$$;

comment on function app.save_service(uuid, jsonb) is
  'Makes (p_service_id NULL; name and duration_minutes are needed) or changes a service and returns it. p_fields may hold name, aliases, duration_minutes (5 to 720), buffer_before_minutes and buffer_after_minutes (0 to 240; null: the organisation''s), price_minor (null: not told to callers), currency and active; what is absent stays. Visits already booked keep their length. Owner and admin only (VX403). VX404: no such service; VX409: the name is taken; VX400: an unknown field or a value that it may not have.';

select app.seal('app.save_service(uuid, jsonb)', 'app_writer', 'tenant_user');
-- end of sql/1259_function_save_service.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1260_function_delete_service.sql
create or replace function app.delete_service(p_service_id uuid)
returns boolean
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
begin
  perform app.require_admin();
  delete from public.services s where s.org_id = v_org_id and s.id = p_service_id;
  if not found then
    return false;
  end if;
  insert into public.audit_log (org_id, action, entity, entity_id, actor_user_id)
  values (v_org_id, 'service_deleted', 'service', p_service_id, app.current_user_id());
  perform app.announce('service_updated', 'service', p_service_id);
  return true;
exception when foreign_key_violation then
  raise exception 'visits were booked for this service: make it inactive instead' using errcode = 'VX409';
end
$$;

comment on function app.delete_service(uuid) is
  'Deletes a service that was never booked. False when there is none. Owner and admin only (VX403). VX409: visits refer to it; an inactive service is offered to nobody.';

select app.seal('app.delete_service(uuid)', 'app_writer', 'tenant_user');
-- end of sql/1260_function_delete_service.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1261_function_save_resource.sql
create or replace function app.save_resource(p_resource_id uuid, p_fields jsonb)
returns setof public.resources
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_id uuid := p_resource_id;
  v_services uuid[];
begin
  perform app.require_admin();
  perform app.check_fields(p_fields, 'location_id', 'name', 'aliases', 'kind', 'active', 'service_ids');
  if p_fields ? 'location_id' and not exists (
    select from public.locations l where l.org_id = v_org_id and l.id = (p_fields ->> 'location_id')::uuid)
  then
    raise exception 'there is no such location' using errcode = 'VX404';
  end if;
  v_services := array(select distinct s::uuid from jsonb_array_elements_text(p_fields -> 'service_ids') s);
  if exists (
    select from unnest(v_services) w(id)
    where not exists (select from public.services s where s.org_id = v_org_id and s.id = w.id))
  then
    raise exception 'there is no such service' using errcode = 'VX404';
  end if;
  if v_id is null then
    insert into public.resources (org_id, location_id, name)
    select v_org_id, l.id, btrim(p_fields ->> 'name')
    from public.locations l
    where l.org_id = v_org_id and l.id = (p_fields ->> 'location_id')::uuid
    returning id into v_id;
    if v_id is null then
      raise exception 'there is no such location' using errcode = 'VX404';
    end if;
  else
    -- A booking that is being decided sees the resource as it was or as it will be.
    perform app.lock_resources(array[v_id]);
  end if;
  return query
  update public.resources r
  set name = case when p_fields ? 'name' then btrim(p_fields ->> 'name') else r.name end,
    aliases = case when p_fields ? 'aliases' then array(
      select distinct btrim(a) from jsonb_array_elements_text(p_fields -> 'aliases') a where btrim(a) <> '') else r.aliases end,
    kind = case when p_fields ? 'kind' then p_fields ->> 'kind' else r.kind end,
    active = case when p_fields ? 'active' then (p_fields ->> 'active')::boolean else r.active end,
    updated_at = app.now()
  where r.org_id = v_org_id and r.id = v_id
  returning r.*;
  if not found then
    raise exception 'there is no such resource' using errcode = 'VX404';
  end if;
  if p_fields ? 'location_id' and not exists (
    select from public.resources r where r.org_id = v_org_id and r.id = v_id and r.location_id = (p_fields ->> 'location_id')::uuid)
  then
    raise exception 'a resource stays at its location: its hours and visits belong there' using errcode = 'VX409';
  end if;
  if p_fields ? 'service_ids' then
    delete from public.resource_services rs
    where rs.org_id = v_org_id and rs.resource_id = v_id and rs.service_id <> all (v_services);
    insert into public.resource_services (org_id, resource_id, service_id)
    select v_org_id, v_id, s from unnest(v_services) s
    on conflict do nothing;
  end if;
  insert into public.audit_log (org_id, action, entity, entity_id, actor_user_id)
  values (v_org_id, 'resource_saved', 'resource', v_id, app.current_user_id());
  perform app.announce('resource_updated', 'resource', v_id);
exception
  when unique_violation then
    raise exception 'another resource has this name' using errcode = 'VX409';
  when check_violation or not_null_violation or data_exception then
    raise exception 'a field has a value that it may not have' using errcode = 'VX400';
end
$$;

comment on function app.save_resource(uuid, jsonb) is
  'Makes (p_resource_id NULL; name and location_id are needed) or changes whom or what visits are booked with, and returns it. p_fields may hold location_id (stays for good), name, aliases, kind (practitioner, room), active and service_ids (all it can give); what is absent stays. Visits already booked stay. Owner and admin only (VX403). VX404: no such resource, location or service; VX409: the name is taken, or another location; VX400: an unknown field or a value that it may not have.';

select app.seal('app.save_resource(uuid, jsonb)', 'app_writer', 'tenant_user');
-- end of sql/1261_function_save_resource.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1262_function_delete_resource.sql
create or replace function app.delete_resource(p_resource_id uuid)
returns boolean
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
begin
  perform app.require_admin();
  perform app.lock_resources(array[p_resource_id]);
  delete from public.resources r where r.org_id = v_org_id and r.id = p_resource_id;
  if not found then
    return false;
  end if;
  insert into public.audit_log (org_id, action, entity, entity_id, actor_user_id)
  values (v_org_id, 'resource_deleted', 'resource', p_resource_id, app.current_user_id());
  perform app.announce('resource_updated', 'resource', p_resource_id);
  return true;
exception when foreign_key_violation then
  raise exception 'visits or calendars belong to this resource: make it inactive instead' using errcode = 'VX409';
end
$$;

comment on function app.delete_resource(uuid) is
  'Deletes a resource that was never booked, with its hours and time off. False when there is none. Owner and admin only (VX403). VX409: visits or calendars refer to it; an inactive resource is offered to nobody.';

select app.seal('app.delete_resource(uuid)', 'app_writer', 'tenant_user');
-- end of sql/1262_function_delete_resource.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1265_function_set_org_settings.sql
create or replace function app.set_org_settings(p_fields jsonb)
returns setof public.organizations
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_key text;
begin
  perform app.require_admin();
  perform app.check_fields(p_fields, 'name', 'country', 'time_zone', 'buffer_before_minutes', 'buffer_after_minutes',
    'slot_step_minutes', 'min_notice_minutes', 'max_advance_days', 'hold_seconds', 'holds_per_day', 'approval_required',
    'identity_factor', 'emergency_sentence', 'recording_consent', 'ai_disclosure', 'hipaa_mode');
  select f.key into v_key from jsonb_each(p_fields) f where jsonb_typeof(f.value) = 'null' order by f.key limit 1;
  if found then
    raise exception 'this setting cannot be empty: %', v_key using errcode = 'VX400';
  end if;

  return query
  update public.organizations o
  set name = coalesce(btrim(p_fields ->> 'name'), o.name),
    country = coalesce(p_fields ->> 'country', o.country),
    time_zone = coalesce(p_fields ->> 'time_zone', o.time_zone),
    buffer_before = app.minutes_or(p_fields, 'buffer_before_minutes', o.buffer_before),
    buffer_after = app.minutes_or(p_fields, 'buffer_after_minutes', o.buffer_after),
    slot_step = app.minutes_or(p_fields, 'slot_step_minutes', o.slot_step),
    min_notice = app.minutes_or(p_fields, 'min_notice_minutes', o.min_notice),
    max_advance = coalesce(make_interval(days => (p_fields ->> 'max_advance_days')::integer), o.max_advance),
    hold_ttl = coalesce(make_interval(secs => (p_fields ->> 'hold_seconds')::integer), o.hold_ttl),
    holds_per_day = coalesce((p_fields ->> 'holds_per_day')::integer, o.holds_per_day),
    approval_required = coalesce((p_fields ->> 'approval_required')::boolean, o.approval_required),
    identity_factor = coalesce(p_fields ->> 'identity_factor', o.identity_factor),
    emergency_sentence = coalesce(btrim(p_fields ->> 'emergency_sentence'), o.emergency_sentence),
    recording_consent = coalesce(p_fields ->> 'recording_consent', o.recording_consent),
    ai_disclosure = coalesce((p_fields ->> 'ai_disclosure')::boolean, o.ai_disclosure),
    hipaa_mode = coalesce((p_fields ->> 'hipaa_mode')::boolean, o.hipaa_mode),
    updated_at = app.now()
  where o.id = v_org_id
  returning o.*;
  -- What the assistants say and keep is part of them at Vapi.
  if p_fields ?| array['name', 'emergency_sentence', 'recording_consent', 'ai_disclosure', 'hipaa_mode'] then
    perform app.request_agent_sync(a.id) from public.agents a where a.org_id = v_org_id and a.deleted_at is null;
  end if;
  insert into public.audit_log (org_id, action, entity, entity_id, actor_user_id)
  values (v_org_id, 'settings_changed', 'organization', v_org_id, app.current_user_id());
  perform app.announce('organization_updated', 'organization', v_org_id);
exception
  when check_violation or not_null_violation or data_exception then
    raise exception 'a field has a value that it may not have' using errcode = 'VX400';
end
$$;

comment on function app.set_org_settings(jsonb) is
  'Changes the organisation''s name, zone, rules for booking and safety, and returns it. p_fields may hold name, country (ISO 3166-1 alpha-2), time_zone (IANA; locations keep theirs), buffer_before_minutes, buffer_after_minutes, slot_step_minutes, min_notice_minutes, max_advance_days, hold_seconds, holds_per_day, approval_required, identity_factor, emergency_sentence, recording_consent, ai_disclosure and hipaa_mode; what is absent stays. Owner and admin only (VX403). VX400: an unknown field or a value that it may not have.';

select app.seal('app.set_org_settings(jsonb)', 'app_writer', 'tenant_user');
-- end of sql/1265_function_set_org_settings.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1271_function_withdraw_invitation.sql
create or replace function app.withdraw_invitation(p_invitation_id uuid)
returns boolean
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
begin
  perform app.require_admin();
  delete from public.invitations i where i.org_id = v_org_id and i.id = p_invitation_id and i.accepted_at is null;
  if not found then
    return false;
  end if;
  insert into public.audit_log (org_id, action, entity, entity_id, actor_user_id)
  values (v_org_id, 'invitation_withdrawn', 'invitation', p_invitation_id, app.current_user_id());
  return true;
end
$$;

comment on function app.withdraw_invitation(uuid) is
  'Takes an open invitation back: its token opens nothing any more. False when there is none, or it was accepted. Owner and admin only (VX403).';

select app.seal('app.withdraw_invitation(uuid)', 'app_writer', 'tenant_user');
-- end of sql/1271_function_withdraw_invitation.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1272_function_may_change_member.sql
-- Owners are locked in one order before anything is decided: two owners who remove each other must not both succeed.
create or replace function app.may_change_member(p_user_id uuid, p_new_role text)
returns void
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_role text;
  v_my_role text;
begin
  perform from public.profiles p where p.org_id = v_org_id and p.role = 'owner' order by p.id for update;
  -- Read again under the lock: whoever acts may have lost the role while waiting.
  perform app.require_admin();
  v_my_role := app.current_member_role();
  select p.role into v_role from public.profiles p where p.org_id = v_org_id and p.user_id = p_user_id for update;
  if v_role is null then
    raise exception 'there is no such member' using errcode = 'VX404';
  elsif v_my_role <> 'owner' and (v_role = 'owner' or p_new_role = 'owner') then
    raise exception 'only owners decide who is an owner' using errcode = 'VX403';
  elsif v_role = 'owner' and p_new_role is distinct from 'owner' and not exists (
    select from public.profiles p where p.org_id = v_org_id and p.role = 'owner' and p.user_id <> p_user_id)
  then
    raise exception 'the last owner stays: make somebody else an owner first' using errcode = 'VX409';
  end if;
end
$$;

comment on function app.may_change_member(uuid, text) is
  'Locks the owners and raises unless the acting member may give a member this role (NULL: remove them): VX403 for others than owners and admins, or when an admin touches an owner; VX404: no such member; VX409: the last owner.';

select app.seal('app.may_change_member(uuid, text)', null, 'app_writer');
-- end of sql/1272_function_may_change_member.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1273_function_change_member_role.sql
create or replace function app.change_member_role(p_user_id uuid, p_role text)
returns setof public.profiles
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
begin
  if coalesce(p_role, '') not in ('owner', 'admin', 'staff', 'viewer') then
    raise exception 'a role is owner, admin, staff or viewer' using errcode = 'VX400';
  end if;
  perform app.may_change_member(p_user_id, p_role);
  insert into public.audit_log (org_id, action, entity, entity_id, actor_user_id)
  values (v_org_id, 'role_changed', 'user', p_user_id, app.current_user_id());
  return query
  update public.profiles p set role = p_role, updated_at = app.now()
  where p.org_id = v_org_id and p.user_id = p_user_id
  returning p.*;
end
$$;

comment on function app.change_member_role(uuid, text) is
  'Gives a member another role, which holds from their next request on, and returns the profile. Owner and admin only; owners are made and unmade by owners (VX403). VX400: no such role; VX404: no such member; VX409: the last owner.';

select app.seal('app.change_member_role(uuid, text)', 'app_writer', 'tenant_user');
-- end of sql/1273_function_change_member_role.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1274_function_remove_member.sql
create or replace function app.remove_member(p_user_id uuid)
returns void
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
begin
  perform app.may_change_member(p_user_id, null);
  insert into public.audit_log (org_id, action, entity, entity_id, actor_user_id)
  values (v_org_id, 'member_removed', 'user', p_user_id, app.current_user_id());
  delete from public.profiles p where p.org_id = v_org_id and p.user_id = p_user_id;
end
$$;

comment on function app.remove_member(uuid) is
  'Ends a membership; the person''s token is refused from the next request on. Owner and admin only; an owner is removed by owners (VX403). VX404: no such member; VX409: the last owner.';

select app.seal('app.remove_member(uuid)', 'app_writer', 'tenant_user');
-- end of sql/1274_function_remove_member.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1280_function_page_span.sql
create or replace function app.page_span(p_total bigint, p_total_is_estimate boolean, p_page integer, p_limit integer)
returns app.page_span
language sql
immutable
parallel safe
begin atomic
  select case when not p_total_is_estimate and s.skip > p_total / 2
    then row(true, greatest(p_total - s.skip - p_limit, 0), greatest(least(p_total - s.skip, p_limit), 0))::app.page_span
    else row(false, s.skip, p_limit)::app.page_span end
  from (select (p_page - 1)::bigint * p_limit as skip) s;
end;

comment on function app.page_span(bigint, boolean, integer, integer) is
  'Where to read a page of a list of p_total rows: in its second half from the end, so that the last page costs what the first does. A page past the end takes no rows.';

select app.seal('app.page_span(bigint, boolean, integer, integer)', null, 'tenant_user', 'app_writer');
-- end of sql/1280_function_page_span.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1282_function_found_ids.sql
create or replace function app.found_ids(p_what text, p_search text)
returns uuid[]
language plpgsql
stable
strict
security definer
set search_path = ''
set plan_cache_mode = force_custom_plan
as $$
declare
  c_most constant integer := 5000; -- so many rows are read one by one faster than all are compared
  v_org_id uuid := app.require_org_id();
  v_words text := lower(btrim(p_search));
  v_digits text := regexp_replace(p_search, '[^0-9]', '', 'g');
  v_like text := '%' || replace(replace(replace(v_words, '\', '\\'), '%', '\%'), '_', '\_') || '%';
  v_lower text := lower(v_like collate "und-x-icu"); -- as contacts.search_text is written
  v_is_number boolean := char_length(v_digits) >= 3 and p_search !~ '[[:alpha:]]';
  v_ids uuid[];
begin
  -- Three letters or digits in a row is what an index of words can be asked for.
  if (p_what = 'call' and char_length(v_digits) < 3)
    or (p_what <> 'call' and v_words !~ '[[:alnum:]]{3}' and not (p_what = 'visitor' and v_is_number))
  then
    return null;
  end if;
  v_ids := case p_what
    when 'contact' then array(
      select c.id from public.contacts c
      where c.org_id = v_org_id and c.search_text like app.contact_search(p_search)
      limit c_most + 1)
    when 'visitor' then array(
      select c.id from public.contacts c
      where c.org_id = v_org_id
        and (c.search_text like v_lower or c.search_text like case when v_is_number then '%' || v_digits || '%' else v_lower end)
        and (strpos(lower(c.name), v_words) > 0 or strpos(lower(c.email), v_words) > 0
          or v_is_number and (strpos(c.phone, v_digits) > 0 or strpos(c.spoken_phone, v_digits) > 0))
      limit c_most + 1)
    when 'caller' then array(
      select c.id from public.contacts c
      where c.org_id = v_org_id and c.search_text like v_lower and strpos(lower(c.name), v_words) > 0
      limit c_most + 1)
    when 'patient' then array(
      select p.id from public.patients p
      where p.org_id = v_org_id and lower(p.name) like v_like
      limit c_most + 1)
    when 'call' then array(
      select c.id from public.call_logs c
      where c.org_id = v_org_id and case c.direction when 'outbound' then c.to_number else c.from_number end like '%' || v_digits || '%'
      limit c_most + 1)
    when 'message' then array(
      select m.id from public.messages m
      where m.org_id = v_org_id and lower(m.recipient || ' ' || coalesce(m.subject || ' ', '') || m.content) like v_like
      limit c_most + 1)
  end;
  return case when cardinality(v_ids) <= c_most then v_ids end;
end
$$;

comment on function app.found_ids(text, text) is
  'The tenant''s own rows in which p_search stands, found by an index of words. p_what: contact (as app.contact_search compares), visitor (as app.contacts_like), caller (contacts, by name), patient (by name), call (by the other side''s number) or message. NULL where no index helps, because p_search is shorter than three letters or stands in more than 5000 rows: then the caller compares row by row. Any case, no wildcards.';

select app.seal('app.found_ids(text, text)', 'app_searcher', 'tenant_user', 'app_writer');
-- end of sql/1282_function_found_ids.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1300_function_invitation_mail.sql
create or replace function app.invitation_mail(p_invitation public.invitations)
returns text[]
language plpgsql
stable
set search_path = ''
as $$
declare
  v_clinic text;
  v_zone text;
  v_inviter text;
begin
  -- Brackets would look like the place of the link.
  select translate(o.name, '[]', '()'), o.time_zone into strict v_clinic, v_zone
  from public.organizations o
  where o.id = (p_invitation).org_id;
  select translate(coalesce(nullif(btrim(p.name), ''), p.email), '[]', '()') into v_inviter
  from public.profiles p
  where p.org_id = (p_invitation).org_id and p.user_id = (p_invitation).invited_by;
  return array[
    format('Join %s', v_clinic),
    format(E'%s invites you to join the team of %s as %s.\nOpen this link to sign up or to sign in:\n[link]\n'
      'It is meant for this address only and works until %s. If you did not expect it, you need not do anything.',
      coalesce(v_inviter, 'A colleague'), v_clinic, (p_invitation).role,
      array_to_string(app.local_words((p_invitation).expires_at, v_zone, 'en'), ', '))];
end
$$;

comment on function app.invitation_mail(public.invitations) is
  'Subject and text of the e-mail of an invitation: who invites to which clinic as what, until when by the clinic''s clock. [link] stands for the link with the token, which no row holds.';

select app.seal('app.invitation_mail(public.invitations)', null, 'app_writer');
-- end of sql/1300_function_invitation_mail.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1301_function_mail_invitation.sql
create or replace function app.mail_invitation(
  p_invitation public.invitations,
  p_platform_mail text,
  p_request_id text
)
returns void
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_provider text := p_platform_mail;
  v_mail text[] := app.invitation_mail(p_invitation);
  v_decision app.message_decision;
begin
  if exists (select from public.org_credentials c where c.org_id = v_org_id and c.provider = 'resend') then
    v_provider := 'resend';
  elsif p_platform_mail is null then
    return;
  end if;
  select * into v_decision
  from app.begin_message('invitation', 'email', v_mail[2], 'invitation:' || (p_invitation).token_id, null, v_provider,
    p_recipient => (p_invitation).email, p_subject => v_mail[1], p_hand_over => false, p_request_id => p_request_id);
  if v_decision.reason = 'too_soon' then
    -- The renewal is undone too: the link that was mailed last goes on working.
    raise exception 'this address was mailed three times within an hour; its last link works' using errcode = 'VX409';
  end if;
  update public.invitations i
  set message_id = v_decision.message_id
  where i.org_id = v_org_id and i.id = (p_invitation).id;
end
$$;

comment on function app.mail_invitation(public.invitations, text, text) is
  'Queues the e-mail of an invitation, through the clinic''s own Resend account or else p_platform_mail, the platform''s way; NULL: without an account of the clinic''s nothing goes out. A rule that forbids it (opted_out, daily_cap) leaves a blocked row, and the invitation stands. VX409 when the address had three within an hour.';

select app.seal('app.mail_invitation(public.invitations, text, text)', null, 'app_writer');
-- end of sql/1301_function_mail_invitation.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1302_function_list_invitations.sql
create or replace function app.list_invitations(p_invitation_id uuid default null)
returns setof app.invitation_row
language sql
stable
set search_path = ''
as $$
  select i.id, i.email, i.role, i.invited_by, i.expires_at, i.created_at, i.expires_at <= app.now(),
    coalesce(m.status, 'none'), m.reason, m.sent_at
  from public.invitations i
  left join public.messages m on m.org_id = i.org_id and m.id = i.message_id
  where i.org_id = app.require_org_id() and i.accepted_at is null and (p_invitation_id is null or i.id = p_invitation_id)
  order by i.created_at, i.id
$$;

comment on function app.list_invitations(uuid) is
  'The invitations that nobody has accepted, or that one of them, with what became of their e-mails; the oldest first, expired ones too.';

select app.seal('app.list_invitations(uuid)', null, 'tenant_user', 'app_writer');
-- end of sql/1302_function_list_invitations.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1303_function_invite_member.sql
create or replace function app.invite_member(
  p_email text,
  p_role text,
  p_token_id uuid,
  p_token_hash bytea,
  p_mail boolean default false,
  p_platform_mail text default null,
  p_request_id text default null
)
returns setof app.invitation_row
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_email text := lower(btrim(p_email));
  v_now timestamptz;
  v_invitation public.invitations;
begin
  perform app.require_admin();
  if coalesce(v_email, '') !~ '^[^@[:space:]]+@[^@[:space:]]+[.][^@[:space:]]+$' or char_length(v_email) > 254 then
    raise exception 'this is no e-mail address' using errcode = 'VX400';
  elsif coalesce(p_role, '') not in ('admin', 'staff', 'viewer') then
    raise exception 'people are invited as admin, staff or viewer' using errcode = 'VX400';
  elsif p_token_id is null or octet_length(p_token_hash) is distinct from 32 then
    raise exception 'a token has an id and a hash of 32 bytes' using errcode = 'VX400';
  end if;
  -- Two invitations of one address at once would both stand.
  perform from public.organizations o where o.id = v_org_id for no key update;
  if exists (select from public.profiles p where p.org_id = v_org_id and lower(p.email) = v_email) then
    raise exception 'this person is a member already' using errcode = 'VX409';
  end if;
  v_now := app.now();
  update public.invitations i
  set role = p_role, token_id = p_token_id, token_hash = p_token_hash, message_id = null, invited_by = app.current_user_id(),
    expires_at = v_now + interval '7 days'
  where i.org_id = v_org_id and i.email = v_email and i.accepted_at is null
  returning i.* into v_invitation;
  if v_invitation.id is null then
    insert into public.invitations (org_id, email, role, token_id, token_hash, invited_by, expires_at, created_at)
    values (v_org_id, v_email, p_role, p_token_id, p_token_hash, app.current_user_id(), v_now + interval '7 days', v_now)
    returning * into v_invitation;
  end if;
  if p_mail then
    perform app.mail_invitation(v_invitation, p_platform_mail, p_request_id);
  end if;
  insert into public.audit_log (org_id, action, entity, entity_id, actor_user_id, request_id)
  values (v_org_id, 'member_invited', 'invitation', v_invitation.id, app.current_user_id(), left(p_request_id, 64));
  return query select * from app.list_invitations(v_invitation.id);
end
$$;

comment on function app.invite_member(text, text, uuid, bytea, boolean, text, text) is
  'Invites an address for seven days; p_token_hash is the SHA-256 of the token that its owner signs up with, which was derived from p_token_id. An address that was invited before keeps one invitation, with the new role and token. With p_mail the token goes out by e-mail, see app.mail_invitation. Owner and admin only (VX403). VX400: no address, or another role than admin, staff, viewer; VX409: a member already, or mailed too often lately.';

select app.seal('app.invite_member(text, text, uuid, bytea, boolean, text, text)', 'app_writer', 'tenant_user', 'app_writer');
-- end of sql/1303_function_invite_member.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1304_function_renew_invitation.sql
create or replace function app.renew_invitation(
  p_invitation_id uuid,
  p_token_id uuid,
  p_token_hash bytea,
  p_mail boolean default false,
  p_platform_mail text default null,
  p_request_id text default null
)
returns setof app.invitation_row
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_invitation public.invitations;
begin
  perform app.require_admin();
  select * into v_invitation
  from public.invitations i
  where i.org_id = app.require_org_id() and i.id = p_invitation_id and i.accepted_at is null;
  if v_invitation.id is null then
    raise exception 'there is no such open invitation' using errcode = 'VX404';
  end if;
  return query select * from app.invite_member(v_invitation.email, v_invitation.role, p_token_id, p_token_hash, p_mail, p_platform_mail, p_request_id);
end
$$;

comment on function app.renew_invitation(uuid, uuid, bytea, boolean, text, text) is
  'Invites the address of an open invitation once more, also an expired one: seven days from now, with a new token and a new e-mail; the earlier token opens nothing any more. VX404 when there is none, or it was accepted; otherwise as app.invite_member.';

select app.seal('app.renew_invitation(uuid, uuid, bytea, boolean, text, text)', 'app_writer', 'tenant_user');
-- end of sql/1304_function_renew_invitation.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1305_function_invitation_of_message.sql
create or replace function app.invitation_of_message(p_message_id uuid)
returns setof public.invitations
language sql
stable
security definer
set search_path = ''
as $$
  select i.*
  from public.invitations i
  where i.org_id = app.require_org_id() and i.message_id = p_message_id and i.accepted_at is null and i.expires_at > app.now()
$$;

comment on function app.invitation_of_message(uuid) is
  'The invitation whose token an e-mail carries. No row when it was withdrawn, accepted, renewed or has expired: the e-mail has nothing to say any more. Never given to people''s requests.';

select app.seal('app.invitation_of_message(uuid)', 'app_writer', 'tenant_service');
-- end of sql/1305_function_invitation_of_message.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1306_function_note_effect.sql
create or replace function app.note_effect(p_claim_id uuid)
returns boolean
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
begin
  if pg_current_xact_id_if_assigned() is null then
    return true; -- it has only read
  end if;
  update public.idempotency_keys k
  set acted_at = coalesce(k.acted_at, app.now())
  where k.org_id = v_org_id and k.user_id = app.current_user_id() and k.claim_id = p_claim_id and k.state = 'running';
  return found;
end
$$;

comment on function app.note_effect(uuid) is
  'Called last in a transaction of a claimed wish: says, together with what it changed, that it acted. False when the claim is not p_claim_id''s any more, because it took too long and another try has it: the transaction must then be given up.';

select app.seal('app.note_effect(uuid)', 'app_writer', 'tenant_user');
-- end of sql/1306_function_note_effect.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1307_function_integrations.sql
create or replace function app.integrations()
returns setof app.integration_row
language sql
stable
set search_path = ''
as $$
  select p.provider, c.id is not null and c.verification_error is null, c.last_verified_at, c.verification_error
  from (values ('twilio', 1), ('resend', 2), ('google_calendar', 3), ('outlook', 4)) p (provider, position)
  left join public.org_credentials c on c.org_id = app.require_org_id() and c.provider = p.provider
  order by p.position
$$;

comment on function app.integrations() is
  'Every account that a clinic may connect, with what the last look at it said. Every member may ask; nothing sealed is told.';

select app.seal('app.integrations()', null, 'tenant_user');
-- end of sql/1307_function_integrations.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1308_function_note_verification.sql
create or replace function app.note_verification(
  p_provider text,
  p_updated_at timestamptz,
  p_problem text
)
returns boolean
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
  -- updated_at stays: it says when the account was last written, and questions about messages go by it.
  update public.org_credentials c
  set last_verified_at = case when p_problem is null then app.now() else c.last_verified_at end,
    verification_error = left(p_problem, 200)
  where c.org_id = v_org_id and c.provider = p_provider and c.updated_at = p_updated_at
  returning c.id into v_id;
  if v_id is null then
    return false;
  end if;
  insert into public.audit_log (org_id, action, entity, entity_id, actor_user_id)
  values (v_org_id, case when p_problem is null then 'credential_verified' else 'credential_refused' end, 'credential', v_id, app.current_user_id());
  return true;
end
$$;

comment on function app.note_verification(text, timestamptz, text) is
  'Keeps what a provider said about the account that stood at p_updated_at: accepted (p_problem NULL), or why not, in our words. False when the account was replaced or removed meanwhile. Owner and admin only (VX403).';

select app.seal('app.note_verification(text, timestamptz, text)', 'app_writer', 'tenant_user');
-- end of sql/1308_function_note_verification.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1600_function_own_line.sql
create or replace function app.own_line(p_location_id uuid)
returns text
language sql
stable
set search_path = ''
as $$
  select l.phone
  from public.locations l
  where l.org_id = app.current_org_id() and l.id = p_location_id and not app.is_our_number(l.phone)
$$;

comment on function app.own_line(uuid) is
  'The location''s own line (E.164), which rings when we cannot answer; NULL when it has none, or when the number is one of ours: callers would go round in circles.';

select app.seal('app.own_line(uuid)', null, 'app_writer');
-- end of sql/1600_function_own_line.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1602_function_provisioning_status.sql
create or replace function app.provisioning_status(p_provisioning_id uuid)
returns setof app.provisioning_status
language sql
stable
security definer
set search_path = ''
as $$
  select p.id, n.id, p.number, p.state,
    (
      select s.step
      from public.provisioning_steps s
      where s.org_id = p.org_id and s.provisioning_id = p.id and p.state = 'running' and s.state in ('waiting', 'intended')
      order by s.position
      limit 1
    ),
    p.error, n.vapi_phone_number_id, n.routing, a.id, r.vapi_assistant_id, p.activated_at, p.attempted_at,
    (
      select jsonb_agg(
        jsonb_build_object('step', s.step, 'state', s.state, 'attempts', s.attempts, 'error', s.error) order by s.position)
      from public.provisioning_steps s
      where s.org_id = p.org_id and s.provisioning_id = p.id
    )
  from public.provisioning p
  left join public.phone_numbers n on n.org_id = p.org_id and n.number = p.number
  left join public.agents a
    on a.org_id = p.org_id and a.deleted_at is null
    and (a.id = n.agent_id or n.agent_id is null and a.role = 'inbound' and a.is_default)
  left join public.assistant_routes r on r.org_id = a.org_id and r.agent_id = a.id
  where p.org_id = app.require_org_id() and p.id = p_provisioning_id
$$;

comment on function app.provisioning_status(uuid) is
  'How a run stands, and which agent and assistant answer its number; no row for one that is not the tenant''s.';

select app.seal('app.provisioning_status(uuid)', 'app_writer', 'tenant_user', 'tenant_service');
-- end of sql/1602_function_provisioning_status.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1604_function_start_provisioning.sql
create or replace function app.start_provisioning(p_provisioning_id uuid)
returns void
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_now timestamptz := app.now();
begin
  -- A worker that is at a step by what it read before may write no more; what it makes until its lease would have been
  -- over is found by the next one, which therefore waits for that.
  update public.provisioning p
  set lease_id = null, lease_until = null, next_at = greatest(p.lease_until, v_now), updated_at = v_now
  where p.org_id = v_org_id and p.id = p_provisioning_id;
  perform app.enqueue_job('provision_number', jsonb_build_object('provisioning_id', p_provisioning_id));
  perform app.announce('provisioning_updated', 'provisioning', p_provisioning_id);
end
$$;

comment on function app.start_provisioning(uuid) is
  'Puts the job in that goes on with a run whose row just changed, and tells live clients.';

select app.seal('app.start_provisioning(uuid)', null, 'app_writer');
-- end of sql/1604_function_start_provisioning.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1606_function_reroute_numbers.sql
create or replace function app.reroute_numbers(p_location_id uuid, p_agent_id uuid, p_number text default null)
returns integer
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_now timestamptz;
  v_id uuid;
  v_count integer := 0;
begin
  for v_id in
    select p.id
    from public.provisioning p
    join public.phone_numbers n on n.org_id = p.org_id and n.number = p.number
    where p.org_id = v_org_id
      and p.state in ('running', 'active')
      and (n.location_id = p_location_id or n.number = p_number or p_agent_id = coalesce(n.agent_id, (
        select a.id from public.agents a
        where a.org_id = v_org_id and a.role = 'inbound' and a.is_default and a.deleted_at is null)) and n.routing = 'fixed')
    order by p.id
    for update of p
  loop
    v_now := app.now();
    update public.provisioning p
    set state = 'running', updated_at = v_now
    where p.org_id = v_org_id and p.id = v_id;
    update public.provisioning_steps s
    set state = 'waiting', attempts = 0, error = null, updated_at = v_now
    where s.org_id = v_org_id and s.provisioning_id = v_id and s.step = 'routing';
    perform app.start_provisioning(v_id);
    v_count := v_count + 1;
  end loop;
  return v_count;
end
$$;

comment on function app.reroute_numbers(uuid, uuid, text) is
  'Has numbers routed anew at Vapi, because what they point to changed: those of a location, those that carry an agent''s assistant, or one; each may be NULL. Returns how many there were.';

select app.seal('app.reroute_numbers(uuid, uuid, text)', null, 'app_writer');
-- end of sql/1606_function_reroute_numbers.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1608_function_begin_provisioning.sql
create or replace function app.begin_provisioning(
  p_number text,
  p_ciphertext bytea,
  p_nonce bytea,
  p_auth_tag bytea,
  p_key_id text,
  p_account_ref text,
  p_account_changed boolean,
  p_routing text default null
)
returns setof app.provisioning_status
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_now timestamptz;
  v_number public.phone_numbers;
  v_run public.provisioning;
begin
  perform app.require_admin();
  if p_routing not in ('dynamic', 'fixed') then
    raise exception 'routing is dynamic or fixed' using errcode = 'VX400';
  elsif not exists (
    select from public.agents a where a.org_id = v_org_id and a.role = 'inbound' and a.is_default and a.deleted_at is null) then
    raise exception 'save an inbound agent first: somebody has to answer the number' using errcode = 'VX409';
  elsif exists (select from public.locations l where l.org_id = v_org_id and l.phone = p_number) then
    raise exception 'this is a location''s own line, where callers go when we cannot answer: give that location another line first'
      using errcode = 'VX409';
  end if;
  -- Claims the number as well: of two organisations that want it, the second waits here and is refused.
  perform app.save_credential('twilio', p_ciphertext, p_nonce, p_auth_tag, p_key_id, p_account_ref, p_number);
  select * into v_number from public.phone_numbers n where n.org_id = v_org_id and n.number = p_number for update;
  select * into v_run
  from public.provisioning p
  where p.org_id = v_org_id and p.number = p_number and p.state not in ('undone', 'released')
  for update;
  v_now := app.now();
  if v_run.state in ('undoing', 'releasing') then
    raise exception 'this number is being given back at this moment: try again when that is done' using errcode = 'VX409';
  elsif coalesce(p_routing, v_number.routing) = 'fixed' and not exists (
    select from public.assistant_routes r
    join public.agents a on a.org_id = r.org_id and a.id = r.agent_id and a.deleted_at is null
    where r.org_id = v_org_id and (a.id = v_number.agent_id or v_number.agent_id is null and a.role = 'inbound' and a.is_default)) then
    raise exception 'the agent has no assistant at Vapi yet: try again in a moment' using errcode = 'VX409';
  end if;
  if v_run.id is null then
    insert into public.provisioning (org_id, number, account_ref, started_by)
    values (v_org_id, p_number, p_account_ref, app.current_user_id())
    returning * into v_run;
    insert into public.provisioning_steps (org_id, provisioning_id, position, step)
    select v_org_id, v_run.id, s.position, s.step
    from unnest(array['check', 'credential', 'import', 'messaging', 'routing']) with ordinality s (step, position);
    insert into public.audit_log (org_id, action, entity, entity_id, actor_user_id)
    values (v_org_id, 'number_set_up', 'phone_number', v_number.id, app.current_user_id());
    perform app.start_provisioning(v_run.id);
  elsif p_account_changed or v_run.state = 'active' and v_run.error is not null or coalesce(p_routing, v_number.routing) <> v_number.routing then
    -- Everything is gone through again; each step finds what it made before.
    update public.provisioning p
    set state = 'running', account_ref = p_account_ref, error = null, updated_at = v_now
    where p.org_id = v_org_id and p.id = v_run.id;
    update public.provisioning_steps s
    set state = 'waiting', attempts = 0, error = null, updated_at = v_now
    where s.org_id = v_org_id and s.provisioning_id = v_run.id;
    perform app.start_provisioning(v_run.id);
  end if;
  update public.phone_numbers n
  set routing = coalesce(p_routing, n.routing), updated_at = v_now
  where n.org_id = v_org_id and n.id = v_number.id and n.routing is distinct from coalesce(p_routing, n.routing);
  return query select * from app.provisioning_status(v_run.id);
end
$$;

comment on function app.begin_provisioning(text, bytea, bytea, bytea, text, text, boolean, text) is
  'Begins giving the tenant a number (E.164) of the Twilio account that was just verified and sealed, or goes on with the run it has: claims the number, keeps the account, writes the run and its steps, puts the job in. The same again changes nothing; after a failure, with another token (p_account_changed) or another routing every step is gone through again. p_routing NULL: as it is, at first dynamic. Owner or admin only (VX403). VX400: no number; VX409: the number is another organisation''s or the clinic''s own line, there is no inbound agent (or, for fixed, no assistant), or the number is being given back.';

select app.seal('app.begin_provisioning(text, bytea, bytea, bytea, text, text, boolean, text)', 'app_writer', 'tenant_user');
-- end of sql/1608_function_begin_provisioning.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1610_function_conclude_provisioning.sql
create or replace function app.conclude_provisioning(p_provisioning_id uuid)
returns void
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_now timestamptz := app.now();
  v_run public.provisioning;
  v_other text;
begin
  select * into v_run from public.provisioning p where p.org_id = v_org_id and p.id = p_provisioning_id;
  if v_run.state = 'running' then
    update public.provisioning p
    set state = 'active', activated_at = coalesce(p.activated_at, v_now), error = null,
      lease_id = null, lease_until = null, next_at = null, updated_at = v_now
    where p.org_id = v_org_id and p.id = p_provisioning_id;
  else
    update public.provisioning p
    set state = case p.state when 'undoing' then 'undone' else 'released' end, ended_at = v_now,
      lease_id = null, lease_until = null, next_at = null, updated_at = v_now
    where p.org_id = v_org_id and p.id = p_provisioning_id;
  end if;
  if v_run.state = 'releasing' then
    delete from public.phone_numbers n where n.org_id = v_org_id and n.number = v_run.number;
    -- Texts leave from another number of the account, or from none: replies to a number given back reach nobody of ours.
    select p.number into v_other
    from public.provisioning p
    where p.org_id = v_org_id and p.state in ('running', 'active') and p.activated_at is not null
    order by p.activated_at, p.id
    limit 1;
    update public.org_credentials c
    set sender = v_other, updated_at = v_now
    where c.org_id = v_org_id and c.provider = 'twilio' and c.sender = v_run.number;
  end if;
  perform app.announce('provisioning_updated', 'provisioning', p_provisioning_id);
end
$$;

comment on function app.conclude_provisioning(uuid) is
  'Ends a run whose steps are all done (active) or undone. A released number''s row goes; the account is kept, its texts leave from another number of the clinic''s or, without one, from none. After a failed set-up the number stays the clinic''s, to text from.';

select app.seal('app.conclude_provisioning(uuid)', null, 'app_writer');
-- end of sql/1610_function_conclude_provisioning.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1612_function_take_provisioning_step.sql
-- A step makes network calls, so a transaction's lock cannot guard it: a lease does. Ninety seconds are longer than any
-- step; a worker that died holds the next one up for that long and no longer.
create or replace function app.take_provisioning_step(p_provisioning_id uuid, p_lease_id uuid)
returns setof app.provisioning_task
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_now timestamptz;
  v_run public.provisioning;
  v_step public.provisioning_steps;
  v_until timestamptz;
  v_task app.provisioning_task;
begin
  select * into v_run from public.provisioning p where p.org_id = v_org_id and p.id = p_provisioning_id for update;
  v_now := app.now();
  v_task.outcome := 'over';
  v_task.wait_seconds := 0;
  if v_run.id is null or v_run.state in ('active', 'undone', 'released') then
    return next v_task;
    return;
  end if;
  if v_run.state = 'running' then
    select * into v_step
    from public.provisioning_steps s
    where s.org_id = v_org_id and s.provisioning_id = v_run.id and s.state in ('waiting', 'intended')
    order by s.position
    limit 1;
  else
    -- What the check and the routing did goes with the number.
    select * into v_step
    from public.provisioning_steps s
    where s.org_id = v_org_id and s.provisioning_id = v_run.id and s.step in ('credential', 'import', 'messaging')
      and s.intended_at is not null and s.state in ('waiting', 'intended', 'done')
    order by s.position desc
    limit 1;
  end if;
  v_until := greatest(case when v_run.lease_id <> p_lease_id then v_run.lease_until end, v_run.next_at,
    case when v_run.state <> 'running' then v_step.settle_at end);
  if v_until > v_now then
    v_task.outcome := case when v_run.lease_until > v_now and v_run.lease_id <> p_lease_id then 'busy' else 'wait' end;
    v_task.wait_seconds := ceil(extract(epoch from v_until - v_now));
    return next v_task;
    return;
  elsif v_step.id is null then
    perform app.conclude_provisioning(v_run.id);
    return next v_task;
    return;
  end if;
  update public.provisioning_steps s
  set state = case v_run.state when 'running' then 'intended' else s.state end, attempts = s.attempts + 1,
    intended_at = coalesce(s.intended_at, v_now), updated_at = v_now
  where s.org_id = v_org_id and s.id = v_step.id;
  update public.provisioning p
  set lease_id = p_lease_id, lease_until = v_now + interval '90 seconds', attempted_at = v_now, updated_at = v_now
  where p.org_id = v_org_id and p.id = v_run.id;
  perform app.announce('provisioning_updated', 'provisioning', v_run.id);
  return query
  select case v_run.state when 'running' then 'act' when 'undoing' then 'undo' else 'release' end, 0, v_step.step, v_run.number, v_step.attempts + 1,
    v_step.external_id, v_step.undo, looked.external_id, looked.undo, made.external_id, n.vapi_phone_number_id, n.routing,
    app.own_line(n.location_id), r.vapi_assistant_id
  from public.provisioning_steps looked
  join public.provisioning_steps made
    on made.org_id = looked.org_id and made.provisioning_id = looked.provisioning_id and made.step = 'import'
  left join public.phone_numbers n on n.org_id = v_org_id and n.number = v_run.number
  left join public.agents a
    on a.org_id = v_org_id and a.deleted_at is null
    and (a.id = n.agent_id or n.agent_id is null and a.role = 'inbound' and a.is_default)
  left join public.assistant_routes r on r.org_id = a.org_id and r.agent_id = a.id
  where looked.org_id = v_org_id and looked.provisioning_id = v_run.id and looked.step = 'check';
end
$$;

comment on function app.take_provisioning_step(uuid, uuid) is
  'Decides what is next in a run and takes the lease for it (p_lease_id, made up by the worker) for ninety seconds. That the step is about to act is written down before it does: who finds the note looks first. Steps are undone in the opposite order, those that never began not at all.';

select app.seal('app.take_provisioning_step(uuid, uuid)', 'app_writer', 'tenant_service');
-- end of sql/1612_function_take_provisioning_step.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1614_function_finish_provisioning_step.sql
create or replace function app.finish_provisioning_step(
  p_provisioning_id uuid,
  p_lease_id uuid,
  p_step text,
  p_external_id text default null,
  p_undo jsonb default null,
  p_skipped boolean default false
)
returns boolean
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_now timestamptz;
  v_run public.provisioning;
begin
  select * into v_run
  from public.provisioning p
  where p.org_id = v_org_id and p.id = p_provisioning_id and p.lease_id = p_lease_id
  for update;
  if v_run.id is null or v_run.state not in ('running', 'undoing', 'releasing') then
    return false;
  end if;
  v_now := app.now();
  update public.provisioning_steps s
  set state = case when v_run.state <> 'running' then 'undone' when p_skipped then 'skipped' else 'done' end,
    external_id = coalesce(p_external_id, s.external_id), undo = coalesce(p_undo, s.undo),
    error = null, settle_at = null, updated_at = v_now
  where s.org_id = v_org_id and s.provisioning_id = v_run.id and s.step = p_step;
  if p_step = 'import' then
    update public.phone_numbers n
    set vapi_phone_number_id = case
        when v_run.state = 'running' then p_external_id
        -- It was the clinic's before this run, and stays at Vapi.
        when p_skipped then n.vapi_phone_number_id
      end,
      updated_at = v_now
    where n.org_id = v_org_id and n.number = v_run.number;
  elsif p_step = 'credential' then
    update public.org_credentials c
    set vapi_credential_id = case when v_run.state = 'running' then p_external_id end
    where c.org_id = v_org_id and c.provider = 'twilio';
  end if;
  update public.provisioning p
  set lease_id = null, lease_until = null, next_at = null, updated_at = v_now
  where p.org_id = v_org_id and p.id = v_run.id;
  if v_run.state = 'running' and not exists (
    select from public.provisioning_steps s
    where s.org_id = v_org_id and s.provisioning_id = v_run.id and s.state in ('waiting', 'intended')) then
    perform app.conclude_provisioning(v_run.id);
  else
    perform app.announce('provisioning_updated', 'provisioning', v_run.id);
  end if;
  return true;
end
$$;

comment on function app.finish_provisioning_step(uuid, uuid, text, text, jsonb, boolean) is
  'Writes that a step was done (or, where a run is undone, undone), what it made outside and what would undo it; the last step makes the line active. p_skipped: the provider has no such door, or what is there was there before. False: the lease is lost, and nothing was written.';

select app.seal('app.finish_provisioning_step(uuid, uuid, text, text, jsonb, boolean)', 'app_writer', 'tenant_service');
-- end of sql/1614_function_finish_provisioning_step.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1615_function_turn_around.sql
create or replace function app.turn_around(p_provisioning_id uuid, p_state text)
returns void
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_now timestamptz := app.now();
  v_busy_until timestamptz;
begin
  select p.lease_until into v_busy_until
  from public.provisioning p
  where p.org_id = v_org_id and p.id = p_provisioning_id and p.lease_until > v_now;
  update public.provisioning p
  set state = p_state, lease_id = null, lease_until = null, next_at = null, updated_at = v_now
  where p.org_id = v_org_id and p.id = p_provisioning_id;
  update public.provisioning_steps s
  set attempts = 0, updated_at = v_now,
    -- A worker is at it at this moment, and may make something after we looked.
    settle_at = case when s.state = 'intended' then greatest(s.settle_at, v_busy_until) else s.settle_at end
  where s.org_id = v_org_id and s.provisioning_id = p_provisioning_id;
end
$$;

comment on function app.turn_around(uuid, text) is
  'From here on a run takes away what it made: undoing after a failure, releasing as the clinic wishes. A step that a worker is at is undone when its lease is over.';

select app.seal('app.turn_around(uuid, text)', null, 'app_writer');
-- end of sql/1615_function_turn_around.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1616_function_fail_provisioning_step.sql
create or replace function app.fail_provisioning_step(
  p_provisioning_id uuid,
  p_lease_id uuid,
  p_step text,
  p_error text,
  p_final boolean,
  p_may_still_act boolean default false,
  p_pause_seconds integer default 0
)
returns boolean
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_now timestamptz;
  v_run public.provisioning;
  v_attempts integer;
  v_final boolean;
  v_pause integer;
begin
  select * into v_run
  from public.provisioning p
  where p.org_id = v_org_id and p.id = p_provisioning_id and p.lease_id = p_lease_id
  for update;
  if v_run.id is null or v_run.state not in ('running', 'undoing', 'releasing') then
    return false;
  end if;
  v_now := app.now();
  select s.attempts into v_attempts
  from public.provisioning_steps s
  where s.org_id = v_org_id and s.provisioning_id = v_run.id and s.step = p_step;
  -- Nothing is left outside because of one refusal: twenty tries of undoing last about three hours.
  v_final := p_final and (v_run.state = 'running' or v_attempts >= 20);
  update public.provisioning_steps s
  set error = p_error, updated_at = v_now,
    -- A gateway may give up before what it asked for is done.
    settle_at = case when p_may_still_act then v_now + interval '30 seconds' else s.settle_at end,
    state = case when v_final and v_run.state <> 'running' then 'left' else s.state end
  where s.org_id = v_org_id and s.provisioning_id = v_run.id and s.step = p_step;
  if v_final and v_run.state <> 'running' and p_step = 'import' then
    update public.phone_numbers n
    set vapi_phone_number_id = null, updated_at = v_now
    where n.org_id = v_org_id and n.number = v_run.number;
  end if;
  v_pause := greatest(least(2 ^ least(v_attempts - 1, 10), case v_run.state when 'running' then 30 else 900 end)::integer, p_pause_seconds);
  update public.provisioning p
  set error = case when v_run.state = 'running' or p.error is null then p_error else p.error end,
    lease_id = null, lease_until = null, next_at = case when v_final then v_now else v_now + make_interval(secs => v_pause) end,
    updated_at = v_now
  where p.org_id = v_org_id and p.id = v_run.id;
  if v_run.state = 'running' and (v_final or v_attempts >= 4) then
    if v_run.activated_at is null then
      perform app.turn_around(v_run.id, 'undoing');
    else
      -- A line that works is not taken down because a change of it failed.
      update public.provisioning p set state = 'active', next_at = null where p.org_id = v_org_id and p.id = v_run.id;
    end if;
  end if;
  perform app.announce('provisioning_updated', 'provisioning', v_run.id);
  return true;
end
$$;

comment on function app.fail_provisioning_step(uuid, uuid, text, text, boolean, boolean, integer) is
  'Writes why a step failed (p_error, a word of ours) and decides what follows: another try after 1, 2 and 4 seconds (p_pause_seconds: not sooner, the provider asks for it); after the fourth, or when it is final, a run that never worked is undone and one that works stays as it was. Undoing goes on trying, in growing steps to a quarter of an hour; what is refused for good twenty times is left and named. p_may_still_act: nobody answered, so what it made is looked for half a minute later. False: the lease is lost.';

select app.seal('app.fail_provisioning_step(uuid, uuid, text, text, boolean, boolean, integer)', 'app_writer', 'tenant_service');
-- end of sql/1616_function_fail_provisioning_step.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1618_function_undo_provisioning.sql
create or replace function app.undo_provisioning(p_provisioning_id uuid)
returns boolean
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_run public.provisioning;
begin
  select * into v_run from public.provisioning p where p.org_id = v_org_id and p.id = p_provisioning_id for update;
  if v_run.id is null or v_run.state in ('undone', 'released') then
    return false;
  end if;
  if v_run.state in ('running', 'active') then
    perform app.turn_around(v_run.id, 'undoing');
  end if;
  perform app.start_provisioning(v_run.id);
  return true;
end
$$;

comment on function app.undo_provisioning(uuid) is
  'Has a run undone, whatever it is at, or its undoing tried again at once; the number stays the clinic''s, to text from. False when there is nothing to undo.';

select app.seal('app.undo_provisioning(uuid)', 'app_writer', 'tenant_service');
-- end of sql/1618_function_undo_provisioning.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1620_function_release_phone_number.sql
create or replace function app.release_phone_number(p_phone_number_id uuid)
returns uuid
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_number public.phone_numbers;
  v_run public.provisioning;
begin
  perform app.require_admin();
  select * into v_number
  from public.phone_numbers n
  where n.org_id = v_org_id and n.id = p_phone_number_id
  for update;
  if v_number.id is null then
    raise exception 'there is no such number' using errcode = 'VX404';
  end if;
  select * into v_run
  from public.provisioning p
  where p.org_id = v_org_id and p.number = v_number.number and p.state not in ('undone', 'released')
  for update;
  if v_run.id is null then
    -- Nothing of it was set up outside by us; it gets a run all the same, so that its end is told like any other.
    insert into public.provisioning (org_id, number, account_ref, state, started_by)
    values (v_org_id, v_number.number, '', 'releasing', app.current_user_id())
    returning * into v_run;
    perform app.conclude_provisioning(v_run.id);
  elsif v_run.state <> 'releasing' then
    perform app.turn_around(v_run.id, 'releasing');
    perform app.start_provisioning(v_run.id);
  end if;
  insert into public.audit_log (org_id, action, entity, entity_id, actor_user_id)
  values (v_org_id, 'number_released', 'phone_number', v_number.id, app.current_user_id());
  return v_run.id;
end
$$;

comment on function app.release_phone_number(uuid) is
  'Gives a number up: its run is undone outside, then its row goes; the Twilio account is kept. Returns the run, to wait for. Owner or admin only (VX403). VX404: no such number.';

select app.seal('app.release_phone_number(uuid)', 'app_writer', 'tenant_user');
-- end of sql/1620_function_release_phone_number.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1622_function_inbound_status.sql
create or replace function app.inbound_status()
returns setof app.provisioning_status
language sql
stable
security definer
set search_path = ''
as $$
  select s.*
  from public.provisioning p
  cross join lateral app.provisioning_status(p.id) s
  where p.org_id = app.require_org_id()
  -- The line that works, then what is under way, then what came last.
  order by case when p.state in ('undone', 'released') then 3 when p.activated_at is null then 2 else 1 end, p.created_at desc, p.id
  limit 1
$$;

comment on function app.inbound_status() is
  'How the clinic''s line stands: of a line that works, else of the set-up under way, else of the last one. No row before the first.';

select app.seal('app.inbound_status()', 'app_writer', 'tenant_user', 'tenant_service');
-- end of sql/1622_function_inbound_status.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1624_function_note_number_check.sql
create or replace function app.note_number_check(p_provisioning_id uuid, p_error text)
returns void
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  update public.provisioning p
  set error = p_error, attempted_at = app.now(), updated_at = app.now()
  where p.org_id = app.require_org_id() and p.id = p_provisioning_id and p.state = 'active' and p.error is distinct from p_error;
  if found then
    perform app.announce('provisioning_updated', 'provisioning', p_provisioning_id);
  end if;
end
$$;

comment on function app.note_number_check(uuid, text) is
  'Keeps what a check of a working line found wrong (a word of ours; NULL: nothing), for its status. With an error there, setting the number up again goes through every step.';

select app.seal('app.note_number_check(uuid, text)', 'app_writer', 'tenant_service');
-- end of sql/1624_function_note_number_check.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1625_function_line_to_check.sql
create or replace function app.line_to_check()
returns setof app.provisioning_task
language sql
stable
security definer
set search_path = ''
as $$
  select 'check', 0, made.provisioning_id::text, s.number, null::integer, made.external_id, made.undo, looked.external_id, looked.undo,
    made.external_id, s.vapi_phone_number_id, s.routing, app.own_line(n.location_id), s.vapi_assistant_id
  from app.inbound_status() s
  join public.phone_numbers n on n.org_id = app.require_org_id() and n.id = s.phone_number_id
  join public.provisioning_steps made
    on made.org_id = n.org_id and made.provisioning_id = s.provisioning_id and made.step = 'import'
  join public.provisioning_steps looked
    on looked.org_id = n.org_id and looked.provisioning_id = s.provisioning_id and looked.step = 'check'
  where s.activated_at is not null and s.state in ('running', 'active')
$$;

comment on function app.line_to_check() is
  'What should be so outside for the clinic''s line that works, as a task with outcome check; step is the id of its run. No row: no line works.';

select app.seal('app.line_to_check()', 'app_writer', 'tenant_service');
-- end of sql/1625_function_line_to_check.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1626_function_due_provisionings.sql
create or replace function app.due_provisionings(p_limit integer, p_routed_as text)
returns setof app.provisioning_ref
language sql
stable
security definer
set search_path = ''
as $$
  select p.org_id, p.id
  from public.provisioning p
  cross join (select app.now() as now) clock
  where (p.lease_until is null or p.lease_until <= clock.now)
    and case
      when p.state in ('running', 'undoing', 'releasing') then coalesce(p.next_at, p.updated_at) <= clock.now - interval '5 seconds'
      when p.state = 'active' then p.updated_at <= clock.now - interval '10 minutes' and exists (
        select from public.provisioning_steps s
        where s.org_id = p.org_id and s.provisioning_id = p.id and s.step = 'routing' and s.external_id is distinct from p_routed_as)
    end
  order by p.updated_at, p.id
  limit p_limit
$$;

comment on function app.due_provisionings(integer, text) is
  'Runs of all tenants that are due and that nobody works on: their worker died, or its job was lost; five seconds are left to the job that should be on its way. Also lines that work and were routed otherwise than p_routed_as says (another address of ours, another secret), at most every ten minutes.';

select app.seal('app.due_provisionings(integer, text)', 'app_definer', 'voxanne_login');
-- end of sql/1626_function_due_provisionings.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1628_function_refresh_routing.sql
create or replace function app.refresh_routing(p_provisioning_id uuid, p_routed_as text)
returns boolean
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_now timestamptz;
  v_run public.provisioning;
begin
  select * into v_run from public.provisioning p where p.org_id = v_org_id and p.id = p_provisioning_id for update;
  v_now := app.now();
  if v_run.state is distinct from 'active' then
    return false;
  end if;
  update public.provisioning_steps s
  set state = 'waiting', attempts = 0, error = null, updated_at = v_now
  where s.org_id = v_org_id and s.provisioning_id = p_provisioning_id and s.step = 'routing'
    and s.external_id is distinct from p_routed_as;
  if not found then
    return false;
  end if;
  update public.provisioning p
  set state = 'running', next_at = null, updated_at = v_now
  where p.org_id = v_org_id and p.id = p_provisioning_id;
  return true;
end
$$;

comment on function app.refresh_routing(uuid, text) is
  'Has a line that works routed anew when it was routed otherwise than p_routed_as says, as after a change of our address or of the webhook''s secret. Returns whether there is something to do.';

select app.seal('app.refresh_routing(uuid, text)', 'app_writer', 'tenant_service');
-- end of sql/1628_function_refresh_routing.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1630_function_phone_numbers_shown.sql
create or replace function app.phone_numbers_shown()
returns setof app.phone_number_row
language sql
stable
set search_path = ''
as $$
  select n.id, n.number, n.provider, l.id, l.name, app.own_line(l.id), n.agent_id, a.name, n.routing, n.vapi_phone_number_id,
    r.vapi_assistant_id, p.state, p.error, n.created_at, n.updated_at, count(*) over (), false
  from public.phone_numbers n
  join public.locations l on l.org_id = n.org_id and l.id = n.location_id
  left join public.agents a
    on a.org_id = n.org_id and a.deleted_at is null
    and (a.id = n.agent_id or n.agent_id is null and a.role = 'inbound' and a.is_default)
  left join public.assistant_routes r on r.org_id = a.org_id and r.agent_id = a.id
  left join public.provisioning p on p.org_id = n.org_id and p.number = n.number and p.state not in ('undone', 'released')
  where n.org_id = app.require_org_id()
$$;

comment on function app.phone_numbers_shown() is
  'The clinic''s numbers with who answers them, as the dashboard shows them. A clinic has a handful, so the count is always true.';

select app.seal('app.phone_numbers_shown()', null, 'app_writer');
-- end of sql/1630_function_phone_numbers_shown.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1632_function_list_phone_numbers.sql
create or replace function app.list_phone_numbers(p_page integer, p_limit integer, p_at_vapi boolean default false)
returns setof app.phone_number_row
language sql
stable
security definer
set search_path = ''
as $$
  select s.id, s.number, s.provider, s.location_id, s.location_name, s.own_line, s.agent_id, s.agent_name, s.routing,
    s.vapi_phone_number_id, s.vapi_assistant_id, s.state, s.error, s.created_at, s.updated_at, count(*) over (), false
  from app.phone_numbers_shown() s
  where not p_at_vapi or s.vapi_phone_number_id is not null
  order by s.created_at, s.id
  limit p_limit offset (p_page - 1) * p_limit
$$;

comment on function app.list_phone_numbers(integer, integer, boolean) is
  'A page of the clinic''s numbers, oldest first; p_at_vapi: only those that calls reach.';

select app.seal('app.list_phone_numbers(integer, integer, boolean)', 'app_writer', 'tenant_user');
-- end of sql/1632_function_list_phone_numbers.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1634_function_find_phone_number.sql
create or replace function app.find_phone_number(p_id uuid, p_number text default null)
returns setof app.phone_number_row
language sql
stable
security definer
set search_path = ''
as $$
  select s.*
  from app.phone_numbers_shown() s
  where s.id = p_id or s.number = p_number
$$;

comment on function app.find_phone_number(uuid, text) is
  'One of the clinic''s numbers, by its id or as E.164; no row for anybody else''s, so that nobody learns which numbers there are.';

select app.seal('app.find_phone_number(uuid, text)', 'app_writer', 'tenant_user');
-- end of sql/1634_function_find_phone_number.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1636_function_map_phone_number.sql
create or replace function app.map_phone_number(p_phone_number_id uuid, p_fields jsonb)
returns setof app.phone_number_row
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_old public.phone_numbers;
  v_new public.phone_numbers;
begin
  perform app.require_admin();
  perform app.check_fields(p_fields, 'location_id', 'agent_id', 'routing');
  select * into v_old
  from public.phone_numbers n
  where n.org_id = v_org_id and n.id = p_phone_number_id
  for update;
  if v_old.id is null then
    raise exception 'there is no such number' using errcode = 'VX404';
  end if;
  v_new := v_old;
  v_new.location_id := coalesce((p_fields ->> 'location_id')::uuid, v_old.location_id);
  v_new.agent_id := case when p_fields ? 'agent_id' then (p_fields ->> 'agent_id')::uuid else v_old.agent_id end;
  v_new.routing := coalesce(p_fields ->> 'routing', v_old.routing);
  if v_new.routing not in ('dynamic', 'fixed') then
    raise exception 'routing is dynamic or fixed' using errcode = 'VX400';
  elsif not exists (select from public.locations l where l.org_id = v_org_id and l.id = v_new.location_id) then
    raise exception 'there is no such location' using errcode = 'VX404';
  elsif v_new.agent_id is not null and not exists (
    select from public.agents a
    where a.org_id = v_org_id and a.id = v_new.agent_id and a.role = 'inbound' and a.deleted_at is null) then
    raise exception 'there is no such inbound agent' using errcode = 'VX404';
  elsif v_new.routing = 'fixed' and not exists (
    select from public.assistant_routes r
    join public.agents a on a.org_id = r.org_id and a.id = r.agent_id and a.deleted_at is null
    where r.org_id = v_org_id and (a.id = v_new.agent_id or v_new.agent_id is null and a.role = 'inbound' and a.is_default)) then
    raise exception 'the agent has no assistant at Vapi yet: try again in a moment' using errcode = 'VX409';
  end if;
  if (v_new.location_id, v_new.agent_id, v_new.routing) is distinct from (v_old.location_id, v_old.agent_id, v_old.routing) then
    update public.phone_numbers n
    set location_id = v_new.location_id, agent_id = v_new.agent_id, routing = v_new.routing, updated_at = app.now()
    where n.org_id = v_org_id and n.id = v_old.id;
    perform app.reroute_numbers(null, null, v_old.number);
    insert into public.audit_log (org_id, action, entity, entity_id, actor_user_id)
    values (v_org_id, 'number_mapped', 'phone_number', v_old.id, app.current_user_id());
  end if;
  return query select * from app.find_phone_number(v_old.id);
exception
  when data_exception then
    raise exception 'an id is not a UUID' using errcode = 'VX400';
end
$$;

comment on function app.map_phone_number(uuid, jsonb) is
  'Says which location and agent answer a number, and how it is routed; returns it. p_fields may hold location_id, agent_id (null: the default agent) and routing; what is absent stays. A number in use is routed anew at Vapi. Owner and admin only (VX403). VX404: no such number, location or inbound agent; VX400: an unknown field; VX409: fixed routing to an agent without an assistant.';

select app.seal('app.map_phone_number(uuid, jsonb)', 'app_writer', 'tenant_user');
-- end of sql/1636_function_map_phone_number.sql
-- +goose StatementEnd

-- +goose StatementBegin
revoke create on schema app from app_writer, app_definer, app_searcher;
-- +goose StatementEnd

-- +goose Down
-- +goose StatementBegin
do $$ begin
  if not pg_has_role(current_user, 'app_writer', 'usage') then execute format('grant app_writer to %I', current_user); end if;
  if not pg_has_role(current_user, 'app_definer', 'usage') then execute format('grant app_definer to %I', current_user); end if;
  if not pg_has_role(current_user, 'app_searcher', 'usage') then execute format('grant app_searcher to %I', current_user); end if;
end $$;
grant create on schema app to app_writer, app_definer, app_searcher;
-- +goose StatementEnd

-- +goose StatementBegin
drop function app.map_phone_number;
drop function app.find_phone_number;
drop function app.list_phone_numbers;
drop function app.phone_numbers_shown;
drop function app.refresh_routing;
drop function app.due_provisionings;
drop function app.line_to_check;
drop function app.note_number_check;
drop function app.inbound_status;
drop function app.release_phone_number;
drop function app.undo_provisioning;
drop function app.fail_provisioning_step;
drop function app.turn_around;
drop function app.finish_provisioning_step;
drop function app.take_provisioning_step;
drop function app.conclude_provisioning;
drop function app.begin_provisioning;
drop function app.reroute_numbers;
drop function app.start_provisioning;
drop function app.provisioning_status;
drop function app.own_line;
drop function app.note_verification;
drop function app.integrations;
drop function app.note_effect;
drop function app.invitation_of_message;
drop function app.renew_invitation;
drop function app.invite_member;
drop function app.list_invitations;
drop function app.mail_invitation;
drop function app.invitation_mail;
drop function app.found_ids;
drop function app.page_span;
drop function app.remove_member;
drop function app.change_member_role;
drop function app.may_change_member;
drop function app.withdraw_invitation;
drop function app.set_org_settings;
drop function app.delete_resource;
drop function app.save_resource;
drop function app.delete_service;
drop function app.save_service;
drop function app.delete_location;
drop function app.save_location;
drop function app.minutes_or;
drop function app.check_fields;
drop function app.abandon_request;
drop function app.finish_request;
drop function app.claim_request;
drop function app.list_audit_log;
drop function app.recent_activity;
drop function app.list_leads;
drop function app.delete_notification;
drop function app.read_all_notifications;
drop function app.read_notification;
drop function app.count_unread_notifications;
drop function app.list_notifications;
drop function app.export_messages;
drop function app.list_messages;
drop function app.delete_call;
drop function app.blank_calls;
drop function app.read_call;
drop function app.call_stats;
drop function app.list_calls;
drop function app.clinic_period;
drop function app.call_state;
drop function app.list_booking_attempts;
drop function app.slots_of_days;
drop function app.change_appointment;
drop function app.book_by_staff;
drop function app.conclude_appointment;
drop function app.appointment_story;
drop function app.list_appointments;
drop function app.contacts_like;
drop function app.appointment_rows;
drop function app.period_bound;
drop function app.wished_instant;
drop function app.merge_contacts;
drop function app.merge_histories;
drop function app.merge_patients;
drop function app.save_patient;
drop function app.create_contact;
drop function app.change_contact;
drop function app.write_contact;
drop function app.contact_stats;
drop function app.list_contacts;
drop function app.contact_search;
drop function app.score_of_status;
drop policy if exists searcher_finds on public.messages;
drop policy if exists searcher_finds on public.call_logs;
drop policy if exists searcher_finds on public.patients;
drop policy if exists searcher_finds on public.contacts;
drop policy if exists definer_crosses on public.provisioning_steps;
drop policy if exists definer_crosses on public.provisioning;
drop policy if exists definer_crosses on public.agent_tools;
drop policy if exists definer_crosses on public.agents;
drop policy if exists service_role_sees_all on public.vapi_pace;
drop policy if exists definer_crosses on public.vapi_pace;
drop policy if exists service_role_sees_all on public.vapi_tools;
drop policy if exists definer_crosses on public.vapi_tools;
drop policy if exists registry_reads on public.vapi_tools;
drop policy if exists definer_crosses on public.idempotency_keys;
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
-- back to sql/0010_function_seal.sql
-- Functions are executable by PUBLIC from birth, and older Supabase projects grant more by default privileges.
-- Every function file ends with a call of this one, so that who may call it, and as whom it runs, stands in one line.
create or replace function app.seal(p_function text, p_owner text, variadic p_grantees text[] default '{}')
returns void
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_function regprocedure := p_function::regprocedure;
  v_role text;
begin
  execute format('revoke all on function %s from public', v_function);
  for v_role in
    select rolname from pg_catalog.pg_roles
    where rolname in (
      'anon', 'authenticated', 'service_role', 'voxanne_login',
      'tenant_user', 'tenant_service', 'app_writer', 'app_definer'
    )
  loop
    execute format('revoke all on function %s from %I', v_function, v_role);
  end loop;
  foreach v_role in array p_grantees loop
    execute format('grant execute on function %s to %I', v_function, v_role);
  end loop;
  if p_owner is not null then
    execute format('alter function %s owner to %I', v_function, p_owner);
    execute format('grant execute on function %s to %I', v_function, p_owner);
  end if;
end
$$;

comment on function app.seal(text, text, text[]) is
  'Closes a function to everyone, opens it to the named roles and gives it to its owner (null: stays with the migrating role). Called at the end of every function file.';

revoke all on function app.seal(text, text, text[]) from public;
-- end of sql/0010_function_seal.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- back to sql/0040_function_current_org_id.sql
-- Only app_metadata counts: a user can write user_metadata. After a transaction the setting is '' and not NULL.
-- A standard body is bound to what it names when it is made: safe without a search path, and so it can be inlined.
create or replace function app.current_org_id()
returns uuid
language sql
stable
parallel safe
begin atomic
  select (nullif(current_setting('request.jwt.claims', true), '')::jsonb -> 'app_metadata' ->> 'org_id')::uuid;
end;

comment on function app.current_org_id() is
  'The tenant of the running request: request.jwt.claims -> app_metadata -> org_id, as Supabase''s auth.jwt() reads it. NULL without claims, and then every policy hides every row.';

select app.seal('app.current_org_id()', null, 'tenant_user', 'tenant_service', 'app_writer', 'app_definer', 'service_role');
-- end of sql/0040_function_current_org_id.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- back to sql/0100_function_protect_table.sql
-- Every tenant table gets the same shape from one place: a table that forgot a policy would be a leak nobody sees.
create or replace function app.protect_table(p_table regclass, p_org_column text default 'org_id')
returns void
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_role text;
  v_sequence regclass;
  v_same_org text := format('%I = (select app.current_org_id())', p_org_column);
begin
  execute format('alter table %s enable row level security', p_table);
  execute format('alter table %s force row level security', p_table);

  execute format('revoke all on table %s from public', p_table);
  for v_role in
    select rolname from pg_catalog.pg_roles
    where rolname in ('anon', 'authenticated', 'service_role', 'voxanne_login',
      'tenant_user', 'tenant_service', 'app_writer', 'app_definer')
  loop
    execute format('revoke all on table %s from %I', p_table, v_role);
    -- Identity columns need no right on their sequence; old Supabase projects open it to every browser.
    for v_sequence in
      select d.objid::regclass
      from pg_catalog.pg_depend d
      join pg_catalog.pg_class s on s.oid = d.objid and s.relkind = 'S'
      where d.classid = 'pg_catalog.pg_class'::regclass and d.refclassid = d.classid and d.refobjid = p_table
    loop
      execute format('revoke all on sequence %s from %I', v_sequence, v_role);
    end loop;
  end loop;

  execute format('drop policy if exists tenant_reads on %s', p_table);
  execute format('drop policy if exists writer_writes on %s', p_table);
  execute format('drop policy if exists service_role_sees_all on %s', p_table);
  execute format(
    'create policy tenant_reads on %s for select to tenant_user, tenant_service using (%s)', p_table, v_same_org);
  execute format(
    'create policy writer_writes on %s for all to app_writer using (%s) with check (%s)', p_table, v_same_org, v_same_org);
  -- On plain PostgreSQL nobody but a superuser can make a BYPASSRLS role, so service_role sees all by policy.
  execute format(
    'create policy service_role_sees_all on %s for all to service_role using (true) with check (true)', p_table);

  execute format('grant select on table %s to tenant_user, tenant_service', p_table);
  execute format('grant select, insert, update, delete on table %s to app_writer, service_role', p_table);
end
$$;

comment on function app.protect_table(regclass, text) is
  'Gives a tenant table its row security: tenants read their own rows, only app_writer''s functions write, service_role sees all, everyone else has no rights. Reappliable.';

select app.seal('app.protect_table(regclass, text)', null);
-- end of sql/0100_function_protect_table.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- back to sql/0110_policy_tenant_tables.sql
-- The write matrix: tenant roles read, functions of app_writer write. Rows that cross tenants are listed below.
select app.protect_table('public.organizations', 'id');
select app.protect_table('public.locations');
select app.protect_table('public.departments');
select app.protect_table('public.profiles');
select app.protect_table('public.invitations');
select app.protect_table('public.agents');
select app.protect_table('public.assistant_routes');
select app.protect_table('public.phone_numbers');
select app.protect_table('public.services');
select app.protect_table('public.resources');
select app.protect_table('public.resource_services');
select app.protect_table('public.business_hours');
select app.protect_table('public.closures');
select app.protect_table('public.calendar_links');
select app.protect_table('public.busy_blocks');
select app.protect_table('public.contacts');
select app.protect_table('public.call_logs');
select app.protect_table('public.patients');
select app.protect_table('public.caller_verifications');
select app.protect_table('public.caller_messages');
select app.protect_table('public.messages');
select app.protect_table('public.appointments');
select app.protect_table('public.appointment_changes');
select app.protect_table('public.booking_attempts');
select app.protect_table('public.agent_tools');
select app.protect_table('public.org_tools');
select app.protect_table('public.notifications');
select app.protect_table('public.events');
select app.protect_table('public.webhook_deliveries');
select app.protect_table('public.audit_log');
select app.protect_table('public.org_keys');
select app.protect_table('public.org_credentials');
select app.protect_table('public.opt_outs');
select app.protect_table('public.identity_codes');
select app.protect_table('public.message_templates');
select app.protect_table('public.campaigns');
select app.protect_table('public.campaign_steps');
select app.protect_table('public.scheduled_messages');
select app.protect_table('public.reply_questions');

-- Sent messages and the audit log are never rewritten or removed by a function that works inside a tenant.
revoke delete on table public.messages, public.audit_log from app_writer;
revoke update on table public.audit_log from app_writer;
-- The service key sees all; what was sent and who did what it cannot rewrite either.
revoke insert, update, delete on table public.messages, public.audit_log from service_role;

-- Token hashes are for functions, not for the dashboard.
revoke select on table public.invitations from tenant_user, tenant_service;
grant select (org_id, id, email, role, invited_by, expires_at, accepted_at, created_at)
  on table public.invitations to tenant_user, tenant_service;

-- Keys and sealed credentials are opened by functions only; nobody's list shows them.
revoke select on table public.org_keys, public.identity_codes from tenant_user, tenant_service;
revoke select on table public.org_credentials from tenant_user, tenant_service;
grant select (org_id, id, provider, key_id, account_ref, sender, connected_email, last_verified_at, verification_error,
  created_at, updated_at) on table public.org_credentials to tenant_user, tenant_service;
-- end of sql/0110_policy_tenant_tables.sql
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
-- back to sql/0140_function_require_org_id.sql
create or replace function app.require_org_id()
returns uuid
language plpgsql
stable
set search_path = ''
as $$
declare
  v_org_id uuid := app.current_org_id();
begin
  if v_org_id is null then
    raise exception 'no organisation in the request''s claims' using errcode = 'VX401';
  end if;
  return v_org_id;
end
$$;

comment on function app.require_org_id() is
  'The tenant of the running request, or VX401 where there is none: a function that writes never runs without a tenant.';

select app.seal('app.require_org_id()', null, 'tenant_user', 'tenant_service', 'app_writer', 'app_definer');
-- end of sql/0140_function_require_org_id.sql
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
-- back to sql/0790_function_transfer_destination.sql
create or replace function app.transfer_destination(p_call_id uuid, p_department text)
returns setof app.transfer_answer
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_now timestamptz;
  v_call public.call_logs;
  v_location public.locations;
  v_other text;
  v_answer app.transfer_answer;
begin
  perform app.lock_call(p_call_id);
  v_now := app.now();
  select * into v_call from public.call_logs c where c.org_id = v_org_id and c.id = p_call_id;
  select * into v_location from public.locations l where l.org_id = v_org_id and l.id = v_call.location_id;

  v_other := case when v_call.direction = 'outbound' then v_call.to_number else v_call.from_number end;
  v_answer.phone := coalesce(
    (select d.phone from public.departments d
      where d.org_id = v_org_id and d.location_id = v_location.id and d.name = lower(btrim(coalesce(p_department, '')))),
    v_location.phone);
  v_answer.caller_id := case when v_call.direction = 'outbound' then v_call.from_number else v_call.to_number end;
  v_answer.reason := case
    when v_answer.phone is null then 'no_number'
    when app.is_our_number(v_answer.phone) or v_answer.phone = v_other then 'loop'
    when exists (
      select from public.audit_log g
      join public.call_logs c on c.org_id = g.org_id and c.id = g.entity_id
      where g.org_id = v_org_id
        and g.action = 'caller_transferred'
        and g.at > v_now - interval '10 minutes'
        and (c.id = p_call_id
          or case when c.direction = 'outbound' then c.to_number else c.from_number end = v_other)) then 'already_transferred'
    when not app.is_open(v_location.id, v_now) then 'closed'
  end;
  if v_answer.reason is not null then
    v_answer.outcome := 'refused';
    v_answer.phone := null;
  else
    v_answer.outcome := 'transfer';
    insert into public.audit_log (org_id, action, entity, entity_id)
    values (v_org_id, 'caller_transferred', 'call', p_call_id);
  end if;
  return next v_answer;
end
$$;

comment on function app.transfer_destination(uuid, text) is
  'Where to put a caller through: the department''s number, else the location''s own line, during opening hours. Refused with closed, no_number, loop (the number is ours or the caller''s own, so it would ring us again) or already_transferred (once per caller in ten minutes). Each transfer is audited.';

select app.seal('app.transfer_destination(uuid, text)', 'app_writer', 'tenant_service');
-- end of sql/0790_function_transfer_destination.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- back to sql/0800_function_set_business_hours.sql
create or replace function app.set_business_hours(
  p_location_id uuid,
  p_resource_id uuid,
  p_weekdays integer[],
  p_opens time[],
  p_closes time[]
)
returns integer
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_spans integer;
begin
  perform app.require_staff();
  if not exists (select from public.locations l where l.org_id = v_org_id and l.id = p_location_id)
    or (p_resource_id is not null and not exists (
      select from public.resources r where r.org_id = v_org_id and r.id = p_resource_id and r.location_id = p_location_id))
  then
    raise exception 'there is no such location, or no such resource in it' using errcode = 'VX404';
  end if;
  if cardinality(p_weekdays) is null or cardinality(p_weekdays) is distinct from cardinality(p_opens)
    or cardinality(p_opens) is distinct from cardinality(p_closes) then
    raise exception 'weekdays, opening and closing times must be as many' using errcode = 'VX400';
  end if;
  -- A booking that is being decided must see either the old week or the new one.
  perform app.lock_resources(array(
    select r.id from public.resources r
    where r.org_id = v_org_id and r.location_id = p_location_id and (p_resource_id is null or r.id = p_resource_id)));

  delete from public.business_hours h
  where h.org_id = v_org_id and h.location_id = p_location_id and h.resource_id is not distinct from p_resource_id;
  insert into public.business_hours (org_id, location_id, resource_id, weekday, opens, closes)
  select v_org_id, p_location_id, p_resource_id, s.weekday, s.opens, s.closes
  from unnest(p_weekdays, p_opens, p_closes) s(weekday, opens, closes);
  get diagnostics v_spans = row_count;
  insert into public.audit_log (org_id, action, entity, entity_id, actor_user_id)
  values (v_org_id, 'hours_changed', 'location', p_location_id, app.current_user_id());
  perform app.announce('hours_updated', 'location', p_location_id);
  return v_spans;
end
$$;

comment on function app.set_business_hours(uuid, uuid, integer[], time[], time[]) is
  'Replaces the week of a location, or of one resource (empty arrays: it keeps its location''s week again). Weekday 0 is Sunday. Visits already booked stay. Staff only (VX403); an unknown location or resource is VX404, arrays of unlike length are VX400. Returns the number of spans.';

select app.seal('app.set_business_hours(uuid, uuid, integer[], time[], time[])', 'app_writer', 'tenant_user');
-- end of sql/0800_function_set_business_hours.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- back to sql/0810_function_add_closure.sql
create or replace function app.add_closure(
  p_location_id uuid,
  p_resource_id uuid,
  p_starts_at timestamptz,
  p_ends_at timestamptz,
  p_reason text default null
)
returns setof public.closures
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
begin
  perform app.require_staff();
  if p_ends_at <= p_starts_at then
    raise exception 'a closure must end after it starts' using errcode = 'VX400';
  end if;
  perform app.lock_resources(array(
    select r.id from public.resources r
    where r.org_id = v_org_id and r.location_id = p_location_id and (p_resource_id is null or r.id = p_resource_id)));
  return query
  insert into public.closures (org_id, location_id, resource_id, during, reason)
  values (v_org_id, p_location_id, p_resource_id, tstzrange(p_starts_at, p_ends_at), p_reason)
  returning *;
  perform app.announce('hours_updated', 'location', p_location_id);
end
$$;

comment on function app.add_closure(uuid, uuid, timestamptz, timestamptz, text) is
  'Closes a location, or one of its resources, for a time. Visits already booked in it stay and are for the staff to move. Staff only (VX403); an end before the start is VX400.';

select app.seal('app.add_closure(uuid, uuid, timestamptz, timestamptz, text)', 'app_writer', 'tenant_user');
-- end of sql/0810_function_add_closure.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- back to sql/0890_function_sweep_platform.sql
create or replace function app.sweep_platform(p_events_before timestamptz, p_deliveries_before timestamptz)
returns bigint
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_events bigint;
  v_deliveries bigint;
begin
  if p_events_before > app.now() - interval '1 hour' or p_deliveries_before > app.now() - interval '1 hour' then
    raise exception 'live clients and repeated webhooks need the last hour' using errcode = 'VX400';
  end if;
  delete from public.events e where e.at < p_events_before;
  get diagnostics v_events = row_count;
  delete from public.webhook_deliveries d where d.received_at < p_deliveries_before;
  get diagnostics v_deliveries = row_count;
  return v_events + v_deliveries;
end
$$;

comment on function app.sweep_platform(timestamptz, timestamptz) is
  'Deletes live events and webhook deliveries, of all tenants, that are older than the given instants: both are memory for a short time, the truth stands elsewhere. The last hour cannot be deleted (VX400). Returns how many rows went.';

select app.seal('app.sweep_platform(timestamptz, timestamptz)', 'app_definer', 'voxanne_login');
-- end of sql/0890_function_sweep_platform.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- back to sql/0898_function_message_limit_reason.sql
create or replace function app.message_limit_reason(
  p_category text,
  p_contact_id uuid,
  p_recipient_hash bytea,
  p_now timestamptz
)
returns app.message_decision
language plpgsql
stable
set search_path = ''
as $$
declare
  v_org public.organizations;
  v_today date;
  v_day timestamptz;
  v_limit record;
  v_oldest timestamptz;
  v_decision app.message_decision;
begin
  select * into strict v_org from public.organizations o where o.id = app.require_org_id();
  v_today := (p_now at time zone v_org.time_zone)::date;
  v_day := app.local_instant(v_today::timestamp, v_org.time_zone, false);
  for v_limit in
    select l.since, l.allowed, l.reason, l.daily
    from (values
      ('follow_up', p_now - v_org.follow_up_window, 1, 'too_soon', false),
      ('code', p_now - interval '1 hour', 3, 'too_many_codes', false),
      -- Two machines that answer each other would go on for ever.
      ('reply', p_now - interval '1 hour', 10, 'too_soon', false),
      ('marketing', v_day, 1, 'too_soon', true),
      -- 47 CFR 64.1200(a)(9)(iv): health care messages, one a day and three a week. In hours, not in days of a zone.
      ('reminder', v_day, 1, 'reminder_limit', true),
      ('reminder', p_now - interval '168 hours', 3, 'reminder_limit', false)
    ) l (category, since, allowed, reason, daily)
    where l.category = p_category
  loop
    -- The newest ones fill the limit; the oldest of those must leave the window first.
    select m.created_at into v_oldest
    from public.messages m
    where m.org_id = v_org.id and m.direction = 'outbound' and m.category = p_category
      and m.status in ('queued', 'sent', 'delivered', 'unknown')
      and (m.recipient_hash = p_recipient_hash or m.contact_id = p_contact_id)
      and m.created_at > v_limit.since
    order by m.created_at desc
    offset v_limit.allowed - 1
    limit 1;
    if found then
      v_decision.outcome := 'blocked';
      v_decision.reason := v_limit.reason;
      v_decision.not_before := greatest(v_decision.not_before, case
        when v_limit.daily then app.local_instant((v_today + 1)::timestamp, v_org.time_zone, false)
        else v_oldest + (p_now - v_limit.since)
      end);
    end if;
  end loop;
  return v_decision;
end
$$;

comment on function app.message_limit_reason(text, uuid, bytea, timestamptz) is
  'Whether a number or contact had its share of a category: one follow-up in the clinic''s window, three codes or ten replies an hour, one marketing text a day, one reminder a day and three in seven days. Counted are messages that left or may have left, whether the number or the contact is the same; a day is the clinic''s. outcome blocked, reason and not_before (when it is allowed again), or an outcome of NULL.';

select app.seal('app.message_limit_reason(text, uuid, bytea, timestamptz)', null, 'app_writer');
-- end of sql/0898_function_message_limit_reason.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- back to sql/0900_function_begin_message.sql
create or replace function app.begin_message(
  p_category text,
  p_method text,
  p_content text,
  p_send_key text,
  p_contact_id uuid,
  p_service_provider text,
  p_recipient text default null,
  p_subject text default null,
  p_call_id uuid default null,
  p_appointment_id uuid default null,
  p_campaign_id uuid default null,
  p_in_reply_to uuid default null,
  p_number_zones text[] default '{}',
  p_number_region text default null,
  p_spoken boolean default false,
  p_hand_over boolean default true,
  p_request_id text default null
)
returns setof app.message_decision
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_content text := btrim(app.plain_text(p_content), E' \n');
  v_recipient text;
  v_hash bytea;
  v_now timestamptz;
  v_decision app.message_decision;
begin
  if coalesce(p_category, '') not in ('code', 'confirmation', 'reminder', 'follow_up', 'marketing', 'reply') or coalesce(p_method, '') not in ('sms', 'email')
    or coalesce(p_send_key, '') = '' or (p_spoken and (p_category <> 'confirmation' or p_method <> 'sms'))
  then
    raise exception 'there is no such message: category %, method %', p_category, p_method using errcode = 'VX400';
  end if;
  -- The number may be erased or corrected while this waits for its lock.
  loop
    v_recipient := app.message_recipient(p_contact_id, p_method, p_recipient);
    perform app.lock_number(v_recipient);
    exit when app.message_recipient(p_contact_id, p_method, p_recipient) is not distinct from v_recipient;
  end loop;
  v_now := app.now();

  v_decision := app.replayed_message(p_send_key, p_category, p_contact_id);
  if v_decision.outcome is not null then
    return next v_decision;
    return;
  end if;
  v_decision.recipient := v_recipient;
  v_decision.content := v_content;
  v_decision.reason := case when v_recipient is null then 'no_recipient' else app.message_text_refusal(p_category, p_method, v_content) end;
  if v_decision.reason is not null then
    v_decision.outcome := 'blocked';
    return next v_decision;
    return;
  end if;

  v_hash := app.number_hash(v_recipient);
  select r.outcome, r.reason, r.not_before into v_decision.outcome, v_decision.reason, v_decision.not_before
  from app.message_refusal(p_category, p_method, p_contact_id, v_recipient, p_call_id, p_number_zones, p_number_region, p_spoken, v_now) r;
  if v_decision.outcome = 'wait' then
    return next v_decision;
    return;
  elsif v_decision.outcome = 'blocked' then
    -- One row a minute says it: a client that hammers must not fill the table.
    select m.id into v_decision.message_id
    from public.messages m
    where m.org_id = v_org_id and m.recipient_hash = v_hash and m.created_at > v_now - interval '1 minute'
      and m.category = p_category and m.status = 'blocked' and m.reason = v_decision.reason and m.contact_id is not distinct from p_contact_id
    limit 1;
  end if;

  v_decision.status := coalesce(v_decision.outcome, 'queued');
  v_decision.outcome := coalesce(v_decision.outcome, case when p_hand_over then 'send' else 'queued' end);
  v_decision.segments := case when p_method = 'sms' then app.sms_segments(v_content) end;
  if v_decision.message_id is null then
    -- A blocked wish keeps no key: the next try is judged anew.
    insert into public.messages (
      org_id, direction, method, category, recipient, recipient_hash, subject, content, segments, status, reason, send_key,
      service_provider, handed_over_at, contact_id, call_id, appointment_id, campaign_id, in_reply_to, actor_user_id, request_id,
      created_at, updated_at)
    values (
      v_org_id, 'outbound', p_method, p_category, v_recipient, v_hash, replace(app.plain_text(p_subject), E'\n', ' '), v_content,
      v_decision.segments, v_decision.status, v_decision.reason, case when v_decision.status = 'queued' then p_send_key end,
      p_service_provider, case when v_decision.outcome = 'send' then v_now end, p_contact_id, p_call_id, p_appointment_id,
      p_campaign_id, p_in_reply_to, app.current_user_id(), p_request_id, v_now, v_now)
    on conflict (org_id, send_key) do nothing
    returning id into v_decision.message_id;
    if v_decision.message_id is null then
      -- The same key at the same moment, for another number.
      v_decision := app.replayed_message(p_send_key, p_category, p_contact_id);
    else
      perform app.announce('message_updated', 'message', v_decision.message_id);
    end if;
  end if;
  if v_decision.outcome = 'send' then
    perform app.enqueue_job('settle_message', jsonb_build_object('message_id', v_decision.message_id), v_now + interval '2 minutes');
  elsif v_decision.outcome = 'queued' then
    perform app.enqueue_job('send_message', jsonb_build_object('message_id', v_decision.message_id));
  end if;
  return next v_decision;
end
$$;

comment on function app.begin_message(text, text, text, text, uuid, text, text, text, uuid, uuid, uuid, uuid, text[], text, boolean, boolean, text) is
  'Decides whether a message may leave and writes its row before it does; whoever is told send takes it to the provider after the commit and says how it went with app.finish_message. outcome send: handed over to the caller, a job settles it if nothing more is heard; queued (p_hand_over false): a job sends it; wait: no row, ask again at not_before; blocked: reason says why, with a row unless it is no_recipient, empty or too_long; replayed: p_send_key was seen before, status is what became of it. p_recipient NULL: the contact''s phone or e-mail. p_number_zones, p_number_region: where the number is at home. p_spoken: a caller only said the number (confirmations by sms only). VX400 for an unknown category or method or an empty key, VX404 for an unknown contact, VX409 for a key of another message.';

select app.seal('app.begin_message(text, text, text, text, uuid, text, text, text, uuid, uuid, uuid, uuid, text[], text, boolean, boolean, text)', 'app_writer', 'tenant_service', 'app_writer');
-- end of sql/0900_function_begin_message.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- back to sql/0957_function_check_steps.sql
create or replace function app.check_steps(p_category text, p_steps jsonb)
returns void
language plpgsql
stable
set search_path = ''
as $$
declare
  v_step jsonb;
  v_after integer;
  v_last integer := -1;
begin
  if jsonb_typeof(p_steps) is distinct from 'array' or jsonb_array_length(p_steps) not between 1 and 10 then
    raise exception 'a campaign has one to ten steps' using errcode = 'VX400';
  end if;
  for v_step in select * from jsonb_array_elements(p_steps) loop
    if coalesce(v_step ->> 'after_minutes', '') !~ '^[0-9]{1,6}$' or (v_step ->> 'after_minutes')::integer > 525600 then
      raise exception 'after_minutes is a whole number from 0 to 525600, a year' using errcode = 'VX400';
    end if;
    v_after := (v_step ->> 'after_minutes')::integer;
    if v_after <= v_last then
      raise exception 'each step comes later than the one before' using errcode = 'VX400';
    -- Advertising in a follow_up would get around the consent that marketing needs.
    elsif not exists (
      select from public.message_templates t
      where t.org_id = app.require_org_id() and t.id::text = lower(v_step ->> 'template_id')
        and t.kind in ('follow_up', p_category)
    ) then
      raise exception 'each step needs a template of the clinic''s, of kind follow_up or, in a marketing campaign, marketing'
        using errcode = 'VX400';
    end if;
    v_last := v_after;
  end loop;
end
$$;

comment on function app.check_steps(text, jsonb) is
  'Raises VX400 unless p_steps is an array of one to ten {"after_minutes", "template_id"}, each later than the one before, at most a year, with the clinic''s templates of a kind that the campaign''s category may send.';

select app.seal('app.check_steps(text, jsonb)', null, 'app_writer');
-- end of sql/0957_function_check_steps.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- back to sql/0961_function_save_campaign.sql
create or replace function app.save_campaign(
  p_campaign_id uuid,
  p_name text,
  p_category text,
  p_segment jsonb,
  p_steps jsonb,
  p_stop_on_reply boolean default true,
  p_stop_on_booking boolean default true
)
returns setof public.campaigns
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_name text := btrim(coalesce(p_name, ''));
  v_campaign public.campaigns;
begin
  perform app.require_staff();
  if char_length(v_name) not between 1 and 80 or coalesce(p_category, '') not in ('marketing', 'follow_up') then
    raise exception 'a campaign needs a name of up to 80 characters and a category: marketing or follow_up' using errcode = 'VX400';
  end if;
  perform app.check_segment(p_segment);
  perform app.check_steps(p_category, p_steps);

  if p_campaign_id is null then
    insert into public.campaigns (org_id, name, category, segment, stop_on_reply, stop_on_booking)
    values (v_org_id, v_name, p_category, p_segment, coalesce(p_stop_on_reply, true), coalesce(p_stop_on_booking, true))
    returning * into v_campaign;
  else
    select * into v_campaign from public.campaigns c where c.org_id = v_org_id and c.id = p_campaign_id for update;
    if v_campaign.id is null then
      raise exception 'there is no such campaign' using errcode = 'VX404';
    elsif v_campaign.status <> 'draft' then
      raise exception 'a campaign that was started stays as it is' using errcode = 'VX409';
    end if;
    update public.campaigns c
    set name = v_name, category = p_category, segment = p_segment, stop_on_reply = coalesce(p_stop_on_reply, true),
      stop_on_booking = coalesce(p_stop_on_booking, true), updated_at = app.now()
    where c.org_id = v_org_id and c.id = p_campaign_id
    returning * into v_campaign;
    delete from public.campaign_steps s where s.org_id = v_org_id and s.campaign_id = p_campaign_id;
  end if;

  insert into public.campaign_steps (org_id, campaign_id, position, after, template_id)
  select v_org_id, v_campaign.id, e.position, make_interval(mins => (e.step ->> 'after_minutes')::integer),
    (e.step ->> 'template_id')::uuid
  from jsonb_array_elements(p_steps) with ordinality e (step, position);
  return next v_campaign;
exception when unique_violation then
  raise exception 'another campaign has this name' using errcode = 'VX409';
end
$$;

comment on function app.save_campaign(uuid, text, text, jsonb, jsonb, boolean, boolean) is
  'Makes (p_campaign_id NULL) or replaces a draft with its steps, [{"after_minutes": 0, "template_id": "…"}], and returns it. Staff only (VX403). VX400 as app.check_segment and app.check_steps say; VX404: no such campaign; VX409: it was started, or the name is taken.';

select app.seal('app.save_campaign(uuid, text, text, jsonb, jsonb, boolean, boolean)', 'app_writer', 'tenant_user');
-- end of sql/0961_function_save_campaign.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- back to sql/0964_function_release_number.sql
create or replace function app.release_number(p_number text)
returns void
language sql
volatile
set search_path = ''
as $$
  delete from public.phone_numbers n
  where n.org_id = app.require_org_id() and n.number = p_number
    and n.provider = 'twilio' and n.vapi_phone_number_id is null and n.agent_id is null
$$;

comment on function app.release_number(text) is
  'Gives up a number that only texts used. One that calls use (known to Vapi, or with an agent) stays the clinic''s.';

select app.seal('app.release_number(text)', null, 'app_writer');
-- end of sql/0964_function_release_number.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- back to sql/0980_function_save_credential.sql
create or replace function app.save_credential(
  p_provider text,
  p_ciphertext bytea,
  p_nonce bytea,
  p_auth_tag bytea,
  p_key_id text,
  p_account_ref text,
  p_sender text
)
returns void
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_now timestamptz;
  v_old_sender text;
  v_id uuid;
begin
  perform app.require_admin();
  if coalesce(p_provider, '') not in ('twilio', 'resend') or coalesce(p_sender, '') = ''
    or (p_provider = 'twilio' and p_sender !~ '^\+[1-9][0-9]{6,14}$') then
    raise exception 'twilio needs a number to send from, resend an address' using errcode = 'VX400';
  end if;
  select c.sender into v_old_sender
  from public.org_credentials c
  where c.org_id = v_org_id and c.provider = p_provider
  for update;
  v_now := app.now();
  if p_provider = 'twilio' then
    perform app.claim_number(p_sender);
    if v_old_sender <> p_sender then
      perform app.release_number(v_old_sender);
    end if;
  end if;

  insert into public.org_credentials as c (
    org_id, provider, ciphertext, nonce, auth_tag, key_id, account_ref, sender, last_verified_at)
  values (v_org_id, p_provider, p_ciphertext, p_nonce, p_auth_tag, p_key_id, p_account_ref, p_sender, v_now)
  on conflict (org_id, provider) do update
  set ciphertext = excluded.ciphertext, nonce = excluded.nonce, auth_tag = excluded.auth_tag, key_id = excluded.key_id,
    account_ref = excluded.account_ref, sender = excluded.sender, last_verified_at = v_now, verification_error = null,
    updated_at = v_now
  returning c.id into v_id;
  insert into public.audit_log (org_id, action, entity, entity_id, actor_user_id)
  values (v_org_id, 'credential_saved', 'credential', v_id, app.current_user_id());
end
$$;

comment on function app.save_credential(text, bytea, bytea, bytea, text, text, text) is
  'Keeps what the clinic sends with (twilio, resend), sealed by the caller and just verified with the provider; replaces what was there. Twilio''s number becomes the clinic''s and a former one that only texts used is given up. Owner or admin only (VX403). VX400: no such provider or sender; VX409: the number is another organisation''s.';

select app.seal('app.save_credential(text, bytea, bytea, bytea, text, text, text)', 'app_writer', 'tenant_user');
-- end of sql/0980_function_save_credential.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- back to sql/0982_function_remove_credential.sql
create or replace function app.remove_credential(
  p_provider text
)
returns boolean
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_removed public.org_credentials;
begin
  perform app.require_admin();
  delete from public.org_credentials c
  where c.org_id = v_org_id and c.provider = p_provider
  returning * into v_removed;
  if v_removed.id is null then
    return false;
  end if;
  if p_provider = 'twilio' then
    perform app.release_number(v_removed.sender);
  end if;
  insert into public.audit_log (org_id, action, entity, entity_id, actor_user_id)
  values (v_org_id, 'credential_removed', 'credential', v_removed.id, app.current_user_id());
  return true;
end
$$;

comment on function app.remove_credential(text) is
  'Forgets a provider''s credential and, for twilio, the number that only texts used. Returns whether there was one. Owner or admin only (VX403).';

select app.seal('app.remove_credential(text)', 'app_writer', 'tenant_user');
-- end of sql/0982_function_remove_credential.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- back to sql/0989_function_erase_calls.sql
create or replace function app.erase_calls(p_contact_id uuid, p_phone text)
returns void
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_now timestamptz := app.now();
  v_calls uuid[];
begin
  v_calls := array(
    select c.id from public.call_logs c
    where c.org_id = v_org_id
      and (c.contact_id = p_contact_id or (c.contact_id is null and p_phone in (c.from_number, c.to_number))));
  update public.caller_messages m
  set caller_name = null, callback_number = null, body = '[erased]'
  where m.org_id = v_org_id and (m.contact_id = p_contact_id or m.call_id = any (v_calls));
  -- What a tool call was answered is kept for its repetition only, and names visits.
  update public.webhook_deliveries d
  set answer = '[erased]'
  from public.call_logs c
  where c.org_id = v_org_id and c.id = any (v_calls) and d.org_id = v_org_id and d.vapi_call_id = c.vapi_call_id
    and d.answer is not null;
  -- Our own side of the call is no one's secret. A report that still comes counts as taken in: it must bring nothing back.
  update public.call_logs c
  set from_number = case when c.direction = 'outbound' then c.from_number end,
    to_number = case when c.direction = 'outbound' then null else c.to_number end,
    summary = null, transcript = '[]', transcript_state = 'none', reported_at = coalesce(c.reported_at, v_now), updated_at = v_now
  where c.org_id = v_org_id and c.id = any (v_calls);
end
$$;

comment on function app.erase_calls(uuid, text) is
  'The part of app.erase_contact about calls: the person''s number, transcript, summary and messages left are blanked, also of calls of the number that no contact was made for. Times, outcome and cost stay.';

select app.seal('app.erase_calls(uuid, text)', null, 'app_writer');
-- end of sql/0989_function_erase_calls.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- back to sql/0990_function_erase_contact.sql
create or replace function app.erase_contact(
  p_contact_id uuid
)
returns boolean
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_contact public.contacts;
  v_now timestamptz;
begin
  perform app.require_admin();
  perform app.lock_contact(p_contact_id);
  -- Visits before what is planned for them, and before their contact: whoever moves one locks them in that order.
  perform from public.appointments a
  where a.org_id = v_org_id and a.contact_id = p_contact_id
  order by a.id
  for no key update;
  -- Also keeps new visits from being booked for the contact meanwhile: their foreign key waits for this row.
  select * into v_contact from public.contacts c where c.org_id = v_org_id and c.id = p_contact_id for update;
  v_now := app.now();
  if v_contact.id is null then
    raise exception 'there is no such contact' using errcode = 'VX404';
  elsif v_contact.erased_at is not null then
    return false;
  elsif exists (
    select from public.appointments a
    where a.org_id = v_org_id and a.contact_id = p_contact_id and a.status in ('pending', 'confirmed')
      and a.scheduled_at + a.duration > v_now)
  then
    raise exception 'there are visits ahead: cancel them first' using errcode = 'VX409';
  end if;

  perform app.erase_messages(p_contact_id, v_contact.phone);
  perform app.erase_calls(p_contact_id, v_contact.phone);
  perform app.erase_visits(p_contact_id);
  update public.opt_outs o set phone = null where o.org_id = v_org_id and o.phone = v_contact.phone;
  update public.contacts c
  set name = null, phone = null, spoken_phone = null, email = null, notes = null, service_interests = '{}',
    lead_reasons = '{}', time_zone = null, language = null, marketing_consent_at = null, erased_at = v_now, updated_at = v_now
  where c.org_id = v_org_id and c.id = p_contact_id;
  insert into public.audit_log (org_id, action, entity, entity_id, actor_user_id)
  values (v_org_id, 'contact_erased', 'contact', p_contact_id, app.current_user_id());
  perform app.announce('contact_updated', 'contact', p_contact_id);
  return true;
end
$$;

comment on function app.erase_contact(uuid) is
  'Blanks everything personal about a contact: name, numbers and addresses, its patients, what was said and written in calls, messages and visits. Rows, ids, times, states and keyed hashes stay, so that audits and statistics hold and an opt-out still stops texts to the number, also for a contact that comes anew. What was waiting to be sent is cancelled. Returns false when it was erased before. Owner and admin only (VX403); VX404 for an unknown contact, VX409 while it has visits ahead. Recordings lie with the provider and are not reached from here.';

select app.seal('app.erase_contact(uuid)', 'app_writer', 'tenant_user');
-- end of sql/0990_function_erase_contact.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- back to sql/1012_function_delete_agent.sql
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
-- back to sql/1018_function_record_assistant.sql
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
revoke create on schema app from app_writer, app_definer, app_searcher;
-- +goose StatementEnd
