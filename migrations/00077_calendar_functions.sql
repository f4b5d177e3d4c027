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
-- removed sql/0830_function_mirror_busy_blocks.sql
drop function app.mirror_busy_blocks;
drop policy if exists definer_sweeps on public.web_tests;
drop policy if exists definer_takes on public.outbound_shares;
drop policy if exists definer_crosses on public.outbound_shares;
drop policy if exists definer_takes on public.outbound_calls;
drop policy if exists definer_crosses on public.outbound_calls;
drop policy if exists definer_crosses on public.provisioning_steps;
drop policy if exists definer_crosses on public.provisioning;
drop policy if exists definer_crosses on public.agent_tools;
drop policy if exists definer_crosses on public.agents;
drop policy if exists service_role_sees_all on public.event_sweeps;
drop policy if exists definer_crosses on public.event_sweeps;
drop policy if exists sweeps_reads on public.event_sweeps;
drop policy if exists service_role_sees_all on public.vapi_pace;
drop policy if exists definer_crosses on public.vapi_pace;
drop policy if exists service_role_sees_all on public.vapi_tools;
drop policy if exists definer_crosses on public.vapi_tools;
drop policy if exists registry_reads on public.vapi_tools;
drop policy if exists definer_crosses on public.event_tickets;
drop policy if exists definer_crosses on public.idempotency_keys;
drop policy if exists definer_crosses on public.webhook_deliveries;
drop policy if exists definer_crosses on public.events;
drop policy if exists definer_crosses on public.recordings;
drop policy if exists definer_crosses on public.recording_shares;
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
select app.protect_table('public.oauth_states');
select app.protect_table('public.calendar_events');
select app.protect_table('public.calendar_conflicts');
select app.protect_table('public.calendar_feeds');
select app.protect_table('public.contacts');
select app.protect_table('public.call_logs');
select app.protect_table('public.recordings');
select app.protect_table('public.recording_shares');
select app.protect_table('public.recording_share_openings');
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
select app.protect_table('public.event_tickets');
select app.protect_table('public.call_days');
select app.protect_table('public.provisioning');
select app.protect_table('public.provisioning_steps');
select app.protect_table('public.web_tests');
select app.protect_table('public.outbound_calls');
select app.protect_table('public.outbound_shares');
select app.protect_table('public.knowledge_documents');
select app.protect_table('public.knowledge_versions');
select app.protect_table('public.knowledge_files');
select app.protect_table('public.knowledge_chunks');
select app.protect_table('public.knowledge_vectors');
select app.protect_table('public.knowledge_gaps');

-- Sent messages and the audit log are never rewritten or removed by a function that works inside a tenant.
revoke delete on table public.messages, public.audit_log from app_writer;
revoke update on table public.audit_log from app_writer;
-- The service key sees all; what was sent and who did what it cannot rewrite either.
revoke insert, update, delete on table public.messages, public.audit_log from service_role;

-- Token hashes are for functions, not for the dashboard.
revoke select on table public.invitations from tenant_user, tenant_service;
grant select (org_id, id, email, role, invited_by, expires_at, accepted_at, created_at, message_id)
  on table public.invitations to tenant_user, tenant_service;

-- Where a provider keeps a recording is a secret while it opens.
revoke select on table public.recordings, public.recording_shares from tenant_user, tenant_service;
grant select (org_id, id, call_id, content_type, size_bytes, stored_at, delete_requested_at, deleted_at, created_at, updated_at)
  on table public.recordings to tenant_user, tenant_service;
grant select (org_id, id, recording_id, recipient, message_id, actor_user_id, expires_at, revoked_at, revoked_by, created_at)
  on table public.recording_shares to tenant_user, tenant_service;

-- Keys, tickets, sealed credentials and addresses, one member's kept answers and what a clinic had set at Twilio are opened by
-- functions only; nobody's list shows them.
revoke select on table public.org_keys, public.identity_codes, public.idempotency_keys, public.event_tickets, public.provisioning,
  public.provisioning_steps, public.web_tests, public.oauth_states
  from tenant_user, tenant_service;
revoke select on table public.org_credentials from tenant_user, tenant_service;
grant select (org_id, id, provider, key_id, account_ref, sender, connected_email, last_verified_at, verification_error,
  grant_version, needs_reconnect_at, created_at, updated_at) on table public.org_credentials to tenant_user, tenant_service;

-- Where a calendar goes on being read, its push channel's secret and that of a feed's address.
revoke select on table public.calendar_links, public.calendar_feeds from tenant_user, tenant_service;
grant select (org_id, id, resource_id, provider, external_calendar_id, calendar_name, time_zone, writes, last_synced_at, health,
  failing_since, error_code, channel_expires_at, next_pull_at, created_at, updated_at)
  on table public.calendar_links to tenant_user, tenant_service;
grant select (org_id, id, resource_id, created_by, revoked_at, created_at) on table public.calendar_feeds to tenant_user, tenant_service;

-- What a clinic uploaded is read through functions: a list never carries files and vectors along.
revoke select on table public.knowledge_files, public.knowledge_vectors from tenant_user, tenant_service;
-- end of sql/0110_policy_tenant_tables.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0120_policy_crossing_tables.sql
-- app_definer's functions cross tenants: finding the clinic of a call, founding one at sign-up, naming orgs for jobs.
-- It never reaches patients, appointments, messages, call_logs or knowledge.
-- app.protect_table takes these rights away, as it does those of searches (0125).
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

-- Which clinics a change of the sealing key concerns, and whether a calendar's account is in use; never what is sealed.
drop policy if exists definer_crosses on public.org_credentials;
create policy definer_crosses on public.org_credentials for select to app_definer using (true);
grant select (org_id, key_id, provider, account_hash) on table public.org_credentials to app_definer;

-- Whose a consent is that came back from a calendar's provider, with the verifier that only its exchange opens.
drop policy if exists definer_crosses on public.oauth_states;
create policy definer_crosses on public.oauth_states for select to app_definer using (true);
drop policy if exists definer_takes on public.oauth_states;
create policy definer_takes on public.oauth_states for update to app_definer using (state = 'begun') with check (state = 'taken');
grant select (org_id, id, user_id, provider, state_hash, state, ciphertext, nonce, auth_tag, key_id, account_hash, lease_until, expires_at),
  update (state) on table public.oauth_states to app_definer;

-- Which calendars are due, whose push and whose feed it is: ids, states and times; never what is in a calendar.
drop policy if exists definer_crosses on public.calendar_links;
create policy definer_crosses on public.calendar_links for select to app_definer using (true);
grant select (org_id, id, health, next_pull_at, lease_until, channel_id, channel_token_hash, channel_opened_at, channel_expires_at,
  channel_retry_at) on table public.calendar_links to app_definer;
drop policy if exists definer_crosses on public.calendar_events;
create policy definer_crosses on public.calendar_events for select to app_definer using (true);
grant select (org_id, appointment_id, calendar_link_id, desired_version, synced_version, lease_until, retry_at, turn_at, updated_at)
  on table public.calendar_events to app_definer;
drop policy if exists definer_crosses on public.calendar_feeds;
create policy definer_crosses on public.calendar_feeds for select to app_definer using (true);
grant select (org_id, token_hash, revoked_at) on table public.calendar_feeds to app_definer;

-- Whose a shared link is, and which clinics have recordings to delete; never where a recording lies.
drop policy if exists definer_crosses on public.recording_shares;
create policy definer_crosses on public.recording_shares for select to app_definer using (true);
grant select (org_id, token_hash) on table public.recording_shares to app_definer;
drop policy if exists definer_crosses on public.recordings;
create policy definer_crosses on public.recordings for select to app_definer using (true);
grant select (org_id, created_at, lease_until, delete_requested_at, deleted_at) on table public.recordings to app_definer;

drop policy if exists definer_crosses on public.events;
create policy definer_crosses on public.events for all to app_definer using (true) with check (true);
grant select, delete on table public.events to app_definer;

drop policy if exists definer_crosses on public.webhook_deliveries;
create policy definer_crosses on public.webhook_deliveries for all to app_definer using (true) with check (true);
grant select (received_at), delete on table public.webhook_deliveries to app_definer;

drop policy if exists definer_crosses on public.idempotency_keys;
create policy definer_crosses on public.idempotency_keys for all to app_definer using (true) with check (true);
grant select (expires_at), delete on table public.idempotency_keys to app_definer;

-- Whose ticket it is, is not known before it was found.
drop policy if exists definer_crosses on public.event_tickets;
create policy definer_crosses on public.event_tickets for all to app_definer using (true) with check (true);
grant select, delete on table public.event_tickets to app_definer;

-- The tool registry and the paces of requests belong to no tenant; only app_definer's functions write them.
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

alter table public.calendar_pace enable row level security;
alter table public.calendar_pace force row level security;
revoke all on table public.calendar_pace from public, anon, authenticated, service_role, tenant_user, tenant_service, app_writer, app_definer;
drop policy if exists definer_crosses on public.calendar_pace;
create policy definer_crosses on public.calendar_pace for all to app_definer using (true) with check (true);
grant select, insert, update, delete on table public.calendar_pace to app_definer;
drop policy if exists service_role_sees_all on public.calendar_pace;
create policy service_role_sees_all on public.calendar_pace for all to service_role using (true) with check (true);
grant select, insert, update, delete on table public.calendar_pace to service_role;

-- Returning members ask whether what they missed is still there.
alter table public.event_sweeps enable row level security;
alter table public.event_sweeps force row level security;
revoke all on table public.event_sweeps from public, anon, authenticated, service_role, tenant_user, tenant_service, app_writer, app_definer;
drop policy if exists sweeps_reads on public.event_sweeps;
create policy sweeps_reads on public.event_sweeps for select to tenant_user using (true);
grant select on table public.event_sweeps to tenant_user;
drop policy if exists definer_crosses on public.event_sweeps;
create policy definer_crosses on public.event_sweeps for all to app_definer using (true) with check (true);
grant select, update on table public.event_sweeps to app_definer;
drop policy if exists service_role_sees_all on public.event_sweeps;
create policy service_role_sees_all on public.event_sweeps for all to service_role using (true) with check (true);
grant select, insert, update, delete on table public.event_sweeps to service_role;

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

-- Whose call is next, and who holds a slot: ids, states and times; never whom it is to.
drop policy if exists definer_crosses on public.outbound_calls;
create policy definer_crosses on public.outbound_calls for select to app_definer using (true);
drop policy if exists definer_takes on public.outbound_calls;
create policy definer_takes on public.outbound_calls for update to app_definer using (true) with check (true);
grant select (org_id, id, state, due_at, look_at) on table public.outbound_calls to app_definer;
grant update (state, lease_id, look_at, taken_at, updated_at) on table public.outbound_calls to app_definer;
drop policy if exists definer_crosses on public.outbound_shares;
create policy definer_crosses on public.outbound_shares for select to app_definer using (true);
drop policy if exists definer_takes on public.outbound_shares;
create policy definer_takes on public.outbound_shares for update to app_definer using (true) with check (true);
grant select (org_id, at_once, last_taken_at), update (last_taken_at) on table public.outbound_shares to app_definer;

-- Test calls of yesterday, which nobody may open any more, go for all clinics at once.
drop policy if exists definer_sweeps on public.web_tests;
create policy definer_sweeps on public.web_tests for all to app_definer using (true) with check (true);
grant select (org_id, id, created_at), delete on table public.web_tests to app_definer;

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
-- app.found_ids and app.knowledge_words, which name the tenant themselves and give ids; their rows are then read under the
-- tenant's policies.
-- app.protect_table takes these rights away: a snapshot that protects tables anew holds this file and 0120 as well, after them.
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

drop policy if exists searcher_finds on public.knowledge_chunks;
create policy searcher_finds on public.knowledge_chunks for select to app_searcher using (true);
grant select (org_id, id, version_id, tsv) on table public.knowledge_chunks to app_searcher;
-- end of sql/0125_policy_searching.sql
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
    'release_hold', 'fetch_call_report', 'send_scheduled', 'send_message', 'settle_message', 'sync_agent', 'keep_recording',
    'delete_recording', 'provision_number', 'dial_calls', 'ingest_knowledge', 'lapse_knowledge',
    'sync_calendar_event', 'pull_calendar', 'watch_calendar'
  ) then
    raise exception 'there is no job of kind %', p_kind using errcode = 'VX400';
  end if;
  insert into river.river_job (kind, args, max_attempts, queue, priority, scheduled_at, state)
  values (
    p_kind,
    p_args || jsonb_build_object('org_id', app.require_org_id()),
    8,
    -- Neither Vapi or a calendar being down nor long recordings or documents may keep holds and texts waiting.
    case
      when p_kind in ('sync_agent', 'provision_number') then 'vapi'
      when p_kind in ('keep_recording', 'delete_recording') then 'recordings'
      when p_kind = 'dial_calls' then 'calls'
      when p_kind = 'ingest_knowledge' then 'knowledge'
      when p_kind in ('sync_calendar_event', 'pull_calendar', 'watch_calendar') then 'calendars'
      else 'default'
    end,
    -- Reading calendars goes before writing them: it is seldom, and what is read is not offered to callers.
    case p_kind when 'sync_calendar_event' then 2 else 1 end,
    v_run_at,
    case when v_run_at > app.now() then 'scheduled' else 'available' end::river.river_job_state
  )
  returning id into v_id;
  return v_id;
end
$$;

comment on function app.enqueue_job(text, jsonb, timestamptz) is
  'Puts a job of a known kind (release_hold, fetch_call_report, send_scheduled, send_message, settle_message, sync_agent, keep_recording, delete_recording, provision_number, dial_calls, ingest_knowledge, lapse_knowledge, sync_calendar_event, pull_calendar, watch_calendar) in River''s queue, as part of the calling transaction. Arguments are ids only; the organisation always comes from the claims. p_run_at NULL: now. An unknown kind is VX400.';

select app.seal('app.enqueue_job(text, jsonb, timestamptz)', 'app_definer', 'tenant_service', 'app_writer');
-- end of sql/0310_function_enqueue_job.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0470_function_note_change.sql
create or replace function app.note_change(
  p_kind text,
  p_appointment_id uuid,
  p_old public.appointments,
  p_call_id uuid,
  p_message_id uuid default null
)
returns void
language plpgsql
volatile
set search_path = ''
as $$
begin
  insert into public.appointment_changes (
    org_id, appointment_id, kind, old_during, new_during, old_resource_id, new_resource_id, call_id, message_id,
    actor_user_id)
  select a.org_id, a.id, p_kind, (p_old).during, a.during, (p_old).resource_id, a.resource_id, p_call_id, p_message_id,
    app.current_user_id()
  from public.appointments a
  where a.org_id = app.current_org_id() and a.id = p_appointment_id;
  perform app.announce(
    case when p_kind = 'booked' then 'appointment_created' else 'appointment_updated' end, 'appointment', p_appointment_id);
  perform app.schedule_for_appointment(p_appointment_id, p_kind, p_call_id);
  -- How a visit ended is no matter of calendars.
  if p_kind in ('booked', 'amended', 'rescheduled', 'cancelled') then
    perform app.wish_calendar_event(p_appointment_id);
  end if;
end
$$;

comment on function app.note_change(text, uuid, public.appointments, uuid, uuid) is
  'Keeps the history of an appointment, tells live clients and puts in order what is to be sent to the patient and what outside calendars are to show. p_old is the row before the change, NULL for a new booking; p_message_id the patient''s text that asked for it, where one did.';

select app.seal('app.note_change(text, uuid, public.appointments, uuid, uuid)', null, 'app_writer');
-- end of sql/0470_function_note_change.sql
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
  v_tickets bigint;
  v_tests bigint;
  v_swept_xid xid8;
begin
  if p_events_before > app.now() - interval '1 hour' or p_deliveries_before > app.now() - interval '1 hour' then
    raise exception 'live clients and repeated webhooks need the last hour' using errcode = 'VX400';
  end if;
  with swept as (
    delete from public.events e where e.at < p_events_before returning e.xid
  )
  select count(*), max(s.xid) filter (where s.xid < pg_snapshot_xmax(pg_current_snapshot())) -- not those of a restored dump
  into v_events, v_swept_xid
  from swept s;
  update public.event_sweeps w set swept_xid = v_swept_xid where w.swept_xid < v_swept_xid;
  delete from public.webhook_deliveries d where d.received_at < p_deliveries_before;
  get diagnostics v_deliveries = row_count;
  delete from public.idempotency_keys k where k.expires_at < app.now();
  get diagnostics v_answers = row_count;
  delete from public.event_tickets t where t.expires_at <= app.now();
  get diagnostics v_tickets = row_count;
  -- The longest talks for an hour: none of yesterday is open, also where nobody began another since.
  delete from public.web_tests t where t.created_at < app.now() - interval '1 day';
  get diagnostics v_tests = row_count;
  delete from public.calendar_pace p where p.account <> '' and p.next_at < app.now() - interval '1 day';
  return v_events + v_deliveries + v_answers + v_tickets + v_tests;
end
$$;

comment on function app.sweep_platform(timestamptz, timestamptz) is
  'Deletes live events and webhook deliveries, of all tenants, that are older than the given instants: both are memory for a short time, the truth stands elsewhere. Answers kept for repeated wishes and tickets go when they have expired, test calls from the browser after a day, and so does the pace of a calendar''s account that was left alone. How far events went is written down, so that a client that was away for longer hears of it. The last hour cannot be deleted (VX400). Returns how many rows went.';

select app.seal('app.sweep_platform(timestamptz, timestamptz)', 'app_definer', 'voxanne_login');
-- end of sql/0890_function_sweep_platform.sql
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
  if app.calendar_provider(p_provider) is not null then
    raise exception 'calendars have more to forget: use app.disconnect_calendar' using errcode = 'VX400';
  end if;
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
  'Forgets a provider''s credential and, for twilio, the number that only texts used. Returns whether there was one. Owner or admin only (VX403). VX400: a calendar, which app.disconnect_calendar forgets. VX409: calls use a number of the account, which could not be given back without it.';

