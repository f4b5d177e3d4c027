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
drop function app.take_scheduled;
drop function app.take_visits;
drop function app.confirmation_email;
drop function app.record_call_report;
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

-- Keys, tickets, sealed credentials and one member's kept answers are opened by functions only; nobody's list shows them.
revoke select on table public.org_keys, public.identity_codes, public.idempotency_keys, public.event_tickets
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
-- app.protect_table takes these rights away: a snapshot that protects tables anew has to hold this file too.
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
-- snapshot of sql/0305_function_announce_contact.sql
create or replace function app.announce_contact(p_contact_id uuid, p_old_status text)
returns void
language plpgsql
volatile
set search_path = ''
as $$
begin
  perform app.announce('contact_updated', 'contact', p_contact_id);
  if p_old_status is distinct from 'hot' and exists (
    select from public.contacts c
    where c.org_id = app.require_org_id() and c.id = p_contact_id and c.lead_status = 'hot')
  then
    perform app.announce('hot_lead_alert', 'contact', p_contact_id);
  end if;
end
$$;

comment on function app.announce_contact(uuid, text) is
  'Tells live clients that a contact changed, and that it became a hot lead where it did. p_old_status is the lead status before the change, NULL for a new contact.';

select app.seal('app.announce_contact(uuid, text)', null, 'app_writer');
-- end of sql/0305_function_announce_contact.sql
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
    'delete_recording'
  ) then
    raise exception 'there is no job of kind %', p_kind using errcode = 'VX400';
  end if;
  insert into river.river_job (kind, args, max_attempts, queue, priority, scheduled_at, state)
  values (
    p_kind,
    p_args || jsonb_build_object('org_id', app.require_org_id()),
    8,
    -- Neither Vapi being down nor long recordings may keep holds and texts waiting.
    case when p_kind = 'sync_agent' then 'vapi' when p_kind in ('keep_recording', 'delete_recording') then 'recordings' else 'default' end, 1, v_run_at,
    case when v_run_at > app.now() then 'scheduled' else 'available' end::river.river_job_state
  )
  returning id into v_id;
  return v_id;
end
$$;

comment on function app.enqueue_job(text, jsonb, timestamptz) is
  'Puts a job of a known kind (release_hold, fetch_call_report, send_scheduled, send_message, settle_message, sync_agent, keep_recording, delete_recording) in River''s queue, as part of the calling transaction. Arguments are ids only; the organisation always comes from the claims. p_run_at NULL: now. An unknown kind is VX400.';

select app.seal('app.enqueue_job(text, jsonb, timestamptz)', 'app_definer', 'tenant_service', 'app_writer');
-- end of sql/0310_function_enqueue_job.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0500_function_place_booking.sql
create or replace function app.place_booking(
  p_service_id uuid,
  p_resource_id uuid,
  p_starts_at timestamptz,
  p_call_id uuid,
  p_contact_id uuid,
  p_patient_name text,
  p_date_of_birth date,
  p_email text,
  p_spoken_phone text,
  p_notes text,
  p_override boolean
)
returns app.booking_result
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_candidates uuid[] := array(
    select app.candidates(p_service_id, p_resource_id, app.location_of_wish(p_call_id, null)));
  v_now timestamptz;
  v_slot app.free_slot;
  v_contact_id uuid;
  v_patient_id uuid;
  v_id uuid;
  v_result app.booking_result;
begin
  perform app.lock_resources(v_candidates);
  v_now := app.now();
  perform app.drop_expired_holds(v_candidates, v_now);

  select * into v_slot
  from app.choose_slot(p_service_id, p_resource_id, p_starts_at, v_now, p_call_id, null, p_override);
  if v_slot.resource_id is not null then
    begin
      -- Contact and patient only now: a refused try leaves nobody behind.
      v_contact_id := coalesce(p_contact_id, app.contact_of_call(p_call_id));
      v_patient_id := app.patient_of_contact(v_contact_id, p_patient_name, p_date_of_birth, p_call_id);
      v_id := app.write_booking(v_slot, p_service_id, v_contact_id, v_patient_id, p_call_id,
        case when p_call_id is not null then p_patient_name end, case when p_call_id is not null then p_date_of_birth end,
        left(p_notes, 2000), v_now, p_override);
    exception when exclusion_violation then
      -- Somebody wrote past the locks (a DBA, a restore). The constraint held; the caller gets an honest refusal.
      v_slot := null;
    end;
  end if;

  if v_slot.resource_id is null then
    return app.slot_refusal(p_service_id, p_resource_id, p_starts_at, v_now, p_call_id, null, p_override);
  end if;

  -- An address said on the phone is kept only for a contact that this call made: a stranger must not add theirs to
  -- somebody known, who would then get none of the confirmations.
  update public.contacts c
  set name = coalesce(c.name, p_patient_name), lead_status = 'booked', updated_at = v_now,
    email = case when k.is_new then coalesce(c.email, p_email) else c.email end,
    spoken_phone = case when k.is_new then coalesce(c.spoken_phone, p_spoken_phone) else c.spoken_phone end
  from (
    select exists (
      select from public.call_logs l
      join public.contacts n on n.org_id = l.org_id and n.id = v_contact_id
      where l.org_id = v_org_id and l.id = p_call_id and n.created_at >= l.created_at
    ) as is_new
  ) k
  where c.org_id = v_org_id and c.id = v_contact_id;
  perform app.announce('contact_updated', 'contact', v_contact_id);
  perform app.note_change('booked', v_id, null, p_call_id);
  perform app.stop_campaigns_for(v_contact_id, 'booking');
  v_result := app.booking_answer('booked', v_id);
  if p_call_id is not null then
    perform app.notify_staff(
      case when v_result.status = 'pending' then 'approval_needed' else 'appointment_booked' end,
      case when v_result.status = 'pending' then 'A booking waits for approval' else 'The receptionist booked a visit' end,
      'appointment', v_id);
  end if;
  return v_result;
end
$$;

comment on function app.place_booking(uuid, uuid, timestamptz, uuid, uuid, text, date, text, text, text, boolean) is
  'The decision itself: lock every candidate resource, look at the rules with a fresh clock, write under the no-overlap constraint. Called by book_appointment once it is clear that the wish is a new visit.';

select app.seal('app.place_booking(uuid, uuid, timestamptz, uuid, uuid, text, date, text, text, text, boolean)', null, 'app_writer');
-- end of sql/0500_function_place_booking.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0740_function_record_call_report.sql
create or replace function app.record_call_report(
  p_call_id uuid,
  p_started_at timestamptz,
  p_ended_at timestamptz,
  p_duration_seconds integer,
  p_ended_reason text,
  p_summary text,
  p_turns jsonb,
  p_cost_micros bigint,
  p_has_recording boolean,
  p_tools_used text[],
  p_said_names text[] default '{}',
  p_recording_url text default null
)
returns text
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_call public.call_logs;
  v_names text[];
  v_summary text;
  v_turns jsonb;
  v_state text;
  v_outcome text;
  v_seconds integer;
begin
  perform app.lock_call(p_call_id);
  select * into v_call from public.call_logs c where c.org_id = v_org_id and c.id = p_call_id;
  if v_call.id is null then
    raise exception 'there is no such call' using errcode = 'VX404';
  elsif v_call.reported_at is not null and v_call.transcript_state <> 'pending_redaction' then
    return v_call.transcript_state;
  end if;

  perform app.contact_of_call(p_call_id);
  v_names := app.names_of_call(p_call_id) || coalesce(p_said_names, '{}');
  begin
    v_summary := app.redact_phi(p_summary, v_names);
    select coalesce(jsonb_agg(jsonb_build_object(
        'speaker', t.turn ->> 'speaker', 'text', app.redact_phi(t.turn ->> 'text', v_names), 'at', t.turn -> 'at')
      order by t.position), '[]')
    into v_turns
    from jsonb_array_elements(coalesce(p_turns, '[]')) with ordinality t(turn, position);
    v_state := case when v_turns = '[]' then 'none' else 'stored' end;
  exception when query_canceled or others then
    -- Never raw text, never a lost call: everything else is kept, and the report is fetched again. One job does that,
    -- with its own growing pauses; each failure putting in another would fetch every minute for ever.
    v_summary := null;
    v_turns := '[]';
    v_state := 'pending_redaction';
    if v_call.reported_at is null then
      perform app.enqueue_job('fetch_call_report', jsonb_build_object('call_id', p_call_id), app.now() + interval '1 minute');
    end if;
  end;

  v_seconds := coalesce(p_duration_seconds, extract(epoch from
    coalesce(p_ended_at, v_call.ended_at) - coalesce(p_started_at, v_call.started_at))::integer);
  v_seconds := case when v_seconds < 0 then 0 else v_seconds end;
  -- A caller who spoke was connected, also where nobody says for how long.
  v_outcome := app.call_outcome(p_call_id, coalesce(p_ended_reason, v_call.ended_reason),
    coalesce(v_seconds, case when p_turns @> '[{"speaker": "caller"}]' then 5 end));
  update public.call_logs c
  set status = 'ended', started_at = coalesce(p_started_at, c.started_at), ended_at = coalesce(p_ended_at, c.ended_at),
    duration_seconds = coalesce(v_seconds, c.duration_seconds),
    ended_reason = coalesce(left(p_ended_reason, 200), c.ended_reason), summary = v_summary, transcript = v_turns,
    transcript_state = v_state, cost_micros = p_cost_micros, outcome = v_outcome,
    recording_state = case
      when c.recording_state <> 'none' then c.recording_state -- a second report must not undo what became of it
      when p_has_recording then 'at_provider'
      when exists (select from public.organizations o where o.id = v_org_id and o.hipaa_mode) then 'not_kept_by_provider'
      else 'none'
    end,
    tools_used = coalesce(p_tools_used, '{}'), reported_at = app.now(), updated_at = app.now()
  where c.org_id = v_org_id and c.id = p_call_id;

  if p_has_recording then
    perform app.note_recording(p_call_id, p_recording_url);
  end if;
  perform app.release_hold(p_call_id);
  if v_outcome = 'missed' and v_call.reported_at is null then
    perform app.notify_staff('missed_call', 'A call was missed', 'call', p_call_id);
    perform app.schedule_missed_call(p_call_id);
  end if;
  perform app.announce('call_ended', 'call', p_call_id);
  return v_state;
end
$$;

comment on function app.record_call_report(uuid, timestamptz, timestamptz, integer, text, text, jsonb, bigint, boolean, text[], text[], text) is
  'Takes in an end-of-call report, before or after the status updates, once: a second report changes nothing unless redaction failed the first time. p_turns: [{"speaker","text","at"}]; p_said_names: names given to tools during the call, also of people who were not booked in the end; turns and summary are redacted of them and of everything else before they are stored; a missing duration follows from start and end. A recording that the provider has (p_recording_url: where it may be fetched for a while) is copied by a job. Returns the transcript''s state; the first pending_redaction puts a job in the queue that fetches the report again. VX404 when the call is not the tenant''s.';

select app.seal('app.record_call_report(uuid, timestamptz, timestamptz, integer, text, text, jsonb, bigint, boolean, text[], text[], text)', 'app_writer', 'tenant_service');
-- end of sql/0740_function_record_call_report.sql
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
  return v_events + v_deliveries + v_answers + v_tickets;
end
$$;

comment on function app.sweep_platform(timestamptz, timestamptz) is
  'Deletes live events and webhook deliveries, of all tenants, that are older than the given instants: both are memory for a short time, the truth stands elsewhere. Answers kept for repeated wishes and tickets go when they have expired. How far events went is written down, so that a client that was away for longer hears of it. The last hour cannot be deleted (VX400). Returns how many rows went.';

select app.seal('app.sweep_platform(timestamptz, timestamptz)', 'app_definer', 'voxanne_login');
-- end of sql/0890_function_sweep_platform.sql
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
  if coalesce(p_category, '') not in ('code', 'confirmation', 'reminder', 'follow_up', 'marketing', 'reply', 'invitation', 'share')
    or coalesce(p_method, '') not in ('sms', 'email') or (p_category in ('invitation', 'share') and p_method <> 'email')
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
-- snapshot of sql/0905_function_conclude_message.sql
create or replace function app.conclude_message(
  p_message public.messages,
  p_status text,
  p_external_id text,
  p_error_code text,
  p_reason text
)
returns text
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_id uuid := (p_message).id;
  v_now timestamptz := app.now();
  v_reason text := case
    when p_status = 'failed' and p_error_code = '21610' then 'opted_out'
    when p_status = 'failed' then coalesce(p_reason, 'refused')
    when p_status = 'unknown' then p_reason
  end;
