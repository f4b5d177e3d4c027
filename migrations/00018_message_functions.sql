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
revoke all on table public.org_keys from service_role;
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
-- snapshot of sql/0291_function_number_hash.sql
create or replace function app.number_hash(
  p_number text
)
returns bytea
language plpgsql
volatile
set search_path = ''
as $$
begin
  raise exception 'app.number_hash is not written yet';
end
$$;

comment on function app.number_hash(text) is
  'Not written yet.';

select app.seal('app.number_hash(text)', null, 'app_writer');
-- end of sql/0291_function_number_hash.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0292_function_plain_text.sql
create or replace function app.plain_text(
  p_text text
)
returns text
language plpgsql
immutable
set search_path = ''
as $$
begin
  raise exception 'app.plain_text is not written yet';
end
$$;

comment on function app.plain_text(text) is
  'Not written yet.';

select app.seal('app.plain_text(text)', null, 'app_writer');
-- end of sql/0292_function_plain_text.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0293_function_sms_segments.sql
create or replace function app.sms_segments(
  p_text text
)
returns integer
language plpgsql
immutable
set search_path = ''
as $$
begin
  raise exception 'app.sms_segments is not written yet';
end
$$;

comment on function app.sms_segments(text) is
  'Not written yet.';

select app.seal('app.sms_segments(text)', null, 'app_writer');
-- end of sql/0293_function_sms_segments.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0294_function_local_words.sql
create or replace function app.local_words(
  p_at timestamptz,
  p_zone text,
  p_language text
)
returns text[]
language plpgsql
stable
set search_path = ''
as $$
begin
  raise exception 'app.local_words is not written yet';
end
$$;

comment on function app.local_words(timestamptz, text, text) is
  'Not written yet.';

select app.seal('app.local_words(timestamptz, text, text)', null, 'app_writer');
-- end of sql/0294_function_local_words.sql
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
-- snapshot of sql/0895_function_next_sending_time.sql
create or replace function app.next_sending_time(
  p_contact_id uuid,
  p_number_zones text[],
  p_at timestamptz
)
returns timestamptz
language plpgsql
stable
set search_path = ''
as $$
begin
  raise exception 'app.next_sending_time is not written yet';
end
$$;

comment on function app.next_sending_time(uuid, text[], timestamptz) is
  'Not written yet.';

select app.seal('app.next_sending_time(uuid, text[], timestamptz)', null, 'app_writer');
-- end of sql/0895_function_next_sending_time.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0896_function_is_opted_out.sql
create or replace function app.is_opted_out(
  p_channel text,
  p_number text
)
returns boolean
language plpgsql
volatile
set search_path = ''
as $$
begin
  raise exception 'app.is_opted_out is not written yet';
end
$$;

comment on function app.is_opted_out(text, text) is
  'Not written yet.';

select app.seal('app.is_opted_out(text, text)', null, 'app_writer');
-- end of sql/0896_function_is_opted_out.sql
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
begin
  raise exception 'app.begin_message is not written yet';
end
$$;

comment on function app.begin_message(text, text, text, text, uuid, text, text, text, uuid, uuid, uuid, uuid, text[], text, boolean, boolean, text) is
  'Not written yet.';

select app.seal('app.begin_message(text, text, text, text, uuid, text, text, text, uuid, uuid, uuid, uuid, text[], text, boolean, boolean, text)', 'app_writer', 'tenant_service', 'app_writer');
-- end of sql/0900_function_begin_message.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0902_function_send_follow_up.sql
create or replace function app.send_follow_up(
  p_contact_id uuid,
  p_content text,
  p_send_key text,
  p_number_zones text[],
  p_number_region text,
  p_call_id uuid default null,
  p_request_id text default null
)
returns setof app.message_decision
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  raise exception 'app.send_follow_up is not written yet';
end
$$;

comment on function app.send_follow_up(uuid, text, text, text[], text, uuid, text) is
  'Not written yet.';

select app.seal('app.send_follow_up(uuid, text, text, text[], text, uuid, text)', 'app_writer', 'tenant_user');
-- end of sql/0902_function_send_follow_up.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0904_function_claim_message.sql
create or replace function app.claim_message(
  p_message_id uuid
)
returns setof public.messages
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  raise exception 'app.claim_message is not written yet';
end
$$;

