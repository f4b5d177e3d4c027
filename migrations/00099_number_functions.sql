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
-- snapshot of sql/0720_function_call_outcome.sql
create or replace function app.call_outcome(
  p_call_id uuid, p_ended_reason text, p_duration_seconds integer, p_sales_talk boolean default false
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
    when p_ended_reason = 'assistant-forwarded-call' then 'transferred'
    when p_sales_talk then 'spam'
    when p_ended_reason like '%voicemail%' then 'voicemail'
    when p_ended_reason like '%error%' then 'failed'
    when p_ended_reason like '%did-not-answer%' or p_ended_reason like '%no-answer%' or p_ended_reason like '%busy%'
      or coalesce(p_duration_seconds, 0) < 5 then 'missed'
    else 'answered'
  end
$$;

comment on function app.call_outcome(uuid, text, integer, boolean) is
  'The most telling thing that came of a call, from what it left in our tables, else from how it ended: booked, rescheduled, cancelled, message, transferred, spam (p_sales_talk: see app.is_sales_talk), voicemail, failed, missed or answered. What a caller says can make a call spam, and only one of which nothing else came.';

select app.seal('app.call_outcome(uuid, text, integer, boolean)', null, 'app_writer');
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
  v_written boolean;
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

  -- Whoever tries the agent out, from the browser or by telephone, is no lead; what they book has its contact.
  v_is_lead := v_call.direction <> 'web' and not exists (
    select from public.outbound_calls o where o.org_id = v_org_id and o.call_id = p_call_id and o.kind = 'test');
  if v_is_lead then
    v_contact_id := app.contact_of_call(p_call_id);
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
  -- A caller who spoke was connected, also where nobody says for how long.
  v_outcome := app.call_outcome(p_call_id, coalesce(p_ended_reason, v_call.ended_reason),
    coalesce(v_seconds, case when p_turns @> '[{"speaker": "caller"}]' then 5 end), v_spam);
  v_written := v_state <> 'pending_redaction' and btrim(v_summary) <> '';
  -- The contact before its call, as whoever erases or merges it locks them.
  perform from public.contacts c where c.org_id = v_org_id and c.id = v_contact_id for no key update;
  update public.call_logs c
  set status = 'ended', started_at = coalesce(p_started_at, c.started_at), ended_at = coalesce(p_ended_at, c.ended_at),
    duration_seconds = coalesce(v_seconds, c.duration_seconds),
    ended_reason = coalesce(left(p_ended_reason, 200), c.ended_reason), transcript = v_turns,
    summary = case when v_written then v_summary when v_state <> 'pending_redaction' then app.outcome_sentence(v_outcome) end,
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
  if v_is_lead and v_state <> 'pending_redaction' then
    perform app.score_lead(p_call_id);
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
  'Takes in an end-of-call report, before or after the status updates, once: a second report changes nothing unless redaction failed the first time. p_turns: [{"speaker","text","at"}]; p_said_names: names given to tools during the call, also of people who were not booked in the end; turns and summary are redacted of them and of everything else before they are stored; a missing duration follows from start and end. A recording that the provider has (p_recording_url: where it may be fetched for a while) is copied by a job. p_analysis: what the provider''s model found, see app.note_feeling; without a summary of its own the call gets the sentence of its outcome. Returns the transcript''s state; the first pending_redaction puts a job in the queue that fetches the report again. VX404 when the call is not the tenant''s.';

select app.seal('app.record_call_report(uuid, timestamptz, timestamptz, integer, text, text, jsonb, bigint, boolean, text[], text[], text, jsonb)', 'app_writer', 'tenant_service');
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
    lead_reasons = '{}', lead_score = 0, lead_scored_at = null, time_zone = null, language = null, marketing_consent_at = null, erased_at = v_now, updated_at = v_now
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
  'Makes two contacts of one person one: patients, visits, calls and messages of p_from become p_into''s, p_from''s row goes, and p_into is returned. What p_into knows wins; another number or address is kept in its notes, because a contact has one. Opt-outs hold by number and are not touched. Staff only (VX403). VX404 unknown or erased, VX400 one and the same.';

select app.seal('app.merge_contacts(uuid, uuid)', 'app_writer', 'tenant_user');
-- end of sql/1120_function_merge_contacts.sql
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
    c.tools_used, c.cost_micros, c.created_at, least(v_total, 50000), v_total > 50000, c.recording_error,
    c.summary_source, c.sentiment, c.sentiment_score, c.urgency
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
    c.tools_used, c.cost_micros, c.created_at, c.transcript, c.recording_error,
    c.summary_source, c.sentiment, c.sentiment_score, c.urgency
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
  -- A tool's date words are the model's, and may hold anything that was said.
  update public.booking_attempts b
  set said_date = null, said_time = null
  where b.org_id = v_org_id and b.call_id = any (p_call_ids) and (b.said_date is not null or b.said_time is not null);
  -- Our own side of the call is no one's secret. A report that still comes counts as taken in: it must bring nothing back.
  update public.call_logs c
  set from_number = case when c.direction = 'outbound' then c.from_number end,
    to_number = case when c.direction = 'outbound' then null else c.to_number end,
    summary = null, summary_source = null, sentiment = null, sentiment_score = null, sentiment_source = null, urgency = null,
    urgency_source = null, lead_score = null, lead_reasons = '{}', service_ids = '{}', transcript = '[]', transcript_state = 'none', reported_at = coalesce(c.reported_at, v_now), updated_at = v_now
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
    'keep_recordings_days', 'keep_transcripts_days', 'keep_messages_days', 'keep_memory_days', 'caller_memory', 'policies',
    'hot_lead_phone');
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
    keep_transcripts_for = case when p_fields ? 'keep_transcripts_days'
      then make_interval(days => (p_fields ->> 'keep_transcripts_days')::integer) else o.keep_transcripts_for end,
    keep_messages_for = case when p_fields ? 'keep_messages_days'
      then make_interval(days => (p_fields ->> 'keep_messages_days')::integer) else o.keep_messages_for end,
    keep_memory_for = coalesce(make_interval(days => (p_fields ->> 'keep_memory_days')::integer), o.keep_memory_for),
    caller_memory = coalesce((p_fields ->> 'caller_memory')::boolean, o.caller_memory),
    policies = coalesce(btrim(p_fields ->> 'policies'), o.policies),
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
  'Changes the organisation''s name, zone, rules for booking and safety, and returns it. p_fields may hold name, country (ISO 3166-1 alpha-2), time_zone (IANA; locations keep theirs), buffer_before_minutes, buffer_after_minutes, slot_step_minutes, min_notice_minutes, max_advance_days, hold_seconds, holds_per_day, approval_required, identity_factor, emergency_sentence, recording_consent, ai_disclosure, hipaa_mode, keep_recordings_days (null: recordings are kept until their call is deleted), keep_transcripts_days and keep_messages_days (null as well), keep_memory_days, caller_memory, policies and hot_lead_phone (E.164; null: nobody); what is absent stays. Owner and admin only (VX403). VX400: an unknown field or a value that it may not have.';