select app.seal('app.remove_credential(text)', 'app_writer', 'tenant_user');
-- end of sql/0982_function_remove_credential.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0991_function_erase_visits.sql
create or replace function app.erase_visits(p_contact_id uuid)
returns void
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_now timestamptz := app.now();
begin
  update public.appointments a
  set said_name = null, said_date_of_birth = null, notes = null, cancel_reason = null, updated_at = v_now
  where a.org_id = v_org_id and a.contact_id = p_contact_id;
  -- Calendars that name them are written anew; by then the contact is erased, see app.words_of_visit.
  perform app.wish_calendar_event(e.appointment_id)
  from (
    select distinct x.appointment_id
    from public.calendar_events x
    join public.appointments a on a.org_id = x.org_id and a.id = x.appointment_id
    where x.org_id = v_org_id and a.contact_id = p_contact_id
      -- Also one that is being written just now, or of which nobody knows whether it was.
      and (x.state = 'there' or x.attempts > 0)
    order by x.appointment_id
  ) e;
  -- Two patients of a contact may not share a normalised name: the id keeps them apart.
  update public.patients p
  set name = '[erased]', normalised_name = 'erased ' || p.id, date_of_birth = null, updated_at = v_now
  where p.org_id = v_org_id and p.contact_id = p_contact_id;
end
$$;

comment on function app.erase_visits(uuid) is
  'The part of app.erase_contact about patients and their visits: names, dates of birth, notes and reasons go, also from outside calendars (by jobs, where they are still connected); when, where and what for stays.';

select app.seal('app.erase_visits(uuid)', null, 'app_writer');
-- end of sql/0991_function_erase_visits.sql
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
    -- Calendars that name patients say the new name.
    if v_name is not null and (select o.calendar_content from public.organizations o where o.id = v_org_id) = 'full' then
      perform app.wish_calendar_event(v.id)
      from (
        select a.id
        from public.appointments a
        where a.org_id = v_org_id and a.patient_id = p_patient_id and a.status in ('pending', 'confirmed') and a.scheduled_at > v_now
        order by a.id
      ) v;
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
    'identity_factor', 'emergency_sentence', 'recording_consent', 'ai_disclosure', 'hipaa_mode',
    'keep_recordings_days', 'reminder_channel', 'keep_transcripts_days', 'keep_messages_days', 'keep_memory_days',
    'caller_memory', 'policies', 'hot_lead_phone', 'redact_medical_terms', 'calendar_content', 'calendar_changes');
  select f.key into v_key
  from jsonb_each(p_fields) f
  where jsonb_typeof(f.value) = 'null'
    and f.key not in ('keep_recordings_days', 'keep_transcripts_days', 'keep_messages_days', 'hot_lead_phone')
  order by f.key
  limit 1;
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
    keep_recordings_for = case when p_fields ? 'keep_recordings_days'
      then make_interval(days => (p_fields ->> 'keep_recordings_days')::integer) else o.keep_recordings_for end,
    reminder_channel = coalesce(p_fields ->> 'reminder_channel', o.reminder_channel),
    keep_transcripts_for = case when p_fields ? 'keep_transcripts_days'
      then make_interval(days => (p_fields ->> 'keep_transcripts_days')::integer) else o.keep_transcripts_for end,
    keep_messages_for = case when p_fields ? 'keep_messages_days'
      then make_interval(days => (p_fields ->> 'keep_messages_days')::integer) else o.keep_messages_for end,
    keep_memory_for = coalesce(make_interval(days => (p_fields ->> 'keep_memory_days')::integer), o.keep_memory_for),
    caller_memory = coalesce((p_fields ->> 'caller_memory')::boolean, o.caller_memory),
    policies = coalesce(btrim(p_fields ->> 'policies'), o.policies),
    redact_medical_terms = coalesce((p_fields ->> 'redact_medical_terms')::boolean, o.redact_medical_terms),
    calendar_content = coalesce(p_fields ->> 'calendar_content', o.calendar_content),
    calendar_changes = coalesce(p_fields ->> 'calendar_changes', o.calendar_changes),
    hot_lead_phone = case when p_fields ? 'hot_lead_phone' then p_fields ->> 'hot_lead_phone' else o.hot_lead_phone end,
    updated_at = app.now()
  where o.id = v_org_id
  returning o.*;
  -- What the assistants say and keep is part of them at Vapi.
  if p_fields ?| array['name', 'emergency_sentence', 'recording_consent', 'ai_disclosure', 'hipaa_mode'] then
    perform app.request_agent_sync(a.id) from public.agents a where a.org_id = v_org_id and a.deleted_at is null;
  end if;
  -- Calendars before their events, as app.apply_calendar_changes locks them.
  if p_fields ? 'max_advance_days' then
    perform app.widen_calendars();
  end if;
  -- What calendars already say of visits ahead is written anew.
  if p_fields ? 'calendar_content' then
    perform app.wish_calendar_event(e.appointment_id)
    from (
      select distinct x.appointment_id
      from public.calendar_events x
      join public.appointments a on a.org_id = x.org_id and a.id = x.appointment_id
      where x.org_id = v_org_id and x.state <> 'gone' and upper(a.during) > app.now()
      order by x.appointment_id
    ) e;
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
  'Changes the organisation''s name, zone, rules for booking and safety, and returns it. p_fields may hold name, country (ISO 3166-1 alpha-2), time_zone (IANA; locations keep theirs), buffer_before_minutes, buffer_after_minutes, slot_step_minutes, min_notice_minutes, max_advance_days, hold_seconds, holds_per_day, approval_required, identity_factor, emergency_sentence, recording_consent, ai_disclosure, hipaa_mode, keep_recordings_days (null: recordings are kept until their call is deleted), reminder_channel (sms, voice or both), keep_transcripts_days and keep_messages_days (null as well), keep_memory_days, caller_memory, policies, redact_medical_terms (hipaa_mode has it on whatever this says), calendar_content (private or full), calendar_changes (flag or follow) and hot_lead_phone (E.164; null: nobody); what is absent stays. Owner and admin only (VX403). VX400: an unknown field or a value that it may not have.';

select app.seal('app.set_org_settings(jsonb)', 'app_writer', 'tenant_user');
-- end of sql/1265_function_set_org_settings.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1307_function_integrations.sql
create or replace function app.integrations()
returns setof app.integration_row
language sql
stable
set search_path = ''
as $$
  select p.provider, c.id is not null and c.verification_error is null and c.needs_reconnect_at is null, c.last_verified_at,
    c.verification_error
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
-- snapshot of sql/2000_function_begin_oauth.sql
create or replace function app.begin_oauth(
  p_provider text,
  p_state_hash bytea,
  p_ciphertext bytea,
  p_nonce bytea,
  p_auth_tag bytea,
  p_key_id text
)
returns uuid
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_id uuid;
begin
  perform app.require_admin();
  if app.calendar_provider(p_provider) is null then
    raise exception 'calendars are of google_calendar or outlook' using errcode = 'VX400';
  end if;
  insert into public.oauth_states (
    org_id, user_id, provider, state_hash, ciphertext, nonce, auth_tag, key_id, expires_at)
  values (
    app.require_org_id(), app.current_user_id(), p_provider, p_state_hash, p_ciphertext, p_nonce, p_auth_tag, p_key_id,
    app.now() + interval '10 minutes')
  returning id into v_id;
  return v_id;
end
$$;

comment on function app.begin_oauth(text, bytea, bytea, bytea, bytea, text) is
  'Remembers for ten minutes that this member sends their browser to a calendar provider (google_calendar, outlook): the SHA-256 of the state and the sealed PKCE verifier. Returns the id that they confirm with afterwards. Owner and admin only (VX403); VX400: no such provider.';

select app.seal('app.begin_oauth(text, bytea, bytea, bytea, bytea, text)', 'app_writer', 'tenant_user');
-- end of sql/2000_function_begin_oauth.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/2001_function_calendar_provider.sql
create or replace function app.calendar_provider(p_credential text)
returns text
language sql
immutable
parallel safe
set search_path = ''
as $$
  select case p_credential when 'google_calendar' then 'google' when 'outlook' then 'microsoft' end
$$;

comment on function app.calendar_provider(text) is
  'What calendar_links calls the provider of a credential (org_credentials: google_calendar, outlook); NULL for others.';

select app.seal('app.calendar_provider(text)', null, 'tenant_user', 'tenant_service', 'app_writer', 'app_definer');
-- end of sql/2001_function_calendar_provider.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/2002_function_take_oauth.sql
-- The provider's answer comes through a browser that may belong to anybody, so the state alone says whose it is.
create or replace function app.take_oauth(p_state_hash bytea)
returns setof app.oauth_taken
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  return query
  update public.oauth_states s
  set state = 'taken'
  where s.state_hash = p_state_hash and s.state = 'begun' and s.expires_at > app.now()
    and exists (select from public.organizations o where o.id = s.org_id and o.deleted_at is null)
  returning s.org_id, s.id, s.user_id, s.provider, s.ciphertext, s.nonce, s.auth_tag, s.key_id;
end
$$;

comment on function app.take_oauth(bytea) is
  'Uses a state up, given as its SHA-256, whatever the provider answered: of two that show it at once, one finds it. No row when it is unknown, used, or older than ten minutes. Nothing is connected by it: app.park_grant, and the person''s app.confirm_grant, follow.';

select app.seal('app.take_oauth(bytea)', 'app_definer', 'voxanne_login');
-- end of sql/2002_function_take_oauth.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/2004_function_park_grant.sql
create or replace function app.park_grant(
  p_id uuid,
  p_ciphertext bytea,
  p_nonce bytea,
  p_auth_tag bytea,
  p_key_id text,
  p_email text,
  p_account_hash bytea
)
returns boolean
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_now timestamptz := app.now();
begin
  update public.oauth_states s
  set state = 'parked', ciphertext = p_ciphertext, nonce = p_nonce, auth_tag = p_auth_tag, key_id = p_key_id,
    connected_email = p_email, account_hash = p_account_hash, expires_at = v_now + interval '10 minutes'
  where s.org_id = app.require_org_id() and s.id = p_id and s.state = 'taken' and s.expires_at > v_now
    and p_account_hash is not null;
  return found;
end
$$;

comment on function app.park_grant(uuid, bytea, bytea, bytea, text, text, bytea) is
  'Puts the sealed tokens of a consent that app.take_oauth found aside, for ten minutes: they connect nothing until the person who began confirms. p_account_hash: SHA-256 of the provider''s id of the account. False when it took too long or was parked before: give the tokens back then.';

select app.seal('app.park_grant(uuid, bytea, bytea, bytea, text, text, bytea)', 'app_writer', 'tenant_service');
-- end of sql/2004_function_park_grant.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/2006_function_parked_grant.sql
create or replace function app.parked_grant(p_id uuid)
returns setof app.parked_grant_view
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
  perform app.require_admin();
  return query
  select s.id, s.provider, s.connected_email, o.name,
    case when c.account_hash is distinct from s.account_hash then coalesce(c.connected_email, case when c.id is not null then '' end) end,
    s.expires_at
  from public.oauth_states s
  join public.organizations o on o.id = s.org_id
  left join public.org_credentials c on c.org_id = s.org_id and c.provider = s.provider
  where s.org_id = app.require_org_id() and s.id = p_id and s.user_id = app.current_user_id()
    and s.state = 'parked' and s.expires_at > app.now();
  if not found then
    raise exception 'there is no such connection to confirm' using errcode = 'VX404';
  end if;
end
$$;

comment on function app.parked_grant(uuid) is
  'What this member is to confirm or refuse: which account, to which clinic. Owner and admin only (VX403); VX404 when it is somebody else''s, another clinic''s, not here yet, done, or too old.';

select app.seal('app.parked_grant(uuid)', 'app_writer', 'tenant_user');
-- end of sql/2006_function_parked_grant.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/2008_function_confirm_grant.sql
create or replace function app.confirm_grant(p_id uuid)
returns setof app.parked_grant_view
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_parked public.oauth_states;
  v_now timestamptz;
  v_id uuid;
begin
  perform app.require_admin();
  select * into v_parked
  from public.oauth_states s
  where s.org_id = v_org_id and s.id = p_id and s.user_id = app.current_user_id()
  for update;
  v_now := app.now();
  if v_parked.state is distinct from 'parked' or v_parked.expires_at <= v_now then
    raise exception 'there is no such connection to confirm' using errcode = 'VX404';
  end if;

  insert into public.org_credentials as c (
    org_id, provider, ciphertext, nonce, auth_tag, key_id, connected_email, account_hash, last_verified_at)
  values (
    v_org_id, v_parked.provider, v_parked.ciphertext, v_parked.nonce, v_parked.auth_tag, v_parked.key_id,
    v_parked.connected_email, v_parked.account_hash, v_now)
  on conflict (org_id, provider) do update
  set ciphertext = excluded.ciphertext, nonce = excluded.nonce, auth_tag = excluded.auth_tag, key_id = excluded.key_id,
    connected_email = excluded.connected_email, account_hash = excluded.account_hash, grant_version = c.grant_version + 1,
    refresh_lease_id = null, refresh_until = null, needs_reconnect_at = null, last_verified_at = v_now,
    verification_error = null, updated_at = v_now
  where c.account_hash = excluded.account_hash
  returning c.id into v_id;
  if v_id is null then
    raise exception 'another account is connected: disconnect it first' using errcode = 'VX409';
  end if;
  delete from public.oauth_states s where s.org_id = v_org_id and s.id = p_id;
  insert into public.audit_log (org_id, action, entity, entity_id, actor_user_id)
  values (v_org_id, 'calendar_connected', 'credential', v_id, app.current_user_id());
  perform app.resume_calendars(v_parked.provider);
  return query
  select v_parked.id, v_parked.provider, v_parked.connected_email, o.name, null::text, v_parked.expires_at
  from public.organizations o
  where o.id = v_org_id;
end
$$;

comment on function app.confirm_grant(uuid) is
  'Connects the parked account to the clinic, by the person who began it, in their own session, once. The same account again (a reconnection) heals its calendars, and what waited is done. Owner and admin only (VX403); VX404 as app.parked_grant; VX409: another account of this provider is connected.';

select app.seal('app.confirm_grant(uuid)', 'app_writer', 'tenant_user');
-- end of sql/2008_function_confirm_grant.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/2009_function_resume_calendars.sql
create or replace function app.resume_calendars(p_provider text)
returns void
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_id uuid;
begin
  for v_id in
    update public.calendar_links l
    set health = 'ok', failing_since = null, error_code = null, failures = 0, channel_retry_at = null, updated_at = app.now()
    where l.org_id = v_org_id and l.provider = app.calendar_provider(p_provider)
    returning l.id
  loop
    perform app.request_pull(v_id);
    perform app.enqueue_job('watch_calendar', jsonb_build_object('calendar_link_id', v_id));
    perform app.announce('calendar_updated', 'calendar_link', v_id);
  end loop;
  for v_id in
    select distinct e.appointment_id
    from public.calendar_events e
    join public.calendar_links l on l.org_id = e.org_id and l.id = e.calendar_link_id
    where e.org_id = v_org_id and l.provider = app.calendar_provider(p_provider) and e.synced_version < e.desired_version
  loop
    perform app.enqueue_job('sync_calendar_event', jsonb_build_object('appointment_id', v_id));
  end loop;
end
$$;

comment on function app.resume_calendars(text) is
  'After an account was connected again: its calendars are read, their channels opened and what waited to be written is.';

select app.seal('app.resume_calendars(text)', null, 'app_writer');
-- end of sql/2009_function_resume_calendars.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/2010_function_refuse_grant.sql
create or replace function app.refuse_grant(p_id uuid)
returns boolean
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  perform app.require_admin();
  update public.oauth_states s
  set state = 'refused', expires_at = app.now()
  where s.org_id = app.require_org_id() and s.id = p_id and s.user_id = app.current_user_id() and s.state = 'parked';
  return found;
end
$$;

comment on function app.refuse_grant(uuid) is
  'The person who began does not want it: the tokens are given back to the provider by the next sweep. Returns whether there was such a parked grant of theirs. Owner and admin only (VX403).';

select app.seal('app.refuse_grant(uuid)', 'app_writer', 'tenant_user');
-- end of sql/2010_function_refuse_grant.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/2011_function_is_account_used.sql
create or replace function app.is_account_used(p_provider text, p_account_hash bytea, p_except uuid default null)
returns boolean
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
  return exists (
      select from public.org_credentials c where c.account_hash = p_account_hash and c.provider = p_provider)
    or exists (
      select from public.oauth_states s
      where s.account_hash = p_account_hash and s.provider = p_provider and s.state = 'parked'
        and s.id is distinct from p_except and s.expires_at > app.now());
end
$$;

comment on function app.is_account_used(text, bytea, uuid) is
  'Whether any clinic is connected to the account, or about to be (but for the parked grant p_except). Revoking one grant at Google ends all that the person gave us, so it is only done when this is false. Says nothing of whose it is.';

select app.seal('app.is_account_used(text, bytea, uuid)', 'app_definer', 'app_writer', 'tenant_service');
-- end of sql/2011_function_is_account_used.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/2012_function_orgs_with_old_grants.sql
create or replace function app.orgs_with_old_grants()
returns setof uuid
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
  return query
  select s.org_id
  from public.oauth_states s
  where s.expires_at <= app.now() and (s.lease_until is null or s.lease_until <= app.now())
  union
  select c.org_id
  from public.org_credentials c
  join public.organizations o on o.id = c.org_id and o.deleted_at is not null
  where app.calendar_provider(c.provider) is not null;