comment on function app.claim_message(uuid) is
  'Not written yet.';

select app.seal('app.claim_message(uuid)', 'app_writer', 'tenant_service');
-- end of sql/0904_function_claim_message.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0906_function_finish_message.sql
create or replace function app.finish_message(
  p_message_id uuid,
  p_outcome text,
  p_external_id text default null,
  p_error_code text default null,
  p_reason text default null
)
returns text
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  raise exception 'app.finish_message is not written yet';
end
$$;

comment on function app.finish_message(uuid, text, text, text, text) is
  'Not written yet.';

select app.seal('app.finish_message(uuid, text, text, text, text)', 'app_writer', 'tenant_service');
-- end of sql/0906_function_finish_message.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0908_function_record_delivery.sql
create or replace function app.record_delivery(
  p_message_id uuid,
  p_external_id text,
  p_status text,
  p_error_code text default null
)
returns text
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  raise exception 'app.record_delivery is not written yet';
end
$$;

comment on function app.record_delivery(uuid, text, text, text) is
  'Not written yet.';

select app.seal('app.record_delivery(uuid, text, text, text)', 'app_writer', 'tenant_service');
-- end of sql/0908_function_record_delivery.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0910_function_message_to_settle.sql
create or replace function app.message_to_settle(
  p_message_id uuid
)
returns setof public.messages
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  raise exception 'app.message_to_settle is not written yet';
end
$$;

comment on function app.message_to_settle(uuid) is
  'Not written yet.';

select app.seal('app.message_to_settle(uuid)', 'app_writer', 'tenant_service');
-- end of sql/0910_function_message_to_settle.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0912_function_opt_out.sql
create or replace function app.opt_out(
  p_channel text,
  p_number text,
  p_source text
)
returns boolean
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  raise exception 'app.opt_out is not written yet';
end
$$;

comment on function app.opt_out(text, text, text) is
  'Not written yet.';

select app.seal('app.opt_out(text, text, text)', 'app_writer', 'tenant_user', 'tenant_service', 'app_writer');
-- end of sql/0912_function_opt_out.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0914_function_opt_in.sql
create or replace function app.opt_in(
  p_channel text,
  p_number text,
  p_source text
)
returns boolean
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  raise exception 'app.opt_in is not written yet';
end
$$;

comment on function app.opt_in(text, text, text) is
  'Not written yet.';

select app.seal('app.opt_in(text, text, text)', 'app_writer', 'tenant_user', 'tenant_service', 'app_writer');
-- end of sql/0914_function_opt_in.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0920_function_find_messaging_tenant.sql
create or replace function app.find_messaging_tenant(
  p_number text
)
returns setof uuid
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
  raise exception 'app.find_messaging_tenant is not written yet';
end
$$;

comment on function app.find_messaging_tenant(text) is
  'Not written yet.';

select app.seal('app.find_messaging_tenant(text)', 'app_definer', 'voxanne_login');
-- end of sql/0920_function_find_messaging_tenant.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0922_function_record_inbound_message.sql
create or replace function app.record_inbound_message(
  p_provider text,
  p_external_id text,
  p_from text,
  p_to text,
  p_body text,
  p_opt_out_type text default null
)
returns setof app.inbound_answer
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  raise exception 'app.record_inbound_message is not written yet';
end
$$;

comment on function app.record_inbound_message(text, text, text, text, text, text) is
  'Not written yet.';

select app.seal('app.record_inbound_message(text, text, text, text, text, text)', 'app_writer', 'tenant_service');
-- end of sql/0922_function_record_inbound_message.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0930_function_schedule_for_appointment.sql
create or replace function app.schedule_for_appointment(
  p_appointment_id uuid,
  p_change text
)
returns void
language plpgsql
volatile
set search_path = ''
as $$
begin
  raise exception 'app.schedule_for_appointment is not written yet';
end
$$;

comment on function app.schedule_for_appointment(uuid, text) is
  'Not written yet.';

select app.seal('app.schedule_for_appointment(uuid, text)', null, 'app_writer');
-- end of sql/0930_function_schedule_for_appointment.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0932_function_schedule_missed_call.sql
create or replace function app.schedule_missed_call(
  p_call_id uuid
)
returns void
language plpgsql
volatile
set search_path = ''
as $$
begin
  raise exception 'app.schedule_missed_call is not written yet';
