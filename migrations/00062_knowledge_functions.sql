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
drop function app.heed_call_refusal;
drop trigger if exists voxanne_call_changed on public.call_logs;
drop trigger if exists voxanne_call_came_or_went on public.call_logs;
drop function app.forget_answers;
drop function app.list_calls;
drop function app.erase_visits;
drop function app.erase_contact;
drop function app.erase_calls;
drop function app.erase_messages;
drop function app.record_call_report;
drop function app.call_outcome;
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
drop policy if exists searcher_finds on public.messages;
drop policy if exists searcher_finds on public.call_logs;
drop policy if exists searcher_finds on public.patients;
drop policy if exists searcher_finds on public.contacts;
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
-- snapshot of sql/0125_policy_searching.sql
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
  select case
    when p_kind = 'stays' then repeat(' _', array_length(string_to_array(p_span, ' '), 1) - 1)
    when strpos(p_span, '¶') = 0 then ' [' || p_kind || repeat(' =', array_length(string_to_array(p_span, ' '), 1) - 2)
    -- Said over several turns: each keeps its own mark of what went.
    else ' [' || p_kind || replace(regexp_replace(regexp_replace(p_span, '^ [^ ]+', ''), ' [^ ¶]+', ' =', 'g'), ' ¶ =', ' ¶ [' || p_kind)
  end
$$;