select app.seal('app.set_org_settings(jsonb)', 'app_writer', 'tenant_user');
-- end of sql/1265_function_set_org_settings.sql
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
  insert into public.audit_log (org_id, action, entity, entity_id)
  select v_org_id, 'recordings_expired', 'organization', v_org_id
  where v_count > 0;
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
  'Puts the deletion of recordings in the queue: of those older than the clinic''s keep_recordings_for, and of those whose deletion has not happened in six hours. Calls a copy failed that nobody has been at for as long. p_limit at most of each kind; returns of how many in all. That recordings expired stands in the audit log.';

select app.seal('app.expire_recordings(integer)', 'app_writer', 'tenant_service');
-- end of sql/1444_function_expire_recordings.sql
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
      '(?<! (not|no|never|without|dont|doesnt|didnt|isnt|arent|wasnt|werent|havent|hasnt|hadnt|wont|wouldnt|neither|nor)( [[:alnum:]]+)?( [[:alnum:]]+)?)'
      || ' ' || p_phrase || ' ')
$$;

comment on function app.says(text, text) is
  'Whether words from app.caller_words hold a phrase (small letters, no apostrophes), as whole words, at least once without a denial right before it. "facebook" does not say "book", "not in pain" not "pain".';

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
    ('business owner', 1), ('owner of the business', 1), ('limited time offer', 1), ('solar panels', 1), ('you have been selected', 1)
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
create or replace function app.outcome_sentence(p_outcome text)
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
    when 'answered' then 'The caller was answered. No visit was booked.'
    when 'voicemail' then 'A voicemail answered.'
    when 'missed' then 'Nobody spoke.'
    when 'spam' then 'A robot or a sales call.'
    when 'failed' then 'An error ended the call.'
  end
$$;

comment on function app.outcome_sentence(text) is 'The summary of a call that has none from the provider: what came of it, in one fixed sentence.';