end
$$;

comment on function app.schedule_missed_call(uuid) is
  'Not written yet.';

select app.seal('app.schedule_missed_call(uuid)', null, 'app_writer');
-- end of sql/0932_function_schedule_missed_call.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0934_function_take_scheduled.sql
create or replace function app.take_scheduled(
  p_scheduled_id uuid
)
returns setof app.scheduled_bundle
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  raise exception 'app.take_scheduled is not written yet';
end
$$;

comment on function app.take_scheduled(uuid) is
  'Not written yet.';

select app.seal('app.take_scheduled(uuid)', 'app_writer', 'tenant_service');
-- end of sql/0934_function_take_scheduled.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0936_function_settle_scheduled.sql
create or replace function app.settle_scheduled(
  p_scheduled_ids uuid[],
  p_outcome text,
  p_reason text default null,
  p_message_id uuid default null,
  p_not_before timestamptz default null
)
returns void
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  raise exception 'app.settle_scheduled is not written yet';
end
$$;

comment on function app.settle_scheduled(uuid[], text, text, uuid, timestamptz) is
  'Not written yet.';

select app.seal('app.settle_scheduled(uuid[], text, text, uuid, timestamptz)', 'app_writer', 'tenant_service');
-- end of sql/0936_function_settle_scheduled.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0938_function_note_code.sql
create or replace function app.note_code(
  p_subject_id uuid,
  p_version integer,
  p_code_hash bytea
)
returns void
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  raise exception 'app.note_code is not written yet';
end
$$;

comment on function app.note_code(uuid, integer, bytea) is
  'Not written yet.';

select app.seal('app.note_code(uuid, integer, bytea)', 'app_writer', 'tenant_service');
-- end of sql/0938_function_note_code.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0940_function_verify_code.sql
create or replace function app.verify_code(
  p_call_id uuid,
  p_code_hashes bytea[],
  p_patient_name text default null
)
returns text
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  raise exception 'app.verify_code is not written yet';
end
$$;

comment on function app.verify_code(uuid, bytea[], text) is
  'Not written yet.';

select app.seal('app.verify_code(uuid, bytea[], text)', 'app_writer', 'tenant_service');
-- end of sql/0940_function_verify_code.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0942_function_request_code.sql
create or replace function app.request_code(
  p_call_id uuid,
  p_number text default null
)
returns text
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  raise exception 'app.request_code is not written yet';
end
$$;

comment on function app.request_code(uuid, text) is
  'Not written yet.';

select app.seal('app.request_code(uuid, text)', 'app_writer', 'tenant_service');
-- end of sql/0942_function_request_code.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0950_function_default_template.sql
create or replace function app.default_template(
  p_kind text,
  p_language text
)
returns text[]
language plpgsql
immutable
set search_path = ''
as $$
begin
  raise exception 'app.default_template is not written yet';
end
$$;

comment on function app.default_template(text, text) is
  'Not written yet.';

select app.seal('app.default_template(text, text)', null, 'app_writer', 'tenant_user');
-- end of sql/0950_function_default_template.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0951_function_template_fields.sql
create or replace function app.template_fields(
  p_kind text
)
returns text[]
language plpgsql
immutable
set search_path = ''
as $$
begin
  raise exception 'app.template_fields is not written yet';
end
$$;

comment on function app.template_fields(text) is
  'Not written yet.';

select app.seal('app.template_fields(text)', null, 'app_writer', 'tenant_user');
-- end of sql/0951_function_template_fields.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0952_function_render_text.sql
create or replace function app.render_text(
  p_body text,
  p_fields jsonb
)
returns text
language plpgsql
immutable
set search_path = ''
as $$
begin
  raise exception 'app.render_text is not written yet';
end
$$;

comment on function app.render_text(text, jsonb) is
  'Not written yet.';

select app.seal('app.render_text(text, jsonb)', null, 'app_writer', 'tenant_user');
-- end of sql/0952_function_render_text.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0953_function_template_for.sql
create or replace function app.template_for(
  p_kind text,
  p_language text
)
returns text[]
language plpgsql
stable
set search_path = ''
as $$
begin
  raise exception 'app.template_for is not written yet';
end
$$;