begin
  update public.messages m
  set status = p_status, reason = v_reason,
    provider_error = left(nullif(regexp_replace(p_error_code, '[^A-Za-z0-9_.-]', '', 'g'), ''), 60),
    external_message_id = coalesce(m.external_message_id, p_external_id),
    sent_at = case when p_status in ('sent', 'delivered') then coalesce(m.sent_at, v_now) else m.sent_at end,
    updated_at = v_now
  where m.org_id = v_org_id and m.id = v_id;

  -- A reminder that staff sent confirms the visit as well; those that go out by themselves say only what was confirmed.
  if p_status in ('sent', 'delivered')
    and ((p_message).category = 'confirmation' or (p_message).category = 'reminder' and (p_message).actor_user_id is not null)
  then
    -- In order of their ids, as app.take_scheduled locks them.
    with told as (
      select a.org_id, a.id
      from public.appointments a
      where a.org_id = v_org_id and not a.confirmation_sent
        and (a.id = (p_message).appointment_id or a.id in (
          select s.appointment_id from public.scheduled_messages s where s.org_id = v_org_id and s.message_id = v_id))
      order by a.id
      for no key update
    )
    update public.appointments a
    set confirmation_sent = true
    from told
    where a.org_id = told.org_id and a.id = told.id;
  elsif v_reason = 'opted_out' then
    perform app.note_opt_out('sms', (p_message).recipient,
      coalesce((p_message).recipient_hash, app.number_hash((p_message).recipient)), 'carrier');
  end if;
  if p_status = 'failed' and (p_message).category in ('confirmation', 'reminder', 'code') then
    perform app.notify_staff('message_failed', format('A %s could not be sent', (p_message).category), 'message', v_id);
  elsif p_status = 'unknown' and p_reason = 'cannot_ask' and (p_message).reason is distinct from p_reason then
    perform app.notify_staff('message_unknown', 'A message may or may not have been sent', 'message', v_id);
  end if;
  perform app.announce('message_updated', 'message', v_id);
  return p_status;
end
$$;

comment on function app.conclude_message(public.messages, text, text, text, text) is
  'Writes what became of a message that is locked (p_message: the row before), with what follows from it: a confirmation that left marks its visits, and so does a reminder that staff sent, Twilio''s 21610 opts the number out as the carrier did, staff are told of what they must see to. A provider''s id that is known stays. Returns the status.';

select app.seal('app.conclude_message(public.messages, text, text, text, text)', null, 'app_writer');
-- end of sql/0905_function_conclude_message.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0933_function_confirmation_email.sql
create or replace function app.confirmation_email(
  p_language text,
  p_clinic text,
  p_lines text[],
  p_place text,
  p_phone text,
  p_reminder boolean default false
)
returns text
language plpgsql
immutable
set search_path = ''
as $$
declare
  -- greeting and opening, place, phone, attachment, close, a reminder's opening
  v_words text[] := case p_language
    when 'es' then array['Hola:' || E'\n\n' || 'Su cita en %s queda registrada:', 'Lugar: %s',
      'Si tiene preguntas o quiere cambiarla, llame al %s.', 'El archivo adjunto la guarda en su calendario.', 'Hasta pronto,',
      'Hola:' || E'\n\n' || 'Le recordamos su cita en %s:']
    when 'fr' then array['Bonjour,' || E'\n\n' || 'Votre rendez-vous chez %s est noté :', 'Lieu : %s',
      'Pour une question ou un changement, appelez le %s.', 'Le fichier joint l''ajoute à votre agenda.', 'À bientôt,',
      'Bonjour,' || E'\n\n' || 'Nous vous rappelons votre rendez-vous chez %s :']
    when 'de' then array['Guten Tag,' || E'\n\n' || 'Ihr Termin bei %s ist vorgemerkt:', 'Ort: %s',
      'Bei Fragen oder Änderungen rufen Sie bitte %s an.', 'Mit der angehängten Datei kommt er in Ihren Kalender.', 'Bis bald,',
      'Guten Tag,' || E'\n\n' || 'wir erinnern Sie an Ihren Termin bei %s:']
    else array['Hello,' || E'\n\n' || 'your visit at %s is booked:', 'Place: %s',
      'For a question or a change please call %s.', 'The attached file puts it into your calendar.', 'See you soon,',
      'Hello,' || E'\n\n' || 'this is a reminder of your visit at %s:']
  end;
begin
  return concat_ws(E'\n\n',
    format(v_words[case when p_reminder then 6 else 1 end], p_clinic),
    (select string_agg('- ' || l.line, E'\n' order by l.at) from unnest(p_lines) with ordinality l (line, at)),
    case when p_place is not null then format(v_words[2], p_place) end,
    case when p_phone is not null then format(v_words[3], p_phone) end,
    case when not p_reminder then v_words[4] end, v_words[5] || E'\n' || p_clinic);
end
$$;

comment on function app.confirmation_email(text, text, text[], text, text, boolean) is
  'The plain text of a confirmation by e-mail: one line per visit, then place and phone where they are known (NULL: left out). p_reminder: of a reminder, which brings no file for the calendar. Never a code: an address is easier to misspell than a number.';

select app.seal('app.confirmation_email(text, text, text[], text, text, boolean)', null, 'app_writer');
-- end of sql/0933_function_confirmation_email.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0938_function_take_visits.sql
create or replace function app.take_visits(p_row public.scheduled_messages, p_now timestamptz)
returns app.scheduled_bundle
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_bundle app.scheduled_bundle := app.start_bundle(p_row, (p_row).kind);
  v_language text := app.contact_language((p_row).contact_id);
  v_kind text := case when v_bundle.spoken then 'neutral_confirmation' else (p_row).kind end;
  v_template text[] := app.template_for(v_kind, v_language);
  v_said record;
  v_email_is_known boolean;
  v_places integer;
begin
  select array_agg(t.id order by t.at) as ids, array_agg(a.id order by t.at) as visits,
    array_agg(a.scheduled_at order by t.at) as starts, array_agg(upper(a.during) order by t.at) as ends,
    array_agg(w.words[1] order by t.at) as dates, array_agg(w.words[2] order by t.at) as times,
    -- A name is said only where it is needed to tell patients apart, and then only the first one.
    array_agg(f.name order by t.at) as first_names, count(distinct a.patient_id) > 1 as several,
    array_agg(v.name order by t.at) as services, array_agg(r.name order by t.at) as practitioners,
    (array_agg(coalesce(l.address, l.name) order by t.at))[1] as place,
    (array_agg(l.phone order by t.at))[1] as phone
  into v_said
  from (select s.*, row_number() over () as at from app.visits_to_tell(p_row, p_now) s) t
  join public.appointments a on a.org_id = t.org_id and a.id = t.appointment_id
  join public.locations l on l.org_id = a.org_id and l.id = a.location_id
  join public.services v on v.org_id = a.org_id and v.id = a.service_id
  join public.resources r on r.org_id = a.org_id and r.id = a.resource_id
  join public.patients p on p.org_id = a.org_id and p.id = a.patient_id
  cross join lateral (select app.local_words(a.scheduled_at, l.time_zone, v_language) as words) w
  -- Brackets and braces would be taken for places of codes and fields.
  cross join lateral (select left(regexp_replace(split_part(p.name, ' ', 1), '[][{}]', '', 'g'), 20) as name) f;
  -- What a call wrote down is only what somebody said.
  v_email_is_known := exists (
    select from public.contacts k
    where k.org_id = (p_row).org_id and k.id = (p_row).contact_id and k.source <> 'call');
  -- Nor do strangers get our e-mail over and over because somebody keeps saying their address.
  if not v_email_is_known and (
    select count(*) >= 3
    from public.messages m
    where m.org_id = (p_row).org_id and m.recipient_hash = app.number_hash(v_bundle.email) and m.direction = 'outbound'
      and m.status <> 'blocked' and m.created_at > p_now - interval '168 hours')
  then
    v_bundle.email := null;
  end if;
  if v_said.ids is null then
    return null;
  elsif v_bundle.phone is null and v_bundle.email is null then
    perform app.settle_scheduled(v_said.ids, 'skipped', 'no_recipient');
    return null;
  end if;

  v_bundle.scheduled_ids := v_said.ids;
  v_bundle.appointment_ids := v_said.visits;
  v_bundle.starts_at := v_said.starts;
  v_bundle.ends_at := v_said.ends;
  v_bundle.place := v_said.place;
  v_bundle.clinic_phone := coalesce(v_said.phone, v_bundle.clinic_phone);
  v_bundle.subject := app.render_text(v_template[1], jsonb_build_object('clinic', v_bundle.clinic_name));

  if v_bundle.phone is not null then
    v_bundle.text := app.visit_text(v_kind, v_language, v_template[2], v_bundle, v_said.dates, v_said.times,
      case when v_said.several and not v_bundle.spoken then v_said.first_names end, v_said.first_names[1], v_said.services[1], v_said.practitioners[1]);
    v_places := (length(v_bundle.text) - length(replace(v_bundle.text, '[code]', ''))) / length('[code]');
    v_bundle.code_subjects := array(
      select v_said.visits[(n - 1) % cardinality(v_said.visits) + 1] from generate_series(1, v_places) n order by n);
    v_bundle.code_versions := app.next_codes(v_bundle.code_subjects);
  end if;

  v_bundle.summaries := array(
    select case when v_email_is_known then v_said.services[n] || ', ' else '' end || v_bundle.clinic_name
    from generate_subscripts(v_said.visits, 1) n order by n);
  if v_bundle.email is not null then
    v_bundle.email_text := app.confirmation_email(v_language, v_bundle.clinic_name, array(
        select concat_ws(', ', case when v_email_is_known and v_said.several then v_said.first_names[n] end,
          v_said.dates[n], v_said.times[n], case when v_email_is_known then v_said.services[n] end,
          case when v_email_is_known then v_said.practitioners[n] end)
        from generate_subscripts(v_said.visits, 1) n order by n),
      v_bundle.place, v_bundle.clinic_phone);
  end if;
  return v_bundle;
end
$$;

comment on function app.take_visits(public.scheduled_messages, timestamptz) is
  'The bundle of a confirmation or reminder with everything that goes out in the same message: texts in the contact''s language and each visit''s local time, places for codes, and what the calendar file says. A number or address that was merely said is told the clinic and the times only; such an address gets three e-mails a week at most. NULL: there is nothing to tell any more, and the rows say why.';

select app.seal('app.take_visits(public.scheduled_messages, timestamptz)', null, 'app_writer');
-- end of sql/0938_function_take_visits.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0941_function_take_scheduled.sql
create or replace function app.take_scheduled(
  p_scheduled_id uuid
)
returns setof app.scheduled_bundle
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_row public.scheduled_messages;
  v_now timestamptz;
  v_not_before timestamptz;
  v_bundle app.scheduled_bundle;
begin
  select * into v_row from public.scheduled_messages s where s.org_id = v_org_id and s.id = p_scheduled_id;
  -- The same locks as app.begin_message's, so that nothing of one group goes out twice. Then visits before their rows: a
  -- booking locks them in that order.
  perform app.lock_contact(v_row.contact_id);
  perform from public.appointments a
  where a.org_id = v_org_id and a.id in (
    select s.appointment_id from public.scheduled_messages s
    where s.org_id = v_org_id and s.contact_id = v_row.contact_id and s.state = 'waiting')
  order by a.id
  for no key update;
  perform from public.scheduled_messages s
  where s.org_id = v_org_id and s.contact_id = v_row.contact_id and s.state = 'waiting'
  order by s.id
  for update;

  v_now := app.now();
  select * into v_row from public.scheduled_messages s where s.org_id = v_org_id and s.id = p_scheduled_id;
  if v_row.state = 'waiting' then
    -- A call that still runs may book another visit, or change this one.
    v_not_before := case
      when v_row.due_at > v_now then v_row.due_at
      when v_row.kind = 'confirmation' and exists (
        select from public.call_logs c
        where c.org_id = v_org_id and c.id = v_row.call_id and c.ended_at is null and c.status <> 'ended'
          and c.created_at > v_now - interval '30 minutes') then v_now + interval '1 minute'
    end;
    if v_not_before is not null then
      v_bundle.outcome := 'wait';
      v_bundle.not_before := v_not_before;
      v_bundle.scheduled_ids := array[v_row.id];
    else
      v_bundle := case
        when v_row.kind in ('confirmation', 'reminder') then app.take_visits(v_row, v_now)
        when v_row.kind = 'campaign' then app.take_campaign(v_row)
        else app.take_answer(v_row, v_now)
      end;
    end if;
  end if;
  v_bundle.outcome := coalesce(v_bundle.outcome, 'nothing');
  v_bundle.spoken := coalesce(v_bundle.spoken, false);
  return next v_bundle;
