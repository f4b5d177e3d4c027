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
drop function app.record_call_report;
drop function app.take_message;
drop function app.redact_phi;
-- removed sql/0289_function_redact_names.sql
drop function app.redact_names;
-- removed sql/0288_function_redact_numbers.sql
drop function app.redact_numbers;
-- removed sql/0287_function_redact_birth_dates.sql
drop function app.redact_birth_dates;
-- removed sql/0286_function_redact_emails.sql
drop function app.redact_emails;
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
-- app.protect_table takes these rights away: a snapshot that protects tables anew has to hold this file, too, after them.
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
-- snapshot of sql/0261_function_says_any.sql
create or replace function app.says_any(p_words text, p_kinds text[])
returns boolean
language sql
immutable
strict
parallel safe
set search_path = ''
as $$
  select string_to_array(p_words, ' ') && p_kinds
$$;

comment on function app.says_any(text, text[]) is
  'Whether one of some words is among classified words. It costs a hundredth of a pattern, so rules ask it first.';

select app.seal('app.says_any(text, text[])', null, 'tenant_service', 'app_writer');
-- end of sql/0261_function_says_any.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0262_function_passes_luhn.sql
create or replace function app.passes_luhn(p_digits text)
returns boolean
language sql
immutable
strict
parallel safe
set search_path = ''
as $$
  -- Every second digit from the right counts double, and a double of two digits by their sum.
  select coalesce(sum(case when d.place % 2 = 1 then d.digit when d.digit > 4 then 2 * d.digit - 9 else 2 * d.digit end) % 10 = 0, false)
  from (
    select c.digit::integer, row_number() over (order by c.position desc) as place
    from regexp_split_to_table(p_digits, '') with ordinality c(digit, position)
  ) d
$$;

comment on function app.passes_luhn(text) is
  'Whether ASCII digits end in the check digit that every payment card has (ISO/IEC 7812). Anything but digits is an error.';

select app.seal('app.passes_luhn(text)', null, 'tenant_service', 'app_writer');
-- end of sql/0262_function_passes_luhn.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0263_function_minutes_said.sql
create or replace function app.minutes_said(p_digits text)
returns integer
language sql
immutable
strict
parallel safe
set search_path = ''
as $$
  select case
    when char_length(p_digits) < 3 then 60 * p_digits::integer
    else 60 * left(p_digits, -2)::integer + right(p_digits, 2)::integer
  end
$$;

comment on function app.minutes_said(text) is
  'Minutes since midnight of up to four digits that may be a time: "9" and "900" are 540.';

select app.seal('app.minutes_said(text)', null, 'tenant_service', 'app_writer');
-- end of sql/0263_function_minutes_said.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0264_function_digits_said.sql
create or replace function app.digits_said(p_words text)
returns text
language sql
immutable
strict
parallel safe
set search_path = ''
as $$
  select string_agg(
    case
      when w.word ~ '^[0-9]' then w.word
      when w.word = 'Lo' then '0'
      when w.word = 'H' then '00'
      when w.word = 'K' then '000'
      when w.word like 'U%' then repeat(substr(w.word, 2), case w.previous when 'X2' then 2 when 'X3' then 3 else 1 end)
      when w.word like 'T%' then substr(w.word, 2)
      -- "forty-two" is two digits, "forty" too.
      when w.word like 'Y%' then left(substr(w.word, 2), case when w.next like 'U%' and w.next <> 'U0' then 1 else 2 end)
      else ''
    end, '' order by w.position)
  from (
    select t.word, t.position, lead(t.word) over (order by t.position) as next, lag(t.word) over (order by t.position) as previous
    from unnest(string_to_array(replace(replace(p_words, '0 - U', '0 U'), '0 Lo', '0 U0'), ' ')) with ordinality t(word, position)
  ) w
$$;

comment on function app.digits_said(text) is
  'The digits that classified words say: "U4 Y40 - U2 X2 U7" is 44277.';

select app.seal('app.digits_said(text)', null, 'tenant_service', 'app_writer');
-- end of sql/0264_function_digits_said.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0265_function_is_listed.sql
create or replace function app.is_listed(p_run text)
returns boolean
language plpgsql
immutable
strict
parallel safe
set search_path = ''
as $$
declare
  v_items text[] := string_to_array(btrim(p_run, ' ;,'), ' ; ');
  v_hours text[];
begin
  if p_run ~ '^(?: (?:19|20)[0-9][0-9](?: [-/])? (?:19|20)[0-9][0-9]|(?: [0-9]{1,3}(?: , [0-9]{3})+(?: [-;])*)+)$' then
    return true; -- years and thousands
  elsif p_run !~ ' [0-9]|(?:(?: [;,.-])*(?: U[0-9]| Lo| X[23])){3}' then
    -- In words without three single digits in a row: hours and minutes, unless the minutes cannot be.
    return p_run not like any (array['% Y60%', '% Y70%', '% Y80%', '% Y90%', ' U0%']);
  elsif cardinality(v_items) < 3 then
    return false;
  end if;
  select array_agg(app.digits_said(' ' || i.item) order by i.position) into v_hours
  from unnest(v_items) with ordinality i(item, position)
  where i.item ~ '^(?:[0-9]{1,2}|U[1-9]|T1[0-9]|(?:19|20)[0-9][0-9]|(?:U[1-9]|T1[0-2])(?: T1[0-9]| Y[2-5]0(?: -)?(?: U[0-9])?| U0 U[0-9]))$';
  -- The hours of a list only grow, and begin anew past noon; the digits of a number do not.
  return cardinality(v_hours) = cardinality(v_items) and not exists (
    select from generate_series(2, cardinality(v_hours)) i
    where app.minutes_said(v_hours[i]) <= app.minutes_said(v_hours[i - 1])
      and not (app.minutes_said(v_hours[i]) < 300 and app.minutes_said(v_hours[i - 1]) >= 600)
  );
end
$$;

comment on function app.is_listed(text) is
  'Whether a run of number words lists times, years or quantities: "nine, nine thirty, ten", "2024, 2025", "1,200".';

select app.seal('app.is_listed(text)', null, 'tenant_service', 'app_writer');
-- end of sql/0265_function_is_listed.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0266_function_number_kind.sql
-- Numbers are told apart by how many digits they have and what was said before them. Hours and years are listed in
-- scheduling talk ("nine, nine thirty, ten"): as digits in a row they look like a telephone number.
create or replace function app.number_kind(p_run text, p_before text)
returns text
language plpgsql
immutable
strict
parallel safe
set search_path = ''
as $$
declare
  v_before text := right(p_before, 70);
  v_about_ssn boolean := app.says_any(v_before, '{ssn,social}');
  v_code boolean := right(v_before, 35) like any ('{% security code %,% cvv %,% cvc %}');
  v_digits text;
  v_count integer;
  v_about_phone boolean;
begin
  if char_length(p_run) < 8 and not v_about_ssn and not v_code then
    return null; -- too short for seven digits
  end if;
  v_digits := app.digits_said(p_run);
  v_count := char_length(v_digits);
  if v_about_ssn and v_count between 4 and 10 then
    return 'ssn';
  elsif v_code and v_count in (3, 4) then
    return 'card';
  elsif v_count < 7 then
    return null;
  elsif v_count = 9 and (p_run ~ '^ [0-9]{3}(?: [-.])* [0-9]{2}(?: [-.])* [0-9]{4}$' or p_run ~ '^(?: U[0-9]){3} [-;,](?: U[0-9]){2} [-;,](?: U[0-9]){4}$') then
    return 'ssn';
  elsif v_count between 13 and 19 and app.passes_luhn(v_digits)
    or v_count between 12 and 19 and app.says_any(v_before, '{card,cards,visa,mastercard,amex}') then
    return 'card';
  end if;
  -- What a booking or an order is called by is no identifier outside the clinic.
  if v_count < 10 and app.says_any(right(v_before, 45), '{confirmation,booking,reference,order,invoice}') then
    return null;
  end if;
  v_about_phone := app.says_any(v_before, '{call,phone,number,cell,mobile,reach,text,contact,line,fax,whatsapp,dial,Wlandline}');
  if not v_about_phone and app.is_listed(p_run) then
    return null;
  elsif p_run like any (array[' (%', ' +%', ' plus%']) or v_about_phone and v_count < 16 or left(v_digits, 1) = '0' and v_count between 8 and 14
    or v_count between 10 and 12 or v_count = 7 and strpos(btrim(p_run), ' ') > 0 then
    return 'phone';
  end if;
  return 'number';
end
$$;

comment on function app.number_kind(text, text) is
  'What a run of number words is, by its digits and the words before it: ssn, card (Luhn, or said to be one), phone, number (any other of seven digits and more), or NULL for what tells nobody: times, years and quantities.';