end
$$;

comment on function app.orgs_with_old_grants() is 'The organisations, of all, for which app.take_old_grants has something to do now; also deleted ones whose calendars are still connected.';

select app.seal('app.orgs_with_old_grants()', 'app_definer', 'voxanne_login');
-- end of sql/2012_function_orgs_with_old_grants.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/2013_function_take_old_grants.sql
-- Giving tokens back is a network call, so the row is leased; it goes when that is done (app.drop_grant).
create or replace function app.take_old_grants()
returns setof app.old_grant
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_now timestamptz := app.now();
begin
  perform app.retire_calendars();
  delete from public.oauth_states s
  where s.org_id = v_org_id and s.expires_at <= v_now
    and (s.state in ('begun', 'taken') or s.expires_at <= v_now - interval '1 day');
  return query
  update public.oauth_states s
  set lease_until = v_now + interval '2 minutes'
  where s.org_id = v_org_id
    and s.id in (
      select x.id
      from public.oauth_states x
      where x.org_id = v_org_id and x.expires_at <= v_now and (x.lease_until is null or x.lease_until <= v_now)
      order by x.expires_at
      limit 20
      for update skip locked)
  returning s.id, s.provider, s.ciphertext, s.nonce, s.auth_tag, s.key_id, app.is_account_used(s.provider, s.account_hash, s.id);
end
$$;

comment on function app.take_old_grants() is
  'Leases, for two minutes, twenty grants at most that nobody confirmed in time or that were refused: give their tokens back to the provider unless shared, then app.drop_grant. What holds no tokens is deleted here; so is, after a day, what the provider would not take back. The accounts of a deleted organisation go the same way (app.retire_calendars): let this run before its rows are deleted, for nobody can give back tokens that are gone.';

select app.seal('app.take_old_grants()', 'app_writer', 'tenant_service');
-- end of sql/2013_function_take_old_grants.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/2014_function_drop_grant.sql
create or replace function app.drop_grant(p_id uuid)
returns boolean
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  delete from public.oauth_states s
  where s.org_id = app.require_org_id() and s.id = p_id and s.expires_at <= app.now();
  return found;
end
$$;

comment on function app.drop_grant(uuid) is 'Forgets a grant that app.take_old_grants gave out and whose tokens are given back. Returns whether it was still there.';

select app.seal('app.drop_grant(uuid)', 'app_writer', 'tenant_service');
-- end of sql/2014_function_drop_grant.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/2015_function_begin_refresh.sql
-- A refresh is a network call, so no transaction's lock can serialise it: a lease does, a minute long.
create or replace function app.begin_refresh(p_provider text, p_version integer, p_lease_id uuid)
returns setof app.refresh_turn
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_row public.org_credentials;
  v_now timestamptz;
  v_outcome text;
begin
  select * into v_row
  from public.org_credentials c
  where c.org_id = v_org_id and c.provider = p_provider
  for no key update;
  v_now := app.now();
  v_outcome := case
    when v_row.id is null then 'gone'
    when v_row.needs_reconnect_at is not null then 'needs_reconnect'
    when v_row.grant_version <> p_version then 'refreshed'
    when v_row.refresh_until > v_now and v_row.refresh_lease_id <> p_lease_id then 'busy'
    else 'refresh'
  end;
  if v_outcome = 'refresh' then
    update public.org_credentials c
    set refresh_lease_id = p_lease_id, refresh_until = v_now + interval '1 minute'
    where c.org_id = v_org_id and c.id = v_row.id;
  end if;
  if v_outcome not in ('refresh', 'refreshed') then
    return next (v_outcome, v_row.grant_version, null, null, null, null)::app.refresh_turn;
  else
    return next (v_outcome, v_row.grant_version, v_row.ciphertext, v_row.nonce, v_row.auth_tag, v_row.key_id)::app.refresh_turn;
  end if;
end
$$;

comment on function app.begin_refresh(text, integer, uuid) is
  'Takes the turn to refresh a calendar account''s tokens (google_calendar, outlook) whose version p_version is used up; see app.refresh_turn. p_lease_id, made up by the worker, holds for a minute.';

select app.seal('app.begin_refresh(text, integer, uuid)', 'app_writer', 'tenant_service');
-- end of sql/2015_function_begin_refresh.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/2016_function_note_refresh.sql
create or replace function app.note_refresh(
  p_provider text,
  p_version integer,
  p_ciphertext bytea,
  p_nonce bytea,
  p_auth_tag bytea,
  p_key_id text
)
returns integer
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_version integer;
begin
  update public.org_credentials c
  set ciphertext = p_ciphertext, nonce = p_nonce, auth_tag = p_auth_tag, key_id = p_key_id,
    grant_version = c.grant_version + 1, refresh_lease_id = null, refresh_until = null,
    last_verified_at = app.now(), verification_error = null, updated_at = app.now()
  where c.org_id = app.require_org_id() and c.provider = p_provider and c.grant_version = p_version
    and c.needs_reconnect_at is null
  returning c.grant_version into v_version;
  return v_version;
end
$$;

comment on function app.note_refresh(text, integer, bytea, bytea, bytea, text) is
  'Keeps refreshed tokens in place of version p_version and returns their version. Commit this before the new access token is used: the old refresh token may be good for nothing by now. Compares the version, not the lease, so that a slow answer is kept as long as nothing newer is. NULL: there are other tokens meanwhile, or none; read those.';

select app.seal('app.note_refresh(text, integer, bytea, bytea, bytea, text)', 'app_writer', 'tenant_service');
-- end of sql/2016_function_note_refresh.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/2017_function_leave_refresh.sql
create or replace function app.leave_refresh(p_provider text, p_lease_id uuid)
returns void
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  update public.org_credentials c
  set refresh_lease_id = null, refresh_until = null
  where c.org_id = app.require_org_id() and c.provider = p_provider and c.refresh_lease_id = p_lease_id;
end
$$;

comment on function app.leave_refresh(text, uuid) is
  'Gives the turn of app.begin_refresh back after a refresh that failed for now, so that the next need not wait for the lease to end.';

select app.seal('app.leave_refresh(text, uuid)', 'app_writer', 'tenant_service');
-- end of sql/2017_function_leave_refresh.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/2018_function_note_grant_revoked.sql
create or replace function app.note_grant_revoked(p_provider text, p_version integer)
returns boolean
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_now timestamptz := app.now();
  v_credential_id uuid;
  v_id uuid;
begin
  update public.org_credentials c
  set needs_reconnect_at = v_now, refresh_lease_id = null, refresh_until = null,
    verification_error = 'Access to the calendar was withdrawn. Connect it again.'
  where c.org_id = v_org_id and c.provider = p_provider and c.grant_version = p_version and c.needs_reconnect_at is null
    and app.calendar_provider(c.provider) is not null
  returning c.id into v_credential_id;
  if v_credential_id is null then
    return false;
  end if;
  for v_id in
    update public.calendar_links l
    set health = 'needs_reconnect', failing_since = coalesce(l.failing_since, v_now), error_code = 'grant_revoked', updated_at = v_now
    where l.org_id = v_org_id and l.provider = app.calendar_provider(p_provider)
    returning l.id
  loop
    perform app.announce('calendar_updated', 'calendar_link', v_id);
  end loop;
  perform app.notify_staff('calendar_reconnect', case p_provider
    when 'google_calendar' then 'Google calendar is no longer connected: connect it again'
    else 'Outlook calendar is no longer connected: connect it again' end, 'credential', v_credential_id);
  return true;
end
$$;

comment on function app.note_grant_revoked(text, integer) is
  'The provider refuses the tokens of version p_version for good (invalid_grant): nothing more is tried until a person connects again, and staff are told, once. False when it was known, or when there are newer tokens, which may be good.';

select app.seal('app.note_grant_revoked(text, integer)', 'app_writer', 'tenant_service');
-- end of sql/2018_function_note_grant_revoked.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/2019_function_disconnect_calendar.sql
create or replace function app.disconnect_calendar(p_provider text)
returns setof app.disconnected_account
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_links public.calendar_links[];
  v_removed public.org_credentials;
  v_now timestamptz;
  v_grant_id uuid;
begin
  perform app.require_admin();
  if app.calendar_provider(p_provider) is null then
    raise exception 'calendars are of google_calendar or outlook' using errcode = 'VX400';
  end if;
  -- Whoever links a calendar meanwhile holds the account: theirs is among these, or finds nothing connected.
  perform from public.org_credentials c where c.org_id = v_org_id and c.provider = p_provider for update;
  -- Bookings write rows that hang on a link: they come first or find none.
  perform app.lock_resources(array(
    select l.resource_id from public.calendar_links l where l.org_id = v_org_id and l.provider = app.calendar_provider(p_provider)));
  -- As they are when they go: a worker may have opened a channel until then.
  with gone as (
    delete from public.calendar_links l
    where l.org_id = v_org_id and l.provider = app.calendar_provider(p_provider)
    returning l
  )
  select array_agg(g.l) into v_links from gone g;
  delete from public.org_credentials c
  where c.org_id = v_org_id and c.provider = p_provider
  returning * into v_removed;
  if v_removed.id is null then
    return;
  end if;
  -- The tokens are kept for the way back to the provider only. Whoever asked gets a while to do it, then the sweep does.
  v_now := app.now();
  insert into public.oauth_states (
    org_id, user_id, provider, state_hash, state, ciphertext, nonce, auth_tag, key_id, connected_email, account_hash, expires_at,
    lease_until)
  values (
    v_org_id, app.current_user_id(), p_provider, sha256(uuid_send(gen_random_uuid()) || uuid_send(v_removed.id)), 'refused',
    v_removed.ciphertext, v_removed.nonce, v_removed.auth_tag, v_removed.key_id, v_removed.connected_email,
    coalesce(v_removed.account_hash, sha256(uuid_send(v_removed.id))), v_now, v_now + interval '2 minutes')
  returning id into v_grant_id;
  insert into public.audit_log (org_id, action, entity, entity_id, actor_user_id)
  values (v_org_id, 'calendar_disconnected', 'credential', v_removed.id, app.current_user_id());
  perform app.announce('calendar_updated', 'credential', v_removed.id);
  return next (
    v_grant_id, v_removed.ciphertext, v_removed.nonce, v_removed.auth_tag, v_removed.key_id,
    app.is_account_used(p_provider, v_removed.account_hash),
    array(select c.channel_id from unnest(v_links) c where c.channel_id is not null order by c.id),
    array(select coalesce(c.channel_resource_id, '') from unnest(v_links) c where c.channel_id is not null order by c.id)
  )::app.disconnected_account;
end
$$;

comment on function app.disconnect_calendar(text) is
  'Forgets a provider''s account with all its calendars, their busy times and what was to be written there; events that are there stay. Its tokens wait among the grants to give back: by whoever asked (then app.drop_grant), else, two minutes later, by app.take_old_grants. Returns what is to be ended at the provider, see app.disconnected_account; no row where nothing was connected. Owner and admin only (VX403); VX400: no such provider.';

select app.seal('app.disconnect_calendar(text)', 'app_writer', 'tenant_user');
-- end of sql/2019_function_disconnect_calendar.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/2020_function_link_calendar.sql
create or replace function app.link_calendar(
  p_provider text,
  p_resource_id uuid,
  p_external_calendar_id text,
  p_name text,
  p_time_zone text,
  p_writes boolean
)
returns uuid
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_reconnect_since timestamptz;
  v_id uuid;
begin
  perform app.require_admin();
  if coalesce(btrim(p_external_calendar_id), '') = '' or not coalesce(app.is_time_zone(p_time_zone), false) then
    raise exception 'a calendar has an id and a time zone' using errcode = 'VX400';
  elsif not exists (select from public.resources r where r.org_id = v_org_id and r.id = p_resource_id) then
    raise exception 'there is no such resource' using errcode = 'VX404';
  end if;
  -- The account, then the resource, then links: as app.disconnect_calendar, which would leave this one behind.
  select c.needs_reconnect_at into v_reconnect_since
  from public.org_credentials c
  where c.org_id = v_org_id and app.calendar_provider(c.provider) = p_provider
  for share;
  if not found then
    raise exception 'connect the account first' using errcode = 'VX409';
  end if;
  perform app.lock_resources(array[p_resource_id]);
  if p_writes then
    update public.calendar_links l
    set writes = false, updated_at = app.now()
    where l.org_id = v_org_id and l.resource_id = p_resource_id and l.writes
      and (l.provider, l.external_calendar_id) <> (p_provider, p_external_calendar_id);
  end if;
  insert into public.calendar_links as l (
    org_id, resource_id, provider, external_calendar_id, calendar_name, time_zone, writes, health, failing_since, error_code)
  values (
    v_org_id, p_resource_id, p_provider, p_external_calendar_id, left(p_name, 200), p_time_zone, p_writes,
    case when v_reconnect_since is null then 'ok' else 'needs_reconnect' end, v_reconnect_since,
    case when v_reconnect_since is not null then 'grant_revoked' end)
  on conflict (org_id, provider, external_calendar_id) do update
  set calendar_name = excluded.calendar_name, time_zone = excluded.time_zone, writes = excluded.writes, updated_at = app.now()
  where l.resource_id = p_resource_id
  returning l.id into v_id;
  if v_id is null then
    raise exception 'this calendar is another resource''s' using errcode = 'VX409';
  end if;
  -- Visits ahead are written there, and taken away from where they were.
  perform app.wish_calendar_event(v.id)
  from (
    select a.id
    from public.appointments a
    where a.org_id = v_org_id and a.resource_id = p_resource_id and a.status in ('pending', 'confirmed')
      and a.scheduled_at > app.now()
    order by a.id
  ) v;
  insert into public.audit_log (org_id, action, entity, entity_id, actor_user_id)
  values (v_org_id, 'calendar_linked', 'calendar_link', v_id, app.current_user_id());
  perform app.request_pull(v_id);
  perform app.enqueue_job('watch_calendar', jsonb_build_object('calendar_link_id', v_id));
  perform app.announce('calendar_updated', 'calendar_link', v_id);
  return v_id;
end
$$;

comment on function app.link_calendar(text, uuid, text, text, text, boolean) is
  'Links an outside calendar (provider google or microsoft, whose account is connected) to a resource, or changes its name, zone and p_writes. What is in it counts as busy as soon as it was read; until then bookings are pending. p_writes: the resource''s visits are written into it, and into no other. Returns the link. Owner and admin only (VX403). VX404: no such resource; VX409: nothing connected, or the calendar is another resource''s; VX400: no id or zone.';

select app.seal('app.link_calendar(text, uuid, text, text, text, boolean)', 'app_writer', 'tenant_user');
-- end of sql/2020_function_link_calendar.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/2021_function_unlink_calendar.sql
create or replace function app.unlink_calendar(p_calendar_link_id uuid)
returns setof app.calendar_channel
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_link public.calendar_links;
begin
  perform app.require_admin();
  perform app.lock_resources(array(
    select l.resource_id from public.calendar_links l where l.org_id = v_org_id and l.id = p_calendar_link_id));
  delete from public.calendar_links l
  where l.org_id = v_org_id and l.id = p_calendar_link_id
  returning * into v_link;
  if v_link.id is null then
    raise exception 'there is no such calendar' using errcode = 'VX404';
  end if;
  insert into public.audit_log (org_id, action, entity, entity_id, actor_user_id)
  values (v_org_id, 'calendar_unlinked', 'calendar_link', v_link.id, app.current_user_id());
  perform app.announce('calendar_updated', 'calendar_link', v_link.id);
  return next (
    'gone', v_link.provider, v_link.external_calendar_id, v_link.channel_id, v_link.channel_resource_id,
    v_link.channel_expires_at)::app.calendar_channel;
end
$$;

comment on function app.unlink_calendar(uuid) is
  'Ends the link of a calendar: its busy times go, visits are no longer written there; events that are there stay. Returns its push channel, to be closed at the provider (channel_id NULL: none). Owner and admin only (VX403); VX404: no such link.';

select app.seal('app.unlink_calendar(uuid)', 'app_writer', 'tenant_user');
-- end of sql/2021_function_unlink_calendar.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/2022_function_words_of_visit.sql
-- The one place that decides what leaves the house about a visit, for calendars and feeds alike.
create or replace function app.words_of_visit(p_appointment_id uuid)
returns app.event_words
language plpgsql
stable
set search_path = ''
as $$
declare
  v_words app.event_words;
begin
  select
    case when v.says_all then concat_ws(' – ', s.name, p.name) else 'Busy – clinic appointment' end,
    case when v.says_all then concat_ws(', ', r.name, 'reference ' || a.booking_ref) end,
    case when v.says_all then l.name end
  into v_words
  from public.appointments a
  join public.organizations o on o.id = a.org_id
  join public.services s on s.org_id = a.org_id and s.id = a.service_id
  join public.resources r on r.org_id = a.org_id and r.id = a.resource_id
  join public.locations l on l.org_id = a.org_id and l.id = a.location_id
  left join public.patients p on p.org_id = a.org_id and p.id = a.patient_id
  left join public.contacts c on c.org_id = a.org_id and c.id = a.contact_id
  cross join lateral (select o.calendar_content = 'full' and c.erased_at is null as says_all) v
  where a.org_id = app.current_org_id() and a.id = p_appointment_id;
  return v_words;
end
$$;

comment on function app.words_of_visit(uuid) is
  'What an outside calendar or feed may say of a visit, by organizations.calendar_content: nothing of whom and what for, or service, patient, practitioner, reference and place. Of an erased person it never says more than that the time is taken.';