end
$$;

comment on function app.take_scheduled(uuid) is
  'What is to be sent now for a scheduled message, with everything that is merged into it; the rows stay locked until the transaction ends, which must settle them (app.settle_scheduled). outcome wait: its time has not come, or its call still runs (asked again every minute, for half an hour); nothing: done, cancelled or skipped, also when there is no such row.';

select app.seal('app.take_scheduled(uuid)', 'app_writer', 'tenant_service');
-- end of sql/0941_function_take_scheduled.sql
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
  perform app.forget_answers();
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
  'Blanks everything personal about a contact: name, numbers and addresses, its patients, what was said and written in calls, messages and visits. Rows, ids, times, states and keyed hashes stay, so that audits and statistics hold and an opt-out still stops texts to the number, also for a contact that comes anew. What was waiting to be sent is cancelled. Returns false when it was erased before. Owner and admin only (VX403); VX404 for an unknown contact, VX409 while it has visits ahead. Our copies of recordings are deleted by jobs; the provider''s own are not reached from here.';

select app.seal('app.erase_contact(uuid)', 'app_writer', 'tenant_user');
-- end of sql/0990_function_erase_contact.sql
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
  v_old_status text;
begin
  perform app.require_staff();
  -- Whether a text may leave is decided under this lock, from the number, language and zone that are changed here.
  perform app.lock_contact(p_contact_id);
  select c.lead_status into v_old_status
  from public.contacts c
  where c.org_id = v_org_id and c.id = p_contact_id and c.erased_at is null
  for no key update;
  if not found then
    raise exception 'there is no such contact' using errcode = 'VX404';
  end if;
  perform app.write_contact(p_contact_id, p_change);
  perform app.announce_contact(p_contact_id, v_old_status);
  return query select c.* from public.contacts c where c.org_id = v_org_id and c.id = p_contact_id;
end
$$;

comment on function app.change_contact(uuid, jsonb) is
  'Changes a contact and returns it. p_change may hold name, phone (E.164), email, service_interests (array), notes, lead_status, language (ISO 639-1), time_zone (IANA) and marketing_consent (boolean); what is absent stays, an empty text takes the value away. Another number has no marketing consent yet, unless p_change says so. Staff only (VX403). VX404 unknown or erased, VX409 another contact has the number, VX400 an unknown key or a value that is not allowed.';

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
  v_old_status text;
begin
  perform app.require_staff();
  if coalesce(nullif(btrim(p_fields ->> 'name'), ''), v_phone, nullif(btrim(p_fields ->> 'email'), '')) is null then
    raise exception 'a contact needs a name, a number or an address' using errcode = 'VX400';
  elsif p_source not in ('call', 'dashboard', 'import') then
    raise exception 'there is no such source' using errcode = 'VX400';
  elsif p_call_id is not null then
    perform app.lock_call(p_call_id);
    if not exists (select from public.call_logs l where l.org_id = v_org_id and l.id = p_call_id and l.deleted_at is null) then
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

  v_old_status := v_contact.lead_status;
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
  perform app.announce_contact(v_contact.id, v_old_status);
  return query select c.* from public.contacts c where c.org_id = v_org_id and c.id = v_contact.id;
end
$$;

comment on function app.create_contact(jsonb, text, uuid) is
  'Makes a contact of p_fields (as in app.change_contact; a name, a number or an address at least) and returns it; it is warm unless they say more. p_source: call, dashboard or import. p_call_id: it was made from that call, which becomes its; a contact that the call or the number has already is returned instead, with name and address filled in where it had none. Staff only (VX403). VX404 no such call, or a deleted one, VX409 another contact has the number, VX400 a value that is not allowed.';

select app.seal('app.create_contact(jsonb, text, uuid)', 'app_writer', 'tenant_user');
-- end of sql/1112_function_create_contact.sql
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
  if v_is_new and v_result.outcome <> 'booked' then
    -- A refused try leaves nobody behind.
    delete from public.contacts c where c.org_id = v_org_id and c.id = v_contact.id;
  end if;
  return next v_result;
end
$$;

comment on function app.book_by_staff(text, text, text, uuid, text, text, date, text, text, boolean) is
  'app.book_appointment for the dashboard: for a contact, or for a number (E.164) whose contact is made where it is missing. p_at as in app.wished_instant, local times in the zone of the resource''s location. The patient is the contact when no other name is given. Staff only (VX403); VX404 for a contact that is not the clinic''s.';

select app.seal('app.book_by_staff(text, text, text, uuid, text, text, date, text, text, boolean)', 'app_writer', 'tenant_user');
-- end of sql/1162_function_book_by_staff.sql
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
  -- Words with a digit in them are no number, or "Room 3" would find all that have a 3. Zeros in front: see app.contact_search.
  v_digits text := case when p_search !~ '[[:alpha:]]'
    then nullif(regexp_replace(regexp_replace(p_search, '[^0-9]', '', 'g'), '^0+([1-9])', '\1'), '') end;
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
    c.tools_used, c.cost_micros, c.created_at, least(v_total, 50000), v_total > 50000, c.recording_error
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
    c.tools_used, c.cost_micros, c.created_at, c.transcript, c.recording_error
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
  -- Last: a report that was being taken in has noted its recording by now.
  perform app.drop_recordings(p_call_ids, 'erased');
end
$$;

comment on function app.blank_calls(uuid[]) is
  'Blanks the words of calls and the number on the other side: transcript, summary, messages left; a recording is deleted by a job and its links open nothing any more. Times, outcome and cost stay.';

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
  'Takes a call out of the lists and blanks what was said in it and the number on the other side, for good. The row, its times, outcome and cost stay for the numbers. Owner and admin only (VX403); VX404 for an unknown or deleted call, VX409 while it goes on (a day at most). Our copy of its recording is deleted by a job; the provider''s own is not reached from here.';

select app.seal('app.delete_call(uuid, text)', 'app_writer', 'tenant_user');
-- end of sql/1207_function_delete_call.sql
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
  v_newest uuid;
begin
  perform app.require_staff();
  with changed as (
    update public.notifications n set read_at = app.now() where n.org_id = v_org_id and n.read_at is null returning n.id
  )
  select count(*), (array_agg(c.id order by c.id desc))[1] into v_changed, v_newest from changed c;
  if v_changed > 0 then
    perform app.announce('notification', 'notification', v_newest); -- one of them: pages ask for the whole list
  end if;
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
  perform app.announce('notification', 'notification', p_notification_id);
end
$$;

comment on function app.delete_notification(uuid) is
  'Removes a notification, for all of the staff; what it pointed at stays. VX403 for viewers, VX404 for an unknown one.';

select app.seal('app.delete_notification(uuid)', 'app_writer', 'tenant_user');
-- end of sql/1219_function_delete_notification.sql
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
    'keep_recordings_days');
  select f.key into v_key from jsonb_each(p_fields) f where jsonb_typeof(f.value) = 'null' and f.key <> 'keep_recordings_days' order by f.key limit 1;
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
  'Changes the organisation''s name, zone, rules for booking and safety, and returns it. p_fields may hold name, country (ISO 3166-1 alpha-2), time_zone (IANA; locations keep theirs), buffer_before_minutes, buffer_after_minutes, slot_step_minutes, min_notice_minutes, max_advance_days, hold_seconds, holds_per_day, approval_required, identity_factor, emergency_sentence, recording_consent, ai_disclosure, hipaa_mode and keep_recordings_days (null: recordings are kept until their call is deleted); what is absent stays. Owner and admin only (VX403). VX400: an unknown field or a value that it may not have.';

select app.seal('app.set_org_settings(jsonb)', 'app_writer', 'tenant_user');
-- end of sql/1265_function_set_org_settings.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1400_function_relay_events.sql
-- Ids of transactions are given out in another order than they commit. What is below the oldest one that still runs
-- cannot change any more, so that reading up to there and going on from the last row misses nothing. The price: a
-- transaction that writes for long, anywhere in the cluster, delays what was announced after it began.
create or replace function app.relay_events(p_after_xid bigint, p_after_id bigint, p_limit integer)
returns setof app.relayed_event
language sql
volatile
security definer
set search_path = ''
as $$
  select s.below::text::bigint, app.now(), e.xid::text::bigint, e.id, e.org_id, e.kind, e.entity, e.entity_id, e.at
  from (select pg_snapshot_xmin(pg_current_snapshot()) as below) s
  left join lateral (
    select v.*
    from public.events v
    where v.xid < s.below and (v.xid, v.id) > (p_after_xid::text::xid8, p_after_id)
    order by v.xid, v.id
    limit p_limit
  ) e on true
  order by e.xid, e.id
$$;

comment on function app.relay_events(bigint, bigint, integer) is
  'The next live events of all tenants after the given place, in an order that later transactions only add to. At least one row, also when there is nothing new; a place of NULL asks only where the events end now. For the relay, which hands each tenant''s to that tenant.';

select app.seal('app.relay_events(bigint, bigint, integer)', 'app_definer', 'voxanne_login');
-- end of sql/1400_function_relay_events.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1402_function_events_since.sql
create or replace function app.events_since(
  p_after_xid bigint,
  p_after_id bigint,
  p_upto_xid bigint,
  p_upto_id bigint,
  p_limit integer
)
returns setof app.relayed_event
language sql
stable
set search_path = ''
as $$
  select null::bigint, null::timestamptz, e.xid::text::bigint, e.id, e.org_id, e.kind, e.entity, e.entity_id, e.at
  from public.events e
  where e.org_id = app.current_org_id()
    and (e.xid, e.id) > (p_after_xid::text::xid8, p_after_id)
    and (e.xid, e.id) <= (p_upto_xid::text::xid8, p_upto_id)
  order by e.xid, e.id
  limit p_limit
$$;

comment on function app.events_since(bigint, bigint, bigint, bigint, integer) is
  'The tenant''s live events after one place and up to another, in the relay''s order: what a client missed while it was away. The end must be a place that the relay has reached. below and read_at are NULL.';

select app.seal('app.events_since(bigint, bigint, bigint, bigint, integer)', null, 'tenant_user');
-- end of sql/1402_function_events_since.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1404_function_is_event_cursor_kept.sql
create or replace function app.is_event_cursor_kept(p_xid bigint)
returns boolean
language sql
stable
set search_path = ''
as $$
  -- What is still to come was written in another cluster, before a dump was restored here: such a cursor means nothing,
  -- such a sweep says nothing of this cluster's cursors.
  select n.cursor_xid < n.next_xid and (n.cursor_xid > s.swept_xid or s.swept_xid >= n.next_xid)
  from public.event_sweeps s,
    (select p_xid::text::xid8 as cursor_xid, pg_snapshot_xmax(pg_current_snapshot()) as next_xid) n
$$;

comment on function app.is_event_cursor_kept(bigint) is
  'Whether every event after this place is still there. Ask after reading on from it: what it then says holds for what was read.';

select app.seal('app.is_event_cursor_kept(bigint)', null, 'tenant_user');
-- end of sql/1404_function_is_event_cursor_kept.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1406_function_issue_event_ticket.sql
create or replace function app.issue_event_ticket(p_hash bytea, p_stream_until timestamptz)
returns timestamptz
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_user_id uuid := app.current_user_id();
  v_now timestamptz := app.now();
begin
  if app.current_member_role() is null then
    raise exception 'only members watch an organisation' using errcode = 'VX403';
  end if;
  delete from public.event_tickets t
  where t.org_id = v_org_id and t.user_id = v_user_id and t.expires_at <= v_now;
  insert into public.event_tickets (org_id, user_id, ticket_hash, expires_at, stream_until)
  values (v_org_id, v_user_id, p_hash, v_now + interval '30 seconds', p_stream_until);
  return v_now + interval '30 seconds';
end
$$;

comment on function app.issue_event_ticket(bytea, timestamptz) is
  'Keeps the hash of a ticket that opens one stream of live events for the acting member, and returns when it runs out: in 30 seconds. p_stream_until is the end of the member''s token. Their tickets that ran out are removed. VX403 without a member.';