comment on function app.template_for(text, text) is
  'Not written yet.';

select app.seal('app.template_for(text, text)', null, 'app_writer');
-- end of sql/0953_function_template_for.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0954_function_save_template.sql
create or replace function app.save_template(
  p_template_id uuid,
  p_kind text,
  p_name text,
  p_language text,
  p_body text,
  p_subject text default null,
  p_active boolean default true
)
returns setof public.message_templates
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  raise exception 'app.save_template is not written yet';
end
$$;

comment on function app.save_template(uuid, text, text, text, text, text, boolean) is
  'Not written yet.';

select app.seal('app.save_template(uuid, text, text, text, text, text, boolean)', 'app_writer', 'tenant_user');
-- end of sql/0954_function_save_template.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0955_function_delete_template.sql
create or replace function app.delete_template(
  p_template_id uuid
)
returns boolean
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  raise exception 'app.delete_template is not written yet';
end
$$;

comment on function app.delete_template(uuid) is
  'Not written yet.';

select app.seal('app.delete_template(uuid)', 'app_writer', 'tenant_user');
-- end of sql/0955_function_delete_template.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0956_function_preview_template.sql
create or replace function app.preview_template(
  p_kind text,
  p_language text,
  p_body text
)
returns text
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
  raise exception 'app.preview_template is not written yet';
end
$$;

comment on function app.preview_template(text, text, text) is
  'Not written yet.';

select app.seal('app.preview_template(text, text, text)', 'app_writer', 'tenant_user');
-- end of sql/0956_function_preview_template.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0960_function_campaign_segment.sql
create or replace function app.campaign_segment(
  p_segment jsonb
)
returns setof public.contacts
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
  raise exception 'app.campaign_segment is not written yet';
end
$$;

comment on function app.campaign_segment(jsonb) is
  'Not written yet.';

select app.seal('app.campaign_segment(jsonb)', 'app_writer', 'tenant_user', 'app_writer');
-- end of sql/0960_function_campaign_segment.sql
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
begin
  raise exception 'app.save_campaign is not written yet';
end
$$;

comment on function app.save_campaign(uuid, text, text, jsonb, jsonb, boolean, boolean) is
  'Not written yet.';

select app.seal('app.save_campaign(uuid, text, text, jsonb, jsonb, boolean, boolean)', 'app_writer', 'tenant_user');
-- end of sql/0961_function_save_campaign.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0962_function_start_campaign.sql
create or replace function app.start_campaign(
  p_campaign_id uuid
)
returns setof public.campaigns
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  raise exception 'app.start_campaign is not written yet';
end
$$;

comment on function app.start_campaign(uuid) is
  'Not written yet.';

select app.seal('app.start_campaign(uuid)', 'app_writer', 'tenant_user');
-- end of sql/0962_function_start_campaign.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0963_function_stop_campaign.sql
create or replace function app.stop_campaign(
  p_campaign_id uuid
)
returns setof public.campaigns
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  raise exception 'app.stop_campaign is not written yet';
end
$$;

comment on function app.stop_campaign(uuid) is
  'Not written yet.';

select app.seal('app.stop_campaign(uuid)', 'app_writer', 'tenant_user');
-- end of sql/0963_function_stop_campaign.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0964_function_stop_campaigns_for.sql
create or replace function app.stop_campaigns_for(
  p_contact_id uuid,
  p_cause text
)
returns void
language plpgsql
volatile
set search_path = ''
as $$
begin
  raise exception 'app.stop_campaigns_for is not written yet';
end
$$;

comment on function app.stop_campaigns_for(uuid, text) is
  'Not written yet.';

select app.seal('app.stop_campaigns_for(uuid, text)', null, 'app_writer');
-- end of sql/0964_function_stop_campaigns_for.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0970_function_message_stats.sql
create or replace function app.message_stats(
  p_from date,
  p_to date
)
returns setof app.message_stat
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
  raise exception 'app.message_stats is not written yet';
end
$$;

comment on function app.message_stats(date, date) is
  'Not written yet.';

select app.seal('app.message_stats(date, date)', 'app_writer', 'tenant_user');
-- end of sql/0970_function_message_stats.sql
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
  v_id uuid;
  v_now timestamptz := app.now();