select app.seal('app.words_of_visit(uuid)', null, 'app_writer');
-- end of sql/2022_function_words_of_visit.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/2023_function_mirror_outside.sql
-- What is in a calendar is never offered, also where a visit's own event was moved to and the visit did not follow. Whoever
-- changes an event's outside times holds its row and takes its busy time away with it (app.wish_calendar_event), so nothing is
-- touched here that is as it should be, and nothing waited for: a reading and a change of another visit would wait in a circle.
create or replace function app.mirror_outside(p_calendar_link_id uuid)
returns void
language plpgsql
volatile
set search_path = ''
as $$
begin
  delete from public.busy_blocks b
  where b.org_id = app.require_org_id()
    and b.id in (
      select x.id
      from public.busy_blocks x
      where x.org_id = app.require_org_id() and x.calendar_link_id = p_calendar_link_id and x.external_id like 'visit:%'
        and not exists (
          select from public.calendar_events e
          where e.org_id = x.org_id and e.calendar_link_id = x.calendar_link_id and 'visit:' || e.appointment_id = x.external_id
            and e.outside = 'moved' and (e.outside_from, e.outside_to) = (x.starts_at, x.ends_at))
      for update skip locked);
  insert into public.busy_blocks (org_id, resource_id, calendar_link_id, external_id, starts_at, ends_at)
  select e.org_id, l.resource_id, l.id, 'visit:' || e.appointment_id, e.outside_from, e.outside_to
  from public.calendar_events e
  join public.calendar_links l on l.org_id = e.org_id and l.id = e.calendar_link_id
  where e.org_id = app.require_org_id() and e.calendar_link_id = p_calendar_link_id and e.outside = 'moved'
    and e.outside_to > e.outside_from
    and not exists (
      select from public.busy_blocks b
      where b.org_id = e.org_id and b.calendar_link_id = l.id and b.external_id = 'visit:' || e.appointment_id
        and (b.starts_at, b.ends_at) = (e.outside_from, e.outside_to));
end
$$;

comment on function app.mirror_outside(uuid) is
  'Makes the busy times of a calendar''s own events that were moved there, and that their visits did not follow, what calendar_events says; one without length takes no time. They are named visit:<id of the visit>.';

select app.seal('app.mirror_outside(uuid)', null, 'app_writer');
-- end of sql/2023_function_mirror_outside.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/2024_function_wish_calendar_event.sql
create or replace function app.wish_calendar_event(p_appointment_id uuid)
returns void
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_now timestamptz := app.now();
begin
  insert into public.calendar_events (org_id, appointment_id, calendar_link_id, desired_version)
  select a.org_id, a.id, l.id, 0
  from public.appointments a
  join public.calendar_links l on l.org_id = a.org_id and l.resource_id = a.resource_id and l.writes
  where a.org_id = v_org_id and a.id = p_appointment_id and a.status in ('pending', 'confirmed') and upper(a.during) > v_now
  on conflict do nothing;
  update public.calendar_events e
  set desired_version = e.desired_version + 1, outside = null, outside_from = null, outside_to = null, retry_at = null,
    wished_at = v_now, updated_at = v_now
  where e.org_id = v_org_id and e.appointment_id = p_appointment_id;
  if found then
    delete from public.busy_blocks b
    using public.calendar_events e
    where e.org_id = v_org_id and e.appointment_id = p_appointment_id
      and b.org_id = e.org_id and b.calendar_link_id = e.calendar_link_id and b.external_id = 'visit:' || p_appointment_id;
    perform app.enqueue_job('sync_calendar_event', jsonb_build_object('appointment_id', p_appointment_id));
  end if;
end
$$;

comment on function app.wish_calendar_event(uuid) is
  'A visit changed: its events in outside calendars are out of step from now on, and one job brings them back. Part of the change''s transaction; it does not say what to do, for the job looks at the visit as it is by then. What somebody had done to the event outside is overruled. Nothing where no calendar takes the resource''s visits.';

select app.seal('app.wish_calendar_event(uuid)', null, 'app_writer');
-- end of sql/2024_function_wish_calendar_event.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/2025_function_take_calendar_event.sql
-- Writing is a network call: a lease guards it, two minutes long. The row is locked before the visit is read, and every
-- change of a visit raises desired_version in its own transaction: what is read here is that version or a later one.
create or replace function app.take_calendar_event(p_appointment_id uuid, p_lease_id uuid)
returns setof app.calendar_event_work
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_now timestamptz;
  v_event public.calendar_events;
  v_link public.calendar_links;
  v_visit public.appointments;
  v_words app.event_words;
  v_outcome text;
  v_waits app.calendar_event_work;
begin
  for v_event in
    select e.*
    from public.calendar_events e
    where e.org_id = v_org_id and e.appointment_id = p_appointment_id and e.synced_version < e.desired_version
    order by e.id
    for no key update
  loop
    select * into v_link from public.calendar_links l where l.org_id = v_org_id and l.id = v_event.calendar_link_id;
    select * into v_visit from public.appointments a where a.org_id = v_org_id and a.id = p_appointment_id;
    v_now := app.now();
    -- state none with attempts: a worker began to make it and did not tell what came of it.
    v_outcome := case
      when v_event.lease_until > v_now and v_event.lease_id <> p_lease_id then 'busy'
      when v_link.health = 'needs_reconnect' then 'needs_reconnect'
      when v_event.retry_at > v_now then 'busy'
      when v_visit.status in ('pending', 'confirmed', 'completed', 'no_show')
        and v_visit.resource_id = v_link.resource_id and v_link.writes then
        case
          when upper(v_visit.during) > v_now then 'put'
          when v_event.state = 'there' or (v_event.state = 'none' and v_event.attempts > 0) then 'rewrite'
          else 'in_step'
        end
      when v_event.state = 'there' or (v_event.state = 'none' and v_event.attempts > 0) then 'remove'
      else 'in_step'
    end;
    if v_outcome = 'in_step' then
      update public.calendar_events e
      set synced_version = e.desired_version, failing_since = null, error_code = null, attempts = 0, retry_at = null, updated_at = v_now
      where e.org_id = v_org_id and e.id = v_event.id;
    elsif v_outcome in ('busy', 'needs_reconnect') then
      v_waits.outcome := coalesce(v_waits.outcome, v_outcome);
      v_waits.not_before := least(v_waits.not_before, greatest(v_event.lease_until, v_event.retry_at));
    else
      update public.calendar_events e
      set lease_id = p_lease_id, lease_until = v_now + interval '2 minutes', attempts = e.attempts + 1, turn_at = null, turn = null,
        generation = e.generation + case when v_outcome = 'put' and e.state = 'gone' then 1 else 0 end,
        state = case when v_outcome = 'put' and e.state = 'gone' then 'none' else e.state end,
        external_id = case when v_outcome = 'put' and e.state = 'gone' then null else e.external_id end,
        etag = case when v_outcome = 'put' and e.state = 'gone' then null else e.etag end,
        updated_at = v_now
      where e.org_id = v_org_id and e.id = v_event.id
      returning * into v_event;
      v_words := app.words_of_visit(p_appointment_id);
      return next (
        v_outcome, v_event.id, v_event.desired_version, v_link.provider, v_link.external_calendar_id, v_link.time_zone,
        v_event.external_id, v_event.generation, v_event.etag, lower(v_visit.during), upper(v_visit.during),
        v_words.subject, v_words.details, v_words.place, null, v_event.wished_at)::app.calendar_event_work;
      return;
    end if;
  end loop;
  v_waits.outcome := coalesce(v_waits.outcome, 'in_step');
  return next v_waits;
end
$$;

comment on function app.take_calendar_event(uuid, uuid) is
  'Takes the lease (p_lease_id, made up by the worker) of one event of the visit that is out of step and says what it must be now; see app.calendar_event_work. Take, write, app.settle_calendar_event, and again until in_step: a visit that changed its calendar has two.';