select app.seal('app.issue_event_ticket(bytea, timestamptz)', 'app_writer', 'tenant_user');
-- end of sql/1406_function_issue_event_ticket.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1408_function_redeem_event_ticket.sql
create or replace function app.redeem_event_ticket(p_hash bytea)
returns setof public.event_tickets
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_ticket public.event_tickets;
begin
  -- Of two that show it at once, one finds the row.
  delete from public.event_tickets t where t.ticket_hash = p_hash returning t.* into v_ticket;
  if v_ticket.expires_at > app.now() then
    return next v_ticket;
  end if;
end
$$;

comment on function app.redeem_event_ticket(bytea) is
  'Uses a ticket up and returns whose it is; no row when it is unknown, used or ran out. Whether they are still a member is for the transaction that follows to say.';

select app.seal('app.redeem_event_ticket(bytea)', 'app_definer', 'voxanne_login');
-- end of sql/1408_function_redeem_event_ticket.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1410_function_lost_members.sql
create or replace function app.lost_members(p_org_ids uuid[], p_user_ids uuid[])
returns setof integer
language sql
stable
security definer
set search_path = ''
as $$
  select w.place::integer
  from unnest(p_org_ids, p_user_ids) with ordinality w (org_id, user_id, place)
  where not exists (
    select
    from public.profiles p
    join public.organizations o on o.id = p.org_id and o.deleted_at is null
    where p.org_id = w.org_id and p.user_id = w.user_id)
$$;

comment on function app.lost_members(uuid[], uuid[]) is
  'Which of these people, by place from 1, are no members of the organisations beside them, or whose organisation was deleted: asked every few seconds for everybody who watches live events.';

select app.seal('app.lost_members(uuid[], uuid[])', 'app_definer', 'voxanne_login');
-- end of sql/1410_function_lost_members.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1430_function_note_recording.sql
create or replace function app.note_recording(
  p_call_id uuid,
  p_source_url text
)
returns void
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_id uuid := app.uuid_v7();
begin
  insert into public.recordings (org_id, id, call_id, source_url, storage_key)
  values (v_org_id, v_id, p_call_id, case when char_length(p_source_url) <= 4000 then p_source_url end, 'recordings/' || v_org_id || '/' || v_id)
  on conflict (org_id, call_id) do nothing;
  if found then
    perform app.enqueue_job('keep_recording', jsonb_build_object('call_id', p_call_id));
  end if;
end
$$;

comment on function app.note_recording(uuid, text) is
  'Remembers that the provider has a recording of a call, and where it may be fetched for a while (NULL: it must be asked); a job copies it. Once a call.';

select app.seal('app.note_recording(uuid, text)', null, 'app_writer');
-- end of sql/1430_function_note_recording.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1431_function_set_recording_state.sql
create or replace function app.set_recording_state(
  p_call_id uuid,
  p_state text,
  p_error text default null
)
returns void
language plpgsql
volatile
set search_path = ''
as $$
begin
  update public.call_logs c
  set recording_state = p_state, recording_error = p_error, updated_at = app.now()
  where c.org_id = app.require_org_id() and c.id = p_call_id
    and (c.recording_state, c.recording_error) is distinct from (p_state, p_error);
  if found then
    perform app.announce('call_update', 'call', p_call_id);
  end if;
end
$$;

comment on function app.set_recording_state(uuid, text, text) is
  'Writes into a call how far its recording got (see call_logs.recording_state) and tells live clients, if that is news.';

select app.seal('app.set_recording_state(uuid, text, text)', null, 'app_writer');
-- end of sql/1431_function_set_recording_state.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1432_function_begin_recording.sql
create or replace function app.begin_recording(
  p_call_id uuid,
  p_lease interval
)
returns setof app.recording_copy
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_recording public.recordings;
  v_copy app.recording_copy;
  v_now timestamptz;
begin
  select * into v_recording from public.recordings r where r.org_id = v_org_id and r.call_id = p_call_id for update;
  v_now := app.now();
  if v_recording.id is null then
    raise exception 'there is no such recording' using errcode = 'VX404';
  end if;
  select v_recording.id, c.vapi_call_id, v_recording.source_url, v_recording.storage_key
  into v_copy.recording_id, v_copy.vapi_call_id, v_copy.source_url, v_copy.storage_key
  from public.call_logs c
  where c.org_id = v_org_id and c.id = p_call_id;
  v_copy.outcome := case
    when v_recording.delete_requested_at is not null then 'unwanted'
    when v_recording.stored_at is not null then 'done'
    when v_recording.lease_until > v_now then 'wait'
    else 'copy'
  end;
  if v_copy.outcome = 'wait' then
    v_copy.not_before := v_recording.lease_until;
  elsif v_copy.outcome = 'copy' then
    update public.recordings r
    set lease_until = v_now + p_lease, updated_at = v_now
    where r.org_id = v_org_id and r.id = v_recording.id;
    perform app.set_recording_state(p_call_id, 'copying');
  end if;
  return next v_copy;
end
$$;

comment on function app.begin_recording(uuid, interval) is
  'Asks, for a job, whether the recording of a call is to be copied now, see app.recording_copy. With outcome copy the recording is the job''s for p_lease; app.finish_recording or app.fail_recording ends it. VX404: the tenant has no such recording.';

select app.seal('app.begin_recording(uuid, interval)', 'app_writer', 'tenant_service');
-- end of sql/1432_function_begin_recording.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1434_function_finish_recording.sql
create or replace function app.finish_recording(
  p_recording_id uuid,
  p_content_type text,
  p_size_bytes bigint
)
returns boolean
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_recording public.recordings;
  v_now timestamptz;
begin
  select * into v_recording from public.recordings r where r.org_id = v_org_id and r.id = p_recording_id for update;
  v_now := app.now();
  if v_recording.id is null then
    raise exception 'there is no such recording' using errcode = 'VX404';
  elsif v_recording.delete_requested_at is not null then
    return false;
  elsif v_recording.stored_at is null then
    update public.recordings r
    set content_type = p_content_type, size_bytes = p_size_bytes, stored_at = v_now, source_url = null, lease_until = null, updated_at = v_now
    where r.org_id = v_org_id and r.id = p_recording_id;
    perform app.set_recording_state(v_recording.call_id, 'stored');
  end if;
  return true;
end
$$;

comment on function app.finish_recording(uuid, text, bigint) is
  'The recording lies in the storage, whole. False: it was deleted or erased while it was copied, and the file must go. VX404: the tenant has no such recording.';

select app.seal('app.finish_recording(uuid, text, bigint)', 'app_writer', 'tenant_service');
-- end of sql/1434_function_finish_recording.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1436_function_fail_recording.sql
create or replace function app.fail_recording(
  p_recording_id uuid,
  p_reason text,
  p_final boolean
)
returns void
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_recording public.recordings;
  v_now timestamptz;
begin
  select * into v_recording from public.recordings r where r.org_id = v_org_id and r.id = p_recording_id for update;
  v_now := app.now();
  if v_recording.id is null or v_recording.stored_at is not null or v_recording.delete_requested_at is not null then
    return;
  end if;
  update public.recordings r
  set lease_until = null, source_url = case when not p_final then r.source_url end, updated_at = v_now
  where r.org_id = v_org_id and r.id = p_recording_id;
  if not p_final then
    perform app.set_recording_state(v_recording.call_id, 'at_provider');
  elsif p_reason = 'gone' and exists (select from public.organizations o where o.id = v_org_id and o.hipaa_mode) then
    perform app.set_recording_state(v_recording.call_id, 'not_kept_by_provider');
  else
    perform app.set_recording_state(v_recording.call_id, 'failed', p_reason);
  end if;
end
$$;

comment on function app.fail_recording(uuid, text, boolean) is
  'A recording could not be copied this time: gone, too_large, not_audio, unreachable or storage. p_final: nobody tries again; then the call says failed with the reason, or not_kept_by_provider where the clinic''s HIPAA mode explains that it is gone. Nothing happens to a recording that is stored or unwanted.';

select app.seal('app.fail_recording(uuid, text, boolean)', 'app_writer', 'tenant_service');
-- end of sql/1436_function_fail_recording.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1438_function_drop_recordings.sql
create or replace function app.drop_recordings(
  p_call_ids uuid[],
  p_reason text
)
returns void
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_now timestamptz := app.now();
  v_recording record;
begin
  for v_recording in
    update public.recordings r
    set delete_requested_at = v_now, source_url = null, updated_at = v_now
    where r.org_id = v_org_id and r.call_id = any (p_call_ids) and r.delete_requested_at is null
    returning r.id, r.call_id
  loop
    update public.recording_shares s
    set revoked_at = coalesce(s.revoked_at, v_now), recipient = case when p_reason = 'erased' then null else s.recipient end
    where s.org_id = v_org_id and s.recording_id = v_recording.id;
    perform app.set_recording_state(v_recording.call_id, 'deleted', p_reason);
    perform app.enqueue_job('delete_recording', jsonb_build_object('recording_id', v_recording.id));
  end loop;
end
$$;

comment on function app.drop_recordings(uuid[], text) is
  'From now on nobody listens to the recordings of these calls: their links are revoked and a job deletes the files. p_reason: expired or erased; erased also forgets whom links were sent to.';

select app.seal('app.drop_recordings(uuid[], text)', null, 'app_writer');
-- end of sql/1438_function_drop_recordings.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1440_function_recording_to_delete.sql
create or replace function app.recording_to_delete(
  p_recording_id uuid
)
returns setof app.recording_copy
language sql
volatile
security definer
set search_path = ''
as $$
  -- A copy that runs writes the file after all: its own end deletes it, and this job looks again behind it.
  select case when r.lease_until > app.now() then 'wait' else 'unwanted' end, r.id, null::text, null::text, r.storage_key,
    case when r.lease_until > app.now() then r.lease_until end
  from public.recordings r
  where r.org_id = app.require_org_id() and r.id = p_recording_id and r.delete_requested_at is not null and r.deleted_at is null
$$;

comment on function app.recording_to_delete(uuid) is
  'The recording whose file a job shall delete: outcome unwanted, or wait while it may still be being copied. No row when it is deleted already or shall stay.';

select app.seal('app.recording_to_delete(uuid)', 'app_writer', 'tenant_service');
-- end of sql/1440_function_recording_to_delete.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1442_function_note_recording_deleted.sql
create or replace function app.note_recording_deleted(
  p_recording_id uuid
)
returns void
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  update public.recordings r
  set deleted_at = app.now(), updated_at = app.now()
  where r.org_id = app.require_org_id() and r.id = p_recording_id and r.delete_requested_at is not null and r.deleted_at is null;
end
$$;

comment on function app.note_recording_deleted(uuid) is
  'The storage says that the file of an unwanted recording is gone. Said again, or of a recording that shall stay, it changes nothing.';

select app.seal('app.note_recording_deleted(uuid)', 'app_writer', 'tenant_service');
-- end of sql/1442_function_note_recording_deleted.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1444_function_expire_recordings.sql
create or replace function app.expire_recordings(
  p_limit integer
)
returns bigint
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_keep interval;
  v_now timestamptz := app.now();
  v_old uuid[];
  v_stuck uuid;
  v_lost uuid;
  v_count bigint;
begin
  select o.keep_recordings_for into v_keep from public.organizations o where o.id = v_org_id;
  v_old := array(
    select r.call_id
    from public.recordings r
    where r.org_id = v_org_id and r.deleted_at is null and r.delete_requested_at is null and r.created_at <= v_now - v_keep
    order by r.created_at
    limit p_limit);
  perform app.drop_recordings(v_old, 'expired');
  v_count := cardinality(v_old);
  -- A deletion whose job was given up, because the storage was down for a long time: a file must not be forgotten.
  for v_stuck in
    update public.recordings r
    set delete_requested_at = v_now
    where r.org_id = v_org_id and r.id in (
      select s.id
      from public.recordings s
      where s.org_id = v_org_id and s.deleted_at is null and s.delete_requested_at < v_now - interval '6 hours'
      limit p_limit)
    returning r.id
  loop
    perform app.enqueue_job('delete_recording', jsonb_build_object('recording_id', v_stuck));
    v_count := v_count + 1;
  end loop;
  -- A copy whose process died at its last try: nobody would ever say that it failed.
  for v_lost in
    select r.id
    from public.recordings r
    where r.org_id = v_org_id and r.deleted_at is null and r.delete_requested_at is null and r.lease_until < v_now - interval '6 hours'
    limit p_limit
  loop
    perform app.fail_recording(v_lost, 'unreachable', true);
    v_count := v_count + 1;
  end loop;
  return v_count;
end
$$;

comment on function app.expire_recordings(integer) is
  'Puts the deletion of recordings in the queue: of those older than the clinic''s keep_recordings_for, and of those whose deletion has not happened in six hours. Calls a copy failed that nobody has been at for as long. p_limit at most of each kind; returns of how many in all.';

