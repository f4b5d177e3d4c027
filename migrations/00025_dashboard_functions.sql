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

-- Sent messages and the audit log are never rewritten or removed by a function that works inside a tenant.
revoke delete on table public.messages, public.audit_log from app_writer;
revoke update on table public.audit_log from app_writer;
-- The service key sees all; what was sent and who did what it cannot rewrite either.
revoke insert, update, delete on table public.messages, public.audit_log from service_role;

-- Token hashes are for functions, not for the dashboard.
revoke select on table public.invitations from tenant_user, tenant_service;
grant select (org_id, id, email, role, invited_by, expires_at, accepted_at, created_at)
  on table public.invitations to tenant_user, tenant_service;

-- Keys, sealed credentials and one member's kept answers are opened by functions only; nobody's list shows them.
revoke select on table public.org_keys, public.identity_codes, public.idempotency_keys from tenant_user, tenant_service;
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
create policy registry_reads on public.vapi_tools for select to tenant_service using (true);
grant select on table public.vapi_tools to tenant_service;
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
grant select (org_id, id, lease_until, deleted_at, sync_status, synced_version, desired_version, synced_at, saved_at)
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
    status = null, headers = null, response = null, created_at = v_now, expires_at = excluded.expires_at
  where (k.state = 'done' and k.expires_at <= v_now)
    or (k.state = 'running' and k.lease_until <= v_now and (k.body_hash = excluded.body_hash or k.expires_at <= v_now))
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
  else
    -- Also without a row: its try has just given up; the caller asks again and finds the key free.
    return query select 'running', null::integer, null::jsonb, null::bytea;
  end if;
end
$$;

comment on function app.claim_request(text, text, text, bytea, interval, interval, uuid) is
  'Asks whether the acting member''s wish under a key is to be carried out, see app.request_claim. With outcome run the key belongs to p_claim_id for p_lease, and its answer is kept until p_keep from now; app.finish_request ends it. VX403 when no member acts.';

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
  if exists (select from public.phone_numbers n where n.number = p_fields ->> 'phone') then
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
-- snapshot of sql/1270_function_invite_member.sql
create or replace function app.invite_member(p_email text, p_role text, p_token_hash bytea)
returns setof public.invitations
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_email text := lower(btrim(p_email));
  v_invitation public.invitations;
begin
  perform app.require_admin();
  if coalesce(v_email, '') !~ '^[^@[:space:]]+@[^@[:space:]]+[.][^@[:space:]]+$' or char_length(v_email) > 254 then
    raise exception 'this is no e-mail address' using errcode = 'VX400';
  elsif coalesce(p_role, '') not in ('admin', 'staff', 'viewer') then
    raise exception 'people are invited as admin, staff or viewer' using errcode = 'VX400';
  elsif octet_length(p_token_hash) is distinct from 32 then
    raise exception 'the token''s hash has 32 bytes' using errcode = 'VX400';
  end if;
  -- Two invitations of one address at once would both stand.
  perform from public.organizations o where o.id = v_org_id for no key update;
  if exists (select from public.profiles p where p.org_id = v_org_id and lower(p.email) = v_email) then
    raise exception 'this person is a member already' using errcode = 'VX409';
  end if;
  update public.invitations i
  set role = p_role, token_hash = p_token_hash, invited_by = app.current_user_id(), expires_at = app.now() + interval '7 days'
  where i.org_id = v_org_id and i.email = v_email and i.accepted_at is null
  returning i.* into v_invitation;
  if v_invitation.id is null then
    insert into public.invitations (org_id, email, role, token_hash, invited_by, expires_at)
    values (v_org_id, v_email, p_role, p_token_hash, app.current_user_id(), app.now() + interval '7 days')
    returning * into v_invitation;
  end if;
  insert into public.audit_log (org_id, action, entity, entity_id, actor_user_id)
  values (v_org_id, 'member_invited', 'invitation', v_invitation.id, app.current_user_id());
  return next v_invitation;
end
$$;

comment on function app.invite_member(text, text, bytea) is
  'Invites an address for seven days; p_token_hash is the SHA-256 of the token that its owner signs up with. An address that was invited before keeps one invitation, with the new role and token. Owner and admin only (VX403). VX400: no address, or another role than admin, staff, viewer; VX409: a member already.';

select app.seal('app.invite_member(text, text, bytea)', 'app_writer', 'tenant_user');
-- end of sql/1270_function_invite_member.sql
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
drop function app.remove_member;
drop function app.change_member_role;
drop function app.may_change_member;
drop function app.withdraw_invitation;
drop function app.invite_member;
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
create policy registry_reads on public.vapi_tools for select to tenant_service using (true);
grant select on table public.vapi_tools to tenant_service;
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
grant select (org_id, id, lease_until, deleted_at, sync_status, synced_version, desired_version, synced_at, saved_at)
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
revoke create on schema app from app_writer, app_definer;
-- +goose StatementEnd