select app.seal('app.take_calendar_event(uuid, uuid)', 'app_writer', 'tenant_service');
-- end of sql/2025_function_take_calendar_event.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/2026_function_settle_calendar_event.sql
create or replace function app.settle_calendar_event(
  p_event_id uuid,
  p_lease_id uuid,
  p_version integer,
  p_outcome text,
  p_external_id text default null,
  p_etag text default null,
  p_error text default null,
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
  v_now timestamptz := app.now();
  v_event public.calendar_events;
  v_kept boolean;
begin
  if p_outcome is null or p_outcome not in ('there', 'gone', 'missing', 'failed') then
    raise exception 'an event is there, gone or missing, or it failed' using errcode = 'VX400';
  end if;
  select * into v_event from public.calendar_events e where e.org_id = v_org_id and e.id = p_event_id for no key update;
  v_now := app.now();
  v_kept := v_event.lease_id is not distinct from p_lease_id and p_lease_id is not null;
  if v_event.id is null then
    return false;
  elsif not v_kept and p_outcome = 'failed' then
    return false;
  elsif not v_kept then
    -- Another worker took over, and this one wrote late, perhaps over what the other did: make it anew.
    update public.calendar_events e
    set desired_version = e.desired_version + 1, settled_at = v_now, updated_at = v_now,
      state = case p_outcome when 'there' then 'there' else e.state end,
      external_id = case p_outcome when 'there' then coalesce(p_external_id, e.external_id) else e.external_id end
    where e.org_id = v_org_id and e.id = p_event_id;
  elsif p_outcome = 'failed' then
    update public.calendar_events e
    set lease_id = null, lease_until = null, error_code = coalesce(p_error, 'failed'), failing_since = coalesce(e.failing_since, v_now),
      retry_at = v_now + greatest(
        make_interval(secs => p_pause_seconds), least(interval '30 seconds' * power(2, least(e.attempts - 1, 10)), interval '30 minutes')),
      updated_at = v_now
    where e.org_id = v_org_id and e.id = p_event_id
    returning * into v_event;
  elsif p_outcome = 'missing' then
    -- Attempts go on counting: a calendar that loses every event is not asked for ever.
    update public.calendar_events e
    set lease_id = null, lease_until = null, state = 'gone', updated_at = v_now
    where e.org_id = v_org_id and e.id = p_event_id
    returning * into v_event;
  else
    update public.calendar_events e
    set lease_id = null, lease_until = null, synced_version = greatest(e.synced_version, p_version), settled_at = v_now,
      state = p_outcome, external_id = coalesce(p_external_id, e.external_id), etag = p_etag, error_code = null,
      failing_since = null, attempts = 0, retry_at = null, updated_at = v_now
    where e.org_id = v_org_id and e.id = p_event_id
    returning * into v_event;
  end if;
  -- Changed meanwhile: that change's own job may have met our lease and gone.
  if not v_kept or v_event.synced_version < v_event.desired_version then
    perform app.enqueue_job('sync_calendar_event', jsonb_build_object('appointment_id', v_event.appointment_id),
      case p_outcome when 'failed' then v_event.retry_at end);
  end if;
  return v_kept;
end
$$;

comment on function app.settle_calendar_event(uuid, uuid, integer, text, text, text, text, integer) is
  'Says what came of app.take_calendar_event, and gives its lease back: the event is there (with its id and version at the provider), gone, missing (deleted outside without our knowing: the next take makes it anew), or it failed (p_error, a word of ours; p_pause_seconds: the provider wants at least that pause). A failure is tried again by a job put in the queue here, after 30 seconds and then twice as long each time, half an hour at most; the job itself ends well. So is what changed meanwhile, at once. False: the lease was lost; a write that came that late is done anew, so that it undoes nothing.';

select app.seal('app.settle_calendar_event(uuid, uuid, integer, text, text, text, text, integer)', 'app_writer', 'tenant_service');
-- end of sql/2026_function_settle_calendar_event.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/2027_function_calendar_events_to_sync.sql
create or replace function app.calendar_events_to_sync(p_limit integer)
returns setof app.calendar_ref
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_now timestamptz := app.now();
begin
  return query
  select x.org_id, x.appointment_id
  from (
    select e.org_id, e.appointment_id, min(e.updated_at) as since
    from public.calendar_events e
    join public.calendar_links l on l.org_id = e.org_id and l.id = e.calendar_link_id and l.health <> 'needs_reconnect'
    where e.synced_version < e.desired_version
      and (e.lease_until is null or e.lease_until <= v_now)
      and greatest(coalesce(e.retry_at, e.updated_at), e.turn_at) <= v_now - interval '2 minutes'
      and exists (select from public.organizations o where o.id = e.org_id and o.deleted_at is null)
    group by e.org_id, e.appointment_id
  ) x
  order by x.since, x.appointment_id
  limit p_limit;
end
$$;

comment on function app.calendar_events_to_sync(integer) is
  'Visits, of all clinics, whose events are out of step though their job should have come by two minutes ago: it was lost, or its worker died. The longest waiting first.';

select app.seal('app.calendar_events_to_sync(integer)', 'app_definer', 'voxanne_login');
-- end of sql/2027_function_calendar_events_to_sync.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/2028_function_request_pull.sql
create or replace function app.request_pull(p_calendar_link_id uuid)
returns boolean
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_now timestamptz;
  v_link public.calendar_links;
begin
  select * into v_link
  from public.calendar_links l
  where l.org_id = v_org_id and l.id = p_calendar_link_id
  for no key update;
  v_now := app.now();
  if v_link.id is null or v_link.health = 'needs_reconnect' then
    return false;
  end if;
  update public.calendar_links l
  set pull_wanted_at = v_now, next_pull_at = case when l.health = 'ok' then least(l.next_pull_at, v_now) else l.next_pull_at end
  where l.org_id = v_org_id and l.id = p_calendar_link_id;
  -- A pull that runs looks again when it ends; one that was just asked for is on its way. A failing calendar keeps its pause.
  if v_link.lease_until > v_now or v_link.pull_wanted_at > v_now - interval '1 minute'
    or (v_link.health = 'failing' and v_link.next_pull_at > v_now) then
    return false;
  end if;
  perform app.enqueue_job('pull_calendar', jsonb_build_object('calendar_link_id', p_calendar_link_id));
  return true;
end
$$;

comment on function app.request_pull(uuid) is
  'Asks for a calendar to be read now: a push came, or it was linked. Pushes come in crowds: returns whether a job was put in the queue, false when one is on its way or at it, and will see the change.';

select app.seal('app.request_pull(uuid)', 'app_writer', 'tenant_service');
-- end of sql/2028_function_request_pull.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/2029_function_take_pull.sql
create or replace function app.take_pull(p_calendar_link_id uuid, p_lease_id uuid)
returns setof app.calendar_pull
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_link public.calendar_links;
  v_now timestamptz;
  v_horizon interval;
  v_whole boolean;
  v_outcome text;
begin
  select * into v_link
  from public.calendar_links l
  where l.org_id = v_org_id and l.id = p_calendar_link_id
  for no key update;
  v_now := app.now();
  v_horizon := (select o.max_advance from public.organizations o where o.id = v_org_id);
  v_outcome := case
    when v_link.id is null then 'gone'
    when v_link.health = 'needs_reconnect' then 'needs_reconnect'
    when v_link.lease_until > v_now and v_link.lease_id <> p_lease_id then 'busy'
    else 'pull'
  end;
  if v_outcome = 'busy' then
    update public.calendar_links l set pull_wanted_at = v_now where l.org_id = v_org_id and l.id = p_calendar_link_id;
  end if;
  if v_outcome <> 'pull' then
    return next (v_outcome, null, null, null, null, null, null, null)::app.calendar_pull;
    return;
  end if;
  -- A token never moves its window: the whole is read anew once the end of what may be booked comes near its end.
  v_whole := v_link.sync_token is null or v_link.window_to is null or v_link.window_to < v_now + v_horizon + interval '12 hours';
  if v_whole then
    v_link.window_from := date_trunc('day', v_now - interval '1 day', v_link.time_zone);
    v_link.window_to := date_trunc('day', v_now + v_horizon + interval '3 days', v_link.time_zone);
  end if;
  update public.calendar_links l
  set lease_id = p_lease_id, lease_until = v_now + interval '10 minutes', pull_began_at = v_now, pull_wanted_at = null
  where l.org_id = v_org_id and l.id = p_calendar_link_id;
  return next (
    v_outcome, v_link.resource_id, v_link.provider, v_link.external_calendar_id, v_link.time_zone,
    case when not v_whole then v_link.sync_token end, v_link.window_from, v_link.window_to)::app.calendar_pull;
end
$$;

comment on function app.take_pull(uuid, uuid) is
  'Takes the lease (p_lease_id, made up by the worker) to read a calendar, for ten minutes, and says what to read; see app.calendar_pull. The window goes from yesterday to two days past what may be booked and is set anew about daily. app.apply_calendar_changes or app.fail_pull follows.';

select app.seal('app.take_pull(uuid, uuid)', 'app_writer', 'tenant_service');
-- end of sql/2029_function_take_pull.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/2030_function_expected_calendar_events.sql
create or replace function app.expected_calendar_events(p_calendar_link_id uuid)
returns setof app.expected_event
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
  return query
  select e.appointment_id, e.external_id, e.generation
  from public.calendar_events e
  join public.appointments a on a.org_id = e.org_id and a.id = e.appointment_id
  where e.org_id = app.require_org_id() and e.calendar_link_id = p_calendar_link_id and e.state = 'there'
    and e.synced_version = e.desired_version and a.status in ('pending', 'confirmed')
    and a.scheduled_at > app.now()
  order by e.appointment_id;
end
$$;

comment on function app.expected_calendar_events(uuid) is
  'The events of visits ahead that a calendar should hold, also those that were moved there: one that a reading of the whole window lacks was deleted, or moved out of it; ask the provider which before telling app.apply_calendar_changes.';

select app.seal('app.expected_calendar_events(uuid)', 'app_writer', 'tenant_service');
-- end of sql/2030_function_expected_calendar_events.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/2031_function_flag_outside_event.sql
create or replace function app.flag_outside_event(p_event_id uuid, p_from timestamptz, p_to timestamptz)
returns void
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_appointment_id uuid;
begin
  update public.calendar_events e
  set outside = case when p_from is null then 'deleted' else 'moved' end, outside_from = p_from, outside_to = p_to,
    state = case when p_from is null then 'gone' else 'there' end, updated_at = app.now()
  where e.org_id = app.require_org_id() and e.id = p_event_id
  returning e.appointment_id into v_appointment_id;
  perform app.notify_staff('calendar_moved', case
    when p_from is null then 'A visit was deleted in the calendar and still stands here'
    else 'A visit was moved in the calendar and stands here as before' end, 'appointment', v_appointment_id);
  perform app.announce('appointment_updated', 'appointment', v_appointment_id);
end
$$;

comment on function app.flag_outside_event(uuid, timestamptz, timestamptz) is
  'Writes down that a visit''s event was moved outside (to [p_from, p_to)) or deleted (both NULL) and that the visit did not follow, and tells staff.';

select app.seal('app.flag_outside_event(uuid, timestamptz, timestamptz)', null, 'app_writer');
-- end of sql/2031_function_flag_outside_event.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/2032_function_follow_outside_event.sql
create or replace function app.follow_outside_event(
  p_visit public.appointments,
  p_event_id uuid,
  p_from timestamptz,
  p_to timestamptz
)
returns boolean
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_result app.booking_result;
begin
  if p_from is null then
    -- The event is gone already: the job that the cancellation brings finds nothing to do.
    update public.calendar_events e
    set state = 'gone', updated_at = app.now()
    where e.org_id = app.require_org_id() and e.id = p_event_id;
    perform app.write_cancellation(p_visit, 'deleted in the calendar', null);
    return true;
  elsif p_from <= app.now() or p_to - p_from <> (p_visit).duration then
    return false;
  end if;
  v_result := app.move_appointment(
    'rescheduled', (p_visit).id, (p_visit).service_id, (p_visit).resource_id, p_from, null, true);
  return v_result.outcome = 'rescheduled';
end
$$;

comment on function app.follow_outside_event(public.appointments, uuid, timestamptz, timestamptz) is
  'Lets a visit, locked by the caller, go where its event was moved outside, or cancels it where the event was deleted (p_from NULL), as staff would who overrule hours and notice; other visits never give way. False when it cannot: another visit is in the way, it would lie in the past, or its length changed, which is the service''s.';

select app.seal('app.follow_outside_event(public.appointments, uuid, timestamptz, timestamptz)', null, 'app_writer');
-- end of sql/2032_function_follow_outside_event.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/2033_function_heed_outside_event.sql
-- Locks in the order of every change of a visit: the resource (by the caller), the visit, its event.
create or replace function app.heed_outside_event(
  p_calendar_link_id uuid,
  p_read_at timestamptz,
  p_appointment_id uuid,
  p_external_id text,
  p_etag text,
  p_from timestamptz,
  p_to timestamptz
)
returns text
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_visit public.appointments;
  v_event public.calendar_events;
  v_now timestamptz;
begin
  select * into v_visit from public.appointments a where a.org_id = v_org_id and a.id = p_appointment_id for update;
  select * into v_event
  from public.calendar_events e
  where e.org_id = v_org_id and e.appointment_id = p_appointment_id and e.calendar_link_id = p_calendar_link_id
  for no key update;
  v_now := app.now();
  if v_event.id is null or v_event.external_id <> p_external_id or v_visit.status not in ('pending', 'confirmed')
    or v_visit.scheduled_at <= v_now
    -- Elsewhere by now: its own calendar tells, and only that resource is locked.
    or not exists (
      select from public.calendar_links l
      where l.org_id = v_org_id and l.id = p_calendar_link_id and l.resource_id = v_visit.resource_id and l.writes) then
    return 'none';
  elsif v_event.synced_version < v_event.desired_version or v_event.lease_until > v_now then
    return 'ours';
  elsif p_from is null and v_event.state <> 'there'
    or (v_event.outside_from, v_event.outside_to) = (p_from, p_to) then
    return 'same';
  elsif (p_from, p_to) = (lower(v_visit.during), upper(v_visit.during)) then
    update public.calendar_events e
    set outside = null, outside_from = null, outside_to = null, state = 'there', etag = coalesce(p_etag, e.etag)
    where e.org_id = v_org_id and e.id = v_event.id and (e.outside is not null or e.state <> 'there');
    return 'same';
  elsif v_event.settled_at >= p_read_at then
    return 'late';
  end if;

  if (select o.calendar_changes from public.organizations o where o.id = v_org_id) = 'follow'
    and app.follow_outside_event(v_visit, v_event.id, p_from, p_to) then
    return 'followed';
  end if;
  perform app.flag_outside_event(v_event.id, p_from, p_to);
  return 'flagged';
end
$$;

comment on function app.heed_outside_event(uuid, timestamptz, uuid, text, text, timestamptz, timestamptz) is
  'Compares a visit with its event as a calendar was read to have it since p_read_at; p_from and p_to NULL: it is deleted. none: not a visit ahead, not its event, or not the calendar that takes it; ours: we are about to write it, and our word counts; same; late: we wrote it after that reading began, read again; followed or flagged, by organizations.calendar_changes.';

select app.seal('app.heed_outside_event(uuid, timestamptz, uuid, text, text, timestamptz, timestamptz)', null, 'app_writer');
-- end of sql/2033_function_heed_outside_event.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/2034_function_note_conflicts.sql
create or replace function app.note_conflicts(p_calendar_link_id uuid, p_external_ids text[])
returns integer
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_now timestamptz := app.now();
  v_appointment_id uuid;
  v_conflicts integer := 0;
begin
  update public.calendar_conflicts c
  set ended_at = v_now
  where c.org_id = v_org_id and c.calendar_link_id = p_calendar_link_id and c.ended_at is null
    and not exists (
      select from public.busy_blocks b
      join public.appointments a on a.org_id = b.org_id and a.id = c.appointment_id and a.resource_id = b.resource_id
      where b.org_id = v_org_id and b.calendar_link_id = p_calendar_link_id and b.external_id = c.external_id
        and a.status in ('pending', 'confirmed') and a.during && tstzrange(b.starts_at, b.ends_at));
  for v_appointment_id in
    insert into public.calendar_conflicts as c (org_id, appointment_id, calendar_link_id, external_id, found_at)
    select distinct v_org_id, a.id, b.calendar_link_id, b.external_id, v_now
    from public.busy_blocks b
    join public.appointments a on a.org_id = b.org_id and a.resource_id = b.resource_id and a.during && tstzrange(b.starts_at, b.ends_at)
    where b.org_id = v_org_id and b.calendar_link_id = p_calendar_link_id and b.external_id = any (p_external_ids)
      -- Visits are found through scheduled_at: none is longer than 12 hours.
      and a.scheduled_at < b.ends_at and a.scheduled_at > b.starts_at - interval '12 hours'
      and a.status in ('pending', 'confirmed') and upper(a.during) > v_now
    on conflict (org_id, appointment_id, calendar_link_id, external_id) do update
    set ended_at = null, found_at = v_now
    where c.ended_at is not null
    returning c.appointment_id
  loop
    v_conflicts := v_conflicts + 1;
    perform app.notify_staff('calendar_conflict', 'A visit lies in a time that the calendar says is taken', 'appointment', v_appointment_id);
  end loop;
  return v_conflicts;
end
$$;

comment on function app.note_conflicts(uuid, text[]) is
  'Tells staff, once each, of visits over which these events of a calendar, new or moved, have come to lie; closes conflicts that are none any more. The visits stay. Returns how many are new.';

select app.seal('app.note_conflicts(uuid, text[])', null, 'app_writer');
-- end of sql/2034_function_note_conflicts.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/2035_function_replace_busy_blocks.sql
create or replace function app.replace_busy_blocks(
  p_calendar_link_id uuid,
  p_whole boolean,
  p_removed text[],
  p_series text[],
  p_window tstzrange,
  p_external_ids text[],
  p_series_ids text[],
  p_starts timestamptz[],
  p_ends timestamptz[]
)
returns text[]
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_changed text[];
begin
  with given as materialized (
    select distinct s.external_id, nullif(s.series_id, '') as series_id, s.starts_at, s.ends_at
    from unnest(p_external_ids, p_series_ids, p_starts, p_ends) s(external_id, series_id, starts_at, ends_at)
    where s.ends_at > s.starts_at and tstzrange(s.starts_at, s.ends_at) && p_window
  ),
  -- What stays as it was is not touched: reading the whole again changes little, and bookings wait meanwhile.
  removed as (
    delete from public.busy_blocks b
    where b.org_id = v_org_id and b.calendar_link_id = p_calendar_link_id
      -- Those of app.mirror_outside are no concern of what was read, and their visits' changes may hold them.
      and b.external_id not like 'visit:%'
      and (p_whole or b.external_id = any (p_removed || p_external_ids) or b.series_id = any (p_series || p_removed)
        or b.ends_at <= lower(p_window))
      and not exists (
        select from given g
        where g.external_id = b.external_id and g.starts_at = b.starts_at and g.ends_at = b.ends_at
          and g.series_id is not distinct from b.series_id)
    returning b.external_id, b.starts_at, b.ends_at
  ),
  added as (
    insert into public.busy_blocks (org_id, resource_id, calendar_link_id, external_id, series_id, starts_at, ends_at)
    select l.org_id, l.resource_id, l.id, g.external_id, g.series_id, g.starts_at, g.ends_at
    from given g
    join public.calendar_links l on l.org_id = v_org_id and l.id = p_calendar_link_id
    where not exists (
      select from public.busy_blocks b
      where b.org_id = v_org_id and b.calendar_link_id = p_calendar_link_id and b.external_id = g.external_id
        and b.starts_at = g.starts_at and b.ends_at = g.ends_at and b.series_id is not distinct from g.series_id)
    returning external_id, starts_at, ends_at
  )
  select array_agg(distinct a.external_id) into v_changed
  from added a
  where not exists (
    select from removed r where r.external_id = a.external_id and r.starts_at = a.starts_at and r.ends_at = a.ends_at);
  return coalesce(v_changed, '{}');
end
$$;

comment on function app.replace_busy_blocks(uuid, boolean, text[], text[], tstzrange, text[], text[], timestamptz[], timestamptz[]) is
  'Takes out of a calendar''s mirror all (p_whole) but what app.mirror_outside keeps, or what these events and series took, and what lies before the window; then puts in the given times that touch the window. Series ids are '''' for single events. Returns the events that are new or have another time than before. The caller has locked the resource.';

select app.seal('app.replace_busy_blocks(uuid, boolean, text[], text[], tstzrange, text[], text[], timestamptz[], timestamptz[])', null, 'app_writer');
-- end of sql/2035_function_replace_busy_blocks.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/2036_function_apply_calendar_changes.sql
create or replace function app.apply_calendar_changes(
  p_calendar_link_id uuid,
  p_lease_id uuid,
  p_whole boolean,
  p_window_from timestamptz,
  p_window_to timestamptz,
  p_sync_token text,
  p_removed text[],
  p_series text[],
  p_external_ids text[],
  p_series_ids text[],
  p_starts timestamptz[],
  p_ends timestamptz[],
  p_own jsonb
)
returns app.calendar_applied
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_link public.calendar_links;
  v_changed text[];
  v_own record;
  v_heeded text;
  v_again boolean := false;
  v_now timestamptz;
  v_applied app.calendar_applied;
begin
  v_applied := ('lost', 0, 0, 0, 0)::app.calendar_applied;
  -- A booking sees the old mirror or the new one.
  perform app.lock_resources(array(
    select l.resource_id from public.calendar_links l where l.org_id = v_org_id and l.id = p_calendar_link_id));
  select * into v_link
  from public.calendar_links l
  where l.org_id = v_org_id and l.id = p_calendar_link_id
  for no key update;
  v_now := app.now();
  if v_link.lease_id is distinct from p_lease_id or p_lease_id is null then
    return v_applied;
  end if;
  v_applied.outcome := 'applied';
  v_changed := app.replace_busy_blocks(p_calendar_link_id, p_whole, p_removed, p_series, tstzrange(p_window_from, p_window_to),
    p_external_ids, p_series_ids, p_starts, p_ends);
  for v_own in
    select o.appointment_id, o.external_id, o.etag,
      case when not o.deleted then o.starts_at end as starts_at,
      case when not o.deleted then greatest(o.starts_at, o.ends_at) end as ends_at
    from jsonb_to_recordset(coalesce(p_own, '[]'))
      o (appointment_id uuid, external_id text, etag text, starts_at timestamptz, ends_at timestamptz, deleted boolean)
    order by o.appointment_id
  loop
    v_heeded := app.heed_outside_event(p_calendar_link_id, v_link.pull_began_at, v_own.appointment_id, v_own.external_id,
      v_own.etag, v_own.starts_at, v_own.ends_at);
    v_applied.followed := v_applied.followed + (v_heeded = 'followed')::integer;
    v_applied.flagged := v_applied.flagged + (v_heeded = 'flagged')::integer;
    v_again := v_again or v_heeded = 'late';
  end loop;
  perform app.mirror_outside(p_calendar_link_id);
  v_applied.conflicts := app.note_conflicts(p_calendar_link_id, v_changed);
  v_applied.blocks := (
    select count(*) from public.busy_blocks b where b.org_id = v_org_id and b.calendar_link_id = p_calendar_link_id);

  -- What somebody did while we wrote the same event comes with no later change: only reading the whole shows it.
  update public.calendar_links l
  set sync_token = case when not v_again then p_sync_token end, window_from = p_window_from, window_to = p_window_to,
    lease_id = null, lease_until = null, failures = 0,
    -- The grant may have gone since the last page came; only a new consent heals that.
    health = case v_link.health when 'needs_reconnect' then v_link.health else 'ok' end,
    failing_since = case v_link.health when 'needs_reconnect' then v_link.failing_since end,
    error_code = case v_link.health when 'needs_reconnect' then v_link.error_code end,
    pull_wanted_at = null, stale_told_at = null, next_pull_at = v_now + interval '10 minutes',
    -- From when it began to read: what changed since then is not in it.
    last_synced_at = v_link.pull_began_at, updated_at = v_now
  where l.org_id = v_org_id and l.id = p_calendar_link_id;
  if v_again or v_link.pull_wanted_at is not null then
    perform app.request_pull(p_calendar_link_id);
  end if;
  if v_link.health <> 'ok' or v_link.last_synced_at is null or v_applied.conflicts > 0 then
    perform app.announce('calendar_updated', 'calendar_link', p_calendar_link_id);
  end if;
  return v_applied;
end
$$;

comment on function app.apply_calendar_changes(uuid, uuid, boolean, timestamptz, timestamptz, text, text[], text[], text[], text[], timestamptz[], timestamptz[], jsonb) is
  'Applies one whole pull, all pages and its token together. p_whole: the times are all of the window; else what p_removed (ids of events that changed, are gone or take no time, and of series of which all is gone) and p_series (ids of series told whole) took before goes first. Times are four arrays of one length (p_series_ids '''' for single events), in any order. p_own are the visits'' own events: [{"appointment_id","external_id","etag","starts_at","ends_at","deleted"}], instants with offsets; see app.heed_outside_event. Locks the resource. The mirror counts as read when the pull began. Outcome lost: another worker has the lease, nothing was written.';

select app.seal('app.apply_calendar_changes(uuid, uuid, boolean, timestamptz, timestamptz, text, text[], text[], text[], text[], timestamptz[], timestamptz[], jsonb)', 'app_writer', 'tenant_service');
-- end of sql/2036_function_apply_calendar_changes.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/2037_function_fail_pull.sql
create or replace function app.fail_pull(
  p_calendar_link_id uuid,
  p_lease_id uuid,
  p_error text,
  p_pause_seconds integer default 0,
  p_token_gone boolean default false
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
  v_was text;
begin
  select l.health into v_was
  from public.calendar_links l
  where l.org_id = v_org_id and l.id = p_calendar_link_id and l.lease_id = p_lease_id
  for no key update;
  if v_was is null then
    return false;
  end if;
  update public.calendar_links l
  set lease_id = null, lease_until = null, health = case l.health when 'ok' then 'failing' else l.health end,
    failing_since = coalesce(l.failing_since, v_now), error_code = case l.health when 'needs_reconnect' then l.error_code else p_error end,
    failures = l.failures + 1, sync_token = case when not p_token_gone then l.sync_token end,
    next_pull_at = v_now + greatest(
      make_interval(secs => p_pause_seconds), least(interval '30 seconds' * power(2, least(l.failures, 10)), interval '30 minutes')),
    updated_at = v_now
  where l.org_id = v_org_id and l.id = p_calendar_link_id;
  -- From when on bookings wait for approval, staff should know why.
  update public.calendar_links l
  set stale_told_at = v_now
  from public.resources r
  join public.locations p on p.org_id = r.org_id and p.id = r.location_id
  where l.org_id = v_org_id and l.id = p_calendar_link_id and r.org_id = l.org_id and r.id = l.resource_id
    and l.health = 'failing' and l.stale_told_at is null
    and coalesce(l.last_synced_at, l.failing_since) < v_now - p.calendar_stale_after;
  if found then
    perform app.notify_staff('calendar_stale', 'A calendar could not be read for long: bookings wait for your approval', 'calendar_link', p_calendar_link_id);
  end if;
  if v_was = 'ok' then
    perform app.announce('calendar_updated', 'calendar_link', p_calendar_link_id);
  end if;
  return true;
end
$$;

comment on function app.fail_pull(uuid, uuid, text, integer, boolean) is
  'A pull failed (p_error, a word of ours): gives the lease back; the mirror stays as it is and grows old; once it is too old to be believed, staff are told, once. The next is due after 30 seconds, then twice as long each time, half an hour at most, and not before p_pause_seconds. p_token_gone: the next reads the whole window (a 410 is better met within the same pull). False when the lease was lost.';

select app.seal('app.fail_pull(uuid, uuid, text, integer, boolean)', 'app_writer', 'tenant_service');
-- end of sql/2037_function_fail_pull.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/2038_function_links_to_pull.sql
create or replace function app.links_to_pull(p_limit integer)
returns setof app.calendar_ref
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_now timestamptz := app.now();
begin
  return query
  select l.org_id, l.id
  from public.calendar_links l
  where l.health <> 'needs_reconnect' and l.next_pull_at <= v_now and (l.lease_until is null or l.lease_until <= v_now)
    and exists (select from public.organizations o where o.id = l.org_id and o.deleted_at is null)
  order by l.next_pull_at, l.id
  limit p_limit;
end
$$;

comment on function app.links_to_pull(integer) is
  'Calendars, of all clinics, that are due to be read and that nobody reads, the longest waiting first: nobody starves.';

select app.seal('app.links_to_pull(integer)', 'app_definer', 'voxanne_login');
-- end of sql/2038_function_links_to_pull.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/2039_function_channels_to_renew.sql
create or replace function app.channels_to_renew(p_limit integer)
returns setof app.calendar_ref
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_now timestamptz := app.now();
begin
  return query
  select l.org_id, l.id
  from public.calendar_links l
  where l.health <> 'needs_reconnect' and coalesce(l.channel_retry_at, v_now) <= v_now
    and (l.channel_expires_at is null or v_now >= l.channel_opened_at + (l.channel_expires_at - l.channel_opened_at) / 2)
    and exists (select from public.organizations o where o.id = l.org_id and o.deleted_at is null)
  order by l.channel_expires_at nulls first, l.id
  limit p_limit;
end
$$;

comment on function app.channels_to_renew(integer) is
  'Calendars, of all clinics, without a push channel or with one past half its life, unless one is being opened or failed just now.';

select app.seal('app.channels_to_renew(integer)', 'app_definer', 'voxanne_login');
-- end of sql/2039_function_channels_to_renew.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/2040_function_take_channel.sql
create or replace function app.take_channel(p_calendar_link_id uuid)
returns setof app.calendar_channel
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_link public.calendar_links;
  v_now timestamptz;
  v_outcome text;
begin
  select * into v_link
  from public.calendar_links l
  where l.org_id = v_org_id and l.id = p_calendar_link_id
  for no key update;
  v_now := app.now();
  v_outcome := case
    when v_link.id is null then 'gone'
    when v_link.health = 'needs_reconnect' then 'needs_reconnect'
    when v_link.channel_retry_at > v_now then 'not_due'
    when v_link.channel_expires_at is not null
      and v_now < v_link.channel_opened_at + (v_link.channel_expires_at - v_link.channel_opened_at) / 2 then 'not_due'
    else 'open'
  end;
  if v_outcome = 'open' then
    update public.calendar_links l
    set channel_retry_at = v_now + interval '5 minutes'
    where l.org_id = v_org_id and l.id = p_calendar_link_id;
  end if;
  return next (
    v_outcome, v_link.provider, v_link.external_calendar_id, v_link.channel_id, v_link.channel_resource_id,
    v_link.channel_expires_at)::app.calendar_channel;
end
$$;

comment on function app.take_channel(uuid) is
  'Whether a push channel is to be opened or renewed for a calendar now, see app.calendar_channel; for five minutes nobody else is told so, which is also the pause after a failure.';

select app.seal('app.take_channel(uuid)', 'app_writer', 'tenant_service');
-- end of sql/2040_function_take_channel.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/2041_function_note_channel.sql
create or replace function app.note_channel(
  p_calendar_link_id uuid,
  p_channel_id text,
  p_channel_resource_id text,
  p_token_hash bytea,
  p_expires_at timestamptz
)
returns boolean
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_now timestamptz := app.now();
begin
  update public.calendar_links l
  set channel_id = p_channel_id, channel_resource_id = p_channel_resource_id, channel_token_hash = p_token_hash,
    channel_opened_at = v_now, channel_expires_at = p_expires_at, channel_retry_at = null, updated_at = v_now
  where l.org_id = app.require_org_id() and l.id = p_calendar_link_id;
  if not found then
    return false;
  end if;
  -- Between the last reading and the channel's opening nobody told of changes.
  perform app.request_pull(p_calendar_link_id);
  return true;
end
$$;

comment on function app.note_channel(uuid, text, text, bytea, timestamptz) is
  'A push channel of a calendar is open, or its life was lengthened (then with its id and hash as before); p_token_hash is the SHA-256 of the secret that comes with its pushes. Close the former one at the provider afterwards. The calendar is read once more. False: the link is gone, close this one.';

select app.seal('app.note_channel(uuid, text, text, bytea, timestamptz)', 'app_writer', 'tenant_service');
-- end of sql/2041_function_note_channel.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/2042_function_lose_channel.sql
create or replace function app.lose_channel(p_calendar_link_id uuid, p_channel_id text)
returns boolean
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  update public.calendar_links l
  set channel_id = null, channel_resource_id = null, channel_token_hash = null, channel_opened_at = null,
    channel_expires_at = null, channel_retry_at = null, updated_at = app.now()
  where l.org_id = app.require_org_id() and l.id = p_calendar_link_id and l.channel_id = p_channel_id;
  return found;
end
$$;

comment on function app.lose_channel(uuid, text) is
  'The provider ended a push channel (Graph: subscriptionRemoved): the next round opens another. False when the calendar has another one already.';

select app.seal('app.lose_channel(uuid, text)', 'app_writer', 'tenant_service');
-- end of sql/2042_function_lose_channel.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/2043_function_find_channel.sql
create or replace function app.find_channel(p_channel_id text, p_token_hash bytea)
returns setof app.calendar_ref
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
  return query
  select l.org_id, l.id
  from public.calendar_links l
  where l.channel_token_hash = p_token_hash and l.channel_id = p_channel_id;
end
$$;

comment on function app.find_channel(text, bytea) is
  'Which calendar a push is about, by its channel''s id and the SHA-256 of its secret; no row for a former channel or a stranger.';

select app.seal('app.find_channel(text, bytea)', 'app_definer', 'voxanne_login');
-- end of sql/2043_function_find_channel.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/2044_function_calendar_health.sql
create or replace function app.calendar_health()
returns setof app.calendar_health_row
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_now timestamptz := app.now();
begin
  return query
  select l.id, l.provider, c.connected_email, r.id, r.name, l.external_calendar_id, l.calendar_name, l.time_zone, l.writes,
    l.health, l.failing_since, l.error_code, l.last_synced_at,
    coalesce(l.last_synced_at < v_now - p.calendar_stale_after, true), l.channel_expires_at,
    e.waiting, e.failing, e.outside, (
      select count(*)::integer
      from public.calendar_conflicts x
      where x.org_id = l.org_id and x.calendar_link_id = l.id and x.ended_at is null)
  from public.calendar_links l
  join public.resources r on r.org_id = l.org_id and r.id = l.resource_id
  join public.locations p on p.org_id = r.org_id and p.id = r.location_id
  left join public.org_credentials c on c.org_id = l.org_id and app.calendar_provider(c.provider) = l.provider
  cross join lateral (
    select count(*) filter (where v.synced_version < v.desired_version)::integer as waiting,
      count(*) filter (where v.synced_version < v.desired_version and v.failing_since is not null)::integer as failing,
      count(*) filter (where v.outside is not null)::integer as outside
    from public.calendar_events v
    where v.org_id = l.org_id and v.calendar_link_id = l.id
  ) e
  where l.org_id = app.require_org_id()
  order by r.name, l.created_at, l.id;
end
$$;

comment on function app.calendar_health() is 'Every linked calendar of the clinic and how it does, see app.calendar_health_row, by resource.';

select app.seal('app.calendar_health()', 'app_writer', 'tenant_user', 'tenant_service');
-- end of sql/2044_function_calendar_health.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/2045_function_settle_calendar_change.sql
create or replace function app.settle_calendar_change(p_appointment_id uuid, p_follow boolean)
returns text
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_visit public.appointments;
  v_event public.calendar_events;
begin
  perform app.require_staff();
  perform app.lock_resources(array(
    select a.resource_id from public.appointments a where a.org_id = v_org_id and a.id = p_appointment_id));
  select * into v_visit from public.appointments a where a.org_id = v_org_id and a.id = p_appointment_id for update;
  select * into v_event
  from public.calendar_events e
  where e.org_id = v_org_id and e.appointment_id = p_appointment_id and e.outside is not null
  order by e.id
  limit 1
  for no key update;
  if v_event.id is null then
    raise exception 'nothing was changed outside' using errcode = 'VX404';
  elsif not p_follow then
    perform app.wish_calendar_event(p_appointment_id);
    return 'restored';
  elsif v_visit.status not in ('pending', 'confirmed')
    or not app.follow_outside_event(v_visit, v_event.id, v_event.outside_from, v_event.outside_to) then
    return 'refused';
  end if;
  return 'followed';
end
$$;

comment on function app.settle_calendar_change(uuid, boolean) is
  'What staff decide about a visit whose event was moved or deleted in the outside calendar: follow it (followed, or refused when another visit is in the way, it would lie in the past, or its length was changed), or write the event as the visit is (restored). Staff only (VX403); VX404: nothing stands open for this visit.';

select app.seal('app.settle_calendar_change(uuid, boolean)', 'app_writer', 'tenant_user');
-- end of sql/2045_function_settle_calendar_change.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/2050_function_add_feed.sql
create or replace function app.add_feed(p_resource_id uuid, p_token_hash bytea)
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
  if not exists (select from public.resources r where r.org_id = v_org_id and r.id = p_resource_id) then
    raise exception 'there is no such resource' using errcode = 'VX404';
  end if;
  insert into public.calendar_feeds (org_id, resource_id, token_hash, created_by)
  values (v_org_id, p_resource_id, p_token_hash, app.current_user_id())
  returning id into v_id;
  insert into public.audit_log (org_id, action, entity, entity_id, actor_user_id)
  values (v_org_id, 'feed_added', 'calendar_feed', v_id, app.current_user_id());
  return v_id;
end
$$;

comment on function app.add_feed(uuid, bytea) is
  'Opens a secret address at which a resource''s visits can be subscribed to; p_token_hash is the SHA-256 of its secret. Owner and admin only (VX403); VX404: no such resource.';

select app.seal('app.add_feed(uuid, bytea)', 'app_writer', 'tenant_user');
-- end of sql/2050_function_add_feed.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/2051_function_revoke_feed.sql
create or replace function app.revoke_feed(p_id uuid)
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
  update public.calendar_feeds f
  set revoked_at = app.now()
  where f.org_id = v_org_id and f.id = p_id and f.revoked_at is null;
  if not found then
    return false;
  end if;
  insert into public.audit_log (org_id, action, entity, entity_id, actor_user_id)
  values (v_org_id, 'feed_revoked', 'calendar_feed', p_id, app.current_user_id());
  return true;
end
$$;

comment on function app.revoke_feed(uuid) is
  'Closes a feed''s address for good. Returns whether there was an open one. Owner and admin only (VX403).';

select app.seal('app.revoke_feed(uuid)', 'app_writer', 'tenant_user');
-- end of sql/2051_function_revoke_feed.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/2052_function_find_feed_tenant.sql
create or replace function app.find_feed_tenant(p_token_hash bytea)
returns setof uuid
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
  return query
  select f.org_id
  from public.calendar_feeds f
  where f.token_hash = p_token_hash and f.revoked_at is null
    and exists (select from public.organizations o where o.id = f.org_id and o.deleted_at is null);
end
$$;

comment on function app.find_feed_tenant(bytea) is
  'Whose feed has this secret, given as its SHA-256: one organisation, or no row when nobody''s or closed. app.open_feed follows.';

select app.seal('app.find_feed_tenant(bytea)', 'app_definer', 'voxanne_login');
-- end of sql/2052_function_find_feed_tenant.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/2053_function_open_feed.sql
create or replace function app.open_feed(p_token_hash bytea)
returns setof app.feed_row
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
begin
  return query
  select a.id, lower(a.during), upper(a.during), w.subject, w.details, w.place, a.status = 'pending', a.updated_at
  from public.calendar_feeds f
  join public.appointments a on a.org_id = f.org_id and a.resource_id = f.resource_id
    and a.status in ('pending', 'confirmed', 'completed', 'no_show') and a.scheduled_at > app.now() - interval '30 days'
  cross join lateral app.words_of_visit(a.id) w
  where f.org_id = v_org_id and f.token_hash = p_token_hash and f.revoked_at is null
  order by a.scheduled_at, a.id;
end
$$;

comment on function app.open_feed(bytea) is
  'The visits of a feed''s resource, from thirty days ago on, in the words of app.words_of_visit. No row when it has none, or the feed is closed: app.find_feed_tenant says which.';

select app.seal('app.open_feed(bytea)', 'app_writer', 'tenant_service');
-- end of sql/2053_function_open_feed.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/2054_function_calendar_counts.sql
create or replace function app.calendar_counts()
returns setof app.calendar_count
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
  return query
  select l.ok, l.failing, l.to_reconnect, e.behind, coalesce(extract(epoch from app.now() - e.since), 0)::bigint
  from (
    select count(*) filter (where x.health = 'ok') as ok, count(*) filter (where x.health = 'failing') as failing,
      count(*) filter (where x.health = 'needs_reconnect') as to_reconnect
    from public.calendar_links x
  ) l
  cross join (
    select count(*) as behind, min(x.updated_at) as since
    from public.calendar_events x
    where x.synced_version < x.desired_version
  ) e;
end
$$;

comment on function app.calendar_counts() is 'How the calendars of all clinics do, in numbers, for operators'' metrics.';

select app.seal('app.calendar_counts()', 'app_definer', 'voxanne_login');
-- end of sql/2054_function_calendar_counts.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/2060_function_consents_under_other_keys.sql
-- A parked grant becomes the credential as it is sealed, so its key is needed until then.
create or replace function app.consents_under_other_keys(p_key_id text)
returns integer
language sql
stable
security definer
set search_path = ''
as $$
  select count(*)::integer
  from public.oauth_states s
  where s.key_id <> p_key_id and (s.expires_at > app.now() or s.state in ('parked', 'refused'))
$$;

comment on function app.consents_under_other_keys(text) is
  'How many consents for calendars, of all organisations, are on their way (or still have tokens to give back) and sealed with another key than this one: minutes old, a day at most. 0: the other keys may go, as far as consents are concerned.';

select app.seal('app.consents_under_other_keys(text)', 'app_definer', 'voxanne_login');
-- end of sql/2060_function_consents_under_other_keys.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/2064_function_note_calendar_zone.sql
create or replace function app.note_calendar_zone(p_calendar_link_id uuid, p_lease_id uuid, p_zone text)
returns boolean
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  if not app.is_time_zone(p_zone) then
    return false;
  end if;
  update public.calendar_links l
  set time_zone = p_zone, sync_token = null, updated_at = app.now()
  where l.org_id = app.require_org_id() and l.id = p_calendar_link_id and l.lease_id = p_lease_id and l.time_zone <> p_zone;
  return found;
end
$$;

comment on function app.note_calendar_zone(uuid, uuid, text) is
  'The calendar that a worker reads (p_lease_id) has another time zone than was known: its all-day events last from other midnights. The whole window is to be read again. False: the zone is none, or known already, or the lease was lost.';

select app.seal('app.note_calendar_zone(uuid, uuid, text)', 'app_writer', 'tenant_service');
-- end of sql/2064_function_note_calendar_zone.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/2065_function_known_visits.sql
create or replace function app.known_visits(p_ids uuid[])
returns setof uuid
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
  return query
  select a.id from public.appointments a where a.org_id = app.require_org_id() and a.id = any (p_ids);
end
$$;

comment on function app.known_visits(uuid[]) is
  'Which of these ids, found on events of a calendar, are visits of the clinic. Others come from another clinic that writes into the same calendar, and their events take time like any other.';

select app.seal('app.known_visits(uuid[])', 'app_writer', 'tenant_service');
-- end of sql/2065_function_known_visits.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/2066_function_take_calendar_turn.sql
-- Turns are given in the order in which they are asked for, at an even rate; what an account did not use it may catch up with
-- by a twenty-fourth of a minute's requests (20 of 480), so that a few visits at once do not wait.
create or replace function app.take_calendar_turn(p_provider text, p_account boolean, p_cost integer, p_rate integer)
returns integer
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_account bytea := ''::bytea;
  v_slack interval := interval '1 minute' / 24;
  v_next timestamptz;
  v_now timestamptz;
begin
  if p_cost is null or p_cost < 1 or p_rate is null or p_rate < 1 then
    raise exception 'a turn has a cost and a rate' using errcode = 'VX400';
  end if;
  if p_account then
    -- Clinics that share an account share its quota.
    v_account := coalesce((
      select c.account_hash
      from public.org_credentials c
      where c.org_id = v_org_id and c.account_hash is not null and app.calendar_provider(c.provider) = p_provider),
      sha256(v_org_id::text::bytea));
  end if;
  insert into public.calendar_pace (provider, account, next_at) values (p_provider, v_account, '-infinity') on conflict do nothing;
  select p.next_at into v_next from public.calendar_pace p where p.provider = p_provider and p.account = v_account for update;
  v_now := app.now();
  v_next := greatest(v_next, v_now - v_slack);
  update public.calendar_pace p
  set next_at = v_next + interval '1 minute' * p_cost / p_rate
  where p.provider = p_provider and p.account = v_account;
  return greatest(ceil(extract(epoch from v_next - v_now) * 1000), 0)::integer;
end
$$;

comment on function app.take_calendar_turn(text, boolean, integer, integer) is
  'Takes the next turn for p_cost requests to a provider (google, microsoft) and returns how many milliseconds to wait for it: of the clinic''s account (p_account), or of our app, at p_rate requests a minute. The turn is taken, whether the caller waits or not.';

select app.seal('app.take_calendar_turn(text, boolean, integer, integer)', 'app_definer', 'tenant_service', 'app_writer');
-- end of sql/2066_function_take_calendar_turn.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/2067_function_take_event_turn.sql
-- The account's turn first, and the app's only when that has come: else one clinic's thousand visits would take turns of the
-- app for minutes ahead, and the others would wait behind them.
create or replace function app.take_event_turn(p_appointment_id uuid, p_cost integer, p_account_rate integer, p_app_rate integer)
returns integer
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_now timestamptz;
  v_event record;
  v_turn text;
  v_wait integer;
  v_longest integer := 0;
begin
  for v_event in
    select e.id, e.turn_at, e.turn, l.provider
    from public.calendar_events e
    join public.calendar_links l on l.org_id = e.org_id and l.id = e.calendar_link_id and l.health <> 'needs_reconnect'
    where e.org_id = v_org_id and e.appointment_id = p_appointment_id and e.synced_version < e.desired_version
    order by l.provider, e.id
    for no key update of e
  loop
    v_now := app.now();
    v_wait := 0;
    if v_event.turn_at > v_now + interval '1 second' then
      v_wait := ceil(extract(epoch from v_event.turn_at - v_now) * 1000);
    else
      -- A turn that passed unused is no turn: after a standstill all of them would come at once.
      v_turn := case when v_event.turn_at > v_now - interval '10 seconds' then v_event.turn end;
      if v_turn is null then
        v_wait := app.take_calendar_turn(v_event.provider, true, p_cost, p_account_rate);
        v_turn := 'account';
      end if;
      if v_wait = 0 and v_turn = 'account' then
        v_wait := app.take_calendar_turn(v_event.provider, false, p_cost, p_app_rate);
        v_turn := 'both';
      end if;
      update public.calendar_events e
      set turn = v_turn, turn_at = v_now + make_interval(secs => v_wait / 1000.0)
      where e.org_id = v_org_id and e.id = v_event.id;
    end if;
    v_longest := greatest(v_longest, v_wait);
  end loop;
  return v_longest;
end
$$;

comment on function app.take_event_turn(uuid, integer, integer, integer) is
  'How many milliseconds the events of a visit that are out of step must wait before they may be written, at p_cost requests each: for their account''s turn (p_account_rate requests a minute), then for one of our app (p_app_rate). Come back after that long; the turn is kept for ten seconds. 0: write now. Asking twice takes no second turn.';

select app.seal('app.take_event_turn(uuid, integer, integer, integer)', 'app_writer', 'tenant_service');
-- end of sql/2067_function_take_event_turn.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/2070_function_calendar_accounts.sql
create or replace function app.calendar_accounts()
returns setof app.calendar_account
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
begin
  return query
  select app.calendar_provider(p.credential), p.credential, c.connected_email, c.created_at, c.last_verified_at, c.needs_reconnect_at,
    c.verification_error, c.updated_at, (
      select count(*)::integer
      from public.calendar_links l
      where l.org_id = v_org_id and l.provider = app.calendar_provider(p.credential))
  from (values ('google_calendar', 1), ('outlook', 2)) p (credential, position)
  left join public.org_credentials c on c.org_id = v_org_id and c.provider = p.credential
  order by p.position;
end
$$;

comment on function app.calendar_accounts() is
  'The clinic''s account at every calendar provider, one row each, see app.calendar_account. Every member may ask; nothing sealed is told.';

select app.seal('app.calendar_accounts()', 'app_writer', 'tenant_user');
-- end of sql/2070_function_calendar_accounts.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/2075_function_change_calendar.sql
create or replace function app.change_calendar(p_calendar_link_id uuid, p_name text, p_writes boolean)
returns void
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_link public.calendar_links;
begin
  perform app.require_admin();
  select * into v_link
  from public.calendar_links l
  where l.org_id = app.require_org_id() and l.id = p_calendar_link_id;
  if v_link.id is null then
    raise exception 'there is no such calendar' using errcode = 'VX404';
  end if;
  if coalesce(p_writes, v_link.writes) <> v_link.writes then
    perform app.link_calendar(
      v_link.provider, v_link.resource_id, v_link.external_calendar_id, coalesce(p_name, v_link.calendar_name), v_link.time_zone, p_writes);
    return;
  end if;
  -- A name is no reason to write every visit anew, over what staff did in the calendar and nobody settled yet.
  update public.calendar_links l
  set calendar_name = coalesce(left(p_name, 200), l.calendar_name), updated_at = app.now()
  where l.org_id = v_link.org_id and l.id = v_link.id;
  perform app.announce('calendar_updated', 'calendar_link', v_link.id);
end
$$;

comment on function app.change_calendar(uuid, text, boolean) is
  'Changes what a linked calendar is called and whether it takes the resource''s visits; NULL: as it is. Only a change of that writes visits: the rest is app.link_calendar then. Owner and admin only (VX403); VX404: no such link; VX409: visits are to be written there or no longer, and its account is not connected any more.';

select app.seal('app.change_calendar(uuid, text, boolean)', 'app_writer', 'tenant_user');
-- end of sql/2075_function_change_calendar.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/2076_function_refresh_calendar.sql
create or replace function app.refresh_calendar(p_calendar_link_id uuid)
returns boolean
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_health text;
begin
  perform app.require_staff();
  select l.health into v_health
  from public.calendar_links l
  where l.org_id = app.require_org_id() and l.id = p_calendar_link_id;
  if v_health is null then
    raise exception 'there is no such calendar' using errcode = 'VX404';
  elsif v_health = 'needs_reconnect' then
    raise exception 'connect the account again first' using errcode = 'VX409';
  end if;
  return app.request_pull(p_calendar_link_id);
end
$$;

comment on function app.refresh_calendar(uuid) is
  'A member asks for a calendar to be read now. True: a job is in the queue; false: app.request_pull has one on its way, or the calendar rests after a failure, so that pressing the button often asks the provider once. Staff only (VX403); VX404: no such link; VX409: the account has to be connected again.';

select app.seal('app.refresh_calendar(uuid)', 'app_writer', 'tenant_user');
-- end of sql/2076_function_refresh_calendar.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/2077_function_note_push.sql
create or replace function app.note_push(p_calendar_link_id uuid, p_channel_id text, p_kind text)
returns boolean
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_now timestamptz := app.now();
begin
  if p_kind is null or p_kind not in ('changed', 'missed', 'ended', 'ending') then
    raise exception 'there is no such push' using errcode = 'VX400';
  end if;
  if p_kind = 'ended' and not app.lose_channel(p_calendar_link_id, p_channel_id) then
    return false;
  elsif p_kind = 'ending' then
    -- Past its half, so that app.take_channel has it renewed.
    update public.calendar_links l
    set channel_opened_at = v_now - greatest(l.channel_expires_at - v_now, interval '1 second'), updated_at = v_now
    where l.org_id = app.require_org_id() and l.id = p_calendar_link_id and l.channel_id = p_channel_id
      and v_now < l.channel_opened_at + (l.channel_expires_at - l.channel_opened_at) / 2;
    if not found then
      return false;
    end if;
  end if;
  if p_kind in ('ended', 'ending') then
    perform app.enqueue_job('watch_calendar', jsonb_build_object('calendar_link_id', p_calendar_link_id));
  end if;
  return p_kind = 'ending' or app.request_pull(p_calendar_link_id);
end
$$;

comment on function app.note_push(uuid, text, text) is
  'What a genuine push of a channel brings about. changed, missed: the calendar is read (app.request_pull); ended: the provider ended the channel (app.lose_channel), another is opened and the calendar read; ending: the provider wants the channel renewed at once. False: nothing to do, or the channel is a former one, or somebody is at it. VX400: another kind.';

select app.seal('app.note_push(uuid, text, text)', 'app_writer', 'tenant_service');
-- end of sql/2077_function_note_push.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/2078_function_feed_name.sql
create or replace function app.feed_name(p_token_hash bytea)
returns text
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_name text;
begin
  select r.name || ' – ' || o.name into v_name
  from public.calendar_feeds f
  join public.resources r on r.org_id = f.org_id and r.id = f.resource_id
  join public.organizations o on o.id = f.org_id
  where f.org_id = app.require_org_id() and f.token_hash = p_token_hash and f.revoked_at is null;
  return v_name;
end
$$;

comment on function app.feed_name(bytea) is
  'What a feed is called where it is subscribed to: its resource and the clinic, which whoever has the address was told with it. NULL: no such feed, or it is closed.';

select app.seal('app.feed_name(bytea)', 'app_writer', 'tenant_service');
-- end of sql/2078_function_feed_name.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/2080_function_widen_calendars.sql
create or replace function app.widen_calendars()
returns void
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_id uuid;
begin
  for v_id in
    update public.calendar_links l
    set last_synced_at = null, updated_at = app.now()
    from public.organizations o
    where o.id = v_org_id and l.org_id = o.id and l.window_to < app.now() + o.max_advance
    returning l.id
  loop
    perform app.request_pull(v_id);
    perform app.announce('calendar_updated', 'calendar_link', v_id);
  end loop;
end
$$;

comment on function app.widen_calendars() is
  'After the booking horizon grew: calendars whose mirror ends before it count as not read, so that bookings are pending until they are, and are read at once.';

select app.seal('app.widen_calendars()', null, 'app_writer');
-- end of sql/2080_function_widen_calendars.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/2081_function_retire_calendars.sql
-- What a deleted organisation's calendars gave us is nobody's any more, and must not lie about until a hard deletion.
create or replace function app.retire_calendars()
returns void
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
begin
  if not exists (select from public.organizations o where o.id = v_org_id and o.deleted_at is not null) then
    return;
  end if;
  with retired as (
    delete from public.org_credentials c
    where c.org_id = v_org_id and app.calendar_provider(c.provider) is not null
    returning c.*
  )
  insert into public.oauth_states (
    org_id, user_id, provider, state_hash, state, ciphertext, nonce, auth_tag, key_id, connected_email, account_hash, expires_at)
  select r.org_id, r.id, r.provider, sha256(uuid_send(r.id)), 'refused', r.ciphertext, r.nonce, r.auth_tag, r.key_id,
    r.connected_email, coalesce(r.account_hash, sha256(uuid_send(r.id))), app.now()
  from retired r;
  delete from public.calendar_links l where l.org_id = v_org_id;
end
$$;

comment on function app.retire_calendars() is
  'Of a deleted organisation, and of no other: the tokens of its calendars become refused grants, which app.take_old_grants gives back to the provider, and its calendars are unlinked. Events that are there stay in the clinic''s own calendar; push channels are left to end by themselves, within a week at the latest, and their pushes find nobody.';

select app.seal('app.retire_calendars()', null, 'app_writer');
-- end of sql/2081_function_retire_calendars.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/2090_function_keep_refused_grant.sql
-- A grant of its own, whatever became of the consent that it came by: that may be swept meanwhile.
create or replace function app.keep_refused_grant(
  p_provider text,
  p_user_id uuid,
  p_ciphertext bytea,
  p_nonce bytea,
  p_auth_tag bytea,
  p_key_id text,
  p_account_hash bytea
)
returns uuid
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_now timestamptz := app.now();
  v_id uuid;
begin
  insert into public.oauth_states (
    org_id, user_id, provider, state_hash, state, ciphertext, nonce, auth_tag, key_id, account_hash, expires_at, lease_until)
  values (
    app.require_org_id(), p_user_id, p_provider, sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())), 'refused',
    p_ciphertext, p_nonce, p_auth_tag, p_key_id, p_account_hash, v_now, v_now + interval '2 minutes')
  returning id into v_id;
  return v_id;