select app.seal('app.number_kind(text, text)', null, 'tenant_service', 'app_writer');
-- end of sql/0266_function_number_kind.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0267_function_name_forms.sql
create or replace function app.name_forms(p_names text[])
returns jsonb
language sql
immutable
parallel safe
set search_path = ''
as $$
  select coalesce(jsonb_object_agg(f.form, true), '{}')
  from unnest(p_names) n(name)
  cross join lateral unnest(string_to_array(translate(n.name, '-’', ' '''), ' ')) w(word)
  -- Speech recognition writes accents and apostrophes as it likes: both spellings are the name's.
  cross join lateral (
    select lower(w.word)
    union all
    select replace(app.normalise_name(w.word), ' ', '')
    where octet_length(w.word) > char_length(w.word) or strpos(w.word, '''') > 0
  ) f(form)
  where char_length(f.form) > 1
    and f.form not in ('de', 'la', 'le', 'van', 'von', 'der', 'den', 'di', 'da', 'al', 'el', 'st', 'dr', 'mr', 'mrs', 'ms')
$$;

comment on function app.name_forms(text[]) is
  'The words of the given names as the keys of an object, in small letters, with and without accents and apostrophes. Initials and particles are none.';

select app.seal('app.name_forms(text[])', null, 'tenant_service', 'app_writer');
-- end of sql/0267_function_name_forms.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0268_function_folded_span.sql
create or replace function app.folded_span(p_span text, p_kind text)
returns text
language sql
immutable
strict
parallel safe
set search_path = ''
as $$
  select case p_kind
    when 'stays' then repeat(' _', array_length(string_to_array(p_span, ' '), 1) - 1)
    else ' [' || p_kind || repeat(' =', array_length(string_to_array(p_span, ' '), 1) - 2)
  end
$$;

comment on function app.folded_span(text, text) is
  'As many words as a span has, each preceded by a blank, that no further rule matches: "[kind" and "=" for what goes, "_" for what stays.';

select app.seal('app.folded_span(text, text)', null, 'tenant_service', 'app_writer');
-- end of sql/0268_function_folded_span.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0269_function_folded_words.sql
create or replace function app.folded_words(p_words text, p_pattern text, p_kind text)
returns text
language plpgsql
immutable
strict
parallel safe
set search_path = ''
as $$
declare
  -- The C collation knows all signs that the rules name, and its patterns are compiled in a fraction of the time.
  v_marked text := regexp_replace(p_words collate "C", p_pattern, '\1<\2>', 'g');
begin
  -- Most rules find nothing in most texts.
  if v_marked = p_words then
    return p_words;
  end if;
  return (
    select string_agg(case when s.position % 2 = 0 then app.folded_span(s.part, p_kind) else s.part end, '' order by s.position)
    from unnest(string_to_array(replace(v_marked, '>', '<'), '<')) with ordinality s(part, position)
  );
end
$$;

comment on function app.folded_words(text, text, text) is
  'Classified words (app.classified_words) with every match of a pattern folded to a kind. The pattern has two groups: what must stand before, and the span to fold. The number of words stays the same.';

select app.seal('app.folded_words(text, text, text)', null, 'tenant_service', 'app_writer');
-- end of sql/0269_function_folded_words.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0276_function_redaction_vocabulary.sql
-- One letter says what a word is to the redactor, so that its rules are short patterns over kinds of words instead of long
-- ones over letters. Words that are only known to be no names stand for themselves. It has no arguments and is immutable:
-- the planner computes it once per session, not per text.
create or replace function app.redaction_vocabulary()
returns jsonb
language sql
immutable
parallel safe
set search_path = ''
as $$
  select jsonb_object_agg(w.word, coalesce(nullif(l.kind, ''), w.word))
  from (values
    -- Known to be no names. Later lines win where a word is in two.
    ('', 'a about above actually address addresses adult adults afraid after afternoon again ago ahead all allergic allergies
      allergy almost already alright also always am amazing american an and another any anybody anymore anyone anything
      anyway anywhere appointment appointments are area aren around as ask asked asking at available away awesome awful back
      bad be beautiful because become been before begin behind being believe below best better between big bill birth
      birthday birthdays bit bleeding book booked booking booth born both braces brand bring broke broken brought busy but
      button by bye call called caller calling calls came can cancel canceled cancelled cannot card cards care case catholic
      cc cell certain chance change changed chart check checked checking checkup chinese chipped christian claim
      clean cleaning cleanings clear clinic clinics close code codes coming com come comes company completely concerned
      concerning confirm confirmation confirmed confused consult consultation contact correct cost costs could couldn couple
      course coverage covered crown crowns curious current currently customer cvc cvv dash data date day dear definitely
      dental dentist dentistry dentists depends did didn dial different difficult dine dinner direct directly discount discuss
      dob doctor doctors does doesn doing don done dot double doubt down due during each earlier earliest early easier easy
      either else email emails emergency end ending england english enough er especially euro even evening evenings ever
      every everybody everyone everything exactly exam excellent except excited excuse expecting expensive expires express
      extension extra extraction extractions face facial fact fair family fantastic far fax fee feel feeling feels fees fell
      few figure file fill filled filling fillings final finally find fine finished first follow following for forget forgot
      form forms found free french from front full fully fun further gave german get gets getting give given glad go goes
      going gone gonna good goodbye got gotta great greatest greetings group guess gum gums guy guys had hadn half hand
      happen happened happens happy hard has hasn hate have haven having he head health hear heard help helpful her here
      hers him himself his hold home hoping horrible hospital house how however huge human hundred hung hurt hurting hurts
      hyphen i id idea if important in inc included including indian info information initial inside instead insurance
      insured interested into invoice is isn issue it italian its itself jewish job just keep kept kind kinda know known
      lady last late later latest least leave left less let letter letters like likely line little live lived lives living
      located location long longer look looking lose lost lot lots loud love lovely low lunch machine made mail make makes
      making man manager many married massage matter maybe md me mean means medicaid medical medicare medication medications
      medicine meet meeting member membership memory mention mentioned message messages met mexican mid middle might mind
      mine minute miss missed missing mistake mobile moment money more morning mornings most mostly mouth move moved moving
      mrn much muslim must my myself account box door dei della im zum unter zur reside salon san saint mc mister center
      till bis county name names naturally near nearly necessary need needed needs neither nervous never new next nhs nice
      night nine no nobody none noon nope nor normal normally not nothing now num number numbers of off offer office offices
      often oh old older oldest on once online only open opening opposite option options or order org original other others
      otherwise our ours out outside over own owner pain painful paid paperwork parent parents parking part party passport
      past patient patients pay payment people per percent perfect perfectly perhaps period person phone phones pick place
      plan planning plans please pleased pleasure plenty plus pm point policy possible possibly postal postcode practice
      prefer preferred pregnant prescription pretty price prices probably problem problems procedure provider public pull
      push put question questions quick quickly quite rather reach reached read ready real realise realize really reason
      reception receptionist recommend record recently records reference referral referred regarding regular regards
      reminder remember repeat reply request reschedule rescheduled respond rest result results return returning ridiculous
      right role room root rough running safe said same sat save saw say saying says schedule scheduled scheduling second
      security see seem seems seen self send sending sends sensitive sent separate serious service services session set
      severe she short should shouldn show shown sick side sign simple since sir sit situation slash slightly slot slots
      slow small smile social some somebody someday someone something sometime sometimes somewhere soon sooner sore sorry
      sort sound sounds space spanish spa speak speaking special specialist specific spell spelled spelling spells spelt
      spoke spoken ssn staff standard start started starting starts stay still stop straight stuff subscriber such sudden
      super supposed surgery surname surprised swelling swollen take taken takes taking talk talked talking team tell
      terrible test text texting texts than thank thanks that the their theirs them themselves then there therapy these they
      thing things think thinking this those though thought through throwing tickle time times tired tissue title to today
      together told tomorrow tonight too took tooth top total totally touch toward transfer travel treatment treatments
      tried trouble true try trying turn twice type um-hum under underscore understand unfortunately unless until up upper
      upset urgent us use used using usual usually various very video visit visits voice voicemail wait waiting walk wanna
      want wanted wanting wants was wasn water way we website weekend weekends weird welcome went were weren what whatever
      when whenever where wherever whether which while white whitening who whoever whole whom whose why will willing wisdom
      wish with within without woman women won wonder wonderful wondering word words work worked working works world worried
      worries worry worse worst worth would wouldn wow write writing wrong wrote yesterday yet you young younger youngest
      your yours yourself zip ha lol btw asap eta etc e-mail gmail yahoo hotmail outlook icloud aol proton protonmail gmx
      mrs mr ms named boss colleague neighbor neighbour grandparents teen ppo hmo mri abc cpr tmj ent dds usa uk eu nyc faq
      irish scottish welsh polish russian korean japanese vietnamese filipino canadian british dutch greek turkish
      african asian hispanic latino latina portuguese brazilian swedish hindu buddhist vegan atm pdf sms ekg ecg iud hiv std adhd copd vip llc tv botox filler fillers invisalign veneer veneers implant implants
      denture dentures fluoride peel laser hygienist hygiene novocaine orthodontist orthodontic orthodontics retainer
      retainers molar molars cavity cavities sealant sealants microneedling acne skin scar scars mole moles google whatsapp
      facebook instagram zoom uber apple android internet wifi christmas thanksgiving easter halloween hanukkah ramadan
      aetna cigna humana delta blue cross shield kaiser united healthcare metlife bupa axa anthem guardian medi cal visa
      mastercard amex de la le les du des van von der den del di da bin al el los las das dos do zu'),
    -- Relatives, greetings, and what fills pauses.
    ('J', 'son sons daughter daughters wife husband mother father mom mommy mum dad daddy brother brothers sister sisters sis child children kid kids baby boy
      boys girl girls grandson granddaughter grandmother grandfather grandma grandpa nephew niece cousin aunt auntie uncle partner fiance fiancee fiancé fiancée boyfriend girlfriend friend friends stepson stepdaughter toddler toddlers twin twins spouse roommate grandchild infant teenager'), ('hi', 'hi hello hey'), ('uh', 'uh um ugh mhm mm hmm uhm huh ah well yes yeah yea yep sure ok okay so'),
    -- Parts of numbers: units, teens, tens, hundred, thousand, and how often the next digit is said.
    ('U0', 'zero oh nought naught nil'), ('U1', 'one'), ('U2', 'two'), ('U3', 'three'), ('U4', 'four'), ('U5', 'five'),
    ('U6', 'six'), ('U7', 'seven'), ('U8', 'eight'), ('U9', 'nine niner'),
    ('T10', 'ten'), ('T11', 'eleven'), ('T12', 'twelve'), ('T13', 'thirteen'), ('T14', 'fourteen'), ('T15', 'fifteen'),
    ('T16', 'sixteen'), ('T17', 'seventeen'), ('T18', 'eighteen'), ('T19', 'nineteen'),
    ('Y20', 'twenty'), ('Y30', 'thirty'), ('Y40', 'forty fourty'), ('Y50', 'fifty'), ('Y60', 'sixty'), ('Y70', 'seventy'),
    ('Y80', 'eighty'), ('Y90', 'ninety'), ('H', 'hundred'), ('K', 'thousand'), ('X2', 'double'), ('X3', 'triple treble'),
    -- Ordinals.
    ('O1', 'first'), ('O2', 'second'), ('O3', 'third'), ('O4', 'fourth'), ('O5', 'fifth'), ('O6', 'sixth'), ('O7', 'seventh'),
    ('O8', 'eighth'), ('O9', 'ninth'), ('O10', 'tenth'), ('O11', 'eleventh'), ('O12', 'twelfth'), ('O13', 'thirteenth'),
    ('O14', 'fourteenth'), ('O15', 'fifteenth'), ('O16', 'sixteenth'), ('O17', 'seventeenth'), ('O18', 'eighteenth'),
    ('O19', 'nineteenth'), ('O20', 'twentieth'), ('O30', 'thirtieth'),
    -- Months, weekdays, money, spans of time.
    ('M1', 'january jan'), ('M2', 'february feb'), ('M3', 'march mar'), ('M4', 'april apr'), ('M5', 'may'), ('M6', 'june jun'),
    ('M7', 'july jul'), ('M8', 'august aug'), ('M9', 'september sep sept'), ('M10', 'october oct'), ('M11', 'november nov'),
    ('M12', 'december dec'),
    ('D', 'monday tuesday wednesday thursday friday saturday sunday mondays tuesdays wednesdays thursdays fridays saturdays
      sundays tue tues wed thu thur thurs fri'),
    ('C', 'dollar dollars buck bucks euros pound pounds quid cent cents pence usd eur gbp'),
    ('Q', 'minutes min mins hours hour hr hrs days weeks week months month years year yrs seconds o''clock'),
    -- Streets: what is one almost always, what may be one, directions, and parts of a house.
    ('S', 'street avenue ave boulevard blvd road rd lane ln parkway pkwy highway hwy turnpike expressway freeway crescent mews'),
    ('Zst', 'st'), ('Zdr', 'dr'),
    ('Z', 'drive place pl court ct way circle cir square sq row hill park trail trl alley loop plaza gardens green grove
      view run pike path pass rise quay wharf crossing hollow ridge glen terrace close walk common meadow
      creek bend cove hills heights vale fields yard parade embankment bypass route'),
    ('V', 'north south east west northeast northwest southeast southwest nw ne sw'),
    ('B', 'apartment apt unit suite ste flat floor fl'),
    ('Us', 'illinois indiana california texas florida ohio georgia michigan virginia arizona massachusetts tennessee maryland
      wisconsin minnesota colorado alabama louisiana kentucky oregon oklahoma connecticut utah iowa nevada kansas pennsylvania'),
    ('Zbroadway', 'broadway'), ('F', 'rue chemin impasse allée allee quai cours'),
    ('G', 'straße strasse str weg platz gasse ufer damm chaussee')
  ) l(kind, words)
  cross join lateral regexp_split_to_table(btrim(l.words), '\s+') w(word)
$$;

comment on function app.redaction_vocabulary() is
  'What the words of English scheduling talk are to the redactor: digits and numbers (U7, T12, Y40, H, K, X2), ordinals (O3), months (M3), weekdays (D), money (C), spans (Q), streets (S, Z, F, G), directions (V), parts of a house (B); every other word that is no name is itself.';

select app.seal('app.redaction_vocabulary()', null, 'tenant_service', 'app_writer');
-- end of sql/0276_function_redaction_vocabulary.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0277_function_split_words.sql
create or replace function app.split_words(p_text text, out p_tokens text[], out p_gaps text[])
returns record
language plpgsql
immutable
strict
parallel safe
set search_path = ''
as $$
declare
  v_mark constant text := E'\x01';
  v_blanks constant text := E' \t\n\x0b\f\r\u00a0\u202f';
  -- Letters of all scripts are what no sign, digit or blank is.
  v_letter constant text := U&'[^\0001-\0040\005B-\0060\007B-\00BF\2000-\206F\20A0-\20CF\3000-\3003\E000-\F8FF]';
  v_marked text;
begin
  -- Marking and splitting takes a tenth of the time that matching token by token does, in the C collation even less; what
  -- belongs together again ("3rd", "O'Dell", "'m") is seldom, and dearer in the first pattern than after it.
  v_marked := regexp_replace(replace(p_text, v_mark, '') collate "C",
    '(?:\[(?:ssn|card|phone|number|email|date of birth|record number|address|name|medical term)\]|' || v_letter || '+|[0-9]+|.)['
      || v_blanks || ']*', '\&' || v_mark, 'g');
  v_marked := regexp_replace(v_marked collate "C", '([0-9])' || v_mark || '(st|nd|rd|th|ST|ND|RD|TH)(?!' || v_letter || ')', '\1\2', 'g');
  v_marked := regexp_replace(v_marked collate "C",
    '(' || v_letter || ')' || v_mark || '([''’])' || v_mark || '(' || v_letter || v_letter || v_letter || ')', '\1\2\3', 'g');
  v_marked := regexp_replace(v_marked collate "C", '(' || v_letter || v_mark || '[''’])' || v_mark || '(' || v_letter || ')', '\1\2', 'g');
  select array_agg(case when w.token = '' then left(w.part, 1) else w.token end order by w.position),
    array_agg(substr(w.part, greatest(char_length(w.token), 1) + 1) order by w.position)
  into p_tokens, p_gaps
  from (
    select m.part, m.position, rtrim(m.part, v_blanks) as token
    from unnest(string_to_array(v_marked, v_mark)) with ordinality m(part, position)
  ) w
  where w.part <> '';
end
$$;

comment on function app.split_words(text) is
  'A text''s tokens (words, numbers, single signs, placeholders) and the blanks after each; NULLs for an empty text.';

select app.seal('app.split_words(text)', null, 'tenant_service', 'app_writer');
-- end of sql/0277_function_split_words.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0278_function_classified_words.sql
-- Speech is written in many ways: "312-555-0111", "three one two, five double five", "Three one two. Five...". The rules see
-- what a word is, not how it is written. One word of the result stands for one token of the text.
create or replace function app.classified_words(p_tokens text[], p_gaps text[], p_names text[])
returns text
language sql
immutable
parallel safe
set search_path = ''
as $$
  with facts as materialized (
    select app.redaction_vocabulary() as vocabulary, app.name_forms(p_names) as names,
      -- Where nobody's recognition writes capitals, an unknown word may be a name.
      t.words = lower(t.words) as all_small
    from (select array_to_string(p_tokens, ' ') as words) t
  )
  select ' ' || string_agg(
    case
      when c.is_name then case when c.known is null then 'P' || c.form when c.token <> c.form then 'R' || c.known else c.known end
      when c.known is not null then c.known
      when translate(c.token, '0123456789', '') = '' then c.token
      when left(c.token, 1) between '0' and '9' then 'O' || translate(c.form, 'stndrh', '')
      when c.token like '[_%' then 'X'
      when lower(left(c.token, 1)) <> upper(left(c.token, 1)) then
        case
          when char_length(c.token) = 1 then 'L'
          when c.token = c.form and not f.all_small
            or f.all_small and c.token like any ('{%_ing,%_ed,%_ly,%_ous,%_ful,%_able,%_ible,%_ish,%_less,%_ness,%_tion,%_ment,%_ity}') then 'W'
          when c.token = upper(c.token) and char_length(c.token) < 6 then 'A'
          else 'N'
        end || c.form
      when c.token in ('.', ',') then case when c.gap = '' and c.position < cardinality(p_tokens) then c.token when c.token = '.' then '!' else ';' end
      when strpos('?!-/()+#:@$¶;', c.token) > 0 or c.form like '''_%' then c.form
      when c.token in ('–', '—', '‑') then '-'
      when c.token in ('£', '€') then '$'
      when char_length(c.token) > 1 then 'W' || translate(c.token, '<>', '')
      else '~'
    end, ' ' order by c.position) || ' '
  from facts f
  cross join lateral (
    select t.token, t.gap, t.position, l.form, f.vocabulary ->> l.form as known,
      f.names ? l.form or octet_length(t.token) > char_length(t.token) and f.names ? replace(app.normalise_name(t.token), ' ', '') as is_name
    from unnest(p_tokens, p_gaps) with ordinality t(token, gap, position)
    cross join lateral (select replace(lower(t.token), '’', '''') as form) l
  ) c
$$;

comment on function app.classified_words(text[], text[], text[]) is
  'What each token of a text is, a word each, with a blank around each: app.redaction_vocabulary''s kinds; P: a given name, R: a given name that is also a word and has a capital; N, A, W: unknown with a capital, in capitals, small; L: a letter; X: a placeholder; numbers in digits; "," and "." inside a number, ";" and "!" after a word. NULL without tokens.';

select app.seal('app.classified_words(text[], text[], text[])', null, 'tenant_service', 'app_writer');
-- end of sql/0278_function_classified_words.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0279_function_unfolded_text.sql
create or replace function app.unfolded_text(p_tokens text[], p_gaps text[], p_words text)
returns text
language sql
immutable
strict
parallel safe
set search_path = ''
as $$
  select case when strpos(r.text, '[name]') = 0 then r.text else regexp_replace(r.text, '\[name\](?:[\s-]+\[name\])+', '[name]', 'g') end
  from (select string_agg(
      case
        when u.word = '=' then ''
        when u.word = '[dob' then '[date of birth]'
        when u.word = '[record' then '[record number]'
        when u.word like '[%' then u.word || ']'
        else u.token
      end
      -- The blanks inside a span go with it.
      || case when u.next = '=' then '' else u.gap end, '' order by u.position) as text
  from (
    select t.token, t.gap, t.word, t.position, lead(t.word) over (order by t.position) as next
    from unnest(p_tokens, p_gaps, string_to_array(btrim(p_words), ' ')) with ordinality t(token, gap, word, position)
  ) u) r
$$;

comment on function app.unfolded_text(text[], text[], text) is
  'The text of tokens and the blanks after them, with a placeholder where the classified words are folded to a kind. Placeholders of one name are one.';

select app.seal('app.unfolded_text(text[], text[], text)', null, 'tenant_service', 'app_writer');
-- end of sql/0279_function_unfolded_text.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0280_function_fold_emails.sql
create or replace function app.fold_emails(p_words text)
returns text
language plpgsql
immutable
strict
parallel safe
set search_path = ''
as $$
declare
  -- Parts of an address are no words of the talk around it: letters, numbers, names.
  v_part constant text := '(?: (?:[NAWPLRUTYXOHK0-9][^ ]*|i|a|may|will))';
  v_join constant text := '(?: (?:[-.+~]|dot|period|point|underscore|dash|hyphen|plus))';
  v_host constant text := '(?: (?:gmail|yahoo|hotmail|outlook|icloud|aol|proton|protonmail|gmx))';
begin
  if p_words like '% @ %' then
    p_words := app.folded_words(p_words, '()((?: [^ ]+ [-.+~])* [^ ]+ @ [^ ]+(?: - [^ ]+)*(?: \.(?: [^ ]+ -)* [^ ]+)+)(?= )', 'email');
  end if;
  if not app.says_any(p_words, '{at,@}') then
    return p_words;
  end if;
  return app.folded_words(p_words,
    '()((?: [a-z]+' || v_join || '|' || v_part || '|' || v_join || ')*(?:' || v_part || '|' || v_join || ' [a-z]+)(?: ;)? (?:at|@)(?! [0-9UTY])'
      || '(?:(?: [a-z]+(?= (?:dot|[-.]))|' || v_part || '|' || v_host || '|' || v_join || ')*(?: (?:dot|period|point|\.) [a-zNWAP][^ ]*)+|' || v_host || '))(?= )', 'email');
end
$$;

comment on function app.fold_emails(text) is
  'Classified words with e-mail addresses folded, written or spoken: "ann dot quill at gmail dot com", letter by letter too.';

select app.seal('app.fold_emails(text)', null, 'tenant_service', 'app_writer');
-- end of sql/0280_function_fold_emails.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0281_function_fold_birth_dates.sql
-- A visit lies in the present, a birth rarely does: what is said to be a date of birth goes, and so does every full date in
-- a year too long ago for a visit. The limit (2025) is a constant because the function is immutable.
create or replace function app.fold_birth_dates(p_words text)
returns text
language plpgsql
immutable
strict
parallel safe
set search_path = ''
as $$
declare
  v_month constant text := ' R?M[0-9]+(?: [.!])?';
  v_day constant text := '(?: Y[23]0(?: -)? [OU][0-9]| O[0-9]+| [0-9]{1,2}| [UTY][0-9]+)';
  v_below_100 constant text := '(?: Y[2-9]0(?:(?: -)? U[0-9])?| T[0-9]+| U[0-9](?: U[0-9])?)';
  v_digits constant text := '(?:18[0-9][0-9]|19[0-9][0-9]|20[01][0-9]|202[0-4])';
  v_past constant text := '(?: ' || v_digits || '| T1[89](?: H)?(?: and)?' || v_below_100
    || '| U2 K(?: and)?' || v_below_100 || '?| Y20(?: -)? (?:U0 U[0-9]|T1[0-9]|Y20(?: -)? U[1-4]))';
  v_apart constant text := '(?: (?:[-/.,;!]|slash|dash|of))*';
  v_number constant text := '(?: [0-9]{1,2}| Y[0-9]0 - U[0-9]| (?:U0|Lo) U[0-9]| [UTY][0-9]+)';
  v_date constant text := '(?:' || v_month || '(?: the)?' || v_day || '|' || v_day || '(?: of)?' || v_month || ')' || v_apart;
begin
  if app.says_any(p_words, '{born,birthday,birthdays,birth,dob,Nbirthdate,Wbirthdate,Ld}') then
    p_words := app.folded_words(p_words,
      '( (?:born|birthdays?|birth|dob|[NW]birthdate|Ld . Lo . Lb)'
        || '(?: (?:[-:;?,.!¶DX]|on|is|was|it|its|that|the|a|in|year|uh|let|me|see|would|be|my|his|her|of|''s|he|she|i|and|back|think|date|again|please|your|can|have))*)'
        || '(' || v_date || '(?:' || v_past || '| 20[0-9][0-9]|(?: '')? [0-9][0-9]| Y20 Y20(?:(?: -)? U[0-9])?|' || v_below_100 || ')?'
        || '|' || v_month || '(?: of)?' || v_past
        || '| [0-9]{6,8}|' || v_past || '| [0-9]{4} [-/.] [0-9]{1,2} [-/.] [0-9]{1,2}'
        || '|' || v_number || v_apart || v_number || '(?:' || v_apart || '(?:' || v_past || '| [0-9]{3,4}|' || v_number || '+))?)(?= )', 'dob');
  end if;
  if p_words like any ('{% M%,% RM%,% / %,% - %,% . %}') then
    p_words := app.folded_words(p_words, '()(' || v_date || v_past || '| ' || v_digits || ' [-/.] [0-9]{1,2} [-/.] [0-9]{1,2}'
      || '| [0-9]{1,2}( [-/.] )[0-9]{1,2}\3(?:' || v_digits || '|[4-9][0-9]))(?= )', 'dob');
  end if;
  -- "oh five, twelve, eighty-one": a month, a day and a year of the last century.
  if app.says_any(p_words, '{Y40,Y50,Y60,Y70,Y80,Y90}') then
    p_words := app.folded_words(p_words, '((?<![UTYKH][0-9]{0,2})(?<![UTY][0-9]{1,2} [-;,]))((?: (?:U0 |Lo )?U[1-9]| T1[0-2])(?: (?:[-/,;]|slash|dash))?'
      || '(?: (?:U0 |Lo )?U[0-9]| T[0-9]+| Y[23]0(?:(?: -)? U[0-9])?)(?: (?:[-/,;]|slash|dash))?(?: T19(?: H)?)? Y[4-9]0(?: -)? U[1-9])'
      || '(?= (?!(?:[;,-] )?[CQUTYHKX]))', 'dob');
  end if;
  return p_words;
end
$$;

comment on function app.fold_birth_dates(text) is
  'Classified words with dates of birth folded: any date that is said to be one, in digits or words, and every full date before 2025. Dates of visits stay.';

select app.seal('app.fold_birth_dates(text)', null, 'tenant_service', 'app_writer');
-- end of sql/0281_function_fold_birth_dates.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0282_function_fold_foreign_addresses.sql
create or replace function app.fold_foreign_addresses(p_words text, p_post text)
returns text
language plpgsql
immutable
strict
parallel safe
set search_path = ''
as $$
declare
  v_town constant text := '(?:(?: ;)? [0-9]{5}(?: N[^ ]+)?)?';
begin
  if p_words ~ ' (?:F|G|[SZ] (?:de|du|des)|[NAW][^ ]*(?:stra(?:ß|ss)e|gasse|platz|allee|weg|straat|laan|plein|gracht|str)|[NW](?:calle|avenida|via|viale|piazza|paseo|carrer|plaza)) ' then
    p_words := app.folded_words(p_words,
      '()( [0-9]+(?: [;,])?(?: [NW](?:bis|ter)| bis| L[a-d])?(?: [;,])? (?:F|S|Z)(?: (?:de|du|des|la|le|les|''|-|Z|[NAPLW][^ ]*))* [NAPW][^ ]+' || v_town
        || '|(?: (?:[NA][^ ]+|V|am|im|an|zum|zur|unter))?(?: -)? (?:[NAW][^ ]{2,}(?:stra(?:ß|ss)e|gasse|platz|allee|weg|straat|laan|plein|gracht|damm|ufer|str)|N[^ ]+(?: -)? G)(?: [.!])?'
        || ' (?:[0-9]{1,4}|[UT][0-9]+|Y[0-9]0(?: -)?(?: U[0-9])?)(?: L[a-z]| a(?= (?:[^NWa-z]|$)))?' || v_town
        || '| [NW](?:calle|avenida|via|viale|piazza|corso|paseo|carrer|rua)(?: (?:de|del|della|la|las|los|di|dei|da|do|[NAP][^ ]+))+(?: [;,])? [0-9]{1,4})(?= )', 'address');
  end if;
  if app.says_any(p_words, '{box,zip,postcode,postal}') then
    p_words := app.folded_words(p_words, '( (?:zip|postcode|postal)(?: (?:code|is|''s|[:;?¶!]|my|the|it|and|uh))*)'
      || '((?: [0-9]{5}(?: - [0-9]{4})?|(?: (?:[LA][a-z]+|N[a-z]{1,2}|[0-9]|[0-9]{2}|[UT][0-9]+)){4,8}))(?= )', 'address');
    p_words := app.folded_words(p_words, '()( (?:Lp(?: [.!])? Lo(?: [.!])?|[NAW]po) box(?: number)?(?: [0-9]+|(?: [UTY][0-9]+)+))(?= )', 'address');
  end if;
  -- A British code in capitals is one without being called so.
  return case when p_words like '% A%' then app.folded_words(p_words, '()(' || p_post || ')(?= )', 'address') else p_words end;
end
$$;

comment on function app.fold_foreign_addresses(text, text) is
  'Classified words with plain German, Dutch, French, Spanish and Italian street addresses folded, boxes, and post codes: British ones (p_post: their pattern) and those that are called so.';

select app.seal('app.fold_foreign_addresses(text, text)', null, 'tenant_service', 'app_writer');
-- end of sql/0282_function_fold_foreign_addresses.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0283_function_fold_addresses.sql
create or replace function app.fold_addresses(p_words text)
returns text
language plpgsql
immutable
strict
parallel safe
set search_path = ''
as $$
declare
  -- "1242", "12 B", "twelve forty-two", "one oh five".
  v_number constant text := '(?: B(?: number)? (?:[0-9]+|[UT][0-9]+)(?: L[a-z])?(?: ;)?)?(?: number [0-9]{1,5}(?: ;)?| [0-9]{1,5}(?: - [0-9]+)?(?: L[a-h]| a(?= [^a-zW]))?| [UTYHK][0-9]*(?:(?: -| and)? (?:[UTYHK][0-9]*|Lo))*)';
  v_name constant text := '(?: (?:[NAPRLVOM][^ ]*|Us|Zst|J)(?: [.!])?| Z(?= Z)|(?: -)? [NA][^ ]*)';
  v_small constant text := '(?: (?:[NAPRLVOMWZ][^ ]*|Us|[-.!]|''s?|of|the|old|new|first|home|long|[UT][0-9]+))';
  v_unit constant text := '(?:(?: [;,!])?(?: (?:B|#|room|door))(?: [.!#])?(?: number)?(?: (?:[0-9]+|[UTYO][0-9]+|-|L[a-z]|a(?= (?:[^NWa-z]|$))))+|(?: ;)? O[0-9]+ B)?';
  v_post constant text := '(?: ;)? (?:[AL][a-z]{1,2}|V) [0-9]{1,2}(?: L[a-z]| a)? [0-9] A[a-z]{2}';
  -- A town goes where a state or a code follows it.
  v_tail constant text := v_unit || '(?:(?:(?: [;!]| in)?(?: (?:[NWAV][^ ]*|new|san|Zst))+)?'
    || '(?:(?: ;)? (?:A[a-z][a-z]|Us)(?:(?: ;)? [0-9]{5}(?: - [0-9]{4})?)?|(?: ;)? [0-9]{5}(?: - [0-9]{4})?|' || v_post || '))?';
  -- An unmistakable street, whatever its letters; one that may be something else only after a name with a capital.
  v_usual constant text := v_number || '(?:' || v_small || '+ S(?: [.](?= [^N]))?(?: V)?|' || v_name || '+ Z(?:st|dr)?(?: [.!](?= [;,BN]))?(?: V)?'
    || '|(?: (?:V|county|Wstate|Nstate))? [SZ] [0-9]{1,4}| Zbroadway)' || v_tail;
begin
  -- The clinic's own address is no patient's.
  if app.says_any(p_words, '{our,clinic,office,practice,located}') then
    p_words := app.folded_words(p_words, '( (?:our (?:address|office|clinic|practice|location)|(?:clinic|office|practice|salon|spa) is|located)(?: (?:is|at|on|in|here))*)('
      || v_usual || ')(?= )', 'stays');
  end if;
  if app.says_any(p_words, '{S,Z,Zst,Zdr,Zbroadway}') then
    p_words := app.folded_words(p_words, '()(' || v_usual || ')(?= )', 'address');
    -- Where somebody says to live, small letters and doubtful streets are enough.
    p_words := app.folded_words(p_words,
      '( (?:live|lives|living|home|address|reside|am|''re|house)(?: (?:is|''s|at|on|in|:|;|it|my|the|to|that|uh|new|over))*)'
        || '(' || v_number || '(?: (?:[NAPRLWVO][^ ]*|[a-z]{3,}))+ (?:S|Z[a-z]*)(?: V)?' || v_tail || '|(?: [0-9]+| [UTY][0-9]*)+ the Z)(?= )', 'address');
  end if;
  return app.fold_foreign_addresses(p_words, v_post);
end
$$;

comment on function app.fold_addresses(text) is
  'Classified words with street addresses folded: American and British ones in digits or words with unit, town and code, and app.fold_foreign_addresses''s. What is said to be the clinic''s own stays.';

select app.seal('app.fold_addresses(text)', null, 'tenant_service', 'app_writer');
-- end of sql/0283_function_fold_addresses.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0284_function_fold_visits.sql
-- Dates, times and prices stand next to each other in scheduling talk: what is told to stay no longer adds up to a number
-- that somebody could be found by.
create or replace function app.fold_visits(p_words text)
returns text
language plpgsql
immutable
strict
parallel safe
set search_path = ''
as $$
declare
  v_number constant text := '(?: (?:[UTYHK0-9][0-9]*|[-,.]))+';
begin
  return app.folded_words(p_words, '()( 20[2-9][0-9]( [-./] )[0-9]{1,2}\3[0-9]{1,2}(?: [NWAL]t(?= ))?|(?<![-./]) [0-9]{1,2}( [-./] )[0-9]{1,2}\4(?:20)?[2-9][0-9](?! [-./] [0-9])'
    || '|(?: R?M[0-9]+(?: [.!])?(?: the)? (?:[0-9]{1,2}|O[0-9]+)| (?:[0-9]{1,2}|O[0-9]+)(?: of)? R?M[0-9]+)(?:(?: ;)? 20[2-9][0-9])?'
    || '| [0-9]{1,2} : [0-9][0-9](?: : [0-9][0-9])?'
    || '| \$' || v_number || '|(?: (?:between|from))?' || v_number || '(?: (?:to|and|or)' || v_number || ')? C)(?= )', 'stays');
end
$$;

comment on function app.fold_visits(text) is
  'Classified words with dates from 2020 on, times and prices told to stay, so that no rule for numbers takes them.';

select app.seal('app.fold_visits(text)', null, 'tenant_service', 'app_writer');
-- end of sql/0284_function_fold_visits.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0285_function_fold_records.sql
create or replace function app.fold_records(p_words text)
returns text
language plpgsql
immutable
strict
parallel safe
set search_path = ''
as $$
declare
  v_digit constant text := '(?:[0-9]+|[UTYX][0-9]+|H|Lo)';
  v_code constant text := '(?: (?:[0-9]+|[UTYXH][0-9]*|[LA][a-z]+|N[a-z]{1,4}|a|[-/.,;]|dash|hyphen|slash))*';
begin
  -- Numbers of a record are called one; those of a booking are no identifier outside the clinic and stay.
  if not app.says_any(p_words, '{mrn,record,number,no,id,#,Nmrn,Wmrn,insurance,policy,membership,passport,medicaid,medicare,nhs}') then
    return p_words;
  end if;
  return app.folded_words(p_words,
    '( (?:mrn|passport|nhs|medicaid|medicare|insurance|policy|membership|(?:medical|health) record'
      || '|(?:member|medical|health|record|chart|patient|account|group|subscriber|claim|case|file|[WN]licen[cs]e|[WN]policyholder|[WN]plan)'
      || '(?: ''s)?(?: (?:record|insurance|card|plan|chart|file))? (?:id|number|no|#)|id(?: number| card)*)'
      || '(?: (?:[-:;#.!?¶]|is|was|its|it|''s|that|the|my|of|on|would|be|uh|starts|with|and|for|says|number|id|card|no))*)'
      || '((?= (?:[0-9UTYXLAN]|a L))(?=' || v_code || ' (?:[0-9]{3,}|' || v_digit || v_code || ' ' || v_digit || ') )' || v_code
      || ' ' || v_digit || '(?:(?: -)? [LA][a-z]+)?)(?= )', 'record');
end
$$;

comment on function app.fold_records(text) is
  'Classified words with medical record, member, policy, insurance and similar numbers folded: digits and letters after a word that says what they are.';

select app.seal('app.fold_records(text)', null, 'tenant_service', 'app_writer');
-- end of sql/0285_function_fold_records.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0286_function_fold_numbers.sql
create or replace function app.fold_numbers(p_words text)
returns text
language plpgsql
immutable
strict
parallel safe
set search_path = ''
as $$
declare
  v_digits constant text := '(?:U[0-9]|T[0-9]+|Y[0-9]+|H|K|X[0-9]|[0-9]+|Lo)';
  v_between constant text := '(?: (?:[-.,/;()+~]|dash|hyphen|slash|dot|space|then|uh|um)| !(?= (?:U[0-9]|X[0-9]|[0-9]{2,})))';
  v_marked text;
begin
  v_marked := regexp_replace(p_words collate "C",
    '(?: [+(]| plus)*(?: ' || v_digits || '(?:' || v_between || '{1,3}(?= ' || v_digits || ' ))?)+(?= )', '<\&>', 'g');
  if v_marked = p_words then
    return p_words;
  end if;
  return (
    select string_agg(case when s.kind is null then s.part else app.folded_span(s.part, s.kind) end, '' order by s.position)
    from (
      select r.part, r.position, case when r.position % 2 = 0 and char_length(r.part) > 3 then app.number_kind(r.part, r.context) end as kind
      from (
        -- What a number is, is said before it, or straight after: "... is my social".
        select p.part, p.position, lag(p.part) over w || case
            when left(lead(p.part) over w, 25) like any (array[' is my social %', ' is the social %', ' is my ssn %', ' is my card %', ' is the card %'])
              then left(lead(p.part) over w, 16)
            else ''
          end as context
        from unnest(string_to_array(replace(v_marked, '>', '<'), '<')) with ordinality p(part, position)
        window w as (order by p.position)
      ) r
    ) s
  );
end
$$;

comment on function app.fold_numbers(text) is
  'Classified words with every run of numbers folded that app.number_kind knows, however it is grouped or spelled.';

select app.seal('app.fold_numbers(text)', null, 'tenant_service', 'app_writer');
-- end of sql/0286_function_fold_numbers.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0287_function_fold_known_names.sql
create or replace function app.fold_known_names(p_words text)
returns text
language plpgsql
immutable
strict
parallel safe
set search_path = ''
as $$
begin
  if p_words like '% P%' then
    p_words := app.folded_words(p_words,
      '()((?: R[^ ]+(?: -)?)* P[^ ]+(?:(?: L[a-z](?: [.!])?|(?: (?:de|la|van|von|der|del|di|da|bin|al|el|dos))*)(?: -)? [PR][^ ]+)*)(?= )', 'name');
  end if;
  -- A known name that is a word too goes with a capital, where none begins a sentence; a month where none is meant.
  if p_words like '% R%' then
    p_words := app.folded_words(p_words, '((?! (?:in|on|of|next|this|last|until|till|by|early|late|mid|since|before|after|through|to|from|and|or|for|the|end) )'
      || ' (?:[a-z''][^ ]*|[;:]))( RM[0-9]+)(?= (?![0-9]|O|the O))', 'name');
    p_words := app.folded_words(p_words, '( (?:[a-z''][^ ]*|[;:]))( R[^M][^ ]*)(?= )', 'name');
    p_words := app.folded_words(p_words, '( [!?¶])( R[^ ]+)(?= [;!?])', 'name');
  end if;
  return p_words;
end
$$;

comment on function app.fold_known_names(text) is
  'Classified words with the given names folded; one that is a word too ("May", "Will") only with a capital and where the word is not meant.';

select app.seal('app.fold_known_names(text)', null, 'tenant_service', 'app_writer');
-- end of sql/0287_function_fold_known_names.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0288_function_fold_names.sql
create or replace function app.fold_names(p_words text)
returns text
language plpgsql
immutable
strict
parallel safe
set search_path = ''
as $$
declare
  v_initial constant text := '(?: L[a-z](?: [.!])?(?= [NAPRW]))';
  v_part constant text := '(?: (?:mc|de|la|le|van|von|der|den|del|di|da|bin|al|el|dos|Zst)(?: [.!])?)*';
  v_next constant text := '(?: [NAPR][^ ]+|' || v_initial || ')';
  -- With a capital, or known; and, where a name is said to follow, in any letters.
  v_name constant text := '(?:' || v_part || ' [NAPR][^ ]+(?:' || v_part || '(?: -)?' || v_next || ')*)';
  v_any constant text := '(?:' || v_part || ' (?:[NAPWRM][^ ]+|will)(?:' || v_part || '(?: -)? (?:[NAPWR][^ ]+|L[a-z](?: [.!])?(?= [NAPRW])))*)';
  -- "This is Lakeside Dental" introduces no caller.
  v_person constant text := '(?= (?!(?:[a-z]+ )?(?:dental |clinic|dentistry |medical |practice |offices? |spa |center |health|hospital |insurance |treatment |therapy |group |Z |S |website |app |card |plan )|[NAPRW]))';
  v_relative constant text := '(?:my|our|his|her|their)(?: (?:[a-z]+|U[0-9]+|[0-9]+|Q|-|J ''s)){0,4} J(?: [;,:]| is| ''s|(?: ''s)? names? (?:is|''s|are)| named| called)*';
begin
  p_words := app.folded_words(p_words,
    '( (?:(?:names?|surname|[NW](?:forename|lastname|firstname))(?: (?:is|are|''s|was|will|be|would|[:;?¶]|on|the|file|under|for|it|that|my|uh|patient|his|her|appointment))*'
      || '|(?:named|call me|under|patient is|patient :)))(' || v_any || ')' || v_person, 'name');
  p_words := app.folded_words(p_words,
    '( (?:this is|(?:am i|are you|is this|you ''re)(?: speaking (?:to|with)| talking to)?|i ''m|i am|speaking (?:with|to)|talking to|me ;'
      || '|hi(?: there)?(?: [;!])? it ''s|(?:mr|mrs|ms|miss|mister)(?: [.!])?|' || v_relative || '))(' || v_name || ')' || v_person, 'name');
  if p_words like '% ; my %' then
    p_words := app.folded_words(p_words, '( (?:for|is|with|bring))(' || v_name || ')(?= ; my (?:[a-z]+ )?J )', 'name');
  end if;
  if app.says_any(p_words, '{calling,speaking,here,again}') then
    p_words := app.folded_words(p_words, '(^| (?:it ''s|that ''s|hi|uh|[;!?¶]|i ''m))(' || v_name || ')(?= (?:; |again )?(?:calling|speaking|here|again) )', 'name');
  end if;
  -- "For my kids Ada and Milo."
  if p_words like '% J %' then
    p_words := app.folded_words(p_words, '( J(?: ; | )\[name(?: =)*(?: ;| and| ; and))(' || v_name || ')(?= )', 'name');
  end if;
  -- Spelled: letters in a row, but not the ones of an abbreviation with its dots.
  if p_words like '% L%' then
    p_words := app.folded_words(p_words, '(^| [^L. ][^ ]*)((?! a Lb Lc )(?: (?:L[a-z]|X[23] L[a-z]|i|a)(?: as in [^ ]+)?(?: [-;,])?){2,}'
      || '(?:(?: X[23])? L[a-z](?: as in [^ ]+)?| [ia](?= (?:[;!?]|$))))(?= (?![.]))', 'name');
  end if;
  return app.fold_known_names(p_words);
end
$$;

comment on function app.fold_names(text) is
  'Classified words with names folded: those that are given, those that a speaker introduces ("my name is", "this is", "for my son"), and spelled ones.';

select app.seal('app.fold_names(text)', null, 'tenant_service', 'app_writer');
-- end of sql/0288_function_fold_names.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0289_function_fold_identifiers.sql
-- The order matters. Addresses and dates hold numbers, so numbers come after them; what must stay readable is set aside
-- before numbers are looked for; names come last, they may stand in an address.
create or replace function app.fold_identifiers(p_words text)
returns text
language sql
immutable
strict
parallel safe
set search_path = ''
as $$
  select app.fold_names(app.fold_numbers(app.fold_records(app.fold_visits(app.fold_addresses(
    app.fold_birth_dates(app.fold_emails(p_words)))))))
$$;

comment on function app.fold_identifiers(text) is
  'Classified words with all identifiers folded that the redactor knows.';

select app.seal('app.fold_identifiers(text)', null, 'tenant_service', 'app_writer');
-- end of sql/0289_function_fold_identifiers.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0290_function_redact_phi.sql
-- An aid, no de-identification: see docs/redaction.md. What is folded can bring two words together that no rule saw before:
-- the rules are gone through until nothing more is found, so that redacting twice is redacting once.
create or replace function app.redact_phi(p_text text, p_names text[])
returns text
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
declare
  v_tokens text[];
  v_gaps text[];
  v_folded text;
  v_text text;
begin
  loop
    select s.p_tokens, s.p_gaps into v_tokens, v_gaps from app.split_words(p_text) s;
    v_folded := app.fold_identifiers(app.classified_words(v_tokens, v_gaps, p_names));
    if v_folded is null or strpos(v_folded, ' [') = 0 then
      return p_text;
    end if;
    v_text := app.unfolded_text(v_tokens, v_gaps, v_folded);
    if v_text = p_text then
      return v_text;
    end if;
    p_text := v_text;
  end loop;
end
$$;

comment on function app.redact_phi(text, text[]) is
  'The text without identifiers, each replaced by a typed placeholder in brackets: [ssn], [card], [phone], [number], [email], [date of birth], [record number], [address] and [name] (the given names, and those that a speaker introduces), also when spelled out as speech. Dates of visits, times and prices stay. Redacting twice changes nothing more; NULL stays NULL.';

select app.seal('app.redact_phi(text, text[])', null, 'tenant_service', 'app_writer');
-- end of sql/0290_function_redact_phi.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0295_function_introduced_names.sql
create or replace function app.introduced_names(p_tokens text[], p_words text, p_folded text)
returns text[]
language sql
immutable
strict
parallel safe
set search_path = ''
as $$
  -- The kind of a span stands at its first word only: the words after it belong to the last that has one.
  select coalesce(array_agg(distinct lower(k.token)) filter (where k.kind = '[name' and k.word like 'N%' and char_length(k.token) > 2), '{}')
  from (
    select f.token, f.word, max(f.folded) over (partition by f.span) as kind
    from (
      select t.token, t.word, t.folded, count(*) filter (where t.folded <> '=') over (order by t.position) as span
      from unnest(p_tokens, string_to_array(btrim(p_words), ' '), string_to_array(btrim(p_folded), ' '))
        with ordinality t(token, word, folded, position)
    ) f
  ) k
$$;

comment on function app.introduced_names(text[], text, text) is
  'The words, in small letters, that fold_names took for names without having been given them: tokens of a text, what they are, and what became of them.';

select app.seal('app.introduced_names(text[], text, text)', null, 'tenant_service', 'app_writer');
-- end of sql/0295_function_introduced_names.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0296_function_redact_turns.sql
-- All turns at once: patterns cost more to begin than to run, an answer is understood by its question ("And your date of
-- birth?"), and a name that is introduced once goes everywhere.
create or replace function app.redact_turns(p_turns text[], p_names text[])
returns text[]
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
declare
  v_turns text[];
  v_tokens text[];
  v_gaps text[];
  v_words text;
  v_folded text;
  v_introduced text[];
  v_again text[];
  v_places bigint[];
begin
  -- The mark between two turns is nobody's word.
  select s.p_tokens, s.p_gaps into v_tokens, v_gaps
  from app.split_words(replace(replace(array_to_string(p_turns, E'\u2029', ''), '¶', ''), E'\u2029', E'\n¶\n')) s;
  v_words := app.classified_words(v_tokens, v_gaps, p_names);
  v_folded := app.fold_identifiers(v_words);
  if v_folded is null then
    return p_turns;
  end if;
  v_turns := string_to_array(app.unfolded_text(v_tokens, v_gaps, v_folded), '¶');
  v_introduced := app.introduced_names(v_tokens, v_words, v_folded);

  -- What changed, and what has a name in it that was introduced elsewhere, is looked at once more. A sign that no rule
  -- crosses stands where other turns were.
  select array_agg(btrim(t.once, E'\n') order by t.position), array_agg(t.position order by t.position) into v_again, v_places
  from unnest(p_turns, v_turns) with ordinality t(turn, once, position)
  where btrim(t.once, E'\n') <> btrim(t.turn, E'\n')
    or exists (select from unnest(v_introduced) n(name) where strpos(lower(t.turn), n.name) > 0);
  v_again := string_to_array(app.redact_phi(array_to_string(v_again, E'\n¶|\n'), p_names || v_introduced), '¶|');
  return (
    select array_agg(coalesce(btrim(a.text, E'\n'), t.turn) order by t.position)
    from unnest(p_turns) with ordinality t(turn, position)
    left join unnest(v_again, v_places) a(text, position) using (position)
  );
end
$$;

comment on function app.redact_turns(text[], text[]) is
  'What was said in a call, turn by turn, redacted as by app.redact_phi; names that a turn introduces go in all of them. NULL stays NULL.';

select app.seal('app.redact_turns(text[], text[])', null, 'tenant_service', 'app_writer');
-- end of sql/0296_function_redact_turns.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0297_function_redact_medical_terms.sql
-- For clinics that want no complaint, condition or drug in their transcripts. What a clinic offers (a cleaning, a filling,
-- Botox) stays: without it nobody can tell what a call was about.
create or replace function app.redact_medical_terms(p_text text)
returns text
language sql
immutable
strict
parallel safe
set search_path = ''
as $$
  select regexp_replace(p_text,
    '\m(?:hiv|aids|hepatitis(?: [a-e])?|herpes|syphilis|chlamydia|gonorrh?ea|hpv|std|sti|tuberculosis|covid(?:-19)?|cancers?|tum(?:ou?r|ors|ours)|leuka?emia'
      || '|lymphoma|melanoma|carcinoma|chemo(?:therapy)?|radiotherapy|diabet(?:es|ic)|insulin|hypertension|high blood pressure|asthma(?:tic)?|copd'
      || '|epilep(?:sy|tic)|seizures?|stroke|heart (?:attack|disease|failure|condition)|pacemaker|arrhythmia|angina|depress(?:ion|ive)|anxiety'
      || '|bipolar|schizophrenia|ptsd|adhd|autis(?:m|tic)|dementia|alzheimer(?:''?s)?|parkinson(?:''?s)?|multiple sclerosis|arthritis|lupus'
      || '|ha?emophilia|ana?emia|psoriasis|eczema|rosacea|pregnan(?:t|cy)|miscarriage|abortion|ivf|kidney (?:disease|failure)|dialysis|cirrhosis'
      || '|addict(?:ion|ed)|overdose|rehab|methadone|suicid(?:e|al)|pneumonia|migraines?|infection|abscess(?:es)?|gingivitis|periodontitis'
      || '|penicillin|amoxicillin|ibuprofen|paracetamol|acetaminophen|aspirin|warfarin|metformin|prozac|zoloft|xanax|adderall|ritalin|lithium'
      || '|antidepressants?|antibiotics?|blood thinners?|oxycodone|hydrocodone|vicodin|tramadol|codeine|morphine|ozempic|viagra|accutane)\M',
    '[medical term]', 'gi')
$$;

comment on function app.redact_medical_terms(text) is
  'The text with common conditions, complaints and drugs replaced by [medical term]: a closed English list, for clinics that want none of them kept. Apply it after app.redact_phi. What a clinic offers stays.';

select app.seal('app.redact_medical_terms(text)', null, 'tenant_service', 'app_writer');
-- end of sql/0297_function_redact_medical_terms.sql
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
    'delete_recording', 'provision_number', 'dial_calls', 'ingest_knowledge'
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
  'Puts a job of a known kind (release_hold, fetch_call_report, send_scheduled, send_message, settle_message, sync_agent, keep_recording, delete_recording, provision_number, dial_calls, ingest_knowledge) in River''s queue, as part of the calling transaction. Arguments are ids only; the organisation always comes from the claims. p_run_at NULL: now. An unknown kind is VX400.';

select app.seal('app.enqueue_job(text, jsonb, timestamptz)', 'app_definer', 'tenant_service', 'app_writer');
-- end of sql/0310_function_enqueue_job.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0630_function_take_message.sql
create or replace function app.take_message(
  p_call_id uuid,
  p_tool_call_id text,
  p_body text,
  p_caller_name text default null,
  p_callback_number text default null,
  p_urgent boolean default false
)
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
  if coalesce(btrim(p_body), '') = '' then
    raise exception 'a message needs a text' using errcode = 'VX400';
  end if;
  perform app.lock_call(p_call_id);
  insert into public.caller_messages (
    org_id, call_id, tool_call_id, contact_id, caller_name, callback_number, body, urgent)
  values (
    v_org_id, p_call_id, p_tool_call_id, app.contact_of_call(p_call_id), left(nullif(btrim(p_caller_name), ''), 100),
    p_callback_number, left(app.redact_phi(btrim(p_body), array_remove(array[p_caller_name], null) || app.names_of_call(p_call_id)), 2000), p_urgent)
  on conflict (org_id, call_id, tool_call_id) do nothing
  returning id into v_id;
  if v_id is null then
    return (
      select m.id from public.caller_messages m
      where m.org_id = v_org_id and m.call_id = p_call_id and m.tool_call_id = p_tool_call_id
    );
  end if;
  perform app.notify_staff('caller_message',
    case when p_urgent then 'A caller left an urgent message' else 'A caller left a message' end, 'caller_message', v_id);
  return v_id;
end
$$;

comment on function app.take_message(uuid, text, text, text, text, boolean) is
  'Keeps what a caller asked to pass on and tells the staff. The same tool call again returns the same message''s id. Numbers, addresses and identifiers in the text are redacted; the call-back number (E.164) has its own column. An empty text is VX400.';

select app.seal('app.take_message(uuid, text, text, text, text, boolean)', 'app_writer', 'tenant_service');
-- end of sql/0630_function_take_message.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0710_function_record_call_event.sql
create or replace function app.record_call_event(
  p_call_id uuid,
  p_status text,
  p_at timestamptz,
  p_ended_reason text default null
)
returns boolean
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_order constant text[] := array['scheduled', 'queued', 'ringing', 'in-progress', 'forwarding', 'ended'];
  v_changed boolean;
begin
  -- Before the call's row: a caller who hangs up while the booking still waits must not meet it the other way round.
  perform app.lock_call(p_call_id);
  update public.call_logs c
  set status = p_status,
    started_at = case when p_status = 'in-progress' then coalesce(c.started_at, p_at) else c.started_at end,
    ended_at = case when p_status = 'ended' then coalesce(c.ended_at, p_at) else c.ended_at end,
    ended_reason = coalesce(c.ended_reason, left(p_ended_reason, 200)),
    updated_at = app.now()
  where c.org_id = v_org_id
    and c.id = p_call_id
    and array_position(v_order, c.status) < array_position(v_order, p_status);
  v_changed := found;
  if p_status = 'ended' then
    perform app.release_hold(p_call_id);
    perform app.conclude_outbound_call(p_call_id);
  end if;
  if v_changed then
    perform app.announce(case when p_status = 'ended' then 'call_ended' else 'call_update' end, 'call', p_call_id);
  end if;
  return v_changed;
end
$$;

comment on function app.record_call_event(uuid, text, timestamptz, text) is
  'Takes in a status of a call. Statuses only go forward, so late and repeated ones change nothing; ended gives back what the call held, a hold or a slot for calls of ours. Returns whether anything changed. A status outside the known ones changes nothing.';

select app.seal('app.record_call_event(uuid, text, timestamptz, text)', 'app_writer', 'tenant_service');
-- end of sql/0710_function_record_call_event.sql
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
  v_said text[];
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

  -- Whoever tries the agent out, from the browser or by telephone, is no lead; what they book has its contact.
  if v_call.direction <> 'web' and not exists (
    select from public.outbound_calls o where o.org_id = v_org_id and o.call_id = p_call_id and o.kind = 'test'
  ) then
    perform app.contact_of_call(p_call_id);
  end if;
  v_names := app.names_of_call(p_call_id) || coalesce(p_said_names, '{}');
  begin
    -- The summary is the last turn: what the caller was called goes from it too.
    select array_agg(t.turn ->> 'text' order by t.position) || p_summary into v_said
    from jsonb_array_elements(coalesce(p_turns, '[]')) with ordinality t(turn, position);
    v_said := app.redact_turns(v_said, v_names);
    v_summary := v_said[cardinality(v_said)];
    select coalesce(jsonb_agg(jsonb_build_object(
        'speaker', t.turn ->> 'speaker', 'text', v_said[t.position], 'at', t.turn -> 'at') order by t.position), '[]')
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
  perform app.conclude_outbound_call(p_call_id);
  if v_outcome = 'missed' and v_call.direction = 'inbound' and v_call.reported_at is null then
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
  select * into v_call from public.call_logs c where c.org_id = v_org_id and c.id = p_call_id;
  select * into v_location from public.locations l where l.org_id = v_org_id and l.id = v_call.location_id;

  v_other := case when v_call.direction = 'outbound' then v_call.to_number else v_call.from_number end;
  perform app.lock_number(v_other); -- two calls of one caller at once are one transfer
  v_now := app.now();
  v_answer.phone := coalesce(
    (select d.phone from public.departments d
      where d.org_id = v_org_id and d.location_id = v_location.id and d.name = lower(btrim(coalesce(p_department, '')))),
    v_location.phone);
  v_answer.caller_id := case when v_call.direction = 'outbound' then v_call.from_number else v_call.to_number end;
  v_answer.reason := case
    when v_answer.phone is null then 'no_number'
    when app.is_our_number(v_answer.phone) or v_answer.phone = v_other then 'loop'
    when v_location.phone_forwards_here and v_answer.phone = v_location.phone then 'loop'
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
  'Where to put a caller through: the department''s number, else the location''s own line, during opening hours. Refused with closed, no_number, loop (the number is ours or the caller''s own, or the call came back from a transfer of ours, or the own line forwards to us: it would ring us again) or already_transferred (once per caller in ten minutes). Each transfer is audited.';

select app.seal('app.transfer_destination(uuid, text)', 'app_writer', 'tenant_service');
-- end of sql/0790_function_transfer_destination.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0860_function_provision_user.sql
-- AFTER trigger: in a BEFORE trigger the profile's foreign key would not find its user yet.
create or replace function app.provision_user()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := (new.raw_app_meta_data ->> 'org_id')::uuid;
  v_invitation public.invitations;
begin
  if v_org_id is null or exists (select from public.profiles p where p.user_id = new.id) then
    return new;
  end if;

  if exists (select from public.organizations o where o.id = v_org_id) then
    update public.invitations i
    set accepted_at = app.now()
    where i.id = (
      select c.id from public.invitations c
      where c.org_id = v_org_id and c.email = lower(new.email) and c.accepted_at is null and c.expires_at > app.now()
      order by c.token_hash = sha256(convert_to(coalesce(new.raw_user_meta_data ->> 'invitation_token', ''), 'utf8')) desc, c.created_at desc
      limit 1)
      and i.org_id = v_org_id
    returning i.* into v_invitation;
    if v_invitation.id is null then
      raise exception 'no open invitation for this address' using errcode = 'VX403';
    end if;
    insert into public.profiles (org_id, user_id, role, name, email)
    values (v_org_id, new.id, v_invitation.role, left(new.raw_user_meta_data ->> 'name', 100), new.email);
    return new;
  end if;

  perform app.found_org(v_org_id, new.id, new.email, new.raw_user_meta_data);
  return new;
end
$$;

comment on function app.provision_user() is
  'Trigger on auth.users: founds the organisation of a person who signs up (location, practitioner, service, hours, agent, profile as owner), or makes an invited person a member. An error fails the sign-up as a whole: nobody is left half-made.';

select app.seal('app.provision_user()', 'app_definer');
-- end of sql/0860_function_provision_user.sql
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
  v_now timestamptz := app.now();
begin
  update public.caller_messages m
  set caller_name = null, callback_number = null, body = '[erased]'
  where m.org_id = v_org_id and m.contact_id = p_contact_id;
  perform app.blank_calls(array(
    select c.id from public.call_logs c
    where c.org_id = v_org_id
      and (c.contact_id = p_contact_id or (c.contact_id is null and p_phone in (c.from_number, c.to_number)))));
  -- One that is being dialled this moment keeps its number until it is over: see app.close_outbound_call.
  update public.outbound_calls c
  set state = 'cancelled', reason = 'erased', ended_at = v_now, look_at = null, to_number = null, updated_at = v_now
  where c.org_id = v_org_id and c.contact_id = p_contact_id and c.state = 'waiting';
  update public.outbound_calls c
  set to_number = null, updated_at = v_now
  where c.org_id = v_org_id and c.contact_id = p_contact_id and c.state <> 'placing' and c.to_number is not null;
end
$$;

comment on function app.erase_calls(uuid, text) is
  'The part of app.erase_contact about calls: the person''s number, transcript, summary and messages left are blanked, also of calls of the number that no contact was made for; calls that were to be made are cancelled. Times, outcome and cost stay.';

select app.seal('app.erase_calls(uuid, text)', null, 'app_writer');
-- end of sql/0989_function_erase_calls.sql
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
  -- One person is not called twice for one thing, and at the number that stays.
  update public.outbound_calls c
  set state = 'cancelled', reason = 'merged', ended_at = v_now, look_at = null, updated_at = v_now
  where c.org_id = v_org_id and c.contact_id = p_from and c.state = 'waiting' and exists (
    select from public.outbound_calls k
    where k.org_id = v_org_id and k.contact_id = p_into and k.kind = c.kind and k.state in ('waiting', 'placing', 'under_way'));
  update public.outbound_calls c
  set contact_id = case when c.ended_at is null and exists (
      select from public.outbound_calls k
      where k.org_id = v_org_id and k.contact_id = p_into and k.kind = c.kind and k.state in ('waiting', 'placing', 'under_way'))
      then null else p_into end,
    to_number = case when c.state = 'waiting' then coalesce(k.phone, c.to_number) else c.to_number end, updated_at = v_now
  from public.contacts k
  where c.org_id = v_org_id and c.contact_id = p_from and k.org_id = v_org_id and k.id = p_into;
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
  update public.outbound_calls c
  set to_number = null, updated_at = v_now
  where c.org_id = v_org_id and c.call_id = any (p_call_ids) and c.ended_at is not null;
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
  perform app.check_fields(p_fields, 'name', 'address', 'time_zone', 'phone', 'phone_forwards_here',
    'calendar_stale_after_minutes');
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
  if app.is_our_number(btrim(p_fields ->> 'phone')) then
    raise exception 'this number is answered by the receptionist: callers would go round in circles' using errcode = 'VX400';
  end if;

  return query
  update public.locations l
  set name = case when p_fields ? 'name' then btrim(p_fields ->> 'name') else l.name end,
    address = case when p_fields ? 'address' then nullif(btrim(p_fields ->> 'address'), '') else l.address end,
    time_zone = case when p_fields ? 'time_zone' then p_fields ->> 'time_zone' else l.time_zone end,
    phone = case when p_fields ? 'phone' then nullif(btrim(p_fields ->> 'phone'), '') else l.phone end,
    phone_forwards_here = case when p_fields ? 'phone_forwards_here' then (p_fields ->> 'phone_forwards_here')::boolean else l.phone_forwards_here end,
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
  'Makes (p_location_id NULL) or changes a location and returns it. p_fields may hold name, address, time_zone (IANA; a new location has the organisation''s), phone (E.164, not one of ours), phone_forwards_here (that line forwards to us: nobody is put through to it) and calendar_stale_after_minutes; what is absent stays, null clears address and phone. Visits already booked keep their instant when the zone changes. Owner and admin only (VX403). VX404: no such location; VX400: an unknown field or a value that it may not have.';

select app.seal('app.save_location(uuid, jsonb)', 'app_writer', 'tenant_user');
-- end of sql/1257_function_save_location.sql
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
-- snapshot of sql/1601_function_left_at_twilio.sql
create or replace function app.left_at_twilio(p_number text)
returns jsonb
language sql
stable
set search_path = ''
as $$
  select looked.undo || jsonb_build_object('set', jsonb_build_object('calls', made.undo -> 'calls', 'texts', texts.undo))
  from (
    select p.id
    from public.provisioning p
    where p.org_id = app.require_org_id() and p.number = p_number and p.state in ('undone', 'released')
    order by p.created_at desc, p.id desc
    limit 1
  ) last
  join public.provisioning_steps looked
    on looked.org_id = app.require_org_id() and looked.provisioning_id = last.id and looked.step = 'check'
  join public.provisioning_steps made
    on made.org_id = looked.org_id and made.provisioning_id = last.id and made.step = 'import'
  join public.provisioning_steps texts
    on texts.org_id = looked.org_id and texts.provisioning_id = last.id and texts.step = 'messaging'
  where 'left' in (made.state, texts.state)
$$;

comment on function app.left_at_twilio(text) is
  'What a number of the tenant was like at Twilio before its last run, and what that run set and could not put back; NULL when it left nothing. So that what is ours is not taken for the clinic''s when the number is set up again.';

select app.seal('app.left_at_twilio(text)', null, 'app_writer');
-- end of sql/1601_function_left_at_twilio.sql
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
  if v_run.state in ('undoing', 'releasing') and p_account_changed then
    -- Giving it back may wait for nothing but a token that Twilio accepts.
    update public.provisioning p set account_ref = p_account_ref where p.org_id = v_org_id and p.id = v_run.id;
    perform app.start_provisioning(v_run.id);
    return query select * from app.provisioning_status(v_run.id);
    return;
  elsif v_run.state in ('undoing', 'releasing') then
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
    insert into public.provisioning_steps (org_id, provisioning_id, position, step, undo)
    select v_org_id, v_run.id, s.position, s.step, case s.step when 'check' then app.left_at_twilio(p_number) end
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
  'Begins giving the tenant a number (E.164) of the Twilio account that was just verified and sealed, or goes on with the run it has: claims the number, keeps the account, writes the run and its steps, puts the job in. The same again changes nothing; after a failure, with another token (p_account_changed) or another routing every step is gone through again. p_routing NULL: as it is, at first dynamic. Owner or admin only (VX403). VX400: no number; VX409: the number is another organisation''s or the clinic''s own line, there is no inbound agent (or, for fixed, no assistant), or the number is being given back. With another token that goes on with it at once, and the state returned is undoing or releasing.';

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
    if v_run.activated_at is null then
      perform app.notify_staff('number_active', 'A phone number is set up: its calls are answered', 'provisioning', p_provisioning_id);
    end if;
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
  if v_run.state <> 'running' and exists (
    select from public.provisioning_steps s
    where s.org_id = v_org_id and s.provisioning_id = p_provisioning_id and s.state = 'left') then
    perform app.notify_staff(
      'number_left', 'A phone number was given back, but not all of it could be taken away', 'provisioning', p_provisioning_id);
  end if;
  perform app.announce('provisioning_updated', 'provisioning', p_provisioning_id);
end
$$;

comment on function app.conclude_provisioning(uuid) is
  'Ends a run whose steps are all done (active) or undone. A released number''s row goes; the account is kept, its texts leave from another number of the clinic''s or, without one, from none. After a failed set-up the number stays the clinic''s, to text from. Staff are told when a line first works, and what had to be left.';

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
    -- Vapi would take a second credential, while it refuses a second import.
    case when v_run.state <> 'running' or v_step.step = 'credential' then v_step.settle_at end);
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
  select case v_run.state when 'running' then 'act' when 'undoing' then 'undo' else 'release' end, 0, v_step.step, v_run.number,
    v_step.attempts + case when v_step.attempts = 0 and v_step.intended_at is not null then 2 else 1 end,
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
      perform app.notify_staff('number_failed', 'A phone number could not be set up', 'provisioning', v_run.id);
    else
      -- A line that works is not taken down because a change of it failed.
      update public.provisioning p set state = 'active', next_at = null where p.org_id = v_org_id and p.id = v_run.id;
      -- It may be tried every ten minutes from here on: once is told until somebody has read it.
      if not exists (
        select from public.notifications n
        where n.org_id = v_org_id and n.kind = 'number_failed' and n.entity_id = v_run.id and n.read_at is null) then
        perform app.notify_staff(
          'number_failed', 'A change of a phone number failed: it works as before', 'provisioning', v_run.id);
      end if;
    end if;
  end if;
  perform app.announce('provisioning_updated', 'provisioning', v_run.id);
  return true;
end
$$;

comment on function app.fail_provisioning_step(uuid, uuid, text, text, boolean, boolean, integer) is
  'Writes why a step failed (p_error, a word of ours) and decides what follows: another try after 1, 2 and 4 seconds (p_pause_seconds: not sooner, the provider asks for it); after the fourth, or when it is final, a run that never worked is undone and one that works stays as it was, and staff are told. Undoing goes on trying, in growing steps to a quarter of an hour; what is refused for good twenty times is left and named. p_may_still_act: nobody answered, so what it made is looked for half a minute later. False: the lease is lost.';

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
begin
  perform app.require_admin();
  return app.release_line(p_phone_number_id);
end
$$;

comment on function app.release_phone_number(uuid) is
  'Gives a number up as a member wishes, see release_line. Returns the run, to wait for. Owner or admin only (VX403). VX404: no such number.';

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
create or replace function app.refresh_routing(p_provisioning_id uuid, p_routed_as text, p_texts_url text)
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
  update public.provisioning_steps s
  set state = 'waiting', attempts = 0, error = null, updated_at = v_now
  where s.org_id = v_org_id and s.provisioning_id = p_provisioning_id and s.step = 'messaging'
    and s.undo ->> 'smsUrl' is distinct from p_texts_url;
  update public.provisioning p
  set state = 'running', next_at = null, updated_at = v_now
  where p.org_id = v_org_id and p.id = p_provisioning_id;
  return true;
end
$$;

comment on function app.refresh_routing(uuid, text, text) is
  'Has a line that works routed anew when it was routed otherwise than p_routed_as says, as after a change of our address or of the webhook''s secret; with another address (p_texts_url) its texts are directed anew as well. Returns whether there is something to do.';

select app.seal('app.refresh_routing(uuid, text, text)', 'app_writer', 'tenant_service');
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
-- snapshot of sql/1640_function_outbound_line.sql
create or replace function app.outbound_line(p_agent_id uuid)
returns app.outbound_line
language sql
stable
set search_path = ''
as $$
  select g.id, g.vapi_assistant_id, n.id, n.vapi_phone_number_id, n.number, coalesce(n.location_id, (
      select l.id from public.locations l where l.org_id = o.id order by l.created_at, l.id limit 1)),
    coalesce(g.max_call_duration, '10 minutes')
  from (select app.require_org_id() as id) o
  left join lateral (
    select a.id, r.vapi_assistant_id, a.max_call_duration
    from public.agents a
    join public.assistant_routes r on r.org_id = a.org_id and r.agent_id = a.id
    where a.org_id = o.id and a.deleted_at is null
      and (a.id = p_agent_id or (p_agent_id is null and a.is_default))
    order by a.role = 'outbound' desc
    limit 1
  ) g on true
  left join lateral (
    select p.id, p.vapi_phone_number_id, p.number, p.location_id
    from public.phone_numbers p
    where p.org_id = o.id and p.vapi_phone_number_id is not null
    -- The agent's own number, where it has one: who calls back reaches the same voice.
    order by p.agent_id is not distinct from g.id desc, p.created_at, p.id
    limit 1
  ) n on true
$$;

comment on function app.outbound_line(uuid) is
  'Who calls, and from which of the clinic''s numbers: the agent that is named, else the default outbound agent, else the default inbound one, as far as it has an assistant at Vapi; the agent''s own number, else the oldest that Vapi knows. What is missing is NULL.';

select app.seal('app.outbound_line(uuid)', null, 'app_writer');
-- end of sql/1640_function_outbound_line.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1642_function_call_cap_reached.sql
-- As app.daily_cap_reached does for texts: far below the cap nobody waits, the last fifty are counted one after the other.
create or replace function app.call_cap_reached(p_now timestamptz)
returns boolean
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_day timestamptz;
  v_cap integer;
  v_count bigint;
begin
  select s.per_day into v_cap from public.outbound_shares s where s.org_id = v_org_id;
  select app.local_instant((p_now at time zone o.time_zone)::date::timestamp, o.time_zone, false) into strict v_day
  from public.organizations o
  where o.id = v_org_id;
  for v_try in 1 .. 2 loop
    select count(*) into v_count
    from public.outbound_calls c
    where c.org_id = v_org_id and c.created_at >= v_day and (c.state <> 'cancelled' or c.attempt > 0);
    exit when v_try = 2 or v_count < v_cap - 50;
    perform pg_advisory_xact_lock(5, hashtext(v_org_id::text));
  end loop;
  return v_count >= v_cap;
end
$$;

comment on function app.call_cap_reached(timestamptz) is
  'Whether the clinic asked for as many calls today (its own day) as its share allows; those that were taken back before anybody was called do not count. Close to the cap it keeps others from counting until the transaction ends.';

select app.seal('app.call_cap_reached(timestamptz)', null, 'app_writer');
-- end of sql/1642_function_call_cap_reached.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1644_function_objection_to_call.sql
-- Judged when a call is asked for, and again when it is about to be made: hours may lie between the two.
create or replace function app.objection_to_call(
  p_kind text,
  p_contact_id uuid,
  p_to text,
  p_appointment_id uuid,
  p_campaign_step_id uuid,
  p_now timestamptz
)
returns text
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_contact public.contacts;
begin
  if exists (select from public.organizations o where o.id = v_org_id and o.deleted_at is not null) then
    return 'clinic_left';
  end if;
  if p_kind <> 'test' then
    select * into v_contact from public.contacts c where c.org_id = v_org_id and c.id = p_contact_id;
    if v_contact.id is null or v_contact.erased_at is not null then
      return 'erased';
    elsif v_contact.phone is null then
      return 'no_phone';
    elsif v_contact.phone <> p_to then
      return 'number_changed';
    end if;
  end if;
  if app.is_opted_out('voice', p_to) then
    return 'opted_out';
  elsif app.is_our_number(p_to) then
    return 'our_number';
  end if;

  if p_kind = 'reminder' or p_appointment_id is not null then
    if not exists (
      select from public.appointments a
      where a.org_id = v_org_id and a.id = p_appointment_id and a.status in ('pending', 'confirmed') and a.scheduled_at > p_now)
    then
      return 'visit_over';
    end if;
  end if;
  if p_kind = 'campaign' then
    if v_contact.marketing_consent_at is null then
      return 'no_consent';
    elsif not exists (
      select from public.campaign_steps s
      join public.campaigns c on c.org_id = s.org_id and c.id = s.campaign_id
      where s.org_id = v_org_id and s.id = p_campaign_step_id and c.status <> 'stopped')
    then
      return 'stopped';
    end if;
  end if;
  return null;
end
$$;

comment on function app.objection_to_call(text, uuid, text, uuid, uuid, timestamptz) is
  'Why a call of a kind must not be made to p_to (E.164), or NULL: clinic_left, erased, no_phone, number_changed (the contact has another by now), opted_out (of calls; texts are another matter), our_number (a robot would answer), visit_over (the visit it is about was cancelled or has begun), no_consent and stopped (campaigns). Quiet hours are no objection, they put off.';

select app.seal('app.objection_to_call(text, uuid, text, uuid, uuid, timestamptz)', null, 'app_writer');
-- end of sql/1644_function_objection_to_call.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1645_function_replayed_call.sql
create or replace function app.replayed_call(p_send_key text)
returns app.outbound_answer
language sql
stable
set search_path = ''
as $$
  select 'replayed', c.id, c.state, c.due_at, c.until_at, null
  from public.outbound_calls c
  where c.org_id = app.require_org_id() and c.send_key = p_send_key
$$;

comment on function app.replayed_call(text) is
  'What became of a wish to call that came before under the same key; NULL in every field where none did.';

select app.seal('app.replayed_call(text)', null, 'app_writer');
-- end of sql/1645_function_replayed_call.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1646_function_queue_outbound_call.sql
-- The number is locked first: two wishes at once for one contact, or one wish twice, are judged one after the other.
create or replace function app.queue_outbound_call(
  p_kind text,
  p_contact_id uuid,
  p_to text,
  p_agent_id uuid,
  p_not_before timestamptz,
  p_send_key text,
  p_number_zones text[] default '{}',
  p_until timestamptz default null,
  p_appointment_id uuid default null,
  p_campaign_step_id uuid default null
)
returns app.outbound_answer
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_now timestamptz;
  v_line app.outbound_line;
  v_answer app.outbound_answer;
begin
  perform app.lock_number(coalesce(p_to, p_contact_id::text));
  v_now := app.now();
  v_answer := app.replayed_call(p_send_key);
  if v_answer.outcome is not null then
    return v_answer;
  end if;
  insert into public.outbound_shares (org_id) values (v_org_id) on conflict (org_id) do nothing;

  v_answer.outcome := 'refused';
  v_answer.refusal := app.objection_to_call(p_kind, p_contact_id, p_to, p_appointment_id, p_campaign_step_id, v_now);
  if v_answer.refusal is not null then
    return v_answer;
  end if;
  v_line := app.outbound_line(p_agent_id);
  select c.id, c.state into v_answer.outbound_call_id, v_answer.state
  from public.outbound_calls c
  where c.org_id = v_org_id and c.state in ('waiting', 'placing', 'under_way') and c.kind = p_kind
    and case when p_kind = 'test' then c.to_number = p_to else c.contact_id = p_contact_id end;
  v_answer.due_at := greatest(v_now, p_not_before);
  if p_kind <> 'test' then
    v_answer.due_at := app.next_sending_time(p_contact_id, p_number_zones, v_answer.due_at);
  end if;
  v_answer.until_at := coalesce(p_until, v_answer.due_at + case p_kind when 'test' then interval '15 minutes' else '24 hours' end);
  v_answer.refusal := case
    when v_answer.outbound_call_id is not null then 'already_open'
    when v_line.agent_id is null then 'no_assistant'
    when v_line.phone_number_id is null then 'no_number'
    when v_answer.due_at >= v_answer.until_at then 'too_late'
    when app.call_cap_reached(v_now) then 'daily_cap'
  end;
  if v_answer.refusal is not null then
    v_answer.due_at := null;
    v_answer.until_at := null;
    return v_answer;
  end if;

  insert into public.outbound_calls (org_id, kind, contact_id, appointment_id, campaign_step_id, to_number, number_zones, agent_id,
    requested_by, send_key, due_at, until_at, look_at)
  values (v_org_id, p_kind, p_contact_id, p_appointment_id, p_campaign_step_id, p_to, coalesce(p_number_zones, '{}'), p_agent_id,
    app.current_user_id(), p_send_key, v_answer.due_at, v_answer.until_at, v_answer.until_at)
  on conflict (org_id, send_key) where send_key is not null do nothing
  returning id, state into v_answer.outbound_call_id, v_answer.state;
  if not found then
    return app.replayed_call(p_send_key); -- one key for two numbers at once: the first wish is the wish
  end if;
  v_answer.outcome := 'queued';
  if v_answer.due_at <= v_now then
    perform app.enqueue_job('dial_calls', '{}');
  end if;
  perform app.announce('outbound_call_updated', 'outbound_call', v_answer.outbound_call_id);
  return v_answer;
end
$$;

comment on function app.queue_outbound_call(text, uuid, text, uuid, timestamptz, text, text[], timestamptz, uuid, uuid) is
  'Queues a call of any kind, or says why not: see app.outbound_answer. p_to is E.164, for every kind but test the contact''s own number. Not before p_not_before (NULL: now) and not in the quiet hours where the recipient is (p_number_zones as in app.next_sending_time), which a test call does not heed; not after p_until (NULL: 15 minutes after it is due for a test, else a day). p_agent_id NULL: see app.outbound_line.';

select app.seal('app.queue_outbound_call(text, uuid, text, uuid, timestamptz, text, text[], timestamptz, uuid, uuid)', null, 'app_writer');
-- end of sql/1646_function_queue_outbound_call.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1647_function_latest_dialling.sql
create or replace function app.latest_dialling(p_call public.outbound_calls, p_now timestamptz)
returns timestamptz
language plpgsql
stable
set search_path = ''
as $$
declare
  v_at timestamptz;
begin
  if (p_call).kind = 'test' then
    return null;
  end if;
  for v_minutes in reverse 60 .. 10 by 10 loop
    v_at := p_now + make_interval(mins => v_minutes);
    if v_at <= (p_call).until_at and app.next_sending_time((p_call).contact_id, (p_call).number_zones, v_at) = v_at then
      return v_at;
    end if;
  end loop;
  return least(p_now + interval '1 minute', (p_call).until_at);
end
$$;

comment on function app.latest_dialling(public.outbound_calls, timestamptz) is
  'Until when Vapi may dial a call that it is asked for now, where it has to wait itself: an hour at most, and not into the quiet hours where the recipient is. NULL for a test, which is dialled at once.';

select app.seal('app.latest_dialling(public.outbound_calls, timestamptz)', null, 'app_writer');
-- end of sql/1647_function_latest_dialling.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1648_function_request_outbound_call.sql
create or replace function app.request_outbound_call(
  p_kind text,
  p_contact_id uuid,
  p_to text,
  p_agent_id uuid,
  p_not_before timestamptz,
  p_send_key text,
  p_number_zones text[] default '{}',
  p_appointment_id uuid default null
)
returns setof app.outbound_answer
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_to text := p_to;
begin
  if p_kind = 'test' then
    perform app.require_admin();
  else
    perform app.require_staff();
  end if;
  if p_kind is null or p_kind not in ('call_back', 'test') then
    raise exception 'a call is a call_back or a test' using errcode = 'VX400';
  elsif (p_kind = 'test') <> (p_contact_id is null) or (p_kind = 'test') <> (p_to is not null) then
    raise exception 'a test call needs a number, every other one a contact' using errcode = 'VX400';
  elsif p_to !~ '^\+[1-9][0-9]{6,14}$' then
    raise exception 'the number is no phone number in E.164' using errcode = 'VX400';
  elsif p_not_before > app.now() + interval '30 days' then
    raise exception 'a call can be put off by 30 days at most' using errcode = 'VX400';
  end if;
  if p_contact_id is not null then
    select c.phone into v_to from public.contacts c where c.org_id = v_org_id and c.id = p_contact_id;
    if not found then
      raise exception 'there is no such contact' using errcode = 'VX404';
    end if;
  end if;
  if p_agent_id is not null and not exists (
    select from public.agents a where a.org_id = v_org_id and a.id = p_agent_id and a.deleted_at is null)
  then
    raise exception 'there is no such agent' using errcode = 'VX404';
  elsif p_appointment_id is not null and not exists (
    select from public.appointments a where a.org_id = v_org_id and a.id = p_appointment_id and a.contact_id = p_contact_id)
  then
    raise exception 'there is no such appointment' using errcode = 'VX404';
  end if;
  return next app.queue_outbound_call(
    p_kind, p_contact_id, v_to, p_agent_id, p_not_before, p_send_key, p_number_zones, null, p_appointment_id, null);
end
$$;

comment on function app.request_outbound_call(text, uuid, text, uuid, timestamptz, text, text[], uuid) is
  'A call that a member asks for. call_back calls a contact (staff only, VX403) at its number; p_to stays NULL. test calls p_to (E.164), which an owner or admin gives (VX403), without a contact and also at night. Answers as app.queue_outbound_call does; the same p_send_key again is replayed. p_number_zones are the IANA zones of the recipient''s number. VX404 for an unknown contact, agent or visit of the contact''s; VX400 for another kind, a number that is none, more than 30 days ahead.';

select app.seal('app.request_outbound_call(text, uuid, text, uuid, timestamptz, text, text[], uuid)', 'app_writer', 'tenant_user');
-- end of sql/1648_function_request_outbound_call.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1650_function_outbound_calls_shown.sql
create or replace function app.outbound_calls_shown(p_ids uuid[], p_total bigint, p_total_is_estimate boolean)
returns setof app.outbound_call_row
language sql
stable
set search_path = ''
as $$
  select c.id, c.kind, c.contact_id, k.name, c.appointment_id, c.to_number, n.number, c.agent_id, a.name, c.state, c.reason,
    c.attempt::integer, c.answered, c.call_id, c.due_at, c.until_at, c.placed_at, c.ended_at, c.requested_by, p.name, c.created_at,
    c.updated_at, p_total, p_total_is_estimate
  from unnest(p_ids) with ordinality page (id, place)
  join public.outbound_calls c on c.org_id = app.require_org_id() and c.id = page.id
  left join public.contacts k on k.org_id = c.org_id and k.id = c.contact_id
  left join public.phone_numbers n on n.org_id = c.org_id and n.id = c.phone_number_id
  left join public.agents a on a.org_id = c.org_id and a.id = c.agent_id
  left join public.profiles p on p.org_id = c.org_id and p.user_id = c.requested_by
  order by page.place
$$;

comment on function app.outbound_calls_shown(uuid[], bigint, boolean) is
  'Outbound calls with the names that the dashboard shows, in the order of their ids. The total is passed through to each row.';

select app.seal('app.outbound_calls_shown(uuid[], bigint, boolean)', null, 'app_writer');
-- end of sql/1650_function_outbound_calls_shown.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1651_function_list_outbound_calls.sql
create or replace function app.list_outbound_calls(
  p_page integer,
  p_limit integer,
  p_state text default null,
  p_kind text default null,
  p_contact_id uuid default null
)
returns setof app.outbound_call_row
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_total bigint;
  v_span app.page_span;
  v_ids uuid[];
begin
  select count(*) into v_total
  from (
    select from public.outbound_calls c
    where c.org_id = v_org_id and (p_state is null or c.state = p_state) and (p_kind is null or c.kind = p_kind)
      and (p_contact_id is null or c.contact_id = p_contact_id)
    limit 50001
  ) counted;
  v_span := app.page_span(v_total, v_total > 50000, p_page, p_limit);
  if v_span.from_end then
    v_ids := array(
      select x.id
      from (
        select c.id, c.created_at
        from public.outbound_calls c
        where c.org_id = v_org_id and (p_state is null or c.state = p_state) and (p_kind is null or c.kind = p_kind)
          and (p_contact_id is null or c.contact_id = p_contact_id)
        order by c.created_at, c.id
        limit v_span.take offset v_span.skip
      ) x
      order by x.created_at desc, x.id desc);
  else
    v_ids := array(
      select c.id
      from public.outbound_calls c
      where c.org_id = v_org_id and (p_state is null or c.state = p_state) and (p_kind is null or c.kind = p_kind)
        and (p_contact_id is null or c.contact_id = p_contact_id)
      order by c.created_at desc, c.id desc
      limit v_span.take offset v_span.skip);
  end if;
  return query select r.* from app.outbound_calls_shown(v_ids, least(v_total, 50000), v_total > 50000) r;
end
$$;

comment on function app.list_outbound_calls(integer, integer, text, text, uuid) is
  'A page of the calls that the clinic makes or made, the newest wish first. NULL filters nothing; p_state and p_kind are words of outbound_calls. Every member may look.';

select app.seal('app.list_outbound_calls(integer, integer, text, text, uuid)', 'app_writer', 'tenant_user');
-- end of sql/1651_function_list_outbound_calls.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1652_function_read_outbound_call.sql
create or replace function app.read_outbound_call(p_id uuid)
returns setof app.outbound_call_row
language sql
stable
security definer
set search_path = ''
as $$
  select r.* from app.outbound_calls_shown(array[p_id], 1, false) r
$$;

comment on function app.read_outbound_call(uuid) is
  'One call that the clinic makes or made; no row when there is none. Every member may look.';

select app.seal('app.read_outbound_call(uuid)', 'app_writer', 'tenant_user');
-- end of sql/1652_function_read_outbound_call.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1653_function_close_outbound_call.sql
create or replace function app.close_outbound_call(p_id uuid, p_state text, p_reason text, p_answered boolean default null)
returns void
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_now timestamptz := app.now();
  v_kind text;
begin
  update public.outbound_calls c
  set state = p_state, reason = p_reason, answered = p_answered, ended_at = v_now, look_at = null, lease_id = null, updated_at = v_now,
    -- It was left standing at the erasure, because somebody was about to dial it.
    to_number = case when exists (
      select from public.contacts k where k.org_id = c.org_id and k.id = c.contact_id and k.erased_at is not null)
      then null else c.to_number end
  where c.org_id = v_org_id and c.id = p_id
  returning c.kind into strict v_kind;
  -- Whoever asked for a test waits for it; of a campaign nobody expects a call in particular.
  if p_state = 'given_up' and v_kind in ('call_back', 'reminder') then
    perform app.notify_staff('outbound_call_failed', 'A call could not be made', 'outbound_call', p_id);
  end if;
  perform app.announce('outbound_call_updated', 'outbound_call', p_id);
end
$$;

comment on function app.close_outbound_call(uuid, text, text, boolean) is
  'Ends an outbound call of the tenant for good, as ended, cancelled or given_up, with the reason in a word of ours; gives its slot back. Staff are told of a call back or reminder that was given up. The caller holds the row''s lock.';

select app.seal('app.close_outbound_call(uuid, text, text, boolean)', null, 'app_writer');
-- end of sql/1653_function_close_outbound_call.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1654_function_cancel_outbound_call.sql
create or replace function app.cancel_outbound_call(p_id uuid)
returns setof app.outbound_cancellation
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_state text;
begin
  perform app.require_staff();
  select c.state into v_state
  from public.outbound_calls c
  where c.org_id = app.require_org_id() and c.id = p_id
  for no key update;
  if not found then
    raise exception 'there is no such call' using errcode = 'VX404';
  end if;
  if v_state = 'waiting' then
    perform app.close_outbound_call(p_id, 'cancelled', 'by_staff');
    v_state := 'cancelled';
  end if;
  return query select case v_state when 'cancelled' then 'cancelled' else 'too_late' end, v_state;
end
$$;

comment on function app.cancel_outbound_call(uuid) is
  'Takes back a call that still waits, see app.outbound_cancellation; repeating it changes nothing. Staff only (VX403); VX404 for an unknown call.';

select app.seal('app.cancel_outbound_call(uuid)', 'app_writer', 'tenant_user');
-- end of sql/1654_function_cancel_outbound_call.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1655_function_take_outbound_call.sql
-- One lock for all clinics, held for as long as it takes to read a few index entries: the slots are counted by whoever takes
-- one, so that there are never more. It waits for no row: a call that is being taken back is passed over.
create or replace function app.take_outbound_call(p_limit integer, p_lease_id uuid, p_lease_seconds integer)
returns setof app.outbound_ref
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_now timestamptz;
  v_org_id uuid;
  v_id uuid;
begin
  perform pg_advisory_xact_lock(9, 0);
  v_now := app.now();
  if p_limit <= (select count(*) from public.outbound_calls c where c.state in ('placing', 'under_way')) then
    return;
  end if;
  for v_org_id in
    select s.org_id
    from public.outbound_shares s
    cross join lateral (
      select count(*) as slots
      from public.outbound_calls c
      where c.org_id = s.org_id and c.state in ('placing', 'under_way')
    ) held
    -- The limit has each clinic's earliest call looked up; without it all that wait would be read.
    cross join lateral (
      select from public.outbound_calls c
      where c.org_id = s.org_id and c.state = 'waiting' and c.due_at <= v_now
      limit 1
    ) due
    where s.at_once is null or held.slots < s.at_once
    order by held.slots, s.last_taken_at nulls first, s.org_id
  loop
    select c.id into v_id
    from public.outbound_calls c
    where c.org_id = v_org_id and c.state = 'waiting' and c.due_at <= v_now
    order by c.due_at, c.id
    limit 1
    for no key update skip locked;
    if found then
      update public.outbound_calls c
      set state = 'placing', lease_id = p_lease_id, look_at = v_now + make_interval(secs => p_lease_seconds), taken_at = v_now, updated_at = v_now
      where c.org_id = v_org_id and c.id = v_id;
      update public.outbound_shares s set last_taken_at = v_now where s.org_id = v_org_id;
      return next row(v_org_id, v_id, p_lease_id)::app.outbound_ref;
      return;
    end if;
  end loop;
end
$$;

comment on function app.take_outbound_call(integer, uuid, integer) is
  'Takes the next call that is due, of all tenants, and with it one of the account''s p_limit slots; no row when none is free or nothing is due. Next is the clinic that holds the fewest slots, among those the one that was served longest ago, and of its calls the earliest due. The call is p_lease_id''s for p_lease_seconds; it is judged by app.prepare_outbound_call before anybody dials.';

select app.seal('app.take_outbound_call(integer, uuid, integer)', 'app_definer', 'voxanne_login');
-- end of sql/1655_function_take_outbound_call.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1656_function_put_off_call.sql
create or replace function app.put_off_call(p_id uuid, p_due_at timestamptz, p_reason text, p_more_tries integer)
returns void
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
begin
  if exists (select from public.outbound_calls c where c.org_id = v_org_id and c.id = p_id and p_due_at >= c.until_at) then
    perform app.close_outbound_call(p_id, 'given_up', 'expired');
    return;
  end if;
  update public.outbound_calls c
  set state = 'waiting', reason = p_reason, due_at = p_due_at, look_at = c.until_at, tries = c.tries + p_more_tries, lease_id = null,
    handed_over_at = null, updated_at = app.now()
  where c.org_id = v_org_id and c.id = p_id;
  perform app.enqueue_job('dial_calls', '{}'); -- the slot is another's now
end
$$;

comment on function app.put_off_call(uuid, timestamptz, text, integer) is
  'Gives a call''s slot back and has it wait again until p_due_at, with the reason in a word of ours; gives it up as expired when that is past its time. p_more_tries is how many tries this counts for. The caller holds the row''s lock.';

select app.seal('app.put_off_call(uuid, timestamptz, text, integer)', null, 'app_writer');
-- end of sql/1656_function_put_off_call.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1657_function_prepare_outbound_call.sql
-- Between the wish and this moment the patient may have opted out, the visit been cancelled, the night begun. What is
-- written here before the request leaves is what tells, after a crash, that the call may exist.
create or replace function app.prepare_outbound_call(p_id uuid, p_lease_id uuid)
returns setof app.outbound_dial
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_call public.outbound_calls;
  v_line app.outbound_line;
  v_now timestamptz;
  v_due timestamptz;
  v_reason text;
  v_dial app.outbound_dial;
begin
  select * into v_call
  from public.outbound_calls c
  where c.org_id = v_org_id and c.id = p_id and c.state = 'placing' and c.lease_id = p_lease_id and c.handed_over_at is null
  for no key update;
  v_now := app.now();
  if v_call.id is null or v_call.look_at <= v_now then
    v_dial.outcome := 'lost';
    return next v_dial;
    return;
  end if;

  v_reason := app.objection_to_call(v_call.kind, v_call.contact_id, v_call.to_number, v_call.appointment_id, v_call.campaign_step_id, v_now);
  if v_reason is null and v_call.until_at <= v_now then
    v_reason := 'expired';
  end if;
  v_due := case when v_call.kind = 'test' then v_now else app.next_sending_time(v_call.contact_id, v_call.number_zones, v_now) end;
  v_line := app.outbound_line(v_call.agent_id);
  if v_reason is not null then
    perform app.close_outbound_call(p_id, 'given_up', v_reason);
    v_dial.outcome := 'over';
  elsif v_due > v_now then
    perform app.put_off_call(p_id, v_due, 'quiet_hours', 0);
    v_dial.outcome := 'put_off';
  elsif v_line.agent_id is null or v_line.phone_number_id is null then
    -- An agent that is being brought in step, a number that is being set up: it may come back before the call expires.
    perform app.put_off_call(p_id, v_now + interval '5 minutes', case when v_line.agent_id is null then 'no_assistant' else 'no_number' end, 0);
    v_dial.outcome := 'put_off';
  end if;
  if v_dial.outcome is not null then
    return next v_dial;
    return;
  end if;

  update public.outbound_calls c
  set handed_over_at = v_now, look_at = v_now + interval '2 minutes', phone_number_id = v_line.phone_number_id,
    vapi_assistant_id = v_line.vapi_assistant_id, updated_at = v_now
  where c.org_id = v_org_id and c.id = p_id;
  select 'dial', v_call.kind, v_line.vapi_assistant_id, v_line.vapi_phone_number_id, v_call.to_number,
    case when v_call.kind <> 'test' then v_now end, app.latest_dialling(v_call, v_now), o.name, v_line.number, l.address, l.time_zone, v_now,
    (select array_to_string(app.local_words(a.scheduled_at, w.time_zone, app.contact_language(v_call.contact_id)), ' ')
      from public.appointments a
      join public.locations w on w.org_id = a.org_id and w.id = a.location_id
      where a.org_id = v_org_id and a.id = v_call.appointment_id and v_call.kind = 'reminder')
  into v_dial
  from public.organizations o
  left join public.locations l on l.org_id = o.id and l.id = v_line.location_id
  where o.id = v_org_id;
  return next v_dial;
end
$$;

comment on function app.prepare_outbound_call(uuid, uuid) is
  'The last word before a call that was taken is dialled: judges it anew and says how to make it, see app.outbound_dial. From outcome dial on the call counts as handed over to Vapi. Quiet hours, and a clinic that has no assistant or number just now, put it off; everything else ends it.';

select app.seal('app.prepare_outbound_call(uuid, uuid)', 'app_writer', 'tenant_service');
-- end of sql/1657_function_prepare_outbound_call.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1658_function_note_call_placed.sql
-- The first webhook may be faster than Vapi's answer, and its last one, too. Whoever writes the call's end holds the call's
-- lock; taking it first, we either see the end or come before it.
create or replace function app.note_call_placed(p_id uuid, p_lease_id uuid, p_vapi_call_id text)
returns boolean
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_call public.outbound_calls;
  v_line app.outbound_line;
  v_call_id uuid;
  v_now timestamptz;
begin
  select * into v_call from public.outbound_calls c where c.org_id = v_org_id and c.id = p_id;
  if v_call.id is null or v_call.state <> 'placing' or v_call.lease_id <> p_lease_id then
    return v_call.vapi_call_id is not distinct from p_vapi_call_id and v_call.id is not null;
  end if;
  select l.id into v_call_id from public.call_logs l where l.org_id = v_org_id and l.vapi_call_id = p_vapi_call_id;
  perform app.lock_call(v_call_id);
  v_line := app.outbound_line(v_call.agent_id);
  v_call_id := app.ensure_call(p_vapi_call_id, 'outbound', v_line.agent_id, v_line.location_id, v_call.to_number, (
    select n.number from public.phone_numbers n where n.org_id = v_org_id and n.id = v_call.phone_number_id));
  perform app.lock_call(v_call_id);

  v_now := app.now();
  update public.outbound_calls c
  set state = 'under_way', reason = null, lease_id = null, vapi_call_id = p_vapi_call_id, call_id = v_call_id, placed_at = v_now,
    attempt = c.attempt + 1, tries = 0, look_at = v_now + v_line.longest + interval '2 minutes',
    ends_by = v_now + v_line.longest + interval '2 hours', updated_at = v_now
  where c.org_id = v_org_id and c.id = p_id and c.state = 'placing' and c.lease_id = p_lease_id;
  if not found then
    return false; -- another settled it meanwhile
  end if;
  update public.call_logs l
  set contact_id = v_call.contact_id, updated_at = v_now
  where l.org_id = v_org_id and l.id = v_call_id and l.contact_id is null and v_call.contact_id is not null;
  perform app.announce('outbound_call_updated', 'outbound_call', p_id);
  if exists (select from public.call_logs l where l.org_id = v_org_id and l.id = v_call_id and l.status = 'ended') then
    perform app.conclude_outbound_call(v_call_id);
  end if;
  return true;
end
$$;

comment on function app.note_call_placed(uuid, uuid, text) is
  'Vapi makes the call: it is under way as p_vapi_call_id, with its row among the calls, outbound and of its contact. Where a webhook came first, that row is taken; where the call has ended already, it is concluded. Returns whether it stands now as that call; false when the lease was lost to another.';

select app.seal('app.note_call_placed(uuid, uuid, text)', 'app_writer', 'tenant_service');
-- end of sql/1658_function_note_call_placed.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1660_function_fail_outbound_call.sql
create or replace function app.fail_outbound_call(p_id uuid, p_lease_id uuid, p_reason text, p_final boolean, p_pause_seconds integer)
returns boolean
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_counts constant boolean := p_reason in ('refused', 'unreachable');
  v_tries integer;
begin
  if p_reason is null or p_reason not in ('refused', 'unreachable', 'line_busy', 'unauthorized') then
    raise exception 'a call is not made for no reason' using errcode = 'VX400';
  end if;
  select c.tries + 1 into v_tries
  from public.outbound_calls c
  where c.org_id = v_org_id and c.id = p_id and c.state = 'placing' and c.lease_id = p_lease_id
  for no key update;
  if not found then
    return false;
  end if;
  if p_final or (v_counts and v_tries >= 5) then
    perform app.close_outbound_call(p_id, 'given_up', p_reason);
  else
    perform app.put_off_call(p_id, app.now() + make_interval(secs => p_pause_seconds * case when v_counts then 2 ^ (v_tries - 1) else 1 end), p_reason, v_counts::integer);
  end if;
  return true;
end
$$;

comment on function app.fail_outbound_call(uuid, uuid, text, boolean, integer) is
  'Vapi surely made no call: refused (as such; p_final: asking again is useless), unreachable, or, which counts as no try of this call: line_busy (every slot of the account is taken, or it asks too much) and unauthorized (our key is refused). It waits again for p_pause_seconds, doubled with every try; after five in a row it is given up and staff are told. Returns false when the lease was lost to another.';

select app.seal('app.fail_outbound_call(uuid, uuid, text, boolean, integer)', 'app_writer', 'tenant_service');
-- end of sql/1660_function_fail_outbound_call.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1662_function_ending_of_call.sql
create or replace function app.ending_of_call(p_ended_reason text, p_connected boolean)
returns text
language sql
immutable
parallel safe
set search_path = ''
as $$
  select case
    when p_ended_reason like '%busy%' then 'busy'
    when p_ended_reason like '%did-not-answer%' or p_ended_reason like '%no-answer%' then 'no_answer'
    when p_ended_reason like '%voicemail%' then 'voicemail'
    when p_ended_reason in ('manually-canceled', 'scheduled-call-deleted') then 'stopped'
    when (p_ended_reason like '%error%' or p_ended_reason like '%fail%' or p_ended_reason like '%misdialed%' or p_ended_reason is null)
      and not coalesce(p_connected, false) then 'failed'
    else 'completed'
  end
$$;

comment on function app.ending_of_call(text, boolean) is
  'How a call that we made ended, in a word of ours for Vapi''s endedReason, an open set: busy, no_answer, voicemail, stopped (by somebody with access to the account), failed, or completed: somebody was on the line. p_connected decides about errors: one in the middle of a talk leaves a person reached.';

select app.seal('app.ending_of_call(text, boolean)', null, 'app_writer');
-- end of sql/1662_function_ending_of_call.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1664_function_conclude_outbound_call.sql
create or replace function app.conclude_outbound_call(p_call_id uuid)
returns void
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_now timestamptz;
  v_call public.outbound_calls;
  v_ending text;
  v_due timestamptz;
begin
  select * into v_call
  from public.outbound_calls c
  where c.org_id = v_org_id and c.call_id = p_call_id and c.state = 'under_way'
  for no key update;
  if not found then
    return;
  end if;
  v_now := app.now();
  select app.ending_of_call(l.ended_reason, l.started_at is not null or l.duration_seconds > 0) into v_ending
  from public.call_logs l
  where l.org_id = v_org_id and l.id = p_call_id;
  v_due := app.next_sending_time(v_call.contact_id, v_call.number_zones, v_now + interval '30 minutes');
  if v_call.kind in ('reminder', 'campaign') and v_ending in ('busy', 'no_answer', 'voicemail') and v_call.attempt < 3
    and v_due < v_call.until_at
  then
    perform app.put_off_call(v_call.id, v_due, v_ending, 0);
    perform app.announce('outbound_call_updated', 'outbound_call', v_call.id);
    return;
  end if;
  perform app.close_outbound_call(v_call.id, 'ended', v_ending, v_ending = 'completed');
  perform app.enqueue_job('dial_calls', '{}');
end
$$;

comment on function app.conclude_outbound_call(uuid) is
  'A call has ended: gives its slot back, if it was one that we made and nobody did so before. Reminders and campaigns that reached nobody (busy, no answer, voicemail) are called again after half an hour, three times in all; call backs and tests once. The caller holds the call''s lock and has written its end.';

select app.seal('app.conclude_outbound_call(uuid)', null, 'app_writer');
-- end of sql/1664_function_conclude_outbound_call.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1666_function_outbound_calls_to_settle.sql
create or replace function app.outbound_calls_to_settle(p_limit integer)
returns setof app.outbound_ref
language sql
stable
security definer
set search_path = ''
as $$
  select c.org_id, c.id, null::uuid
  from public.outbound_calls c
  where c.state in ('waiting', 'placing', 'under_way') and c.look_at <= app.now()
  order by c.look_at, c.id
  limit p_limit
$$;

comment on function app.outbound_calls_to_settle(integer) is
  'Outbound calls of all tenants about which nothing was heard in time: those that waited too long, whose dialer died, or that should have ended. The longest overdue first; ids only, no leases.';

select app.seal('app.outbound_calls_to_settle(integer)', 'app_definer', 'voxanne_login');
-- end of sql/1666_function_outbound_calls_to_settle.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1667_function_outbound_call_to_settle.sql
create or replace function app.outbound_call_to_settle(p_id uuid, p_lease_id uuid)
returns setof app.outbound_question
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_now timestamptz;
  v_call public.outbound_calls;
  v_question app.outbound_question;
begin
  select * into v_call from public.outbound_calls c where c.org_id = v_org_id and c.id = p_id for no key update;
  v_now := app.now();
  v_question.outcome := 'done';
  if v_call.look_at > v_now or v_call.look_at is null then
    return next v_question; -- somebody was faster
    return;
  end if;

  if v_call.state = 'waiting' then
    perform app.close_outbound_call(p_id, 'given_up', 'expired');
  elsif v_call.state = 'placing' and v_call.handed_over_at is null then
    perform app.put_off_call(p_id, greatest(v_call.due_at, v_now), v_call.reason, 0); -- its dialer died before it asked
  elsif v_call.state = 'placing' then
    update public.outbound_calls c
    set lease_id = p_lease_id, look_at = v_now + interval '1 minute', updated_at = v_now
    where c.org_id = v_org_id and c.id = p_id;
    -- Vapi's clock is another one.
    v_question := row('ask', v_call.vapi_assistant_id, v_call.handed_over_at - interval '1 minute');
  elsif v_call.ends_by <= v_now then
    perform app.close_outbound_call(p_id, 'ended', 'end_unknown');
    perform app.enqueue_job('dial_calls', '{}');
  else
    perform app.enqueue_job('fetch_call_report', jsonb_build_object('call_id', v_call.call_id));
    update public.outbound_calls c
    set look_at = least(v_now + interval '15 minutes', c.ends_by), updated_at = v_now
    where c.org_id = v_org_id and c.id = p_id;
  end if;
  return next v_question;
end
$$;

comment on function app.outbound_call_to_settle(uuid, uuid) is
  'Looks after a call that app.outbound_calls_to_settle named. One that waited too long is given up as expired; one that was taken and not handed over waits again; of one that should have ended the report is fetched by a job, and two hours later its slot is free whatever happened (end_unknown). One that was handed over without an answer is p_lease_id''s for a minute, to ask Vapi about (outcome ask) and then to call app.settle_outbound_call.';

select app.seal('app.outbound_call_to_settle(uuid, uuid)', 'app_writer', 'tenant_service');
-- end of sql/1667_function_outbound_call_to_settle.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1668_function_settle_outbound_call.sql
-- A second call to a patient who was called is worse than none: only what surely was not made is made again, once.
create or replace function app.settle_outbound_call(p_id uuid, p_lease_id uuid, p_vapi_call_id text)
returns text
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_now timestamptz;
  v_call public.outbound_calls;
begin
  if p_vapi_call_id is not null then
    perform app.note_call_placed(p_id, p_lease_id, p_vapi_call_id);
  else
    select * into v_call
    from public.outbound_calls c
    where c.org_id = v_org_id and c.id = p_id and c.state = 'placing' and c.lease_id = p_lease_id and c.handed_over_at is not null
    for no key update;
    v_now := app.now();
    if v_call.handed_over_at > v_now - interval '2 minutes' then
      update public.outbound_calls c
      set look_at = c.handed_over_at + interval '2 minutes', updated_at = v_now
      where c.org_id = v_org_id and c.id = p_id;
    elsif v_call.lost then
      perform app.close_outbound_call(p_id, 'given_up', 'lost');
    elsif v_call.id is not null then
      update public.outbound_calls c set lost = true where c.org_id = v_org_id and c.id = p_id;
      perform app.put_off_call(p_id, v_now, 'lost', 0);
    end if;
  end if;
  return (select c.state from public.outbound_calls c where c.org_id = v_org_id and c.id = p_id);
end
$$;

comment on function app.settle_outbound_call(uuid, uuid, text) is
  'What Vapi knows of a call that was handed over without an answer: p_vapi_call_id is the call that has its name, which is under way from now on; NULL: there is none. Then, two minutes after it was handed over at the earliest, it waits again, once; a second time it is given up as lost. Returns the state; another''s lease changes nothing.';

select app.seal('app.settle_outbound_call(uuid, uuid, text)', 'app_writer', 'tenant_service');
-- end of sql/1668_function_settle_outbound_call.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1670_function_outbound_load.sql
create or replace function app.outbound_load()
returns app.outbound_load
language sql
stable
security definer
set search_path = ''
as $$
  select count(*) filter (where c.state <> 'waiting'), count(*) filter (where c.state = 'waiting' and c.due_at <= clock.now),
    count(*) filter (where c.state = 'waiting')
  from (select app.now() as now) clock
  left join public.outbound_calls c on c.state in ('waiting', 'placing', 'under_way')
$$;

comment on function app.outbound_load() is
  'How busy the account''s slots are and how many calls wait, of all tenants together: for gauges that name nobody.';

select app.seal('app.outbound_load()', 'app_definer', 'voxanne_login');
-- end of sql/1670_function_outbound_load.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1700_function_found_org.sql
create or replace function app.found_org(p_org_id uuid, p_user_id uuid, p_email text, p_about jsonb)
returns void
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_claims text := coalesce(current_setting('request.jwt.claims', true), '');
  v_name text := coalesce(nullif(left(btrim(p_about ->> 'business_name'), 100), ''), 'My clinic');
begin
  insert into public.organizations (id, name, slug, time_zone)
  values (
    p_org_id, v_name,
    left(coalesce(nullif(btrim(regexp_replace(app.normalise_name(v_name), '[^a-z0-9]+', '-', 'g'), '-'), ''), 'clinic'), 40)
      || '-' || right(replace(p_org_id::text, '-', ''), 12),
    case when app.is_time_zone(p_about ->> 'time_zone') then p_about ->> 'time_zone' else 'America/New_York' end);
  insert into public.profiles (org_id, user_id, role, name, email)
  values (p_org_id, p_user_id, 'owner', left(p_about ->> 'name', 100), p_email);

  perform set_config('request.jwt.claims',
    jsonb_build_object('app_metadata', jsonb_build_object('org_id', p_org_id))::text, true);
  perform app.furnish_org(v_name, o.time_zone) from public.organizations o where o.id = p_org_id;
  perform set_config('request.jwt.claims', v_claims, true);
end
$$;

comment on function app.found_org(uuid, uuid, text, jsonb) is
  'Founds an organisation with the person as its owner, and gives it what a first booking needs. p_about is what they said of themselves when they signed up (raw_user_meta_data: business_name, time_zone, name).';

select app.seal('app.found_org(uuid, uuid, text, jsonb)', 'app_definer');
-- end of sql/1700_function_found_org.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1702_function_release_line.sql
create or replace function app.release_line(p_phone_number_id uuid)
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
    -- No run is open for it; it gets one all the same, so that its end is told like any other.
    insert into public.provisioning (org_id, number, account_ref, state, started_by)
    values (v_org_id, v_number.number, '', 'releasing', app.current_user_id())
    returning * into v_run;
    if v_number.vapi_phone_number_id is null then
      perform app.conclude_provisioning(v_run.id);
    else
      -- Vapi has had it from before: it goes there. What it was like at Twilio nobody looked at, so that stays.
      insert into public.provisioning_steps (org_id, provisioning_id, position, step, state, external_id, intended_at)
      values (v_org_id, v_run.id, 1, 'check', 'skipped', null, null),
        (v_org_id, v_run.id, 3, 'import', 'done', v_number.vapi_phone_number_id, app.now());
      perform app.start_provisioning(v_run.id);
    end if;
  elsif v_run.state <> 'releasing' then
    perform app.turn_around(v_run.id, 'releasing');
    perform app.start_provisioning(v_run.id);
  end if;
  insert into public.audit_log (org_id, action, entity, entity_id, actor_user_id)
  values (v_org_id, 'number_released', 'phone_number', v_number.id, app.current_user_id());
  return v_run.id;
end
$$;

comment on function app.release_line(uuid) is
  'Gives a number up: its run is undone outside, then its row goes; the Twilio account is kept. Returns the run, to wait for. For operators, and for members by release_phone_number. VX404: no such number.';

select app.seal('app.release_line(uuid)', 'app_writer', 'tenant_service');
-- end of sql/1702_function_release_line.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1704_function_resume_provisioning.sql
create or replace function app.resume_provisioning(p_provisioning_id uuid)
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
  if v_run.id is null or v_run.state in ('undone', 'released') or v_run.state = 'active' and v_run.error is null then
    return false;
  end if;
  v_now := app.now();
  if v_run.state = 'active' then
    -- Everything is gone through again; each step finds what it made before.
    update public.provisioning p set state = 'running' where p.org_id = v_org_id and p.id = v_run.id;
    update public.provisioning_steps s
    set state = 'waiting', error = null
    where s.org_id = v_org_id and s.provisioning_id = v_run.id;
  end if;
  update public.provisioning_steps s
  set attempts = 0, updated_at = v_now
  where s.org_id = v_org_id and s.provisioning_id = v_run.id;
  perform app.start_provisioning(v_run.id);
  return true;
end
$$;

comment on function app.resume_provisioning(uuid) is
  'Has the next step of a run tried at once, with as many tries before it as at first; a line that works but has an error goes through every step again. What a worker is at this moment, and requests that may still act, are waited for. False when there is nothing left to do.';

select app.seal('app.resume_provisioning(uuid)', 'app_writer', 'tenant_service');
-- end of sql/1704_function_resume_provisioning.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1706_function_membership_faults.sql
-- SECURITY INVOKER on purpose, and granted to nobody: auth.users has row security that no role of ours passes. The owner
-- of the database asks.
create or replace function app.membership_faults(p_user_id uuid default null)
returns setof app.membership_fault
language sql
stable
set search_path = ''
as $$
  with person as (
    select u.id, u.raw_app_meta_data ->> 'org_id' as stamp, p.org_id, p.role,
      exists (select from public.audit_log a where a.action = 'member_removed' and a.entity_id = u.id) as removed,
      exists (
        select from public.invitations i
        join public.organizations o on o.id = i.org_id and o.deleted_at is null
        where i.email = lower(u.email) and i.accepted_at is null and i.expires_at > app.now()) as invited,
      u.email_confirmed_at is not null as confirmed
    from auth.users u
    left join public.profiles p on p.user_id = u.id
    where not coalesce(u.is_anonymous, false) and (p_user_id is null or u.id = p_user_id)
  ), found as (
    select x.id as user_id, x.org_id, x.role, x.stamp,
      case
        when x.org_id is not null and x.stamp is distinct from x.org_id::text then 'wrong_stamp'
        when x.org_id is not null then null
        when x.invited and x.confirmed then 'not_joined'
        when x.removed and x.stamp is not null then 'stale_stamp'
        when x.removed then null
        when exists (select from public.organizations o where o.id::text = x.stamp) then 'lost_profile'
        when x.invited then null
        else 'no_organization'
      end as kind
    from person x
    union all
    select p.user_id, p.org_id, p.role, null, 'orphan_profile'
    from public.profiles p
    where (p_user_id is null or p.user_id = p_user_id) and not exists (select from auth.users u where u.id = p.user_id)
  )
  select f.user_id, f.kind,
    case f.kind
      when 'wrong_stamp' then 'stamp'
      when 'not_joined' then 'join'
      when 'stale_stamp' then 'unstamp'
      when 'no_organization' then 'found'
      when 'orphan_profile' then 'remove'
      else 'none'
    end,
    o.id, o.slug, f.role, f.stamp
  from found f
  left join public.organizations o on o.id::text = coalesce(f.org_id::text, f.stamp)
  where f.kind is not null
  order by f.kind, f.user_id
$$;

comment on function app.membership_faults(uuid) is
  'Whose membership does not fit together, see app.membership_fault: one person or, NULL, everyone. Nobody''s fault are people without an account, those who were removed, and those whose invitation is not proven yet. For the owner of the database, who passes row security.';

select app.seal('app.membership_faults(uuid)', null);
-- end of sql/1706_function_membership_faults.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1708_function_repair_membership.sql
-- SECURITY INVOKER as app.membership_faults. Stamps are written here and not left to the trigger: that it is missing, as
-- after a restored dump, may be how the fault came about.
create or replace function app.repair_membership(p_user_id uuid)
returns setof app.membership_fault
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_fault app.membership_fault;
  v_org_id uuid;
begin
  perform from auth.users u where u.id = p_user_id for update;
  select * into v_fault from app.membership_faults(p_user_id);
  if v_fault.user_id is null or v_fault.repair = 'none' then
    return;
  end if;
  v_org_id := v_fault.org_id;
  if v_fault.repair = 'found' then
    v_org_id := app.uuid_v7();
    perform app.found_org(v_org_id, u.id, u.email, u.raw_user_meta_data) from auth.users u where u.id = p_user_id;
  elsif v_fault.repair = 'remove' then
    delete from public.profiles p where p.user_id = p_user_id;
  end if;
  update auth.users u
  set raw_app_meta_data = case
      when v_fault.repair in ('found', 'stamp') then coalesce(u.raw_app_meta_data, '{}') || jsonb_build_object('org_id', v_org_id)
      when v_fault.repair = 'unstamp' then u.raw_app_meta_data - 'org_id'
      else u.raw_app_meta_data -- the triggers do it
    end
  where u.id = p_user_id;
  if exists (select from app.membership_faults(p_user_id)) then
    raise exception 'the repair % did not help: are the triggers on auth.users there? migrate, then try again', v_fault.repair
      using errcode = 'VX409';
  end if;
  select p.org_id into v_org_id from public.profiles p where p.user_id = p_user_id;
  v_org_id := coalesce(v_org_id, v_fault.org_id);
  if v_org_id is not null then
    insert into public.audit_log (org_id, action, entity, entity_id) values (v_org_id, 'membership_repaired', 'user', p_user_id);
  end if;
  return query
  select v_fault.user_id, v_fault.kind, v_fault.repair, o.id, o.slug, coalesce(p.role, v_fault.role), u.raw_app_meta_data ->> 'org_id'
  from (select v_org_id as id) w
  left join public.organizations o on o.id = w.id
  left join public.profiles p on p.user_id = p_user_id
  left join auth.users u on u.id = p_user_id;
end
$$;

comment on function app.repair_membership(uuid) is
  'Puts right what app.membership_faults says of a person, and returns it with the clinic, role and stamp as they are then. No row: there is nothing that could be put right without a decision. VX409: it did not help, and nothing was changed. For the owner of the database.';

select app.seal('app.repair_membership(uuid)', null);
-- end of sql/1708_function_repair_membership.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1710_function_find_user.sql
-- SECURITY INVOKER as app.membership_faults.
create or replace function app.find_user(p_who text)
returns uuid
language sql
stable
set search_path = ''
as $$
  select u.id
  from (
    select a.id, a.email from auth.users a
    union all
    select p.user_id, null from public.profiles p where not exists (select from auth.users a where a.id = p.user_id)
  ) u
  where u.id::text = lower(p_who) or lower(u.email) = lower(p_who)
  order by u.id
  limit 1
$$;

comment on function app.find_user(text) is
  'A person in auth.users by id or e-mail address, or by id one of whom only a profile is left; NULL: there is none. For the owner of the database.';

select app.seal('app.find_user(text)', null);
-- end of sql/1710_function_find_user.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1740_function_finish_web_test.sql
create or replace function app.finish_web_test(p_web_test_id uuid, p_reason text)
returns boolean
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_now timestamptz := app.now();
  v_call_id uuid;
begin
  update public.web_tests t
  set ended_at = v_now, end_reason = p_reason, ciphertext = null, nonce = null, auth_tag = null, key_id = null
  where t.org_id = v_org_id and t.id = p_web_test_id and t.ended_at is null
  returning t.call_id into v_call_id;
  if not found then
    return false;
  end if;
  -- Where Vapi cannot reach us its report never comes; where it can, the report says more.
  if v_call_id is not null then
    perform app.record_call_event(v_call_id, 'ended', v_now);
  end if;
  return true;
end
$$;

comment on function app.finish_web_test(uuid, text) is
  'Ends a test call for a reason of ours: its bridge is over, or Vapi refused it. Its call is over too. False when it had ended or never was.';

select app.seal('app.finish_web_test(uuid, text)', 'app_writer', 'tenant_service');
-- end of sql/1740_function_finish_web_test.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1741_function_begin_web_test.sql
create or replace function app.begin_web_test(p_tracking_hash bytea, p_role text default null, p_agent_id uuid default null)
returns setof app.web_test_start
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_user_id uuid := app.current_user_id();
  v_start app.web_test_start;
  v_agent public.agents;
  v_now timestamptz;
  v_first timestamptz;
begin
  perform app.require_admin();
  select * into v_agent
  from public.agents a
  where a.org_id = v_org_id and a.id = coalesce(p_agent_id, app.default_agent(coalesce(p_role, 'inbound'))) and a.deleted_at is null;
  if v_agent.id is null and p_agent_id is not null then
    raise exception 'there is no such agent' using errcode = 'VX404';
  end if;
  v_start.outcome := case when v_agent.id is null then 'no_agent'
    when v_agent.sync_status <> 'synced' or v_agent.synced_version <> v_agent.desired_version then 'out_of_step' end;
  select r.vapi_assistant_id into v_start.vapi_assistant_id
  from public.assistant_routes r
  where r.org_id = v_org_id and r.agent_id = v_agent.id;
  if v_start.vapi_assistant_id is null then
    v_start.outcome := coalesce(v_start.outcome, 'out_of_step');
  end if;
  if v_start.outcome is not null then
    return next v_start;
    return;
  end if;

  -- Two at once: the second sees the first's row, or meets it in the index.
  perform from public.organizations o where o.id = v_org_id for no key update;
  v_now := app.now();
  perform app.finish_web_test(t.id, 'lapsed')
  from public.web_tests t
  where t.org_id = v_org_id and t.ended_at is null
    and case when t.opened_at is null then t.expires_at else t.opened_at + t.max_duration + interval '1 minute' end <= v_now;
  delete from public.web_tests t
  where t.org_id = v_org_id and t.ended_at is not null and t.created_at < v_now - interval '1 day';

  select min(l.created_at) into v_first
  from (
    select t.created_at
    from public.web_tests t
    where t.org_id = v_org_id and t.user_id = v_user_id and t.created_at > v_now - interval '1 minute'
    order by t.created_at desc
    limit 3
  ) l
  having count(*) = 3;
  if exists (select from public.web_tests t where t.org_id = v_org_id and t.ended_at is null) then
    v_start.outcome := 'one_is_open';
  elsif v_first is not null then
    v_start.outcome := 'too_many';
    v_start.retry_seconds := ceil(extract(epoch from v_first + interval '1 minute' - v_now));
  else
    v_start.outcome := 'begun';
    insert into public.web_tests (org_id, user_id, agent_id, tracking_hash, max_duration, expires_at)
    values (v_org_id, v_user_id, v_agent.id, p_tracking_hash, v_agent.max_call_duration, v_now + interval '1 minute')
    returning id into v_start.web_test_id;
  end if;
  return next v_start;
end
$$;

comment on function app.begin_web_test(bytea, text, uuid) is
  'Keeps the hash of a tracking id and takes the organisation''s one place for a test call, or says why not, see app.web_test_start: one open test for an organisation, three beginnings a minute for a member. For owners and admins (VX403). The agent is p_agent_id, else the default of p_role, else of inbound. What lapsed is ended, what is a day old is removed. VX404: there is no such agent.';

select app.seal('app.begin_web_test(bytea, text, uuid)', 'app_writer', 'tenant_user');
-- end of sql/1741_function_begin_web_test.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1742_function_place_web_test.sql
create or replace function app.place_web_test(
  p_web_test_id uuid,
  p_vapi_call_id text,
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
  v_org_id uuid := app.require_org_id();
  v_test public.web_tests;
  v_call_id uuid;
begin
  perform app.require_admin();
  select * into v_test
  from public.web_tests t
  where t.org_id = v_org_id and t.id = p_web_test_id and t.user_id = app.current_user_id() and t.ended_at is null and t.call_id is null
  for update;
  if v_test.id is null then
    raise exception 'this test call is over' using errcode = 'VX409';
  end if;
  v_call_id := app.ensure_call(p_vapi_call_id, 'web', v_test.agent_id, null, null, null);
  update public.web_tests t
  set call_id = v_call_id, expires_at = app.now() + interval '1 minute',
    ciphertext = p_ciphertext, nonce = p_nonce, auth_tag = p_auth_tag, key_id = p_key_id
  where t.org_id = v_org_id and t.id = v_test.id;
  return v_call_id;
end
$$;

comment on function app.place_web_test(uuid, text, bytea, bytea, bytea, text) is
  'Writes down that Vapi made the call of a test, whose bridge may be opened within a minute, and returns the call: its row may be there already, by a webhook. VX403 for others than owners and admins, VX409 when the test is over.';

select app.seal('app.place_web_test(uuid, text, bytea, bytea, bytea, text)', 'app_writer', 'tenant_user');
-- end of sql/1742_function_place_web_test.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1743_function_open_web_test.sql
create or replace function app.open_web_test(p_tracking_hash bytea)
returns setof app.web_test_line
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_now timestamptz;
  v_test public.web_tests;
  v_line app.web_test_line;
begin
  perform app.require_admin();
  -- Of two that open it at once, the second waits here and finds it open.
  select * into v_test
  from public.web_tests t
  where t.org_id = v_org_id and t.tracking_hash = p_tracking_hash and t.user_id = app.current_user_id()
  for update;
  v_now := app.now();
  if v_test.ciphertext is null or v_test.expires_at <= v_now then
    return;
  end if;
  update public.web_tests t
  set opened_at = v_now, ciphertext = null, nonce = null, auth_tag = null, key_id = null
  where t.org_id = v_org_id and t.id = v_test.id;
  perform app.record_call_event(v_test.call_id, 'in-progress', v_now);
  v_line.web_test_id := v_test.id;
  v_line.vapi_call_id := (select c.vapi_call_id from public.call_logs c where c.org_id = v_org_id and c.id = v_test.call_id);
  v_line.max_seconds := extract(epoch from v_test.max_duration);
  v_line.ciphertext := v_test.ciphertext;
  v_line.nonce := v_test.nonce;
  v_line.auth_tag := v_test.auth_tag;
  v_line.key_id := v_test.key_id;
  return next v_line;
end
$$;

comment on function app.open_web_test(bytea) is
  'Gives the bridge of a test call to the process that asks, once, and forgets the sealed address. No row: the tracking id is unknown, another person''s, too old, open already or over. VX403 for others than owners and admins.';

select app.seal('app.open_web_test(bytea)', 'app_writer', 'tenant_user');
-- end of sql/1743_function_open_web_test.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1744_function_end_web_test.sql
create or replace function app.end_web_test(p_tracking_hash bytea)
returns setof app.web_test_line
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_test public.web_tests;
  v_line app.web_test_line;
begin
  perform app.require_admin();
  select * into v_test
  from public.web_tests t
  where t.org_id = v_org_id and t.tracking_hash = p_tracking_hash and t.user_id = app.current_user_id()
  for update;
  if v_test.id is null then
    raise exception 'there is no such test call' using errcode = 'VX404';
  end if;
  perform app.finish_web_test(v_test.id, 'ended_by_member');
  if v_test.ciphertext is not null then
    v_line.web_test_id := v_test.id;
    v_line.ciphertext := v_test.ciphertext;
    v_line.nonce := v_test.nonce;
    v_line.auth_tag := v_test.auth_tag;
    v_line.key_id := v_test.key_id;
    return next v_line;
  end if;
end
$$;

comment on function app.end_web_test(bytea) is
  'Ends a test call that its member began; again it changes nothing. Its bridge, in whichever process, sees it within a second. A row: no bridge was open, so the caller hangs up at the address. VX403 for others than owners and admins, VX404 when there is none.';

select app.seal('app.end_web_test(bytea)', 'app_writer', 'tenant_user');
-- end of sql/1744_function_end_web_test.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1745_function_web_test_state.sql
create or replace function app.web_test_state(p_tracking_hash bytea)
returns setof app.web_test_view
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
  perform app.require_admin();
  return query
  select case
      when t.ended_at is not null or (t.opened_at is null and t.expires_at <= app.now()) then 'ended'
      when t.opened_at is not null then 'in_progress'
      when t.call_id is not null then 'ready'
      else 'starting'
    end,
    t.call_id, c.vapi_call_id, t.opened_at, t.ended_at,
    coalesce(t.end_reason, case when t.opened_at is null and t.expires_at <= app.now() then 'lapsed' end)
  from public.web_tests t
  left join public.call_logs c on c.org_id = t.org_id and c.id = t.call_id
  where t.org_id = app.require_org_id() and t.tracking_hash = p_tracking_hash and t.user_id = app.current_user_id();
end
$$;

comment on function app.web_test_state(bytea) is
  'How a test call stands, for the member who began it; no row for others. VX403 for others than owners and admins.';

select app.seal('app.web_test_state(bytea)', 'app_writer', 'tenant_user');
-- end of sql/1745_function_web_test_state.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1800_function_text_config.sql
create or replace function app.text_config(p_language text)
returns text
language sql
immutable
parallel safe
set search_path = ''
as $$
  select case split_part(lower(p_language), '-', 1)
    when 'ar' then 'arabic' when 'ca' then 'catalan' when 'da' then 'danish' when 'de' then 'german' when 'el' then 'greek'
    when 'en' then 'english' when 'es' then 'spanish' when 'eu' then 'basque' when 'fi' then 'finnish' when 'fr' then 'french'
    when 'ga' then 'irish' when 'hi' then 'hindi' when 'hu' then 'hungarian' when 'hy' then 'armenian' when 'id' then 'indonesian'
    when 'it' then 'italian' when 'lt' then 'lithuanian' when 'nb' then 'norwegian' when 'nl' then 'dutch' when 'no' then 'norwegian'
    when 'pt' then 'portuguese' when 'ro' then 'romanian' when 'ru' then 'russian' when 'sr' then 'serbian' when 'sv' then 'swedish'
    when 'tr' then 'turkish' else 'simple' end
$$;

comment on function app.text_config(text) is
  'PostgreSQL''s full-text configuration for a BCP 47 tag: which words are small ones, and which endings words have. simple, which knows neither, for a language that it has none for, and for NULL.';

select app.seal('app.text_config(text)', null, 'app_writer');
-- end of sql/1800_function_text_config.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1802_function_fold_text.sql
-- Callers' words come without accents as often as with them, and clinics' texts too. ICU knows the letters of all scripts.
create or replace function app.fold_text(p_text text)
returns text
language sql
immutable
strict
parallel safe
begin atomic
  select regexp_replace(normalize(lower(p_text collate "und-x-icu"), nfkd), '[\u0300-\u036f]', '', 'g');
end;

comment on function app.fold_text(text) is
  'A text as full-text search compares it: lower case, no accents, compatible forms of letters as one. NULL gives NULL.';

select app.seal('app.fold_text(text)', null, 'app_writer');
-- end of sql/1802_function_fold_text.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1804_function_clinic_text_config.sql
create or replace function app.clinic_text_config()
returns text
language sql
stable
set search_path = ''
as $$
  select app.text_config((
    select a.language from public.agents a where a.org_id = app.require_org_id() order by a.is_default desc, a.created_at, a.id limit 1))
$$;

comment on function app.clinic_text_config() is
  'The full-text configuration of what callers of the tenant speak: that of its default agent''s language.';

select app.seal('app.clinic_text_config()', null, 'app_writer');
-- end of sql/1804_function_clinic_text_config.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1806_function_queue_knowledge.sql
create or replace function app.queue_knowledge(p_document_id uuid, p_kind text, p_content bytea)
returns uuid
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_now timestamptz := app.now();
  v_version integer;
  v_id uuid;
begin
  if (select coalesce(sum(v.size_bytes), 0) + octet_length(p_content) > 200 * 1024 * 1024
      from public.knowledge_files f
      join public.knowledge_versions v on v.org_id = f.org_id and v.id = f.version_id
      where f.org_id = v_org_id)
  then
    raise exception 'the files of all documents together are too large: delete some first' using errcode = 'VX409';
  end if;
  update public.knowledge_documents d
  set latest_version = d.latest_version + 1, checksum = sha256(p_content), updated_at = v_now
  where d.org_id = v_org_id and d.id = p_document_id
  returning d.latest_version into v_version;
  update public.knowledge_versions v
  set state = 'superseded', finished_at = v_now, updated_at = v_now
  where v.org_id = v_org_id and v.document_id = p_document_id and v.state in ('waiting', 'reading', 'embedding');
  -- Of what was before, only the file that answers is ever needed again.
  delete from public.knowledge_files f
  using public.knowledge_versions v, public.knowledge_documents d
  where f.org_id = v_org_id and v.org_id = v_org_id and v.id = f.version_id and v.document_id = p_document_id
    and d.org_id = v_org_id and d.id = p_document_id and v.id is distinct from d.current_version_id;
  insert into public.knowledge_versions (org_id, document_id, version, kind, size_bytes, created_by)
  values (v_org_id, p_document_id, v_version, p_kind, octet_length(p_content), app.current_user_id())
  returning id into v_id;
  insert into public.knowledge_files (org_id, version_id, content) values (v_org_id, v_id, p_content);
  perform app.enqueue_job('ingest_knowledge', jsonb_build_object('version_id', v_id));
  return v_id;
end
$$;

comment on function app.queue_knowledge(uuid, text, bytea) is
  'Makes a file the newest version of a document, whose row the caller holds, and puts a job in for it. Versions not yet ready are superseded. Returns the version''s id. VX409: a clinic''s files may have 200 MB in all.';

select app.seal('app.queue_knowledge(uuid, text, bytea)', null, 'app_writer');
-- end of sql/1806_function_queue_knowledge.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1807_function_is_knowledge_stuck.sql
create or replace function app.is_knowledge_stuck(p_state text, p_updated_at timestamptz)
returns boolean
language sql
stable
set search_path = ''
as $$
  -- Jobs give a sign of life every few minutes, and are given up after some hours of trying.
  select p_state = 'failed' or p_state in ('waiting', 'reading', 'embedding') and p_updated_at < app.now() - interval '6 hours'
$$;

comment on function app.is_knowledge_stuck(text, timestamptz) is
  'Whether a version will not become ready by itself any more: it failed, or no job has touched it in six hours.';

select app.seal('app.is_knowledge_stuck(text, timestamptz)', null, 'app_writer');
-- end of sql/1807_function_is_knowledge_stuck.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1808_function_add_knowledge.sql
create or replace function app.add_knowledge(p_filename text, p_category text, p_active boolean, p_kind text, p_content bytea)
returns setof app.knowledge_saved
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_saved app.knowledge_saved;
begin
  perform app.require_admin();
  insert into public.knowledge_documents (org_id, filename, category, active, checksum, created_by)
  values (v_org_id, p_filename, coalesce(p_category, 'general'), coalesce(p_active, true), sha256(p_content), app.current_user_id())
  on conflict (org_id, checksum) where deleted_at is null do nothing
  returning id into v_saved.document_id;
  if found then
    if (select count(*) > 500 from public.knowledge_documents d where d.org_id = v_org_id and d.deleted_at is null) then
      raise exception 'there are 500 documents already: delete some first' using errcode = 'VX409';
    end if;
    v_saved.outcome := 'created';
    perform app.queue_knowledge(v_saved.document_id, p_kind, p_content);
    insert into public.audit_log (org_id, action, entity, entity_id, actor_user_id)
    values (v_org_id, 'knowledge_saved', 'knowledge_document', v_saved.document_id, app.current_user_id());
  else
    select 'same', d.id into v_saved
    from public.knowledge_documents d
    where d.org_id = v_org_id and d.checksum = sha256(p_content) and d.deleted_at is null
    for update;
    -- A file that failed and comes again is a wish to try again; so is one whose job died without a word.
    if exists (
      select from public.knowledge_versions v
      join public.knowledge_documents d on d.org_id = v.org_id and d.id = v.document_id and v.version = d.latest_version
      where v.org_id = v_org_id and v.document_id = v_saved.document_id and app.is_knowledge_stuck(v.state, v.updated_at))
    then
      v_saved.outcome := 'updated';
      perform app.queue_knowledge(v_saved.document_id, p_kind, p_content);
    end if;
  end if;
  if v_saved.outcome <> 'same' then
    perform app.announce('knowledge_updated', 'knowledge_document', v_saved.document_id);
  end if;
  return next v_saved;
exception when check_violation or not_null_violation then
  raise exception 'a field has a value that it may not have' using errcode = 'VX400';
end
$$;

comment on function app.add_knowledge(text, text, boolean, text, bytea) is
  'Makes a document of a file and puts a job in that reads it, see app.knowledge_saved. The same file again, by whatever name, is the same document; where it had failed it is tried again. p_category NULL: general; p_active NULL: true; p_kind: what the content is. Owner and admin only (VX403). VX409: 500 documents, or 200 MB, are there; VX400: a value that a field may not have.';

select app.seal('app.add_knowledge(text, text, boolean, text, bytea)', 'app_writer', 'tenant_user');
-- end of sql/1808_function_add_knowledge.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1810_function_change_knowledge.sql
create or replace function app.change_knowledge(p_document_id uuid, p_fields jsonb, p_kind text default null, p_content bytea default null)
returns setof app.knowledge_saved
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_document public.knowledge_documents;
  v_failed boolean;
begin
  perform app.require_admin();
  perform app.check_fields(p_fields, 'filename', 'category', 'active');
  update public.knowledge_documents d
  set filename = case when p_fields ? 'filename' then p_fields ->> 'filename' else d.filename end,
    category = case when p_fields ? 'category' then p_fields ->> 'category' else d.category end,
    active = case when p_fields ? 'active' then (p_fields ->> 'active')::boolean else d.active end,
    updated_at = app.now()
  where d.org_id = v_org_id and d.id = p_document_id and d.deleted_at is null
  returning d.* into v_document;
  if v_document.id is null then
    raise exception 'there is no such document' using errcode = 'VX404';
  end if;
  select app.is_knowledge_stuck(v.state, v.updated_at) into v_failed
  from public.knowledge_versions v
  where v.org_id = v_org_id and v.document_id = p_document_id and v.version = v_document.latest_version;
  if p_content is not null and (v_document.checksum <> sha256(p_content) or v_failed) then
    perform app.queue_knowledge(p_document_id, p_kind, p_content);
  end if;
  insert into public.audit_log (org_id, action, entity, entity_id, actor_user_id)
  values (v_org_id, 'knowledge_saved', 'knowledge_document', p_document_id, app.current_user_id());
  perform app.announce('knowledge_updated', 'knowledge_document', p_document_id);
  return query select 'updated'::text, p_document_id;
exception
  when unique_violation then
    raise exception 'another document has this content' using errcode = 'VX409';
  when check_violation or not_null_violation or data_exception then
    raise exception 'a field has a value that it may not have' using errcode = 'VX400';
end
$$;

comment on function app.change_knowledge(uuid, jsonb, text, bytea) is
  'Changes what p_fields holds of filename, category and active; with p_content other than the newest version''s, or where that one failed, a new version is made, and the one before answers until it is ready. Owner and admin only (VX403). VX404: no such document; VX409: another document has this content, or the clinic''s files are too large; VX400: an unknown field or a value that it may not have.';

select app.seal('app.change_knowledge(uuid, jsonb, text, bytea)', 'app_writer', 'tenant_user');
-- end of sql/1810_function_change_knowledge.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1812_function_delete_knowledge.sql
create or replace function app.delete_knowledge(p_document_id uuid)
returns boolean
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_now timestamptz := app.now();
begin
  perform app.require_admin();
  update public.knowledge_documents d
  set deleted_at = v_now, current_version_id = null, updated_at = v_now
  where d.org_id = v_org_id and d.id = p_document_id and d.deleted_at is null;
  if not found then
    return false;
  end if;
  update public.knowledge_versions v
  set state = 'superseded', finished_at = v_now, updated_at = v_now
  where v.org_id = v_org_id and v.document_id = p_document_id and v.state in ('waiting', 'reading', 'embedding');
  delete from public.knowledge_chunks c where c.org_id = v_org_id and c.document_id = p_document_id;
  insert into public.audit_log (org_id, action, entity, entity_id, actor_user_id)
  values (v_org_id, 'knowledge_deleted', 'knowledge_document', p_document_id, app.current_user_id());
  perform app.announce('knowledge_updated', 'knowledge_document', p_document_id);
  return true;
end
$$;

comment on function app.delete_knowledge(uuid) is
  'Takes a document away from the agents at once: its pieces and vectors go, its row and newest file stay for operators. False when there is none. Owner and admin only (VX403).';

select app.seal('app.delete_knowledge(uuid)', 'app_writer', 'tenant_user');
-- end of sql/1812_function_delete_knowledge.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1814_function_list_knowledge.sql
create or replace function app.list_knowledge(p_page integer, p_limit integer, p_document_id uuid default null)
returns setof app.knowledge_row
language sql
stable
security definer
set search_path = ''
as $$
  select d.id, d.filename, d.category, d.active, c.version, d.latest_version, v.kind, v.size_bytes, v.state, v.error,
    v.chunks_total, v.chunks_done, d.created_at, greatest(d.updated_at, v.updated_at), count(*) over (), false
  from public.knowledge_documents d
  join public.knowledge_versions v on v.org_id = d.org_id and v.document_id = d.id and v.version = d.latest_version
  left join public.knowledge_versions c on c.org_id = d.org_id and c.id = d.current_version_id
  where d.org_id = app.require_org_id() and d.deleted_at is null and (p_document_id is null or d.id = p_document_id)
  order by d.created_at desc, d.id desc
  limit p_limit offset (p_page - 1) * p_limit
$$;

comment on function app.list_knowledge(integer, integer, uuid) is
  'A page of the clinic''s documents, the newest first, or the one with p_document_id; no row when there is none. Deleted ones are not among them, inactive ones are.';

select app.seal('app.list_knowledge(integer, integer, uuid)', 'app_writer', 'tenant_user');
-- end of sql/1814_function_list_knowledge.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1816_function_knowledge_content.sql
create or replace function app.knowledge_content(p_document_id uuid)
returns bytea
language sql
stable
security definer
set search_path = ''
as $$
  select f.content
  from public.knowledge_documents d
  join public.knowledge_versions v on v.org_id = d.org_id and v.document_id = d.id and v.version = d.latest_version
  join public.knowledge_files f on f.org_id = v.org_id and f.version_id = v.id
  where d.org_id = app.require_org_id() and d.id = p_document_id and d.deleted_at is null
$$;

comment on function app.knowledge_content(uuid) is 'The file of a document''s newest version; NULL when there is no such document.';

select app.seal('app.knowledge_content(uuid)', 'app_writer', 'tenant_user');
-- end of sql/1816_function_knowledge_content.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1818_function_list_knowledge_chunks.sql
create or replace function app.list_knowledge_chunks(p_document_id uuid, p_page integer, p_limit integer)
returns setof app.knowledge_chunk_row
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_version_id uuid;
begin
  select d.current_version_id into v_version_id
  from public.knowledge_documents d
  where d.org_id = v_org_id and d.id = p_document_id and d.deleted_at is null;
  if not found then
    raise exception 'there is no such document' using errcode = 'VX404';
  end if;
  return query
  select c.id, c.position, c.page, c.headings, c.body, c.tokens,
    array(select v.model from public.knowledge_vectors v where v.org_id = v_org_id and v.chunk_id = c.id order by v.model),
    count(*) over (), false
  from public.knowledge_chunks c
  where c.org_id = v_org_id and c.version_id = v_version_id
  order by c.position
  limit p_limit offset (p_page - 1) * p_limit;
end
$$;

comment on function app.list_knowledge_chunks(uuid, integer, integer) is
  'A page of the pieces of the version of a document that answers, in its order; none while no version does. VX404: no such document.';

select app.seal('app.list_knowledge_chunks(uuid, integer, integer)', 'app_writer', 'tenant_user');
-- end of sql/1818_function_list_knowledge_chunks.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1820_function_begin_knowledge.sql
create or replace function app.begin_knowledge(p_version_id uuid, p_lease interval)
returns setof app.knowledge_work
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_version public.knowledge_versions;
  v_work app.knowledge_work;
  v_now timestamptz;
begin
  select * into v_version from public.knowledge_versions v where v.org_id = v_org_id and v.id = p_version_id for update;
  v_now := app.now();
  if v_version.id is null then
    raise exception 'there is no such version' using errcode = 'VX404';
  end if;
  v_work.document_id := v_version.document_id;
  v_work.kind := v_version.kind;
  v_work.outcome := case
    when v_version.state not in ('waiting', 'reading', 'embedding') then 'done'
    when v_version.lease_until > v_now then 'wait'
    when v_version.state = 'embedding' then 'embed'
    else 'read'
  end;
  if v_work.outcome = 'wait' then
    v_work.not_before := v_version.lease_until;
  elsif v_work.outcome in ('read', 'embed') then
    update public.knowledge_versions v
    set lease_until = v_now + p_lease, state = case when v.state = 'waiting' then 'reading' else v.state end, updated_at = v_now
    where v.org_id = v_org_id and v.id = p_version_id;
    if v_work.outcome = 'read' then
      select f.content into v_work.content from public.knowledge_files f where f.org_id = v_org_id and f.version_id = p_version_id;
    end if;
    perform app.announce('knowledge_updated', 'knowledge_document', v_version.document_id);
  end if;
  return next v_work;
end
$$;

comment on function app.begin_knowledge(uuid, interval) is
  'Asks, for a job, what is to be done about a version now, see app.knowledge_work. With read and embed the version is the job''s for p_lease; app.finish_knowledge or app.fail_knowledge ends it. VX404: the tenant has no such version.';

select app.seal('app.begin_knowledge(uuid, interval)', 'app_writer', 'tenant_service');
-- end of sql/1820_function_begin_knowledge.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1822_function_stage_knowledge.sql
create or replace function app.stage_knowledge(p_version_id uuid, p_chunks jsonb)
returns boolean
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_document_id uuid;
  v_config text := app.clinic_text_config();
  v_now timestamptz;
begin
  select v.document_id into v_document_id
  from public.knowledge_versions v
  where v.org_id = v_org_id and v.id = p_version_id and v.state = 'reading'
  for update;
  v_now := app.now();
  if not found then
    return false;
  end if;
  delete from public.knowledge_chunks c where c.org_id = v_org_id and c.version_id = p_version_id;
  insert into public.knowledge_chunks (org_id, document_id, version_id, position, page, headings, body, tokens, text_config, tsv)
  select v_org_id, v_document_id, p_version_id, c.position, nullif((c.chunk ->> 'page')::integer, 0), h.headings, c.chunk ->> 'body',
    (c.chunk ->> 'tokens')::integer, v_config,
    setweight(to_tsvector(v_config::regconfig, app.fold_text(array_to_string(h.headings, ' '))), 'A')
      || to_tsvector(v_config::regconfig, app.fold_text(c.chunk ->> 'body'))
  from jsonb_array_elements(p_chunks) with ordinality c (chunk, position)
  cross join lateral (select array(select jsonb_array_elements_text(c.chunk -> 'headings')) as headings) h;
  -- What stands in the version that answers, word for word, needs no new vector.
  insert into public.knowledge_vectors (org_id, chunk_id, model, embedding)
  select distinct on (n.id, w.model) v_org_id, n.id, w.model, w.embedding
  from public.knowledge_documents d
  join public.knowledge_chunks o on o.org_id = v_org_id and o.version_id = d.current_version_id
  join public.knowledge_vectors w on w.org_id = v_org_id and w.chunk_id = o.id
  join public.knowledge_chunks n on n.org_id = v_org_id and n.version_id = p_version_id and n.body = o.body and n.headings = o.headings
  where d.org_id = v_org_id and d.id = v_document_id
  order by n.id, w.model, o.position;
  update public.knowledge_versions v
  set state = 'embedding', chunks_total = jsonb_array_length(p_chunks), chunks_done = 0, updated_at = v_now
  where v.org_id = v_org_id and v.id = p_version_id;
  perform app.announce('knowledge_updated', 'knowledge_document', v_document_id);
  return true;
end
$$;

comment on function app.stage_knowledge(uuid, jsonb) is
  'Keeps the pieces of a version that is being read: p_chunks is an array of {page, headings, body, tokens} in the order of the document, page 0 for none. Nothing finds them before app.finish_knowledge. Pieces that stand unchanged in the version that answers get its vectors. False: the version was overtaken, or its document deleted.';

select app.seal('app.stage_knowledge(uuid, jsonb)', 'app_writer', 'tenant_service');
-- end of sql/1822_function_stage_knowledge.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1824_function_knowledge_to_embed.sql
create or replace function app.knowledge_to_embed(p_version_id uuid, p_model text, p_limit integer)
returns setof app.knowledge_text
language sql
stable
security definer
set search_path = ''
as $$
  select c.id, case when c.headings = '{}' then c.body else array_to_string(c.headings, ' › ') || E'\n' || c.body end
  from public.knowledge_chunks c
  join public.knowledge_documents d on d.org_id = c.org_id and d.id = c.document_id and d.deleted_at is null
  where c.org_id = app.require_org_id()
    and c.version_id = coalesce(p_version_id, d.current_version_id)
    and not exists (select from public.knowledge_vectors v where v.org_id = c.org_id and v.chunk_id = c.id and v.model = p_model)
  order by c.version_id, c.position
  limit p_limit
$$;

comment on function app.knowledge_to_embed(uuid, text, integer) is
  'Pieces of a version that have no vector of p_model yet, with their headings before them; p_version_id NULL: of every version that answers.';

select app.seal('app.knowledge_to_embed(uuid, text, integer)', 'app_writer', 'tenant_service');
-- end of sql/1824_function_knowledge_to_embed.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1826_function_store_knowledge_vector.sql
create or replace function app.store_knowledge_vector(p_chunk_id uuid, p_model text, p_embedding extensions.vector)
returns void
language sql
volatile
security definer
set search_path = ''
as $$
  insert into public.knowledge_vectors (org_id, chunk_id, model, embedding)
  select c.org_id, c.id, p_model, p_embedding
  from public.knowledge_chunks c
  where c.org_id = app.require_org_id() and c.id = p_chunk_id
  for key share
  on conflict (org_id, chunk_id, model) do nothing
$$;

comment on function app.store_knowledge_vector(uuid, text, extensions.vector) is
  'Keeps a piece''s vector. A piece that has one of the model, or that is gone meanwhile, is left as it is.';

select app.seal('app.store_knowledge_vector(uuid, text, extensions.vector)', 'app_writer', 'tenant_service');
-- end of sql/1826_function_store_knowledge_vector.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1828_function_note_knowledge_progress.sql
create or replace function app.note_knowledge_progress(p_version_id uuid, p_model text, p_lease interval)
returns boolean
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_document_id uuid;
  v_now timestamptz := app.now();
begin
  update public.knowledge_versions v
  set lease_until = v_now + p_lease, updated_at = v_now, chunks_done = (
    select count(*)
    from public.knowledge_chunks c
    join public.knowledge_vectors w on w.org_id = c.org_id and w.chunk_id = c.id and w.model = p_model
    where c.org_id = v_org_id and c.version_id = p_version_id)
  where v.org_id = v_org_id and v.id = p_version_id and v.state = 'embedding'
  returning v.document_id into v_document_id;
  if v_document_id is null then
    return false;
  end if;
  perform app.announce('knowledge_updated', 'knowledge_document', v_document_id);
  return true;
end
$$;

comment on function app.note_knowledge_progress(uuid, text, interval) is
  'Counts how many pieces of a version have a vector of p_model, tells live clients, and keeps the version for the job p_lease longer. False: the version was overtaken, or its document deleted.';

select app.seal('app.note_knowledge_progress(uuid, text, interval)', 'app_writer', 'tenant_service');
-- end of sql/1828_function_note_knowledge_progress.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1830_function_finish_knowledge.sql
create or replace function app.finish_knowledge(p_version_id uuid, p_model text)
returns text
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_document public.knowledge_documents;
  v_version public.knowledge_versions;
  v_now timestamptz;
begin
  -- The document first, as whoever makes a newer version or deletes it does.
  select d.* into v_document
  from public.knowledge_documents d
  where d.org_id = v_org_id
    and d.id = (select v.document_id from public.knowledge_versions v where v.org_id = v_org_id and v.id = p_version_id)
  for update;
  select * into v_version from public.knowledge_versions v where v.org_id = v_org_id and v.id = p_version_id for update;
  v_now := app.now();
  if v_version.state is distinct from 'embedding' or v_document.deleted_at is not null then
    return 'done';
  elsif exists (
    select from public.knowledge_chunks c
    where c.org_id = v_org_id and c.version_id = p_version_id
      and not exists (select from public.knowledge_vectors w where w.org_id = v_org_id and w.chunk_id = c.id and w.model = p_model))
  then
    return 'unfinished';
  end if;
  delete from public.knowledge_chunks c
  where c.org_id = v_org_id and c.document_id = v_document.id and c.version_id <> p_version_id;
  delete from public.knowledge_files f
  using public.knowledge_versions v
  where f.org_id = v_org_id and v.org_id = v_org_id and v.id = f.version_id and v.document_id = v_document.id and v.id <> p_version_id;
  update public.knowledge_versions v
  set state = 'superseded', updated_at = v_now
  where v.org_id = v_org_id and v.id = v_document.current_version_id and v.id <> p_version_id;
  update public.knowledge_versions v
  set state = 'ready', chunks_done = v.chunks_total, lease_until = null, finished_at = v_now, updated_at = v_now
  where v.org_id = v_org_id and v.id = p_version_id;
  update public.knowledge_documents d
  set current_version_id = p_version_id, updated_at = v_now
  where d.org_id = v_org_id and d.id = v_document.id;
  update public.organizations o set knowledge_model = p_model where o.id = v_org_id and o.knowledge_model is null;
  perform app.announce('knowledge_updated', 'knowledge_document', v_document.id);
  return 'ready';
end
$$;

comment on function app.finish_knowledge(uuid, text) is
  'Puts a version whose every piece has a vector of p_model in the place of the one before, whose pieces go: a caller is answered from the one or from the other, never from both or neither. ready; done: it was already, or was overtaken; unfinished: pieces lack a vector.';

select app.seal('app.finish_knowledge(uuid, text)', 'app_writer', 'tenant_service');
-- end of sql/1830_function_finish_knowledge.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1832_function_fail_knowledge.sql
create or replace function app.fail_knowledge(p_version_id uuid, p_reason text, p_final boolean)
returns void
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_document_id uuid;
  v_now timestamptz := app.now();
begin
  update public.knowledge_versions v
  set lease_until = null, updated_at = v_now,
    state = case when p_final then 'failed' else v.state end,
    error = case when p_final then p_reason end,
    finished_at = case when p_final then v_now end
  where v.org_id = v_org_id and v.id = p_version_id and v.state in ('waiting', 'reading', 'embedding')
  returning v.document_id into v_document_id;
  if v_document_id is null or not p_final then
    return;
  end if;
  delete from public.knowledge_chunks c where c.org_id = v_org_id and c.version_id = p_version_id;
  perform app.announce('knowledge_updated', 'knowledge_document', v_document_id);
end
$$;

comment on function app.fail_knowledge(uuid, text, boolean) is
  'A version could not be made ready this time, see knowledge_versions.error; the one before goes on answering. p_final: nobody tries again, and the clinic is shown the reason. A version that is ready or overtaken stays as it is.';

select app.seal('app.fail_knowledge(uuid, text, boolean)', 'app_writer', 'tenant_service');
-- end of sql/1832_function_fail_knowledge.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1834_function_knowledge_model.sql
create or replace function app.knowledge_model()
returns text
language sql
stable
security definer
set search_path = ''
as $$
  select o.knowledge_model from public.organizations o where o.id = app.require_org_id()
$$;

comment on function app.knowledge_model() is
  'The model whose vectors answer the tenant''s questions: a question is made a vector by it. NULL: nothing was embedded yet.';

select app.seal('app.knowledge_model()', 'app_writer', 'tenant_user', 'tenant_service');
-- end of sql/1834_function_knowledge_model.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1836_function_match_knowledge.sql
-- Exact on purpose: one index of vectors for all tenants answers a small tenant's question with nothing where a large one has
-- the nearer rows (docs/decisions/0024 has the figures, and the plan for a tenant that outgrows this). mine is materialised, so
-- that no plan begins anywhere but with the tenant's own pieces.
create or replace function app.match_knowledge(
  p_question text,
  p_model text default null,
  p_embedding extensions.vector default null,
  p_limit integer default 5,
  p_min_score real default null
)
returns setof app.knowledge_match
language sql
stable
security definer
set search_path = ''
as $$
  with mine as materialized (
    select c.id, c.text_config, strip(c.tsv) as tsv, -- read once, not for every word
      case when w.chunk_id is not null then greatest(0, 1 - (w.embedding operator(extensions.<=>) p_embedding)) end as similarity
    from public.knowledge_documents d
    join public.knowledge_chunks c on c.org_id = d.org_id and c.version_id = d.current_version_id
    left join public.knowledge_vectors w on w.org_id = c.org_id and w.chunk_id = c.id and w.model = p_model
      and extensions.vector_dims(w.embedding) = extensions.vector_dims(p_embedding)
    where d.org_id = app.require_org_id() and d.active and d.deleted_at is null
  ),
  sizes as (
    select m.text_config, count(*) as pieces from mine m group by m.text_config
  ),
  words as materialized (
    select s.text_config, s.pieces, t.lexeme,
      ('''' || replace(replace(t.lexeme, '\', '\\'), '''', '''''') || '''')::tsquery as query
    from sizes s
    cross join lateral unnest(to_tsvector(s.text_config::regconfig, app.fold_text(left(p_question, 1000)))) t
  ),
  hits as materialized (
    select m.id, m.text_config, w.lexeme
    from mine m
    join words w on w.text_config = m.text_config and m.tsv @@ w.query
  ),
  -- A word that stands in few pieces says much; one that stands in none says most: nobody wrote about it.
  weights as materialized (
    select w.text_config, w.lexeme, ln(1 + w.pieces / (count(h.id) + 0.5)) as weight
    from words w
    left join hits h on h.text_config = w.text_config and h.lexeme = w.lexeme
    group by w.text_config, w.lexeme, w.pieces
  ),
  totals as (
    select g.text_config, sum(g.weight) as weight from weights g group by g.text_config
  ),
  covered as (
    select h.id, sum(g.weight) / max(t.weight) as coverage
    from hits h
    join weights g on g.text_config = h.text_config and g.lexeme = h.lexeme
    join totals t on t.text_config = h.text_config
    group by h.id
  ),
  ranked as (
    select m.id, m.similarity, coalesce(c.coverage, 0) as coverage,
      case when m.similarity is not null then rank() over (order by m.similarity desc nulls last) end as by_vector,
      case when c.id is not null then rank() over (order by c.coverage desc nulls last) end as by_words
    from mine m
    left join covered c on c.id = m.id
  ),
  -- A place says nothing of distance, and in a small clinic every passage has a good one in both orders: a place counts for as much
  -- as what it was given for.
  scored as (
    select r.*, 1 - (1 - coalesce(r.similarity, 0)) * (1 - r.coverage) as score,
      coalesce(r.similarity / (60 + r.by_vector), 0) + coalesce(r.coverage / (60 + r.by_words), 0) as fused
    from ranked r
  )
  select c.id, c.document_id, d.filename, d.category, c.page, c.headings, c.body, s.score::real, s.similarity::real, s.coverage::real
  from (
    select * from scored x where x.score >= coalesce(p_min_score, 0.3) order by x.fused desc, x.score desc, x.similarity desc, x.id limit p_limit
  ) s
  join public.knowledge_chunks c on c.org_id = app.require_org_id() and c.id = s.id
  join public.knowledge_documents d on d.org_id = c.org_id and d.id = c.document_id
  order by s.fused desc, s.score desc, s.similarity desc, s.id
$$;

comment on function app.match_knowledge(text, text, extensions.vector, integer, real) is
  'The passages of the tenant''s active documents, in their current versions only, that answer a question best: the p_limit best of all that reach p_min_score (0 to 1; NULL: 0.3, below which callers are told that the documents do not say), by reciprocal rank fusion of two orders, by vector and by words, each place weighed by the nearness that it was given for. p_embedding is the question''s vector by p_model, and compared with vectors of that model alone; NULL for either: by words alone. No rows: the documents do not say.';

select app.seal('app.match_knowledge(text, text, extensions.vector, integer, real)', 'app_writer', 'tenant_user', 'tenant_service');
-- end of sql/1836_function_match_knowledge.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1838_function_note_knowledge_gap.sql
create or replace function app.note_knowledge_gap(p_call_id uuid, p_question text, p_best_score real)
returns void
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_now timestamptz := app.now();
  v_question text := left(btrim(app.redact_phi(left(p_question, 500), app.names_of_call(p_call_id))), 500);
  v_topic text;
begin
  v_topic := left(array_to_string(array(
    select t.lexeme
    from unnest(to_tsvector(app.clinic_text_config()::regconfig, app.fold_text(v_question))) t
    order by t.lexeme), ' '), 400);
  if coalesce(v_topic, '') = ''
    -- Nobody reads thousands; a robot that asks them must not fill the table.
    or (select count(*) >= 2000 from public.knowledge_gaps g where g.org_id = v_org_id)
      and not exists (select from public.knowledge_gaps g where g.org_id = v_org_id and g.topic = v_topic)
  then
    return;
  end if;
  insert into public.knowledge_gaps as g (org_id, topic, question, best_score, last_call_id, first_asked_at, last_asked_at)
  values (v_org_id, v_topic, v_question, p_best_score, p_call_id, v_now, v_now)
  on conflict (org_id, topic) do update
  set question = excluded.question, best_score = excluded.best_score, last_asked_at = v_now, last_call_id = excluded.last_call_id,
    resolved_at = null, resolved_by = null,
    times_asked = g.times_asked + case when g.last_call_id is distinct from excluded.last_call_id then 1 else 0 end;
end
$$;

comment on function app.note_knowledge_gap(uuid, text, real) is
  'Remembers that a caller asked what no document answers. Questions of the same words are one row; what is kept of the question is redacted. A clinic has 2000 rows at most.';

select app.seal('app.note_knowledge_gap(uuid, text, real)', null, 'app_writer');
-- end of sql/1838_function_note_knowledge_gap.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1840_function_ask_knowledge.sql
create or replace function app.ask_knowledge(
  p_call_id uuid,
  p_question text,
  p_model text default null,
  p_embedding extensions.vector default null,
  p_limit integer default 3
)
returns setof app.knowledge_match
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_nearest real;
begin
  return query select * from app.match_knowledge(p_question, p_model, p_embedding, p_limit);
  if not found then
    select m.score into v_nearest from app.match_knowledge(p_question, p_model, p_embedding, 1, 0) m;
    perform app.note_knowledge_gap(p_call_id, p_question, v_nearest);
  end if;
end
$$;

comment on function app.ask_knowledge(uuid, text, text, extensions.vector, integer) is
  'What a caller of this call is answered from, see app.match_knowledge. No rows: the documents do not say, and the question stands among the clinic''s gaps.';

select app.seal('app.ask_knowledge(uuid, text, text, extensions.vector, integer)', 'app_writer', 'tenant_service');
-- end of sql/1840_function_ask_knowledge.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1842_function_list_knowledge_gaps.sql
create or replace function app.list_knowledge_gaps(p_page integer, p_limit integer, p_resolved boolean default false)
returns setof app.knowledge_gap_row
language sql
stable
security definer
set search_path = ''
as $$
  select g.id, g.question, g.times_asked, g.best_score, g.last_call_id, g.first_asked_at, g.last_asked_at, g.resolved_at, count(*) over (), false
  from public.knowledge_gaps g
  where g.org_id = app.require_org_id() and (g.resolved_at is not null) = p_resolved
  order by g.times_asked desc, g.last_asked_at desc, g.id
  limit p_limit offset (p_page - 1) * p_limit
$$;

comment on function app.list_knowledge_gaps(integer, integer, boolean) is
  'A page of the questions that no document answered, those asked in most calls first; p_resolved: those that somebody settled instead.';

select app.seal('app.list_knowledge_gaps(integer, integer, boolean)', 'app_writer', 'tenant_user');
-- end of sql/1842_function_list_knowledge_gaps.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1844_function_resolve_knowledge_gap.sql
create or replace function app.resolve_knowledge_gap(p_gap_id uuid)
returns boolean
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  perform app.require_staff();
  update public.knowledge_gaps g
  set resolved_at = coalesce(g.resolved_at, app.now()), resolved_by = coalesce(g.resolved_by, app.current_user_id())
  where g.org_id = app.require_org_id() and g.id = p_gap_id;
  return found;
end
$$;

comment on function app.resolve_knowledge_gap(uuid) is
  'Puts a question aside that is answered now, or need not be. Asked again in vain, it comes back. False: there is none. For owners, admins and staff (VX403).';

select app.seal('app.resolve_knowledge_gap(uuid)', 'app_writer', 'tenant_user');
-- end of sql/1844_function_resolve_knowledge_gap.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1846_function_orgs_with_knowledge.sql
create or replace function app.orgs_with_knowledge()
returns setof uuid
language sql
stable
security definer
set search_path = ''
as $$
  select o.id from public.organizations o where o.knowledge_model is not null and o.deleted_at is null order by o.id
$$;

comment on function app.orgs_with_knowledge() is
  'The organisations, of all, that have documents with vectors: where a new model, or a process that still used the old one, may have left some to make.';

select app.seal('app.orgs_with_knowledge()', 'app_definer', 'voxanne_login');
-- end of sql/1846_function_orgs_with_knowledge.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1848_function_switch_knowledge_model.sql
create or replace function app.switch_knowledge_model(p_model text)
returns boolean
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
begin
  -- No version takes another's place until this is done: each holds its document's row for that.
  perform from public.knowledge_documents d where d.org_id = v_org_id and d.deleted_at is null order by d.id for update;
  if exists (select from app.knowledge_to_embed(null, p_model, 1)) then
    return false;
  end if;
  update public.organizations o set knowledge_model = p_model where o.id = v_org_id;
  delete from public.knowledge_vectors v
  using public.knowledge_chunks c, public.knowledge_documents d
  where v.org_id = v_org_id and v.model <> p_model and c.org_id = v_org_id and c.id = v.chunk_id
    and d.org_id = v_org_id and d.id = c.document_id and d.current_version_id = c.version_id;
  return true;
end
$$;

comment on function app.switch_knowledge_model(text) is
  'From now on questions are answered by vectors of p_model, and those of other models go. False, and nothing changes, while a piece that answers has none of p_model.';

select app.seal('app.switch_knowledge_model(text)', 'app_writer', 'tenant_service');
-- end of sql/1848_function_switch_knowledge_model.sql
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
drop function app.switch_knowledge_model;
drop function app.orgs_with_knowledge;
drop function app.resolve_knowledge_gap;
drop function app.list_knowledge_gaps;
drop function app.ask_knowledge;
drop function app.note_knowledge_gap;
drop function app.match_knowledge;
drop function app.knowledge_model;
drop function app.fail_knowledge;
drop function app.finish_knowledge;
drop function app.note_knowledge_progress;
drop function app.store_knowledge_vector;
drop function app.knowledge_to_embed;
drop function app.stage_knowledge;
drop function app.begin_knowledge;
drop function app.list_knowledge_chunks;
drop function app.knowledge_content;
drop function app.list_knowledge;
drop function app.delete_knowledge;
drop function app.change_knowledge;
drop function app.add_knowledge;
drop function app.is_knowledge_stuck;
drop function app.queue_knowledge;
drop function app.clinic_text_config;
drop function app.fold_text;
drop function app.text_config;
drop function app.web_test_state;
drop function app.end_web_test;
drop function app.open_web_test;
drop function app.place_web_test;
drop function app.begin_web_test;
drop function app.finish_web_test;
drop function app.find_user;
drop function app.repair_membership;
drop function app.membership_faults;
drop function app.resume_provisioning;
drop function app.release_line;
drop function app.found_org;
drop function app.outbound_load;
drop function app.settle_outbound_call;
drop function app.outbound_call_to_settle;
drop function app.outbound_calls_to_settle;
drop function app.conclude_outbound_call;
drop function app.ending_of_call;
drop function app.fail_outbound_call;
drop function app.note_call_placed;
drop function app.prepare_outbound_call;
drop function app.put_off_call;
drop function app.take_outbound_call;
drop function app.cancel_outbound_call;
drop function app.close_outbound_call;
drop function app.read_outbound_call;
drop function app.list_outbound_calls;
drop function app.outbound_calls_shown;
drop function app.request_outbound_call;
drop function app.latest_dialling;
drop function app.queue_outbound_call;
drop function app.replayed_call;
drop function app.objection_to_call;
drop function app.call_cap_reached;
drop function app.outbound_line;
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
drop function app.left_at_twilio;
drop function app.own_line;
drop function app.record_call_report;
drop function app.take_message;
drop function app.redact_medical_terms;
drop function app.redact_turns;
drop function app.introduced_names;
drop function app.redact_phi;
drop function app.fold_identifiers;
drop function app.fold_names;
drop function app.fold_known_names;
drop function app.fold_numbers;
drop function app.fold_records;
drop function app.fold_visits;
drop function app.fold_addresses;
drop function app.fold_foreign_addresses;
drop function app.fold_birth_dates;
drop function app.fold_emails;
drop function app.unfolded_text;
drop function app.classified_words;
drop function app.split_words;
drop function app.redaction_vocabulary;
drop function app.folded_words;
drop function app.folded_span;
drop function app.name_forms;
drop function app.number_kind;
drop function app.is_listed;
drop function app.digits_said;
drop function app.minutes_said;
drop function app.passes_luhn;
drop function app.says_any;
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
-- back to sql/0125_policy_searching.sql
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
-- back to sql/0286_function_redact_emails.sql
create or replace function app.redact_emails(p_text text)
returns text
language plpgsql
immutable
strict
parallel safe
set search_path = ''
as $$
declare
  -- Spoken: "j dot quill at patients dot example", letter by letter too, and half-written "j.quill at patients.example".
  v_part constant text := '[[:alnum:]_+-]+';
  v_join constant text := '(?:\s*\.\s*|\s+(?:dot|period|point|underscore|dash|hyphen|plus)\s+)';
begin
  p_text := regexp_replace(p_text, '[[:alnum:]._%+-]+@[[:alnum:].-]+\.[[:alpha:]]{2,}', '[email]', 'gi');
  return regexp_replace(p_text,
    '\m(?:[[:alnum:]][\s-]+)*(?:' || v_part || v_join || ')*' || v_part || '\s+(?:at|\(at\)|@)\s+'
      || '(?:[[:alnum:]][\s-]+)*' || v_part || '(?:' || v_join || v_part || ')*(?:\s+(?:dot|period|point)\s+|\.)[[:alpha:]]{2,}\M',
    '[email]', 'gi');
end
$$;

comment on function app.redact_emails(text) is
  'The text with every e-mail address, written or spoken ("j dot quill at patients dot example"), replaced by [email].';

select app.seal('app.redact_emails(text)', null, 'tenant_service', 'app_writer');
-- end of sql/0286_function_redact_emails.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- back to sql/0287_function_redact_birth_dates.sql
-- A visit lies in the present, a birth rarely does: what is said to be a date of birth goes, and so does every full
-- date in a year too long ago for a visit. The limit is a constant because the function is immutable.
create or replace function app.redact_birth_dates(p_text text)
returns text
language plpgsql
immutable
strict
parallel safe
set search_path = ''
as $$
declare
  v_month constant text := '(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?';
  v_unit constant text := '(?:zero|oh|one|two|three|four|five|six|seven|eight|nine)';
  v_teen constant text := '(?:ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen)';
  v_tens constant text := '(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)';
  v_day constant text := '(?:\d{1,2}(?:st|nd|rd|th)?|(?:(?:twenty|thirty)[\s-]+)?(?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth)'
    || '|tenth|eleventh|twelfth|[a-z]+teenth|twentieth|thirtieth|(?:(?:twenty|thirty)[\s-]+)?' || v_unit || '|' || v_teen || '|twenty|thirty)';
  v_below_100 constant text := '(?:' || v_tens || '(?:[\s-]+' || v_unit || ')?|' || v_teen || '|' || v_unit || '(?:\s+' || v_unit || ')?)';
  v_past constant text := '(?:18\d\d|19\d\d|200\d|201\d|202[0-4])';
  v_past_words constant text := '(?:(?:eighteen|nineteen)(?:\s+hundred)?(?:\s+and)?[\s-]+' || v_below_100
    || '|two\s+thousand(?:\s+and)?(?:[\s-]+' || v_below_100 || ')?|twenty[\s-]+(?:oh[\s-]+' || v_unit || '|' || v_teen || '))';
  v_any_year constant text := '(?:''?\d\d|(?:18|19|20)\d\d|' || v_past_words || '|' || v_below_100 || ')';
  v_cue constant text := '\m(?:born|birth\s?days?|birth\s?dates?|date\s+of\s+birth|d\.?o\.?b\M\.?)';
  -- At most a few words lie between the cue and the date: "my date of birth, let me see, it's the ...".
  v_gap constant text := '(?:[\s:,.?-]+|\m(?:on|is|was|it|it''s|its|in|the|a|uh|um|let|me|see|would|be|[a-z]+day)\M|''s)*';
begin
  p_text := regexp_replace(p_text, '(' || v_cue || v_gap || ')(?:'
    || '\m' || v_month || '\s+(?:the\s+)?' || v_day || '(?:,?\s+(?:of\s+)?' || v_any_year || ')?\M'
    || '|\m' || v_day || '(?:\s+of)?\s+' || v_month || '(?:,?\s+(?:of\s+)?' || v_any_year || ')?\M'
    || '|\m\d{1,4}\s?[-/. ]\s?\d{1,2}(?:\s?[-/. ]\s?\d{1,4})?\M|\m\d{6,8}\M'
    || '|\m(?:' || v_below_100 || '|' || v_past_words || ')(?:[\s,/-]+(?:' || v_past_words || '|' || v_below_100 || ')){1,4}\M)',
    '\1[date of birth]', 'gi');
  p_text := regexp_replace(p_text,
    '\m(?:' || v_month || '\s+(?:the\s+)?' || v_day || '|' || v_day || '(?:\s+of)?\s+' || v_month || '),?\s+(?:of\s+)?'
      || '(?:' || v_past || '|' || v_past_words || ')\M',
    '[date of birth]', 'gi');
  p_text := regexp_replace(p_text, '\m' || v_past || '\s?[-/.]\s?\d{1,2}\s?[-/.]\s?\d{1,2}\M', '[date of birth]', 'g');
  -- A two-digit year from 40 on is the last century's.
  return regexp_replace(p_text, '\m\d{1,2}\s?[-/.]\s?\d{1,2}\s?[-/.]\s?(?:' || v_past || '|[4-9]\d)\M', '[date of birth]', 'g');
end
$$;

comment on function app.redact_birth_dates(text) is
  'The text with dates of birth replaced by [date of birth]: any date that is said to be one, in digits or words, and every full date before 2025. Dates of visits stay.';

select app.seal('app.redact_birth_dates(text)', null, 'tenant_service', 'app_writer');
-- end of sql/0287_function_redact_birth_dates.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- back to sql/0288_function_redact_numbers.sql
-- Seven digits in a row, however they are grouped or spelled, are a number somebody could be found by. Dates, times and
-- prices stand next to each other in scheduling talk: a mark that no rule crosses keeps them from adding up to one.
create or replace function app.redact_numbers(p_text text)
returns text
language plpgsql
immutable
strict
parallel safe
set search_path = ''
as $$
declare
  v_mark constant text := U&'\E000';
  v_digit constant text := '(?:zero|oh|o|one|two|three|four|five|six|seven|eight|nine|double|triple|\d)';
  v_number constant text := '(?:ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen'
    || '|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundred|thousand|\d\d)';
  v_between constant text := '[\s,.-]+';
  v_month constant text := '(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]*\.?';
begin
  p_text := replace(p_text, v_mark, '');
  p_text := regexp_replace(p_text, '\m(20[2-9]\d)([-./])(\d{1,2})\2(\d{1,2})\M',
    v_mark || '\1' || v_mark || '\2\3\2\4' || v_mark, 'g');
  p_text := regexp_replace(p_text, '\m(\d{1,2})([-./])(\d{1,2})\2(20[2-9]\d)\M',
    v_mark || '\1\2\3' || v_mark || '\2\4' || v_mark, 'g');
  p_text := regexp_replace(p_text, '\m(' || v_month || '\s+\d{1,2}(?:st|nd|rd|th)?|\d{1,2}\s+' || v_month || ')(,?\s+)(20[2-9]\d)\M',
    '\1\2' || v_mark || '\3' || v_mark, 'gi');
  p_text := regexp_replace(p_text, '\m(\d{1,2}:\d\d)\M', v_mark || '\1' || v_mark, 'g');
  p_text := regexp_replace(p_text, '([$£€]\s?\d+(?:,\d{3})*(?:\.\d\d)?)\M', v_mark || '\1' || v_mark, 'g');

  p_text := regexp_replace(p_text, '\m\d{3}\s?[- .]\s?\d{2}\s?[- .]\s?\d{4}\M', '[ssn]', 'g');
  p_text := regexp_replace(p_text, '\m((?:social security|ssn|social)(?:\s+\w+){0,3}?[\s:]+)\d{9}\M', '\1[ssn]', 'gi');
  p_text := regexp_replace(p_text, '\m\d(?:[ .-]{0,2}\d){12,18}\M', '[card]', 'g');
  p_text := regexp_replace(p_text, '\+?\(?\m\d{3}[\s().,/-]{0,3}\d{3}[\s.,/-]{0,3}\d{4}\M', '[number]', 'g');
  p_text := regexp_replace(p_text, '\+?\(?\m\d(?:[\s().-]{0,3}\d){6,}\M', '[number]', 'g');
  p_text := regexp_replace(p_text, '\m' || v_digit || '(?:' || v_between || v_digit || '){6,}\M', '[number]', 'gi');
  -- "five five five, twelve thirty-four": three single digits, then pairs.
  p_text := regexp_replace(p_text, '\m' || v_digit || '(?:' || v_between || v_digit || '){2,}(?:' || v_between
    || '(?:' || v_digit || '|' || v_number || ')){3,}\M', '[number]', 'gi');
  return replace(p_text, v_mark, '');
end
$$;

comment on function app.redact_numbers(text) is
  'The text with social security numbers ([ssn]), card numbers ([card]) and phone and other long numbers ([number]) replaced, also when spelled out. Dates from 2020 on, times and prices stay.';

select app.seal('app.redact_numbers(text)', null, 'tenant_service', 'app_writer');
-- end of sql/0288_function_redact_numbers.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- back to sql/0289_function_redact_names.sql
create or replace function app.redact_names(p_text text, p_names text[])
returns text
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
declare
  v_word text;
begin
  for v_word in
    select distinct f.form
    from unnest(p_names) n(name)
    cross join lateral regexp_split_to_table(btrim(n.name), '[\s-]+') w(word)
    -- Speech recognition writes accents and apostrophes as it likes: both spellings go.
    cross join lateral (values (w.word), (replace(app.normalise_name(w.word), ' ', ''))) f(form)
    where char_length(f.form) > 1
  loop
    p_text := regexp_replace(p_text,
      '\m' || regexp_replace(v_word, '([][\\.^$*+?(){}|])', '\\\1', 'g') || '\M', '[name]', 'gi');
  end loop;
  return regexp_replace(p_text, '\[name\](?:[\s-]+\[name\])+', '[name]', 'g');
end
$$;

comment on function app.redact_names(text, text[]) is
  'The text with every word of the given names replaced by [name], whatever its case; one placeholder for a full name. A name that is also a word (May, Will) takes that word with it.';

select app.seal('app.redact_names(text, text[])', null, 'tenant_service', 'app_writer');
-- end of sql/0289_function_redact_names.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- back to sql/0290_function_redact_phi.sql
-- It errs towards taking out too much of a number and leaves visit dates readable, because that is what staff read a
-- transcript for. Addresses first: their digits are part of them. Names last: they may stand in an address.
create or replace function app.redact_phi(p_text text, p_names text[])
returns text
language sql
immutable
parallel safe
set search_path = ''
as $$
  select app.redact_names(app.redact_numbers(app.redact_birth_dates(app.redact_emails(p_text))), p_names)
$$;

comment on function app.redact_phi(text, text[]) is
  'The text without identifiers: social security and card numbers, phone numbers (also spelled out), e-mail addresses, dates of birth and the given names'' words, each replaced by a placeholder in brackets. Dates of visits stay. NULL stays NULL.';

select app.seal('app.redact_phi(text, text[])', null, 'tenant_service', 'app_writer');
-- end of sql/0290_function_redact_phi.sql
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
-- back to sql/0630_function_take_message.sql
create or replace function app.take_message(
  p_call_id uuid,
  p_tool_call_id text,
  p_body text,
  p_caller_name text default null,
  p_callback_number text default null,
  p_urgent boolean default false
)
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
  if coalesce(btrim(p_body), '') = '' then
    raise exception 'a message needs a text' using errcode = 'VX400';
  end if;
  perform app.lock_call(p_call_id);
  insert into public.caller_messages (
    org_id, call_id, tool_call_id, contact_id, caller_name, callback_number, body, urgent)
  values (
    v_org_id, p_call_id, p_tool_call_id, app.contact_of_call(p_call_id), left(nullif(btrim(p_caller_name), ''), 100),
    p_callback_number, left(app.redact_phi(btrim(p_body), array_remove(array[p_caller_name], null) || app.names_of_call(p_call_id)), 2000), p_urgent)
  on conflict (org_id, call_id, tool_call_id) do nothing
  returning id into v_id;
  if v_id is null then
    return (
      select m.id from public.caller_messages m
      where m.org_id = v_org_id and m.call_id = p_call_id and m.tool_call_id = p_tool_call_id
    );
  end if;
  perform app.notify_staff('caller_message',
    case when p_urgent then 'A caller left an urgent message' else 'A caller left a message' end, 'caller_message', v_id);
  return v_id;
end
$$;

comment on function app.take_message(uuid, text, text, text, text, boolean) is
  'Keeps what a caller asked to pass on and tells the staff. The same tool call again returns the same message''s id. Numbers, addresses and identifiers in the text are redacted; the call-back number (E.164) has its own column. An empty text is VX400.';

select app.seal('app.take_message(uuid, text, text, text, text, boolean)', 'app_writer', 'tenant_service');
-- end of sql/0630_function_take_message.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- back to sql/0710_function_record_call_event.sql
create or replace function app.record_call_event(
  p_call_id uuid,
  p_status text,
  p_at timestamptz,
  p_ended_reason text default null
)
returns boolean
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_order constant text[] := array['scheduled', 'queued', 'ringing', 'in-progress', 'forwarding', 'ended'];
  v_changed boolean;
begin
  -- Before the call's row: a caller who hangs up while the booking still waits must not meet it the other way round.
  perform app.lock_call(p_call_id);
  update public.call_logs c
  set status = p_status,
    started_at = case when p_status = 'in-progress' then coalesce(c.started_at, p_at) else c.started_at end,
    ended_at = case when p_status = 'ended' then coalesce(c.ended_at, p_at) else c.ended_at end,
    ended_reason = coalesce(c.ended_reason, left(p_ended_reason, 200)),
    updated_at = app.now()
  where c.org_id = v_org_id
    and c.id = p_call_id
    and array_position(v_order, c.status) < array_position(v_order, p_status);
  v_changed := found;
  if p_status = 'ended' then
    perform app.release_hold(p_call_id);
  end if;
  if v_changed then
    perform app.announce(case when p_status = 'ended' then 'call_ended' else 'call_update' end, 'call', p_call_id);
  end if;
  return v_changed;
end
$$;

comment on function app.record_call_event(uuid, text, timestamptz, text) is
  'Takes in a status of a call. Statuses only go forward, so late and repeated ones change nothing; ended gives back what the call held. Returns whether anything changed. A status outside the known ones changes nothing.';

select app.seal('app.record_call_event(uuid, text, timestamptz, text)', 'app_writer', 'tenant_service');
-- end of sql/0710_function_record_call_event.sql
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
-- back to sql/0860_function_provision_user.sql
-- AFTER trigger: in a BEFORE trigger the profile's foreign key would not find its user yet.
create or replace function app.provision_user()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := (new.raw_app_meta_data ->> 'org_id')::uuid;
  v_claims text := coalesce(current_setting('request.jwt.claims', true), '');
  v_invitation public.invitations;
  v_name text;
begin
  if v_org_id is null or exists (select from public.profiles p where p.user_id = new.id) then
    return new;
  end if;

  if exists (select from public.organizations o where o.id = v_org_id) then
    update public.invitations i
    set accepted_at = app.now()
    where i.id = (
      select c.id from public.invitations c
      where c.org_id = v_org_id and c.email = lower(new.email) and c.accepted_at is null and c.expires_at > app.now()
      order by c.token_hash = sha256(convert_to(coalesce(new.raw_user_meta_data ->> 'invitation_token', ''), 'utf8')) desc, c.created_at desc
      limit 1)
      and i.org_id = v_org_id
    returning i.* into v_invitation;
    if v_invitation.id is null then
      raise exception 'no open invitation for this address' using errcode = 'VX403';
    end if;
    insert into public.profiles (org_id, user_id, role, name, email)
    values (v_org_id, new.id, v_invitation.role, left(new.raw_user_meta_data ->> 'name', 100), new.email);
    return new;
  end if;

  v_name := coalesce(nullif(left(btrim(new.raw_user_meta_data ->> 'business_name'), 100), ''), 'My clinic');
  insert into public.organizations (id, name, slug, time_zone)
  values (
    v_org_id, v_name,
    left(coalesce(nullif(btrim(regexp_replace(app.normalise_name(v_name), '[^a-z0-9]+', '-', 'g'), '-'), ''), 'clinic'), 40)
      || '-' || right(replace(v_org_id::text, '-', ''), 12),
    case when app.is_time_zone(new.raw_user_meta_data ->> 'time_zone') then new.raw_user_meta_data ->> 'time_zone'
      else 'America/New_York' end);
  insert into public.profiles (org_id, user_id, role, name, email)
  values (v_org_id, new.id, 'owner', left(new.raw_user_meta_data ->> 'name', 100), new.email);

  perform set_config('request.jwt.claims',
    jsonb_build_object('app_metadata', jsonb_build_object('org_id', v_org_id))::text, true);
  perform app.furnish_org(v_name, o.time_zone) from public.organizations o where o.id = v_org_id;
  perform set_config('request.jwt.claims', v_claims, true);
  return new;
end
$$;

comment on function app.provision_user() is
  'Trigger on auth.users: founds the organisation of a person who signs up (location, practitioner, service, hours, agent, profile as owner), or makes an invited person a member. An error fails the sign-up as a whole: nobody is left half-made.';

select app.seal('app.provision_user()', 'app_definer');
-- end of sql/0860_function_provision_user.sql
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
-- back to sql/1010_function_save_agent.sql
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
-- back to sql/1118_function_merge_histories.sql
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
-- back to sql/1257_function_save_location.sql
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
  if exists (select from public.phone_numbers n where n.number = btrim(p_fields ->> 'phone')) then
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
revoke create on schema app from app_writer, app_definer, app_searcher;
-- +goose StatementEnd
