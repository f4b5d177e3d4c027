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
-- snapshot of sql/0162_function_require_admin.sql
create or replace function app.require_admin()
returns void
language plpgsql
stable
set search_path = ''
as $$
begin
  if app.current_member_role() is distinct from 'owner' and app.current_member_role() is distinct from 'admin' then
    raise exception 'this needs an owner or admin' using errcode = 'VX403';
  end if;
end
$$;

comment on function app.require_admin() is
  'Raises VX403 unless an owner or admin is acting: rules, keys and erasure are not everyday work.';

select app.seal('app.require_admin()', null, 'app_writer');
-- end of sql/0162_function_require_admin.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0291_function_number_hash.sql
-- Keyed, because ten digits are guessed in seconds; nested, so that a hash cannot be continued to that of a longer text.
-- sha256 is in the core: no extension is needed, also on Supabase.
create or replace function app.number_hash(
  p_number text
)
returns bytea
language plpgsql
volatile
strict
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_key bytea;
begin
  select k.number_key into v_key from public.org_keys k where k.org_id = v_org_id;
  if v_key is null then
    -- Each random UUID carries 122 bits of the server's strong randomness.
    insert into public.org_keys (org_id, number_key)
    values (v_org_id, sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())))
    on conflict (org_id) do nothing;
    select k.number_key into strict v_key from public.org_keys k where k.org_id = v_org_id;
  end if;
  return sha256(v_key || sha256(v_key || convert_to(lower(p_number), 'UTF8')));
end
$$;

comment on function app.number_hash(text) is
  'The tenant''s keyed hash of a phone number (E.164) or e-mail address, letters'' case aside: recognises it after the number itself was erased. The key is made at first use and never leaves the database. Another tenant''s hash of the same number differs. NULL gives NULL.';