end
$$;

comment on function app.keep_refused_grant(text, uuid, bytea, bytea, bytea, text, bytea) is
  'Keeps the sealed tokens of a consent (p_user_id began it) that is good for nothing, too late or too little, among the grants to give back, and returns its id: commit this before the provider is asked, then app.drop_grant. Whoever keeps it has two minutes; app.take_old_grants sees to what is left. It connects nothing.';

select app.seal('app.keep_refused_grant(text, uuid, bytea, bytea, bytea, text, bytea)', 'app_writer', 'tenant_service');
-- end of sql/2090_function_keep_refused_grant.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/2091_function_note_refused_grant.sql
create or replace function app.note_refused_grant(
  p_id uuid,
  p_ciphertext bytea,
  p_nonce bytea,
  p_auth_tag bytea,
  p_key_id text
)
returns boolean
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  update public.oauth_states s
  set ciphertext = p_ciphertext, nonce = p_nonce, auth_tag = p_auth_tag, key_id = p_key_id
  where s.org_id = app.require_org_id() and s.id = p_id and s.state = 'refused';
  return found;
end
$$;

comment on function app.note_refused_grant(uuid, bytea, bytea, bytea, text) is
  'Keeps refreshed tokens of a grant that is to be given back in place of the old ones, which may be good for nothing by now, not even for giving it back. False: the grant is not there any more.';