select app.seal('app.outcome_sentence(text)', null, 'app_writer');
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
    sentiment = case when v_score < 0.4 then 'negative' when v_score > 0.6 then 'positive' when v_score is not null then 'neutral' end,
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
  with heard as (
    select r.topic, r.points, r.reason
    from (values
      ('visit', 25, 'Asked for a visit',
        '{book,booking,appointment,appointments,schedule,come in,get in,availability,available,openings,opening,slot,slots}'::text[]),
      ('pain', 25, 'Has pain or something broken',
        '{pain,painful,hurt,hurts,hurting,toothache,ache,aches,aching,swollen,swelling,bleeding,broke,broken,chipped,knocked out,fell out,infected,infection}'),
      ('soon', 15, 'Wants it soon',
        '{today,tonight,tomorrow,this week,asap,as soon as possible,right away,soonest,earliest,urgent,urgently}'),
      ('ready', 15, 'Is ready to go ahead',
        '{book me,sign me up,put me down,ill take it,ill take that,lets do it,lets do that,go ahead,id like to book,i want to book,i would like to book,want to book}'),
      ('price', 10, 'Asked about price or payment',
        '{price,prices,pricing,cost,costs,how much,insurance,financing,payment plan,payment plans,deposit}'),
      ('no', -40, 'Is not interested',
        '{not interested,no longer interested,just looking,just browsing,wrong number,stop calling,dont call,do not call,take me off,remove me,changed my mind}')
    ) r (topic, points, reason, phrases)
    where exists (select from unnest(r.phrases) p (phrase) where app.says(p_words, p.phrase))
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
  v_by_staff boolean;
  v_score integer := p_score;
  v_reasons text[] := p_reasons;
  v_fits integer;
begin
  select * into v_contact from public.contacts c where c.org_id = v_org_id and c.id = p_contact_id and c.erased_at is null for no key update;
  if not found then
    return null;
  end if;
  v_by_staff := coalesce(v_contact.lead_status_by = 'staff', v_contact.lead_status in ('hot', 'warm', 'lost'));
  -- A short question after a good talk makes nobody a worse lead; a no does.
  if not p_declined and v_contact.lead_score > p_score and v_contact.lead_scored_at > v_now - interval '30 days' then
    v_score := v_contact.lead_score;
    v_reasons := v_contact.lead_reasons;
  end if;
  if not v_by_staff and v_contact.lead_status <> 'booked' then
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
  'Gives a contact the score of its latest call with the reasons, unless an earlier one of the last 30 days is better and the caller did not decline (p_declined). Hot from 80 on, warm from 50. A status that staff set, and booked, stay; the score then is the nearest that fits. Returns the status; NULL for an erased contact.';

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
    ))
$$;

comment on function app.contact_opened(uuid) is
  'The contact whose own calls a caller may hear of: proved by a code texted to its number, or by the calling number where the organisation accepts that. NULL otherwise: a date of birth opens one patient, and a contact''s calls may be about others.';

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
    limit p_limit));
  get diagnostics v_messages = row_count;
  return cardinality(v_old) + v_messages;
end
$$;

comment on function app.expire_words(timestamptz, integer) is
  'The part of app.apply_retention about calls: their words and what was read from them go, and messages that callers left; times, outcome, cost and score stay. p_limit at most of each; returns of how many.';

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
    limit p_limit));
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
  v_recordings bigint;
begin
  select * into strict v_org from public.organizations o where o.id = app.require_org_id();
  if v_org.keep_transcripts_for is not null then
    v_words := app.expire_words(v_now - v_org.keep_transcripts_for, p_limit);
  end if;
  if v_org.keep_messages_for is not null then
    v_messages := app.expire_messages(v_now - v_org.keep_messages_for, p_limit);
  end if;
  v_recordings := app.expire_recordings(p_limit);
  insert into public.audit_log (org_id, action, entity, entity_id)
  select v_org.id, e.action, 'organization', v_org.id
  from (values ('words_expired', v_words), ('messages_expired', v_messages)) e (action, rows)
  where e.rows > 0;
  return v_words + v_messages + v_recordings;
end
$$;

comment on function app.apply_retention(integer) is
  'Lets go what the organisation keeps no longer, p_limit of each kind at most: the words of calls (keep_transcripts_for), of messages (keep_messages_for) and recordings (keep_recordings_for: jobs delete the files). What is remembered of callers is read from the calls, and needs nothing. Each kind that went leaves a row in the audit log. Returns how many went; 0: done for now.';

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
  where o.keep_transcripts_for is not null or o.keep_messages_for is not null or o.keep_recordings_for is not null
  order by o.id
$$;

comment on function app.orgs_with_retention() is
  'The organisations, of all, that keep something for a limited time: what has come to its end is for app.apply_retention to see, inside each.';

select app.seal('app.orgs_with_retention()', 'app_definer', 'voxanne_login');
-- end of sql/1883_function_orgs_with_retention.sql
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
drop function app.call_outcome;
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
revoke create on schema app from app_writer, app_definer, app_searcher;
-- +goose StatementEnd