select app.seal('app.expire_recordings(integer)', 'app_writer', 'tenant_service');
-- end of sql/1444_function_expire_recordings.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1446_function_orgs_with_due_recordings.sql
create or replace function app.orgs_with_due_recordings()
returns setof uuid
language sql
stable
security definer
set search_path = ''
as $$
  select o.id
  from public.organizations o
  where exists (
    select from public.recordings r
    where r.org_id = o.id and r.deleted_at is null
      and (r.delete_requested_at is null and r.created_at <= app.now() - o.keep_recordings_for
        or r.delete_requested_at < app.now() - interval '6 hours'
        or r.delete_requested_at is null and r.lease_until < app.now() - interval '6 hours'))
$$;

comment on function app.orgs_with_due_recordings() is
  'The organisations, of all, for which app.expire_recordings has something to do now.';

select app.seal('app.orgs_with_due_recordings()', 'app_definer', 'voxanne_login');
-- end of sql/1446_function_orgs_with_due_recordings.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1447_function_view_recording.sql
create or replace function app.view_recording(
  p_recording_id uuid
)
returns app.recording_view
language plpgsql
stable
set search_path = ''
as $$
declare
  v_view app.recording_view;
begin
  select 'open', r.id, r.storage_key, r.content_type, r.size_bytes, o.name, c.began_at,
    coalesce(l.time_zone, o.time_zone)
  into v_view.outcome, v_view.recording_id, v_view.storage_key, v_view.content_type, v_view.size_bytes, v_view.clinic_name,
    v_view.call_at, v_view.time_zone
  from public.recordings r
  join public.call_logs c on c.org_id = r.org_id and c.id = r.call_id and c.deleted_at is null
  join public.organizations o on o.id = r.org_id and o.deleted_at is null
  left join public.locations l on l.org_id = c.org_id and l.id = c.location_id
  where r.org_id = app.require_org_id() and r.id = p_recording_id and r.stored_at is not null and r.delete_requested_at is null;
  return v_view;
end
$$;

comment on function app.view_recording(uuid) is
  'A recording that we keep and that nobody asked to delete, with what a page says about its call; an outcome of NULL for any other.';

select app.seal('app.view_recording(uuid)', null, 'app_writer');
-- end of sql/1447_function_view_recording.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1448_function_read_recording.sql
create or replace function app.read_recording(
  p_call_id uuid,
  p_request_id text default null
)
returns setof app.recording_view
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_state text;
  v_recording_id uuid;
  v_view app.recording_view;
begin
  select c.recording_state, r.id into v_state, v_recording_id
  from public.call_logs c
  left join public.recordings r on r.org_id = c.org_id and r.call_id = c.id
  where c.org_id = v_org_id and c.id = p_call_id and c.deleted_at is null;
  if not found then
    raise exception 'Call not found' using errcode = 'VX404';
  end if;
  v_view := app.view_recording(v_recording_id);
  if v_view.outcome is null then
    v_view.outcome := case when v_state in ('at_provider', 'copying') then 'not_ready' else 'no_recording' end;
  else
    insert into public.audit_log (org_id, action, entity, entity_id, actor_user_id, request_id)
    values (v_org_id, 'recording_read', 'call', p_call_id, app.current_user_id(), left(p_request_id, 64));
  end if;
  return next v_view;
end
$$;

comment on function app.read_recording(uuid, text) is
  'The recording of a call, for a member to listen to now; who did so and in which request stands in the audit log. outcome no_recording or not_ready where there is none to listen to. Every member may. VX404 for an unknown or deleted call.';

select app.seal('app.read_recording(uuid, text)', 'app_writer', 'tenant_user');
-- end of sql/1448_function_read_recording.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1450_function_recording_of_link.sql
create or replace function app.recording_of_link(
  p_recording_id uuid
)
returns setof app.recording_view
language sql
stable
security definer
set search_path = ''
as $$
  select v.* from app.view_recording(p_recording_id) v where v.outcome is not null
$$;

comment on function app.recording_of_link(uuid) is
  'The recording behind a short-lived address that this service signed for a player; no row when it was deleted since. The reading was audited when the address was given out.';

select app.seal('app.recording_of_link(uuid)', 'app_writer', 'tenant_service');
-- end of sql/1450_function_recording_of_link.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1452_function_share_recording.sql
create or replace function app.share_recording(
  p_call_id uuid,
  p_token_hash bytea,
  p_recipient text default null,
  p_subject text default null,
  p_content text default null,
  p_send_key text default null,
  p_service_provider text default null,
  p_request_id text default null
)
returns setof app.share_decision
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_call public.call_logs;
  v_recording_id uuid;
  v_sent app.message_decision;
  v_share app.share_decision;
  v_now timestamptz;
begin
  perform app.require_staff();
  select * into v_call from public.call_logs c where c.org_id = v_org_id and c.id = p_call_id and c.deleted_at is null;
  if v_call.id is null then
    raise exception 'Call not found' using errcode = 'VX404';
  end if;
  -- Locked, so that no link is made to what is being deleted.
  select r.id into v_recording_id
  from public.recordings r
  where r.org_id = v_org_id and r.call_id = p_call_id and r.stored_at is not null and r.delete_requested_at is null
  for share;
  v_now := app.now();
  if v_recording_id is null then
    v_share.outcome := case when v_call.recording_state in ('at_provider', 'copying') then 'not_ready' else 'no_recording' end;
    return next v_share;
    return;
  elsif (
    select count(*) from public.recording_shares s where s.org_id = v_org_id and s.created_at > v_now - interval '1 hour') >= 50
  then
    v_share.outcome := 'blocked';
    v_share.reason := 'too_many_shares';
    return next v_share;
    return;
  end if;

  v_share.outcome := 'shared';
  if p_recipient is not null then
    select * into v_sent
    from app.begin_message(
      p_category => 'share', p_method => 'email', p_content => p_content, p_send_key => p_send_key,
      -- The patient's own address goes when the patient is erased.
      p_contact_id => (
        select k.id from public.contacts k
        where k.org_id = v_org_id and k.id = v_call.contact_id and lower(k.email) = lower(p_recipient) and k.erased_at is null),
      p_service_provider => p_service_provider, p_recipient => p_recipient, p_subject => p_subject, p_call_id => p_call_id,
      p_request_id => p_request_id);
    v_share.outcome := v_sent.outcome;
    v_share.reason := v_sent.reason;
    v_share.message_id := v_sent.message_id;
    v_share.status := v_sent.status;
    if v_sent.outcome <> 'send' then
      return next v_share;
      return;
    end if;
  end if;

  insert into public.recording_shares (org_id, recording_id, token_hash, recipient, message_id, actor_user_id, expires_at, created_at)
  values (v_org_id, v_recording_id, p_token_hash, p_recipient, v_share.message_id, app.current_user_id(), v_now + interval '24 hours', v_now)
  returning id, expires_at into v_share.share_id, v_share.expires_at;
  insert into public.audit_log (org_id, action, entity, entity_id, actor_user_id, request_id)
  values (v_org_id, 'recording_shared', 'call', p_call_id, app.current_user_id(), left(p_request_id, 64));
  return next v_share;
end
$$;

comment on function app.share_recording(uuid, bytea, text, text, text, text, text, text) is
  'Makes a link to the recording of a call that opens for 24 hours; p_token_hash is the SHA-256 of its token. With p_recipient, an e-mail address, the row of the e-mail is begun as app.begin_message does (p_content says [link] for the link, which is stored nowhere) and the link opens unless that e-mail fails; without one the acting member gets the link. See app.share_decision; at most 50 links an hour and clinic. Staff only (VX403); VX404 for an unknown or deleted call.';

select app.seal('app.share_recording(uuid, bytea, text, text, text, text, text, text)', 'app_writer', 'tenant_user');
-- end of sql/1452_function_share_recording.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1453_function_share_state.sql
create or replace function app.share_state(
  p_revoked_at timestamptz,
  p_expires_at timestamptz,
  p_message_status text,
  p_now timestamptz
)
returns text
language sql
immutable
parallel safe
set search_path = ''
as $$
  select case
    when p_revoked_at is not null then 'revoked'
    when p_expires_at <= p_now then 'expired'
    when p_message_status in ('failed', 'blocked') then 'not_sent'
    else 'open'
  end
$$;

comment on function app.share_state(timestamptz, timestamptz, text, timestamptz) is
  'Whether a link opens now: open, or why not: revoked, expired, not_sent (its e-mail did not leave). p_message_status NULL: it has no e-mail.';

select app.seal('app.share_state(timestamptz, timestamptz, text, timestamptz)', null, 'app_writer');
-- end of sql/1453_function_share_state.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1454_function_list_shares.sql
create or replace function app.list_shares(
  p_call_id uuid
)
returns setof app.share_row
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_now timestamptz := app.now();
begin
  if not exists (select from public.call_logs c where c.org_id = v_org_id and c.id = p_call_id and c.deleted_at is null) then
    raise exception 'Call not found' using errcode = 'VX404';
  end if;
  return query
  select s.id, s.recipient, s.actor_user_id, p.name, s.created_at, s.expires_at, s.revoked_at,
    app.share_state(s.revoked_at, s.expires_at, m.status, v_now), m.status, o.openings, o.visitors, o.last_at
  from public.recordings r
  join public.recording_shares s on s.org_id = r.org_id and s.recording_id = r.id
  left join public.messages m on m.org_id = s.org_id and m.id = s.message_id
  left join public.profiles p on p.org_id = s.org_id and p.user_id = s.actor_user_id
  cross join lateral (
    select count(*) filter (where x.part = 'page') as openings, count(distinct x.visitor_hash) as visitors, max(x.at) as last_at
    from public.recording_share_openings x
    where x.org_id = s.org_id and x.share_id = s.id) o
  where r.org_id = v_org_id and r.call_id = p_call_id
  order by s.created_at desc, s.id desc
  limit 100;
end
$$;

comment on function app.list_shares(uuid) is
  'The links to the recording of a call, the newest first, 100 at most, with how often and from how many places they were opened. Every member may look. VX404 for an unknown or deleted call.';

select app.seal('app.list_shares(uuid)', 'app_writer', 'tenant_user');
-- end of sql/1454_function_list_shares.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1456_function_revoke_share.sql
create or replace function app.revoke_share(
  p_share_id uuid,
  p_request_id text default null
)
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
  if not exists (select from public.recording_shares s where s.org_id = v_org_id and s.id = p_share_id) then
    raise exception 'there is no such link' using errcode = 'VX404';
  end if;
  update public.recording_shares s
  set revoked_at = app.now(), revoked_by = app.current_user_id()
  where s.org_id = v_org_id and s.id = p_share_id and s.revoked_at is null;
  if found then
    insert into public.audit_log (org_id, action, entity, entity_id, actor_user_id, request_id)
    values (v_org_id, 'share_revoked', 'recording_share', p_share_id, app.current_user_id(), left(p_request_id, 64));
  end if;
end
$$;

comment on function app.revoke_share(uuid, text) is
  'From now on the link opens nothing; said again it changes nothing. Staff only (VX403); VX404 for an unknown link.';

select app.seal('app.revoke_share(uuid, text)', 'app_writer', 'tenant_user');
-- end of sql/1456_function_revoke_share.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1458_function_find_share_tenant.sql
create or replace function app.find_share_tenant(
  p_token_hash bytea
)
returns setof uuid
language sql
stable
security definer
set search_path = ''
as $$
  select s.org_id from public.recording_shares s where s.token_hash = p_token_hash
$$;

comment on function app.find_share_tenant(bytea) is
  'Whose link has this token, given as its SHA-256: one organisation, or no row when nobody''s. Whether it opens is for app.open_share.';

select app.seal('app.find_share_tenant(bytea)', 'app_definer', 'voxanne_login');
-- end of sql/1458_function_find_share_tenant.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1460_function_open_share.sql
create or replace function app.open_share(
  p_token_hash bytea,
  p_part text,
  p_visitor text
)
returns setof app.recording_view
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_now timestamptz := app.now();
  v_share public.recording_shares;
  v_hash bytea := app.number_hash(p_visitor);
  v_view app.recording_view;
