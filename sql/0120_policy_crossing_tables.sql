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