begin
  if coalesce(app.current_member_role(), '') not in ('owner', 'admin') then
    raise exception 'Only owners and admins may connect accounts.' using errcode = 'VX403';
  end if;
  -- Replies to a number must find one clinic.
  if p_provider = 'twilio' then
    insert into public.phone_numbers (org_id, number, location_id, provider)
    select v_org_id, p_sender, l.id, 'twilio'
    from public.locations l
    where l.org_id = v_org_id
    order by l.created_at, l.id
    limit 1
    on conflict (number) do nothing;
    if not exists (select from public.phone_numbers n where n.org_id = v_org_id and n.number = p_sender) then
      raise exception 'This number belongs to another organization.' using errcode = 'VX409';
    end if;
  end if;
  insert into public.org_credentials as c
    (org_id, provider, ciphertext, nonce, auth_tag, key_id, account_ref, sender, last_verified_at, created_at, updated_at)
  values (v_org_id, p_provider, p_ciphertext, p_nonce, p_auth_tag, p_key_id, p_account_ref, p_sender, v_now, v_now, v_now)
  on conflict (org_id, provider) do update
  set ciphertext = excluded.ciphertext, nonce = excluded.nonce, auth_tag = excluded.auth_tag, key_id = excluded.key_id,
    account_ref = excluded.account_ref, sender = excluded.sender, last_verified_at = v_now, verification_error = null,
    updated_at = v_now
  returning c.id into v_id;
  insert into public.audit_log (org_id, action, entity, entity_id, actor_user_id)
  values (v_org_id, 'credential_saved', 'org_credential', v_id, app.current_user_id());
end
$$;

comment on function app.save_credential(text, bytea, bytea, bytea, text, text, text) is
  'Stores, or replaces, the running organisation''s sealed account at a provider, which has just accepted it, and audits that. Only owners and admins (VX403). Twilio''s number becomes the clinic''s, so that replies to it find the clinic; VX409 when it is another clinic''s.';

select app.seal('app.save_credential(text, bytea, bytea, bytea, text, text, text)', 'app_writer', 'tenant_user');
-- end of sql/0980_function_save_credential.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0981_function_read_credential.sql
create or replace function app.read_credential(
  p_provider text
)
returns setof public.org_credentials
language sql
stable
security definer
set search_path = ''
as $$
  select c.*
  from public.org_credentials c
  where c.org_id = app.require_org_id()
    and c.provider = p_provider
$$;

comment on function app.read_credential(text) is
  'The running organisation''s sealed account at a provider; no row when it has none. For jobs and webhooks, which hold the key.';

select app.seal('app.read_credential(text)', 'app_writer', 'tenant_service');
-- end of sql/0981_function_read_credential.sql
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
  v_id uuid;
begin
  if coalesce(app.current_member_role(), '') not in ('owner', 'admin') then
    raise exception 'Only owners and admins may disconnect accounts.' using errcode = 'VX403';
  end if;
  delete from public.org_credentials c
  where c.org_id = v_org_id and c.provider = p_provider
  returning c.id into v_id;
  if v_id is null then
    return false;
  end if;
  insert into public.audit_log (org_id, action, entity, entity_id, actor_user_id)
  values (v_org_id, 'credential_removed', 'org_credential', v_id, app.current_user_id());
  return true;
end
$$;

comment on function app.remove_credential(text) is
  'Forgets the running organisation''s account at a provider and audits that; false when there was none. Only owners and admins (VX403). The number stays the clinic''s.';

select app.seal('app.remove_credential(text)', 'app_writer', 'tenant_user');
-- end of sql/0982_function_remove_credential.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0983_function_reseal_credential.sql
create or replace function app.reseal_credential(
  p_provider text,
  p_old_nonce bytea,
  p_ciphertext bytea,
  p_nonce bytea,
  p_auth_tag bytea,
  p_key_id text
)
returns boolean
language sql
volatile
security definer
set search_path = ''
as $$
  with resealed as (
    update public.org_credentials c
    set ciphertext = p_ciphertext, nonce = p_nonce, auth_tag = p_auth_tag, key_id = p_key_id
    where c.org_id = app.require_org_id() and c.provider = p_provider and c.nonce = p_old_nonce
    returning c.id
  )
  select exists (select from resealed)
$$;

