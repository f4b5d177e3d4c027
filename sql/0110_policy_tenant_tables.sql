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