select app.seal('app.number_hash(text)', null, 'app_writer');
-- end of sql/0291_function_number_hash.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0292_function_plain_text.sql
-- One curly quote turns a text of 160 characters into three segments of UCS-2, each paid for. What looks the same in
-- the phone's own alphabet is sent in it; letters of other languages are left as they are.
create or replace function app.plain_text(
  p_text text
)
returns text
language sql
immutable
strict
parallel safe
set search_path = ''
as $$
  select regexp_replace(
    regexp_replace(
      replace(
        translate(
          regexp_replace(p_text, E'\r\n?|[\u2028\u2029]', E'\n', 'g'),
          -- Quotation marks, primes; hyphens, dashes, minus; spaces of every width, and the tab.
          E'\u2018\u2019\u201A\u201B\u2032\u02BC' || E'\u201C\u201D\u201E\u201F\u2033\u00AB\u00BB'
            || E'\u2010\u2011\u2012\u2013\u2014\u2015\u2212'
            || E'\t\u00A0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200A\u202F\u205F\u3000',
          repeat('''', 6) || repeat('"', 7) || repeat('-', 7) || repeat(' ', 17)),
        E'\u2026', '...'),
      -- Soft hyphen, zero-width space, word joiner, byte order mark, marks and overrides of the writing direction.
      E'[\u00AD\u200B\u200E\u200F\u202A-\u202E\u2060\u2066-\u2069\uFEFF]', '', 'g'),
    -- What is left of C0 and C1; the newline stays.
    E'[\u0001-\u0009\u000B-\u001F\u007F-\u009F]', '', 'g')
$$;

comment on function app.plain_text(text) is
  'A text for a phone: typographic quotes, dashes, the ellipsis and all kinds of spaces made plain, line ends made newlines, invisible and control characters removed except the newline. Nothing else changes: accents and emoji stay. NULL gives NULL.';

select app.seal('app.plain_text(text)', null, 'app_writer');
-- end of sql/0292_function_plain_text.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0293_function_sms_segments.sql
-- 3GPP TS 23.038: the basic table, and the extension table whose characters take two septets. A text of several
-- segments loses seven septets (three UTF-16 units) of each to the header that joins them, and no character is split.
create or replace function app.sms_segments(
  p_text text
)
returns integer
language plpgsql
immutable
strict
parallel safe
set search_path = ''
as $$
declare
  v_basic constant text := E'@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&''()*+,-./0123456789:;<=>?¡'
    || 'ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà';
  v_extension constant text := E'\f^{}\\[~]|€';
  v_gsm boolean := translate(p_text, v_basic || v_extension, '') = '';
  v_single integer := case when v_gsm then 160 else 70 end;
  v_each integer := case when v_gsm then 153 else 67 end;
  v_character text;
  v_cost integer;
  v_total integer := 0;
  v_used integer := 0;
  v_segments integer := 1;
begin
  foreach v_character in array string_to_array(p_text, null) loop
    v_cost := case
      when v_gsm and strpos(v_extension, v_character) > 0 then 2
      when not v_gsm and ascii(v_character) > 65535 then 2
      else 1
    end;
    v_total := v_total + v_cost;
    if v_used + v_cost > v_each then
      v_segments := v_segments + 1;
      v_used := 0;
    end if;
    v_used := v_used + v_cost;
  end loop;
  return case when v_total <= v_single then 1 else v_segments end;
end
$$;

comment on function app.sms_segments(text) is
  'How many segments a carrier counts for a text: 160 characters of the GSM-7 alphabet in one, 153 in each of several, those of its extension table ({ } [ ] ~ ^ | \ and the euro) counting two; any other character makes it UCS-2 with 70 and 67 UTF-16 units, an emoji counting two. An empty text is one segment; NULL gives NULL.';

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
-- snapshot of sql/0335_function_lock_number.sql
-- Whether a number may be texted depends on what it was texted before: everything that decides about one number, or
-- changes what was decided, happens one after the other.
create or replace function app.lock_number(p_number text)
returns void
language sql
volatile
strict
set search_path = ''
as $$
  select pg_advisory_xact_lock(4, hashtext(app.current_org_id()::text || p_number))
$$;

comment on function app.lock_number(text) is
  'Serialises what concerns one phone number or address of the tenant, until the transaction ends. Taken after app.lock_call and before any row lock of messages or scheduled_messages. NULL locks nothing.';

select app.seal('app.lock_number(text)', null, 'app_writer');
-- end of sql/0335_function_lock_number.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0891_function_message_recipient.sql
create or replace function app.message_recipient(
  p_contact_id uuid,
  p_method text,
  p_recipient text
)
returns text
language plpgsql
stable
set search_path = ''
as $$
declare
  v_contact public.contacts;
begin
  if p_contact_id is null then
    return p_recipient;
  end if;
  select * into v_contact from public.contacts c where c.org_id = app.require_org_id() and c.id = p_contact_id;
  if v_contact.id is null then
    raise exception 'there is no such contact' using errcode = 'VX404';
  elsif v_contact.erased_at is not null then
    return null;
  end if;
  return coalesce(p_recipient, case p_method when 'sms' then v_contact.phone else v_contact.email end);
end
$$;

comment on function app.message_recipient(uuid, text, text) is
  'Where a message goes: the number or address given, else the contact''s phone (sms) or e-mail. NULL when there is none, and always for an erased contact. VX404 for an unknown one.';

select app.seal('app.message_recipient(uuid, text, text)', null, 'app_writer');
-- end of sql/0891_function_message_recipient.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0892_function_replayed_message.sql
create or replace function app.replayed_message(
  p_send_key text,
  p_category text,
  p_contact_id uuid
)
returns app.message_decision
language plpgsql
stable
set search_path = ''
as $$
declare
  v_message public.messages;
  v_decision app.message_decision;
begin
  select * into v_message from public.messages m where m.org_id = app.require_org_id() and m.send_key = p_send_key;
  if v_message.id is null then
    return v_decision;
  elsif v_message.category <> p_category or v_message.contact_id is distinct from p_contact_id then
    -- To answer "sent" would leave somebody believing that this one was told.
    raise exception 'this send key names a message of another kind or to somebody else' using errcode = 'VX409';
  end if;
  v_decision.outcome := 'replayed';
  v_decision.reason := v_message.reason;
  v_decision.message_id := v_message.id;
  v_decision.status := v_message.status;
  v_decision.recipient := v_message.recipient;
  v_decision.content := v_message.content;
  v_decision.segments := v_message.segments;
  return v_decision;
end
$$;

comment on function app.replayed_message(text, text, uuid) is
  'What became of an earlier wish to send with this key: outcome replayed with the message as it stands now, or an outcome of NULL when the key is new. A key that was used for another category or contact is VX409.';

select app.seal('app.replayed_message(text, text, uuid)', null, 'app_writer');
-- end of sql/0892_function_replayed_message.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0893_function_message_text_refusal.sql
create or replace function app.message_text_refusal(
  p_category text,
  p_method text,
  p_content text
)
returns text
language sql
immutable
parallel safe
set search_path = ''
as $$
  select case
    when coalesce(p_content, '') = '' then 'empty'
    -- 160 is what 47 CFR 64.1200(a)(9)(iv) allows a health care text; three times that holds several visits of a family.
    when p_method = 'sms' and char_length(p_content) > case when p_category in ('follow_up', 'marketing') then 160 else 480 end
      then 'too_long'
  end
$$;

comment on function app.message_text_refusal(text, text, text) is
  'Why a text cannot be sent as it is: empty, or too_long (sms: more than 160 code points for a follow-up or marketing, 480 for the rest; an e-mail has no limit). NULL: it can.';

select app.seal('app.message_text_refusal(text, text, text)', null, 'app_writer');
-- end of sql/0893_function_message_text_refusal.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0894_function_night_end.sql
-- A night is the stretch between two instants, not a test of the clock's reading: on the night the clock is set back,
-- 01:30 comes twice, and a message between the two would come in the middle of it.
create or replace function app.night_end(
  p_at timestamptz,
  p_zone text,
  p_from time,
  p_until time
)
returns timestamptz
language sql
stable
strict
parallel safe
set search_path = ''
as $$
  select max(app.local_instant(d.day + case when p_from < p_until then 0 else 1 end + p_until, p_zone, true))
  from (
    select (p_at at time zone p_zone)::date + n as day from generate_series(-1, 0) n
  ) d
  where p_from <> p_until
    and p_at >= app.local_instant(d.day + p_from, p_zone, false)
    and p_at < app.local_instant(d.day + case when p_from < p_until then 0 else 1 end + p_until, p_zone, true)
$$;

comment on function app.night_end(timestamptz, text, time, time) is
  'When the quiet hours end in which an instant lies in an IANA zone; NULL when it lies in none, or when p_from equals p_until (no quiet hours). Where the clock is set back over an end that comes twice, the last one counts; where it is set forward over it, the moment of the change.';

select app.seal('app.night_end(timestamptz, text, time, time)', null, 'app_writer');
-- end of sql/0894_function_night_end.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0895_function_next_sending_time.sql
-- A number's region may span several zones. The clinic's own, where it is one of them, is where its patients live; else
-- it must be day in all. Zones too far apart to share a day leave the clinic's.
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
declare
  v_org public.organizations;
  v_zones text[];
  v_at timestamptz := p_at;
  v_later timestamptz;
begin
  select * into strict v_org from public.organizations o where o.id = app.require_org_id();
  select array[c.time_zone] into v_zones
  from public.contacts c
  where c.org_id = v_org.id and c.id = p_contact_id and c.time_zone is not null;
  if v_zones is null then
    v_zones := array(select z from unnest(p_number_zones) z where app.is_time_zone(z));
    if v_zones = '{}' or v_org.time_zone = any (v_zones) then
      v_zones := array[v_org.time_zone];
    end if;
  end if;

  loop
    select max(app.night_end(v_at, z, v_org.quiet_from, v_org.quiet_until)) into v_later from unnest(v_zones) z;
    exit when v_later is null;
    if v_later > p_at + interval '48 hours' then
      return coalesce(app.night_end(p_at, v_org.time_zone, v_org.quiet_from, v_org.quiet_until), p_at);
    end if;
    v_at := v_later;
  end loop;
  return v_at;
end
$$;

comment on function app.next_sending_time(uuid, text[], timestamptz) is
  'The first instant from p_at on that is outside the clinic''s quiet hours where the recipient is: in the contact''s zone when staff know it, else in all zones of the number''s region (only the clinic''s, when it is among them), else in the clinic''s. p_at itself when it is day there. Zones that share no time of day within two days leave the clinic''s zone; names that are no zone are passed over.';

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
strict
set search_path = ''
as $$
declare
  v_hash bytea := app.number_hash(p_number);
begin
  return exists (
    select from public.opt_outs o
    where o.org_id = app.require_org_id() and o.channel = p_channel and o.number_hash = v_hash and o.revoked_at is null);
end
$$;

comment on function app.is_opted_out(text, text) is
  'Whether a number (or e-mail address) asked not to be reached on a channel (sms, voice, email), also when the number itself was erased since. Volatile because the first hash of a tenant makes its key.';

select app.seal('app.is_opted_out(text, text)', null, 'app_writer');
-- end of sql/0896_function_is_opted_out.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0897_function_spoken_refusal.sql
-- A number that is only said may be anybody's: without these limits a caller could have us text strangers, or expensive
-- foreign numbers, over and over.
create or replace function app.spoken_refusal(
  p_contact_id uuid,
  p_call_id uuid,
  p_recipient_hash bytea,
  p_number_region text
)
returns text
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
begin
  if p_number_region is distinct from (select o.country from public.organizations o where o.id = v_org_id) then
    return 'foreign_number';
  end if;
  -- One for the whole tenant: two jobs at once must not both find the one text that is allowed still to come.
  perform pg_advisory_xact_lock(5, hashtext(v_org_id::text));
  if exists (
    select from public.messages m
    left join public.contacts c on c.org_id = m.org_id and c.id = m.contact_id
    where m.org_id = v_org_id and (m.contact_id = p_contact_id or m.recipient_hash = p_recipient_hash)
      and m.direction = 'outbound' and m.method = 'sms' and m.category = 'confirmation'
      and m.status in ('queued', 'sent', 'delivered', 'unknown')
      and c.phone is distinct from m.recipient)
    or (
      select count(distinct m.recipient_hash)
      from public.messages m
      where m.org_id = v_org_id and m.call_id = p_call_id
        and m.direction = 'outbound' and m.method = 'sms' and m.category = 'confirmation'
        and m.status in ('queued', 'sent', 'delivered', 'unknown')
        and m.recipient_hash <> p_recipient_hash) >= 2
  then
    return 'spoken_limit';
  end if;
  return null;
end
$$;

comment on function app.spoken_refusal(uuid, uuid, bytea, text) is
  'Why a number that a caller only said may not be texted: foreign_number when its region (ISO 3166, NULL when unknown) is not the clinic''s country, spoken_limit when this contact or number had its one text, or when the call had two other numbers texted. NULL: it may.';

select app.seal('app.spoken_refusal(uuid, uuid, bytea, text)', null, 'app_writer');
-- end of sql/0897_function_spoken_refusal.sql
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
-- snapshot of sql/0899_function_daily_cap_reached.sql
-- A lock for every message would make one queue of a clinic's whole sending. Far below the cap nobody waits; the last
-- fifty, more than transactions run at once, are counted one after the other.
create or replace function app.daily_cap_reached(p_now timestamptz)
returns boolean
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_org public.organizations;
  v_day timestamptz;
  v_count bigint;
begin
  select * into strict v_org from public.organizations o where o.id = app.require_org_id();
  v_day := app.local_instant((p_now at time zone v_org.time_zone)::date::timestamp, v_org.time_zone, false);
  for v_try in 1 .. 2 loop
    select count(*) into v_count
    from public.messages m
    where m.org_id = v_org.id and m.created_at >= v_day and m.direction = 'outbound' and m.method in ('sms', 'email')
      and m.category not in ('code', 'reply') and m.status in ('queued', 'sent', 'delivered', 'unknown');
    exit when v_try = 2 or v_count < v_org.messages_per_day - 50;
    perform pg_advisory_xact_lock(5, hashtext(v_org.id::text));
  end loop;
  return v_count >= v_org.messages_per_day;
end
$$;

comment on function app.daily_cap_reached(timestamptz) is
  'Whether the clinic sent its messages_per_day today (its own day): texts and e-mails that left or may have left, codes and replies aside. Close to the cap it keeps others from counting until the transaction ends.';

select app.seal('app.daily_cap_reached(timestamptz)', null, 'app_writer');
-- end of sql/0899_function_daily_cap_reached.sql
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
      and m.category = p_category and m.status = 'blocked' and m.contact_id is not distinct from p_contact_id
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
      v_org_id, 'outbound', p_method, p_category, v_recipient, v_hash, app.plain_text(replace(p_subject, E'\n', ' ')), v_content,
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
-- snapshot of sql/0901_function_message_refusal.sql
-- What can never be right is said first, then what is only too early, and the limits last: a reminder that waits for the
-- morning is counted in the morning's day.
create or replace function app.message_refusal(
  p_category text,
  p_method text,
  p_contact_id uuid,
  p_recipient text,
  p_call_id uuid,
  p_number_zones text[],
  p_number_region text,
  p_spoken boolean,
  p_now timestamptz
)
returns app.message_decision
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_hash bytea := app.number_hash(p_recipient);
  v_decision app.message_decision;
begin
  v_decision.reason := case
    when app.is_opted_out(p_method, p_recipient) then 'opted_out'
    when p_category = 'marketing' and not exists (
      select from public.contacts c
      where c.org_id = v_org_id and c.id = p_contact_id and c.marketing_consent_at is not null) then 'no_consent'
    when p_spoken then app.spoken_refusal(p_contact_id, p_call_id, v_hash, p_number_region)
  end;
  if v_decision.reason is not null then
    v_decision.outcome := 'blocked';
    return v_decision;
  end if;

  -- Who was on the line a moment ago is awake, whatever the clock says.
  if p_method = 'sms' and (p_category in ('reminder', 'follow_up', 'marketing') or p_category = 'confirmation' and not exists (
    select from public.call_logs c
    where c.org_id = v_org_id and c.id = p_call_id and c.created_at > p_now - interval '30 minutes'))
  then
    v_decision.not_before := app.next_sending_time(p_contact_id, p_number_zones, p_now);
    if v_decision.not_before > p_now then
      v_decision.outcome := 'wait';
      v_decision.reason := 'quiet_hours';
      return v_decision;
    end if;
  end if;

  v_decision := app.message_limit_reason(p_category, p_contact_id, v_hash, p_now);
  if v_decision.reason is null and p_category not in ('code', 'reply') and app.daily_cap_reached(p_now) then
    v_decision.outcome := 'blocked';
    v_decision.reason := 'daily_cap';
  end if;
  return v_decision;
end
$$;

comment on function app.message_refusal(text, text, uuid, text, uuid, text[], text, boolean, timestamptz) is
  'Why a message may not leave now: outcome blocked with opted_out, no_consent, foreign_number, spoken_limit, too_soon, too_many_codes, reminder_limit or daily_cap, outcome wait with quiet_hours and not_before, or an outcome of NULL when it may. Quiet hours bind texts only, and neither codes nor replies nor the confirmation of a call of the last half hour. The recipient''s lock is held.';

select app.seal('app.message_refusal(text, text, uuid, text, uuid, text[], text, boolean, timestamptz)', null, 'app_writer');
-- end of sql/0901_function_message_refusal.sql
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
declare
  v_org_id uuid := app.require_org_id();
begin
  perform app.require_staff();
  if not exists (select from public.contacts c where c.org_id = v_org_id and c.id = p_contact_id) then
    raise exception 'there is no such contact' using errcode = 'VX404';
  elsif p_call_id is not null and not exists (select from public.call_logs c where c.org_id = v_org_id and c.id = p_call_id) then
    raise exception 'there is no such call' using errcode = 'VX404';
  end if;
  return query
  select *
  from app.begin_message(
    p_category => 'follow_up', p_method => 'sms', p_content => p_content, p_send_key => p_send_key,
    p_contact_id => p_contact_id, p_service_provider => 'twilio', p_call_id => p_call_id,
    p_number_zones => p_number_zones, p_number_region => p_number_region, p_request_id => p_request_id);
end
$$;

comment on function app.send_follow_up(uuid, text, text, text[], text, uuid, text) is
  'A text that a member of the staff writes to a contact, about a call or not. Answers as app.begin_message does, with outcome send for the caller to take to Twilio; in the recipient''s quiet hours it is wait with not_before and nothing is written. The same p_send_key again is replayed. Staff only (VX403); an unknown contact or call is VX404.';

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
declare
  v_org_id uuid := app.require_org_id();
  v_message public.messages;
  v_now timestamptz;
begin
  perform app.lock_number(m.recipient) from public.messages m where m.org_id = v_org_id and m.id = p_message_id;
  select * into v_message
  from public.messages m
  where m.org_id = v_org_id and m.id = p_message_id and m.direction = 'outbound'
    and m.status = 'queued' and m.handed_over_at is null
  for update;
  if v_message.id is null then
    return;
  end if;
  v_now := app.now();
  if app.is_opted_out(v_message.method, v_message.recipient) then
    update public.messages m
    set status = 'blocked', reason = 'opted_out', updated_at = v_now
    where m.org_id = v_org_id and m.id = p_message_id;
    perform app.announce('message_updated', 'message', p_message_id);
    return;
  end if;
  perform app.enqueue_job('settle_message', jsonb_build_object('message_id', p_message_id), v_now + interval '2 minutes');
  return query
  update public.messages m
  set handed_over_at = v_now, updated_at = v_now
  where m.org_id = v_org_id and m.id = p_message_id
  returning m.*;
end
$$;

comment on function app.claim_message(uuid) is
  'Hands a queued message to the one who asks, once, and puts a job in the queue that settles it if nothing more is heard. No row: somebody else has it, it is done, or the number opted out meanwhile and the message is blocked now.';

select app.seal('app.claim_message(uuid)', 'app_writer', 'tenant_service');
-- end of sql/0904_function_claim_message.sql
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

  if p_status in ('sent', 'delivered') and (p_message).category = 'confirmation' then
    update public.appointments a
    set confirmation_sent = true
    where a.org_id = v_org_id and not a.confirmation_sent
      and (a.id = (p_message).appointment_id or a.id in (
        select s.appointment_id from public.scheduled_messages s where s.org_id = v_org_id and s.message_id = v_id));
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
declare
  v_org_id uuid := app.require_org_id();
  v_message public.messages;
begin
  if p_outcome is null or p_outcome not in ('sent', 'failed', 'unknown') then
    raise exception 'a message ends as sent, failed or unknown' using errcode = 'VX400';
  end if;
  if p_error_code = '21610' then
    perform app.lock_number(m.recipient) from public.messages m where m.org_id = v_org_id and m.id = p_message_id;
  end if;
  select * into v_message
  from public.messages m
  where m.org_id = v_org_id and m.id = p_message_id and m.direction = 'outbound'
  for update;
  if v_message.id is null then
    raise exception 'there is no such message' using errcode = 'VX404';
  elsif v_message.status not in ('queued', 'unknown') then
    update public.messages m
    set external_message_id = p_external_id, updated_at = app.now()
    where m.org_id = v_org_id and m.id = p_message_id and m.external_message_id is null and p_external_id is not null;
    return v_message.status;
  end if;
  return app.conclude_message(v_message, p_outcome, p_external_id, p_error_code, p_reason);
end
$$;

comment on function app.finish_message(uuid, text, text, text, text) is
  'Says how the hand-over to the provider went: sent (with the provider''s id), failed (surely not sent) or unknown (it may have been). Only a queued or unknown message changes; what a delivery report said already stays, and gets the id if it had none. Twilio''s 21610 opts the number out. Staff are told of failed confirmations, reminders and codes, and of a message that cannot be settled (unknown, reason cannot_ask). Returns the status that stands. VX400 for another outcome, VX404 for an unknown message.';

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
declare
  v_org_id uuid := app.require_org_id();
  v_message public.messages;
begin
  if p_status is null or p_status not in ('sent', 'delivered', 'failed') then
    raise exception 'a delivery report says sent, delivered or failed' using errcode = 'VX400';
  end if;
  if p_error_code = '21610' then
    perform app.lock_number(m.recipient) from public.messages m where m.org_id = v_org_id and m.id = p_message_id;
  end if;
  select * into v_message
  from public.messages m
  where m.org_id = v_org_id and m.id = p_message_id and m.direction = 'outbound'
  for update;
  if v_message.id is null or v_message.external_message_id <> p_external_id
    or exists (
      select from public.messages m
      where m.org_id = v_org_id and m.service_provider = v_message.service_provider and m.external_message_id = p_external_id
        and m.id <> p_message_id)
  then
    return null;
  elsif v_message.status in ('queued', 'unknown')
    or (v_message.status = 'sent' and p_status <> 'sent')
    -- That it was never accepted was our conclusion; the provider's word is better.
    or (v_message.status = 'failed' and v_message.reason = 'never_accepted')
  then
    return app.conclude_message(v_message, p_status, p_external_id, p_error_code, null);
  end if;
  return v_message.status;
end
$$;

comment on function app.record_delivery(uuid, text, text, text) is
  'Takes in a provider''s delivery report, in any order and any number of times: a message goes from queued or unknown to sent and on to delivered or failed, never back. A report also settles a message whose sender never came back. Twilio''s 21610 opts the number out; staff are told of failed confirmations, reminders and codes. Returns the status that stands, NULL when there is no such outbound message or the provider''s id is another message''s. VX400 for another status.';

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
declare
  v_org_id uuid := app.require_org_id();
  v_message public.messages;
begin
  select * into v_message
  from public.messages m
  where m.org_id = v_org_id and m.id = p_message_id and m.direction = 'outbound'
    and (m.status = 'unknown' or (m.status = 'queued' and m.handed_over_at is not null))
  for update;
  if v_message.id is null then
    return;
  elsif v_message.status = 'queued' then
    perform app.conclude_message(v_message, 'unknown', null, null, null);
  end if;
  return query select m.* from public.messages m where m.org_id = v_org_id and m.id = p_message_id;
end
$$;

comment on function app.message_to_settle(uuid) is
  'The message when nobody knows what became of it: taken to the provider and never finished, or unknown. Its status is unknown from here on, so that the truth stands while the provider is asked. No row: it is settled, or still waits for its sender.';

select app.seal('app.message_to_settle(uuid)', 'app_writer', 'tenant_service');
-- end of sql/0910_function_message_to_settle.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0911_function_note_opt_out.sql
create or replace function app.note_opt_out(
  p_channel text,
  p_number text,
  p_number_hash bytea,
  p_source text
)
returns boolean
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_id uuid;
begin
  insert into public.opt_outs (org_id, channel, phone, number_hash, source, at)
  values (
    v_org_id, p_channel, case when p_number ~ '^\+[1-9][0-9]{6,14}$' then p_number end, p_number_hash, p_source, app.now())
  on conflict (org_id, channel, number_hash) where revoked_at is null do nothing
  returning id into v_id;
  if v_id is null then
    return false;
  end if;
  insert into public.audit_log (org_id, action, entity, entity_id, actor_user_id)
  values (v_org_id, 'opted_out', 'opt_out', v_id, app.current_user_id());
  perform app.announce('opt_out_updated', 'opt_out', v_id);
  return true;
end
$$;

comment on function app.note_opt_out(text, text, bytea, text) is
  'Writes an opt-out with its audit and event; whether it is new. The hash counts: p_number may be an e-mail address or what erasure left, and is then not kept. The number''s lock is held.';

select app.seal('app.note_opt_out(text, text, bytea, text)', null, 'app_writer');
-- end of sql/0911_function_note_opt_out.sql
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
  if app.current_user_id() is not null then
    perform app.require_staff();
  end if;
  if coalesce(p_number, '') = '' or p_channel is null or p_channel not in ('sms', 'voice', 'email')
    or p_source is null or p_source not in ('reply', 'carrier', 'staff', 'call')
    or (p_source = 'staff') <> (app.current_user_id() is not null)
  then
    raise exception 'nobody can be opted out so: channel %, source %', p_channel, p_source using errcode = 'VX400';
  end if;
  perform app.lock_number(p_number);
  return app.note_opt_out(p_channel, p_number, app.number_hash(p_number), p_source);
end
$$;

comment on function app.opt_out(text, text, text) is
  'From now on nobody reaches this number (E.164) or e-mail address on a channel (sms, voice, email), whatever contact it belongs to. p_source: reply, carrier, call, or staff, which is what a member does (VX403 for viewers). Returns whether that is new. VX400 for an unknown channel or source, or one that is not who acts.';

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
declare
  v_org_id uuid := app.require_org_id();
  v_hash bytea;
  v_id uuid;
begin
  if app.current_user_id() is not null then
    perform app.require_staff();
  end if;
  if coalesce(p_number, '') = '' or p_channel is null or p_channel not in ('sms', 'voice', 'email')
    or p_source is null or p_source not in ('reply', 'carrier', 'staff')
    or (p_source = 'staff') <> (app.current_user_id() is not null)
  then
    raise exception 'nobody can be opted in so: channel %, source %', p_channel, p_source using errcode = 'VX400';
  end if;
  perform app.lock_number(p_number);
  v_hash := app.number_hash(p_number);
  update public.opt_outs o
  set revoked_at = app.now(), revoked_by = p_source
  where o.org_id = v_org_id and o.channel = p_channel and o.number_hash = v_hash and o.revoked_at is null
  returning o.id into v_id;
  if v_id is null then
    return false;
  end if;
  insert into public.audit_log (org_id, action, entity, entity_id, actor_user_id)
  values (v_org_id, 'opted_in', 'opt_out', v_id, app.current_user_id());
  perform app.announce('opt_out_updated', 'opt_out', v_id);
  return true;
end
$$;

comment on function app.opt_in(text, text, text) is
  'Takes an opt-out back: the number or address may be reached again on that channel. p_source: reply, carrier, or staff, which is what a member does (VX403 for viewers). Returns whether there was one. VX400 for an unknown channel or source, or one that is not who acts.';

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
declare
  v_org public.organizations;
  v_from timestamptz;
  v_until timestamptz;
begin
  select * into strict v_org from public.organizations o where o.id = app.require_org_id();
  if p_from is null or p_to is null or p_to < p_from or p_to - p_from > 365 then
    raise exception 'statistics cover one day to 366 days' using errcode = 'VX400';
  end if;
  v_from := app.local_instant(p_from::timestamp, v_org.time_zone, false);
  v_until := app.local_instant((p_to + 1)::timestamp, v_org.time_zone, false);
  return query
  select
    (m.created_at at time zone v_org.time_zone)::date, m.method, m.category,
    count(*) filter (where m.direction = 'outbound' and m.sent_at is not null),
    count(*) filter (where m.direction = 'outbound' and m.status = 'delivered'),
    count(*) filter (where m.direction = 'outbound' and m.status = 'failed'),
    count(*) filter (where m.direction = 'outbound' and m.status = 'unknown'),
    count(*) filter (where m.direction = 'outbound' and m.status = 'blocked'),
    count(*) filter (where m.direction = 'inbound'),
    coalesce(sum(m.segments) filter (where m.direction = 'outbound' and m.sent_at is not null), 0)::bigint
  from public.messages m
  where m.org_id = v_org.id and m.created_at >= v_from and m.created_at < v_until
  group by 1, 2, 3
  order by 1, 2, 3;
end
$$;

comment on function app.message_stats(date, date) is
  'Messages per day of the clinic''s zone, way and category, both days included; days without messages have no row. sent counts what a provider took, whatever became of it, and segments what the carrier counts for that. Every member may look. VX400 for more than 366 days or days in the wrong order.';

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
begin
  raise exception 'app.save_credential is not written yet';
end
$$;

comment on function app.save_credential(text, bytea, bytea, bytea, text, text, text) is
  'Not written yet.';

select app.seal('app.save_credential(text, bytea, bytea, bytea, text, text, text)', 'app_writer', 'tenant_user');
-- end of sql/0980_function_save_credential.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0981_function_read_credential.sql
create or replace function app.read_credential(
  p_provider text
)
returns setof public.org_credentials
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
  raise exception 'app.read_credential is not written yet';
end
$$;

comment on function app.read_credential(text) is
  'Not written yet.';

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
begin
  raise exception 'app.remove_credential is not written yet';
end
$$;

comment on function app.remove_credential(text) is
  'Not written yet.';

select app.seal('app.remove_credential(text)', 'app_writer', 'tenant_user');
-- end of sql/0982_function_remove_credential.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0983_function_reseal_credential.sql
create or replace function app.reseal_credential(
  p_provider text,
  p_old_key_id text,
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
  raise exception 'app.reseal_credential is not written yet';
end
$$;

comment on function app.reseal_credential(text, text, bytea, bytea, bytea, text) is
  'Not written yet.';

select app.seal('app.reseal_credential(text, text, bytea, bytea, bytea, text)', 'app_writer', 'tenant_service');
-- end of sql/0983_function_reseal_credential.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0984_function_orgs_to_reseal.sql
create or replace function app.orgs_to_reseal(
  p_key_id text
)
returns setof uuid
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
  raise exception 'app.orgs_to_reseal is not written yet';
end
$$;

comment on function app.orgs_to_reseal(text) is
  'Not written yet.';

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
declare
  v_org_id uuid := app.require_org_id();
  v_key text;
begin
  perform app.require_admin();
  if jsonb_typeof(p_rules) is distinct from 'object' then
    raise exception 'the rules are an object' using errcode = 'VX400';
  end if;
  select r.key into v_key
  from jsonb_each(p_rules) r
  where app.is_message_rule(r.key, r.value) is not true
  order by r.key
  limit 1;
  if found then
    raise exception 'there is no such rule, or no such value for it: %', left(v_key, 40) using errcode = 'VX400';
  end if;

  return query
  update public.organizations o
  set follow_up_window = coalesce(make_interval(mins => (p_rules ->> 'follow_up_window_minutes')::integer), o.follow_up_window),
    quiet_from = coalesce((p_rules ->> 'quiet_from')::time, o.quiet_from),
    quiet_until = coalesce((p_rules ->> 'quiet_until')::time, o.quiet_until),
    reminder_offsets = case when p_rules ? 'reminder_offsets_minutes' then array(
      select make_interval(mins => m::integer)
      from jsonb_array_elements_text(p_rules -> 'reminder_offsets_minutes') m
      order by m::integer desc) else o.reminder_offsets end,
    messages_per_day = coalesce((p_rules ->> 'messages_per_day')::integer, o.messages_per_day),
    missed_call_text = coalesce((p_rules ->> 'missed_call_text')::boolean, o.missed_call_text),
    email_confirmations = coalesce((p_rules ->> 'email_confirmations')::boolean, o.email_confirmations),
    updated_at = app.now()
  where o.id = v_org_id
  returning o.*;
  insert into public.audit_log (org_id, action, entity, entity_id, actor_user_id)
  values (v_org_id, 'message_rules_changed', 'organization', v_org_id, app.current_user_id());
  perform app.announce('organization_updated', 'organization', v_org_id);
end
$$;

comment on function app.set_message_rules(jsonb) is
  'Changes the clinic''s rules for messages and returns the organisation. p_rules may hold follow_up_window_minutes (1 to 10080), quiet_from and quiet_until ("21:00"; equal: no quiet hours), reminder_offsets_minutes (at most five, each 10 to 86400), messages_per_day (0 to 100000), missed_call_text and email_confirmations; what is absent stays. Visits planned before keep their reminders. Owner and admin only (VX403). An unknown key or a bad value is VX400 and named.';

select app.seal('app.set_message_rules(jsonb)', 'app_writer', 'tenant_user');
-- end of sql/0985_function_set_message_rules.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0986_function_is_whole_number.sql
create or replace function app.is_whole_number(p_value jsonb, p_least integer, p_most integer)
returns boolean
language sql
immutable
parallel safe
set search_path = ''
as $$
  select case when jsonb_typeof(p_value) = 'number' and p_value #>> '{}' ~ '^[0-9]{1,9}$'
    then (p_value #>> '{}')::integer between p_least and p_most else false end
$$;

comment on function app.is_whole_number(jsonb, integer, integer) is
  'Whether a JSON value is a number without a fraction within the bounds, both included.';

select app.seal('app.is_whole_number(jsonb, integer, integer)', null, 'app_writer');
-- end of sql/0986_function_is_whole_number.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0987_function_is_message_rule.sql
create or replace function app.is_message_rule(p_key text, p_value jsonb)
returns boolean
language sql
immutable
parallel safe
set search_path = ''
as $$
  select case p_key
    when 'follow_up_window_minutes' then app.is_whole_number(p_value, 1, 7 * 24 * 60)
    when 'messages_per_day' then app.is_whole_number(p_value, 0, 100000)
    when 'quiet_from' then jsonb_typeof(p_value) = 'string' and p_value #>> '{}' ~ '^([01][0-9]|2[0-3]):[0-5][0-9]$'
    when 'quiet_until' then jsonb_typeof(p_value) = 'string' and p_value #>> '{}' ~ '^([01][0-9]|2[0-3]):[0-5][0-9]$'
    when 'missed_call_text' then jsonb_typeof(p_value) = 'boolean'
    when 'email_confirmations' then jsonb_typeof(p_value) = 'boolean'
    when 'reminder_offsets_minutes' then case when jsonb_typeof(p_value) = 'array' then (
      select count(*) <= 5 and count(*) = count(distinct m) and coalesce(bool_and(app.is_whole_number(m, 10, 60 * 24 * 60)), true)
      from jsonb_array_elements(p_value) m) else false end
    else false
  end
$$;

comment on function app.is_message_rule(text, jsonb) is
  'Whether app.set_message_rules knows the key and the value is one that it may have.';

select app.seal('app.is_message_rule(text, jsonb)', null, 'app_writer');
-- end of sql/0987_function_is_message_rule.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0988_function_erase_messages.sql
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
  perform app.lock_number(c.phone) from public.contacts c where c.org_id = v_org_id and c.id = p_contact_id;
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
drop function app.erase_visits;
drop function app.erase_contact;
drop function app.erase_calls;
drop function app.erase_messages;
drop function app.is_message_rule;
drop function app.is_whole_number;
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
drop function app.note_opt_out;
drop function app.message_to_settle;
drop function app.record_delivery;
drop function app.finish_message;
drop function app.conclude_message;
drop function app.claim_message;
drop function app.send_follow_up;
drop function app.message_refusal;
drop function app.begin_message;
drop function app.daily_cap_reached;
drop function app.message_limit_reason;
drop function app.spoken_refusal;
drop function app.is_opted_out;
drop function app.next_sending_time;
drop function app.night_end;
drop function app.message_text_refusal;
drop function app.replayed_message;
drop function app.message_recipient;
drop function app.lock_number;
drop function app.local_words;
drop function app.sms_segments;
drop function app.plain_text;
drop function app.number_hash;
drop function app.require_admin;
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