begin
  select s.* into v_share
  from public.recording_shares s
  left join public.messages m on m.org_id = s.org_id and m.id = s.message_id
  where s.org_id = v_org_id and s.token_hash = p_token_hash
    and app.share_state(s.revoked_at, s.expires_at, m.status, v_now) = 'open';
  if v_share.id is null then
    return;
  end if;
  v_view := app.view_recording(v_share.recording_id);
  if v_view.outcome is null then
    return;
  end if;
  v_view.expires_at := v_share.expires_at;
  if p_part <> 'audio' or not exists (
    select from public.recording_share_openings o
    where o.org_id = v_org_id and o.share_id = v_share.id and o.part = 'audio' and o.visitor_hash = v_hash
      and o.at > v_now - interval '15 minutes')
  then
    insert into public.recording_share_openings (org_id, share_id, part, visitor_hash, at)
    values (v_org_id, v_share.id, p_part, v_hash, v_now);
  end if;
  return next v_view;
end
$$;

comment on function app.open_share(bytea, text, text) is
  'Opens the link with this token (its SHA-256) and notes that it was opened: p_part page or audio, p_visitor what tells one visitor from another, of which a keyed hash is stored. No row for a link that is unknown, expired or revoked, or whose recording is gone.';

select app.seal('app.open_share(bytea, text, text)', 'app_writer', 'tenant_service');
-- end of sql/1460_function_open_share.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1470_function_reminder_text.sql
create or replace function app.reminder_text(p_visit public.appointments, p_method text)
returns text[]
language plpgsql
stable
set search_path = ''
as $$
declare
  v_language text := app.contact_language((p_visit).contact_id);
  v_template text[] := app.template_for('reminder', v_language);
  v_bundle app.scheduled_bundle;
  v_said record;
begin
  select o.name as clinic, w.words, v.name as service, r.name as practitioner, coalesce(l.address, l.name) as place, k.source <> 'call' as known,
    coalesce(l.phone, (
      select x.phone from public.locations x where x.org_id = l.org_id and x.phone is not null order by x.created_at, x.id limit 1)) as phone,
    -- Brackets and braces would be taken for places of codes and fields.
    left(regexp_replace(split_part(p.name, ' ', 1), '[][{}]', '', 'g'), 20) as first_name
  into strict v_said
  from public.organizations o
  join public.locations l on l.org_id = o.id and l.id = (p_visit).location_id
  join public.services v on v.org_id = o.id and v.id = (p_visit).service_id
  join public.resources r on r.org_id = o.id and r.id = (p_visit).resource_id
  join public.patients p on p.org_id = o.id and p.id = (p_visit).patient_id
  join public.contacts k on k.org_id = o.id and k.id = (p_visit).contact_id
  cross join lateral (select app.local_words((p_visit).scheduled_at, l.time_zone, v_language) as words) w
  where o.id = app.require_org_id();

  v_bundle.clinic_name := v_said.clinic;
  v_bundle.place := v_said.place;
  v_bundle.clinic_phone := v_said.phone;
  return array[
    app.render_text(v_template[1], jsonb_build_object('clinic', v_said.clinic)),
    case p_method
      when 'sms' then app.visit_text('reminder', v_language, v_template[2], v_bundle, array[v_said.words[1]], array[v_said.words[2]],
        null, v_said.first_name, v_said.service, v_said.practitioner)
      -- An address that a caller merely said learns the clinic and the time only.
      else app.confirmation_email(v_language, v_said.clinic,
        array[concat_ws(', ', v_said.words[1], v_said.words[2],
          case when v_said.known then v_said.service end, case when v_said.known then v_said.practitioner end)],
        v_said.place, v_said.phone, true)
    end];
end
$$;

comment on function app.reminder_text(public.appointments, text) is
  'The words of a reminder of one visit in the contact''s language: array[subject, body]. sms: the clinic''s wording for reminders; email: what a confirmation by e-mail says, without the file for the calendar and without anything to answer.';