comment on function app.folded_span(text, text) is
  'As many words as a span has, each preceded by a blank, that no further rule matches: "[kind" and "=" for what goes, "_" for what stays. A span over several turns is one in each.';

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
    ('', 'able abroad abscess absolutely accent accept access accident according accountant accounts ache aches aching active
      acupuncture add added additional adjust admin advance advice advil affect afford agent agree air aisle alarm alcohol
      aligner aligners alive allow allowed alone along alrighty alternative although ambulance amount angle angry animal ankle
      ankles announcement annual annually answer answers antibiotic antibiotics anxious anyways apart apologies apologise
      apologize apostrophe app apparently application apply appreciate approval approve approved appt appts arm arms arrange
      arrival arrive arrived arthritis article aside asleep assist assistance assistant assume asthma attached attack attempt
      attention attorney auto automated average aviva avoid awake aware awkward aww babysitter background bag balance bank bar
      base based basic basically basis bath bathroom beat bed bedroom behalf behavior behaviour belong belongs beside besides
      bet beyond bike billing birthdate bite bites biweekly blame bleach blood board bonus bottom bought bounce bound bowl
      brain branch bread break breakfast breaks breath breathing bridge bridges broccoli brow brows brush brushing budget
      building bump burn burning bus business butter buy cab calendar calm camera camp campaign campus canceling cancellation
      cancelling cap capital car carecredit careful carefully caregiver carer carry cars cast cat catch cause caused ceiling
      centre century certainly chair challenge charge charged charges charging cheap cheaper cheek cheer cheers cheese chest
      chew chewing chicken chin chiropractor choice choose cigarette city class classes clause cleaner cleared client clients
      climb clock clothes cloud club coat coffee coinsurance cold colleagues collect college color colour comfort comfortable
      comment community companies compare complain complaint complete computer concern concerns condition conditions conference
      connect connected connection consent consider contacts contract control convenient conversation cool copay copays copies
      copy corner corporate corrected cosmetic cough counter country cousins cover covers covid coworker coworkers crack
      cracked crazy cream create credit cry cup custom customers cut cute cuz cycle daily damage damn dark database deal
      dealing deals death debit deceased decide decided deductible deep degree degrees delay delayed delete deliver delivery
      denied deny department depend deposit dermatologist dermatology desk detail details diabetes diabetic died diet
      differently digit digits directions disability disabled discharge disconnected discover discussed dish distance divorced
      dog dogs dokey downstairs downtown drain drank draw dress drink drinking drivers driving drop dropped drops drove drug
      drugs dry dude dumb ear ears ease eat eaten eating edge effect effects egg elderly elevator eligible elsewhere employee
      employer empty engaged engine enjoy enroll enrolled enter entire entirely entrance envelope equipment error escape
      estimate event events eventually everyday exact exchange exercise exist existing exit exp expense experience expert
      expiration expire expired expiring expiry explain explained explanation extend extract extreme eye eyeglasses eyes
      fabulous facials facility facing factor fail failed fake fall false familiar families fan fast faster fault favor
      favorite favourite feet fellow felt female fever fight figured filed files film finger fingers finish fire firm fit fits
      fix fixed fixing flexible flight floss flow flu fly folks food fool foot force forever forward forwarded fracture fresh
      fridge friendly fruit fsa fund funny furniture future gain game garage gas gate gee general generally gentle gentleman
      gentlemen gimme glasses glue goal god goodbyes goodness gosh gotcha government gown grab grand grateful grind grinding
      ground grow growing growth guarantee guard guide gun habit hair haircut haircuts handle handled handling hang hanging
      hangs happening harder harm hassle hat headache headaches heads hearing heart heat heavy height hell helping helps
      hesitate hidden high higher highlights highly hip hire hired history hit hm holiday holidays homes honest honestly hoped
      hopefully hopes hot hotel hourly hsa hungry hurry husbands hyphenated iban ibuprofen ice icy ideal ignore ill illness
      imagine immediate immediately improve inches incident include includes income incorrect increase indeed infected informed
      inhaler initials injection injury inlay inquiring insulin insurances intake intend interest interesting interpreter
      interview introduce invite involved iron ish island issues items jaw jaws jeez jobs join joint joke journey juice jump
      key keys kick kidding kill kitchen klarna knee knees knew knock knowing lab label land landline landlord language large
      larger lash lashes latex laugh lawyer lay lead leading leaflet leak learn learned leg legal legs lemme lemon lend length
      lens lenses lesson level liar library lie life lift light limit limited lines link lip lips list listed listen listening
      lists load loan local lock locked log logged loose loss loved lower lowercase luck lung mad magic mailing main mainly
      male mall manicure map marketing mask mass massages match material maximum meal measure meat media meds menu mess metal
      method midday midnight migraine migraines mild mile milk million minimum minor minus mirror mix mixed mode model modern
      moms monthly mood moon motor mountain mouse mouthguard mouthwash movie muscle museum music mute nah nail nails nanny nap
      narrow nasty native natural nature nausea neck neighborhood nerve nerves network newborn newly news nickname nights noise
      noonish nose note noted notes notice notification numb nurse nurses nuts object obvious obviously occupied oclock odd
      offered offering oil okey ongoing onto oops operation operator opinion optician optometrist oral ordered ordinary otp
      outlet oven overdue overnight owe owed pack package pad pages pair panic paper papers paragraph pardon parked partial
      participate particular partly passed password paste patch pattern pause paying payments paypal peace peanuts pediatric
      pedicure peels pen pending penicillin percentage performance permanent permission permit personal personally pet pharmacy
      photo photos physical physically physician physio physiotherapy picked picking picture pictures piece pieces pill pillow
      pills pin pipe pizza plain plane plant plastic plate play played playing pocket pointed points police polite pool pop
      popped popular porcelain position positive possibility post posted practical practitioner pray preference pregnancy
      premium prep prepare prepared prescribe prescribed prescriptions present press pressed pressure presume prevent previous
      previously primary principal print prior priority private proceed process product products professional profile program
      project promise promised promotion proof proper properly property protect protection proud prove provide provided
      providers provides purchase purple purpose purse quality quarter quicker quiet quit quote race radio raining raise ran
      random range rare rarely rash rate rates raw reaching react reaction reactions reasonable receipt receive received
      receiving recommendation recommendations recommended recording recovery red reduce refer referrals refill refills refund
      refused register registered registration regret related relation relative relatives relax release relief relieved rely
      remain remaining removal remove removed removing rent repair repeated replace replaced replacement report reports
      represent representative requests require required requires research reserve residence residential resides resolve
      respect respectfully response responsible restaurant retired ride ring ringing rings rip risk robot roll rooms roots
      round routing rude rule rules sad safety sale sample sandwich satisfied saved savings scale scaling scan scared scenario
      scene schedules school science scratch scream screen screw seal search season seat seats secret section secure select
      sell senior sense sensitivity sentence separated separately sequence series serve serving settle setup sex shake shame
      shape share shellfish shift shipping shirt shock shoe shoes shop shopping shot shots shoulder shoulders shout shower shut
      shy siblings sight signal signature signed significant signs silly similar simply sincerely single sink site sites
      sitting size sized skull sleep sleeping sleepy slip slower slowly smell smells smoke smoker smoking smooth snack soft
      software sold solid solution solve someplace soup source speaker specials specialty speech speed spend spent spit sponsor
      sport sports spot spots spread stage stairs stand standing state statement statements states station status stayed
      staying steady steak step steps stick sticking stitch stitches stomach store strange strategy stress stuck student
      students study stupid style subject submit submitted success suddenly sugar suggest suggested suggestion suit summary sun
      supper supply support suppose surely surprise survey suspect swear switch symptom symptoms system table tablet tablets
      tape target taste tax taxi tea teach teacher tear tears teenage teens teeth teething temperature temporary tend tender
      term terms terribly terrific territory tests thankful theater theatre therapist thick thin thirsty tho thoroughly thread
      threat throat throbbing throw ticket tie tight til tiny tip tips tire toast toilet tone tongue tonsils tool toothache
      toothbrush toothpaste topic touching tough tour towards tower town toy track tracking trade traffic train training
      transferred translator transportation traveling travelling tray treat treated tree trees tremendous tricare trick trigger
      trips troubles truck truth tube tune turned turning twenties tylenol typical typically ugly uhhuh ultimately ultrasound
      umbrella unable uncomfortable underneath understanding understood uniform unitedhealthcare universe university unknown
      unlike unlikely unusual upcoming update updated updates upgrade upload uppercase upright upside upstairs urgency urgently
      useful useless user vacant vacation vaccination vaccine vaccines valid validate value vegetables vehicle venmo
      verification verify version victim village violence virtual virus vision visited visiting vital vitality vitamin vitamins
      voices void volume vomit vomiting vote wage waist waited waits wake waking walked walking wall wallet war warm warning
      wash washing watch watching wave wax waxing weak wear wearing weather wedding weekday weekdays weekly weigh weight wet
      whatsoever wheel wheelchair whereabouts whereas whispering whoa wide widow widowed win wind window wine winning wipe wire
      wires woke worker worn wound wrap wrist written yearly yell yellow yo yourselves youth yup zelle zone'),
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
      mastercard amex de la le les du des van von der den del di da bin al el los las das dos do zu bint ibn abu'),
    -- Relatives, greetings, and what fills pauses.
    ('', 'lipo liposuction hydrafacial rhinoplasty facelift coolsculpting juvederm restylane dysport xeomin sculptra kybella
      ultherapy thermage prp dermaplaning microblading balayage blowout tattoo'),
    ('', 'law laws auth authorization licence license ends subscribers mothers'),
    ('', 'warranty anesthesia sedation gassy maintenance retreatment supervision renovation bundle trial policyholder monitor
      observation preauthorization preauth caretaker achy itchy puffy bloody bruised dizzy drowsy groggy nauseous woozy
      feverish sober bummed stoked thrilled delighted furious grumpy cranky terrified embarrassed ashamed exhausted starving
      unemployed jobless homeless overweight underweight asymptomatic contagious infectious unwell swamped slammed stranded
      nearby overseas uptown offline onsite remote brief handy dire crucial mandatory optional payable refundable uncovered
      blank dull chronic acute constant sporadic recurring frequent bizarre absurd sorta barely hardly roughly approximately
      precisely gluten dairy vegetarian lactose peanut codeine aspirin amoxicillin lidocaine carpet sofa couch hallway lobby
      escalator basement attic driveway sidewalk laptop keyboard browser router inbox spam folder attachment scanner printer
      supermarket grocery daycare kindergarten preschool gym sleet fog rainy sunny cloudy windy slippery flooded frozen
      payroll mortgage overdraft checkbook cash coins voucher coupon promo raffle plumber electrician mechanic cashier
      waitress waiter bartender midwife paramedic firefighter soldier pilot trucker fortnight dusk semester
      trimester canine incisor enamel plaque tartar ulcer lesion blister lump hives wart elbow thumb pinky knuckle thigh calf
      shin heel toe rib spine belly tummy bladder kidney liver soccer football basketball baseball hockey tennis golf yoga
      pilates karate ballet swimming rehearsal recital brunch beer puppy kitten hamster goldfish horse cow crap heck darn
      dang geez whoops oopsie yikes yay guarantor pseudonym alias protocol guidelines agreement probation quarantine arrest
      oath review scrutiny suspicion fifty-fifty half-hour halfway midweek anyday likewise therefore thereafter meanwhile
      nonetheless moreover wholly solely purely strictly merely literally supposedly frankly crew squad committee panel
      agency bureau council ministry jury notary tonsil forehead eyebrow eyelid eyelash nostril earlobe noisy silent dim
      bright sticky slimy greasy dusty dirty filthy spotless tidy messy wobbly'),
    ('J', 'son sons daughter daughters wife husband mother father mom mommy mum dad daddy brother brothers sister sisters sis child children kid kids baby boy
      boys girl girls grandson granddaughter grandmother grandfather grandma grandpa nephew niece cousin aunt auntie uncle partner fiance fiancee fiancé fiancée boyfriend girlfriend friend friends stepson stepdaughter toddler toddlers twin twins spouse roommate grandchild infant teenager stepmother stepfather
      stepmom stepdad stepsister stepbrother godmother godfather godson goddaughter'), ('hi', 'hi hello hey'), ('uh', 'uh um ugh mhm mm hmm uhm huh ah well yes yeah yea yep sure ok okay so'),
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
    ('S', 'street avenue ave av boulevard blvd road rd lane ln parkway pkwy highway hwy turnpike expressway freeway expy fwy crescent mews concourse motorway boardwalk'),
    ('Zst', 'st'), ('Zdr', 'dr'), ('Zca', 'calle camino avenida paseo rua rambla carrera'),
    ('Z', 'drive place pl court ct circle cir square sq row hill park trail trl alley loop plaza gardens green grove
      view run pike path pass rise quay wharf crossing hollow ridge glen terrace close walk common meadow
      creek bend cove hills heights vale fields yard parade embankment bypass route terr ter cres plz xing crt hgts manor mnr estates landing commons trace knoll heath
      villas causeway vista mount rte harbor harbour village island valley springs shores junction yards
      acres meadows pines oaks ranch bluff bluffs crest highlands isle knolls overlook canyon crossroads croft drove lea mead moor paddock
      strand wynd orchard ctr promenade circuit copse dell garth grange quadrant nook precinct gateway viaduct skyway
      arcade lookout inlet prairie summit cliffs falls parkside turnabout spur byway ridgeway lakes'),
    ('V', 'north south east west northeast northwest southeast southwest nw ne sw'),
    ('B', 'apartment apt unit suite ste flat floor fl'),
    ('Us', 'illinois indiana california texas florida ohio georgia michigan virginia arizona massachusetts tennessee maryland
      wisconsin minnesota colorado alabama louisiana kentucky oregon oklahoma connecticut utah iowa nevada kansas pennsylvania'),
    ('Zway', 'way'), ('Zbroadway', 'broadway esplanade'), ('F', 'rue chemin impasse allée allee quai cours'),
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
  -- A written e-mail address is one token, between these.
  v_opens constant text := E'\x02';
  v_closes constant text := E'\x03';
  v_mail constant text := '[A-Za-z0-9._%+\u00C0-\u024F-]';
  v_host constant text := '[A-Za-z0-9\u00C0-\u024F-]+';
  v_blanks constant text := E' \t\n\x0b\f\r\u00a0\u202f';
  -- Letters of all scripts are what no sign, digit or blank is.
  v_letter constant text := U&'[^\0001-\0040\005B-\0060\007B-\00BF\2000-\206F\20A0-\20CF\3000-\3003\E000-\F8FF]';
  v_marked text;
begin
  -- Marking and splitting takes a tenth of the time that matching token by token does, in the C collation even less; what
  -- belongs together again ("3rd", "O'Dell", "'m") is seldom, and dearer in the first pattern than after it.
  p_text := translate(p_text, v_mark || v_opens || v_closes, '');
  if strpos(p_text, '@') > 0 then
    p_text := regexp_replace(p_text collate "C", v_mail || '[A-Za-z0-9._%+''’&@\u00C0-\u024F-]*@' || v_host || '(?:[.]' || v_host || ')*', v_opens || '\&' || v_closes, 'g');
  end if;
  v_marked := regexp_replace(p_text collate "C",
    '(?:' || v_opens || '[^' || v_closes || ']*' || v_closes || '|\[(?:ssn|card|phone|number|email|date of birth|record number|address|name|medical term)\]|' || v_letter || '+|[0-9]+|.)['
      || v_blanks || ']*', '\&' || v_mark, 'g');
  if translate(p_text, '0123456789', '') <> p_text then
    v_marked := regexp_replace(v_marked collate "C", '([0-9])' || v_mark || '(st|nd|rd|th|ST|ND|RD|TH)(?!' || v_letter || ')', '\1\2', 'g');
  end if;
  if strpos(p_text, '''') > 0 or strpos(p_text, '’') > 0 then
    v_marked := regexp_replace(v_marked collate "C",
      '(' || v_letter || ')' || v_mark || '([''’])' || v_mark || '(' || v_letter || v_letter || v_letter || ')', '\1\2\3', 'g');
    v_marked := regexp_replace(v_marked collate "C", '(' || v_letter || v_mark || '[''’])' || v_mark || '(' || v_letter || ')', '\1\2', 'g');
  end if;
  v_marked := translate(v_marked, v_opens || v_closes, '');
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
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
declare
  v_vocabulary constant jsonb := app.redaction_vocabulary();
  v_names constant jsonb := app.name_forms(p_names);
  -- A turn in which recognition wrote no capital: an unknown word may be a name there.
  v_turns constant boolean[] := array(
    select t.turn = lower(t.turn) from string_to_table(array_to_string(p_tokens, ' '), '¶') with ordinality t(turn, position) order by t.position);
  v_all_small boolean := true = all (v_turns);
  v_small boolean[];
begin
  -- By token only where one speaker's turns have capitals and another's have none.
  if not v_all_small and true = any (v_turns) then
    v_small := array(
      select v_turns[1 + count(*) filter (where t.token = '¶') over (order by t.position rows unbounded preceding)]
      from unnest(p_tokens) with ordinality t(token, position)
      order by t.position);
  end if;
  return (
    select ' ' || string_agg(
      case
        when c.is_name then case when c.known is null then 'P' || c.form when c.token <> c.form then 'R' || c.known else c.known end
        when c.known is not null then c.known
        when strpos(c.token, '@') > 1 then 'E'
        when translate(c.token, '0123456789', '') = '' then c.token
        when left(c.token, 1) between '0' and '9' then 'O' || translate(c.form, 'stndrh', '')
        when c.token like '[_%' then 'X'
        when lower(left(c.token, 1)) <> upper(left(c.token, 1)) then
          case
            when char_length(c.token) = 1 then 'L'
            when c.token = c.form and not c.in_small
              or c.in_small and c.token like any ('{%___ing,%___ed,%____ly,%_ous,%_ful,%_able,%_ible,%____ish,%_less,%_ness,%_tion,%___ment,%____ity,%_sion,%_ship,%___ture,%_ology,%_ical,%____ize,%__ify,%____ive,%__ism,%_itis,%_osis}')
              or c.in_small and right(c.form, 1) = 's' and v_vocabulary ->> left(c.form, -1) = left(c.form, -1) then 'W'
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
    from (
      select t.token, t.gap, t.position, l.form, v_vocabulary ->> l.form as known, coalesce(v_small[t.position], v_all_small) as in_small,
        v_names ? l.form or right(l.form, 1) = 's' and v_names ? left(l.form, -1) and not v_vocabulary ? left(l.form, -1)
          or octet_length(t.token) > char_length(t.token) and v_names ? replace(app.normalise_name(t.token), ' ', '') as is_name
      from unnest(p_tokens, p_gaps) with ordinality t(token, gap, position)
      cross join lateral (select replace(lower(t.token), '’', '''') as form) l
    ) c
  );
end
$$;

comment on function app.classified_words(text[], text[], text[]) is
  'What each token of a text is, a word each, with a blank around each: app.redaction_vocabulary''s kinds; P: a given name, R: a given name that is also a word and has a capital; N, A, W: unknown with a capital, in capitals, small; L: a letter; X: a placeholder; E: a written e-mail address; numbers in digits; "," and "." inside a number, ";" and "!" after a word. NULL without tokens.';

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
  v_part constant text := '(?: (?:L[a-z](?: as in [^ ]+)?|[NAWPLRUTYXOHK0-9][^ ]*|i|a|may|will))';
  v_join constant text := '(?: (?:[-.+~]|dot|period|point|underscore|dash|hyphen|plus))';
  v_host constant text := '(?: (?:gmail|yahoo|hotmail|outlook|icloud|aol|proton|protonmail|gmx))';
  -- One or two known words may stand right before "at" ("quill family at ...") if they are none that lead to a web site.
  v_word constant text := '(?: (?!(?:is|it|us|me|you|him|her|them|here|online|book|booking|look|find|site|website|page|visit|available|live|am|are|be'
    || '|email|address|to|for|on|and|or|the|my|your|our|that|this|out|up|more|now|uh|was|not) )[a-z]+)';
begin
  if p_words like '% E %' then
    p_words := app.folded_words(p_words, '()( E)(?= )', 'email');
  end if;
  if p_words like '% @ %' then
    p_words := app.folded_words(p_words, '()((?: [^ ]+ (?:[-.+~]|!(?= [NWLPA][^ ]+ @ )))* [^ ]+ @ [^ ]+(?: - [^ ]+)*(?: \.(?: [^ ]+ -)* [^ ]+| ! [NWA]?(?:com|net|org|edu|gov|info|biz|io|co|me|us|uk|ca|au|ie|de|at|ch|fr|es|it|nl|be|se|dk|pl|pt))+)(?= )', 'email');
  end if;
  if not (app.says_any(p_words, '{at,@}') and app.says_any(p_words, '{dot,period,point,.,gmail,yahoo,hotmail,outlook,icloud,aol,proton,protonmail,gmx}')) then
    return p_words;
  end if;
  -- Right after what introduces one, ordinary words are an address too: "it's the real pat at ...".
  p_words := app.folded_words(p_words,
    '( (?:email(?: (?:address|is|''s|:|would|will|be|it|should))*|it ''s|that ''s|uh|use|try|to|that (?:would|will) be))((?: (?:the|my|our)(?= ))?(?: (?!(?:is|it|us|me|you|him|her|them|here|online|book|look|find|site|website|page|visit|available|am|are|email|address|'
      || 'to|for|or|your|that|this|X|at) )[^][;!?¶/@=_ ][^ ]*){1,5}(?: all (?:one|U1) word)? at(?:' || v_host || '| (?:the )?[NAWPRLa-z][^ ]*(?: [NWPRa-zL0-9][^ ]*){0,3}(?: (?:dot|period|point) [NAWPRLa-z][^ ]*){1,3}))(?= )', 'email');
  return app.folded_words(p_words,
    '()((?:(?: (?!X )[A-Za-z][^ ]*' || v_join || '|' || v_part || '|' || v_join || '(?: [a-z]+)?)*(?:' || v_part || '|' || v_join || ' [a-z]+| (?!X )[A-Za-z][^ ]*' || v_join || ' [a-z]+)' || v_word || '{0,2}|' || v_word || '{1,2})'
      || '(?:(?: [;,])?(?: (?:all|in|U1|word|lowercase|lower|case|no|spaces?|together))+)?(?: [;¶])? (?:at(?: sign)?|@)(?: ¶)?(?! [0-9UTY])'
      || '(?:(?: [a-zVSZJMDCQFGB][^ ]*(?= (?:dot|dash|hyphen|underscore|[-.]) )| (?:the|saint|my|our|new|old|little|big|best|good|happy|family)(?= [NWZSJ])|' || v_part || '|' || v_host || '|' || v_join || ')*(?:(?: ¶)? (?:dot|period|point|\.) [a-zNWAP][^ ]*)+|' || v_host || '))(?= )', 'email');
end
$$;

comment on function app.fold_emails(text) is
  'Classified words with e-mail addresses folded, written or spoken: "ann dot quill at gmail dot com", letter by letter and over several turns too.';

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
  v_number constant text := '(?: [0-9]{1,2}| Y[0-9]0(?: -)? U[0-9]| (?:U0|Lo) U[0-9]| [UTY][0-9]+)';
  v_date constant text := '(?:' || v_month || '(?: the)?' || v_day || '|' || v_day || '(?: of)?' || v_month || ')' || v_apart;
begin
  if app.says_any(p_words, '{born,birthday,birthdays,birth,birthdate,dob,Ld}') then
    p_words := app.folded_words(p_words,
      '( (?:born|birthdays?|birth|birthdate|dob|Ld(?: .)? Lo(?: .)? Lb)'
        || '(?: (?:[-:;?,.!¶DX]|on|is|was|it|its|that|the|a|in|year|uh|let|me|see|would|be|my|his|her|of|''s|he|she|i|and|back|think|date|again|please|your|can|have|Q))*)'
        || '(' || v_date || '(?:' || v_past || '| 20[0-9][0-9]|(?: '')? [0-9][0-9]| Y20 Y20(?:(?: -)? U[0-9])?|' || v_below_100 || ')?'
        || '|' || v_month || '(?: of)?' || v_past
        || '| Y[3-9]0(?: -)? U[0-9]| [0-9]{6,8}|' || v_past || '| [0-9]{4} [-/.] [0-9]{1,2} [-/.] [0-9]{1,2}'
        || '|' || v_number || v_apart || v_number || '(?:' || v_apart || '(?:' || v_past || '| [0-9]{3,4}|' || v_number || '+))?)(?= )', 'dob');
    -- "... is my birthday", and a day or a year that is asked for on its own.
    p_words := app.folded_words(p_words, '()((?:' || v_date || '(?:' || v_past || '| [0-9][0-9]|' || v_below_100 || ')?|' || v_number || v_apart || v_number || v_apart
      || '(?:' || v_past || '|' || v_below_100 || '| [0-9]{2,4})))(?=(?: [;!])?(?: (?:that|it|which))?(?: (?:is|''s)) (?:my|her|his|their|the)(?: J(?: ''s)?)? (?:birthday|birthdate|dob|date of birth) )', 'dob');
    p_words := app.folded_words(p_words, '( \[dob(?: =)*(?: (?:[;!?¶]|and|the|what|is|was|''s|of|uh|in|you|were|born|your|please))*(?: (?:Q|day|birth))+'
      || '(?: (?:[;!?¶]|and|the|Q|day|is|it|''s|of|uh|in|please|that))*)(' || v_date || '|' || v_past || '|' || v_below_100 || '| 20[0-9][0-9]|' || v_number || ')(?= )', 'dob');
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
  if p_words ~ ' (?:F|G|[SZ] (?:de|du|des)|[NAW][^ ]*(?:stra(?:ß|ss)e|gasse|platz|allee|weg|straat|laan|plein|gracht|str)|Zca|[NW](?:via|viale|piazza|corso|carrer|largo|praça|praca|plaça)) ' then
    p_words := app.folded_words(p_words,
      '()( [0-9]+(?: [;,])?(?: [NW](?:bis|ter)| bis| L[a-d])?(?: [;,])? (?:F|S|Z)(?: (?:de|du|des|la|le|les|''|-|Z|[NAPLW][^ ]*))* [NAPW][^ ]+' || v_town
        || '|(?: (?:[NA][^ ]+|V|am|im|an|zum|zur|unter))?(?: -)? (?:[NAW][^ ]{2,}(?:stra(?:ß|ss)e|gasse|platz|allee|weg|straat|laan|plein|gracht|damm|ufer|str)|N[^ ]+(?: -)? G)(?: [.!])?'
        || ' (?:[0-9]{1,4}|[UT][0-9]+|Y[0-9]0(?: -)?(?: U[0-9])?)(?: L[a-z]| a(?= (?:[^NWa-z]|$)))?' || v_town
        || '| (?:Zca|F|[NW](?:via|viale|piazza|corso|carrer|largo|praça|praca|plaça))(?: (?:de|del|della|la|las|los|le|les|di|dei|da|do|das|dos|du|des|[NAP][^ ]+))+(?: [;,])? [0-9]{1,4})(?= )', 'address');
  end if;
  if app.says_any(p_words, '{zip,postcode,postal}') then
    p_words := app.folded_words(p_words, '( (?:zip|postcode|postal)(?: (?:code|is|''s|[:;?¶!]|my|the|it|and|uh))*)'
      || '((?: [0-9]{5}(?: - [0-9]{4})?|(?: (?:[LA][a-z]+|N[a-z]{1,2}|[ai]|[0-9]|[0-9]{2}|[UT][0-9]+)){4,8}))(?= )', 'address');
  end if;
  -- A British code in capitals is one without being called so.
  return case when p_words like '% A%' then app.folded_words(p_words, '()(' || p_post || ')(?= )', 'address') else p_words end;
end
$$;

comment on function app.fold_foreign_addresses(text, text) is
  'Classified words with plain German, Dutch, French, Spanish and Italian street addresses folded, and post codes: British ones (p_post: their pattern) and those that are called so.';

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
  v_number constant text := '(?: lot(?= [0-9]))?(?: B(?: (?:number|is))? (?:[0-9]+|[UT][0-9]+)(?: L[a-z])?(?: (?:;|at))?)?(?: number [0-9]{1,5}(?: ;)?| [0-9]{1,5}(?: - [0-9]+| [0-9] / [0-9])?(?: L[a-h]| a(?= [^a-zW]))?| [UTYHK][0-9]*(?:(?: -| and)? (?:[UTYHK][0-9]*|Lo))*(?: L[a-h]| a(?= [NAPRV]))?)';
  v_name constant text := '(?: (?:[NAPRLVOM][^ ]*|Us|Zst|J|''s|de|del|la|las|los|el|san|saint)(?: [.!])?| (?:Z|village|station|school|bridge|town|club|college|center|property|point|mill|church|spring|university|market|hospital|forest|lake|river|ocean|mountain|lemon|sun|moon|silver|gold|stone)(?= (?:Z|S |point|center|station|village))| (?:old|new|little|big|upper|lower|high|long|white|red|blue|yellow|deep|dry|cold|hot|sunny|happy)(?= [NAPZ])|(?: -)? [NA][^ ]*)';
  v_small constant text := '(?: (?:[NAPRLVOMWZ][^ ]*|Us|[-.!]|''s?|of|the|old|new|first|home|long|de|del|la|las|los|el|san|[UTY][0-9]+))';
  -- A plain word can be a street's name, but none of those that lead to "the street".
  v_plain constant text := '(?: (?!(?:the|this|that|these|your|our|and|are|was|for|from|off|down|along|across|into|over|with|about|block|blocks|house|houses|door|doors|minute|question'
    || '|thing|things|more|other|others|same|next|time|times|people|way|car|cars|per|parking|which|what|when|but|not|you|can|could|will|works?|there|here|then|than|have|has|had) )[a-z]{3,})';
  -- Streets that are only counted: "5th", "forty third".
  v_ordinal constant text := '(?: (?:Y[0-9]0(?: -)? )?O[0-9]+)';
  v_unit constant text := '(?:(?: [;,!])?(?: (?:B|#|room|door|number|lot|building|space|level|[NWA](?:lot|bldg|trailer|tower|block|level|lvl|bld)))(?: [.!#])?(?: number)?(?: (?:[0-9]+|[UTYO][0-9]+|H|-|L[a-z]|a(?= (?:[^NWa-z]|$))))+'
    || '|(?: ;)? O[0-9]+ B|(?: ;)? [0-9]{1,4} L[a-z](?= (?:[;!?¶]|$))|(?: ;)? [NW](?:penthouse|basement)){0,2}';
  v_post constant text := '(?: ;)? (?:(?:[AL][a-z]{1,2}|V) [0-9]{1,2}(?: L[a-z]| a)? [0-9] A[a-z]{2}|(?:(?:on|[NA](?:bc|ab|qc|mb|sk|ns|nb|pe|nl)) )?(?:L[a-z]|a) [0-9] (?:L[a-z]|a) [0-9] L[a-z] [0-9])';
  v_zip constant text := '(?: ;)? (?:[0-9]{5}(?: - [0-9]{4})?|(?:U[0-9]|Lo)(?: (?:U[0-9]|Lo)){4})';
  -- A town goes where a state or a code follows it.
  v_tail constant text := v_unit || '(?:(?:(?: [;!]| in)?(?: (?:[NWAV][^ ]*|new|san|los|las|la|el|de|Zst|Z)(?: [.!](?= N))?)+)?'
    || '(?:(?: ;)? (?:A[a-z][a-z]|Us)(?:' || v_zip || ')?|' || v_zip || '|' || v_post || '|(?: ;)?(?: (?:[NA](?:nsw|vic|qld|tas)|A(?:wa|sa|act|nt))) [0-9]{4}|(?: ;)? (?:or|in|me|U0|uh|hi|ms|la|de|al|id|md|N[a-z]{2})' || v_zip || '))?';
  -- An unmistakable street, whatever its letters; one that may be something else only after a name with a capital.
  v_usual constant text := v_number || '(?! Zway S)(?:' || v_small || '+ S(?: [.](?= [^N]))?(?: V| L[nesw](?! [.]))?|' || v_name || '+ (?:Z(?:st|dr|way)?|gate|point|center|centre|mall|beach|lake|river|forest|bridge)(?: [.!](?= [;,BN]))?(?: V| L[nesw](?= (?:[;!?¶]|$)))?'
    || '|(?:' || v_plain || '|' || v_name || '){1,3} S(?: V)?| S V(?= )|(?:' || v_plain || '|' || v_name || '){0,2} Z Z(?:way)?(?: V)?'
    || '|(?: V| L[nesw])(?: [.!])?' || v_ordinal || '|' || v_ordinal || '(?= (?:[;!?¶] |and |$))'
    || '|(?: (?:V|county|state|us|old))*(?: (?:[SZ](?: -)? [0-9]{1,4}(?: L[a-z])?|S (?:[UT][0-9]+|Y[0-9]0(?: U[1-9])?|L[a-z])))(?: V)?|(?: V)? [SZ] (?:of|de|des|du)(?: the)? [NAW][^ ]+| (?:Afm|Asr|Acr|Arr|us(?: -)?) [0-9]{1,4}|(?: V| L[nesw])(?: [.!])? N[^ ]+(?= (?:[;!?¶]|$))| (?:Z|[NA]via) [NA][^ ]+(?= (?:[;!?¶]|$|is ))|(?: V)?(?: (?:el|la|las|los))? Zca(?: (?:de|da|do|dos|das|del|la|las|los|el|real|Z|[NAPR][^ ]+))+|(?: V)?(?: (?:[NAP][^ ]*|van|de|la|el|san|Zst)){1,3}(?= (?:; )?B(?: number)? [0-9UTY])| Zbroadway)' || v_tail
    || '|(?: (?:Lp(?: [.!])? Lo(?: [.!])?|[NAW]po|(?:[NAW](?:rr|hc)|[NAW]?rural Z|star Z|[NAW]highway [NAW]?contract)(?: [0-9]+| [UTY][0-9]+)+(?: ;)?)) box(?: number)?(?: [0-9]+|(?: [UTY][0-9]+)+)' || v_tail
    || '| box(?: [0-9]+|(?: [UTY][0-9]+)+)(?: ;)?(?: [NAW]?rural)? Z(?: [0-9]+|(?: [UTY][0-9]+)+)|' || v_number || ' [NW]?block of(?: (?:V|the))?(?:' || v_name || '|' || v_plain || '| [SZ]| O[0-9]+){1,2}'
    || '|(?:' || v_plain || '|' || v_name || '){0,3} [SZ](?: [0-9]+)?(?: [;,]| at){1,2} number(?: [0-9]+|(?: [UTYH][0-9]*)+)';
  -- Being somewhere needs "at" or "on"; the words that are about an address need not.
  v_leads constant text := ' (?:(?:live|lives|living|home|address|reside|residing|house|staying|stay|moved|mail|send|ship|deliver|delivered|sent|located|place|change|changed|switch|update|updated|[SZ](?= (?:is|''s|:)))'
    || '(?: (?:is|was|should|would|will|be|out|now|still|here|there|down|changed|from|them|bill|''s|at|on|in|[:;?!¶]|it|my|the|to|that|uh|new|over|please|file|number|and|S|hasn|''t|has|same|not|box))*'
    || '|at(?= [0-9]{3,5} )|(?:am|''m|is|are|''re|''s|be|was|were|been)(?: (?:over|still|now|out|up|down|right|here|there|living|staying))? (?:at|on)(?: the)?)';
  v_measure constant text := '(?:mg|ml|mcg|cc|kg|lbs?|mm|cm|percent|milligrams?|grams?|millilit(?:er|re)s?|units?|tablets?|capsules?|ounces?|inches|puffs?)';
  -- What follows an address without "street": it ends, or the sentence goes on.
  v_ends constant text := '(?= (?:[;!?¶]|$|(?:and|but|so|if|is|in|with|near|off|by|right|just|uh|now|please|thanks|thank|that|which|where|across|next|on|for|apartment|my|the|to|i) ))';
begin
  -- The clinic's own address is no patient's.
  if app.says_any(p_words, '{our,clinic,office,practice,salon,spa,located}') then
    p_words := app.folded_words(p_words, '( (?:our (?:office|clinic|practice|location)|(?:clinic|office|practice|salon|spa) is|we (?:are|''re) located|(?:clinic|office|practice)(?: [?!;])? ¶)(?: (?:is|at|on|in|here|we|''re|are|it|''s|uh|the|our|address|located))*)('
      || v_usual || '|' || v_number || '(?: [^ ]+){1,3} (?:S|Z[a-z]*))(?= )', 'stays');
  end if;
  if app.says_any(p_words, '{S,Z,Zst,Zway,Zdr,Zca,Zbroadway,B,O5,block,Nblock,Wblock,box,gate,Nvia,V,Le,Lw,Ln,Ls,Afm,Asr,Acr}') then
    p_words := app.folded_words(p_words, '()(' || v_usual || ')(?= )', 'address');
  end if;
  -- Where somebody says to live, small letters, doubtful streets, and names without "street" are enough.
  if app.says_any(p_words, '{S,Z,Zst,Zway,Zdr,Zca,Zbroadway,B,live,lives,living,address,reside,residing,moved,staying,send,mail,ship,deliver,house,home,located,change,changed,from,Z,at,on}') then
    p_words := app.folded_words(p_words, '(' || v_leads || ')('
      || v_number || '(?: (?:[NAPRLWVOZ][^ ]*|[a-z]{3,}|de|la|el))+ (?:S|Z[a-z]*)(?: V)?' || v_tail || '|(?: [0-9]+| [UTY][0-9]*)+ the [ZS]|(?: [NAP][^ ]+){1,2}(?: ;)? number(?: [0-9]+|(?: [UTYH][0-9]*)+)|' || v_number || ' on(?: the)?' || v_small || '+ [SZ]'
      || '|(?:' || v_number || ')?(?: (?:the|old|new|school|station|village|[NAPWZ][^ ]*)){0,3} (?:house|[NW](?:cottage|lodge|farm|barn|hall|rectory|vicarage|villa)) ;(?:' || v_name || '|' || v_plain || '){1,3} [SZ]' || v_tail
      || '|' || v_number || '(?: V| L[nesw](?: [.!])?)?(?! [NWA]' || v_measure || ' )(?: (?:[NAP][^ ]+|O[0-9]+)){1,3}(?: (?:Z|mill|point|center|station|village|lake|river|beach|forest))?' || v_tail || v_ends || ')(?= )', 'address');
    p_words := app.folded_words(p_words, '( (?:address|reside|live|lives|living|S)(?: (?:is|was|at|on|file|should|would|will|be|now|still|[:;?!¶]|it|''s|my|the|uh|over|out|there|number|and|S|please|line))+)('
      || v_number || '(?: V)?(?:' || v_plain || '|' || v_name || '| Z){1,2}' || v_tail || v_ends || ')(?= )', 'address');
    p_words := app.folded_words(p_words, '( \[address(?: =)*(?: [^ ]+){0,8} ¶(?: (?:uh|it|''s|is|yes|my|the))*)( B(?: number)?(?: #)? (?:[0-9]+|[UTY][0-9]+)(?: [0-9]+| [UTY][0-9]+| L[a-z])*)(?= )', 'address');
  end if;
  -- A unit that is said before the street: "apartment 12F at ...".
  if p_words like '% [address%' and app.says_any(p_words, '{B,room}') then
    p_words := app.folded_words(p_words, '()((?: [NW]?dorm)? (?:B|room)(?: (?:number|is|#))*(?: [0-9]+| [UTY][0-9]+)+(?: L[a-z]| a)?)(?= (?:(?:;|at|in|on) )?\[address )', 'address');
  end if;
  if app.says_any(p_words, '{corner,Nintersection,Wintersection}') then
    p_words := app.folded_words(p_words, '( (?:corner|[NW]?intersection) of)((?: V)?(?! (?:mouth|eye|eyes|lip|lips|nose|jaw|tooth|room) )(?:' || v_plain || '|' || v_name || '|' || v_ordinal || '| Z){1,3}(?: [SZ][a-z]*)? (?:and|~)(?: V)?(?:'
      || v_plain || '|' || v_name || '|' || v_ordinal || '| Z)(?:' || v_name || '|' || v_ordinal || '| Z[a-z]*| S)*)(?= )', 'address');
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
  v_code constant text := '(?: (?:[0-9]+|[UTYXH][0-9]*|[LA][a-z]+(?: as in [^ ]+)?|N[a-z]{1,4}|[ai]|[-/.,;¶]|dash|hyphen|slash))*';
begin
  -- Numbers of a record are called one; those of a booking are no identifier outside the clinic and stay.
  if not app.says_any(p_words, '{mrn,record,number,no,id,#,Nmrn,Wmrn,insurance,policy,membership,passport,medicaid,medicare,nhs,license,licence,iban}') then
    return p_words;
  end if;
  return app.folded_words(p_words,
    '( (?:mrn|licen[cs]e|iban|passport|nhs|medicaid|medicare|insurance|policy|membership|(?:medical|health) record'
      || '|(?:member|medical|health|record|chart|patient|account|group|subscriber|claim|case|file|auth|authorization|licen[cs]e|[WN]policyholder|[WN]plan)'
      || '(?: ''s)?(?: (?:record|insurance|card|plan|chart|file))? (?:id|number|no|#)|id(?: number| card)*)'
      || '(?: (?:[-:;#.!?¶]|is|was|its|it|''s|that|the|my|of|on|would|be|uh|starts|with|and|for|says|number|id|card|no))*)'
      || '((?: [a-z][a-z](?= [0-9]))?(?= (?:[0-9UTYXLAN]|a L))(?=' || v_code || ' (?:[0-9]{3,}|' || v_digit || v_code || ' ' || v_digit || ') )' || v_code
      || ' ' || v_digit || '(?:(?: -)? [LA][a-z]+| a(?= (?:[;!?¶]|$)))?)(?= )', 'record');
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
  -- What is said between the parts of one number, also over several turns.
  v_joining constant text[] := '{¶,uh,and,then,the,rest,is,last,sorry,no,wait,i,mean,actually,next,it,''s,that,again,;,!,?,"",-,part,of,number,start,over,could,can,you,say,repeat,once,more,please,got,i,have,go,ahead,right,correct,hold,on,let,me,get,with,ends,then}'::text[];
  v_marked text;
begin
  -- "The new one is ...", "oh it's ...": no digits. Asked first: a pattern that looks ahead of every number is dear.
  if p_words like any ('{% U1 is %,% U1 ''s %,% U0 it ''s %,% U0 my %}') then
    p_words := regexp_replace(p_words collate "C", '( (?:the|this|that|new|old|other|right|wrong|next|best)) U1(?= (?:is|''s) )', '\1 one', 'g');
    p_words := regexp_replace(p_words collate "C", '(^| (?:[¶!?;]|uh)) U0(?= (?:it ''s|my) )', '\1 oh', 'g');
  end if;
  v_marked := regexp_replace(p_words collate "C",
    '(?: [+(]| plus)*(?: ' || v_digits || '(?:' || v_between || '{1,3}(?= ' || v_digits || ' ))?)+(?= )', '<\&>', 'g');
  if v_marked = p_words then
    return p_words;
  end if;
  return (
    with parts as (
      select p.part, p.position, p.position % 2 = 0 as is_run, lag(p.part) over w as gap, lag(p.part, 2) over w as previous, coalesce(lead(p.part) over w, '') as after,
        right(concat(lag(p.part, 3) over w, lag(p.part, 2) over w, lag(p.part) over w), 120) as talk
      from unnest(string_to_array(replace(v_marked, '>', '<'), '<')) with ordinality p(part, position)
      window w as (order by p.position)
    ), runs as (
      select r.*, count(*) filter (where r.apart) over (order by r.position) as number
      from (
        select p.*, case
            when p.position = 2 or char_length(p.gap) > 90 or not string_to_array(btrim(p.gap), ' ') <@ v_joining then true
            else char_length(app.digits_said(right(p.previous, 120))) >= 10 -- that one was complete
          end as apart
        from parts p
        where p.is_run
      ) r
    ), numbers as (
      select n.number, bool_and(app.is_said_by_digit(n.part)) as by_digit, string_agg(n.part, '' order by n.position) as whole,
        (array_agg(n.gap order by n.position))[1] as gap
      from (select r.*, count(*) over (partition by r.number) as parts from runs r) n
      where n.parts > 1
      group by n.number
    ), kinds as (
      select r.position, coalesce(
        -- Dictated in parts: what the whole is, all of them are.
        case when n.by_digit and char_length(n.whole) < 200 then
          case when app.says_any(right(n.gap, 70), '{ssn,social}') then 'ssn' else app.number_kind(n.whole, n.gap) end end,
        -- What a number is, is said before it, or straight after: "... is my social".
        case when char_length(r.part) > 3 then app.number_kind(r.part, r.gap || coalesce(substring(left(r.after, 50) from
          '^(?: [;¶])?(?: (?:that|it|which|this))?(?: (?:is|''s))? (?:my|the|her|his|our)( (?:social|ssn|card|phone|cell|mobile) )'), '')) end,
        case when char_length(r.part) > 3 then app.said_number_kind(r.part, r.talk, left(r.after, 20)) end) as kind
      from runs r
      left join numbers n using (number)
    )
    select string_agg(case when k.kind is null then p.part else app.folded_span(p.part, k.kind) end, '' order by p.position)
    from parts p
    left join kinds k using (position)
  );
end
$$;

comment on function app.fold_numbers(text) is
  'Classified words with every run of numbers folded that app.number_kind or app.said_number_kind knows, however it is grouped or spelled, also when its parts are said in several turns.';

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
declare
  v_part constant text := '(?: (?:de|la|van|von|der|den|del|di|da|bin|al|el|dos|mc)(?: [.!])?)*';
  -- An unknown word with a capital right before a known name is the first of it.
  v_before constant text := '(?: [RN][^ ]+(?: L[a-z](?: [.!])?)?(?: -)?){0,2}';
begin
  if p_words like '% P%' then
    p_words := app.folded_words(p_words,
      '()(' || v_before || v_part || ' P[^ ]+(?:(?: L[a-z](?: [.!])?|' || v_part || ')(?: -)? [PR][^ ]+)*)(?= )', 'name');
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
  v_part constant text := '(?: (?:mc|de|la|le|van|von|der|den|del|di|da|das|do|du|dos|zu|bin|bint|ibn|abu|al|el|las|los|Zst)(?: [.!])?)*';
  v_next constant text := '(?: [NAPR][^ ]+|' || v_initial || ')';
  -- With a capital, or known; and, where a name is said to follow, in any letters.
  v_name constant text := '(?:' || v_part || ' [NAPR][^ ]+(?:' || v_part || '(?:(?: -)?' || v_next || '| - W[^ ]+))*)';
  v_any constant text := '(?:(?:(?: L[a-z](?: [.!])?){1,3}(?= [NAPR]))?' || v_part || ' (?:[NAPWRM][^ ]+|will|bill|guy|christian|chance|Us)(?:' || v_part || '(?: -)? (?:[NAPWR][^ ]+|L[a-z](?: [.!])?(?= [NAPRW])))*)';
  -- "This is Lakeside Dental" introduces no caller.
  v_person constant text := '(?= (?!(?:[a-z]+ )?(?:dental |clinic|dentistry |medical |practice |offices? |spa |center |health|hospital |insurance |treatment |therapy |group |Z [^;!?¶]|S |website |app |card |plan )|[NAPRW]))';
  v_relative constant text := '(?:my|our|his|her|their)(?: (?:[a-z]+|U[0-9]+|[0-9]+|Q|-|J ''s)){0,4} J(?:(?: -)? in(?: -)? law)?(?: [;,:]| is| ''s|(?: ''s)? names? (?:is|''s|are)| named| called)*';
begin
  p_words := app.folded_words(p_words,
    '( (?:(?:names?|surname|[NW](?:forename|lastname|firstname))(?: (?:is|are|''s|was|will|be|would|[:;?¶]|on|the|file|under|for|it|that|my|uh|patient|his|her|appointment|of|J|account|card|form|policy|chart|booking|reservation|insurance|not|same|as|mine))*'
      || '|(?:named(?: (?:him|her|them))?|call (?:me|him|her|them)|calls me|goes by|known as|[NW]née|[NW]nee|formerly|[NW]formerly|behalf of|(?:make|made) (?:it|that|this) out to|under|(?:patient|[NW](?:holder|cardholder|policyholder)) (?:is|:))))(' || v_any || ')' || v_person, 'name');
  p_words := app.folded_words(p_words,
    '( (?:this is|(?:am i|are you|is this|you ''re)(?: speaking (?:to|with)| talking to)?|i ''m|i am|speaking (?:with|to)|talking to|me ;|it ''s me'
      || '|hi(?: there)?(?: [;!])? it ''s|(?:mr|mrs|ms|miss|mister)(?: [.!])?|(?:the|a) J of|tell [^ ¶]+(?: [^ ¶]+)? that|tell the (?:doctor|dentist|office|hygienist|nurse|front desk|receptionist)|(?:have|has|got)(?: (?:[a-z]+|U[0-9]|[0-9]))? J ;|tell (?:him|her|them|you)'
      || '|(?:go|went) by|(?:ask|asking|asked) for|(?:registered|listed|down|signed|filed) (?:as|for)|(?:in|me|up) as|look up|looking up|pull up|put down|patient ;|message(?: [^ ¶]+){0,3} from|patients ;|meet you ;|hi|thanks ;|thank you ;|(?:regards|sincerely) ;'
      || '|(?:caller|contact|insured|subscriber|guardian|[NW]guarantor|[NW]beneficiary) (?:is|:)|' || v_relative || '))(' || v_name || ')' || v_person, 'name');
  if p_words like '% my %' then
    p_words := app.folded_words(p_words, '( (?:for|is|with|bring|about))(' || v_name || ')(?= (?:; )?my (?:[a-z]+ )?J )', 'name');
  end if;
  -- The answer to "who is it for?" and "the patient's name?"; what a clinic or an insurance is called is no person's.
  if p_words like '% ¶ %' then
    p_words := app.folded_words(p_words, '( (?:who|whose|names?|spell|you are|your J ''s)(?: (?!(?:clinic|doctors?|dentist|practice|insurance|provider|company|plan|pharmacy|medication|medicine|school|employer|street|business|website) )[^ ¶]+){0,8} ¶'
      || '(?: (?:uh|it|''s|is|this|that|yes|for|my|our|she|he|i|''m|am|first|last|full|J|her|his|name|[;!]))*)(' || v_any || ')' || v_person, 'name');
  end if;
  if app.says_any(p_words, '{J,name,patient}') then
    p_words := app.folded_words(p_words, '()(' || v_name || ')(?= (?:(?:is|''s) (?:my|our|his|her|the) (?:[a-z]+ )?(?:J|name|patient)|''s J) )', 'name');
  end if;
  -- "Maria's appointment", "book Maria in"; never a doctor's.
  if app.says_any(p_words, '{''s,book,schedule,reschedule,squeeze,fit,put,use}') then
    p_words := app.folded_words(p_words, '( (?!(?:doctor|Zdr|[.!-]|[NAPRZL][^ ]*) )[^ ]+)(' || v_name || ')(?= ''s (?:appointments?|visit|records?|chart|file|birthday|date|teeth|tooth|prescription|results|account|checkup|cleaning|bill|email|phone|cell|name|last|first|next) )', 'name');
    p_words := app.folded_words(p_words, '( (?:book|schedule|reschedule|squeeze|fit|put|use))(' || v_name || ')(?= (?:in|down|for|on|at|as) )', 'name');
  end if;
  -- "You have Lorenzo at three", "Is Leticia in?"
  if app.says_any(p_words, '{have,got,is}') then
    p_words := app.folded_words(p_words, '( (?:have|got|is))(' || v_name || ')(?= (?:(?:at|on|for|down for) [0-9UTD]|(?:in|there|around|home) [?]))', 'name');
  end if;
  -- Two words in a row that are none: a first and a last name; one where somebody is called, or booked, for.
  p_words := app.folded_words(p_words, '( (?:it ''s|that ''s|(?:cancel|confirm|move|cleaning|checkup|consultation|prescription|results|refill|records|paying|message|asking|book|schedule|appointment|visit|slot|it ''s|that ''s|this is|something|calling|call|phoning|checking|here|reservation|booking|spot)(?: [^ ¶]+){0,2} for))'
    || '(' || v_name || v_next || '(?= (?:[;!?¶]|$|on |at |again |and |who |today |tomorrow |next |this |in |D ))|' || v_name || '(?= (?:[;!?¶]|$|on D|at [0-9UT]|who )))(?= )', 'name');
  if p_words like '% with %' then
    p_words := app.folded_words(p_words, '()(' || v_name || ')(?= with (?:an?|U[12]|[12]) L[a-z] )', 'name');
  end if;
  if app.says_any(p_words, '{calling,speaking,here,again,called,phoned,rang,line,nice}') then
    p_words := app.folded_words(p_words, '(^| (?:it ''s|that ''s|that|hi|uh|[;!?¶]|i ''m))(' || v_name || '(?: Z)?(?= (?:(?:; |again )?(?:calling|speaking|here|again)|; nice to) )|' || v_name || v_next
      || '(?= (?:called|phoned|rang|on the (?:line|phone)) ))(?= )', 'name');
  end if;
  if p_words ~ ' [NW]n[eé]e ' then
    p_words := app.folded_words(p_words, '()(' || v_name || ')(?= (?:; )?[NW]n[eé]e )', 'name');
  end if;
  if p_words like '% for %' then
    p_words := app.folded_words(p_words, '((?:^|(?: [;!?¶])) for)(' || v_name || ')(?= (?:; )?please )', 'name');
  end if;
  -- "For my kids Ada and Milo."
  if app.says_any(p_words, '{J,names,name,patients}') then
    p_words := app.folded_words(p_words, '( (?:J|names?|patients)(?: (?:is|are|;))* \[name(?: =)*(?: ;| and| ; and))(' || v_name || ')(?= )', 'name');
  end if;
  -- Spelled: letters in a row, but not the ones of an abbreviation with its dots.
  if p_words like '% L%' then
    p_words := app.folded_words(p_words, '(^| [^L. ][^ ]*)((?! (?:a Lb Lc|Lm Lr i|Ld Lo Lb|Lp Lp Lo|Lh Lm Lo|Lh Ls a|Ln Lh Ls|Ls Ls Ln|Lc Lv Lv|i Ld|Le Lk Lg|Ls Lt Ld|Lu Ls a) (?!L))(?: (?:L[a-z]|X[23] L[a-z]|i|a)(?: as in [^ ]+)?(?: [-;,])?){2,}'
      || '(?:(?: X[23])? L[a-z](?: as in [^ ]+)?| [ia](?= (?:[;!?]|$))))(?= (?![.]))', 'name');
    -- What is spelled is mostly said before.
    p_words := app.folded_words(p_words, '()( [NP][^ ]+)(?=(?: [;,:-])?(?: (?:that|it) ''s)?(?: spelled)? \[name = = )', 'name');
  end if;
  -- Names that are words as well end one where the sentence goes on as after a name: "Eleanor Price", "Grace Hill".
  if p_words like '% [name%' then
    p_words := regexp_replace(p_words collate "C", '( \[name(?: =)*) (?:best|blood|booth|branch|brand|bridges|case|chance|christian|cross|day|english|french|german|good|guy|hand|head|holiday|house'
      || '|keys?|land|light|little|lock|long|love|low|moon|nail|pool|post|price|race|seal|self|short|small|speed|still|strange|true|tower|wall|white|worth|young'
      || '|[SZV]|Us|M[0-9]+)(?= (?:[;!?¶]|$|and |i |calling |speaking |here |again |from |is |was |born |''s ))', '\1 =', 'g');
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
  v_words text;
  v_folded text;
  v_text text;
begin
  loop
    select s.p_tokens, s.p_gaps into v_tokens, v_gaps from app.split_words(p_text) s;
    v_words := app.classified_words(v_tokens, v_gaps, p_names);
    v_folded := app.fold_identifiers(v_words);
    exit when v_folded is null or strpos(v_folded, ' [') = 0;
    v_text := app.unfolded_text(v_tokens, v_gaps, v_folded);
    exit when v_text = p_text;
    p_text := v_text;
    -- A name that is introduced once goes everywhere.
    p_names := p_names || app.introduced_names(v_tokens, v_words, v_folded);
  end loop;
  return p_text;
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
  v_kept text[];
  v_places bigint[];
  v_turns text[];
  v_tokens text[];
  v_gaps text[];
  v_words text;
  v_folded text;
  v_introduced text[];
  v_again text[];
begin
  -- Numbers go on after a turn that only listens: without those, their parts are neighbours.
  select array_agg(t.turn order by t.position), array_agg(t.position order by t.position) into v_kept, v_places
  from unnest(p_turns) with ordinality t(turn, position)
  where not app.only_listens(t.turn);

  -- The mark between two turns is nobody's word.
  select s.p_tokens, s.p_gaps into v_tokens, v_gaps
  from app.split_words(replace(replace(array_to_string(v_kept, E'\u2029'), '¶', ''), E'\u2029', E'\n¶\n')) s;
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
  from unnest(v_kept, v_turns, v_places) t(turn, once, position)
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
-- snapshot of sql/0298_function_redact_talk.sql
-- The one way in for whoever stores what people said: turns, summaries, messages taken, questions without an answer.
create or replace function app.redact_talk(p_turns text[], p_names text[])
returns text[]
language plpgsql
stable
set search_path = ''
as $$
declare
  v_turns text[] := app.redact_turns(p_turns, p_names);
begin
  if exists (
    select from public.organizations o
    where o.id = app.current_org_id() and (o.redact_medical_terms or o.hipaa_mode)) then
    v_turns := array(
      select app.redact_medical_terms(t.turn)
      from unnest(v_turns) with ordinality t(turn, position)
      order by t.position);
  end if;
  return v_turns;
end
$$;

comment on function app.redact_talk(text[], text[]) is
  'What was said, turn by turn, as the caller''s organisation keeps it: without identifiers (app.redact_turns, with the names that are known), and without medical terms where it wants none of them or is in HIPAA mode.';

select app.seal('app.redact_talk(text[], text[])', null, 'app_writer');
-- end of sql/0298_function_redact_talk.sql
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
-- snapshot of sql/0340_function_note_attempt.sql
create or replace function app.note_attempt(
  p_kind text,
  p_result app.booking_result,
  p_call_id uuid,
  p_tool_call_id text,
  p_starts_at timestamptz,
  p_said_date text,
  p_said_time text
)
returns void
language plpgsql
volatile
set search_path = ''
as $$
begin
  insert into public.booking_attempts (
    org_id, kind, call_id, tool_call_id, said_date, said_time, service_id, resource_id, starts_at,
    outcome, reason, appointment_id, actor_user_id)
  values (
    app.current_org_id(), p_kind, p_call_id, p_tool_call_id,
    case when not app.is_forgotten(p_call_id) then left(p_said_date, 32) end, case when not app.is_forgotten(p_call_id) then left(p_said_time, 32) end,
    (p_result).service_id, (p_result).resource_id, coalesce(p_starts_at, (p_result).starts_at),
    (p_result).outcome, (p_result).reason, (p_result).appointment_id, app.current_user_id());
end
$$;

comment on function app.note_attempt(text, app.booking_result, uuid, text, timestamptz, text, text) is
  'Leaves the trace of a try in booking_attempts, whatever came of it.';

select app.seal('app.note_attempt(text, app.booking_result, uuid, text, timestamptz, text, text)', null, 'app_writer');
-- end of sql/0340_function_note_attempt.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0380_function_contact_of_call.sql
-- A withheld number must not lump strangers together, and a repeated tool call must not make a second contact: without
-- a number the call itself is the key.
create or replace function app.contact_of_call(p_call_id uuid)
returns uuid
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_call public.call_logs;
  v_contact_id uuid;
  v_number text;
begin
  select * into v_call
  from public.call_logs c
  where c.org_id = v_org_id and c.id = p_call_id;
  if not found then
    raise exception 'there is no such call' using errcode = 'VX404';
  elsif app.is_forgotten(p_call_id) then
    raise exception 'who calls was erased' using errcode = 'VX409';
  elsif v_call.contact_id is not null then
    return v_call.contact_id;
  end if;

  v_number := case when v_call.direction = 'outbound' then v_call.to_number else v_call.from_number end;
  if v_number is not null then
    insert into public.contacts (org_id, phone, last_contacted_at)
    values (v_org_id, v_number, app.now())
    on conflict (org_id, phone) do update set last_contacted_at = excluded.last_contacted_at, updated_at = app.now()
    returning id into v_contact_id;
  else
    insert into public.contacts (org_id, origin_call_id, last_contacted_at)
    values (v_org_id, p_call_id, app.now())
    on conflict (org_id, origin_call_id) do update set last_contacted_at = excluded.last_contacted_at, updated_at = app.now()
    returning id into v_contact_id;
  end if;

  update public.call_logs c
  set contact_id = v_contact_id, updated_at = app.now()
  where c.org_id = v_org_id and c.id = p_call_id;
  perform app.announce('contact_updated', 'contact', v_contact_id);
  return v_contact_id;
end
$$;

comment on function app.contact_of_call(uuid) is
  'The contact a call belongs to, made where it is missing: by the calling number, or one of its own for a caller without a number. VX404 when the call is not the tenant''s, VX409 when it was deleted or its contact erased: nothing more is stored of it.';

select app.seal('app.contact_of_call(uuid)', null, 'app_writer');
-- end of sql/0380_function_contact_of_call.sql
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

  -- A visit is a fact, and staff's word was about how likely one is: also who was given up for lost is booked now.
  -- An address said on the phone is kept only for a contact that this call made: a stranger must not add theirs to
  -- somebody known, who would then get none of the confirmations.
  update public.contacts c
  set name = coalesce(c.name, p_patient_name), lead_status = 'booked', lead_status_by = 'rules', updated_at = v_now,
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
    p_callback_number, left((app.redact_talk(array[btrim(p_body)], array_remove(array[p_caller_name], null) || app.names_of_call(p_call_id)))[1], 2000), p_urgent)
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
-- snapshot of sql/0660_function_ensure_call.sql
create or replace function app.ensure_call(
  p_vapi_call_id text,
  p_direction text,
  p_agent_id uuid,
  p_location_id uuid,
  p_caller text,
  p_number text
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
  v_from text := case when p_direction = 'outbound' then p_number else p_caller end;
  v_to text := case when p_direction = 'outbound' then p_caller else p_number end;
begin
  -- The first message may lack what a later one carries. Numbers are taken as long as nobody was booked under the call.
  update public.call_logs c
  set agent_id = coalesce(c.agent_id, p_agent_id),
    from_number = case when c.contact_id is null then coalesce(c.from_number, v_from) else c.from_number end,
    to_number = case when c.contact_id is null then coalesce(c.to_number, v_to) else c.to_number end
  where c.org_id = v_org_id
    and c.vapi_call_id = p_vapi_call_id
    and c.deleted_at is null
    and ((c.agent_id is null and p_agent_id is not null)
      or (c.contact_id is null and c.from_number is null and v_from is not null)
      or (c.contact_id is null and c.to_number is null and v_to is not null));
  select c.id into v_id
  from public.call_logs c
  where c.org_id = v_org_id and c.vapi_call_id = p_vapi_call_id;
  if v_id is not null then
    return v_id;
  end if;

  insert into public.call_logs (org_id, vapi_call_id, agent_id, location_id, direction, from_number, to_number)
  values (
    v_org_id, p_vapi_call_id, p_agent_id,
    coalesce(p_location_id, (
      select l.id from public.locations l where l.org_id = v_org_id order by l.created_at, l.id limit 1)),
    p_direction,
    v_from, v_to)
  on conflict (org_id, vapi_call_id) do nothing
  returning id into v_id;
  if v_id is null then
    select c.id into v_id
    from public.call_logs c
    where c.org_id = v_org_id and c.vapi_call_id = p_vapi_call_id;
  else
    perform app.announce('call_update', 'call', v_id);
  end if;
  return v_id;
end
$$;

comment on function app.ensure_call(text, text, uuid, uuid, text, text) is
  'The row of a call, made by whichever webhook comes first and completed by later ones. p_caller is the other party''s number (E.164, NULL when withheld), p_number the clinic''s.';

select app.seal('app.ensure_call(text, text, uuid, uuid, text, text)', 'app_writer', 'tenant_service');
-- end of sql/0660_function_ensure_call.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0700_function_answer_delivery.sql
create or replace function app.answer_delivery(p_vapi_call_id text, p_kind text, p_key text, p_answer text)
returns void
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  update public.webhook_deliveries d
  set answer = case when exists (
      select from public.call_logs c
      where c.org_id = d.org_id and c.vapi_call_id = d.vapi_call_id and app.is_forgotten(c.id))
      then '[erased]' else p_answer end
  where d.org_id = app.require_org_id() and d.vapi_call_id = p_vapi_call_id and d.kind = p_kind and d.key = p_key;
end
$$;

comment on function app.answer_delivery(text, text, text, text) is
  'Keeps what a tool call was answered, in the transaction that acted, for the same call delivered again.';

select app.seal('app.answer_delivery(text, text, text, text)', 'app_writer', 'tenant_service');
-- end of sql/0700_function_answer_delivery.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0718_function_is_failure.sql
-- Vapi names hundreds of reasons, and more every month: what errors have in common is looked for. Not among them is who did not
-- want to talk: busy, no answer, a hang-up, silence.
create or replace function app.is_failure(p_ended_reason text)
returns boolean
language sql
immutable
strict
parallel safe
begin atomic
  select p_ended_reason ~ '(error|fail|fault|misdialed|rejected|closed-websocket|worker-shutdown|join-timed-out)'
    or p_ended_reason ~ '^(assistant-not-|assistant-request-returned-)'
    or p_ended_reason = 'vonage-disconnected';
end;

comment on function app.is_failure(text) is
  'Whether a call ended because something broke, at Vapi, at a provider behind it or here, by Vapi''s endedReason, an open set.';

select app.seal('app.is_failure(text)', null, 'app_writer');
-- end of sql/0718_function_is_failure.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0720_function_call_outcome.sql
create or replace function app.call_outcome(
  p_call_id uuid, p_ended_reason text, p_duration_seconds integer, p_sales_talk boolean default false, p_spoke boolean default null
)
returns text
language sql
stable
set search_path = ''
as $$
  select case
    when exists (
      select from public.appointments a
      where a.org_id = app.current_org_id() and a.call_id = p_call_id
        and a.status not in ('held', 'cancelled')) then 'booked'
    when exists (
      select from public.appointment_changes h
      where h.org_id = app.current_org_id() and h.call_id = p_call_id and h.kind in ('rescheduled', 'amended')) then 'rescheduled'
    when exists (
      select from public.appointment_changes h
      where h.org_id = app.current_org_id() and h.call_id = p_call_id and h.kind = 'cancelled') then 'cancelled'
    when exists (
      select from public.caller_messages m
      where m.org_id = app.current_org_id() and m.call_id = p_call_id) then 'message'
    -- The second is a call that we passed on without any agent.
    when p_ended_reason in ('assistant-forwarded-call', 'assistant-request-returned-forwarding-phone-number') then 'transferred'
    -- A greeting that wants keys pressed is a voicemail's before it is a robot's.
    when p_ended_reason like '%voicemail%' then 'voicemail'
    when p_sales_talk then 'spam'
    when app.is_failure(p_ended_reason) then 'failed'
    when p_ended_reason like '%did-not-answer%' or p_ended_reason like '%no-answer%' or p_ended_reason like '%busy%' then 'missed'
    when exists (
      select from public.call_logs c
      where c.org_id = app.current_org_id() and c.id = p_call_id and c.questions_answered > 0) then 'answered'
    when coalesce(p_duration_seconds, 0) < 5 or p_spoke is false
      or p_ended_reason = 'silence-timed-out' and p_spoke is not true then 'missed'
    else 'answered'
  end
$$;

comment on function app.call_outcome(uuid, text, integer, boolean, boolean) is
  'The most telling thing that came of a call, from what it left in our tables, else from how it ended: booked, rescheduled, cancelled, message, transferred, voicemail, spam (p_sales_talk: see app.is_sales_talk), failed, missed or answered. p_spoke: whether the caller said anything, NULL where there is no transcript; who was answered from the documents did. What a caller says can make a call spam, and only one of which nothing else came.';

select app.seal('app.call_outcome(uuid, text, integer, boolean, boolean)', null, 'app_writer');
-- end of sql/0720_function_call_outcome.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0738_function_schedule_missed_call.sql
create or replace function app.schedule_missed_call(
  p_call_id uuid
)
returns void
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_now timestamptz := app.now();
  v_id uuid;
begin
  insert into public.scheduled_messages (org_id, kind, contact_id, call_id, due_at)
  select c.org_id, 'missed_call', c.contact_id, c.id, v_now
  from public.call_logs c
  join public.organizations o on o.id = c.org_id and o.missed_call_text
  where c.org_id = v_org_id and c.id = p_call_id
    and c.direction = 'inbound' and c.outcome in ('missed', 'failed') and c.contact_id is not null
    -- A text to a number of this platform would be answered by a robot.
    and c.from_number is not null and not app.is_our_number(c.from_number)
  on conflict (org_id, call_id) where kind = 'missed_call' do nothing
  returning id into v_id;
  if v_id is not null then
    perform app.enqueue_job('send_scheduled', jsonb_build_object('scheduled_id', v_id), v_now);
  end if;
end
$$;

comment on function app.schedule_missed_call(uuid) is
  'Lets a caller who was not answered have one text, where the organisation wants that and the network gave the number. Once per call; the limits of follow-ups hold when it is sent.';

select app.seal('app.schedule_missed_call(uuid)', null, 'app_writer');
-- end of sql/0738_function_schedule_missed_call.sql
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
  p_recording_url text default null,
  p_analysis jsonb default null
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
  v_spam boolean;
  v_spoke boolean;
  v_forgotten boolean;
  v_written boolean;
  v_reported_at timestamptz;
  v_kept_state text;
  v_outcome text;
  v_seconds integer;
  v_is_lead boolean;
  v_contact_id uuid;
begin
  perform app.lock_call(p_call_id);
  select * into v_call from public.call_logs c where c.org_id = v_org_id and c.id = p_call_id;
  if v_call.id is null then
    raise exception 'there is no such call' using errcode = 'VX404';
  elsif v_call.reported_at is not null and v_call.transcript_state <> 'pending_redaction' then
    return v_call.transcript_state;
  end if;

  perform app.heed_call_refusal(p_call_id, p_turns);
  -- A call that was being dialled when its contact was erased has nobody, and no words.
  v_forgotten := app.is_forgotten(p_call_id);
  if v_forgotten then
    p_turns := '[]';
    p_summary := null;
    p_analysis := null;
    p_has_recording := false;
  end if;
  -- Whoever tries the agent out, from the browser or by telephone, is no lead; what they book has its contact.
  -- Nor is anybody whom a call without a slot was meant for.
  v_is_lead := not v_forgotten and v_call.direction <> 'web'
    and app.ending_of_call(coalesce(p_ended_reason, v_call.ended_reason), true) <> 'line_busy'
    and not exists (
      select from public.outbound_calls o where o.org_id = v_org_id and o.call_id = p_call_id and o.kind = 'test');
  if v_is_lead then
    v_contact_id := app.contact_of_call(p_call_id);
  end if;
  v_names := app.names_of_call(p_call_id) || coalesce(p_said_names, '{}');
  begin
    -- The summary is the last turn: what the caller was called goes from it too.
    select array_agg(t.turn ->> 'text' order by t.position) || p_summary into v_said
    from jsonb_array_elements(coalesce(p_turns, '[]')) with ordinality t(turn, position);
    v_said := app.redact_talk(v_said, v_names);
    v_summary := v_said[cardinality(v_said)];
    select coalesce(jsonb_agg(jsonb_build_object(
        'speaker', t.turn ->> 'speaker', 'text', v_said[t.position], 'at', t.turn -> 'at') order by t.position), '[]')
    into v_turns
    from jsonb_array_elements(coalesce(p_turns, '[]')) with ordinality t(turn, position);
    v_state := case when v_turns = '[]' then 'none' else 'stored' end;
    v_spam := app.is_sales_talk(app.caller_words(v_turns));
  exception when query_canceled or others then
    -- Never raw text, never a lost call: everything else is kept, and the report is fetched again. One job does that,
    -- with its own growing pauses; each failure putting in another would fetch every minute for ever.
    v_summary := null;
    v_turns := '[]';
    v_spam := false;
    v_state := 'pending_redaction';
    if v_call.reported_at is null then
      perform app.enqueue_job('fetch_call_report', jsonb_build_object('call_id', p_call_id), app.now() + interval '1 minute');
    end if;
  end;

  v_seconds := coalesce(p_duration_seconds, extract(epoch from
    coalesce(p_ended_at, v_call.ended_at) - coalesce(p_started_at, v_call.started_at))::integer);
  v_seconds := case when v_seconds < 0 then 0 else v_seconds end;
  v_spoke := case when jsonb_typeof(p_turns) = 'array' and p_turns <> '[]' then p_turns @> '[{"speaker": "caller"}]' end;
  -- A caller who spoke was connected, also where nobody says for how long.
  v_outcome := app.call_outcome(p_call_id, coalesce(p_ended_reason, v_call.ended_reason),
    coalesce(v_seconds, case when v_spoke then 5 end), v_spam, v_spoke);
  v_written := v_state <> 'pending_redaction' and btrim(v_summary) <> '';
  -- The contact before its call, as whoever erases or merges it locks them.
  perform from public.contacts c where c.org_id = v_org_id and c.id = v_contact_id for no key update;
  -- Who erased the contact while this waited has blanked the call: nothing may come back.
  select c.reported_at, c.transcript_state into v_reported_at, v_kept_state
  from public.call_logs c
  where c.org_id = v_org_id and c.id = p_call_id
  for no key update;
  if (v_reported_at, v_kept_state) is distinct from (v_call.reported_at, v_call.transcript_state) then
    return v_kept_state;
  end if;
  update public.call_logs c
  set status = 'ended', started_at = coalesce(p_started_at, c.started_at), ended_at = coalesce(p_ended_at, c.ended_at),
    duration_seconds = coalesce(v_seconds, c.duration_seconds),
    ended_reason = coalesce(left(p_ended_reason, 200), c.ended_reason), transcript = v_turns,
    summary = case when v_written then v_summary when v_state <> 'pending_redaction' then app.outcome_sentence(v_outcome, c.questions_answered > 0) end,
    summary_source = case when v_written then 'analysis' when v_state <> 'pending_redaction' then 'rules' end,
    transcript_state = v_state, cost_micros = p_cost_micros, outcome = v_outcome,
    recording_state = case
      when c.recording_state <> 'none' then c.recording_state -- a second report must not undo what became of it
      when p_has_recording then 'at_provider'
      when exists (select from public.organizations o where o.id = v_org_id and o.hipaa_mode) then 'not_kept_by_provider'
      else 'none'
    end,
    tools_used = coalesce(p_tools_used, '{}'), reported_at = app.now(), updated_at = app.now()
  where c.org_id = v_org_id and c.id = p_call_id;

  if v_state <> 'pending_redaction' then
    perform app.note_feeling(p_call_id, p_analysis);
  end if;
  if p_has_recording then
    perform app.note_recording(p_call_id, p_recording_url);
  end if;
  perform app.release_hold(p_call_id);
  perform app.conclude_outbound_call(p_call_id);
  if v_forgotten then
    perform app.blank_calls(array[p_call_id]);
    -- What they said of calls holds by the number's hash.
    update public.opt_outs o
    set phone = null
    where o.org_id = v_org_id and o.phone = v_call.to_number and v_call.direction = 'outbound'
      and not exists (select from public.contacts k where k.org_id = v_org_id and k.phone = o.phone);
  end if;
  if v_is_lead and v_state <> 'pending_redaction' then
    perform app.score_lead(p_call_id);
    perform app.notify_urgent_call(p_call_id);
  end if;
  if v_outcome in ('missed', 'failed') and v_call.direction = 'inbound' and v_call.reported_at is null then
    perform app.notify_staff('missed_call', 'A call was missed', 'call', p_call_id);
    perform app.schedule_missed_call(p_call_id);
  end if;
  perform app.announce('call_ended', 'call', p_call_id);
  return v_state;
end
$$;

comment on function app.record_call_report(uuid, timestamptz, timestamptz, integer, text, text, jsonb, bigint, boolean, text[], text[], text, jsonb) is
  'Takes in an end-of-call report, before or after the status updates, once: a second report changes nothing unless redaction failed the first time. p_turns: [{"speaker","text","at"}]; p_said_names: names given to tools during the call, also of people who were not booked in the end; turns and summary are redacted of them and of everything else before they are stored; a missing duration follows from start and end. A recording that the provider has (p_recording_url: where it may be fetched for a while) is copied by a job. Whoever says in a call of ours that they want no more is heeded, see app.heed_call_refusal. Of a call that is forgotten (app.is_forgotten) only times, outcome and cost are kept. p_analysis: what the provider''s model found, see app.note_feeling; without a summary of its own the call gets the sentence of its outcome. Returns the transcript''s state; the first pending_redaction puts a job in the queue that fetches the report again. VX404 when the call is not the tenant''s.';

select app.seal('app.record_call_report(uuid, timestamptz, timestamptz, integer, text, text, jsonb, bigint, boolean, text[], text[], text, jsonb)', 'app_writer', 'tenant_service');
-- end of sql/0740_function_record_call_report.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0770_function_assistant_facts.sql
create or replace function app.assistant_facts(p_call_id uuid)
returns setof app.assistant_facts
language plpgsql
stable
rows 1
set search_path = ''
as $$
begin
  return query
  select route.vapi_assistant_id, f.clinic_name, coalesce(route.first_message, ''), f.address, f.recording_consent, f.ai_disclosure,
    f.hours, f.services, f.practitioners, f.policies
  from public.call_logs k
  cross join lateral app.clinic_facts(k.location_id) f
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
  where k.org_id = app.current_org_id() and k.id = p_call_id;
end
$$;

comment on function app.assistant_facts(uuid) is
  'Which assistant answers a call, and the public facts it is given, see app.clinic_facts. Nothing about the caller. vapi_assistant_id is NULL while the clinic''s inbound agent has no assistant yet.';

select app.seal('app.assistant_facts(uuid)', null, 'tenant_service');
-- end of sql/0770_function_assistant_facts.sql
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
      -- Calls come from whoever wants to call: a night of robots must not be a night of texts.
      ('alert', p_now - interval '1 hour', 10, 'too_soon', false),
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
  'Whether a number or contact had its share of a category: one follow-up in the clinic''s window, three codes, three invitations, ten replies or ten alerts an hour, one marketing text a day, one reminder a day and three in seven days. Counted are messages that left or may have left, whether the number or the contact is the same; a day is the clinic''s. outcome blocked, reason and not_before (when it is allowed again), or an outcome of NULL.';

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
  if coalesce(p_category, '') not in ('code', 'confirmation', 'reminder', 'follow_up', 'marketing', 'reply', 'invitation', 'share', 'alert')
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
-- snapshot of sql/0940_function_take_answer.sql
create or replace function app.take_answer(p_row public.scheduled_messages, p_now timestamptz)
returns app.scheduled_bundle
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_bundle app.scheduled_bundle := app.start_bundle(p_row, case (p_row).kind when 'code' then 'code' else 'follow_up' end);
  v_language text := app.contact_language((p_row).contact_id);
  v_called public.call_logs;
  v_skipped text;
begin
  select * into v_called from public.call_logs c where c.org_id = (p_row).org_id and c.id = (p_row).call_id;
  v_skipped := case
    when v_bundle.phone is null then 'no_recipient'
    when (p_row).kind = 'code' and not exists (
      select from public.identity_codes c
      where c.org_id = (p_row).org_id and c.id = (p_row).code_id and c.expires_at > p_now) then 'too_late'
    when (p_row).kind = 'missed_call' and exists (
      select from public.call_logs c
      where c.org_id = (p_row).org_id and c.contact_id = (p_row).contact_id and c.created_at > v_called.created_at
        and coalesce(c.outcome, '') not in ('missed', 'failed')) then 'called_again'
  end;
  if v_skipped is not null then
    perform app.settle_scheduled(array[(p_row).id], 'skipped', v_skipped);
    return null;
  end if;

  v_bundle.text := app.render_text((app.template_for((p_row).kind, v_language))[2], jsonb_build_object(
    'clinic', replace(v_bundle.clinic_name, '[code]', ''), 'phone', coalesce(v_called.to_number, v_bundle.clinic_phone, ''),
    'code', '[code]'));
  if (p_row).kind = 'code' then
    v_bundle.code_subjects := array_fill((p_row).code_id, array[
      (length(v_bundle.text) - length(replace(v_bundle.text, '[code]', ''))) / length('[code]')]);
    v_bundle.code_versions := array_fill(1, array[cardinality(v_bundle.code_subjects)]);
  end if;
  return v_bundle;
end
$$;

comment on function app.take_answer(public.scheduled_messages, timestamptz) is
  'The bundle of what answers a call: the code that it asked for, or the text to a caller who was missed. NULL, and the row skipped: too_late (the code has expired), called_again (the caller was answered or is calling), no_recipient.';

select app.seal('app.take_answer(public.scheduled_messages, timestamptz)', null, 'app_writer');
-- end of sql/0940_function_take_answer.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0988_function_erase_messages.sql
create or replace function app.erase_messages(p_contact_id uuid, p_numbers text[], p_email text)
returns void
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_hashes bytea[] := array(select app.number_hash(n) from unnest(p_numbers) n);
  v_now timestamptz := app.now();
begin
  update public.scheduled_messages s
  set state = 'cancelled', reason = 'erased', updated_at = v_now
  where s.org_id = v_org_id and s.contact_id = p_contact_id and s.state = 'waiting';
  update public.identity_codes i
  set code_hash = null, expires_at = least(i.expires_at, v_now)
  where i.org_id = v_org_id and i.contact_id = p_contact_id;
  update public.reply_questions q
  set answered_at = v_now
  where q.org_id = v_org_id and q.contact_id = p_contact_id and q.answered_at is null;
  -- Texts of the number from before it had a contact are the same person's. Rows older than the hashes get theirs now.
  update public.messages m
  set recipient = '[erased]', subject = case when m.subject is not null then '[erased]' end, content = '[erased]',
    recipient_hash = coalesce(m.recipient_hash, app.number_hash(m.recipient)),
    status = case when m.status = 'queued' and m.handed_over_at is null then 'blocked' else m.status end,
    reason = case when m.status = 'queued' and m.handed_over_at is null then 'erased' else m.reason end,
    updated_at = v_now
  where m.org_id = v_org_id
    and (m.contact_id = p_contact_id
      or m.contact_id is null and (m.recipient_hash = any (v_hashes) or m.recipient = any (p_numbers))
      -- Links to recordings may have gone to an address before it was the contact's. Members' own mail is theirs.
      or m.contact_id is null and m.method = 'email' and m.category <> 'invitation' and lower(m.recipient) = lower(p_email)
        and not exists (
          select from public.contacts k where k.org_id = v_org_id and k.id <> p_contact_id and lower(k.email) = lower(p_email)));
end
$$;

comment on function app.erase_messages(uuid, text[], text) is
  'The part of app.erase_contact about messages to the contact, its numbers and its address: recipients and texts become placeholders, what still waits is not sent any more, codes open nothing.';

select app.seal('app.erase_messages(uuid, text[], text)', null, 'app_writer');
-- end of sql/0988_function_erase_messages.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0989_function_erase_calls.sql
create or replace function app.erase_calls(p_contact_id uuid, p_numbers text[])
returns void
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_now timestamptz := app.now();
  v_calls uuid[] := app.calls_of_person(p_contact_id, p_numbers);
begin
  perform app.lock_calls(v_calls);
  update public.caller_messages m
  set caller_name = null, callback_number = null, body = '[erased]'
  where m.org_id = v_org_id and m.contact_id = p_contact_id;
  -- Somebody else may have asked to call this person back.
  update public.caller_messages m
  set callback_number = null
  where m.org_id = v_org_id and m.callback_number = any (p_numbers);
  -- They are the contact's from now on: whatever still comes of them finds that it was erased.
  update public.call_logs c
  set contact_id = p_contact_id
  where c.org_id = v_org_id and c.id = any (v_calls) and c.contact_id is null;
  perform app.blank_calls(v_calls);
  -- One that is being dialled this moment keeps its number until it is over: see app.close_outbound_call.
  update public.outbound_calls c
  set state = 'cancelled', reason = 'erased', ended_at = v_now, look_at = null, to_number = null, updated_at = v_now
  where c.org_id = v_org_id and c.state = 'waiting' and (c.contact_id = p_contact_id or c.contact_id is null and c.to_number = any (p_numbers));
  update public.outbound_calls c
  set to_number = null, updated_at = v_now
  where c.org_id = v_org_id and c.state <> 'placing' and c.to_number is not null
    and (c.contact_id = p_contact_id or c.contact_id is null and c.to_number = any (p_numbers));
end
$$;

comment on function app.erase_calls(uuid, text[]) is
  'The part of app.erase_contact about calls: the person''s number, transcript, summary and messages left are blanked, also of calls of the numbers that no contact was made for, which become the erased contact''s; calls that were to be made, tests of the numbers too, are cancelled. Times, outcome and cost stay.';

select app.seal('app.erase_calls(uuid, text[])', null, 'app_writer');
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
  v_numbers text[];
begin
  perform app.require_admin();
  -- Before all else, as whoever acts for a call does: no report and no tool call is at work on one of theirs meanwhile.
  perform app.lock_call(l.id)
  from unnest(app.calls_of_person(p_contact_id, app.numbers_of_contact(p_contact_id))) l (id);
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

  v_numbers := app.numbers_of_contact(p_contact_id);
  perform app.erase_messages(p_contact_id, v_numbers, v_contact.email);
  perform app.erase_calls(p_contact_id, v_numbers);
  perform app.erase_visits(p_contact_id);
  perform app.forget_answers();
  update public.opt_outs o set phone = null where o.org_id = v_org_id and o.phone = any (v_numbers);
  update public.contacts c
  set name = null, phone = null, former_phones = '{}', spoken_phone = null, email = null, notes = null, service_interests = '{}',
    lead_reasons = '{}', lead_score = 0, lead_scored_at = null, time_zone = null, language = null, marketing_consent_at = null,
    erased_at = v_now, updated_at = v_now
  where c.org_id = v_org_id and c.id = p_contact_id;
  insert into public.audit_log (org_id, action, entity, entity_id, actor_user_id)
  values (v_org_id, 'contact_erased', 'contact', p_contact_id, app.current_user_id());
  perform app.announce('contact_updated', 'contact', p_contact_id);
  return true;
end
$$;

comment on function app.erase_contact(uuid) is
  'Blanks everything personal about a contact: name, numbers and addresses, its patients, what was said and written in calls, messages and visits. Rows, ids, times, states and keyed hashes stay, so that audits and statistics hold and an opt-out still stops texts to the number, also for a contact that comes anew. What was waiting to be sent is cancelled, and what still comes of their calls is not stored (app.is_forgotten). Returns false when it was erased before. Owner and admin only (VX403); VX404 for an unknown contact, VX409 while it has visits ahead. Our copies of recordings are deleted by jobs; the provider''s own are not reached from here.';

select app.seal('app.erase_contact(uuid)', 'app_writer', 'tenant_user');
-- end of sql/0990_function_erase_contact.sql
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
-- snapshot of sql/0993_function_calls_of_person.sql
create or replace function app.calls_of_person(p_contact_id uuid, p_numbers text[])
returns uuid[]
language sql
stable
set search_path = ''
as $$
  select coalesce(array_agg(c.id order by c.id), '{}')
  from public.call_logs c
  where c.org_id = app.require_org_id()
    and (c.contact_id = p_contact_id
      or c.contact_id is null and (c.from_number = any (p_numbers) or c.to_number = any (p_numbers)))
$$;

comment on function app.calls_of_person(uuid, text[]) is
  'The calls of a contact, and those of its numbers that no contact was made for, the oldest first.';

select app.seal('app.calls_of_person(uuid, text[])', null, 'app_writer');
-- end of sql/0993_function_calls_of_person.sql
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
    lead_status_by = case when p_change ? 'lead_status' then 'staff' else c.lead_status_by end,
    lead_score = app.score_of_status(p_change ->> 'lead_status', c.lead_score),
    language = case when p_change ? 'language' then nullif(p_change ->> 'language', '') else c.language end,
    time_zone = case when p_change ? 'time_zone' then nullif(p_change ->> 'time_zone', '') else c.time_zone end,
    -- Consent that stands keeps its time: that is what proves it. It was given for a number, and goes with it.
    marketing_consent_at = case
      when (p_change ->> 'marketing_consent')::boolean is false then null
      when p_change ? 'phone' and c.phone <> coalesce(p_change ->> 'phone', '')
        then case when (p_change ->> 'marketing_consent')::boolean then v_now end
      when (p_change ->> 'marketing_consent')::boolean then coalesce(c.marketing_consent_at, v_now)
      else c.marketing_consent_at end,
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
  'Changes a contact as app.change_contact says, for functions that have looked at role and rows before. The score follows a status that is set, and scoring leaves that status alone from then on.';

select app.seal('app.write_contact(uuid, jsonb)', null, 'app_writer');
-- end of sql/1108_function_write_contact.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1111_function_is_staffs_word.sql
create or replace function app.is_staffs_word(p_lead_status text, p_by text)
returns boolean
language sql
immutable
parallel safe
begin atomic
  select coalesce(p_by = 'staff', p_lead_status in ('hot', 'warm', 'lost', 'booked'));
end;

comment on function app.is_staffs_word(text, text) is
  'Whether a member gave a contact this lead status (contacts.lead_status_by as p_by). Where that was not noted: any that only staff could give then.';

select app.seal('app.is_staffs_word(text, text)', null, 'app_writer');
-- end of sql/1111_function_is_staffs_word.sql
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
    insert into public.contacts (org_id, source, lead_status, lead_status_by, lead_score)
    values (v_org_id, p_source, 'warm', 'rules', app.score_of_status('warm', 0))
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
  v_lead public.contacts;
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
  -- Staff's word before what rules say, a booking before a guess, and the better of two guesses.
  v_lead := case
    when app.is_staffs_word(v_into.lead_status, v_into.lead_status_by) then v_into
    when app.is_staffs_word(v_from.lead_status, v_from.lead_status_by) then v_from
    when v_into.lead_status <> 'booked' and (v_from.lead_status = 'booked' or v_from.lead_score > v_into.lead_score) then v_from
    else v_into
  end;

  perform app.merge_patients(p_into, p_from);
  perform app.merge_histories(p_into, p_from);
  delete from public.contacts c where c.org_id = v_org_id and c.id = p_from;
  update public.contacts c
  set name = coalesce(c.name, v_from.name), phone = coalesce(c.phone, v_from.phone), email = coalesce(c.email, v_from.email),
    former_phones = (array(
      select distinct n from unnest(c.former_phones || v_from.former_phones || v_from.phone) n
      where n is not null and n <> coalesce(c.phone, v_from.phone)))[:50],
    spoken_phone = coalesce(c.spoken_phone, v_from.spoken_phone), language = coalesce(c.language, v_from.language),
    time_zone = coalesce(c.time_zone, v_from.time_zone),
    origin_call_id = coalesce(c.origin_call_id, v_from.origin_call_id),
    -- Consent was given for a number, and stays with it.
    marketing_consent_at = case when c.phone is null then v_from.marketing_consent_at else c.marketing_consent_at end,
    service_interests = array(select distinct s from unnest(c.service_interests || v_from.service_interests) s order by s),
    lead_status = v_lead.lead_status, lead_status_by = v_lead.lead_status_by,
    lead_score = app.score_of_status(v_lead.lead_status, greatest(c.lead_score, v_from.lead_score)),
    lead_reasons = case when v_from.lead_score > c.lead_score then v_from.lead_reasons else c.lead_reasons end,
    lead_scored_at = greatest(c.lead_scored_at, v_from.lead_scored_at),
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
  'Makes two contacts of one person one: patients, visits, calls and messages of p_from become p_into''s, p_from''s row goes, and p_into is returned. What p_into knows wins, but for a guess about it as a lead, of which the better one stays; another number or address is kept in its notes, because a contact has one. Opt-outs hold by number and are not touched. Staff only (VX403). VX404 unknown or erased, VX400 one and the same.';

select app.seal('app.merge_contacts(uuid, uuid)', 'app_writer', 'tenant_user');
-- end of sql/1120_function_merge_contacts.sql
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
  where c.org_id = v_org_id and case when p_contact_id is null then c.phone = p_phone else c.id = p_contact_id end
  for key share; -- whoever erases the contact at this moment is waited for, and then seen
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
-- snapshot of sql/1200_function_call_state.sql
create or replace function app.call_state(p_status text, p_outcome text, p_ended_reason text)
returns text
language sql
immutable
parallel safe
as $$
  select case
    when p_status <> 'ended' then 'in_progress'
    when p_outcome = 'failed' or p_outcome = 'missed' and p_ended_reason like '%error%' then 'failed'
    when p_outcome = 'voicemail' then 'missed'
    when p_outcome in ('missed', 'transferred') then p_outcome
    else 'completed'
  end
$$;

comment on function app.call_state(text, text, text) is
  'How a call stands, in the words of the dashboard: in_progress, completed, missed (nobody spoke, or only a machine), transferred, or failed where an error of ours or the provider''s ended it. Has no search_path so that it is inlined into lists.';

select app.seal('app.call_state(text, text, text)', null, 'app_writer', 'tenant_user');
-- end of sql/1200_function_call_state.sql
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
  p_search text default null,
  p_sentiment text default null,
  p_urgency text default null,
  p_outcome text default null
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
    || case when p_contact_id is not null then ' and c.contact_id = $6' else '' end
    || case when p_sentiment is not null then ' and c.sentiment = $11' else '' end
    || case when p_urgency is not null then ' and c.urgency = $12' else '' end
    || case when p_outcome is not null then ' and c.outcome = $13' else '' end;
  if v_search is not null then
    v_people := app.found_ids('caller', v_search);
    v_calls := case when v_digits is null then '{}' else app.found_ids('call', v_digits) end;
    v_where := v_where || case when v_people is not null and v_calls is not null then ' and (c.contact_id = any ($9) or c.id = any ($10))'
      else ' and (position($8 in case c.direction when ''outbound'' then c.to_number else c.from_number end) > 0 or exists ('
        || 'select from public.contacts k where k.org_id = $1 and k.id = c.contact_id and position($7 in lower(k.name)) > 0))' end;
  end if;

  execute format('select count(*) from (select from public.call_logs c where %s limit 50001) x', v_where)
  into v_total
  using v_org_id, v_period[1], v_period[2], p_state, p_direction, p_contact_id, v_search, v_digits, v_people, v_calls,
    p_sentiment, p_urgency, p_outcome;
  v_span := app.page_span(v_total, v_total > 50000, p_page, p_limit);
  execute format('select array(select c.id from public.call_logs c where %s order by %s limit $14 offset $15)', v_where,
    case when v_span.from_end then 'c.began_at, c.id' else 'c.began_at desc, c.id desc' end)
  into v_ids
  using v_org_id, v_period[1], v_period[2], p_state, p_direction, p_contact_id, v_search, v_digits, v_people, v_calls,
    p_sentiment, p_urgency, p_outcome, v_span.take, v_span.skip;
  return query
  select c.id, c.vapi_call_id, c.contact_id, k.name, case c.direction when 'outbound' then c.to_number else c.from_number end,
    c.to_number, c.direction, app.call_state(c.status, c.outcome, c.ended_reason), c.began_at,
    c.started_at, c.ended_at, c.duration_seconds, c.outcome, c.ended_reason, c.summary, c.transcript_state, c.recording_state,
    c.tools_used, c.cost_micros, c.created_at, least(v_total, 50000), v_total > 50000, c.recording_error,
    c.summary_source, c.sentiment, c.sentiment_score, c.urgency
  from unnest(v_ids) with ordinality page (id, place)
  join public.call_logs c on c.org_id = v_org_id and c.id = page.id
  left join public.contacts k on k.org_id = c.org_id and k.id = c.contact_id
  order by case when v_span.from_end then -page.place else page.place end;
end
$$;

comment on function app.list_calls(integer, integer, date, date, text, text, text, uuid, text, text, text, text) is
  'A page of the calls that were not deleted, the newest first. NULL filters nothing: p_from and p_to are days of the clinic, p_recent is today, week or month, p_state a word of app.call_state, p_direction inbound, outbound or web; p_search finds part of the contact''s name, or of the number on the other side; p_sentiment, p_urgency and p_outcome are those of call_logs. Every member may look. VX400 for days in the wrong order.';

select app.seal('app.list_calls(integer, integer, date, date, text, text, text, uuid, text, text, text, text)', 'app_writer', 'tenant_user');
-- end of sql/1203_function_list_calls.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1204_function_call_stats.sql
-- Days that are over come from call_days; what has no row there, today first of all, is counted from the calls. Both are read by
-- one statement: a day whose row is taken away meanwhile is not missed.
create or replace function app.call_stats()
returns setof app.call_stats
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_zone text := (select o.time_zone from public.organizations o where o.id = v_org_id);
  v_now timestamptz := app.now();
  v_today timestamptz := (app.clinic_period(null, null, 'today'))[1];
  v_week timestamptz := (app.clinic_period(null, null, 'week'))[1];
  v_month timestamptz := (app.clinic_period(null, null, 'month'))[1];
begin
  return query
  with days as (
    select * from public.call_days d where d.org_id = v_org_id and d.time_zone = v_zone
  ), gaps as materialized (
    select lower(g) as from_at, upper(g) as to_at from app.call_gaps(v_zone) g
  ), sums as (
    select sum(c.calls) as calls, sum(c.inbound) as inbound, sum(c.outbound) as outbound, sum(c.ended) as ended,
      sum(c.missed) as missed, sum(c.failed) as failed, sum(c.transferred) as transferred, sum(c.timed) as timed,
      sum(c.seconds) as seconds, sum(c.felt) as felt, sum(c.feeling) as feeling, sum(c.cost_micros) as cost_micros
    from (
      select d.calls, d.inbound, d.outbound, d.ended, d.missed, d.failed, d.transferred, d.timed, d.seconds,
        d.felt, d.feeling, d.cost_micros
      from days d
      union all
      select l.*
      from gaps g
      cross join lateral app.count_calls(g.from_at, g.to_at) l
    ) c
  ), lately as (
    select coalesce(sum(c.calls) filter (where c.at >= v_today), 0) as today,
      coalesce(sum(c.calls) filter (where c.at >= v_week), 0) as week,
      coalesce(sum(c.calls) filter (where c.at >= v_month), 0) as month
    from (
      select d.from_at as at, d.calls
      from days d
      union all
      select l.began_at, 1
      from gaps g
      join public.call_logs l on l.org_id = v_org_id and l.deleted_at is null
        and l.began_at >= greatest(g.from_at, least(v_week, v_month)) and l.began_at < g.to_at
      union all
      select l.began_at, 1
      from gaps g
      join public.call_logs l on l.org_id = v_org_id and l.deleted_at is not null
        and l.began_at >= greatest(g.from_at, least(v_week, v_month)) and l.began_at < g.to_at
    ) c
  )
  select s.calls::bigint, s.inbound::bigint, s.outbound::bigint, (s.ended - s.missed - s.failed - s.transferred)::bigint,
    s.missed::bigint, s.transferred::bigint, s.failed::bigint, n.today::bigint, n.week::bigint, n.month::bigint,
    coalesce(round(s.seconds / nullif(s.timed, 0)), 0)::integer,
    coalesce(round(100.0 * (s.ended - s.missed - s.failed) / nullif(s.ended, 0), 1), 0)::double precision,
    (
      select coalesce(sum(v.price_minor), 0)::bigint
      from public.appointments a
      join public.services v on v.org_id = a.org_id and v.id = a.service_id
      where a.org_id = v_org_id and a.scheduled_at > v_now and a.status in ('pending', 'confirmed')
    ),
    (select count(*) from public.contacts k where k.org_id = v_org_id and k.erased_at is null and k.lead_status = 'hot'),
    s.felt::bigint, coalesce(round(s.feeling / nullif(s.felt, 0) / 100, 2), 0)::double precision, s.cost_micros::bigint
  from sums s, lately n;
end
$$;

comment on function app.call_stats() is
  'All calls of the clinic in numbers, deleted ones too: one row, with zeros where there are none. average_sentiment is that of the felt calls, of which it is known, 0 to 1; a call whose words were deleted counts there no more. cost_micros are millionths of a US dollar. Days are those of the clinic''s zone. Every member may look.';

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
    c.tools_used, c.cost_micros, c.created_at, app.turns_with_sentiment(c.transcript), c.recording_error,
    c.summary_source, c.sentiment, c.sentiment_score, c.urgency, c.lead_score, c.lead_reasons
  from public.call_logs c
  left join public.contacts k on k.org_id = c.org_id and k.id = c.contact_id
  where c.org_id = v_org_id and c.id = p_call_id and c.deleted_at is null;
end
$$;

comment on function app.read_call(uuid, text) is
  'A call with its transcript (app.turns_with_sentiment) and what it says of its caller as a lead; no row when there is none or it was deleted. That a transcript was read, by whom and in which request stands in the audit log from then on. Every member may look.';

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
  perform app.lock_calls(p_call_ids);
  perform app.forget_gaps(p_call_ids);
  update public.caller_messages m
  set caller_name = null, callback_number = null, body = '[erased]'
  where m.org_id = v_org_id and m.call_id = any (p_call_ids);
  -- What a tool call was answered is kept for its repetition only, and names visits.
  update public.webhook_deliveries d
  set answer = '[erased]'
  from public.call_logs c
  where c.org_id = v_org_id and c.id = any (p_call_ids) and d.org_id = v_org_id and d.vapi_call_id = c.vapi_call_id
    and d.answer is not null;
  -- A tool's date words are the model's, and may hold anything that was said.
  update public.booking_attempts b
  set said_date = null, said_time = null
  where b.org_id = v_org_id and b.call_id = any (p_call_ids) and (b.said_date is not null or b.said_time is not null);
  -- Our own side of the call is no one's secret. A report that still comes counts as taken in: it must bring nothing back.
  update public.call_logs c
  set from_number = case when c.direction = 'outbound' then c.from_number end,
    to_number = case when c.direction = 'outbound' then null else c.to_number end,
    summary = null, summary_source = null, sentiment = null, sentiment_score = null, sentiment_source = null, urgency = null,
    urgency_source = null, lead_score = null, lead_reasons = '{}', service_ids = '{}', transcript = '[]', transcript_state = 'none',
    reported_at = coalesce(c.reported_at, v_now), updated_at = v_now
  where c.org_id = v_org_id and c.id = any (p_call_ids);
  update public.outbound_calls c
  set to_number = null, updated_at = v_now
  where c.org_id = v_org_id and c.call_id = any (p_call_ids) and c.ended_at is not null;
  -- Last: a report that was being taken in has noted its recording by now.
  perform app.drop_recordings(p_call_ids, 'erased');
end
$$;

comment on function app.blank_calls(uuid[]) is
  'Blanks the words of calls and the number on the other side: transcript, summary, messages left, questions that found nothing; a recording is deleted by a job and its links open nothing any more. Times, outcome and cost stay.';

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
  perform app.lock_calls(array[p_call_id]);
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
  select k.id, k.name, k.phone, k.lead_status, k.lead_score, k.created_at, k.last_contacted_at, last_call.summary,
    k.lead_reasons, last_call.sentiment, last_call.sentiment_score
  from (
    select c.id, c.name, c.phone, c.lead_status, c.lead_score, c.created_at, c.last_contacted_at, c.lead_reasons
    from public.contacts c
    where c.org_id = v_org_id and c.lead_status in ('hot', 'warm') and c.erased_at is null
    order by c.lead_status, c.lead_score desc, c.last_contacted_at desc nulls last, c.id
    limit p_limit
  ) k
  left join lateral (
    select l.summary, l.sentiment, l.sentiment_score
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
    least(v_total, 50000), v_total > 50000, g.affected
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
-- snapshot of sql/1253_function_forget_answers.sql
create or replace function app.forget_answers()
returns void
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
begin
  -- In one order, so that two erasures wait for each other and not in a ring.
  perform from public.idempotency_keys k
  where k.org_id = v_org_id and (k.state = 'done' or k.acted_at is not null)
  order by k.id
  for no key update;
  update public.idempotency_keys k
  set answer_kept = false, headers = case when k.state = 'done' then '{}'::jsonb end,
    response = case when k.state = 'done' then ''::bytea end
  where k.org_id = v_org_id and (k.state = 'done' or k.acted_at is not null);
end
$$;

comment on function app.forget_answers() is
  'The part of app.erase_contact about kept answers, any of which may show the contact: all of the clinic''s are blanked, also those that are still to be written for what was changed before. That the wishes were carried out stays known: repeated, they act no second time.';

select app.seal('app.forget_answers()', null, 'app_writer');
-- end of sql/1253_function_forget_answers.sql
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
-- snapshot of sql/1286_function_count_calls.sql
-- Two stretches, because the indexes by time are of the deleted calls and of the others.
create or replace function app.count_calls(p_from timestamptz, p_to timestamptz)
returns setof app.call_count
language plpgsql
stable
rows 1
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
begin
  return query
  select count(*), count(*) filter (where s.direction = 'inbound'), count(*) filter (where s.direction = 'outbound'),
    count(*) filter (where s.state <> 'in_progress'), count(*) filter (where s.state = 'missed'),
    count(*) filter (where s.state = 'failed'), count(*) filter (where s.state = 'transferred'),
    count(s.duration_seconds) filter (where s.state <> 'in_progress'),
    coalesce(sum(s.duration_seconds) filter (where s.state <> 'in_progress'), 0),
    count(s.sentiment_score), coalesce(sum(round(s.sentiment_score * 100)::bigint), 0)::bigint, coalesce(sum(s.cost_micros), 0)::bigint
  from (
    select l.direction, l.duration_seconds, l.sentiment_score, l.cost_micros, app.call_state(l.status, l.outcome, l.ended_reason) as state
    from (
      select c.direction, c.status, c.outcome, c.ended_reason, c.duration_seconds, c.sentiment_score, c.cost_micros
      from public.call_logs c
      where c.org_id = v_org_id and c.deleted_at is null and c.began_at >= p_from and c.began_at < p_to
      union all
      select c.direction, c.status, c.outcome, c.ended_reason, c.duration_seconds, c.sentiment_score, c.cost_micros
      from public.call_logs c
      where c.org_id = v_org_id and c.deleted_at is not null and c.began_at >= p_from and c.began_at < p_to
        and c.ended_reason is distinct from 'call.start.error-subscription-concurrency-limit-reached' -- rang nobody
    ) l
    offset 0 -- or the state would be found out anew in every column
  ) s;
end
$$;

comment on function app.count_calls(timestamptz, timestamptz) is
  'The clinic''s calls that began in [p_from, p_to) in numbers, counted one by one, deleted ones too: one row, with zeros where there are none.';

select app.seal('app.count_calls(timestamptz, timestamptz)', null, 'app_writer');
-- end of sql/1286_function_count_calls.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1288_trigger_call_days.sql
-- What a call said, whose it was and whether it was deleted is not counted: such changes cost nothing. How the caller sounded is,
-- and goes with the words.
create or replace trigger voxanne_call_came_or_went
after insert or delete on public.call_logs
for each row execute function app.forget_call_days();

create or replace trigger voxanne_call_changed
after update on public.call_logs
for each row
when (
  old.began_at is distinct from new.began_at or old.status is distinct from new.status
  or old.outcome is distinct from new.outcome or old.ended_reason is distinct from new.ended_reason
  or old.direction is distinct from new.direction or old.duration_seconds is distinct from new.duration_seconds
  or old.sentiment_score is distinct from new.sentiment_score or old.cost_micros is distinct from new.cost_micros)
execute function app.forget_call_days();
-- end of sql/1288_trigger_call_days.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1289_function_roll_up_calls.sql
-- It never waits: whoever writes a call at this moment goes first, and the days are rolled up an hour later. While it counts,
-- such a writer waits, so a few days at a time are enough.
create or replace function app.roll_up_calls(p_days integer)
returns integer
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_zone text;
  v_today date;
  v_midnight timestamptz;
  v_first timestamptz;
  v_day date;
  v_rolled integer := 0;
begin
  if not pg_try_advisory_xact_lock(8, hashtext(v_org_id::text)) then
    return 0;
  end if;
  select o.time_zone into v_zone from public.organizations o where o.id = v_org_id;
  delete from public.call_days d where d.org_id = v_org_id and d.time_zone <> v_zone;
  v_today := (app.now() at time zone v_zone)::date;
  v_midnight := app.local_instant(v_today::timestamp, v_zone, false);
  select min(f.began_at) into v_first
  from app.call_gaps(v_zone) g
  cross join lateral (
    (select l.began_at from public.call_logs l
    where l.org_id = v_org_id and l.deleted_at is null and l.began_at >= lower(g) and l.began_at < least(upper(g), v_midnight)
    order by l.began_at limit 1)
    union all
    (select l.began_at from public.call_logs l
    where l.org_id = v_org_id and l.deleted_at is not null and l.began_at >= lower(g) and l.began_at < least(upper(g), v_midnight)
    order by l.began_at limit 1)
  ) f;
  if v_first is null or not isfinite(v_first) then
    return 0;
  end if;

  for v_day in
    select (v_first at time zone v_zone)::date + n from generate_series(0, p_days - 1) n
  loop
    exit when v_day >= v_today;
    insert into public.call_days (org_id, day, time_zone, from_at, to_at,
      calls, inbound, outbound, ended, missed, failed, transferred, timed, seconds, felt, feeling, cost_micros)
    select v_org_id, v_day, v_zone, s.from_at, s.to_at, c.*
    from (
      select app.local_instant(v_day::timestamp, v_zone, false) as from_at,
        app.local_instant((v_day + 1)::timestamp, v_zone, false) as to_at
    ) s
    cross join lateral app.count_calls(s.from_at, s.to_at) c
    where s.from_at < s.to_at -- Samoa had no 30 December 2011
      and not exists (
        select from public.call_days d where d.org_id = v_org_id and d.day = v_day and d.time_zone = v_zone);
    if found then
      v_rolled := v_rolled + 1;
    end if;
  end loop;
  return v_rolled;
end
$$;

comment on function app.roll_up_calls(integer) is
  'Counts days of calls that are over in the clinic''s zone and have no row in call_days, from the first such call on, p_days in a row at most. Returns how many days it counted; 0: none is left, or somebody writes a call of the clinic just now, then the next hour does it. Rows of a zone that the clinic had before go.';

select app.seal('app.roll_up_calls(integer)', 'app_writer', 'tenant_service');
-- end of sql/1289_function_roll_up_calls.sql
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
    set revoked_at = coalesce(s.revoked_at, v_now)
    where s.org_id = v_org_id and s.recording_id = v_recording.id;
    perform app.set_recording_state(v_recording.call_id, 'deleted', p_reason);
    perform app.enqueue_job('delete_recording', jsonb_build_object('recording_id', v_recording.id));
  end loop;
  if p_reason = 'erased' then
    -- Also of recordings that had expired before.
    update public.recording_shares s
    set recipient = null
    from public.recordings r
    where r.org_id = v_org_id and r.call_id = any (p_call_ids) and s.org_id = v_org_id and s.recording_id = r.id
      and s.recipient is not null;
    update public.messages m
    set recipient = '[erased]', subject = case when m.subject is not null then '[erased]' end, content = '[erased]', updated_at = v_now
    where m.org_id = v_org_id and m.call_id = any (p_call_ids) and m.category = 'share' and m.content <> '[erased]';
  end if;
end
$$;

comment on function app.drop_recordings(uuid[], text) is
  'From now on nobody listens to the recordings of these calls: their links are revoked and a job deletes the files. p_reason: expired or erased; erased also forgets whom links were sent to.';

select app.seal('app.drop_recordings(uuid[], text)', null, 'app_writer');
-- end of sql/1438_function_drop_recordings.sql
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
    join public.call_logs c on c.org_id = r.org_id and c.id = r.call_id
    where r.org_id = v_org_id and r.deleted_at is null and r.delete_requested_at is null and r.created_at <= v_now - v_keep
    order by r.created_at
    limit p_limit
    for no key update of r, c skip locked); -- never waits, as app.expire_words
  perform app.drop_recordings(v_old, 'expired');
  v_count := cardinality(v_old);
  insert into public.audit_log (org_id, action, entity, entity_id, affected)
  select v_org_id, 'recordings_expired', 'organization', v_org_id, v_count
  where v_count > 0;
  -- A deletion whose job was given up, because the storage was down for a long time: a file must not be forgotten.
  for v_stuck in
    update public.recordings r
    set delete_requested_at = v_now
    where r.org_id = v_org_id and r.id in (
      select s.id
      from public.recordings s
      where s.org_id = v_org_id and s.deleted_at is null and s.delete_requested_at < v_now - interval '6 hours'
      limit p_limit
      for no key update skip locked)
    returning r.id
  loop
    perform app.enqueue_job('delete_recording', jsonb_build_object('recording_id', v_stuck));
    v_count := v_count + 1;
  end loop;
  -- A copy whose process died at its last try: nobody would ever say that it failed.
  for v_lost in
    select r.id
    from public.recordings r
    join public.call_logs c on c.org_id = r.org_id and c.id = r.call_id
    where r.org_id = v_org_id and r.deleted_at is null and r.delete_requested_at is null and r.lease_until < v_now - interval '6 hours'
    limit p_limit
    for no key update of r, c skip locked
  loop
    perform app.fail_recording(v_lost, 'unreachable', true);
    v_count := v_count + 1;
  end loop;
  return v_count;
end
$$;

comment on function app.expire_recordings(integer) is
  'Puts the deletion of recordings in the queue: of those older than the clinic''s keep_recordings_for, and of those whose deletion has not happened in six hours. Calls a copy failed that nobody has been at for as long. p_limit at most of each kind; returns of how many in all. That recordings expired stands in the audit log.';

select app.seal('app.expire_recordings(integer)', 'app_writer', 'tenant_service');
-- end of sql/1444_function_expire_recordings.sql
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
  v_facts app.clinic_facts;
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
  v_facts := app.clinic_facts(v_line.location_id);
  select 'dial', v_call.kind, v_line.vapi_assistant_id, v_line.vapi_phone_number_id, v_call.to_number,
    case when v_call.kind <> 'test' then v_now end, app.latest_dialling(v_call, v_now), v_facts.clinic_name, v_line.number, v_facts.address, v_facts.time_zone, v_now,
    (select array_to_string(app.local_words(a.scheduled_at, w.time_zone, app.contact_language(v_call.contact_id)), ' ')
      from public.appointments a
      join public.locations w on w.org_id = a.org_id and w.id = a.location_id
      where a.org_id = v_org_id and a.id = v_call.appointment_id and v_call.kind = 'reminder'),
    case when v_call.kind = 'campaign' then app.words_of_call(v_call.campaign_step_id, v_call.contact_id) end,
    (select nullif(split_part(btrim(k.name), ' ', 1), '')
      from public.contacts k
      where k.org_id = v_org_id and k.id = v_call.contact_id),
    v_facts.emergency_sentence, v_facts.hours, v_facts.services, v_facts.practitioners, v_facts.policies
  into v_dial;
  return next v_dial;
end
$$;

comment on function app.prepare_outbound_call(uuid, uuid) is
  'The last word before a call that was taken is dialled: judges it anew and says how to make it, see app.outbound_dial. From outcome dial on the call counts as handed over to Vapi. Quiet hours, and a clinic that has no assistant or number just now, put it off; everything else ends it.';

select app.seal('app.prepare_outbound_call(uuid, uuid)', 'app_writer', 'tenant_service');
-- end of sql/1657_function_prepare_outbound_call.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1671_function_clinic_facts.sql
-- Not in SQL, whose functions are planned anew at every call: for this one that takes longer than all else.
-- One source for calls that come and calls that are made: what the agent says of the clinic is the same in both.
create or replace function app.clinic_facts(p_location_id uuid)
returns app.clinic_facts
language plpgsql
stable
set search_path = ''
as $$
declare
  v_facts app.clinic_facts;
begin
  select o.name, l.address, l.time_zone, o.emergency_sentence, o.recording_consent, o.ai_disclosure,
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
    ),
    o.policies
  into v_facts
  from public.organizations o
  left join public.locations l on l.org_id = o.id and l.id = p_location_id
  where o.id = app.current_org_id();
  return v_facts;
end
$$;

comment on function app.clinic_facts(uuid) is
  'The public facts of the clinic and of one of its locations, ready to be spoken; what the clinic did not say is NULL. Nothing about anybody who calls or is called.';

select app.seal('app.clinic_facts(uuid)', null, 'tenant_service', 'app_writer');
-- end of sql/1671_function_clinic_facts.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1690_function_heed_call_refusal.sql
create or replace function app.heed_call_refusal(p_call_id uuid, p_turns jsonb)
returns boolean
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_number text;
begin
  select c.to_number into v_number
  from public.call_logs c
  where c.org_id = app.require_org_id() and c.id = p_call_id and c.direction = 'outbound' and c.to_number is not null;
  if v_number is null or not exists (
    select from jsonb_array_elements(coalesce(p_turns, '[]')) t (turn)
    where t.turn ->> 'speaker' = 'caller' and app.wants_no_calls(t.turn ->> 'text'))
  then
    return false;
  end if;
  return app.opt_out('voice', v_number, 'call');
end
$$;

comment on function app.heed_call_refusal(uuid, jsonb) is
  'Honours "do not call me again" in a call that we made: the number gets no more calls, and those that wait for it are called off. p_turns as in app.record_call_report, before they are redacted; only what the person who was called said counts. Whether that is new.';

select app.seal('app.heed_call_refusal(uuid, jsonb)', null, 'app_writer');
-- end of sql/1690_function_heed_call_refusal.sql
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
create or replace function app.begin_knowledge(p_version_id uuid, p_lease interval, p_last boolean default false)
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
  select * into v_version from public.knowledge_versions v where v.org_id = v_org_id and v.id = p_version_id for no key update;
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
    if p_last then
      perform app.enqueue_job('lapse_knowledge', jsonb_build_object('version_id', p_version_id), v_now + p_lease);
    end if;
    perform app.announce('knowledge_updated', 'knowledge_document', v_version.document_id);
  end if;
  return next v_work;
end
$$;

comment on function app.begin_knowledge(uuid, interval, boolean) is
  'Asks, for a job, what is to be done about a version now, see app.knowledge_work. With read and embed the version is the job''s for p_lease; app.finish_knowledge or app.fail_knowledge ends it. p_last: no other try follows, so that app.lapse_knowledge shall look whether this one ended. VX404: the tenant has no such version.';

select app.seal('app.begin_knowledge(uuid, interval, boolean)', 'app_writer', 'tenant_service');
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
  for no key update;
  v_now := app.now();
  if not found then
    return false;
  end if;
  delete from public.knowledge_chunks c where c.org_id = v_org_id and c.version_id = p_version_id;
  insert into public.knowledge_chunks (org_id, document_id, version_id, position, page, headings, body, tokens, text_config, tsv)
  select v_org_id, v_document_id, p_version_id, c.position, nullif((c.chunk ->> 'page')::integer, 0), h.headings, c.chunk ->> 'body',
    (c.chunk ->> 'tokens')::integer, v_config,
    strip(to_tsvector(v_config::regconfig, app.fold_text(array_to_string(h.headings, ' '))))
      || strip(to_tsvector(v_config::regconfig, app.fold_text(c.chunk ->> 'body')))
  from jsonb_array_elements(p_chunks) with ordinality c (chunk, position)
  cross join lateral (select array(select jsonb_array_elements_text(c.chunk -> 'headings')) as headings) h;
  -- What stands in the version that answers, word for word, needs no new vector.
  insert into public.knowledge_vectors (org_id, chunk_id, version_id, model, embedding)
  select distinct on (n.id, w.model) v_org_id, n.id, p_version_id, w.model, w.embedding
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
  insert into public.knowledge_vectors (org_id, chunk_id, version_id, model, embedding)
  select c.org_id, c.id, c.version_id, p_model, p_embedding
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
  for no key update;
  select * into v_version from public.knowledge_versions v where v.org_id = v_org_id and v.id = p_version_id for no key update;
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
-- No index lies over the vectors of all tenants: it answers a small tenant's question with nothing where a large one has the nearer
-- rows (docs/decisions/0025 has the figures).
create or replace function app.match_knowledge(
  p_question text,
  p_model text default null,
  p_embedding extensions.vector default null,
  p_limit integer default 5,
  p_min_score real default null
)
returns setof app.knowledge_match
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  c_all constant integer := 2000; -- so many pieces are all compared within some 20 ms
  v_org_id uuid := app.require_org_id();
  v_min_score real := coalesce(p_min_score, 0.3);
  v_pieces bigint;
  v_found app.knowledge_match[];
begin
  select sum(v.chunks_total) into v_pieces
  from public.knowledge_documents d
  join public.knowledge_versions v on v.org_id = v_org_id and v.id = d.current_version_id
  where d.org_id = v_org_id and d.active and d.deleted_at is null;
  if v_pieces > c_all then
    v_found := array(
      select m from app.rank_knowledge(p_question, p_model, p_embedding, p_limit, v_min_score, greatest(200, p_limit), c_all) m);
    -- The last row says what none of the others exceeds; reals are rounded.
    if cardinality(v_found) > p_limit or v_found[cardinality(v_found)].score < v_min_score - 0.0001 then
      return query select f.* from unnest(v_found) f where f.chunk_id is not null;
      return;
    end if;
  end if;
  -- Others may reach it, too.
  return query select * from app.rank_knowledge(p_question, p_model, p_embedding, p_limit, v_min_score);
end
$$;

comment on function app.match_knowledge(text, text, extensions.vector, integer, real) is
  'The passages of the tenant''s active documents, in their current versions only, that answer a question best: the p_limit best of all that reach p_min_score (0 to 1; NULL: 0.3, below which callers are told that the documents do not say), by reciprocal rank fusion of two orders, by vector and by words, each place weighed by the nearness that it was given for. p_embedding is the question''s vector by p_model, and compared with vectors of that model alone; NULL for either: by words alone. Of a tenant with more than 2000 pieces the likely ones are compared first, and all where too few of those reach it and others may. No rows: the documents do not say.';

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
  v_now timestamptz;
  v_question text := left(btrim((app.redact_talk(array[left(p_question, 500)], app.names_of_call(p_call_id)))[1]), 500);
  v_topic text;
begin
  -- Whoever erases the caller holds this too: either they take the question along, or it is seen below that they were here.
  perform app.lock_call(p_call_id);
  v_now := app.now();
  v_topic := left(array_to_string(array(
    select t.lexeme
    from unnest(to_tsvector(app.clinic_text_config()::regconfig, app.fold_text(v_question))) t
    order by t.lexeme), ' '), 400);
  if coalesce(v_topic, '') = '' or app.is_forgotten(p_call_id)
    -- Nobody reads thousands; a robot that asks them must not fill the table.
    or (select count(*) >= 2000 from public.knowledge_gaps g where g.org_id = v_org_id)
      and not exists (select from public.knowledge_gaps g where g.org_id = v_org_id and g.topic = v_topic)
  then
    return;
  end if;
  insert into public.knowledge_gaps as g (org_id, topic, question, best_score, last_call_id, call_ids, first_asked_at, last_asked_at)
  values (v_org_id, v_topic, v_question, p_best_score, p_call_id, array[p_call_id], v_now, v_now)
  on conflict (org_id, topic) do update
  set question = excluded.question, best_score = excluded.best_score, last_asked_at = v_now, last_call_id = excluded.last_call_id,
    resolved_at = null, resolved_by = null,
    times_asked = g.times_asked + case when p_call_id = any (g.call_ids) then 0 else 1 end,
    call_ids = case
      when p_call_id = any (g.call_ids) then g.call_ids
      else g.call_ids[greatest(cardinality(g.call_ids) - 48, 1):] || p_call_id
    end;
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
  if found then
    update public.call_logs c
    set questions_answered = least(c.questions_answered + 1, 1000), updated_at = app.now()
    where c.org_id = app.require_org_id() and c.id = p_call_id;
  else
    select m.score into v_nearest from app.match_knowledge(p_question, p_model, p_embedding, 1, 0) m;
    perform app.note_knowledge_gap(p_call_id, p_question, v_nearest);
  end if;
end
$$;

comment on function app.ask_knowledge(uuid, text, text, extensions.vector, integer) is
  'What a caller of this call is answered from, see app.match_knowledge; the call is one in which a question was answered from then on. No rows: the documents do not say, and the question stands among the clinic''s gaps.';

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
  perform from public.knowledge_documents d where d.org_id = v_org_id and d.deleted_at is null order by d.id for no key update;
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
-- snapshot of sql/1850_function_caller_words.sql
create or replace function app.caller_words(p_turns jsonb)
returns text
language sql
immutable
parallel safe
set search_path = ''
as $$
  select ' ' || coalesce(string_agg(
    regexp_replace(regexp_replace(regexp_replace(
      translate(lower(t.turn ->> 'text'), '''’', ''),
      '\[[a-z ]*\]', ' ', 'g'), '[.,;:!?]+', ' . ', 'g'), '[^[:alnum:].]+', ' ', 'g'),
    ' . ' order by t.position), '') || ' '
  from jsonb_array_elements(case when jsonb_typeof(p_turns) = 'array' then p_turns else '[]' end) with ordinality t(turn, position)
  where t.turn ->> 'speaker' = 'caller' and t.turn ->> 'text' is not null
$$;

comment on function app.caller_words(jsonb) is
  'What the caller said in a call''s turns, and nobody else: in small letters, one blank between words, apostrophes left out (dont), a single point where a sentence, a part of one or a turn ends. For app.says.';

select app.seal('app.caller_words(jsonb)', null, 'app_writer');
-- end of sql/1850_function_caller_words.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1851_function_says.sql
-- The denial must stand at most two words before, in the same part of a sentence: "not in pain", "it does not really hurt".
-- What is gone is denied as well (the pain is gone, the bleeding has stopped).
-- What somebody cannot do (cannot book online) is no denial of what they want.
create or replace function app.says(p_words text, p_phrase text)
returns boolean
language sql
immutable
strict
parallel safe
set search_path = ''
as $$
  select position(' ' || p_phrase || ' ' in p_words) > 0
    and p_words ~ (
      '(?<! (not|no|never|without|dont|doesnt|didnt|isnt|arent|wasnt|werent|havent|hasnt|hadnt|wont|wouldnt|neither|nor|nothing)( [[:alnum:]]+)?( [[:alnum:]]+)?)'
      || ' ' || p_phrase || ' (?!(is |has |have |went |was )?(all |completely )?(gone|away|stopped) )')
$$;

comment on function app.says(text, text) is
  'Whether words from app.caller_words hold a phrase (small letters, no apostrophes), as whole words, at least once without a denial right before it, or that it is gone right after. "facebook" does not say "book", "not in pain" not "pain".';

select app.seal('app.says(text, text)', null, 'app_writer');
-- end of sql/1851_function_says.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1852_function_is_sales_talk.sql
create or replace function app.is_sales_talk(p_words text)
returns boolean
language sql
immutable
strict
parallel safe
set search_path = ''
as $$
  select coalesce(sum(s.weight) filter (where position(' ' || s.phrase || ' ' in p_words) > 0), 0) >= 2
  from (values
    ('cars extended warranty', 2), ('extended warranty', 2), ('vehicles warranty', 2), ('this is a recorded message', 2),
    ('this is not a sales call', 2), ('to be removed from our list', 2), ('to be placed on our do not call list', 2),
    ('lower your interest rate', 2), ('your google business listing', 2), ('your google listing', 1), ('business listing', 1),
    ('press one', 1), ('press 1', 1), ('press two', 1), ('press 2', 1), ('press nine', 1), ('press 9', 1), ('final notice', 1),
    ('search engine', 1), ('seo', 1), ('first page of google', 1), ('credit card processing', 1), ('merchant services', 1),
    ('merchant account', 1), ('business loan', 1), ('business funding', 1), ('working capital', 1), ('pre approved', 1),
    ('business owner', 1), ('owner of the business', 1), ('limited time offer', 1), ('we help clinics', 1), ('i help clinics', 1), ('we help practices', 1), ('marketing agency', 1),
    ('lead generation', 1), ('more patients', 1), ('your website', 1), ('online reviews', 1), ('decision maker', 1), ('quick demo', 1), ('solar panels', 1), ('you have been selected', 1)
  ) s (phrase, weight)
$$;

comment on function app.is_sales_talk(text) is
  'Whether words from app.caller_words are those of a robot caller or of somebody who sells to clinics. One thing that a patient may say too is not enough.';

select app.seal('app.is_sales_talk(text)', null, 'app_writer');
-- end of sql/1852_function_is_sales_talk.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1854_function_sentiment_of_words.sql
create or replace function app.sentiment_of_words(p_words text)
returns double precision
language sql
immutable
strict
parallel safe
set search_path = ''
as $$
  select case when p_words ~ '[[:alnum:]]' then 0.5 + coalesce(sum(s.side), 0) / (2.0 * (count(s.side) + 1)) end
  from (
    select v.side
    from (values
      (1, '{thanks,thank you so much,thank you very much,great,perfect,wonderful,excellent,awesome,fantastic,lovely,amazing,appreciate,appreciate it,that works,sounds good,happy,glad,love,very helpful}'::text[]),
      (-1, '{angry,annoyed,annoying,upset,frustrated,frustrating,ridiculous,unacceptable,terrible,horrible,awful,worst,disappointed,complaint,complain,rude,useless,waste of time,fed up,sick of,scared,worried,afraid,nobody called,never called back,refund,lawyer}')
    ) v (side, phrases), unnest(v.phrases) p (phrase)
    where app.says(p_words, p.phrase)
  ) s
$$;

comment on function app.sentiment_of_words(text) is
  'How a caller sounded by words from app.caller_words, 0 (negative) to 1 (positive): each thing said that is kind draws to one side, each that is not to the other; 0.5 when there is neither. NULL when nothing was said.';

select app.seal('app.sentiment_of_words(text)', null, 'app_writer');
-- end of sql/1854_function_sentiment_of_words.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1855_function_urgency_of_words.sql
create or replace function app.urgency_of_words(p_words text)
returns text
language sql
immutable
strict
parallel safe
set search_path = ''
as $$
  select case
    when p_words !~ '[[:alnum:]]' then null
    when exists (
      select
      from unnest('{urgent,urgently,emergency,asap,right away,right now,immediately,bleeding,swollen,swelling,unbearable,severe pain,terrible pain,a lot of pain,so much pain,knocked out,infection,infected,abscess}'::text[]) p (phrase)
      where app.says(p_words, p.phrase)) then 'high'
    when exists (
      select
      from unnest('{pain,painful,hurt,hurts,hurting,ache,aches,aching,toothache,broke,broken,chipped,fell out,as soon as possible,soonest,earliest}'::text[]) p (phrase)
      where app.says(p_words, p.phrase)) then 'medium'
    else 'low'
  end
$$;

comment on function app.urgency_of_words(text) is
  'How soon somebody should look at a call, by words from app.caller_words: high, medium or low. Not a triage: whoever describes an emergency is told so during the call. NULL when nothing was said.';

select app.seal('app.urgency_of_words(text)', null, 'app_writer');
-- end of sql/1855_function_urgency_of_words.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1856_function_outcome_sentence.sql
create or replace function app.outcome_sentence(p_outcome text, p_from_documents boolean default false)
returns text
language sql
immutable
strict
parallel safe
set search_path = ''
as $$
  select case p_outcome
    when 'booked' then 'A visit was booked.'
    when 'rescheduled' then 'A visit was moved.'
    when 'cancelled' then 'A visit was cancelled.'
    when 'message' then 'A message was taken for the staff.'
    when 'transferred' then 'The caller was put through.'
    when 'answered' then case
      when p_from_documents then 'A question was answered from the clinic''s documents. No visit was booked.'
      else 'The caller was answered. No visit was booked.'
    end
    when 'voicemail' then 'A voicemail answered.'
    when 'missed' then 'Nobody spoke.'
    when 'spam' then 'A robot or a sales call.'
    when 'failed' then 'An error ended the call.'
  end
$$;

comment on function app.outcome_sentence(text, boolean) is 'The summary of a call that has none from the provider: what came of it, in one fixed sentence.';

select app.seal('app.outcome_sentence(text, boolean)', null, 'app_writer');
-- end of sql/1856_function_outcome_sentence.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1858_function_note_feeling.sql
create or replace function app.note_feeling(p_call_id uuid, p_analysis jsonb)
returns void
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_words text;
  v_said double precision := case when jsonb_typeof(p_analysis -> 'sentiment_score') = 'number'
    and (p_analysis ->> 'sentiment_score')::numeric between 0 and 1 then (p_analysis ->> 'sentiment_score')::double precision end;
  v_label text := case when p_analysis ->> 'sentiment' in ('positive', 'neutral', 'negative') then p_analysis ->> 'sentiment' end;
  v_urgency text := case when p_analysis ->> 'urgency' in ('low', 'medium', 'high') then p_analysis ->> 'urgency' end;
  v_score double precision;
begin
  select app.caller_words(c.transcript) into v_words from public.call_logs c where c.org_id = v_org_id and c.id = p_call_id;
  v_score := coalesce(v_said, case v_label when 'positive' then 0.8 when 'neutral' then 0.5 when 'negative' then 0.2 end,
    app.sentiment_of_words(v_words));
  update public.call_logs c
  set sentiment_score = v_score,
    sentiment = app.sentiment_label(v_score),
    sentiment_source = case when v_score is null then null when coalesce(v_said::text, v_label) is null then 'rules' else 'analysis' end,
    urgency = coalesce(v_urgency, u.urgency),
    urgency_source = case when v_urgency is not null then 'analysis' when u.urgency is not null then 'rules' end
  from (
    -- Whoever left an urgent message said so to a tool.
    select case when exists (
      select from public.caller_messages m
      where m.org_id = v_org_id and m.call_id = p_call_id and m.urgent) then 'high' else app.urgency_of_words(v_words) end as urgency
  ) u
  where c.org_id = v_org_id and c.id = p_call_id;
end
$$;

comment on function app.note_feeling(uuid, jsonb) is
  'Notes how the caller of a call sounded and how urgent it is: as p_analysis says (sentiment, sentiment_score, urgency; what it does not say in our words counts as not said), else by the caller''s redacted words. Both stay NULL where the caller said nothing.';

select app.seal('app.note_feeling(uuid, jsonb)', null, 'app_writer');
-- end of sql/1858_function_note_feeling.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1860_function_services_named.sql
create or replace function app.services_named(p_words text)
returns uuid[]
language sql
stable
set search_path = ''
as $$
  select coalesce(array_agg(distinct s.id), '{}')
  from public.services s,
    unnest(s.aliases || s.name) a (name),
    lateral (select btrim(regexp_replace(translate(lower(a.name), '''’', ''), '[^[:alnum:]]+', ' ', 'g')) as phrase) w
  where s.org_id = app.current_org_id() and s.active and char_length(w.phrase) >= 3 and app.says(p_words, w.phrase)
$$;

comment on function app.services_named(text) is
  'The clinic''s active services that words from app.caller_words name, by name or alias, as whole words and without a denial.';

select app.seal('app.services_named(text)', null, 'app_writer');
-- end of sql/1860_function_services_named.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1861_function_word_signals.sql
create or replace function app.word_signals(p_words text)
returns setof app.lead_signal
language sql
immutable
set search_path = ''
as $$
  with polite as (
    -- Asking how somebody is today wants nothing today.
    select regexp_replace(p_words, ' (how are you|how are you doing|hows it going) today ', ' ', 'g') as words
  ), heard as (
    select r.topic, r.points, r.reason
    from (values
      ('visit', 35, 'Asked for a visit',
        '{book,booking,appointment,appointments,schedule,come in,get in,be seen,see me,fit me in,squeeze me in,availability,available,openings,opening,slot,slots}'::text[]),
      ('pain', 35, 'Has pain or something broken',
        '{pain,painful,hurt,hurts,hurting,toothache,ache,aches,aching,swollen,swelling,bleeding,broke,broken,chipped,cracked,throbbing,sore,abscess,knocked out,fell out,came off,infected,infection}'),
      ('soon', 20, 'Wants it soon',
        '{today,tonight,tomorrow,this week,asap,as soon as possible,right away,right now,immediately,soonest,earliest,first available,next available,urgent,urgently,emergency}'),
      ('ready', 15, 'Is ready to go ahead',
        '{book me,sign me up,put me down,ill take it,ill take that,lets do it,lets do that,go ahead,id like to book,i want to book,i would like to book,want to book,book it,id like to schedule,i would like to schedule,i want to schedule}'),
      ('price', 10, 'Asked about price or payment',
        '{price,prices,pricing,cost,costs,how much,insurance,financing,payment plan,payment plans,deposit}'),
      ('no', -40, 'Is not interested',
        '{not interested,no longer interested,just looking,just browsing,wrong number,stop calling,dont call,do not call,take me off,remove me,changed my mind,went somewhere else,found somewhere else,no longer need}')
    ) r (topic, points, reason, phrases), polite w
    where exists (select from unnest(r.phrases) p (phrase) where app.says(w.words, p.phrase))
  )
  select h.points, h.reason
  from heard h
  -- "Are you open today?" is a question about hours.
  where h.topic <> 'soon' or exists (select from heard o where o.topic in ('visit', 'pain', 'ready'))
$$;

comment on function app.word_signals(text) is
  'What words from app.caller_words say of a caller as a lead: each topic counts once, however often it is spoken of.';

select app.seal('app.word_signals(text)', null, 'app_writer');
-- end of sql/1861_function_word_signals.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1862_function_lead_signals.sql
create or replace function app.lead_signals(p_call_id uuid)
returns setof app.lead_signal
language plpgsql
stable
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_call public.call_logs;
begin
  select * into v_call from public.call_logs c where c.org_id = v_org_id and c.id = p_call_id;
  return query
  select * from app.word_signals(app.caller_words(v_call.transcript))
  union all
  select 15, 'Spoke of ' || string_agg(s.name, ', ' order by s.name)
  from public.services s
  where s.org_id = v_org_id and s.id = any (v_call.service_ids)
  having count(*) > 0
  union all
  select v.points, v.reason
  from (values
    (40, 'Booked a visit', exists (
      select from public.appointments a
      where a.org_id = v_org_id and a.call_id = p_call_id and a.status in ('pending', 'confirmed', 'completed'))),
    (15, 'Tried to book and found no time', exists (
      select from public.booking_attempts b
      where b.org_id = v_org_id and b.call_id = p_call_id and b.kind in ('hold', 'book') and b.outcome not in ('booked', 'held', 'amended'))
      and not exists (select from public.appointments a where a.org_id = v_org_id and a.call_id = p_call_id)),
    (10, 'Left a message', exists (
      select from public.caller_messages m where m.org_id = v_org_id and m.call_id = p_call_id)),
    (10, 'Said that it is urgent', exists (
      select from public.caller_messages m where m.org_id = v_org_id and m.call_id = p_call_id and m.urgent)),
    (10, 'Called again within 30 days', exists (
      select from public.call_logs e
      where e.org_id = v_org_id and e.contact_id = v_call.contact_id and e.id <> p_call_id and e.deleted_at is null
        and e.outcome not in ('missed', 'failed', 'voicemail', 'spam')
        and e.began_at between v_call.began_at - interval '30 days' and v_call.began_at)),
    (-20, 'Cancelled a visit', exists (
      select from public.appointment_changes h where h.org_id = v_org_id and h.call_id = p_call_id and h.kind = 'cancelled'))
  ) v (points, reason, holds)
  where v.holds;
end
$$;

comment on function app.lead_signals(uuid) is
  'All that a reported call says of its caller as a lead: what the caller said, the services they named, and what the call left in our tables. Nothing the agent said counts.';

select app.seal('app.lead_signals(uuid)', null, 'app_writer');
-- end of sql/1862_function_lead_signals.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1864_function_text_hot_lead.sql
create or replace function app.text_hot_lead(p_call_id uuid, p_score integer)
returns uuid
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_org public.organizations;
  v_caller text;
begin
  select * into strict v_org from public.organizations o where o.id = app.require_org_id();
  select case c.direction when 'outbound' then c.to_number else c.from_number end into v_caller
  from public.call_logs c
  where c.org_id = v_org.id and c.id = p_call_id;
  -- Whoever tries the line out from that very telephone knows it.
  if v_org.hot_lead_phone is null or v_org.hot_lead_phone = v_caller or not exists (
    select from public.org_credentials k where k.org_id = v_org.id and k.provider = 'twilio')
  then
    return null;
  end if;
  return (
    select d.message_id
    from app.begin_message(
      p_category => 'alert', p_method => 'sms',
      p_content => left(v_org.name, 60) || ': a caller looks like a hot lead (' || p_score || ' of 100). Who and why stands on the dashboard.',
      p_send_key => 'hot_lead:' || p_call_id, p_contact_id => null, p_service_provider => 'twilio',
      p_recipient => v_org.hot_lead_phone, p_call_id => p_call_id, p_hand_over => false) d
    where d.outcome = 'queued'
  );
end
$$;

comment on function app.text_hot_lead(uuid, integer) is
  'Queues the text about a hot lead to the number that the organisation set for it, once per call. It names nobody. NULL where nobody wants one, no account can send it, or a limit keeps it back.';

select app.seal('app.text_hot_lead(uuid, integer)', null, 'app_writer');
-- end of sql/1864_function_text_hot_lead.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1866_function_score_contact.sql
create or replace function app.score_contact(p_contact_id uuid, p_score integer, p_reasons text[], p_declined boolean)
returns text
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_now timestamptz := app.now();
  v_contact public.contacts;
  v_kept boolean;
  v_score integer := p_score;
  v_reasons text[] := p_reasons;
  v_fits integer;
begin
  select * into v_contact from public.contacts c where c.org_id = v_org_id and c.id = p_contact_id and c.erased_at is null for no key update;
  if not found then
    return null;
  end if;
  v_kept := app.is_staffs_word(v_contact.lead_status, v_contact.lead_status_by)
    -- Booked is whoever has come or will. Whose every visit was cancelled is a lead as before.
    or v_contact.lead_status = 'booked' and exists (
      select from public.appointments a
      where a.org_id = v_org_id and a.contact_id = p_contact_id and a.status in ('pending', 'confirmed', 'completed'));
  -- A short question after a good talk makes nobody a worse lead; a no does.
  if not p_declined and v_contact.lead_score > p_score and v_contact.lead_scored_at > v_now - interval '30 days' then
    v_score := v_contact.lead_score;
    v_reasons := v_contact.lead_reasons;
  end if;
  if not v_kept then
    v_contact.lead_status := case when v_score >= 80 then 'hot' when v_score >= 50 then 'warm' else 'cold' end;
    v_contact.lead_status_by := 'rules';
  end if;
  v_fits := app.score_of_status(v_contact.lead_status, v_score);
  if v_fits <> v_score then
    v_reasons := v_reasons || format('Set to %s by staff (%s)', v_contact.lead_status, to_char(v_fits - v_score, 'FMSG990'));
  end if;
  update public.contacts c
  set lead_status = v_contact.lead_status, lead_status_by = v_contact.lead_status_by, lead_score = v_fits, lead_reasons = v_reasons,
    lead_scored_at = v_now, updated_at = v_now
  where c.org_id = v_org_id and c.id = p_contact_id;
  return v_contact.lead_status;
end
$$;

comment on function app.score_contact(uuid, integer, text[], boolean) is
  'Gives a contact the score of its latest call with the reasons, unless an earlier one of the last 30 days is better and the caller did not decline (p_declined). Hot from 80 on, warm from 50. A status that staff set stays, and booked as long as a visit does that was not cancelled; the score then is the nearest that fits. Returns the status; NULL for an erased contact.';

select app.seal('app.score_contact(uuid, integer, text[], boolean)', null, 'app_writer');
-- end of sql/1866_function_score_contact.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1868_function_score_lead.sql
create or replace function app.score_lead(p_call_id uuid)
returns integer
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_call public.call_logs;
  v_old_status text;
  v_status text;
  v_score integer;
  v_reasons text[];
  v_declined boolean;
  v_alert boolean;
begin
  perform app.lock_call(p_call_id);
  select * into v_call from public.call_logs c where c.org_id = v_org_id and c.id = p_call_id;
  if v_call.contact_id is null or v_call.direction = 'web' or coalesce(v_call.outcome, 'missed') in ('missed', 'voicemail', 'spam') then
    return null;
  end if;
  -- The contact before its call, as whoever erases or merges it locks them.
  select c.lead_status into v_old_status from public.contacts c
  where c.org_id = v_org_id and c.id = v_call.contact_id for no key update;

  update public.call_logs c
  set service_ids = app.services_named(app.caller_words(c.transcript))
  where c.org_id = v_org_id and c.id = p_call_id;
  select least(greatest(coalesce(sum(s.points), 0), 0), 100), coalesce(array_agg(format('%s (%s)', s.reason, to_char(s.points, 'FMSG990'))
      order by s.points desc, s.reason), '{}'), coalesce(bool_or(s.points < 0), false)
  into v_score, v_reasons, v_declined
  from app.lead_signals(p_call_id) s;
  v_status := app.score_contact(v_call.contact_id, v_score, v_reasons, v_declined);
  if v_status is null then
    return null;
  end if;
  v_alert := v_score >= 80 and v_status = 'hot' and v_call.hot_lead_at is null;
  update public.call_logs c
  set lead_score = v_score, lead_reasons = v_reasons, hot_lead_at = case when v_alert then app.now() else c.hot_lead_at end
  where c.org_id = v_org_id and c.id = p_call_id;
  -- Each hot call is told of once, also of a contact that was hot before.
  perform app.announce_contact(v_call.contact_id, case when not v_alert then 'hot' when v_old_status <> 'hot' then v_old_status end);
  if v_alert then
    perform app.notify_staff('hot_lead', 'A caller is a hot lead', 'contact', v_call.contact_id);
    perform app.text_hot_lead(p_call_id, v_score);
  end if;
  return v_score;
end
$$;

comment on function app.score_lead(uuid) is
  'Scores a reported call''s caller as a lead, 0 to 100, from the caller''s own turns and what the call left in our tables (app.lead_signals), and gives the contact score and reasons (app.score_contact). A call that makes a hot lead is told of once: a notification, a live event, and a text where the organisation wants one. NULL, and nothing done, for calls in which nobody spoke, of robots, from the browser, and of no contact.';

select app.seal('app.score_lead(uuid)', null, 'app_writer');
-- end of sql/1868_function_score_lead.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1870_function_plain_value.sql
create or replace function app.plain_value(p_text text)
returns text
language sql
immutable
strict
parallel safe
set search_path = ''
as $$
  select left(btrim(regexp_replace(regexp_replace(app.plain_text(p_text), '[{}<>\[\]$%`|\\#*_"=]', ' ', 'g'), '[[:space:]]+', ' ', 'g')), 200)
$$;

comment on function app.plain_value(text) is
  'A text as a value of a prompt: one line of at most 200 characters, without signs that a template or a model would read as more than text.';

select app.seal('app.plain_value(text)', null, 'app_writer');
-- end of sql/1870_function_plain_value.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1872_function_contact_opened.sql
create or replace function app.contact_opened(p_call_id uuid)
returns uuid
language sql
stable
set search_path = ''
as $$
  select coalesce(
    (
      select v.contact_id
      from public.caller_verifications v
      where v.org_id = app.current_org_id() and v.call_id = p_call_id and v.succeeded and v.factor = 'texted_code'
      limit 1
    ),
    (
      select k.id
      from public.call_logs c
      join public.organizations o on o.id = c.org_id and o.identity_factor = 'calling_number'
      join public.contacts k on k.org_id = c.org_id and k.phone = c.from_number
      where c.org_id = app.current_org_id() and c.id = p_call_id and c.direction = 'inbound'
        -- Families share a number: which of them calls, it does not say.
        and (select count(*) from public.patients p where p.org_id = k.org_id and p.contact_id = k.id) < 2
    ))
$$;

comment on function app.contact_opened(uuid) is
  'The contact whose own calls a caller may hear of: proved by a code texted to its number, or by the calling number where the organisation accepts that and the contact has one patient at most. NULL otherwise: a date of birth opens one patient, and a contact''s calls may be about others.';

select app.seal('app.contact_opened(uuid)', null, 'app_writer');
-- end of sql/1872_function_contact_opened.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1874_function_caller_memory.sql
-- Only words of ours and of the clinic's catalogue: whatever a caller dictated in one call, none of it is here to be read
-- in the next. That is why neither the summary nor a turn is among it.
create or replace function app.caller_memory(p_call_id uuid)
returns text
language sql
stable
security definer
set search_path = ''
as $$
  with earlier as (
    select e.id, e.began_at, e.outcome, e.service_ids, row_number() over (order by e.began_at desc, e.id desc) as place
    from public.organizations o
    join public.contacts k on k.org_id = o.id and k.id = app.contact_opened(p_call_id) and k.erased_at is null
    join public.call_logs c on c.org_id = o.id and c.id = p_call_id
    join public.call_logs e on e.org_id = o.id and e.contact_id = k.id and e.id <> c.id and e.began_at < c.began_at
      and e.began_at > app.now() - o.keep_memory_for
    where o.id = app.require_org_id() and o.caller_memory
      and e.status = 'ended' and e.deleted_at is null and e.direction <> 'web' and e.transcript_state <> 'pending_redaction'
      and e.outcome not in ('missed', 'failed', 'voicemail', 'spam')
    order by e.began_at desc, e.id desc
    limit 3
  )
  select coalesce((
    select app.plain_value(concat_ws(' ',
      'Last call on ' || to_char(e.began_at at time zone o.time_zone, 'FMDay, FMMonth FMDD, YYYY') || '.',
      app.outcome_sentence(e.outcome),
      (
        select 'Services spoken of lately: ' || string_agg(distinct s.name, ', ') || '.'
        from earlier l
        join public.services s on s.org_id = o.id and s.id = any (l.service_ids) and s.active
      )))
    from earlier e
    join public.organizations o on o.id = app.require_org_id()
    where e.place = 1), '')
$$;

comment on function app.caller_memory(uuid) is
  'What an agent may know of earlier calls of the one who calls: when the last was, what came of it, and which services the last three named; in words of ours, at most 200 characters. Empty unless the organisation has caller_memory on and the caller proved to be the contact (app.contact_opened), and without earlier calls within keep_memory_for. Nothing is stored for it: what is deleted or erased is forgotten.';

select app.seal('app.caller_memory(uuid)', 'app_writer', 'tenant_service');
-- end of sql/1874_function_caller_memory.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1876_function_caller_brief.sql
-- A patient's name may be what a caller dictated: one word of letters of each, and of three at most, is a name and no order.
create or replace function app.caller_brief(p_call_id uuid)
returns setof app.caller_brief
language sql
stable
set search_path = ''
as $$
  select i.known,
    coalesce((
      select string_agg(f.name, ', ' order by f.name)
      from (
        select distinct left(substring(btrim(n.name) from '^[[:alpha:]''’-]+'), 20) as name
        from unnest(i.patient_names) n (name)
        order by 1
        limit 3
      ) f), ''),
    app.caller_memory(p_call_id)
  from app.identify_caller(p_call_id) i
$$;

comment on function app.caller_brief(uuid) is
  'What the agent of a call is told at its start about who calls; always one row, and an empty one unless app.identify_caller knows the caller. First names only, three at most; see app.caller_memory.';

select app.seal('app.caller_brief(uuid)', null, 'tenant_service');
-- end of sql/1876_function_caller_brief.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1880_function_expire_words.sql
-- Whoever erases or deletes holds some of these rows and waits for others: so nothing here waits, what is held is for later.
create or replace function app.expire_words(p_before timestamptz, p_limit integer)
returns integer
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_now timestamptz := app.now();
  v_old uuid[];
  v_messages integer;
  v_gaps integer;
begin
  v_old := array(
    select c.id
    from public.call_logs c
    where c.org_id = v_org_id and c.began_at <= p_before and (c.transcript_state = 'stored' or c.summary is not null)
    order by c.began_at
    limit p_limit
    for no key update skip locked);
  update public.call_logs c
  set transcript = '[]', transcript_state = 'none', summary = null, summary_source = null, sentiment = null, sentiment_score = null,
    sentiment_source = null, urgency = null, urgency_source = null, lead_reasons = '{}', service_ids = '{}',
    -- A report that is fetched late must bring nothing back.
    reported_at = coalesce(c.reported_at, v_now), updated_at = v_now
  where c.org_id = v_org_id and c.id = any (v_old);
  update public.booking_attempts b
  set said_date = null, said_time = null
  where b.org_id = v_org_id and b.call_id = any (v_old) and (b.said_date is not null or b.said_time is not null);
  update public.caller_messages m
  set caller_name = null, callback_number = null, body = '[expired]'
  where m.org_id = v_org_id and m.id = any (array(
    select o.id
    from public.caller_messages o
    where o.org_id = v_org_id and o.created_at <= p_before and o.body not in ('[erased]', '[expired]')
    order by o.created_at
    limit p_limit
    for no key update skip locked));
  get diagnostics v_messages = row_count;
  delete from public.knowledge_gaps g
  where g.org_id = v_org_id and g.id = any (array(
    select o.id
    from public.knowledge_gaps o
    where o.org_id = v_org_id and o.last_asked_at <= p_before
    order by o.last_asked_at
    limit p_limit
    for update skip locked));
  get diagnostics v_gaps = row_count;
  return cardinality(v_old) + v_messages + v_gaps;
end
$$;

comment on function app.expire_words(timestamptz, integer) is
  'The part of app.apply_retention about calls: their words and what was read from them go, messages that callers left, and questions without an answer that nobody asked since; times, outcome, cost and score stay. p_limit at most of each; returns of how many.';

select app.seal('app.expire_words(timestamptz, integer)', null, 'app_writer');
-- end of sql/1880_function_expire_words.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1881_function_expire_messages.sql
create or replace function app.expire_messages(p_before timestamptz, p_limit integer)
returns integer
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_count integer;
begin
  update public.messages m
  set content = '[expired]', subject = case when m.subject is not null then '[expired]' end, updated_at = app.now()
  where m.org_id = v_org_id and m.id = any (array(
    select o.id
    from public.messages o
    where o.org_id = v_org_id and o.created_at <= p_before and o.content not in ('[erased]', '[expired]')
      -- What may still leave keeps its words.
      and o.status <> 'queued'
    order by o.created_at
    limit p_limit
    for no key update skip locked));
  get diagnostics v_count = row_count;
  return v_count;
end
$$;

comment on function app.expire_messages(timestamptz, integer) is
  'The part of app.apply_retention about messages: subject and text become placeholders; to whom, when and with what success stays, for the trail and its limits. Returns how many.';

select app.seal('app.expire_messages(timestamptz, integer)', null, 'app_writer');
-- end of sql/1881_function_expire_messages.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1882_function_apply_retention.sql
create or replace function app.apply_retention(p_limit integer)
returns bigint
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org public.organizations;
  v_now timestamptz := app.now();
  v_words integer := 0;
  v_messages integer := 0;
  v_leftovers integer;
  v_recordings bigint;
begin
  select * into strict v_org from public.organizations o where o.id = app.require_org_id();
  if v_org.keep_transcripts_for is not null then
    v_words := app.expire_words(v_now - v_org.keep_transcripts_for, p_limit);
  end if;
  if v_org.keep_messages_for is not null then
    v_messages := app.expire_messages(v_now - v_org.keep_messages_for, p_limit);
  end if;
  v_leftovers := app.expire_leftovers(p_limit);
  v_recordings := app.expire_recordings(p_limit);
  insert into public.audit_log (org_id, action, entity, entity_id, affected)
  select v_org.id, e.action, 'organization', v_org.id, e.rows
  from (values ('words_expired', v_words), ('messages_expired', v_messages), ('leftovers_expired', v_leftovers)) e (action, rows)
  where e.rows > 0;
  return v_words + v_messages + v_leftovers + v_recordings;
end
$$;

comment on function app.apply_retention(integer) is
  'Lets go what the organisation keeps no longer, p_limit of each kind at most: the words of calls (keep_transcripts_for), of messages (keep_messages_for) and recordings (keep_recordings_for: jobs delete the files). What is remembered of callers is read from the calls, and needs nothing. Notifications and files of replaced documents go from every organisation (app.expire_leftovers). Each kind that went leaves a row in the audit log, with how many, in the same transaction: what was let go and what is written fit, whenever a job dies. Rows that somebody holds are left for the next time. Returns how many went; 0: done for now.';

select app.seal('app.apply_retention(integer)', 'app_writer', 'tenant_service');
-- end of sql/1882_function_apply_retention.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1883_function_orgs_with_retention.sql
create or replace function app.orgs_with_retention()
returns setof uuid
language sql
stable
security definer
set search_path = ''
as $$
  select o.id
  from public.organizations o
  order by o.id
$$;

comment on function app.orgs_with_retention() is
  'All organisations: each keeps something for a limited time, and be it notifications. What has come to its end is for app.apply_retention to see, inside each.';

select app.seal('app.orgs_with_retention()', 'app_definer', 'voxanne_login');
-- end of sql/1883_function_orgs_with_retention.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1884_function_knowledge_index_name.sql
create or replace function app.knowledge_index_name(p_org_id uuid, p_model text, p_dimensions integer)
returns text
language sql
immutable
parallel safe
set search_path = ''
as $$
  select 'knowledge_near_' || md5(concat_ws(' ', p_org_id, p_dimensions, p_model))
$$;

comment on function app.knowledge_index_name(uuid, text, integer) is
  'What the index over one tenant''s vectors of a model is called, which a DBA makes when the tenant has outgrown exact search, see sql/verify/knowledge.sql.';

select app.seal('app.knowledge_index_name(uuid, text, integer)', null, 'app_writer');
-- end of sql/1884_function_knowledge_index_name.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1885_function_knowledge_near.sql
-- A tenant's vectors are compared one by one, unless a DBA made an index for this tenant and model alone, as sql/verify/knowledge.sql
-- says. Conditions with the tenant written out are what lets PostgreSQL use it; where it is not valid, the same query compares all.
create or replace function app.knowledge_near(p_versions uuid[], p_model text, p_embedding extensions.vector, p_limit integer)
returns setof app.knowledge_nearness
language plpgsql
stable
rows 200
set search_path = ''
set plan_cache_mode = force_generic_plan
set jit = off
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_dimensions integer := extensions.vector_dims(p_embedding);
  v_question extensions.halfvec := p_embedding::extensions.halfvec;
  v_found app.knowledge_nearness[];
begin
  if p_model is null or p_embedding is null then
    return;
  elsif p_limit is not null and to_regclass('public.' || app.knowledge_index_name(v_org_id, p_model, v_dimensions)) is not null then
    -- Pieces that do not answer any more are passed over, and the index goes on until it has p_limit others, or gives up.
    perform set_config('hnsw.ef_search', least(p_limit, 1000)::text, true), set_config('hnsw.iterative_scan', 'relaxed_order', true);
    execute format('
      select array_agg((n.chunk_id, 1 - n.distance)::app.knowledge_nearness)
      from (
        select w.chunk_id, w.embedding::extensions.halfvec(%1$s) operator(extensions.<=>) $1 as distance
        from public.knowledge_vectors w
        where w.org_id = %2$L and w.model = %3$L and extensions.vector_dims(w.embedding) = %1$s and w.version_id = any ($2)
        order by w.embedding::extensions.halfvec(%1$s) operator(extensions.<=>) $1
        limit $3) n', v_dimensions, v_org_id, p_model)
    into v_found using v_question, p_versions, p_limit;
    if cardinality(v_found) >= p_limit then
      return query select f.chunk_id, greatest(0, f.similarity) from unnest(v_found) f;
      return;
    end if;
  end if;
  return query
  select w.chunk_id, greatest(0, 1 - nullif(w.embedding operator(extensions.<=>) v_question, 'NaN'))::real -- NaN: no direction
  from public.knowledge_vectors w
  where w.org_id = v_org_id and w.model = p_model and w.version_id = any (p_versions) and extensions.vector_dims(w.embedding) = v_dimensions
  order by w.embedding operator(extensions.<=>) v_question
  limit p_limit;
end
$$;

comment on function app.knowledge_near(uuid[], text, extensions.vector, integer) is
  'The p_limit pieces of these versions of the tenant whose vectors of p_model lie nearest to p_embedding, NULL for all of them; none for NULL as model or vector. Exact, unless there is an index for this tenant (app.knowledge_index_name): that may pass a near one over, and gives p_limit pieces all the same where there are so many.';

select app.seal('app.knowledge_near(uuid[], text, extensions.vector, integer)', null, 'app_writer');
-- end of sql/1885_function_knowledge_near.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1886_function_knowledge_words.sql
-- org_id::text is how the index of words has it. Row security keeps @@ away from every index, as it does with like: see sql/0125 and app.found_ids.
create or replace function app.knowledge_words(
  p_versions uuid[],
  p_pieces bigint,
  p_config text,
  p_lexemes text[],
  p_most integer default null,
  p_sample tsvector[] default null
)
returns setof app.knowledge_word
language plpgsql
stable
rows 10
security definer
set search_path = ''
set plan_cache_mode = force_generic_plan
set jit = off
set enable_seqscan = off
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_word app.knowledge_word;
  v_query tsquery;
  v_all tsquery;
  v_seen bigint := 0; -- pieces of the sample with the word
  v_pieces double precision; -- pieces with the word
  v_rare boolean := false;
begin
  v_word.text_config := p_config;
  foreach v_word.lexeme in array p_lexemes loop
    v_query := ('''' || replace(replace(v_word.lexeme, '\', '\\'), '''', '''''') || '''')::tsquery;
    if p_most is not null then
      v_seen := (select count(*) from unnest(p_sample) s where s @@ v_query);
      v_pieces := v_seen::double precision / cardinality(p_sample) * p_pieces;
    end if;
    v_word.chunk_ids := null;
    -- An index of words reads to its end before it gives anything: it is not asked for what stands nearly everywhere.
    if p_most is null or v_seen < 10 or v_pieces <= p_most then
      v_word.chunk_ids := array(
        select c.id from public.knowledge_chunks c
        where c.org_id::text = v_org_id::text and c.tsv @@ v_query and c.version_id = any (p_versions)
        limit p_most + 1);
      if cardinality(v_word.chunk_ids) > p_most then
        v_word.chunk_ids := null;
        v_pieces := greatest(v_pieces, p_most + 1);
      else
        v_pieces := cardinality(v_word.chunk_ids);
      end if;
    end if;
    v_word.weight := ln(1 + greatest(p_pieces, v_pieces) / (v_pieces + 0.5));
    v_rare := v_rare or v_pieces > 0 and v_word.chunk_ids is not null;
    v_all := case when v_pieces = 0 then v_all when v_all is null then v_query else v_all && v_query end;
    return next v_word;
  end loop;
  if not v_rare and v_all is not null then
    v_word.lexeme := null;
    v_word.weight := 0;
    v_word.chunk_ids := array(
      select c.id from public.knowledge_chunks c
      where c.org_id::text = v_org_id::text and c.tsv @@ v_all and c.version_id = any (p_versions)
      limit p_most / 10);
    return next v_word;
  end if;
end
$$;

comment on function app.knowledge_words(uuid[], bigint, text, text[], integer, tsvector[]) is
  'Where a question''s words stand in these versions of the tenant, which have p_pieces pieces, all of p_config. A word in more than p_most of them, by what p_sample of the pieces say, has no ids (p_most NULL: every word has its ids); where no word has any, there is a row without a lexeme: some pieces in which all the words stand that stand anywhere.';

select app.seal('app.knowledge_words(uuid[], bigint, text, text[], integer, tsvector[])', 'app_searcher', 'app_writer');
-- end of sql/1886_function_knowledge_words.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1887_function_rank_knowledge.sql
create or replace function app.rank_knowledge(
  p_question text,
  p_model text,
  p_embedding extensions.vector,
  p_limit integer,
  p_min_score real,
  p_near integer default null,
  p_most integer default null
)
returns setof app.knowledge_match
language plpgsql
stable
set search_path = ''
set plan_cache_mode = force_generic_plan
set jit = off
as $$
declare
  v_org_id uuid := app.require_org_id();
begin
  return query
  with answering as materialized (
    select v.id, coalesce(v.chunks_total, 0) as pieces, (
      select c.text_config from public.knowledge_chunks c where c.org_id = v_org_id and c.version_id = v.id limit 1) as text_config
    from public.knowledge_documents d
    join public.knowledge_versions v on v.org_id = v_org_id and v.id = d.current_version_id
    where d.org_id = v_org_id and d.active and d.deleted_at is null
  ),
  near as materialized (
    select n.chunk_id as id, n.similarity
    from app.knowledge_near(array(select a.id from answering a), p_model, p_embedding, p_near) n
  ),
  spoken as materialized (
    select a.text_config, array_agg(a.id) as versions, sum(a.pieces) as pieces,
      tsvector_to_array(to_tsvector(a.text_config::regconfig, app.fold_text(left(p_question, 1000)))) as lexemes
    from answering a
    group by a.text_config
  ),
  -- Some hundred pieces, of as many documents as there are up to a hundred, say which words stand nearly everywhere.
  samples as materialized (
    select a.text_config, array_agg(c.tsv) as pieces
    from (select * from answering order by hashtext(answering.id::text) limit 100) a
    cross join generate_series(1, (select greatest(1, 100 / count(*)) from answering)) g
    cross join lateral (
      select strip(c.tsv) as tsv from public.knowledge_chunks c
      where c.org_id = v_org_id and c.version_id = a.id and c.position = 1 + g * 7919 % greatest(a.pieces, 1)
      offset 0) c
    where p_most is not null and exists (select from spoken s where s.lexemes <> '{}')
    group by a.text_config
  ),
  -- A word that stands in few pieces says much; one that stands in none says most: nobody wrote about it.
  words as materialized (
    select w.*
    from spoken s
    left join samples e on e.text_config = s.text_config
    cross join lateral app.knowledge_words(s.versions, s.pieces, s.text_config, s.lexemes, p_most, e.pieces) w
  ),
  totals as materialized (
    select w.text_config, sum(w.weight) as weight from words w group by w.text_config
  ),
  hits as materialized (
    select h.id, w.text_config, sum(w.weight) as weight
    from words w
    cross join lateral unnest(w.chunk_ids) h (id)
    group by h.id, w.text_config
  ),
  candidates as materialized (
    select n.id from near n
    union
    (select h.id from hits h order by h.weight desc, h.id limit p_near)
    union
    select unnest(w.chunk_ids) from words w where w.lexeme is null
  ),
  -- Words that stand nearly everywhere are looked for in the candidates alone.
  common as materialized (
    select c.id, c.text_config, sum(w.weight) as weight
    from candidates k
    cross join lateral ( -- offset: one look-up for each, whatever a planner thinks of reading them all; strip: read once, not for every word
      select c.id, c.text_config, strip(c.tsv) as tsv from public.knowledge_chunks c where c.org_id = v_org_id and c.id = k.id offset 0) c
    join words w on w.text_config = c.text_config and w.chunk_ids is null
      and c.tsv @@ ('''' || replace(replace(w.lexeme, '\', '\\'), '''', '''''') || '''')::tsquery
    where p_most is not null
    group by c.id, c.text_config
  ),
  -- What words alone have found may be near as well, though not among the nearest.
  far as materialized (
    select k.id, w.similarity
    from candidates k
    cross join lateral (
      select greatest(0, 1 - nullif(w.embedding operator(extensions.<=>) p_embedding::extensions.halfvec, 'NaN'))::real as similarity
      from public.knowledge_vectors w
      where w.org_id = v_org_id and w.chunk_id = k.id and w.model = p_model
        and extensions.vector_dims(w.embedding) = extensions.vector_dims(p_embedding)
      offset 0) w
    where p_near is not null and not exists (select from near n where n.id = k.id)
  ),
  measured as materialized (
    select k.id, coalesce(n.similarity, f.similarity) as similarity,
      ((coalesce(h.weight, 0) + coalesce(c.weight, 0)) / t.weight)::real as coverage
    from candidates k
    left join near n on n.id = k.id
    left join far f on f.id = k.id
    left join hits h on h.id = k.id
    left join common c on c.id = k.id
    left join totals t on t.text_config = coalesce(h.text_config, c.text_config)
  ),
  ranked as (
    select m.*,
      case when m.similarity is not null then rank() over (order by m.similarity desc nulls last) end as by_vector,
      case when m.coverage > 0 then rank() over (order by m.coverage desc nulls last) end as by_words
    from measured m
  ),
  -- A place says nothing of distance, and in a small clinic every passage has a good one in both orders: a place counts for as much
  -- as what it was given for.
  scored as (
    select r.*, 1 - (1 - coalesce(r.similarity, 0)) * (1 - coalesce(r.coverage, 0)) as score,
      coalesce(r.similarity / (60 + r.by_vector), 0) + coalesce(r.coverage / (60 + r.by_words), 0) as fused
    from ranked r
  ),
  -- The most that a piece may reach that is no candidate: as near as the last of the nearest (an index may have passed nearer ones
  -- over), with more of the rarer words than no other, and with every word that stands nearly everywhere. How rare those are, a
  -- sample says, which is trusted to the half: ln 2.
  beyond as (
    select 1 - (1 - n.similarity) * (1 - coalesce(max((least(h.weight, w.rare) + w.common) / (w.rare + w.common)), 0)) as score
    from (
      select case
          when count(*) < p_near then 0
          when to_regclass('public.' || app.knowledge_index_name(v_org_id, p_model, extensions.vector_dims(p_embedding))) is not null then 1
          else min(x.similarity)
        end as similarity
      from near x) n
    cross join (
      select coalesce((select x.weight from hits x order by x.weight desc offset p_near limit 1), 0) as weight) h
    left join (
      select coalesce(sum(x.weight) filter (where x.chunk_ids is not null), 0) as rare,
        coalesce(sum(x.weight + ln(2)) filter (where x.chunk_ids is null), 0) as common
      from words x
      group by x.text_config) w on true
    group by n.similarity
  )
  select c.id, c.document_id, d.filename, d.category, c.page, c.headings, c.body, s.score::real, s.similarity, coalesce(s.coverage, 0)::real
  from (
    (select x.id, x.similarity, x.coverage, x.score, x.fused
    from scored x
    where x.score >= p_min_score
    order by x.fused desc, x.score desc, x.similarity desc, x.id
    limit p_limit)
    union all
    select null, null, null, b.score, -1 from beyond b where p_near is not null
  ) s
  left join public.knowledge_chunks c on c.org_id = v_org_id and c.id = s.id
  left join public.knowledge_documents d on d.org_id = v_org_id and d.id = c.document_id
  order by s.fused desc, s.score desc, s.similarity desc, s.id;
end
$$;

comment on function app.rank_knowledge(text, text, extensions.vector, integer, real, integer, integer) is
  'One look for the passages of app.match_knowledge, which see. p_near: how many of the nearest, and how many of those with most of the rarer words, are compared; p_most: a word that stands in more pieces than that brings none, and counts for pieces that others bring. NULL for both: all pieces are compared. Where not all are, the last row has no piece, and as its score one that none of the others exceeds.';

select app.seal('app.rank_knowledge(text, text, extensions.vector, integer, real, integer, integer)', null, 'app_writer');
-- end of sql/1887_function_rank_knowledge.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1895_function_test_call_facts.sql
create or replace function app.test_call_facts()
returns setof app.clinic_facts
language sql
stable
rows 1
security definer
set search_path = ''
as $$
  select f.*
  from app.clinic_facts((
    select l.id from public.locations l where l.org_id = app.require_org_id() order by l.created_at, l.id limit 1)) f
$$;

comment on function app.test_call_facts() is
  'What an agent is told of the clinic in a test call from the dashboard, which comes in on no line: the facts of its first location, see app.clinic_facts.';

select app.seal('app.test_call_facts()', 'app_writer', 'tenant_user');
-- end of sql/1895_function_test_call_facts.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1897_function_lapse_knowledge.sql
create or replace function app.lapse_knowledge(p_version_id uuid)
returns integer
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_version public.knowledge_versions;
  v_now timestamptz;
  v_until timestamptz;
begin
  select * into v_version
  from public.knowledge_versions v
  where v.org_id = app.require_org_id() and v.id = p_version_id
  for no key update;
  v_now := app.now();
  if v_version.id is null or v_version.state not in ('waiting', 'reading', 'embedding') then
    return 0;
  end if;
  -- Without a lease the try was put off by a process that was told to stop, and comes back when there is a place.
  v_until := coalesce(v_version.lease_until, v_version.updated_at + interval '30 minutes');
  if v_until > v_now then
    return ceil(extract(epoch from v_until - v_now));
  end if;
  perform app.fail_knowledge(p_version_id, 'trouble', true);
  return 0;
end
$$;

comment on function app.lapse_knowledge(uuid) is
  'Looks after the last try at a version, which may have died without a word: one that nobody works on any more has failed with trouble, so that the clinic sees it and can upload again. Returns in how many seconds to look once more; 0: there is nothing more to see.';

select app.seal('app.lapse_knowledge(uuid)', 'app_writer', 'tenant_service');
-- end of sql/1897_function_lapse_knowledge.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1900_function_sentiment_label.sql
create or replace function app.sentiment_label(p_score double precision)
returns text
language sql
immutable
strict
parallel safe
begin atomic
  select case when p_score < 0.4 then 'negative' when p_score > 0.6 then 'positive' else 'neutral' end;
end;

comment on function app.sentiment_label(double precision) is
  'The word for a sentiment score (0 to 1): negative below 0.4, positive above 0.6, else neutral.';

select app.seal('app.sentiment_label(double precision)', null, 'app_writer');
-- end of sql/1900_function_sentiment_label.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1901_function_turns_with_sentiment.sql
-- Found when it is looked at: nothing more of a caller's mood is kept than of the call as a whole, and nothing more to erase.
create or replace function app.turns_with_sentiment(p_turns jsonb)
returns jsonb
language sql
immutable
parallel safe
set search_path = ''
as $$
  select coalesce(jsonb_agg(
    t.turn || jsonb_build_object('sentiment',
      app.sentiment_label(app.sentiment_of_words(app.caller_words(jsonb_build_array(t.turn)))))
    order by t.position), '[]')
  from jsonb_array_elements(case when jsonb_typeof(p_turns) = 'array' then p_turns else '[]' end) with ordinality t(turn, position)
$$;

comment on function app.turns_with_sentiment(jsonb) is
  'A call''s turns, each with the sentiment of its words by rules (app.sentiment_of_words): null for what the agent said, whose words are ours, and for a turn without a word.';

select app.seal('app.turns_with_sentiment(jsonb)', null, 'app_writer');
-- end of sql/1901_function_turns_with_sentiment.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1903_function_notify_urgent_call.sql
create or replace function app.notify_urgent_call(p_call_id uuid)
returns void
language plpgsql
volatile
set search_path = ''
as $$
begin
  -- Whoever has a visit, was put through or left a message is looked after already, and a hot lead is told of as one.
  if exists (
    select from public.call_logs c
    where c.org_id = app.require_org_id() and c.id = p_call_id and c.urgency = 'high' and c.hot_lead_at is null
      and c.direction = 'inbound' and c.outcome in ('answered', 'cancelled', 'failed'))
  then
    perform app.notify_staff('urgent_call', 'A caller sounded urgent', 'call', p_call_id);
  end if;
end
$$;

comment on function app.notify_urgent_call(uuid) is
  'Tells staff of a call that sounded urgent and of which nothing came that somebody looks after. Called once, with the report.';

select app.seal('app.notify_urgent_call(uuid)', null, 'app_writer');
-- end of sql/1903_function_notify_urgent_call.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1910_function_said_number_kind.sql
-- A few digits tell nobody anything, unless it was said what they are: "last four of the card", "and the code on the back",
-- "your phone number?" "five five five". Times, prices and quantities are short as well, so nothing is guessed here.
create or replace function app.said_number_kind(p_run text, p_talk text, p_after text)
returns text
language plpgsql
immutable
strict
parallel safe
set search_path = ''
as $$
declare
  v_about constant text := right(p_talk, 70);
  v_digits text;
  v_count integer;
  v_kind text;
begin
  -- Most short numbers are times, and nothing was said of a card or a telephone.
  if char_length(p_run) < 4 or not app.says_any(v_about, '{card,cvv,cvc,code,digit,digits,back,expires,expire,expired,expiring,expiry,expiration,exp,ending,ends,end,last,phone,cell,mobile,callback,landline,fax,social,ssn,number,numbers}') then
    return null;
  end if;
  v_digits := app.digits_said(p_run);
  v_count := char_length(v_digits);
  v_kind := case
    when app.says_any(v_about, '{social,ssn}') then 'ssn'
    when app.says_any(v_about, '{card,cards,visa,mastercard,amex,debit,credit}') then 'card'
    else 'phone'
  end;
  if v_count not between 3 and 8 or p_after ~ '^ (?:C|Q|a|percent|%|M[0-9]+|J) ' then
    return null;
  elsif v_count in (3, 4) and (v_about ~ ' (?:cvv|cvc|security code|digit code|digits? on the|on the back)(?: (?:is|it|''s|are|that|of|the|card|uh|back|on|[;:?!¶]))*$'
    or v_about ~ ' code(?: (?:is|[:;]))?$' and app.says_any(p_talk, '{card,visa,mastercard,amex,expiry,expires,expiration,exp}')) then
    return 'card';
  elsif v_about ~ ' (?:expire[sd]?|expiring|expiry|expiration|exp)(?: (?:date|month|year|is|it|''s|on|in|the|of|and|for|that|your|my|card|uh|[;:?!.¶]))*$'
    and app.is_card_expiry(v_digits) then
    return 'card';
  elsif v_count = 3 and v_about ~ ' area code(?: (?:is|it|''s|uh|first|[;:?!¶]))*$' then
    return 'phone';
  elsif v_count <= 5 and v_about ~ (' (?:(?:ending|ends|end)(?: (?:in|with))?|last(?: (?:U[2-6]|[2-6]|few))? (?:digits?|numbers?|of|are|is|on|for|part|bit))'
      || '(?: (?:is|are|it|''s|of|on|the|my|your|her|his|that|in|with|uh|for|to|card|phone|number|social|security|cell|visa|mastercard|amex|account|digits?|sure|please|[;:?!¶]))*$') then
    return v_kind;
  elsif v_count in (4, 5) and v_about ~ ' last(?: (?:U4|4))?$' and p_run ~ '(?: [0-9]{4}|(?: (?:U[0-9]|Lo)){4})$' and (v_count = 4 or p_run ~ '^ (?:U4|4) ') then
    return v_kind;
  elsif app.is_said_by_digit(p_run) and v_about ~ (' (?:phone|cell|mobile|callback|landline|fax|social|ssn|card|numbers?|digits|code)(?: (?:is|are|it|''s|that|this|that''s|uh|my|your|our|the|'
      || 'so|i|think|be|would|could|can|you|to|reach|at|on|give|me|text|we|should|call|security|number|please|again|for|and|back|best|have|get|go|ahead|[;:?!¶]))*$')
    and not app.says_any(v_about, '{order,booking,confirmation,reference,invoice,room,suite,tooth,teeth,option,ticket,line,party,extension,page,step,door,gate,bus,zip,code}') then
    return v_kind;
  end if;
  return null;
end
$$;

comment on function app.said_number_kind(text, text, text) is
  'What a short run of number words (3 to 8 digits) was said to be by the talk before it: ssn, card (its end, expiry or security code), phone (its end or a part of it); NULL where nothing was said. p_after: the words after it, none of which may make it a price or a time.';

select app.seal('app.said_number_kind(text, text, text)', null, 'tenant_service', 'app_writer');
-- end of sql/1910_function_said_number_kind.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1911_function_is_said_by_digit.sql
create or replace function app.is_said_by_digit(p_run text)
returns boolean
language sql
immutable
strict
parallel safe
set search_path = ''
as $$
  -- "Three one two", "double five", "312 555"; not "two thirty", nor "10".
  select p_run ~ '^(?: (?:U[0-9]|Lo|X[23]|[0-9]{3,}|[0-9](?= (?:[0-9]|$))|[-.,;/()!]|dash|hyphen|uh))+$'
$$;

comment on function app.is_said_by_digit(text) is
  'Whether a run of number words is dictated digit by digit or in groups of three and more, as telephone numbers are and times are not.';

select app.seal('app.is_said_by_digit(text)', null, 'tenant_service', 'app_writer');
-- end of sql/1911_function_is_said_by_digit.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1912_function_is_card_expiry.sql
create or replace function app.is_card_expiry(p_digits text)
returns boolean
language sql
immutable
strict
parallel safe
set search_path = ''
as $$
  -- A month and a year of two or four digits; the years that cards in use have.
  select p_digits ~ '^(?:0?[1-9]|1[0-2])(?:20)?(?:2[4-9]|3[0-9]|4[0-5])$'
$$;

comment on function app.is_card_expiry(text) is
  'Whether digits can be the month and year that a payment card expires: 0427, 427, 042027.';

select app.seal('app.is_card_expiry(text)', null, 'tenant_service', 'app_writer');
-- end of sql/1912_function_is_card_expiry.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1913_function_only_listens.sql
create or replace function app.only_listens(p_turn text)
returns boolean
language sql
immutable
parallel safe
set search_path = ''
as $$
  select coalesce(char_length(p_turn) < 60 and string_to_array(btrim(translate(lower(p_turn), '.,!?-…’', '      ''')), ' ') <@ array[
    '', 'mm', 'mhm', 'hm', 'hmm', 'mmhmm', 'uh', 'huh', 'uhhuh', 'um', 'ah', 'oh', 'okay', 'ok', 'yes', 'yeah', 'yep', 'yup', 'sure', 'right', 'got', 'it', 'go', 'ahead', 'on',
    'continue', 'and', 'then', 'the', 'rest', 'next', 'last', 'part', 'good', 'great', 'perfect', 'alright', 'all', 'thanks', 'thank', 'you', 'keep', 'going',
    'i''m', 'listening', 'ready', 'please', 'of', 'correct', 'cool', 'still', 'here', 'so', 'far', 'with'], true)
$$;

comment on function app.only_listens(text) is
  'Whether a turn only says that somebody listens ("mm-hm", "okay, go ahead", "and the rest?"), or nothing: NULL is such a turn. The number that is dictated goes on after it.';

select app.seal('app.only_listens(text)', null, 'tenant_service', 'app_writer');
-- end of sql/1913_function_only_listens.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1915_function_numbers_of_contact.sql
create or replace function app.numbers_of_contact(p_contact_id uuid)
returns text[]
language sql
stable
set search_path = ''
as $$
  select coalesce(array_agg(distinct n.number), '{}')
  from public.contacts c
  cross join lateral unnest(array_append(c.former_phones, c.phone)) n (number)
  where c.org_id = app.require_org_id() and c.id = p_contact_id and n.number is not null
    -- One that is another contact's by now is theirs.
    and not exists (
      select from public.contacts o where o.org_id = c.org_id and o.phone = n.number and o.id <> c.id)
$$;

comment on function app.numbers_of_contact(uuid) is
  'The numbers (E.164) that are a contact''s: its own, and those of contacts that were merged into it. What came from them without a contact is this person''s.';

select app.seal('app.numbers_of_contact(uuid)', null, 'app_writer');
-- end of sql/1915_function_numbers_of_contact.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1916_function_forget_gaps.sql
create or replace function app.forget_gaps(p_call_ids uuid[])
returns void
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_gap public.knowledge_gaps;
  v_left uuid[];
  v_times integer;
begin
  for v_gap in
    select * from public.knowledge_gaps g where g.org_id = v_org_id and g.call_ids && p_call_ids order by g.id for no key update
  loop
    v_left := array(select i from unnest(v_gap.call_ids) with ordinality c (i, place) where i <> all (p_call_ids) order by c.place);
    v_times := v_gap.times_asked - cardinality(v_gap.call_ids) + cardinality(v_left);
    if v_times <= 0 then
      delete from public.knowledge_gaps g where g.org_id = v_org_id and g.id = v_gap.id;
    else
      update public.knowledge_gaps g
      set call_ids = v_left, times_asked = v_times,
        -- The wording is the last caller's; the words without order are what several said.
        question = case when g.last_call_id = any (p_call_ids) then g.topic else g.question end,
        last_call_id = case when g.last_call_id = any (p_call_ids) then null else g.last_call_id end
      where g.org_id = v_org_id and g.id = v_gap.id;
    end if;
  end loop;
end
$$;

comment on function app.forget_gaps(uuid[]) is
  'Takes calls out of the questions that found nothing: one that only they asked goes, one that others asked too keeps its topic and loses their wording.';

select app.seal('app.forget_gaps(uuid[])', null, 'app_writer');
-- end of sql/1916_function_forget_gaps.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1917_function_is_forgotten.sql
create or replace function app.is_forgotten(p_call_id uuid)
returns boolean
language sql
stable
set search_path = ''
as $$
  select exists (
    select
    from public.call_logs c
    left join public.contacts k on k.org_id = c.org_id and k.id = c.contact_id
    where c.org_id = app.require_org_id() and c.id = p_call_id and (c.deleted_at is not null or k.erased_at is not null))
$$;

comment on function app.is_forgotten(uuid) is
  'Whether a call was deleted, or its contact erased. Whatever still comes of it, a webhook that was late or a caller who goes on talking, nothing that they say is stored.';

select app.seal('app.is_forgotten(uuid)', null, 'app_writer');
-- end of sql/1917_function_is_forgotten.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1918_function_lock_calls.sql
-- Jobs that copy a recording hold its row when they write the call's state: so the recordings first, then the calls.
create or replace function app.lock_calls(p_call_ids uuid[])
returns void
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
begin
  perform from public.recordings r where r.org_id = v_org_id and r.call_id = any (p_call_ids) order by r.id for update;
  perform from public.call_logs c where c.org_id = v_org_id and c.id = any (p_call_ids) order by c.id for no key update;
end
$$;

comment on function app.lock_calls(uuid[]) is
  'Locks the rows of calls whose words are about to go, and of their recordings, in the order that all keep. After app.lock_call and the rows of contacts, before what hangs on a call.';

select app.seal('app.lock_calls(uuid[])', null, 'app_writer');
-- end of sql/1918_function_lock_calls.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1919_function_expire_leftovers.sql
create or replace function app.expire_leftovers(p_limit integer)
returns integer
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_now timestamptz := app.now();
  v_notifications integer;
  v_files integer;
begin
  delete from public.notifications n
  where n.org_id = v_org_id and n.id = any (array(
    select o.id
    from public.notifications o
    where o.org_id = v_org_id and o.created_at <= v_now - interval '1 year'
    order by o.created_at
    limit p_limit
    for update skip locked));
  get diagnostics v_notifications = row_count;
  delete from public.knowledge_files f
  where f.org_id = v_org_id and f.version_id = any (array(
    select o.version_id
    from public.knowledge_files o
    join public.knowledge_versions v on v.org_id = o.org_id and v.id = o.version_id
    join public.knowledge_documents d on d.org_id = v.org_id and d.id = v.document_id
    where o.org_id = v_org_id
      and (d.deleted_at <= v_now - interval '30 days'
        -- The newest can be read again, the current one answers: the others are history.
        or v.id is distinct from d.current_version_id and v.version < d.latest_version and v.updated_at <= v_now - interval '30 days')
    limit p_limit
    for update of o skip locked));
  get diagnostics v_files = row_count;
  return v_notifications + v_files;
end
$$;

comment on function app.expire_leftovers(integer) is
  'The part of app.apply_retention that every organisation has: notifications go after a year, files of deleted documents and of versions that newer ones replaced after thirty days. p_limit at most of each; returns of how many.';

select app.seal('app.expire_leftovers(integer)', null, 'app_writer');
-- end of sql/1919_function_expire_leftovers.sql
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
drop function app.expire_leftovers;
drop function app.lock_calls;
drop function app.is_forgotten;
drop function app.forget_gaps;
drop function app.numbers_of_contact;
drop function app.only_listens;
drop function app.is_card_expiry;
drop function app.is_said_by_digit;
drop function app.said_number_kind;
drop function app.notify_urgent_call;
drop function app.turns_with_sentiment;
drop function app.sentiment_label;
drop function app.lapse_knowledge;
drop function app.test_call_facts;
drop function app.rank_knowledge;
drop function app.knowledge_words;
drop function app.knowledge_near;
drop function app.knowledge_index_name;
drop function app.orgs_with_retention;
drop function app.apply_retention;
drop function app.expire_messages;
drop function app.expire_words;
drop function app.caller_brief;
drop function app.caller_memory;
drop function app.contact_opened;
drop function app.plain_value;
drop function app.score_lead;
drop function app.score_contact;
drop function app.text_hot_lead;
drop function app.lead_signals;
drop function app.word_signals;
drop function app.services_named;
drop function app.note_feeling;
drop function app.outcome_sentence;
drop function app.urgency_of_words;
drop function app.sentiment_of_words;
drop function app.is_sales_talk;
drop function app.says;
drop function app.caller_words;
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
drop function app.heed_call_refusal;
drop trigger if exists voxanne_call_changed on public.call_logs;
drop trigger if exists voxanne_call_came_or_went on public.call_logs;
drop function app.forget_answers;
drop function app.list_calls;
drop function app.merge_contacts;
drop function app.is_staffs_word;
drop function app.calls_of_person;
drop function app.erase_visits;
drop function app.erase_contact;
drop function app.erase_calls;
drop function app.erase_messages;
drop function app.record_call_report;
drop function app.call_outcome;
drop function app.is_failure;
drop function app.take_message;
drop function app.redact_talk;
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
drop policy if exists searcher_finds on public.knowledge_chunks;
drop policy if exists searcher_finds on public.messages;
drop policy if exists searcher_finds on public.call_logs;
drop policy if exists searcher_finds on public.patients;
drop policy if exists searcher_finds on public.contacts;
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
    'delete_recording', 'provision_number', 'dial_calls'
  ) then
    raise exception 'there is no job of kind %', p_kind using errcode = 'VX400';
  end if;
  insert into river.river_job (kind, args, max_attempts, queue, priority, scheduled_at, state)
  values (
    p_kind,
    p_args || jsonb_build_object('org_id', app.require_org_id()),
    8,
    -- Neither Vapi being down nor long recordings may keep holds and texts waiting.
    case
      when p_kind in ('sync_agent', 'provision_number') then 'vapi'
      when p_kind in ('keep_recording', 'delete_recording') then 'recordings'
      when p_kind = 'dial_calls' then 'calls'
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
  'Puts a job of a known kind (release_hold, fetch_call_report, send_scheduled, send_message, settle_message, sync_agent, keep_recording, delete_recording, provision_number, dial_calls) in River''s queue, as part of the calling transaction. Arguments are ids only; the organisation always comes from the claims. p_run_at NULL: now. An unknown kind is VX400.';

select app.seal('app.enqueue_job(text, jsonb, timestamptz)', 'app_definer', 'tenant_service', 'app_writer');
-- end of sql/0310_function_enqueue_job.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- back to sql/0340_function_note_attempt.sql
create or replace function app.note_attempt(
  p_kind text,
  p_result app.booking_result,
  p_call_id uuid,
  p_tool_call_id text,
  p_starts_at timestamptz,
  p_said_date text,
  p_said_time text
)
returns void
language plpgsql
volatile
set search_path = ''
as $$
begin
  insert into public.booking_attempts (
    org_id, kind, call_id, tool_call_id, said_date, said_time, service_id, resource_id, starts_at,
    outcome, reason, appointment_id, actor_user_id)
  values (
    app.current_org_id(), p_kind, p_call_id, p_tool_call_id, left(p_said_date, 32), left(p_said_time, 32),
    (p_result).service_id, (p_result).resource_id, coalesce(p_starts_at, (p_result).starts_at),
    (p_result).outcome, (p_result).reason, (p_result).appointment_id, app.current_user_id());
end
$$;

comment on function app.note_attempt(text, app.booking_result, uuid, text, timestamptz, text, text) is
  'Leaves the trace of a try in booking_attempts, whatever came of it.';

select app.seal('app.note_attempt(text, app.booking_result, uuid, text, timestamptz, text, text)', null, 'app_writer');
-- end of sql/0340_function_note_attempt.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- back to sql/0380_function_contact_of_call.sql
-- A withheld number must not lump strangers together, and a repeated tool call must not make a second contact: without
-- a number the call itself is the key.
create or replace function app.contact_of_call(p_call_id uuid)
returns uuid
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_call public.call_logs;
  v_contact_id uuid;
  v_number text;
begin
  select * into v_call
  from public.call_logs c
  where c.org_id = v_org_id and c.id = p_call_id;
  if not found then
    raise exception 'there is no such call' using errcode = 'VX404';
  elsif v_call.contact_id is not null then
    return v_call.contact_id;
  end if;

  v_number := case when v_call.direction = 'outbound' then v_call.to_number else v_call.from_number end;
  if v_number is not null then
    insert into public.contacts (org_id, phone, last_contacted_at)
    values (v_org_id, v_number, app.now())
    on conflict (org_id, phone) do update set last_contacted_at = excluded.last_contacted_at, updated_at = app.now()
    returning id into v_contact_id;
  else
    insert into public.contacts (org_id, origin_call_id, last_contacted_at)
    values (v_org_id, p_call_id, app.now())
    on conflict (org_id, origin_call_id) do update set last_contacted_at = excluded.last_contacted_at, updated_at = app.now()
    returning id into v_contact_id;
  end if;

  update public.call_logs c
  set contact_id = v_contact_id, updated_at = app.now()
  where c.org_id = v_org_id and c.id = p_call_id;
  perform app.announce('contact_updated', 'contact', v_contact_id);
  return v_contact_id;
end
$$;

comment on function app.contact_of_call(uuid) is
  'The contact a call belongs to, made where it is missing: by the calling number, or one of its own for a caller without a number. VX404 when the call is not the tenant''s.';

select app.seal('app.contact_of_call(uuid)', null, 'app_writer');
-- end of sql/0380_function_contact_of_call.sql
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
-- back to sql/0660_function_ensure_call.sql
create or replace function app.ensure_call(
  p_vapi_call_id text,
  p_direction text,
  p_agent_id uuid,
  p_location_id uuid,
  p_caller text,
  p_number text
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
  v_from text := case when p_direction = 'outbound' then p_number else p_caller end;
  v_to text := case when p_direction = 'outbound' then p_caller else p_number end;
begin
  -- The first message may lack what a later one carries. Numbers are taken as long as nobody was booked under the call.
  update public.call_logs c
  set agent_id = coalesce(c.agent_id, p_agent_id),
    from_number = case when c.contact_id is null then coalesce(c.from_number, v_from) else c.from_number end,
    to_number = case when c.contact_id is null then coalesce(c.to_number, v_to) else c.to_number end
  where c.org_id = v_org_id
    and c.vapi_call_id = p_vapi_call_id
    and ((c.agent_id is null and p_agent_id is not null)
      or (c.contact_id is null and c.from_number is null and v_from is not null)
      or (c.contact_id is null and c.to_number is null and v_to is not null));
  select c.id into v_id
  from public.call_logs c
  where c.org_id = v_org_id and c.vapi_call_id = p_vapi_call_id;
  if v_id is not null then
    return v_id;
  end if;

  insert into public.call_logs (org_id, vapi_call_id, agent_id, location_id, direction, from_number, to_number)
  values (
    v_org_id, p_vapi_call_id, p_agent_id,
    coalesce(p_location_id, (
      select l.id from public.locations l where l.org_id = v_org_id order by l.created_at, l.id limit 1)),
    p_direction,
    v_from, v_to)
  on conflict (org_id, vapi_call_id) do nothing
  returning id into v_id;
  if v_id is null then
    select c.id into v_id
    from public.call_logs c
    where c.org_id = v_org_id and c.vapi_call_id = p_vapi_call_id;
  else
    perform app.announce('call_update', 'call', v_id);
  end if;
  return v_id;
end
$$;

comment on function app.ensure_call(text, text, uuid, uuid, text, text) is
  'The row of a call, made by whichever webhook comes first and completed by later ones. p_caller is the other party''s number (E.164, NULL when withheld), p_number the clinic''s.';

select app.seal('app.ensure_call(text, text, uuid, uuid, text, text)', 'app_writer', 'tenant_service');
-- end of sql/0660_function_ensure_call.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- back to sql/0700_function_answer_delivery.sql
create or replace function app.answer_delivery(p_vapi_call_id text, p_kind text, p_key text, p_answer text)
returns void
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  update public.webhook_deliveries d
  set answer = p_answer
  where d.org_id = app.require_org_id() and d.vapi_call_id = p_vapi_call_id and d.kind = p_kind and d.key = p_key;
end
$$;

comment on function app.answer_delivery(text, text, text, text) is
  'Keeps what a tool call was answered, in the transaction that acted, for the same call delivered again.';

select app.seal('app.answer_delivery(text, text, text, text)', 'app_writer', 'tenant_service');
-- end of sql/0700_function_answer_delivery.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- back to sql/0720_function_call_outcome.sql
create or replace function app.call_outcome(p_call_id uuid, p_ended_reason text, p_duration_seconds integer)
returns text
language sql
stable
set search_path = ''
as $$
  select case
    when exists (
      select from public.appointments a
      where a.org_id = app.current_org_id() and a.call_id = p_call_id
        and a.status not in ('held', 'cancelled')) then 'booked'
    when exists (
      select from public.appointment_changes h
      where h.org_id = app.current_org_id() and h.call_id = p_call_id and h.kind in ('rescheduled', 'amended')) then 'rescheduled'
    when exists (
      select from public.appointment_changes h
      where h.org_id = app.current_org_id() and h.call_id = p_call_id and h.kind = 'cancelled') then 'cancelled'
    when exists (
      select from public.caller_messages m
      where m.org_id = app.current_org_id() and m.call_id = p_call_id) then 'message'
    when p_ended_reason = 'assistant-forwarded-call' then 'transferred'
    when p_ended_reason in ('customer-did-not-answer', 'customer-busy', 'voicemail')
      or p_ended_reason like '%error%' or coalesce(p_duration_seconds, 0) < 5 then 'missed'
    else 'answered'
  end
$$;

comment on function app.call_outcome(uuid, text, integer) is
  'The most telling thing that came of a call, from what it left in our tables: booked, rescheduled, cancelled, message, transferred, missed or answered.';

select app.seal('app.call_outcome(uuid, text, integer)', null, 'app_writer');
-- end of sql/0720_function_call_outcome.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- back to sql/0738_function_schedule_missed_call.sql
create or replace function app.schedule_missed_call(
  p_call_id uuid
)
returns void
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_now timestamptz := app.now();
  v_id uuid;
begin
  insert into public.scheduled_messages (org_id, kind, contact_id, call_id, due_at)
  select c.org_id, 'missed_call', c.contact_id, c.id, v_now
  from public.call_logs c
  join public.organizations o on o.id = c.org_id and o.missed_call_text
  where c.org_id = v_org_id and c.id = p_call_id
    and c.direction = 'inbound' and c.outcome = 'missed' and c.contact_id is not null
    -- A text to a number of this platform would be answered by a robot.
    and c.from_number is not null and not app.is_our_number(c.from_number)
  on conflict (org_id, call_id) where kind = 'missed_call' do nothing
  returning id into v_id;
  if v_id is not null then
    perform app.enqueue_job('send_scheduled', jsonb_build_object('scheduled_id', v_id), v_now);
  end if;
end
$$;

comment on function app.schedule_missed_call(uuid) is
  'Lets a caller who was not answered have one text, where the organisation wants that and the network gave the number. Once per call; the limits of follow-ups hold when it is sent.';

select app.seal('app.schedule_missed_call(uuid)', null, 'app_writer');
-- end of sql/0738_function_schedule_missed_call.sql
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

  -- Whoever tries the agent out, from the browser or by telephone, is no lead; what they book has its contact.
  -- Nor is anybody whom a call without a slot was meant for.
  if v_call.direction <> 'web' and app.ending_of_call(coalesce(p_ended_reason, v_call.ended_reason), true) <> 'line_busy' and not exists (
    select from public.outbound_calls o where o.org_id = v_org_id and o.call_id = p_call_id and o.kind = 'test'
  ) then
    perform app.contact_of_call(p_call_id);
  end if;
  perform app.heed_call_refusal(p_call_id, p_turns);
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
  'Takes in an end-of-call report, before or after the status updates, once: a second report changes nothing unless redaction failed the first time. p_turns: [{"speaker","text","at"}]; p_said_names: names given to tools during the call, also of people who were not booked in the end; turns and summary are redacted of them and of everything else before they are stored; a missing duration follows from start and end. A recording that the provider has (p_recording_url: where it may be fetched for a while) is copied by a job. Whoever says in a call of ours that they want no more is heeded, see app.heed_call_refusal. Returns the transcript''s state; the first pending_redaction puts a job in the queue that fetches the report again. VX404 when the call is not the tenant''s.';

select app.seal('app.record_call_report(uuid, timestamptz, timestamptz, integer, text, text, jsonb, bigint, boolean, text[], text[], text)', 'app_writer', 'tenant_service');
-- end of sql/0740_function_record_call_report.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- back to sql/0770_function_assistant_facts.sql
create or replace function app.assistant_facts(p_call_id uuid)
returns setof app.assistant_facts
language plpgsql
stable
rows 1
set search_path = ''
as $$
begin
  return query
  select route.vapi_assistant_id, f.clinic_name, coalesce(route.first_message, ''), f.address, f.recording_consent, f.ai_disclosure,
    f.hours, f.services, f.practitioners
  from public.call_logs k
  cross join lateral app.clinic_facts(k.location_id) f
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
  where k.org_id = app.current_org_id() and k.id = p_call_id;
end
$$;

comment on function app.assistant_facts(uuid) is
  'Which assistant answers a call, and the public facts it is given, see app.clinic_facts. Nothing about the caller. vapi_assistant_id is NULL while the clinic''s inbound agent has no assistant yet.';

select app.seal('app.assistant_facts(uuid)', null, 'tenant_service');
-- end of sql/0770_function_assistant_facts.sql
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
-- back to sql/0940_function_take_answer.sql
create or replace function app.take_answer(p_row public.scheduled_messages, p_now timestamptz)
returns app.scheduled_bundle
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_bundle app.scheduled_bundle := app.start_bundle(p_row, case (p_row).kind when 'code' then 'code' else 'follow_up' end);
  v_language text := app.contact_language((p_row).contact_id);
  v_called public.call_logs;
  v_skipped text;
begin
  select * into v_called from public.call_logs c where c.org_id = (p_row).org_id and c.id = (p_row).call_id;
  v_skipped := case
    when v_bundle.phone is null then 'no_recipient'
    when (p_row).kind = 'code' and not exists (
      select from public.identity_codes c
      where c.org_id = (p_row).org_id and c.id = (p_row).code_id and c.expires_at > p_now) then 'too_late'
    when (p_row).kind = 'missed_call' and exists (
      select from public.call_logs c
      where c.org_id = (p_row).org_id and c.contact_id = (p_row).contact_id and c.created_at > v_called.created_at
        and c.outcome is distinct from 'missed') then 'called_again'
  end;
  if v_skipped is not null then
    perform app.settle_scheduled(array[(p_row).id], 'skipped', v_skipped);
    return null;
  end if;

  v_bundle.text := app.render_text((app.template_for((p_row).kind, v_language))[2], jsonb_build_object(
    'clinic', replace(v_bundle.clinic_name, '[code]', ''), 'phone', coalesce(v_called.to_number, v_bundle.clinic_phone, ''),
    'code', '[code]'));
  if (p_row).kind = 'code' then
    v_bundle.code_subjects := array_fill((p_row).code_id, array[
      (length(v_bundle.text) - length(replace(v_bundle.text, '[code]', ''))) / length('[code]')]);
    v_bundle.code_versions := array_fill(1, array[cardinality(v_bundle.code_subjects)]);
  end if;
  return v_bundle;
end
$$;

comment on function app.take_answer(public.scheduled_messages, timestamptz) is
  'The bundle of what answers a call: the code that it asked for, or the text to a caller who was missed. NULL, and the row skipped: too_late (the code has expired), called_again (the caller was answered or is calling), no_recipient.';

select app.seal('app.take_answer(public.scheduled_messages, timestamptz)', null, 'app_writer');
-- end of sql/0940_function_take_answer.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- back to sql/0988_function_erase_messages.sql
create or replace function app.erase_messages(p_contact_id uuid, p_phone text)
returns void
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_hash bytea := app.number_hash(p_phone);
  v_now timestamptz := app.now();
begin
  update public.scheduled_messages s
  set state = 'cancelled', reason = 'erased', updated_at = v_now
  where s.org_id = v_org_id and s.contact_id = p_contact_id and s.state = 'waiting';
  update public.identity_codes i
  set code_hash = null, expires_at = least(i.expires_at, v_now)
  where i.org_id = v_org_id and i.contact_id = p_contact_id;
  update public.reply_questions q
  set answered_at = v_now
  where q.org_id = v_org_id and q.contact_id = p_contact_id and q.answered_at is null;
  -- Texts of the number from before it had a contact are the same person's. Rows older than the hashes get theirs now.
  update public.messages m
  set recipient = '[erased]', subject = case when m.subject is not null then '[erased]' end, content = '[erased]',
    recipient_hash = coalesce(m.recipient_hash, app.number_hash(m.recipient)),
    status = case when m.status = 'queued' and m.handed_over_at is null then 'blocked' else m.status end,
    reason = case when m.status = 'queued' and m.handed_over_at is null then 'erased' else m.reason end,
    updated_at = v_now
  where m.org_id = v_org_id
    and (m.contact_id = p_contact_id or (m.contact_id is null and (m.recipient_hash = v_hash or m.recipient = p_phone)));
end
$$;

comment on function app.erase_messages(uuid, text) is
  'The part of app.erase_contact about messages: recipients and texts become placeholders, what still waits is not sent any more, codes open nothing.';

select app.seal('app.erase_messages(uuid, text)', null, 'app_writer');
-- end of sql/0988_function_erase_messages.sql
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
  where c.org_id = v_org_id and c.state = 'waiting' and (c.contact_id = p_contact_id or c.contact_id is null and c.to_number = p_phone);
  update public.outbound_calls c
  set to_number = null, updated_at = v_now
  where c.org_id = v_org_id and c.state <> 'placing' and c.to_number is not null
    and (c.contact_id = p_contact_id or c.contact_id is null and c.to_number = p_phone);
end
$$;

comment on function app.erase_calls(uuid, text) is
  'The part of app.erase_contact about calls: the person''s number, transcript, summary and messages left are blanked, also of calls of the number that no contact was made for; calls that were to be made, tests of the number too, are cancelled. Times, outcome and cost stay.';

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
-- back to sql/1108_function_write_contact.sql
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
    -- Consent that stands keeps its time: that is what proves it. It was given for a number, and goes with it.
    marketing_consent_at = case
      when (p_change ->> 'marketing_consent')::boolean is false then null
      when p_change ? 'phone' and c.phone <> coalesce(p_change ->> 'phone', '')
        then case when (p_change ->> 'marketing_consent')::boolean then v_now end
      when (p_change ->> 'marketing_consent')::boolean then coalesce(c.marketing_consent_at, v_now)
      else c.marketing_consent_at end,
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
-- back to sql/1120_function_merge_contacts.sql
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
-- back to sql/1200_function_call_state.sql
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
-- back to sql/1204_function_call_stats.sql
-- Days that are over come from call_days; what has no row there, today first of all, is counted from the calls. Both are read by
-- one statement: a day whose row is taken away meanwhile is not missed.
create or replace function app.call_stats()
returns setof app.call_stats
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_zone text := (select o.time_zone from public.organizations o where o.id = v_org_id);
  v_now timestamptz := app.now();
  v_today timestamptz := (app.clinic_period(null, null, 'today'))[1];
  v_week timestamptz := (app.clinic_period(null, null, 'week'))[1];
  v_month timestamptz := (app.clinic_period(null, null, 'month'))[1];
begin
  return query
  with days as (
    select * from public.call_days d where d.org_id = v_org_id and d.time_zone = v_zone
  ), gaps as materialized (
    select lower(g) as from_at, upper(g) as to_at from app.call_gaps(v_zone) g
  ), sums as (
    select sum(c.calls) as calls, sum(c.inbound) as inbound, sum(c.outbound) as outbound, sum(c.ended) as ended,
      sum(c.missed) as missed, sum(c.failed) as failed, sum(c.transferred) as transferred, sum(c.timed) as timed,
      sum(c.seconds) as seconds
    from (
      select d.calls, d.inbound, d.outbound, d.ended, d.missed, d.failed, d.transferred, d.timed, d.seconds
      from days d
      union all
      select l.*
      from gaps g
      cross join lateral app.count_calls(g.from_at, g.to_at) l
    ) c
  ), lately as (
    select coalesce(sum(c.calls) filter (where c.at >= v_today), 0) as today,
      coalesce(sum(c.calls) filter (where c.at >= v_week), 0) as week,
      coalesce(sum(c.calls) filter (where c.at >= v_month), 0) as month
    from (
      select d.from_at as at, d.calls
      from days d
      union all
      select l.began_at, 1
      from gaps g
      join public.call_logs l on l.org_id = v_org_id and l.deleted_at is null
        and l.began_at >= greatest(g.from_at, least(v_week, v_month)) and l.began_at < g.to_at
      union all
      select l.began_at, 1
      from gaps g
      join public.call_logs l on l.org_id = v_org_id and l.deleted_at is not null
        and l.began_at >= greatest(g.from_at, least(v_week, v_month)) and l.began_at < g.to_at
    ) c
  )
  select s.calls::bigint, s.inbound::bigint, s.outbound::bigint, (s.ended - s.missed - s.failed - s.transferred)::bigint,
    s.missed::bigint, s.transferred::bigint, s.failed::bigint, n.today::bigint, n.week::bigint, n.month::bigint,
    coalesce(round(s.seconds / nullif(s.timed, 0)), 0)::integer,
    coalesce(round(100.0 * (s.ended - s.missed - s.failed) / nullif(s.ended, 0), 1), 0)::double precision,
    (
      select coalesce(sum(v.price_minor), 0)::bigint
      from public.appointments a
      join public.services v on v.org_id = a.org_id and v.id = a.service_id
      where a.org_id = v_org_id and a.scheduled_at > v_now and a.status in ('pending', 'confirmed')
    ),
    (select count(*) from public.contacts k where k.org_id = v_org_id and k.erased_at is null and k.lead_status = 'hot')
  from sums s, lately n;
end
$$;

comment on function app.call_stats() is
  'All calls of the clinic in numbers, deleted ones too: one row, with zeros where there are none. Days are those of the clinic''s zone. Every member may look.';

select app.seal('app.call_stats()', 'app_writer', 'tenant_user');
-- end of sql/1204_function_call_stats.sql
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
  'Takes a call out of the lists and blanks what was said in it and the number on the other side, for good. The row, its times, outcome and cost stay for the numbers. Owner and admin only (VX403); VX404 for an unknown or deleted call, VX409 while it goes on (a day at most). Our copy of its recording is deleted by a job; the provider''s own is not reached from here.';

select app.seal('app.delete_call(uuid, text)', 'app_writer', 'tenant_user');
-- end of sql/1207_function_delete_call.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- back to sql/1221_function_list_leads.sql
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
-- back to sql/1225_function_list_audit_log.sql
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
-- back to sql/1253_function_forget_answers.sql
create or replace function app.forget_answers()
returns void
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
begin
  -- In one order, so that two erasures wait for each other and not in a ring.
  perform from public.idempotency_keys k
  where k.org_id = v_org_id and (k.state = 'done' or k.acted_at is not null)
  order by k.id
  for no key update;
  update public.idempotency_keys k
  set answer_kept = false, headers = case when k.state = 'done' then '{}'::jsonb end,
    response = case when k.state = 'done' then ''::bytea end
  where k.org_id = v_org_id and (k.state = 'done' or k.acted_at is not null);
end
$$;

comment on function app.forget_answers() is
  'The part of app.erase_contact about kept answers, any of which may show the contact: all of the clinic''s are blanked, also those that are still to be written for what was changed before. That the wishes were carried out stays known: repeated, they act no second time.';

select app.seal('app.forget_answers()', null, 'app_writer');
-- end of sql/1253_function_forget_answers.sql
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
    'keep_recordings_days', 'reminder_channel');
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
    reminder_channel = coalesce(p_fields ->> 'reminder_channel', o.reminder_channel),
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
  'Changes the organisation''s name, zone, rules for booking and safety, and returns it. p_fields may hold name, country (ISO 3166-1 alpha-2), time_zone (IANA; locations keep theirs), buffer_before_minutes, buffer_after_minutes, slot_step_minutes, min_notice_minutes, max_advance_days, hold_seconds, holds_per_day, approval_required, identity_factor, emergency_sentence, recording_consent, ai_disclosure, hipaa_mode, keep_recordings_days (null: recordings are kept until their call is deleted) and reminder_channel (sms, voice or both); what is absent stays. Owner and admin only (VX403). VX400: an unknown field or a value that it may not have.';

select app.seal('app.set_org_settings(jsonb)', 'app_writer', 'tenant_user');
-- end of sql/1265_function_set_org_settings.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- back to sql/1286_function_count_calls.sql
-- Two stretches, because the indexes by time are of the deleted calls and of the others.
create or replace function app.count_calls(p_from timestamptz, p_to timestamptz)
returns setof app.call_count
language plpgsql
stable
rows 1
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
begin
  return query
  select count(*), count(*) filter (where s.direction = 'inbound'), count(*) filter (where s.direction = 'outbound'),
    count(*) filter (where s.state <> 'in_progress'), count(*) filter (where s.state = 'missed'),
    count(*) filter (where s.state = 'failed'), count(*) filter (where s.state = 'transferred'),
    count(s.duration_seconds) filter (where s.state <> 'in_progress'),
    coalesce(sum(s.duration_seconds) filter (where s.state <> 'in_progress'), 0)
  from (
    select l.direction, l.duration_seconds, app.call_state(l.status, l.outcome, l.ended_reason) as state
    from (
      select c.direction, c.status, c.outcome, c.ended_reason, c.duration_seconds
      from public.call_logs c
      where c.org_id = v_org_id and c.deleted_at is null and c.began_at >= p_from and c.began_at < p_to
      union all
      select c.direction, c.status, c.outcome, c.ended_reason, c.duration_seconds
      from public.call_logs c
      where c.org_id = v_org_id and c.deleted_at is not null and c.began_at >= p_from and c.began_at < p_to
        and c.ended_reason is distinct from 'call.start.error-subscription-concurrency-limit-reached' -- rang nobody
    ) l
    offset 0 -- or the state would be found out anew in every column
  ) s;
end
$$;

comment on function app.count_calls(timestamptz, timestamptz) is
  'The clinic''s calls that began in [p_from, p_to) in numbers, counted one by one, deleted ones too: one row, with zeros where there are none.';

select app.seal('app.count_calls(timestamptz, timestamptz)', null, 'app_writer');
-- end of sql/1286_function_count_calls.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- back to sql/1288_trigger_call_days.sql
-- What a call said, whose it was and whether it was deleted is not counted: such changes cost nothing.
create or replace trigger voxanne_call_came_or_went
after insert or delete on public.call_logs
for each row execute function app.forget_call_days();

create or replace trigger voxanne_call_changed
after update on public.call_logs
for each row
when (
  old.began_at is distinct from new.began_at or old.status is distinct from new.status
  or old.outcome is distinct from new.outcome or old.ended_reason is distinct from new.ended_reason
  or old.direction is distinct from new.direction or old.duration_seconds is distinct from new.duration_seconds)
execute function app.forget_call_days();
-- end of sql/1288_trigger_call_days.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- back to sql/1289_function_roll_up_calls.sql
-- It never waits: whoever writes a call at this moment goes first, and the days are rolled up an hour later. While it counts,
-- such a writer waits, so a few days at a time are enough.
create or replace function app.roll_up_calls(p_days integer)
returns integer
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_zone text;
  v_today date;
  v_midnight timestamptz;
  v_first timestamptz;
  v_day date;
  v_rolled integer := 0;
begin
  if not pg_try_advisory_xact_lock(8, hashtext(v_org_id::text)) then
    return 0;
  end if;
  select o.time_zone into v_zone from public.organizations o where o.id = v_org_id;
  delete from public.call_days d where d.org_id = v_org_id and d.time_zone <> v_zone;
  v_today := (app.now() at time zone v_zone)::date;
  v_midnight := app.local_instant(v_today::timestamp, v_zone, false);
  select min(f.began_at) into v_first
  from app.call_gaps(v_zone) g
  cross join lateral (
    (select l.began_at from public.call_logs l
    where l.org_id = v_org_id and l.deleted_at is null and l.began_at >= lower(g) and l.began_at < least(upper(g), v_midnight)
    order by l.began_at limit 1)
    union all
    (select l.began_at from public.call_logs l
    where l.org_id = v_org_id and l.deleted_at is not null and l.began_at >= lower(g) and l.began_at < least(upper(g), v_midnight)
    order by l.began_at limit 1)
  ) f;
  if v_first is null or not isfinite(v_first) then
    return 0;
  end if;

  for v_day in
    select (v_first at time zone v_zone)::date + n from generate_series(0, p_days - 1) n
  loop
    exit when v_day >= v_today;
    insert into public.call_days (org_id, day, time_zone, from_at, to_at,
      calls, inbound, outbound, ended, missed, failed, transferred, timed, seconds)
    select v_org_id, v_day, v_zone, s.from_at, s.to_at, c.*
    from (
      select app.local_instant(v_day::timestamp, v_zone, false) as from_at,
        app.local_instant((v_day + 1)::timestamp, v_zone, false) as to_at
    ) s
    cross join lateral app.count_calls(s.from_at, s.to_at) c
    where s.from_at < s.to_at -- Samoa had no 30 December 2011
      and not exists (
        select from public.call_days d where d.org_id = v_org_id and d.day = v_day and d.time_zone = v_zone);
    if found then
      v_rolled := v_rolled + 1;
    end if;
  end loop;
  return v_rolled;
end
$$;

comment on function app.roll_up_calls(integer) is
  'Counts days of calls that are over in the clinic''s zone and have no row in call_days, from the first such call on, p_days in a row at most. Returns how many days it counted; 0: none is left, or somebody writes a call of the clinic just now, then the next hour does it. Rows of a zone that the clinic had before go.';

select app.seal('app.roll_up_calls(integer)', 'app_writer', 'tenant_service');
-- end of sql/1289_function_roll_up_calls.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- back to sql/1438_function_drop_recordings.sql
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
-- back to sql/1444_function_expire_recordings.sql
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
-- back to sql/1657_function_prepare_outbound_call.sql
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
  v_facts app.clinic_facts;
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
  v_facts := app.clinic_facts(v_line.location_id);
  select 'dial', v_call.kind, v_line.vapi_assistant_id, v_line.vapi_phone_number_id, v_call.to_number,
    case when v_call.kind <> 'test' then v_now end, app.latest_dialling(v_call, v_now), v_facts.clinic_name, v_line.number, v_facts.address, v_facts.time_zone, v_now,
    (select array_to_string(app.local_words(a.scheduled_at, w.time_zone, app.contact_language(v_call.contact_id)), ' ')
      from public.appointments a
      join public.locations w on w.org_id = a.org_id and w.id = a.location_id
      where a.org_id = v_org_id and a.id = v_call.appointment_id and v_call.kind = 'reminder'),
    case when v_call.kind = 'campaign' then app.words_of_call(v_call.campaign_step_id, v_call.contact_id) end,
    (select nullif(split_part(btrim(k.name), ' ', 1), '')
      from public.contacts k
      where k.org_id = v_org_id and k.id = v_call.contact_id),
    v_facts.emergency_sentence, v_facts.hours, v_facts.services, v_facts.practitioners
  into v_dial;
  return next v_dial;
end
$$;

comment on function app.prepare_outbound_call(uuid, uuid) is
  'The last word before a call that was taken is dialled: judges it anew and says how to make it, see app.outbound_dial. From outcome dial on the call counts as handed over to Vapi. Quiet hours, and a clinic that has no assistant or number just now, put it off; everything else ends it.';

select app.seal('app.prepare_outbound_call(uuid, uuid)', 'app_writer', 'tenant_service');
-- end of sql/1657_function_prepare_outbound_call.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- back to sql/1671_function_clinic_facts.sql
-- Not in SQL, whose functions are planned anew at every call: for this one that takes longer than all else.
-- One source for calls that come and calls that are made: what the agent says of the clinic is the same in both.
create or replace function app.clinic_facts(p_location_id uuid)
returns app.clinic_facts
language plpgsql
stable
set search_path = ''
as $$
declare
  v_facts app.clinic_facts;
begin
  select o.name, l.address, l.time_zone, o.emergency_sentence, o.recording_consent, o.ai_disclosure,
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
  into v_facts
  from public.organizations o
  left join public.locations l on l.org_id = o.id and l.id = p_location_id
  where o.id = app.current_org_id();
  return v_facts;
end
$$;

comment on function app.clinic_facts(uuid) is
  'The public facts of the clinic and of one of its locations, ready to be spoken; what the clinic did not say is NULL. Nothing about anybody who calls or is called.';

select app.seal('app.clinic_facts(uuid)', null, 'tenant_service', 'app_writer');
-- end of sql/1671_function_clinic_facts.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- back to sql/1690_function_heed_call_refusal.sql
create or replace function app.heed_call_refusal(p_call_id uuid, p_turns jsonb)
returns boolean
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_number text;
begin
  select c.to_number into v_number
  from public.call_logs c
  where c.org_id = app.require_org_id() and c.id = p_call_id and c.direction = 'outbound' and c.to_number is not null;
  if v_number is null or not exists (
    select from jsonb_array_elements(coalesce(p_turns, '[]')) t (turn)
    where t.turn ->> 'speaker' = 'caller' and app.wants_no_calls(t.turn ->> 'text'))
  then
    return false;
  end if;
  return app.opt_out('voice', v_number, 'call');
end
$$;

comment on function app.heed_call_refusal(uuid, jsonb) is
  'Honours "do not call me again" in a call that we made: the number gets no more calls, and those that wait for it are called off. p_turns as in app.record_call_report, before they are redacted; only what the person who was called said counts. Whether that is new.';

select app.seal('app.heed_call_refusal(uuid, jsonb)', null, 'app_writer');
-- end of sql/1690_function_heed_call_refusal.sql
-- +goose StatementEnd

-- +goose StatementBegin
revoke create on schema app from app_writer, app_definer, app_searcher;
-- +goose StatementEnd