comment on function app.reseal_credential(text, bytea, bytea, bytea, bytea, text) is
  'Puts the same content under another key, in place of what was sealed with p_old_nonce; false when that was replaced or removed meanwhile, also under the same key. Times stay: the account did not change.';

select app.seal('app.reseal_credential(text, bytea, bytea, bytea, bytea, text)', 'app_writer', 'tenant_service');
-- end of sql/0983_function_reseal_credential.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0984_function_orgs_to_reseal.sql
create or replace function app.orgs_to_reseal(
  p_key_id text
)
returns setof uuid
language sql
stable
security definer
set search_path = ''
as $$
  select distinct c.org_id
  from public.org_credentials c
  where c.key_id <> p_key_id
  order by c.org_id
$$;

comment on function app.orgs_to_reseal(text) is
  'The organisations with something that another key than this one sealed. Crosses tenants, and sees ids only.';

select app.seal('app.orgs_to_reseal(text)', 'app_definer', 'voxanne_login');
-- end of sql/0984_function_orgs_to_reseal.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0985_function_set_message_rules.sql
create or replace function app.set_message_rules(
  p_rules jsonb
)
returns setof public.organizations
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  raise exception 'app.set_message_rules is not written yet';
end
$$;

comment on function app.set_message_rules(jsonb) is
  'Not written yet.';

select app.seal('app.set_message_rules(jsonb)', 'app_writer', 'tenant_user');
-- end of sql/0985_function_set_message_rules.sql
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
begin
  raise exception 'app.erase_contact is not written yet';
end
$$;

comment on function app.erase_contact(uuid) is
  'Not written yet.';

select app.seal('app.erase_contact(uuid)', 'app_writer', 'tenant_user');
-- end of sql/0990_function_erase_contact.sql
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
drop function app.erase_contact;
drop function app.set_message_rules;
drop function app.orgs_to_reseal;
drop function app.reseal_credential;
drop function app.remove_credential;
drop function app.read_credential;
drop function app.save_credential;
drop function app.message_stats;
drop function app.stop_campaigns_for;
drop function app.stop_campaign;
drop function app.start_campaign;
drop function app.save_campaign;
drop function app.campaign_segment;
drop function app.preview_template;
drop function app.delete_template;
drop function app.save_template;
drop function app.template_for;
drop function app.render_text;
drop function app.template_fields;
drop function app.default_template;
drop function app.request_code;
drop function app.verify_code;
drop function app.note_code;
drop function app.settle_scheduled;
drop function app.take_scheduled;
drop function app.schedule_missed_call;
drop function app.schedule_for_appointment;
drop function app.record_inbound_message;
drop function app.find_messaging_tenant;
drop function app.opt_in;
drop function app.opt_out;
drop function app.message_to_settle;
drop function app.record_delivery;
drop function app.finish_message;
drop function app.claim_message;
drop function app.send_follow_up;
drop function app.begin_message;
drop function app.is_opted_out;
drop function app.next_sending_time;
drop function app.local_words;
drop function app.sms_segments;
drop function app.plain_text;
drop function app.number_hash;
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

-- Sent messages and the audit log are never rewritten or removed by a function that works inside a tenant.
revoke delete on table public.messages, public.audit_log from app_writer;
revoke update on table public.audit_log from app_writer;
-- The service key sees all; what was sent and who did what it cannot rewrite either.
revoke insert, update, delete on table public.messages, public.audit_log from service_role;

-- Token hashes are for functions, not for the dashboard.
revoke select on table public.invitations from tenant_user, tenant_service;
grant select (org_id, id, email, role, invited_by, expires_at, accepted_at, created_at)
  on table public.invitations to tenant_user, tenant_service;
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
  if p_kind is null or p_kind not in ('release_hold', 'fetch_call_report') then
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
  'Puts a job of a known kind (release_hold, fetch_call_report) in River''s queue, as part of the calling transaction. Arguments are ids only; the organisation always comes from the claims. p_run_at NULL: now. An unknown kind is VX400.';

select app.seal('app.enqueue_job(text, jsonb, timestamptz)', 'app_definer', 'tenant_service', 'app_writer');
-- end of sql/0310_function_enqueue_job.sql
-- +goose StatementEnd

-- +goose StatementBegin
revoke create on schema app from app_writer, app_definer;
-- +goose StatementEnd