select app.seal('app.reminder_text(public.appointments, text)', null, 'app_writer');
-- end of sql/1470_function_reminder_text.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1472_function_send_reminder.sql
create or replace function app.send_reminder(
  p_appointment_id uuid,
  p_method text,
  p_send_key text,
  p_service_provider text,
  p_number_zones text[],
  p_number_region text default null,
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
  v_visit public.appointments;
  v_now timestamptz;
  v_last timestamptz;
  v_text text[];
  v_decision app.message_decision;
begin
  perform app.require_staff();
  if coalesce(p_method, '') not in ('sms', 'email') then
    raise exception 'a reminder goes by sms or email' using errcode = 'VX400';
  end if;
  -- The contact's lock before the visit's, as app.take_scheduled takes them: a reminder that goes out by itself at this
  -- moment is seen here, or sees this one.
  perform app.lock_contact(a.contact_id)
  from public.appointments a
  where a.org_id = v_org_id and a.id = p_appointment_id;
  select * into v_visit
  from public.appointments a
  where a.org_id = v_org_id and a.id = p_appointment_id and a.status <> 'held'
  for share;
  if v_visit.id is null then
    raise exception 'Appointment not found' using errcode = 'VX404';
  end if;

  v_now := app.now();
  if not exists (select from public.messages m where m.org_id = v_org_id and m.send_key = p_send_key) then
    v_decision.reason := case
      when not exists (
        select from public.contacts k where k.org_id = v_org_id and k.id = v_visit.contact_id and k.erased_at is null) then 'no_contact'
      when v_visit.status = 'pending' then 'approval_needed'
      when v_visit.status <> 'confirmed' then 'not_active'
      when v_visit.scheduled_at <= v_now then 'too_late'
    end;
    if v_decision.reason is null then
      select max(m.created_at) into v_last
      from public.messages m
      where m.org_id = v_org_id and m.category = 'reminder' and m.status in ('queued', 'sent', 'delivered', 'unknown')
        and m.created_at > v_now - interval '24 hours'
        and (m.appointment_id = v_visit.id or m.id in (
          select s.message_id from public.scheduled_messages s where s.org_id = v_org_id and s.appointment_id = v_visit.id));
      if v_last is not null then
        v_decision.reason := 'already_reminded';
        v_decision.not_before := v_last + interval '24 hours';
      end if;
    end if;
    if v_decision.reason is not null then
      v_decision.outcome := 'blocked';
      return next v_decision;
      return;
    end if;
  end if;

  v_text := app.reminder_text(v_visit, p_method);
  return query
  select *
  from app.begin_message(
    p_category => 'reminder', p_method => p_method, p_content => v_text[2], p_send_key => p_send_key,
    p_contact_id => v_visit.contact_id, p_service_provider => p_service_provider,
    p_subject => case when p_method = 'email' then v_text[1] end, p_appointment_id => v_visit.id,
    p_number_zones => p_number_zones, p_number_region => p_number_region, p_request_id => p_request_id);
end
$$;

comment on function app.send_reminder(uuid, text, text, text, text[], text, text) is
  'A reminder of one visit that a member of the staff sends now, in the clinic''s wording and the contact''s language. Answers as app.begin_message does, with outcome send for the caller to take to the provider, and blocked without a row for no_contact (none, or erased), approval_needed, not_active, too_late and already_reminded: a reminder of this visit, sent by itself or not, left within 24 hours. It counts for the limits like those that go out by themselves (one a day and three in seven days for a contact, which then skip), and waits for the end of the night like them: staff are told when. Staff only (VX403); an unknown or merely held visit is VX404, another method VX400.';

select app.seal('app.send_reminder(uuid, text, text, text, text[], text, text)', 'app_writer', 'tenant_user');
-- end of sql/1472_function_send_reminder.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1474_function_transcript_of.sql
create or replace function app.transcript_of(p_call_id uuid)
returns app.transcript_export
language plpgsql
stable
set search_path = ''
as $$
declare
  v_call public.call_logs;
  v_export app.transcript_export;
begin
  select c.* into v_call
  from public.call_logs c
  left join public.contacts k on k.org_id = c.org_id and k.id = c.contact_id
  where c.org_id = app.require_org_id() and c.id = p_call_id and c.deleted_at is null and k.erased_at is null;
  if v_call.id is null then
    raise exception 'Call not found' using errcode = 'VX404';
  elsif v_call.transcript_state <> 'stored' or v_call.transcript = '[]' then
    raise exception 'This call does not have a transcript' using errcode = 'VX400';
  end if;
  select null::uuid, v_call.id, null::timestamptz, o.name, l.phone, o.country, coalesce(l.time_zone, o.time_zone), k.name,
    case v_call.direction when 'outbound' then v_call.to_number else v_call.from_number end, v_call.direction,
    app.call_state(v_call.status, v_call.outcome, v_call.ended_reason), v_call.began_at,
    v_call.duration_seconds, v_call.summary, v_call.transcript
  into strict v_export
  from public.organizations o
  left join public.locations l on l.org_id = o.id and l.id = v_call.location_id
  left join public.contacts k on k.org_id = o.id and k.id = v_call.contact_id
  where o.id = v_call.org_id;
  return v_export;
end
$$;

comment on function app.transcript_of(uuid) is
  'What an exported transcript says; message_id and exported_at are still to come. VX404 for an unknown or deleted call, or one whose contact was erased; VX400 for a call without a transcript.';

select app.seal('app.transcript_of(uuid)', null, 'app_writer');
-- end of sql/1474_function_transcript_of.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1476_function_export_transcript.sql
create or replace function app.export_transcript(p_call_id uuid, p_format text, p_request_id text default null)
returns setof app.transcript_export
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_export app.transcript_export := app.transcript_of(p_call_id);
begin
  if coalesce(p_format, '') not in ('txt', 'pdf') then
    raise exception 'a transcript is exported as txt or pdf' using errcode = 'VX400';
  end if;
  v_export.message_id := app.uuid_v7();
  v_export.exported_at := app.now();
  -- Not the contact's message: erasing them must not erase who took their words.
  insert into public.messages (
    org_id, id, direction, method, category, recipient, content, status, service_provider, external_message_id, sent_at, call_id,
    actor_user_id, request_id, created_at, updated_at)
  select v_org_id, v_export.message_id, 'outbound', 'export', 'export', coalesce(p.email, p.user_id::text), 'Transcript, ' || p_format, 'sent',
    'voxanne', v_export.message_id::text, v_export.exported_at, p_call_id, p.user_id, p_request_id, v_export.exported_at, v_export.exported_at
  from public.profiles p
  where p.org_id = v_org_id and p.user_id = app.current_user_id();
  if not found then
    raise exception 'only members export' using errcode = 'VX403';
  end if;
  insert into public.audit_log (org_id, action, entity, entity_id, actor_user_id, request_id)
  values (v_org_id, 'transcript_exported', 'call', p_call_id, app.current_user_id(), left(p_request_id, 64));
  perform app.announce('message_updated', 'message', v_export.message_id);
  return next v_export;
end
$$;

comment on function app.export_transcript(uuid, text, text) is
  'Takes a call''s transcript out of the dashboard, as txt or pdf. Who did so stands in messages (method export, the member as recipient) and in the audit log. Every member may: they could read it as well. Errors as app.transcript_of; VX400 for another format, VX403 for who is no member.';

select app.seal('app.export_transcript(uuid, text, text)', 'app_writer', 'tenant_user');
-- end of sql/1476_function_export_transcript.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1478_function_read_export.sql
create or replace function app.read_export(p_message_id uuid, p_request_id text default null)
returns setof app.transcript_export
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_message public.messages;
  v_export app.transcript_export;
begin
  select * into v_message
  from public.messages m
  where m.org_id = v_org_id and m.id = p_message_id and m.method = 'export' and m.category = 'export'
    and m.actor_user_id = app.current_user_id();
  if v_message.call_id is null then
    raise exception 'Call not found' using errcode = 'VX404';
  end if;
  v_export := app.transcript_of(v_message.call_id);
  v_export.message_id := v_message.id;
  v_export.exported_at := v_message.created_at;
  insert into public.audit_log (org_id, action, entity, entity_id, actor_user_id, request_id)
  values (v_org_id, 'transcript_read', 'call', v_message.call_id, app.current_user_id(), left(p_request_id, 64));
  return next v_export;
end
$$;

comment on function app.read_export(uuid, text) is
  'The transcript of an export that the acting member made, as it is now; the audit log remembers each reading. VX404 for somebody else''s or none, and errors as app.transcript_of: what was deleted or erased meanwhile is gone.';

select app.seal('app.read_export(uuid, text)', 'app_writer', 'tenant_user');
-- end of sql/1478_function_read_export.sql
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
drop function app.read_export;
drop function app.export_transcript;
drop function app.transcript_of;
drop function app.send_reminder;
drop function app.reminder_text;
drop function app.open_share;
drop function app.find_share_tenant;
drop function app.revoke_share;
drop function app.list_shares;
drop function app.share_state;
drop function app.share_recording;
drop function app.recording_of_link;
drop function app.read_recording;
drop function app.view_recording;
drop function app.orgs_with_due_recordings;
drop function app.expire_recordings;
drop function app.note_recording_deleted;
drop function app.recording_to_delete;
drop function app.drop_recordings;
drop function app.fail_recording;
drop function app.finish_recording;
drop function app.begin_recording;
drop function app.set_recording_state;
drop function app.note_recording;
drop function app.lost_members;
drop function app.redeem_event_ticket;
drop function app.issue_event_ticket;
drop function app.is_event_cursor_kept;
drop function app.events_since;
drop function app.relay_events;
drop function app.create_contact;
drop function app.change_contact;
drop function app.take_scheduled;
drop function app.take_visits;
drop function app.confirmation_email;
drop function app.record_call_report;
drop function app.announce_contact;
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
select app.protect_table('public.idempotency_keys');
select app.protect_table('public.call_days');

-- Sent messages and the audit log are never rewritten or removed by a function that works inside a tenant.
revoke delete on table public.messages, public.audit_log from app_writer;
revoke update on table public.audit_log from app_writer;
-- The service key sees all; what was sent and who did what it cannot rewrite either.
revoke insert, update, delete on table public.messages, public.audit_log from service_role;

-- Token hashes are for functions, not for the dashboard.
revoke select on table public.invitations from tenant_user, tenant_service;
grant select (org_id, id, email, role, invited_by, expires_at, accepted_at, created_at, message_id)
  on table public.invitations to tenant_user, tenant_service;

-- Keys, sealed credentials and one member's kept answers are opened by functions only; nobody's list shows them.
revoke select on table public.org_keys, public.identity_codes, public.idempotency_keys from tenant_user, tenant_service;
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
-- back to sql/0500_function_place_booking.sql
create or replace function app.place_booking(
  p_service_id uuid,
  p_resource_id uuid,
  p_starts_at timestamptz,
  p_call_id uuid,
  p_contact_id uuid,
  p_patient_name text,
  p_date_of_birth date,
  p_email text,
  p_spoken_phone text,
  p_notes text,
  p_override boolean
)
returns app.booking_result
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_candidates uuid[] := array(
    select app.candidates(p_service_id, p_resource_id, app.location_of_wish(p_call_id, null)));
  v_now timestamptz;
  v_slot app.free_slot;
  v_contact_id uuid;
  v_patient_id uuid;
  v_id uuid;
  v_result app.booking_result;
begin
  perform app.lock_resources(v_candidates);
  v_now := app.now();
  perform app.drop_expired_holds(v_candidates, v_now);

  select * into v_slot
  from app.choose_slot(p_service_id, p_resource_id, p_starts_at, v_now, p_call_id, null, p_override);
  if v_slot.resource_id is not null then
    begin
      -- Contact and patient only now: a refused try leaves nobody behind.
      v_contact_id := coalesce(p_contact_id, app.contact_of_call(p_call_id));
      v_patient_id := app.patient_of_contact(v_contact_id, p_patient_name, p_date_of_birth, p_call_id);
      v_id := app.write_booking(v_slot, p_service_id, v_contact_id, v_patient_id, p_call_id,
        case when p_call_id is not null then p_patient_name end, case when p_call_id is not null then p_date_of_birth end,
        left(p_notes, 2000), v_now, p_override);
    exception when exclusion_violation then
      -- Somebody wrote past the locks (a DBA, a restore). The constraint held; the caller gets an honest refusal.
      v_slot := null;
    end;
  end if;

  if v_slot.resource_id is null then
    return app.slot_refusal(p_service_id, p_resource_id, p_starts_at, v_now, p_call_id, null, p_override);
  end if;

  -- An address said on the phone is kept only for a contact that this call made: a stranger must not add theirs to
  -- somebody known, who would then get none of the confirmations.
  update public.contacts c
  set name = coalesce(c.name, p_patient_name), lead_status = 'booked', updated_at = v_now,
    email = case when k.is_new then coalesce(c.email, p_email) else c.email end,
    spoken_phone = case when k.is_new then coalesce(c.spoken_phone, p_spoken_phone) else c.spoken_phone end
  from (
    select exists (
      select from public.call_logs l
      join public.contacts n on n.org_id = l.org_id and n.id = v_contact_id
      where l.org_id = v_org_id and l.id = p_call_id and n.created_at >= l.created_at
    ) as is_new
  ) k
  where c.org_id = v_org_id and c.id = v_contact_id;
  perform app.note_change('booked', v_id, null, p_call_id);
  perform app.stop_campaigns_for(v_contact_id, 'booking');
  v_result := app.booking_answer('booked', v_id);
  if p_call_id is not null then
    perform app.notify_staff(
      case when v_result.status = 'pending' then 'approval_needed' else 'appointment_booked' end,
      case when v_result.status = 'pending' then 'A booking waits for approval' else 'The receptionist booked a visit' end,
      'appointment', v_id);
  end if;
  return v_result;
end
$$;

comment on function app.place_booking(uuid, uuid, timestamptz, uuid, uuid, text, date, text, text, text, boolean) is
  'The decision itself: lock every candidate resource, look at the rules with a fresh clock, write under the no-overlap constraint. Called by book_appointment once it is clear that the wish is a new visit.';

select app.seal('app.place_booking(uuid, uuid, timestamptz, uuid, uuid, text, date, text, text, text, boolean)', null, 'app_writer');
-- end of sql/0500_function_place_booking.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- back to sql/0740_function_record_call_report.sql
create or replace function app.record_call_report(
  p_call_id uuid,
  p_started_at timestamptz,
  p_ended_at timestamptz,
  p_duration_seconds integer,
  p_ended_reason text,
  p_summary text,
  p_turns jsonb,
  p_cost_micros bigint,
  p_has_recording boolean,
  p_tools_used text[],
  p_said_names text[] default '{}'
)
returns text
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_call public.call_logs;
  v_names text[];
  v_summary text;
  v_turns jsonb;
  v_state text;
  v_outcome text;
  v_seconds integer;
begin
  perform app.lock_call(p_call_id);
  select * into v_call from public.call_logs c where c.org_id = v_org_id and c.id = p_call_id;
  if v_call.id is null then
    raise exception 'there is no such call' using errcode = 'VX404';
  elsif v_call.reported_at is not null and v_call.transcript_state <> 'pending_redaction' then
    return v_call.transcript_state;
  end if;

  perform app.contact_of_call(p_call_id);
  v_names := app.names_of_call(p_call_id) || coalesce(p_said_names, '{}');
  begin
    v_summary := app.redact_phi(p_summary, v_names);
    select coalesce(jsonb_agg(jsonb_build_object(
        'speaker', t.turn ->> 'speaker', 'text', app.redact_phi(t.turn ->> 'text', v_names), 'at', t.turn -> 'at')
      order by t.position), '[]')
    into v_turns
    from jsonb_array_elements(coalesce(p_turns, '[]')) with ordinality t(turn, position);
    v_state := case when v_turns = '[]' then 'none' else 'stored' end;
  exception when query_canceled or others then
    -- Never raw text, never a lost call: everything else is kept, and the report is fetched again. One job does that,
    -- with its own growing pauses; each failure putting in another would fetch every minute for ever.
    v_summary := null;
    v_turns := '[]';
    v_state := 'pending_redaction';
    if v_call.reported_at is null then
      perform app.enqueue_job('fetch_call_report', jsonb_build_object('call_id', p_call_id), app.now() + interval '1 minute');
    end if;
  end;

  v_seconds := coalesce(p_duration_seconds, extract(epoch from
    coalesce(p_ended_at, v_call.ended_at) - coalesce(p_started_at, v_call.started_at))::integer);
  v_seconds := case when v_seconds < 0 then 0 else v_seconds end;
  -- A caller who spoke was connected, also where nobody says for how long.
  v_outcome := app.call_outcome(p_call_id, coalesce(p_ended_reason, v_call.ended_reason),
    coalesce(v_seconds, case when p_turns @> '[{"speaker": "caller"}]' then 5 end));
  update public.call_logs c
  set status = 'ended', started_at = coalesce(p_started_at, c.started_at), ended_at = coalesce(p_ended_at, c.ended_at),
    duration_seconds = coalesce(v_seconds, c.duration_seconds),
    ended_reason = coalesce(left(p_ended_reason, 200), c.ended_reason), summary = v_summary, transcript = v_turns,
    transcript_state = v_state, cost_micros = p_cost_micros, outcome = v_outcome,
    recording_state = case when p_has_recording then 'at_provider' else 'none' end,
    tools_used = coalesce(p_tools_used, '{}'), reported_at = app.now(), updated_at = app.now()
  where c.org_id = v_org_id and c.id = p_call_id;

  perform app.release_hold(p_call_id);
  if v_outcome = 'missed' and v_call.reported_at is null then
    perform app.notify_staff('missed_call', 'A call was missed', 'call', p_call_id);
    perform app.schedule_missed_call(p_call_id);
  end if;
  perform app.announce('call_ended', 'call', p_call_id);
  return v_state;
end
$$;

comment on function app.record_call_report(uuid, timestamptz, timestamptz, integer, text, text, jsonb, bigint, boolean, text[], text[]) is
  'Takes in an end-of-call report, before or after the status updates, once: a second report changes nothing unless redaction failed the first time. p_turns: [{"speaker","text","at"}]; p_said_names: names given to tools during the call, also of people who were not booked in the end; turns and summary are redacted of them and of everything else before they are stored; a missing duration follows from start and end. Returns the transcript''s state; the first pending_redaction puts a job in the queue that fetches the report again. VX404 when the call is not the tenant''s.';

select app.seal('app.record_call_report(uuid, timestamptz, timestamptz, integer, text, text, jsonb, bigint, boolean, text[], text[])', 'app_writer', 'tenant_service');
-- end of sql/0740_function_record_call_report.sql
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
-- back to sql/0905_function_conclude_message.sql
create or replace function app.conclude_message(
  p_message public.messages,
  p_status text,
  p_external_id text,
  p_error_code text,
  p_reason text
)
returns text
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_id uuid := (p_message).id;
  v_now timestamptz := app.now();
  v_reason text := case
    when p_status = 'failed' and p_error_code = '21610' then 'opted_out'
    when p_status = 'failed' then coalesce(p_reason, 'refused')
    when p_status = 'unknown' then p_reason
  end;
begin
  update public.messages m
  set status = p_status, reason = v_reason,
    provider_error = left(nullif(regexp_replace(p_error_code, '[^A-Za-z0-9_.-]', '', 'g'), ''), 60),
    external_message_id = coalesce(m.external_message_id, p_external_id),
    sent_at = case when p_status in ('sent', 'delivered') then coalesce(m.sent_at, v_now) else m.sent_at end,
    updated_at = v_now
  where m.org_id = v_org_id and m.id = v_id;

  if p_status in ('sent', 'delivered') and (p_message).category = 'confirmation' then
    -- In order of their ids, as app.take_scheduled locks them.
    with told as (
      select a.org_id, a.id
      from public.appointments a
      where a.org_id = v_org_id and not a.confirmation_sent
        and (a.id = (p_message).appointment_id or a.id in (
          select s.appointment_id from public.scheduled_messages s where s.org_id = v_org_id and s.message_id = v_id))
      order by a.id
      for no key update
    )
    update public.appointments a
    set confirmation_sent = true
    from told
    where a.org_id = told.org_id and a.id = told.id;
  elsif v_reason = 'opted_out' then
    perform app.note_opt_out('sms', (p_message).recipient,
      coalesce((p_message).recipient_hash, app.number_hash((p_message).recipient)), 'carrier');
  end if;
  if p_status = 'failed' and (p_message).category in ('confirmation', 'reminder', 'code') then
    perform app.notify_staff('message_failed', format('A %s could not be sent', (p_message).category), 'message', v_id);
  elsif p_status = 'unknown' and p_reason = 'cannot_ask' and (p_message).reason is distinct from p_reason then
    perform app.notify_staff('message_unknown', 'A message may or may not have been sent', 'message', v_id);
  end if;
  perform app.announce('message_updated', 'message', v_id);
  return p_status;
end
$$;

comment on function app.conclude_message(public.messages, text, text, text, text) is
  'Writes what became of a message that is locked (p_message: the row before), with what follows from it: a confirmation that left marks its visits, Twilio''s 21610 opts the number out as the carrier did, staff are told of what they must see to. A provider''s id that is known stays. Returns the status.';

select app.seal('app.conclude_message(public.messages, text, text, text, text)', null, 'app_writer');
-- end of sql/0905_function_conclude_message.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- back to sql/0933_function_confirmation_email.sql
create or replace function app.confirmation_email(
  p_language text,
  p_clinic text,
  p_lines text[],
  p_place text,
  p_phone text
)
returns text
language plpgsql
immutable
set search_path = ''
as $$
declare
  -- greeting and opening, place, phone, attachment, close
  v_words text[] := case p_language
    when 'es' then array['Hola:' || E'\n\n' || 'Su cita en %s queda registrada:', 'Lugar: %s',
      'Si tiene preguntas o quiere cambiarla, llame al %s.', 'El archivo adjunto la guarda en su calendario.', 'Hasta pronto,']
    when 'fr' then array['Bonjour,' || E'\n\n' || 'Votre rendez-vous chez %s est noté :', 'Lieu : %s',
      'Pour une question ou un changement, appelez le %s.', 'Le fichier joint l''ajoute à votre agenda.', 'À bientôt,']
    when 'de' then array['Guten Tag,' || E'\n\n' || 'Ihr Termin bei %s ist vorgemerkt:', 'Ort: %s',
      'Bei Fragen oder Änderungen rufen Sie bitte %s an.', 'Mit der angehängten Datei kommt er in Ihren Kalender.', 'Bis bald,']
    else array['Hello,' || E'\n\n' || 'your visit at %s is booked:', 'Place: %s',
      'For a question or a change please call %s.', 'The attached file puts it into your calendar.', 'See you soon,']
  end;
begin
  return concat_ws(E'\n\n',
    format(v_words[1], p_clinic),
    (select string_agg('- ' || l.line, E'\n' order by l.at) from unnest(p_lines) with ordinality l (line, at)),
    case when p_place is not null then format(v_words[2], p_place) end,
    case when p_phone is not null then format(v_words[3], p_phone) end,
    v_words[4], v_words[5] || E'\n' || p_clinic);
end
$$;

comment on function app.confirmation_email(text, text, text[], text, text) is
  'The plain text of a confirmation by e-mail: one line per visit, then place and phone where they are known (NULL: left out). Never a code: an address is easier to misspell than a number.';

select app.seal('app.confirmation_email(text, text, text[], text, text)', null, 'app_writer');
-- end of sql/0933_function_confirmation_email.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- back to sql/0938_function_take_visits.sql
create or replace function app.take_visits(p_row public.scheduled_messages, p_now timestamptz)
returns app.scheduled_bundle
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_bundle app.scheduled_bundle := app.start_bundle(p_row, (p_row).kind);
  v_language text := app.contact_language((p_row).contact_id);
  v_kind text := case when v_bundle.spoken then 'neutral_confirmation' else (p_row).kind end;
  v_template text[] := app.template_for(v_kind, v_language);
  v_said record;
  v_email_is_known boolean;
  v_places integer;
begin
  select array_agg(t.id order by t.at) as ids, array_agg(a.id order by t.at) as visits,
    array_agg(a.scheduled_at order by t.at) as starts, array_agg(upper(a.during) order by t.at) as ends,
    array_agg(w.words[1] order by t.at) as dates, array_agg(w.words[2] order by t.at) as times,
    -- A name is said only where it is needed to tell patients apart, and then only the first one.
    array_agg(f.name order by t.at) as first_names, count(distinct a.patient_id) > 1 as several,
    array_agg(v.name order by t.at) as services, array_agg(r.name order by t.at) as practitioners,
    (array_agg(coalesce(l.address, l.name) order by t.at))[1] as place,
    (array_agg(l.phone order by t.at))[1] as phone
  into v_said
  from (select s.*, row_number() over () as at from app.visits_to_tell(p_row, p_now) s) t
  join public.appointments a on a.org_id = t.org_id and a.id = t.appointment_id
  join public.locations l on l.org_id = a.org_id and l.id = a.location_id
  join public.services v on v.org_id = a.org_id and v.id = a.service_id
  join public.resources r on r.org_id = a.org_id and r.id = a.resource_id
  join public.patients p on p.org_id = a.org_id and p.id = a.patient_id
  cross join lateral (select app.local_words(a.scheduled_at, l.time_zone, v_language) as words) w
  -- Brackets and braces would be taken for places of codes and fields.
  cross join lateral (select left(regexp_replace(split_part(p.name, ' ', 1), '[][{}]', '', 'g'), 20) as name) f;
  -- What a call wrote down is only what somebody said.
  v_email_is_known := exists (
    select from public.contacts k
    where k.org_id = (p_row).org_id and k.id = (p_row).contact_id and k.source <> 'call');
  -- Nor do strangers get our e-mail over and over because somebody keeps saying their address.
  if not v_email_is_known and (
    select count(*) >= 3
    from public.messages m
    where m.org_id = (p_row).org_id and m.recipient_hash = app.number_hash(v_bundle.email) and m.direction = 'outbound'
      and m.status <> 'blocked' and m.created_at > p_now - interval '168 hours')
  then
    v_bundle.email := null;
  end if;
  if v_said.ids is null then
    return null;
  elsif v_bundle.phone is null and v_bundle.email is null then
    perform app.settle_scheduled(v_said.ids, 'skipped', 'no_recipient');
    return null;
  end if;

  v_bundle.scheduled_ids := v_said.ids;
  v_bundle.appointment_ids := v_said.visits;
  v_bundle.starts_at := v_said.starts;
  v_bundle.ends_at := v_said.ends;
  v_bundle.place := v_said.place;
  v_bundle.clinic_phone := coalesce(v_said.phone, v_bundle.clinic_phone);
  v_bundle.subject := app.render_text(v_template[1], jsonb_build_object('clinic', v_bundle.clinic_name));

  if v_bundle.phone is not null then
    v_bundle.text := app.visit_text(v_kind, v_language, v_template[2], v_bundle, v_said.dates, v_said.times,
      case when v_said.several and not v_bundle.spoken then v_said.first_names end, v_said.first_names[1], v_said.services[1], v_said.practitioners[1]);
    v_places := (length(v_bundle.text) - length(replace(v_bundle.text, '[code]', ''))) / length('[code]');
    v_bundle.code_subjects := array(
      select v_said.visits[(n - 1) % cardinality(v_said.visits) + 1] from generate_series(1, v_places) n order by n);
    v_bundle.code_versions := app.next_codes(v_bundle.code_subjects);
  end if;

  v_bundle.summaries := array(
    select case when v_email_is_known then v_said.services[n] || ', ' else '' end || v_bundle.clinic_name
    from generate_subscripts(v_said.visits, 1) n order by n);
  if v_bundle.email is not null then
    v_bundle.email_text := app.confirmation_email(v_language, v_bundle.clinic_name, array(
        select concat_ws(', ', case when v_email_is_known and v_said.several then v_said.first_names[n] end,
          v_said.dates[n], v_said.times[n], case when v_email_is_known then v_said.services[n] end,
          case when v_email_is_known then v_said.practitioners[n] end)
        from generate_subscripts(v_said.visits, 1) n order by n),
      v_bundle.place, v_bundle.clinic_phone);
  end if;
  return v_bundle;
end
$$;

comment on function app.take_visits(public.scheduled_messages, timestamptz) is
  'The bundle of a confirmation or reminder with everything that goes out in the same message: texts in the contact''s language and each visit''s local time, places for codes, and what the calendar file says. A number or address that was merely said is told the clinic and the times only; such an address gets three e-mails a week at most. NULL: there is nothing to tell any more, and the rows say why.';

select app.seal('app.take_visits(public.scheduled_messages, timestamptz)', null, 'app_writer');
-- end of sql/0938_function_take_visits.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- back to sql/0941_function_take_scheduled.sql
create or replace function app.take_scheduled(
  p_scheduled_id uuid
)
returns setof app.scheduled_bundle
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_row public.scheduled_messages;
  v_now timestamptz;
  v_not_before timestamptz;
  v_bundle app.scheduled_bundle;
begin
  select * into v_row from public.scheduled_messages s where s.org_id = v_org_id and s.id = p_scheduled_id;
  -- The same locks as app.begin_message's, so that nothing of one group goes out twice. Then visits before their rows: a
  -- booking locks them in that order.
  perform app.lock_contact(v_row.contact_id);
  perform from public.appointments a
  where a.org_id = v_org_id and a.id in (
    select s.appointment_id from public.scheduled_messages s
    where s.org_id = v_org_id and s.contact_id = v_row.contact_id and s.state = 'waiting')
  order by a.id
  for no key update;
  perform from public.scheduled_messages s
  where s.org_id = v_org_id and s.contact_id = v_row.contact_id and s.state = 'waiting'
  order by s.id
  for update;

  v_now := app.now();
  select * into v_row from public.scheduled_messages s where s.org_id = v_org_id and s.id = p_scheduled_id;
  if v_row.state = 'waiting' then
    -- A call that still runs may book another visit, or change this one.
    v_not_before := case
      when v_row.due_at > v_now then v_row.due_at
      when v_row.kind = 'confirmation' and exists (
        select from public.call_logs c
        where c.org_id = v_org_id and c.id = v_row.call_id and c.ended_at is null and c.status <> 'ended'
          and c.created_at > v_now - interval '30 minutes') then v_now + interval '1 minute'
    end;
    if v_not_before is not null then
      v_bundle.outcome := 'wait';
      v_bundle.not_before := v_not_before;
      v_bundle.scheduled_ids := array[v_row.id];
    else
      v_bundle := case
        when v_row.kind in ('confirmation', 'reminder') then app.take_visits(v_row, v_now)
        when v_row.kind = 'campaign' then app.take_campaign(v_row)
        else app.take_answer(v_row, v_now)
      end;
    end if;
  end if;
  v_bundle.outcome := coalesce(v_bundle.outcome, 'nothing');
  v_bundle.spoken := coalesce(v_bundle.spoken, false);
  return next v_bundle;
end
$$;

comment on function app.take_scheduled(uuid) is
  'What is to be sent now for a scheduled message, with everything that is merged into it; the rows stay locked until the transaction ends, which must settle them (app.settle_scheduled). outcome wait: its time has not come, or its call still runs (asked again every minute, for half an hour); nothing: done, cancelled or skipped, also when there is no such row.';

select app.seal('app.take_scheduled(uuid)', 'app_writer', 'tenant_service');
-- end of sql/0941_function_take_scheduled.sql
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
  perform app.forget_answers();
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
-- back to sql/1110_function_change_contact.sql
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
  'Changes a contact and returns it. p_change may hold name, phone (E.164), email, service_interests (array), notes, lead_status, language (ISO 639-1), time_zone (IANA) and marketing_consent (boolean); what is absent stays, an empty text takes the value away. Another number has no marketing consent yet, unless p_change says so. Staff only (VX403). VX404 unknown or erased, VX409 another contact has the number, VX400 an unknown key or a value that is not allowed.';

select app.seal('app.change_contact(uuid, jsonb)', 'app_writer', 'tenant_user');
-- end of sql/1110_function_change_contact.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- back to sql/1112_function_create_contact.sql
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
    if not exists (select from public.call_logs l where l.org_id = v_org_id and l.id = p_call_id and l.deleted_at is null) then
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
  'Makes a contact of p_fields (as in app.change_contact; a name, a number or an address at least) and returns it; it is warm unless they say more. p_source: call, dashboard or import. p_call_id: it was made from that call, which becomes its; a contact that the call or the number has already is returned instead, with name and address filled in where it had none. Staff only (VX403). VX404 no such call, or a deleted one, VX409 another contact has the number, VX400 a value that is not allowed.';

select app.seal('app.create_contact(jsonb, text, uuid)', 'app_writer', 'tenant_user');
-- end of sql/1112_function_create_contact.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- back to sql/1162_function_book_by_staff.sql
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
-- back to sql/1203_function_list_calls.sql
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
  -- Words with a digit in them are no number, or "Room 3" would find all that have a 3. Zeros in front: see app.contact_search.
  v_digits text := case when p_search !~ '[[:alpha:]]'
    then nullif(regexp_replace(regexp_replace(p_search, '[^0-9]', '', 'g'), '^0+([1-9])', '\1'), '') end;
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
-- back to sql/1205_function_read_call.sql
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
-- back to sql/1206_function_blank_calls.sql
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
-- back to sql/1207_function_delete_call.sql
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
-- back to sql/1218_function_read_all_notifications.sql
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
-- back to sql/1219_function_delete_notification.sql
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
revoke create on schema app from app_writer, app_definer, app_searcher;
-- +goose StatementEnd