select app.seal('app.note_refused_grant(uuid, bytea, bytea, bytea, text)', 'app_writer', 'tenant_service');
-- end of sql/2091_function_note_refused_grant.sql
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
drop function app.note_refused_grant;
drop function app.keep_refused_grant;
drop function app.retire_calendars;
drop function app.widen_calendars;
drop function app.feed_name;
drop function app.note_push;
drop function app.refresh_calendar;
drop function app.change_calendar;
drop function app.calendar_accounts;
drop function app.take_event_turn;
drop function app.take_calendar_turn;
drop function app.known_visits;
drop function app.note_calendar_zone;
drop function app.consents_under_other_keys;
drop function app.calendar_counts;
drop function app.open_feed;
drop function app.find_feed_tenant;
drop function app.revoke_feed;
drop function app.add_feed;
drop function app.settle_calendar_change;
drop function app.calendar_health;
drop function app.find_channel;
drop function app.lose_channel;
drop function app.note_channel;
drop function app.take_channel;
drop function app.channels_to_renew;
drop function app.links_to_pull;
drop function app.fail_pull;
drop function app.apply_calendar_changes;
drop function app.replace_busy_blocks;
drop function app.note_conflicts;
drop function app.heed_outside_event;
drop function app.follow_outside_event;
drop function app.flag_outside_event;
drop function app.expected_calendar_events;
drop function app.take_pull;
drop function app.request_pull;
drop function app.calendar_events_to_sync;
drop function app.settle_calendar_event;
drop function app.take_calendar_event;
drop function app.wish_calendar_event;
drop function app.mirror_outside;
drop function app.words_of_visit;
drop function app.unlink_calendar;
drop function app.link_calendar;
drop function app.disconnect_calendar;
drop function app.note_grant_revoked;
drop function app.leave_refresh;
drop function app.note_refresh;
drop function app.begin_refresh;
drop function app.drop_grant;
drop function app.take_old_grants;
drop function app.orgs_with_old_grants;
drop function app.is_account_used;
drop function app.refuse_grant;
drop function app.resume_calendars;
drop function app.confirm_grant;
drop function app.parked_grant;
drop function app.park_grant;
drop function app.take_oauth;
drop function app.calendar_provider;
drop function app.begin_oauth;
drop policy if exists definer_sweeps on public.web_tests;
drop policy if exists definer_takes on public.outbound_shares;
drop policy if exists definer_crosses on public.outbound_shares;
drop policy if exists definer_takes on public.outbound_calls;
drop policy if exists definer_crosses on public.outbound_calls;
drop policy if exists definer_crosses on public.provisioning_steps;
drop policy if exists definer_crosses on public.provisioning;
drop policy if exists definer_crosses on public.agent_tools;
drop policy if exists definer_crosses on public.agents;
drop policy if exists service_role_sees_all on public.event_sweeps;
drop policy if exists definer_crosses on public.event_sweeps;
drop policy if exists sweeps_reads on public.event_sweeps;
drop policy if exists service_role_sees_all on public.calendar_pace;
drop policy if exists definer_crosses on public.calendar_pace;
drop policy if exists service_role_sees_all on public.vapi_pace;
drop policy if exists definer_crosses on public.vapi_pace;
drop policy if exists service_role_sees_all on public.vapi_tools;
drop policy if exists definer_crosses on public.vapi_tools;
drop policy if exists registry_reads on public.vapi_tools;
drop policy if exists definer_crosses on public.event_tickets;
drop policy if exists definer_crosses on public.idempotency_keys;
drop policy if exists definer_crosses on public.webhook_deliveries;
drop policy if exists definer_crosses on public.events;
drop policy if exists definer_crosses on public.recordings;
drop policy if exists definer_crosses on public.recording_shares;
drop policy if exists definer_crosses on public.calendar_feeds;
drop policy if exists definer_crosses on public.calendar_events;
drop policy if exists definer_crosses on public.calendar_links;
drop policy if exists definer_takes on public.oauth_states;
drop policy if exists definer_crosses on public.oauth_states;
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
select app.protect_table('public.recordings');
select app.protect_table('public.recording_shares');
select app.protect_table('public.recording_share_openings');
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
select app.protect_table('public.event_tickets');
select app.protect_table('public.call_days');
select app.protect_table('public.provisioning');
select app.protect_table('public.provisioning_steps');
select app.protect_table('public.web_tests');
select app.protect_table('public.outbound_calls');
select app.protect_table('public.outbound_shares');
select app.protect_table('public.knowledge_documents');
select app.protect_table('public.knowledge_versions');
select app.protect_table('public.knowledge_files');
select app.protect_table('public.knowledge_chunks');
select app.protect_table('public.knowledge_vectors');
select app.protect_table('public.knowledge_gaps');

-- Sent messages and the audit log are never rewritten or removed by a function that works inside a tenant.
revoke delete on table public.messages, public.audit_log from app_writer;
revoke update on table public.audit_log from app_writer;
-- The service key sees all; what was sent and who did what it cannot rewrite either.
revoke insert, update, delete on table public.messages, public.audit_log from service_role;

-- Token hashes are for functions, not for the dashboard.
revoke select on table public.invitations from tenant_user, tenant_service;
grant select (org_id, id, email, role, invited_by, expires_at, accepted_at, created_at, message_id)
  on table public.invitations to tenant_user, tenant_service;

-- Where a provider keeps a recording is a secret while it opens.
revoke select on table public.recordings, public.recording_shares from tenant_user, tenant_service;
grant select (org_id, id, call_id, content_type, size_bytes, stored_at, delete_requested_at, deleted_at, created_at, updated_at)
  on table public.recordings to tenant_user, tenant_service;
grant select (org_id, id, recording_id, recipient, message_id, actor_user_id, expires_at, revoked_at, revoked_by, created_at)
  on table public.recording_shares to tenant_user, tenant_service;

-- Keys, tickets, sealed credentials and addresses, one member's kept answers and what a clinic had set at Twilio are opened by
-- functions only; nobody's list shows them.
revoke select on table public.org_keys, public.identity_codes, public.idempotency_keys, public.event_tickets, public.provisioning,
  public.provisioning_steps, public.web_tests
  from tenant_user, tenant_service;
revoke select on table public.org_credentials from tenant_user, tenant_service;
grant select (org_id, id, provider, key_id, account_ref, sender, connected_email, last_verified_at, verification_error,
  created_at, updated_at) on table public.org_credentials to tenant_user, tenant_service;

-- What a clinic uploaded is read through functions: a list never carries files and vectors along.
revoke select on table public.knowledge_files, public.knowledge_vectors from tenant_user, tenant_service;
-- end of sql/0110_policy_tenant_tables.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- back to sql/0120_policy_crossing_tables.sql
-- app_definer's functions cross tenants: finding the clinic of a call, founding one at sign-up, naming orgs for jobs.
-- It never reaches patients, appointments, messages, call_logs or knowledge.
-- app.protect_table takes these rights away, as it does those of searches (0125).
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

-- Whose a shared link is, and which clinics have recordings to delete; never where a recording lies.
drop policy if exists definer_crosses on public.recording_shares;
create policy definer_crosses on public.recording_shares for select to app_definer using (true);
grant select (org_id, token_hash) on table public.recording_shares to app_definer;
drop policy if exists definer_crosses on public.recordings;
create policy definer_crosses on public.recordings for select to app_definer using (true);
grant select (org_id, created_at, lease_until, delete_requested_at, deleted_at) on table public.recordings to app_definer;

drop policy if exists definer_crosses on public.events;
create policy definer_crosses on public.events for all to app_definer using (true) with check (true);
grant select, delete on table public.events to app_definer;

drop policy if exists definer_crosses on public.webhook_deliveries;
create policy definer_crosses on public.webhook_deliveries for all to app_definer using (true) with check (true);
grant select (received_at), delete on table public.webhook_deliveries to app_definer;

drop policy if exists definer_crosses on public.idempotency_keys;
create policy definer_crosses on public.idempotency_keys for all to app_definer using (true) with check (true);
grant select (expires_at), delete on table public.idempotency_keys to app_definer;

-- Whose ticket it is, is not known before it was found.
drop policy if exists definer_crosses on public.event_tickets;
create policy definer_crosses on public.event_tickets for all to app_definer using (true) with check (true);
grant select, delete on table public.event_tickets to app_definer;

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

-- Returning members ask whether what they missed is still there.
alter table public.event_sweeps enable row level security;
alter table public.event_sweeps force row level security;
revoke all on table public.event_sweeps from public, anon, authenticated, service_role, tenant_user, tenant_service, app_writer, app_definer;
drop policy if exists sweeps_reads on public.event_sweeps;
create policy sweeps_reads on public.event_sweeps for select to tenant_user using (true);
grant select on table public.event_sweeps to tenant_user;
drop policy if exists definer_crosses on public.event_sweeps;
create policy definer_crosses on public.event_sweeps for all to app_definer using (true) with check (true);
grant select, update on table public.event_sweeps to app_definer;
drop policy if exists service_role_sees_all on public.event_sweeps;
create policy service_role_sees_all on public.event_sweeps for all to service_role using (true) with check (true);
grant select, insert, update, delete on table public.event_sweeps to service_role;

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

-- Whose call is next, and who holds a slot: ids, states and times; never whom it is to.
drop policy if exists definer_crosses on public.outbound_calls;
create policy definer_crosses on public.outbound_calls for select to app_definer using (true);
drop policy if exists definer_takes on public.outbound_calls;
create policy definer_takes on public.outbound_calls for update to app_definer using (true) with check (true);
grant select (org_id, id, state, due_at, look_at) on table public.outbound_calls to app_definer;
grant update (state, lease_id, look_at, taken_at, updated_at) on table public.outbound_calls to app_definer;
drop policy if exists definer_crosses on public.outbound_shares;
create policy definer_crosses on public.outbound_shares for select to app_definer using (true);
drop policy if exists definer_takes on public.outbound_shares;
create policy definer_takes on public.outbound_shares for update to app_definer using (true) with check (true);
grant select (org_id, at_once, last_taken_at), update (last_taken_at) on table public.outbound_shares to app_definer;

-- Test calls of yesterday, which nobody may open any more, go for all clinics at once.
drop policy if exists definer_sweeps on public.web_tests;
create policy definer_sweeps on public.web_tests for all to app_definer using (true) with check (true);
grant select (org_id, id, created_at), delete on table public.web_tests to app_definer;

-- Jobs are put in the queue by app.enqueue_job only; workers run as the login role.
grant select, insert, update, delete on all tables in schema river to voxanne_login;
grant usage, select on all sequences in schema river to voxanne_login;
grant execute on all functions in schema river to voxanne_login;
grant select, insert on table river.river_job to app_definer;
grant usage on sequence river.river_job_id_seq to app_definer;
-- end of sql/0120_policy_crossing_tables.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- back to sql/0125_policy_searching.sql
-- Row security keeps "like" away from every index: a comparison that could tell of a row comes after the policy. So one role
-- looks words up without a policy's condition. It reads the searched columns, writes nothing, and owns nothing but
-- app.found_ids and app.knowledge_words, which name the tenant themselves and give ids; their rows are then read under the
-- tenant's policies.
-- app.protect_table takes these rights away: a snapshot that protects tables anew has to hold this file and 0120, too, after them.
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

drop policy if exists searcher_finds on public.knowledge_chunks;
create policy searcher_finds on public.knowledge_chunks for select to app_searcher using (true);
grant select (org_id, id, version_id, tsv) on table public.knowledge_chunks to app_searcher;
-- end of sql/0125_policy_searching.sql
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
    'release_hold', 'fetch_call_report', 'send_scheduled', 'send_message', 'settle_message', 'sync_agent', 'keep_recording',
    'delete_recording', 'provision_number', 'dial_calls', 'ingest_knowledge', 'lapse_knowledge'
  ) then
    raise exception 'there is no job of kind %', p_kind using errcode = 'VX400';
  end if;
  insert into river.river_job (kind, args, max_attempts, queue, priority, scheduled_at, state)
  values (
    p_kind,
    p_args || jsonb_build_object('org_id', app.require_org_id()),
    8,
    -- Neither Vapi being down nor long recordings or documents may keep holds and texts waiting.
    case
      when p_kind in ('sync_agent', 'provision_number') then 'vapi'
      when p_kind in ('keep_recording', 'delete_recording') then 'recordings'
      when p_kind = 'dial_calls' then 'calls'
      when p_kind = 'ingest_knowledge' then 'knowledge'
      else 'default'
    end,
    1, v_run_at,
    case when v_run_at > app.now() then 'scheduled' else 'available' end::river.river_job_state
  )
  returning id into v_id;
  return v_id;
end
$$;

comment on function app.enqueue_job(text, jsonb, timestamptz) is
  'Puts a job of a known kind (release_hold, fetch_call_report, send_scheduled, send_message, settle_message, sync_agent, keep_recording, delete_recording, provision_number, dial_calls, ingest_knowledge, lapse_knowledge) in River''s queue, as part of the calling transaction. Arguments are ids only; the organisation always comes from the claims. p_run_at NULL: now. An unknown kind is VX400.';

select app.seal('app.enqueue_job(text, jsonb, timestamptz)', 'app_definer', 'tenant_service', 'app_writer');
-- end of sql/0310_function_enqueue_job.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- back to sql/0470_function_note_change.sql
create or replace function app.note_change(
  p_kind text,
  p_appointment_id uuid,
  p_old public.appointments,
  p_call_id uuid,
  p_message_id uuid default null
)
returns void
language plpgsql
volatile
set search_path = ''
as $$
begin
  insert into public.appointment_changes (
    org_id, appointment_id, kind, old_during, new_during, old_resource_id, new_resource_id, call_id, message_id,
    actor_user_id)
  select a.org_id, a.id, p_kind, (p_old).during, a.during, (p_old).resource_id, a.resource_id, p_call_id, p_message_id,
    app.current_user_id()
  from public.appointments a
  where a.org_id = app.current_org_id() and a.id = p_appointment_id;
  perform app.announce(
    case when p_kind = 'booked' then 'appointment_created' else 'appointment_updated' end, 'appointment', p_appointment_id);
  perform app.schedule_for_appointment(p_appointment_id, p_kind, p_call_id);
end
$$;

comment on function app.note_change(text, uuid, public.appointments, uuid, uuid) is
  'Keeps the history of an appointment, tells live clients and puts in order what is to be sent to the patient. p_old is the row before the change, NULL for a new booking; p_message_id the patient''s text that asked for it, where one did.';

select app.seal('app.note_change(text, uuid, public.appointments, uuid, uuid)', null, 'app_writer');
-- end of sql/0470_function_note_change.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- back to sql/0830_function_mirror_busy_blocks.sql
create or replace function app.mirror_busy_blocks(
  p_calendar_link_id uuid,
  p_from timestamptz,
  p_to timestamptz,
  p_external_ids text[],
  p_starts timestamptz[],
  p_ends timestamptz[]
)
returns integer
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_resource_id uuid;
  v_blocks integer;
begin
  select l.resource_id into v_resource_id
  from public.calendar_links l
  where l.org_id = v_org_id and l.id = p_calendar_link_id;
  if v_resource_id is null then
    raise exception 'there is no such calendar link' using errcode = 'VX404';
  end if;
  perform app.lock_resources(array[v_resource_id]);
  delete from public.busy_blocks b
  where b.org_id = v_org_id and b.calendar_link_id = p_calendar_link_id and b.starts_at < p_to and b.ends_at > p_from;
  insert into public.busy_blocks (org_id, resource_id, calendar_link_id, external_id, starts_at, ends_at)
  select v_org_id, v_resource_id, p_calendar_link_id, s.external_id, s.starts_at, s.ends_at
  from unnest(p_external_ids, p_starts, p_ends) s(external_id, starts_at, ends_at);
  get diagnostics v_blocks = row_count;
  update public.calendar_links l
  set last_synced_at = app.now(), updated_at = app.now()
  where l.org_id = v_org_id and l.id = p_calendar_link_id;
  return v_blocks;
end
$$;

comment on function app.mirror_busy_blocks(uuid, timestamptz, timestamptz, text[], timestamptz[], timestamptz[]) is
  'Replaces what the mirror of an outside calendar says about [p_from, p_to) and marks it fresh. Locks the resource, so that a booking sees the old mirror or the new one. VX404 when the link is not the tenant''s. Returns the number of busy blocks.';

select app.seal('app.mirror_busy_blocks(uuid, timestamptz, timestamptz, text[], timestamptz[], timestamptz[])', 'app_writer', 'tenant_service');
-- end of sql/0830_function_mirror_busy_blocks.sql
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
  v_answers bigint;
  v_tickets bigint;
  v_tests bigint;
  v_swept_xid xid8;
begin
  if p_events_before > app.now() - interval '1 hour' or p_deliveries_before > app.now() - interval '1 hour' then
    raise exception 'live clients and repeated webhooks need the last hour' using errcode = 'VX400';
  end if;
  with swept as (
    delete from public.events e where e.at < p_events_before returning e.xid
  )
  select count(*), max(s.xid) filter (where s.xid < pg_snapshot_xmax(pg_current_snapshot())) -- not those of a restored dump
  into v_events, v_swept_xid
  from swept s;
  update public.event_sweeps w set swept_xid = v_swept_xid where w.swept_xid < v_swept_xid;
  delete from public.webhook_deliveries d where d.received_at < p_deliveries_before;
  get diagnostics v_deliveries = row_count;
  delete from public.idempotency_keys k where k.expires_at < app.now();
  get diagnostics v_answers = row_count;
  delete from public.event_tickets t where t.expires_at <= app.now();
  get diagnostics v_tickets = row_count;
  -- The longest talks for an hour: none of yesterday is open, also where nobody began another since.
  delete from public.web_tests t where t.created_at < app.now() - interval '1 day';
  get diagnostics v_tests = row_count;
  return v_events + v_deliveries + v_answers + v_tickets + v_tests;
end
$$;

comment on function app.sweep_platform(timestamptz, timestamptz) is
  'Deletes live events and webhook deliveries, of all tenants, that are older than the given instants: both are memory for a short time, the truth stands elsewhere. Answers kept for repeated wishes and tickets go when they have expired, test calls from the browser after a day. How far events went is written down, so that a client that was away for longer hears of it. The last hour cannot be deleted (VX400). Returns how many rows went.';

select app.seal('app.sweep_platform(timestamptz, timestamptz)', 'app_definer', 'voxanne_login');
-- end of sql/0890_function_sweep_platform.sql
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
-- back to sql/0991_function_erase_visits.sql
create or replace function app.erase_visits(p_contact_id uuid)
returns void
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_now timestamptz := app.now();
begin
  update public.appointments a
  set said_name = null, said_date_of_birth = null, notes = null, cancel_reason = null, updated_at = v_now
  where a.org_id = v_org_id and a.contact_id = p_contact_id;
  -- Two patients of a contact may not share a normalised name: the id keeps them apart.
  update public.patients p
  set name = '[erased]', normalised_name = 'erased ' || p.id, date_of_birth = null, updated_at = v_now
  where p.org_id = v_org_id and p.contact_id = p_contact_id;
end
$$;

comment on function app.erase_visits(uuid) is
  'The part of app.erase_contact about patients and their visits: names, dates of birth, notes and reasons go; when, where and what for stays.';

select app.seal('app.erase_visits(uuid)', null, 'app_writer');
-- end of sql/0991_function_erase_visits.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- back to sql/1114_function_save_patient.sql
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
-- back to sql/1265_function_set_org_settings.sql
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
    'identity_factor', 'emergency_sentence', 'recording_consent', 'ai_disclosure', 'hipaa_mode',
    'keep_recordings_days', 'reminder_channel', 'keep_transcripts_days', 'keep_messages_days', 'keep_memory_days',
    'caller_memory', 'policies', 'hot_lead_phone', 'redact_medical_terms');
  select f.key into v_key
  from jsonb_each(p_fields) f
  where jsonb_typeof(f.value) = 'null'
    and f.key not in ('keep_recordings_days', 'keep_transcripts_days', 'keep_messages_days', 'hot_lead_phone')
  order by f.key
  limit 1;
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
    keep_recordings_for = case when p_fields ? 'keep_recordings_days'
      then make_interval(days => (p_fields ->> 'keep_recordings_days')::integer) else o.keep_recordings_for end,
    reminder_channel = coalesce(p_fields ->> 'reminder_channel', o.reminder_channel),
    keep_transcripts_for = case when p_fields ? 'keep_transcripts_days'
      then make_interval(days => (p_fields ->> 'keep_transcripts_days')::integer) else o.keep_transcripts_for end,
    keep_messages_for = case when p_fields ? 'keep_messages_days'
      then make_interval(days => (p_fields ->> 'keep_messages_days')::integer) else o.keep_messages_for end,
    keep_memory_for = coalesce(make_interval(days => (p_fields ->> 'keep_memory_days')::integer), o.keep_memory_for),
    caller_memory = coalesce((p_fields ->> 'caller_memory')::boolean, o.caller_memory),
    policies = coalesce(btrim(p_fields ->> 'policies'), o.policies),
    redact_medical_terms = coalesce((p_fields ->> 'redact_medical_terms')::boolean, o.redact_medical_terms),
    hot_lead_phone = case when p_fields ? 'hot_lead_phone' then p_fields ->> 'hot_lead_phone' else o.hot_lead_phone end,
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
  'Changes the organisation''s name, zone, rules for booking and safety, and returns it. p_fields may hold name, country (ISO 3166-1 alpha-2), time_zone (IANA; locations keep theirs), buffer_before_minutes, buffer_after_minutes, slot_step_minutes, min_notice_minutes, max_advance_days, hold_seconds, holds_per_day, approval_required, identity_factor, emergency_sentence, recording_consent, ai_disclosure, hipaa_mode, keep_recordings_days (null: recordings are kept until their call is deleted), reminder_channel (sms, voice or both), keep_transcripts_days and keep_messages_days (null as well), keep_memory_days, caller_memory, policies, redact_medical_terms (hipaa_mode has it on whatever this says) and hot_lead_phone (E.164; null: nobody); what is absent stays. Owner and admin only (VX403). VX400: an unknown field or a value that it may not have.';

select app.seal('app.set_org_settings(jsonb)', 'app_writer', 'tenant_user');
-- end of sql/1265_function_set_org_settings.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- back to sql/1307_function_integrations.sql
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
revoke create on schema app from app_writer, app_definer, app_searcher;
-- +goose StatementEnd
