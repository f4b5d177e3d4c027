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
drop function app.approve_appointment;
drop function app.cancel_appointment;
drop function app.reschedule_appointment;
drop function app.book_appointment;
drop function app.amend_appointment;
drop function app.move_appointment;
drop function app.place_booking;
drop function app.note_change;
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
-- One letter outside GSM-7 turns a text into UCS-2 and halves what fits into a segment. Of the accents only those are
-- written that GSM-7 has (é, ä); sáb, août and the like go without.
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
declare
  v_local timestamp := p_at at time zone p_zone;
  v_days text[] := case p_language
    when 'es' then '{dom,lun,mar,mié,jue,vie,sab}'::text[]
    when 'fr' then '{dim,lun,mar,mer,jeu,ven,sam}'
    when 'de' then '{So,Mo,Di,Mi,Do,Fr,Sa}'
    else '{Sun,Mon,Tue,Wed,Thu,Fri,Sat}' end;
  v_months text[] := case p_language
    when 'es' then '{enero,febrero,marzo,abril,mayo,junio,julio,agosto,septiembre,octubre,noviembre,diciembre}'::text[]
    when 'fr' then '{janvier,février,mars,avril,mai,juin,juillet,aout,septembre,octobre,novembre,décembre}'
    when 'de' then '{Januar,Februar,März,April,Mai,Juni,Juli,August,September,Oktober,November,Dezember}'
    else '{Jan,Feb,Mar,Apr,May,Jun,Jul,Aug,Sep,Oct,Nov,Dec}' end;
  v_day text := v_days[extract(dow from v_local)::integer + 1];
  v_month text := v_months[extract(month from v_local)::integer];
  v_number text := to_char(v_local, 'FMDD');
begin
  return case
    when p_language in ('es', 'fr') then array[v_day || ' ' || v_number || ' ' || v_month, to_char(v_local, 'HH24:MI')]
    when p_language = 'de' then array[v_day || ' ' || v_number || '. ' || v_month, to_char(v_local, 'HH24:MI')]
    else array[v_day || ' ' || v_month || ' ' || v_number, to_char(v_local, 'FMHH12:MI AM')]
  end;
end
$$;

comment on function app.local_words(timestamptz, text, text) is
  'An instant in the words of a zone''s wall clock: array[date, time], e.g. {Tue Mar 3,2:00 PM}. Languages en, es, fr, de; any other is English. English has the 12-hour clock, the others 24 hours. Accents outside GSM-7 are left out (sab, aout): a single one would double the price of a text.';

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
-- snapshot of sql/0336_function_lock_contact.sql
create or replace function app.lock_contact(p_contact_id uuid)
returns void
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_contact public.contacts;
begin
  select * into v_contact
  from public.contacts c
  where c.org_id = app.require_org_id() and c.id = p_contact_id;
  -- Always the number first. Families share addresses: whoever took the address first would wait for a number in a ring.
  perform app.lock_number(coalesce(v_contact.phone, v_contact.spoken_phone, v_contact.id::text));
  perform app.lock_number(v_contact.email);
end
$$;

comment on function app.lock_contact(uuid) is
  'Serialises what is sent to a contact, by text and e-mail, until the transaction ends: app.lock_number for its number (the one that was said, where no other is known) and then its address. An unknown contact locks nothing.';

select app.seal('app.lock_contact(uuid)', null, 'app_writer');
-- end of sql/0336_function_lock_contact.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0463_function_schedule_confirmation.sql
create or replace function app.schedule_confirmation(p_visit public.appointments, p_call_id uuid, p_now timestamptz)
returns void
language plpgsql
volatile
set search_path = ''
as $$
declare
  -- What one call books within two minutes is told in one text.
  v_due_at timestamptz := case when p_call_id is null then p_now else p_now + interval '2 minutes' end;
  v_id uuid;
begin
  insert into public.scheduled_messages (org_id, kind, contact_id, appointment_id, call_id, due_at)
  values ((p_visit).org_id, 'confirmation', (p_visit).contact_id, (p_visit).id, p_call_id, v_due_at)
  on conflict (org_id, appointment_id) where kind = 'confirmation' and state = 'waiting'
  do update set contact_id = excluded.contact_id, call_id = excluded.call_id, due_at = excluded.due_at, updated_at = p_now
  returning id into v_id;
  perform app.enqueue_job('send_scheduled', jsonb_build_object('scheduled_id', v_id), v_due_at);
end
$$;

comment on function app.schedule_confirmation(public.appointments, uuid, timestamptz) is
  'Lets a visit be confirmed to its contact: two minutes from now for what a call did, at once for the dashboard. A confirmation that still waits is put off instead of repeated.';

select app.seal('app.schedule_confirmation(public.appointments, uuid, timestamptz)', null, 'app_writer');
-- end of sql/0463_function_schedule_confirmation.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0464_function_schedule_reminders.sql
create or replace function app.schedule_reminders(p_visit public.appointments, p_now timestamptz)
returns void
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_offsets interval[];
  v_offset interval;
  v_due_at timestamptz;
  v_id uuid;
begin
  select o.reminder_offsets into v_offsets from public.organizations o where o.id = (p_visit).org_id;
  foreach v_offset in array v_offsets loop
    -- Counted in seconds: a day subtracted from an instant would be the session's idea of a day.
    v_due_at := (p_visit).scheduled_at - make_interval(secs => extract(epoch from v_offset)::double precision);
    if v_due_at >= p_now + interval '5 minutes' then
      insert into public.scheduled_messages as s (org_id, kind, contact_id, appointment_id, before, due_at)
      values ((p_visit).org_id, 'reminder', (p_visit).contact_id, (p_visit).id, v_offset, v_due_at)
      on conflict (org_id, appointment_id, before) where kind = 'reminder' and state = 'waiting'
      do update set contact_id = excluded.contact_id, due_at = excluded.due_at, updated_at = p_now
      where (s.contact_id, s.due_at) is distinct from (excluded.contact_id, excluded.due_at)
      returning s.id into v_id;
      if v_id is not null then
        perform app.enqueue_job('send_scheduled', jsonb_build_object('scheduled_id', v_id), v_due_at);
      end if;
    else
      update public.scheduled_messages s
      set state = 'cancelled', reason = 'too_late', updated_at = p_now
      where s.org_id = (p_visit).org_id and s.appointment_id = (p_visit).id
        and s.kind = 'reminder' and s.before = v_offset and s.state = 'waiting';
    end if;
  end loop;

  update public.scheduled_messages s
  set state = 'cancelled', reason = 'not_wanted', updated_at = p_now
  where s.org_id = (p_visit).org_id and s.appointment_id = (p_visit).id
    and s.kind = 'reminder' and s.before <> all (v_offsets) and s.state = 'waiting';
end
$$;

comment on function app.schedule_reminders(public.appointments, timestamptz) is
  'Brings a visit''s waiting reminders in step with its time and the organisation''s offsets: one per offset, so many hours of real time before the visit; none that would be due within five minutes. A moved reminder gets another job; the old job finds nothing due.';

select app.seal('app.schedule_reminders(public.appointments, timestamptz)', null, 'app_writer');
-- end of sql/0464_function_schedule_reminders.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0465_function_schedule_for_appointment.sql
create or replace function app.schedule_for_appointment(
  p_appointment_id uuid,
  p_change text,
  p_call_id uuid default null
)
returns void
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_now timestamptz := app.now();
  v_visit public.appointments;
begin
  select * into v_visit from public.appointments a where a.org_id = v_org_id and a.id = p_appointment_id;
  if p_change = 'confirmed_by_patient' or v_visit.id is null then
    return;
  elsif v_visit.status = 'confirmed' and v_visit.scheduled_at > v_now then
    perform app.schedule_confirmation(v_visit, p_call_id, v_now);
    perform app.schedule_reminders(v_visit, v_now);
  else
    update public.scheduled_messages s
    set state = 'cancelled', updated_at = v_now,
      reason = case v_visit.status when 'pending' then 'approval_needed' when 'confirmed' then 'too_late' else 'not_active' end
    where s.org_id = v_org_id and s.appointment_id = p_appointment_id and s.state = 'waiting';
  end if;

  -- The code that was sent stays good for as long as the visit it names is ahead, wherever it was moved to.
  update public.identity_codes c
  set expires_at = case when v_visit.status in ('pending', 'confirmed') then upper(v_visit.during) else v_now end
  where c.org_id = v_org_id and c.appointment_id = p_appointment_id and c.kind = 'confirmation';
end
$$;

comment on function app.schedule_for_appointment(uuid, text, uuid) is
  'After a change of a visit: what is to be sent about it by itself. A confirmed visit ahead gets a confirmation and its reminders, a moved one keeps its rows with new times, a pending, cancelled or past one has none. p_change: the kind of app.note_change; p_call_id: the call that changed it.';

select app.seal('app.schedule_for_appointment(uuid, text, uuid)', null, 'app_writer');
-- end of sql/0465_function_schedule_for_appointment.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0466_function_stop_campaigns_for.sql
create or replace function app.stop_campaigns_for(
  p_contact_id uuid,
  p_cause text
)
returns void
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_reason text := case p_cause when 'reply' then 'replied' when 'booking' then 'booked' when 'opt_out' then 'opted_out' end;
begin
  if v_reason is null then
    raise exception 'campaigns stop on reply, booking or opt_out' using errcode = 'VX400';
  end if;
  -- In order of their ids, as app.stop_campaign takes them, so that the two never wait for each other in a ring.
  with stopped as (
    select s.org_id, s.id
    from public.scheduled_messages s
    join public.campaign_steps t on t.org_id = s.org_id and t.id = s.campaign_step_id
    join public.campaigns c on c.org_id = t.org_id and c.id = t.campaign_id
    where s.org_id = app.require_org_id() and s.contact_id = p_contact_id and s.kind = 'campaign' and s.state = 'waiting'
      and case p_cause when 'reply' then c.stop_on_reply when 'booking' then c.stop_on_booking else true end
    order by s.id
    for update of s
  )
  update public.scheduled_messages s
  set state = 'cancelled', reason = v_reason, updated_at = app.now()
  from stopped
  where s.org_id = stopped.org_id and s.id = stopped.id;
end
$$;

comment on function app.stop_campaigns_for(uuid, text) is
  'The contact gets no further steps of campaigns that stop for that cause: reply, booking (each where the campaign says so) or opt_out (always). What was sent stays; other contacts go on. An unknown cause is VX400.';

select app.seal('app.stop_campaigns_for(uuid, text)', null, 'app_writer');
-- end of sql/0466_function_stop_campaigns_for.sql
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
end
$$;

comment on function app.note_change(text, uuid, public.appointments, uuid, uuid) is
  'Keeps the history of an appointment, tells live clients and puts in order what is to be sent to the patient. p_old is the row before the change, NULL for a new booking; p_message_id the patient''s text that asked for it, where one did.';

select app.seal('app.note_change(text, uuid, public.appointments, uuid, uuid)', null, 'app_writer');
-- end of sql/0470_function_note_change.sql
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
-- snapshot of sql/0510_function_move_appointment.sql
create or replace function app.move_appointment(
  p_kind text,
  p_appointment_id uuid,
  p_service_id uuid,
  p_resource_id uuid,
  p_starts_at timestamptz,
  p_call_id uuid,
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
    select app.candidates(p_service_id, p_resource_id, app.location_of_wish(p_call_id, p_appointment_id)));
  v_now timestamptz;
  v_old public.appointments;
  v_slot app.free_slot;
begin
  perform app.lock_resources(v_candidates);
  v_now := app.now();
  perform app.drop_expired_holds(v_candidates, v_now);

  -- Read again under the lock: staff may have cancelled or moved it meanwhile.
  select * into v_old
  from public.appointments a
  where a.org_id = v_org_id and a.id = p_appointment_id
  for update;
  if v_old.status is null or v_old.status not in ('pending', 'confirmed') then
    return app.booking_refusal('refused', 'not_active', p_service_id, p_resource_id, p_starts_at);
  end if;

  if v_old.service_id = p_service_id and v_old.scheduled_at = p_starts_at
    and coalesce(p_resource_id, v_old.resource_id) = v_old.resource_id
  then
    return app.booking_answer(p_kind, p_appointment_id);
  end if;

  select * into v_slot
  from app.choose_slot(p_service_id, p_resource_id, p_starts_at, v_now, p_call_id, p_appointment_id, p_override);
  if v_slot.resource_id is not null then
    begin
      -- A hold of this call on the new slot has served its purpose; it goes first, or it would stand in the way.
      delete from public.appointments a
      where a.org_id = v_org_id and a.call_id = p_call_id and a.status = 'held';
      update public.appointments a
      set location_id = v_slot.location_id, service_id = p_service_id, resource_id = v_slot.resource_id,
        scheduled_at = lower(v_slot.during), duration = upper(v_slot.during) - lower(v_slot.during),
        during = v_slot.during, blocked = v_slot.blocked,
        -- Moving does not approve; it can bring a confirmed visit under a stale calendar back to pending.
        status = case when a.status = 'pending' and not p_override then 'pending'
          else app.starting_status(v_slot.resource_id, v_now, p_override) end,
        overridden_by = case when p_override then app.current_user_id() else a.overridden_by end,
        confirmation_sent = false, confirmed_by_patient_at = null, updated_at = v_now
      where a.org_id = v_org_id and a.id = p_appointment_id;
    exception
      when exclusion_violation then
        v_slot := null;
      when unique_violation then
        -- The same patient has just this visit already, booked by the same call.
        return app.booking_refusal('question', 'own_booking', p_service_id, v_slot.resource_id, p_starts_at);
    end;
  end if;
  if v_slot.resource_id is null then
    return app.slot_refusal(p_service_id, p_resource_id, p_starts_at, v_now, p_call_id, p_appointment_id, p_override);
  end if;

  perform app.note_change(p_kind, p_appointment_id, v_old, p_call_id);
  return app.booking_answer(p_kind, p_appointment_id);
end
$$;

comment on function app.move_appointment(text, uuid, uuid, uuid, timestamptz, uuid, boolean) is
  'Moves one row to another time, resource or service in one statement: both or nothing, with its history kept. p_kind says what it is called (amended, rescheduled). The resource it has is preferred where any will do.';

select app.seal('app.move_appointment(text, uuid, uuid, uuid, timestamptz, uuid, boolean)', null, 'app_writer');
-- end of sql/0510_function_move_appointment.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0520_function_amend_appointment.sql
create or replace function app.amend_appointment(
  p_call_id uuid,
  p_booking_ref text,
  p_service text default null,
  p_starts_at timestamptz default null,
  p_resource text default null,
  p_patient_name text default null,
  p_tool_call_id text default null,
  p_said_date text default null,
  p_said_time text default null
)
returns setof app.booking_result
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_old public.appointments;
  v_service_id uuid;
  v_resource_id uuid;
  v_result app.booking_result;
begin
  perform app.lock_call(p_call_id);
  v_result := app.replayed_attempt('amend', p_call_id, p_tool_call_id);
  if v_result.outcome is not null then
    return next v_result;
    return;
  end if;

  select * into v_old
  from public.appointments a
  where a.org_id = v_org_id
    and a.call_id = p_call_id
    and a.booking_ref = upper(regexp_replace(p_booking_ref, '[^A-Za-z0-9]', '', 'g'));
  v_service_id := case when coalesce(btrim(p_service), '') = '' then v_old.service_id
    else (select id from app.find_service(p_service)) end;
  v_resource_id := (select id from app.find_resource(p_resource));

  if v_old.id is null then
    v_result := app.booking_refusal('refused', 'not_found');
  elsif v_service_id is null then
    v_result := app.booking_refusal('refused', 'unknown_service');
  elsif v_resource_id is null and coalesce(btrim(p_resource), '') <> '' then
    v_result := app.booking_refusal('refused', 'unknown_resource', v_service_id);
  elsif v_old.status not in ('pending', 'confirmed') then
    v_result := app.booking_refusal('refused', 'not_active', v_service_id);
  else
    begin
      v_result := app.move_appointment('amended', v_old.id, v_service_id, v_resource_id,
        coalesce(p_starts_at, v_old.scheduled_at), p_call_id, false);
      if v_result.outcome = 'amended' and app.normalise_name(coalesce(p_patient_name, '')) <> '' then
        perform app.rename_patient(v_old.id, p_patient_name, p_call_id);
        v_result := app.booking_answer('amended', v_old.id);
      end if;
    exception when unique_violation then
      -- Under the new name or time it would be a visit that this call has booked already: nothing is changed.
      v_result := app.booking_refusal('question', 'own_booking', v_service_id, v_resource_id, p_starts_at);
    end;
  end if;

  perform app.note_attempt('amend', v_result, p_call_id, p_tool_call_id, p_starts_at, p_said_date, p_said_time);
  return next v_result;
end
$$;

comment on function app.amend_appointment(uuid, text, text, timestamptz, text, text, text, text, text) is
  'Changes a booking that this very call made, named by its booking_ref: service, start, resource or the patient''s name; what is NULL or blank stays, but for the resource: without a name it stays where it is free, else another takes the visit. outcome amended, or refused: not_found (of another call, or none), not_active, unknown_service, unknown_resource or one of app.refusal_reason with alternatives.';

select app.seal('app.amend_appointment(uuid, text, text, timestamptz, text, text, text, text, text)', 'app_writer', 'tenant_service');
-- end of sql/0520_function_amend_appointment.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0530_function_book_appointment.sql
create or replace function app.book_appointment(
  p_service text,
  p_starts_at timestamptz,
  p_patient_name text,
  p_call_id uuid default null,
  p_tool_call_id text default null,
  p_resource text default null,
  p_contact_id uuid default null,
  p_date_of_birth date default null,
  p_email text default null,
  p_spoken_phone text default null,
  p_another_person boolean default false,
  p_notes text default null,
  p_override boolean default false,
  p_said_date text default null,
  p_said_time text default null
)
returns setof app.booking_result
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_name text := btrim(coalesce(p_patient_name, ''));
  v_service_id uuid;
  v_resource_id uuid;
  v_verdict text;
  v_own_id uuid;
  v_result app.booking_result;
begin
  -- A signed-in person is judged by their role, also when they name a call.
  if p_call_id is null or app.current_user_id() is not null then
    perform app.require_staff();
  end if;
  if p_call_id is null then
    if not exists (select from public.contacts c where c.org_id = v_org_id and c.id = p_contact_id) then
      raise exception 'name the contact to book for' using errcode = 'VX404';
    end if;
  elsif p_override or p_contact_id is not null then
    raise exception 'a call books by the rules and for its own contact' using errcode = 'VX403';
  end if;

  if p_starts_at is null then
    raise exception 'name the time to book' using errcode = 'VX400';
  end if;
  if p_call_id is not null then
    perform app.lock_call(p_call_id);
    v_result := app.replayed_attempt('book', p_call_id, p_tool_call_id);
    if v_result.outcome is not null then
      return next v_result;
      return;
    end if;
  end if;

  select id into v_service_id from app.find_service(p_service);
  select id into v_resource_id from app.find_resource(p_resource);
  if v_service_id is not null and v_name <> '' then
    select o.verdict, o.appointment_id into v_verdict, v_own_id
    from app.own_booking(p_call_id, v_service_id, v_resource_id, p_starts_at, v_name, p_date_of_birth, p_another_person) o;
  end if;

  v_result := case
    when v_service_id is null then app.booking_refusal('refused', 'unknown_service')
    when v_resource_id is null and coalesce(btrim(p_resource), '') <> '' then
      app.booking_refusal('refused', 'unknown_resource', v_service_id)
    when app.normalise_name(v_name) = '' then
      app.booking_refusal('question', 'name_missing', v_service_id, v_resource_id, p_starts_at)
    when v_verdict = 'replay' then app.booking_answer('booked', v_own_id, null, true)
    when v_verdict = 'question' then app.booking_answer('question', v_own_id, 'same_person')
    when v_verdict = 'amend' then
      app.move_appointment('amended', v_own_id, v_service_id, v_resource_id, p_starts_at, p_call_id, false)
    else app.place_booking(v_service_id, v_resource_id, p_starts_at, p_call_id, p_contact_id, v_name,
      p_date_of_birth, p_email, p_spoken_phone, nullif(btrim(p_notes), ''), p_override)
  end;

  -- A gap too short for the buffers between two visits of one call: nobody is told that they took it from themselves.
  if v_result.outcome = 'refused' and v_result.reason = 'taken' and app.blocked_by_own(p_call_id, v_service_id, v_resource_id, p_starts_at) then
    v_result.outcome := 'question';
    v_result.reason := 'own_booking';
  end if;

  if p_override and v_result.outcome = 'booked' then
    insert into public.audit_log (org_id, action, entity, entity_id, actor_user_id)
    values (v_org_id, 'booking_override', 'appointment', v_result.appointment_id, app.current_user_id());
  end if;
  perform app.note_attempt('book', v_result, p_call_id, p_tool_call_id, p_starts_at, p_said_date, p_said_time);
  return next v_result;
end
$$;

comment on function app.book_appointment(text, timestamptz, text, uuid, text, text, uuid, date, text, text, boolean, text, boolean, text, text) is
  'Books a visit, or says why not. By a call (p_call_id) for its own contact and by all rules, or by staff (p_contact_id; p_override sets every rule aside but the no-overlap one, and is audited). The end follows from the service. outcome booked (replayed when the same tool call or the same wish came before), amended (the call''s own overlapping booking of the same name was moved), question (name_missing, same_person: appointment and patient_name are those of the booking meant, own_booking) or refused (unknown_service, unknown_resource or one of app.refusal_reason) with up to three alternatives.';

select app.seal('app.book_appointment(text, timestamptz, text, uuid, text, text, uuid, date, text, text, boolean, text, boolean, text, text)', 'app_writer', 'tenant_service', 'tenant_user');
-- end of sql/0530_function_book_appointment.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0570_function_reschedule_appointment.sql
create or replace function app.reschedule_appointment(
  p_starts_at timestamptz,
  p_appointment text default null,
  p_on date default null,
  p_call_id uuid default null,
  p_tool_call_id text default null,
  p_resource text default null,
  p_override boolean default false,
  p_said_date text default null,
  p_said_time text default null,
  p_at time default null,
  p_patient_name text default null
)
returns setof app.booking_result
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_pick record;
  v_done_id uuid;
  v_old public.appointments;
  v_resource_id uuid := (select id from app.find_resource(p_resource));
  v_result app.booking_result;
begin
  -- A signed-in person is judged by their role, also when they name a call.
  if p_call_id is null or app.current_user_id() is not null then
    perform app.require_staff();
  end if;
  if p_call_id is not null and p_override then
    raise exception 'a call moves visits by the rules' using errcode = 'VX403';
  elsif p_call_id is not null then
    perform app.lock_call(p_call_id);
    v_result := app.replayed_attempt('reschedule', p_call_id, p_tool_call_id);
    if v_result.outcome is not null then
      return next v_result;
      return;
    end if;
  end if;

  if p_starts_at is null then
    raise exception 'name the time to move to' using errcode = 'VX400';
  end if;
  select * into v_pick from app.pick_appointment(p_call_id, p_appointment, p_on, p_at, p_patient_name);
  if v_pick.appointment_id is null and v_pick.reason <> 'which_appointment' then
    v_done_id := app.already_changed(
      'rescheduled', p_call_id, p_appointment, p_on, p_at, p_patient_name, p_starts_at);
  end if;
  select * into v_old from public.appointments a where a.org_id = v_org_id and a.id = v_pick.appointment_id;
  v_result := case
    when v_done_id is not null then app.booking_answer('rescheduled', v_done_id, null, true)
    when v_pick.reason = 'which_appointment' then app.booking_refusal('question', v_pick.reason)
    when v_pick.reason is not null then app.booking_refusal('refused', v_pick.reason)
    when v_resource_id is null and coalesce(btrim(p_resource), '') <> '' then
      app.booking_refusal('refused', 'unknown_resource', v_old.service_id)
    -- Asked for the time it already has: the wish is fulfilled, there is nothing to move.
    when v_old.status in ('pending', 'confirmed') and v_old.scheduled_at = p_starts_at
      and coalesce(v_resource_id, v_old.resource_id) = v_old.resource_id then
      app.booking_answer('rescheduled', v_old.id, null, true)
    -- A visit from before the call stays with its practitioner unless another one was asked for.
    else app.move_appointment('rescheduled', v_old.id, v_old.service_id,
      case when v_old.call_id = p_call_id then v_resource_id else coalesce(v_resource_id, v_old.resource_id) end,
      p_starts_at, p_call_id, p_override)
  end;

  if p_override and v_result.outcome = 'rescheduled' then
    insert into public.audit_log (org_id, action, entity, entity_id, actor_user_id)
    values (v_org_id, 'reschedule_override', 'appointment', v_old.id, app.current_user_id());
  end if;
  perform app.note_attempt('reschedule', v_result, p_call_id, p_tool_call_id, p_starts_at, p_said_date, p_said_time);
  return next v_result;
end
$$;

comment on function app.reschedule_appointment(timestamptz, text, date, uuid, text, text, boolean, text, text, time, text) is
  'Moves a visit to p_starts_at, in one row and one transaction, history kept, with the same practitioner unless another one is named (what this very call booked may go to any). Named by booking_ref or id, else by its day, time and patient (see app.meant_appointments); a call may move only what it may hear about. outcome rescheduled, question (which_appointment) or refused: not_verified, not_found, not_active, unknown_resource or one of app.refusal_reason with alternatives.';

select app.seal('app.reschedule_appointment(timestamptz, text, date, uuid, text, text, boolean, text, text, time, text)', 'app_writer', 'tenant_service', 'tenant_user');
-- end of sql/0570_function_reschedule_appointment.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0578_function_write_cancellation.sql
create or replace function app.write_cancellation(
  p_old public.appointments,
  p_reason text,
  p_call_id uuid,
  p_message_id uuid default null
)
returns void
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_now timestamptz := app.now();
begin
  update public.appointments a
  set status = 'cancelled', cancelled_at = v_now, cancel_reason = left(nullif(btrim(p_reason), ''), 200), updated_at = v_now
  where a.org_id = app.require_org_id() and a.id = (p_old).id;
  perform app.note_change('cancelled', (p_old).id, p_old, p_call_id, p_message_id);
end
$$;

comment on function app.write_cancellation(public.appointments, text, uuid, uuid) is
  'Cancels a visit and keeps its history, whoever asked: staff (neither id), a call, or a text. p_old is the row as read for update by the caller, who has decided that it may be cancelled.';

select app.seal('app.write_cancellation(public.appointments, text, uuid, uuid)', null, 'app_writer');
-- end of sql/0578_function_write_cancellation.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0580_function_cancel_appointment.sql
create or replace function app.cancel_appointment(
  p_appointment text default null,
  p_on date default null,
  p_call_id uuid default null,
  p_tool_call_id text default null,
  p_reason text default null,
  p_at time default null,
  p_patient_name text default null
)
returns setof app.booking_result
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_pick record;
  v_old public.appointments;
  v_result app.booking_result;
begin
  -- A signed-in person is judged by their role, also when they name a call.
  if p_call_id is null or app.current_user_id() is not null then
    perform app.require_staff();
  end if;
  if p_call_id is not null then
    perform app.lock_call(p_call_id);
    v_result := app.replayed_attempt('cancel', p_call_id, p_tool_call_id);
    if v_result.outcome is not null then
      return next v_result;
      return;
    end if;
  end if;

  select * into v_pick from app.pick_appointment(p_call_id, p_appointment, p_on, p_at, p_patient_name);
  if v_pick.appointment_id is null and v_pick.reason <> 'which_appointment' then
    v_pick.appointment_id := app.already_changed(
      'cancelled', p_call_id, p_appointment, p_on, p_at, p_patient_name, null);
  end if;

  select * into v_old
  from public.appointments a
  where a.org_id = v_org_id and a.id = v_pick.appointment_id
  for update;
  if v_old.id is null then
    v_result := app.booking_refusal(case v_pick.reason when 'which_appointment' then 'question' else 'refused' end, v_pick.reason);
  elsif v_old.status = 'cancelled' then
    v_result := app.booking_answer('cancelled', v_old.id, null, true);
  elsif v_old.status not in ('pending', 'confirmed') then
    v_result := app.booking_refusal('refused', 'not_active', v_old.service_id, v_old.resource_id, v_old.scheduled_at);
  else
    perform app.write_cancellation(v_old, p_reason, p_call_id);
    v_result := app.booking_answer('cancelled', v_old.id);
  end if;

  perform app.note_attempt('cancel', v_result, p_call_id, p_tool_call_id, null, null, null);
  return next v_result;
end
$$;

comment on function app.cancel_appointment(text, date, uuid, text, text, time, text) is
  'Cancels a visit; its time is free at once and can be booked again, also in the same call. Named as in app.reschedule_appointment. outcome cancelled (replayed when it was already), question (which_appointment) or refused: not_verified, not_found, not_active.';

select app.seal('app.cancel_appointment(text, date, uuid, text, text, time, text)', 'app_writer', 'tenant_service', 'tenant_user');
-- end of sql/0580_function_cancel_appointment.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0590_function_approve_appointment.sql
create or replace function app.approve_appointment(p_appointment_id uuid)
returns setof app.booking_result
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_old public.appointments;
  v_result app.booking_result;
begin
  perform app.require_staff();
  select * into v_old
  from public.appointments a
  where a.org_id = v_org_id and a.id = p_appointment_id and a.status <> 'held'
  for update;
  if v_old.id is null then
    v_result := app.booking_refusal('refused', 'not_found');
  elsif v_old.status = 'confirmed' then
    v_result := app.booking_answer('approved', v_old.id, null, true);
  elsif v_old.status <> 'pending' then
    v_result := app.booking_refusal('refused', 'not_active', v_old.service_id, v_old.resource_id, v_old.scheduled_at);
  else
    update public.appointments a
    set status = 'confirmed', updated_at = app.now()
    where a.org_id = v_org_id and a.id = p_appointment_id;
    perform app.note_change('approved', p_appointment_id, v_old, null);
    v_result := app.booking_answer('approved', p_appointment_id);
  end if;
  perform app.note_attempt('approve', v_result, null, null, null, null, null);
  return next v_result;
end
$$;

comment on function app.approve_appointment(uuid) is
  'Confirms a pending booking; staff only (VX403). outcome approved (replayed when it was confirmed already), or refused: not_found, not_active. To decline, cancel it.';

select app.seal('app.approve_appointment(uuid)', 'app_writer', 'tenant_user');
-- end of sql/0590_function_approve_appointment.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0595_function_may_guess.sql
create or replace function app.may_guess(p_call_id uuid, p_contact_id uuid)
returns boolean
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_wrong_in_call integer;
  v_wrong_today integer;
begin
  -- Parallel calls guess at one contact one after the other.
  perform pg_advisory_xact_lock(3, hashtext(p_contact_id::text));
  select count(*) filter (where v.call_id = p_call_id), count(*) filter (where v.contact_id = p_contact_id
    and v.at >= date_trunc('day', app.now() at time zone o.time_zone) at time zone o.time_zone)
  into v_wrong_in_call, v_wrong_today
  from public.caller_verifications v
  join public.organizations o on o.id = v.org_id
  where v.org_id = v_org_id and not v.succeeded and (v.call_id = p_call_id or v.contact_id = p_contact_id);
  return v_wrong_in_call < 3 and v_wrong_today < 5;
end
$$;

comment on function app.may_guess(uuid, uuid) is
  'Whether a call may try another identity factor: after three wrong ones in the call, or five in the clinic''s day for the contact, of whichever kind, only staff can help. The contact stays locked against other guesses until the transaction ends; taken after app.lock_call.';

select app.seal('app.may_guess(uuid, uuid)', null, 'app_writer');
-- end of sql/0595_function_may_guess.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0600_function_verify_caller.sql
create or replace function app.verify_caller(
  p_call_id uuid,
  p_date_of_birth date,
  p_patient_name text default null
)
returns text
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_name text := app.normalise_name(coalesce(p_patient_name, ''));
  v_contact_id uuid;
  v_patient_ids uuid[];
begin
  perform app.lock_call(p_call_id);
  -- Made where it is missing, so that guesses at an unknown number count, and lock, like those at a known one.
  v_contact_id := app.contact_of_call(p_call_id);
  if not app.may_guess(p_call_id, v_contact_id) then
    return 'locked';
  end if;

  -- Families share birthdays more rarely than numbers; where they do, the name decides, and of twins the one named exactly.
  select array_agg(c.id) into v_patient_ids
  from (
    select p.id, rank() over (order by (p.normalised_name = v_name) desc) as place
    from public.patients p
    where p.org_id = v_org_id
      and p.contact_id = v_contact_id
      and p.date_of_birth = p_date_of_birth
      -- A date that this very call gave proves nothing, and must not tell a new patient from a known one.
      and p.origin_call_id is distinct from p_call_id
      and (v_name = '' or extensions.levenshtein_less_equal(left(p.normalised_name, 100), left(v_name, 100), 2) <= 2
        or p.normalised_name like v_name || ' %')
  ) c
  where c.place = 1;

  insert into public.caller_verifications (org_id, call_id, contact_id, patient_id, factor, succeeded)
  values (v_org_id, p_call_id, v_contact_id,
    case when cardinality(v_patient_ids) = 1 then v_patient_ids[1] end,
    'date_of_birth', coalesce(cardinality(v_patient_ids) = 1, false));
  return case when cardinality(v_patient_ids) = 1 then 'verified' else 'not_verified' end;
end
$$;

comment on function app.verify_caller(uuid, date, text) is
  'Checks a date of birth against the patients of the calling number; a match opens that one patient to this one call. Returns verified, not_verified (the same whether the patient exists, the number is unknown or the date is wrong) or locked: after three wrong tries in a call or five in a day for the contact only staff can help. VX404 when the call is not the tenant''s.';

select app.seal('app.verify_caller(uuid, date, text)', 'app_writer', 'tenant_service');
-- end of sql/0600_function_verify_caller.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0604_function_patients_of_code.sql
create or replace function app.patients_of_code(
  p_call_id uuid,
  p_contact_id uuid,
  p_code_hashes bytea[],
  p_patient_name text
)
returns uuid[]
language plpgsql
stable
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_now timestamptz := app.now();
  v_has_name boolean := app.normalise_name(coalesce(p_patient_name, '')) <> '';
  v_texted uuid[];
begin
  v_texted := array(
    select p.id
    from public.patients p
    where p.org_id = v_org_id and p.contact_id in (
      select c.contact_id from public.identity_codes c
      where c.org_id = v_org_id and c.kind = 'texted' and c.call_id = p_call_id
        and c.code_hash = any (p_code_hashes) and c.expires_at > v_now)
    order by p.id);
  if cardinality(v_texted) > 0 then
    return v_texted;
  end if;

  -- Six digits may fall on two visits: the caller's own one then, and never a choice between two.
  return (
    select array_agg(distinct f.patient_id)
    from (
      select a.patient_id, rank() over (order by (a.contact_id = p_contact_id) desc) as place
      from public.identity_codes c
      join public.appointments a on a.org_id = c.org_id and a.id = c.appointment_id
      join public.patients p on p.org_id = a.org_id and p.id = a.patient_id
      where c.org_id = v_org_id and c.kind = 'confirmation' and c.code_hash = any (p_code_hashes) and c.expires_at > v_now
        and (v_has_name or a.contact_id = p_contact_id)
        and app.name_distance(p_patient_name, array[p.name, coalesce(a.said_name, p.name)]) is not null
    ) f
    where f.place = 1
    having count(distinct f.patient_id) = 1
  );
end
$$;

comment on function app.patients_of_code(uuid, uuid, bytea[], text) is
  'Whom a code opens to a call of p_contact_id: a code that was texted in this very call all patients of the contact it went to, the code of a confirmation that visit''s patient. A name that is given must fit (at most two edits, the first name will do); a caller of another contact must give it. None: empty or NULL.';

select app.seal('app.patients_of_code(uuid, uuid, bytea[], text)', null, 'app_writer');
-- end of sql/0604_function_patients_of_code.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0605_function_verify_code.sql
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
declare
  v_org_id uuid := app.require_org_id();
  v_contact_id uuid;
  v_patient_ids uuid[];
  v_factor text;
begin
  perform app.lock_call(p_call_id);
  v_contact_id := app.contact_of_call(p_call_id);
  if not app.may_guess(p_call_id, v_contact_id) then
    return 'locked';
  end if;

  v_patient_ids := app.patients_of_code(p_call_id, v_contact_id, p_code_hashes, p_patient_name);
  v_factor := case when exists (
    select from public.identity_codes c
    where c.org_id = v_org_id and c.kind = 'texted' and c.call_id = p_call_id
      and (coalesce(cardinality(v_patient_ids), 0) = 0 or c.code_hash = any (p_code_hashes))
    ) then 'texted_code' else 'confirmation_code' end;
  insert into public.caller_verifications (org_id, call_id, contact_id, patient_id, factor, succeeded)
  select v_org_id, p_call_id, v_contact_id, p.id, v_factor, p.id is not null
  from unnest(case when cardinality(v_patient_ids) > 0 then v_patient_ids else array[null::uuid] end) p (id);
  return case when cardinality(v_patient_ids) > 0 then 'verified' else 'not_verified' end;
end
$$;

comment on function app.verify_code(uuid, bytea[], text) is
  'Checks a code that a caller says, as its keyed hashes (one per key in use), and opens whom it names to this one call: see app.patients_of_code. Returns verified, not_verified (the same for a wrong code, an expired one and a wrong name) or locked; wrong codes and wrong dates of birth count together, see app.may_guess. VX404 when the call is not the tenant''s.';

select app.seal('app.verify_code(uuid, bytea[], text)', 'app_writer', 'tenant_service');
-- end of sql/0605_function_verify_code.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0610_function_request_code.sql
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
declare
  v_org_id uuid := app.require_org_id();
  v_now timestamptz;
  v_caller_id uuid;
  v_contact_id uuid;
  v_code_id uuid;
  v_scheduled_id uuid;
begin
  perform app.lock_call(p_call_id);
  v_caller_id := app.contact_of_call(p_call_id);
  if 3 <= (select count(*) from public.identity_codes c where c.org_id = v_org_id and c.call_id = p_call_id) then
    return 'locked';
  end if;

  -- Whom this call itself introduced, no code has to open.
  select k.id into v_contact_id
  from public.contacts k
  where k.org_id = v_org_id and k.phone is not null
    and case when p_number is null then k.id = v_caller_id else k.phone = p_number end
    and exists (
      select from public.patients p
      where p.org_id = k.org_id and p.contact_id = k.id and p.origin_call_id is distinct from p_call_id);
  perform pg_advisory_xact_lock(3, hashtext(v_contact_id::text));
  v_now := app.now();
  if 3 <= (
    select count(*) from public.identity_codes c
    where c.org_id = v_org_id and c.contact_id = v_contact_id and c.kind = 'texted'
      and c.expires_at > c.created_at and c.created_at > v_now - interval '1 hour')
  then
    v_contact_id := null;
  end if;

  -- An ask that sends nothing is written down too, as expired: it counts for the call, and for nobody's hour.
  insert into public.identity_codes (org_id, kind, contact_id, call_id, created_at, expires_at)
  values (v_org_id, 'texted', coalesce(v_contact_id, v_caller_id), p_call_id, v_now,
    case when v_contact_id is null then v_now else v_now + interval '10 minutes' end)
  returning id into v_code_id;
  if v_contact_id is not null then
    insert into public.scheduled_messages (org_id, kind, contact_id, call_id, code_id, due_at)
    values (v_org_id, 'code', v_contact_id, p_call_id, v_code_id, v_now)
    returning id into v_scheduled_id;
    perform app.enqueue_job('send_scheduled', jsonb_build_object('scheduled_id', v_scheduled_id), v_now);
  end if;
  return 'maybe_sent';
end
$$;

comment on function app.request_code(uuid, text) is
  'Lets a code go to the number on file: p_number as the caller says it (E.164), NULL for the number that calls. maybe_sent whether or not anybody has that number, and also when the contact has had three codes within the hour; locked after three asks in the call. The code opens that contact''s patients to this call for ten minutes. VX404 when the call is not the tenant''s.';

select app.seal('app.request_code(uuid, text)', 'app_writer', 'tenant_service');
-- end of sql/0610_function_request_code.sql
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
  v_country text;
  v_deleted boolean;
  v_decision app.message_decision;
begin
  select o.country, o.deleted_at is not null into strict v_country, v_deleted
  from public.organizations o
  where o.id = v_org_id;
  v_decision.reason := case
    when v_deleted then 'clinic_deleted'
    when app.is_opted_out(p_method, p_recipient) then 'opted_out'
    when p_category = 'marketing' and not exists (
      select from public.contacts c
      where c.org_id = v_org_id and c.id = p_contact_id and c.marketing_consent_at is not null) then 'no_consent'
    when p_spoken then app.spoken_refusal(p_contact_id, p_call_id, v_hash, p_number_region)
    -- Written by nobody, to a number that somebody may have called from for the fees of texts to it.
    when p_category = 'follow_up' and p_call_id is not null and app.current_user_id() is null and p_number_region <> v_country
      then 'foreign_number'
  end;
  if v_decision.reason is not null then
    v_decision.outcome := 'blocked';
    return v_decision;
  end if;

  -- Who was on the line a moment ago is awake, whatever the clock says.
  if p_method = 'sms' and (p_category in ('reminder', 'follow_up', 'marketing') or p_category = 'confirmation' and not exists (
    select from public.call_logs c
    where c.org_id = v_org_id and c.id = p_call_id and c.contact_id = p_contact_id and c.created_at > p_now - interval '30 minutes'))
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
  'Why a message may not leave now: outcome blocked with clinic_deleted, opted_out, no_consent, foreign_number (only spoken, or a missed call from abroad), spoken_limit, too_soon, too_many_codes, reminder_limit or daily_cap, outcome wait with quiet_hours and not_before, or an outcome of NULL when it may. Quiet hours bind texts only, and neither codes nor replies nor the confirmation of the contact''s own call of the last half hour. The recipient''s lock is held.';

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
  v_contact_id uuid := p_contact_id;
begin
  perform app.require_staff();
  if p_contact_id is null then
    v_contact_id := app.contact_of_call(p_call_id);
  elsif not exists (select from public.contacts c where c.org_id = v_org_id and c.id = p_contact_id) then
    raise exception 'there is no such contact' using errcode = 'VX404';
  elsif p_call_id is not null and not exists (select from public.call_logs c where c.org_id = v_org_id and c.id = p_call_id) then
    raise exception 'there is no such call' using errcode = 'VX404';
  end if;
  return query
  select *
  from app.begin_message(
    p_category => 'follow_up', p_method => 'sms', p_content => p_content, p_send_key => p_send_key,
    p_contact_id => v_contact_id, p_service_provider => 'twilio', p_call_id => p_call_id,
    p_number_zones => p_number_zones, p_number_region => p_number_region, p_request_id => p_request_id);
end
$$;

comment on function app.send_follow_up(uuid, text, text, text[], text, uuid, text) is
  'A text that a member of the staff writes to a contact, about a call or not; without a contact it is the call''s, made where it is missing. Answers as app.begin_message does, with outcome send for the caller to take to Twilio; in the recipient''s quiet hours it is wait with not_before and nothing is written. The same p_send_key again is replayed. Staff only (VX403); an unknown contact or call is VX404.';

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
  perform app.stop_campaigns_for(c.id, 'opt_out')
  from public.contacts c
  where c.org_id = v_org_id and c.phone = p_number and p_channel = 'sms';
  perform app.announce('opt_out_updated', 'opt_out', v_id);
  return true;
end
$$;

comment on function app.note_opt_out(text, text, bytea, text) is
  'Writes an opt-out with its audit and event, and ends the number''s campaigns; whether it is new. The hash counts: p_number may be an e-mail address or what erasure left, and is then not kept. The number''s lock is held.';

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
language sql
stable
security definer
set search_path = ''
as $$
  select n.org_id
  from public.phone_numbers n
  join public.organizations o on o.id = n.org_id and o.deleted_at is null
  where n.number = p_number
$$;

comment on function app.find_messaging_tenant(text) is
  'Whose number (E.164) a text came to or left from: one organisation, or no row when nobody''s. The caller checks the provider''s signature with that organisation''s token before believing it.';

select app.seal('app.find_messaging_tenant(text)', 'app_definer', 'voxanne_login');
-- end of sql/0920_function_find_messaging_tenant.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0924_function_next_codes.sql
create or replace function app.next_codes(p_appointment_ids uuid[])
returns integer[]
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
begin
  update public.appointments a
  set code_version = a.code_version + 1
  where a.org_id = v_org_id and a.id = any (p_appointment_ids);
  -- A code that was sent before keeps its hash until the next one is noted: a text that is not sent after all must not
  -- leave the patient without a code.
  insert into public.identity_codes (org_id, kind, contact_id, appointment_id, expires_at)
  select a.org_id, 'confirmation', a.contact_id, a.id, upper(a.during)
  from public.appointments a
  where a.org_id = v_org_id and a.id = any (p_appointment_ids)
  on conflict (org_id, appointment_id) where kind = 'confirmation'
  do update set contact_id = excluded.contact_id, expires_at = excluded.expires_at;
  return array(
    select a.code_version
    from unnest(p_appointment_ids) with ordinality s (id, at)
    join public.appointments a on a.org_id = v_org_id and a.id = s.id
    order by s.at);
end
$$;

comment on function app.next_codes(uuid[]) is
  'Counts another code for each of the visits, which are locked, and returns the versions to derive them with, in the order given. Each code is good until the end of its visit, once app.note_code has kept its hash.';

select app.seal('app.next_codes(uuid[])', null, 'app_writer');
-- end of sql/0924_function_next_codes.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0925_function_with_stop_hint.sql
create or replace function app.with_stop_hint(p_text text, p_language text)
returns text
language sql
immutable
set search_path = ''
as $$
  select case when p_text ~ '\mSTOP\M' then p_text
    else rtrim(p_text) || ' ' || case p_language
      when 'es' then 'Responda STOP para darse de baja.'
      when 'fr' then 'Répondez STOP pour ne plus rien recevoir.'
      when 'de' then 'STOP zum Abmelden.'
      else 'Reply STOP to end.' end
  end
$$;

comment on function app.with_stop_hint(text, text) is
  'A marketing text that says how to end it, as the law wants: the sentence is put at the end where the word STOP is missing.';

select app.seal('app.with_stop_hint(text, text)', null, 'app_writer');
-- end of sql/0925_function_with_stop_hint.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0926_function_default_template.sql
-- Only letters that GSM-7 has: no á, í, ó, ê, ç. The replies C, X and STOP are words of the machine in every language.
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
  return case p_kind || ' ' || case when p_language in ('es', 'fr', 'de') then p_language else 'en' end
    when 'confirmation en' then array['Your visit at {clinic}',
      '{clinic}: {visits}. Reply C to confirm, X to change, STOP to end.']
    when 'confirmation es' then array['Su cita en {clinic}',
      '{clinic}: {visits}. Responda C para confirmar, X para cambiar, STOP para darse de baja.']
    when 'confirmation fr' then array['Votre rendez-vous chez {clinic}',
      '{clinic}: {visits}. Répondez C pour confirmer, X pour modifier, STOP pour ne plus rien recevoir.']
    when 'confirmation de' then array['Ihr Termin bei {clinic}',
      '{clinic}: {visits}. Antworten Sie C zum Bestätigen, X zum Ändern, STOP zum Abmelden.']
    when 'reminder en' then array['Your visit at {clinic}',
      '{clinic}: {visits}. Reply C to confirm, X to change, STOP to end.']
    when 'reminder es' then array['Su cita en {clinic}',
      '{clinic}: {visits}. Responda C para confirmar, X para cambiar, STOP para darse de baja.']
    when 'reminder fr' then array['Votre rendez-vous chez {clinic}',
      '{clinic}: {visits}. Répondez C pour confirmer, X pour modifier, STOP pour ne plus rien recevoir.']
    when 'reminder de' then array['Ihr Termin bei {clinic}',
      '{clinic}: {visits}. Antworten Sie C zum Bestätigen, X zum Ändern, STOP zum Abmelden.']
    when 'neutral_confirmation en' then array['Your visit at {clinic}', '{clinic}: {visits}. Reply STOP to end.']
    when 'neutral_confirmation es' then array['Su cita en {clinic}', '{clinic}: {visits}. Responda STOP para darse de baja.']
    when 'neutral_confirmation fr' then array['Votre rendez-vous chez {clinic}',
      '{clinic}: {visits}. Répondez STOP pour ne plus rien recevoir.']
    when 'neutral_confirmation de' then array['Ihr Termin bei {clinic}', '{clinic}: {visits}. STOP zum Abmelden.']
    when 'missed_call en' then array['Your call to {clinic}',
      '{clinic}: sorry we missed your call. Please call again or reply here. STOP to end.']
    when 'missed_call es' then array['Su llamada a {clinic}',
      '{clinic}: sentimos no haber atendido su llamada. Llame de nuevo o responda. STOP para darse de baja.']
    when 'missed_call fr' then array['Votre appel chez {clinic}',
      '{clinic}: nous avons manqué votre appel. Rappelez ou répondez ici. STOP pour ne plus rien recevoir.']
    when 'missed_call de' then array['Ihr Anruf bei {clinic}',
      '{clinic}: Ihr Anruf hat uns nicht erreicht. Bitte rufen Sie wieder an oder antworten Sie. STOP zum Abmelden.']
    when 'code en' then array['Your code for {clinic}',
      '{clinic}: your code is {code}, good for 10 minutes. Tell it only to the receptionist you are talking to.']
    when 'code es' then array['Su codigo de {clinic}',
      '{clinic}: su codigo es {code} y vale 10 minutos. Digalo solo a la recepcionista con la que habla.']
    when 'code fr' then array['Votre code pour {clinic}',
      '{clinic}: votre code est {code}, valable 10 minutes. Ne le dites qu''à la réception qui vous parle.']
    when 'code de' then array['Ihr Code für {clinic}',
      '{clinic}: Ihr Code ist {code}, 10 Minuten lang. Nennen Sie ihn nur dem Empfang, mit dem Sie sprechen.']
  end;
end
$$;

comment on function app.default_template(text, text) is
  'Our wording of what goes out by itself: array[subject, body], with fields in braces. Languages en, es, fr, de; any other is English. NULL for kinds without one (follow_up, marketing). Every letter is in GSM-7.';

select app.seal('app.default_template(text, text)', null, 'app_writer', 'tenant_user');
-- end of sql/0926_function_default_template.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0927_function_template_fields.sql
create or replace function app.template_fields(
  p_kind text
)
returns text[]
language plpgsql
immutable
set search_path = ''
as $$
begin
  return case p_kind
    when 'confirmation' then
      '{clinic,first_name,date,time,visits,code,service,practitioner,place,phone}'::text[]
    when 'reminder' then '{clinic,first_name,date,time,visits,service,practitioner,place,phone}'
    -- Goes to a number that somebody said: nothing in it may tell who the patient is or what for.
    when 'neutral_confirmation' then '{clinic,date,time,visits}'
    when 'missed_call' then '{clinic,phone}'
    when 'code' then '{clinic,code}'
    when 'follow_up' then '{clinic,first_name,phone}'
    when 'marketing' then '{clinic,first_name,phone}'
  end;
end
$$;

comment on function app.template_fields(text) is
  'The fields that a kind of template may name, without the braces. NULL: there is no such kind.';

select app.seal('app.template_fields(text)', null, 'app_writer', 'tenant_user');
-- end of sql/0927_function_template_fields.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0928_function_render_text.sql
-- One pass from left to right, so that a value that looks like a field stays what it is.
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
  return (
    select coalesce(string_agg(
      coalesce(p_fields ->> substring(t.token[1] from '^[{]([a-z_]+)[}]$'), t.token[1]), '' order by t.at), '')
    from regexp_matches(p_body, '([{][a-z_]+[}]|[^{]+|[{])', 'g') with ordinality t (token, at)
  );
end
$$;

comment on function app.render_text(text, jsonb) is
  'A template''s body with its {fields} replaced by the values of the object. A field that the object lacks, or has as null, stays as it is; values are not searched for fields.';

select app.seal('app.render_text(text, jsonb)', null, 'app_writer', 'tenant_user');
-- end of sql/0928_function_render_text.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0929_function_template_for.sql
create or replace function app.template_for(
  p_kind text,
  p_language text
)
returns text[]
language plpgsql
stable
set search_path = ''
as $$
declare
  v_default text[] := app.default_template(p_kind, p_language);
begin
  return coalesce((
    select array[coalesce(t.subject, v_default[1]), t.body]
    from public.message_templates t
    where t.org_id = app.require_org_id() and t.kind = p_kind and t.language = p_language and t.active
    order by t.updated_at desc, t.id
    limit 1), v_default);
end
$$;

comment on function app.template_for(text, text) is
  'The wording that counts: array[subject, body] of the organisation''s own active template of that kind and language, else of app.default_template. A missing subject is the default''s. NULL where there is neither.';

select app.seal('app.template_for(text, text)', null, 'app_writer');
-- end of sql/0929_function_template_for.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0930_function_settle_scheduled.sql
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
declare
  v_org_id uuid := app.require_org_id();
  v_now timestamptz := app.now();
  v_id uuid;
begin
  if p_outcome is null or p_outcome not in ('done', 'skipped', 'wait') or (p_outcome = 'wait' and p_not_before is null) then
    raise exception 'a scheduled message is done, skipped or waits until a time' using errcode = 'VX400';
  elsif p_outcome = 'wait' then
    -- A row that is due only later keeps its own time and its own job.
    for v_id in
      update public.scheduled_messages s
      set due_at = p_not_before, reason = p_reason, updated_at = v_now
      where s.org_id = v_org_id and s.id = any (p_scheduled_ids) and s.state = 'waiting' and s.due_at < p_not_before
      returning s.id
    loop
      perform app.enqueue_job('send_scheduled', jsonb_build_object('scheduled_id', v_id), p_not_before);
    end loop;
  else
    update public.scheduled_messages s
    set state = p_outcome, reason = p_reason, message_id = p_message_id, updated_at = v_now
    where s.org_id = v_org_id and s.id = any (p_scheduled_ids) and s.state = 'waiting';
  end if;
end
$$;

comment on function app.settle_scheduled(uuid[], text, text, uuid, timestamptz) is
  'Says what became of the rows of a bundle: done (p_message_id: by which message), skipped (p_reason: why) or wait: looked at again at p_not_before. Rows that wait no more are left alone. VX400 for another outcome.';

select app.seal('app.settle_scheduled(uuid[], text, text, uuid, timestamptz)', 'app_writer', 'tenant_service');
-- end of sql/0930_function_settle_scheduled.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0931_function_note_code.sql
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
  update public.identity_codes c
  set code_hash = p_code_hash
  where c.org_id = app.require_org_id()
    and (c.kind = 'texted' and c.id = p_subject_id
      -- Of two codes written for one visit the later one counts, whichever is noted last.
      or c.kind = 'confirmation' and c.appointment_id = p_subject_id and exists (
        select from public.appointments a
        where a.org_id = c.org_id and a.id = c.appointment_id and a.code_version = p_version));
end
$$;

comment on function app.note_code(uuid, integer, bytea) is
  'Keeps the keyed hash of a code that a text now carries; from here on it proves who calls, and the one before it no more. p_subject_id, p_version: an entry of app.take_scheduled''s code_subjects and code_versions; an outdated version changes nothing.';

select app.seal('app.note_code(uuid, integer, bytea)', 'app_writer', 'tenant_service');
-- end of sql/0931_function_note_code.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0932_function_list_visits.sql
create or replace function app.list_visits(
  p_language text,
  p_names text[],
  p_dates text[],
  p_times text[],
  p_codes boolean
)
returns text
language plpgsql
immutable
set search_path = ''
as $$
declare
  v_visit text := case p_language when 'es' then 'cita' when 'fr' then 'rendez-vous' when 'de' then 'Termin' else 'visit' end;
  v_code text := case p_language when 'es' then 'codigo' when 'fr' then 'code' when 'de' then 'Code' else 'code' end;
begin
  if cardinality(p_dates) = 1 then
    return v_visit || ' ' || p_dates[1] || ', ' || p_times[1] || case when p_codes then '. ' || initcap(v_code) || ' [code]' else '' end;
  end if;
  return (
    select string_agg(
      coalesce(p_names[d.at] || ' ', '') || d.day || ', ' || p_times[d.at]
        || case when p_codes then ' (' || v_code || ' [code])' else '' end,
      '; ' order by d.at)
    from unnest(p_dates) with ordinality d (day, at)
  );
end
$$;

comment on function app.list_visits(text, text[], text[], text[], boolean) is
  'Visits in the words of a text: "visit Tue Mar 3, 2:00 PM. Code [code]", or of several "Ann Tue Mar 3, 2:00 PM (code [code]); Ben …". p_names: a name for each, NULL where none is to be said; p_codes: whether there is a place for each visit''s code.';

select app.seal('app.list_visits(text, text[], text[], text[], boolean)', null, 'app_writer');
-- end of sql/0932_function_list_visits.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0933_function_confirmation_email.sql
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
-- snapshot of sql/0934_function_contact_language.sql
create or replace function app.contact_language(p_contact_id uuid)
returns text
language sql
stable
set search_path = ''
as $$
  select coalesce(
    (select c.language from public.contacts c where c.org_id = app.require_org_id() and c.id = p_contact_id),
    (select left(a.language, 2) from public.agents a
      where a.org_id = app.require_org_id() and a.role = 'inbound' and a.is_default),
    'en')
$$;

comment on function app.contact_language(uuid) is
  'The language (ISO 639-1) of what a contact is sent: theirs, else that of the clinic''s receptionist, else English.';

select app.seal('app.contact_language(uuid)', null, 'app_writer');
-- end of sql/0934_function_contact_language.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0935_function_start_bundle.sql
create or replace function app.start_bundle(p_row public.scheduled_messages, p_category text)
returns app.scheduled_bundle
language sql
stable
set search_path = ''
as $$
  select ('send', null, array[(p_row).id], (p_row).kind, p_category, k.id, (p_row).call_id, null,
    coalesce(k.phone, case when (p_row).kind = 'confirmation' then k.spoken_phone end),
    (p_row).kind = 'confirmation' and k.phone is null and k.spoken_phone is not null,
    case when (p_row).kind = 'confirmation' and o.email_confirmations then k.email end,
    null, null, null, '{}', '{}', '{}', '{}', '{}', '{}', null, o.name, l.phone, o.country)::app.scheduled_bundle
  from public.contacts k
  join public.organizations o on o.id = k.org_id
  left join lateral (
    select p.phone from public.locations p where p.org_id = k.org_id and p.phone is not null order by p.created_at, p.id limit 1
  ) l on true
  where k.org_id = app.require_org_id() and k.id = (p_row).contact_id
$$;

comment on function app.start_bundle(public.scheduled_messages, text) is
  'A bundle of one scheduled message that says who is to be reached how, and who sends; its words are still to come. Only a confirmation may go to a number that was merely said, or by e-mail.';

select app.seal('app.start_bundle(public.scheduled_messages, text)', null, 'app_writer');
-- end of sql/0935_function_start_bundle.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0936_function_visits_to_tell.sql
create or replace function app.visits_to_tell(p_row public.scheduled_messages, p_now timestamptz)
returns setof public.scheduled_messages
language plpgsql
volatile
set search_path = ''
as $$
begin
  perform app.settle_scheduled(array[s.id], 'skipped', case when a.status = 'confirmed' then 'too_late' else 'not_active' end)
  from public.scheduled_messages s
  join public.appointments a on a.org_id = s.org_id and a.id = s.appointment_id
  where s.org_id = (p_row).org_id and s.contact_id = (p_row).contact_id and s.kind = (p_row).kind and s.state = 'waiting'
    and (a.status <> 'confirmed' or a.scheduled_at <= p_now);

  return query
  with waiting as (
    select s, a.scheduled_at, (a.scheduled_at at time zone l.time_zone)::date as day
    from public.scheduled_messages s
    join public.appointments a on a.org_id = s.org_id and a.id = s.appointment_id
    join public.locations l on l.org_id = a.org_id and l.id = a.location_id
    where s.org_id = (p_row).org_id and s.contact_id = (p_row).contact_id and s.kind = (p_row).kind and s.state = 'waiting'
  ), own as (
    select w.* from waiting w where (w.s).id = (p_row).id
  ), together as (
    select w.*
    from waiting w, own
    where case
      when (w.s).id = (p_row).id then true
      when (p_row).kind = 'reminder' then (w.s).before = (p_row).before and w.day = own.day
      else (w.s).call_id = (p_row).call_id or ((w.s).call_id is null and (w.s).due_at <= p_now)
    end
    -- Five fill a text of 480 letters; a sixth visit has a job of its own and gets a text of its own.
    order by (w.s).id = (p_row).id desc, w.scheduled_at, (w.s).id
    limit 5
  )
  select (t.s).* from together t order by t.scheduled_at, (t.s).id;
end
$$;

comment on function app.visits_to_tell(public.scheduled_messages, timestamptz) is
  'The waiting rows that go out in one message with p_row, in the order of their visits, p_row among them: a contact''s confirmations of the same call and those of the dashboard that are due; its reminders of the same offset for the same local day. Rows of visits that began or are not confirmed are skipped; no rows: p_row was one of them. The rows are locked.';

select app.seal('app.visits_to_tell(public.scheduled_messages, timestamptz)', null, 'app_writer');
-- end of sql/0936_function_visits_to_tell.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0937_function_visit_text.sql
create or replace function app.visit_text(
  p_kind text,
  p_language text,
  p_body text,
  p_bundle app.scheduled_bundle,
  p_dates text[],
  p_times text[],
  p_names text[],
  p_first_name text,
  p_service text,
  p_practitioner text
)
returns text
language plpgsql
immutable
set search_path = ''
as $$
declare
  -- A wording of the clinic's that has room for one visit only would swallow the others.
  v_body text := case when cardinality(p_dates) > 1 and (p_body not like '%{visits}%' or p_body like '%{code}%')
    then (app.default_template(p_kind, p_language))[2] else p_body end;
  v_fields jsonb := jsonb_build_object('clinic', (p_bundle).clinic_name, 'first_name', p_first_name, 'service', p_service,
    'practitioner', p_practitioner, 'place', coalesce((p_bundle).place, ''), 'phone', coalesce((p_bundle).clinic_phone, ''),
    'date', p_dates[1], 'time', p_times[1]);
begin
  -- Only our own places for codes count, not the same letters in somebody's name or wording.
  return app.render_text(replace(v_body, '[code]', ''), replace(v_fields::text, '[code]', '')::jsonb || jsonb_build_object(
    'code', '[code]',
    'visits', app.list_visits(p_language, p_names, p_dates, p_times, p_kind = 'confirmation' and v_body not like '%{code}%')));
end
$$;

comment on function app.visit_text(text, text, text, app.scheduled_bundle, text[], text[], text[], text, text, text) is
  'The text of a confirmation or reminder in the wording p_body; our own wording instead where several visits do not fit into it. Each visit of a confirmation has a place for its code, in {code} or else in {visits}. p_names: see app.list_visits; the single values are the first visit''s.';

select app.seal('app.visit_text(text, text, text, app.scheduled_bundle, text[], text[], text[], text, text, text)', null, 'app_writer');
-- end of sql/0937_function_visit_text.sql
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
-- snapshot of sql/0939_function_take_campaign.sql
create or replace function app.take_campaign(p_row public.scheduled_messages)
returns app.scheduled_bundle
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_bundle app.scheduled_bundle;
  v_campaign public.campaigns;
  v_template public.message_templates;
  v_contact public.contacts;
  v_stopped boolean;
begin
  select k.* into v_contact from public.contacts k where k.org_id = (p_row).org_id and k.id = (p_row).contact_id;
  select c.* into v_campaign
  from public.campaign_steps s
  join public.campaigns c on c.org_id = s.org_id and c.id = s.campaign_id
  where s.org_id = (p_row).org_id and s.id = (p_row).campaign_step_id;
  select t.* into v_template
  from public.campaign_steps s
  join public.message_templates t on t.org_id = s.org_id and t.id = s.template_id
  where s.org_id = (p_row).org_id and s.id = (p_row).campaign_step_id;

  v_stopped := v_campaign.status <> 'running';
  if v_stopped or v_contact.phone is null then
    perform app.settle_scheduled(array[(p_row).id], 'skipped', case when v_stopped then 'stopped' else 'no_recipient' end);
    return null;
  end if;

  v_bundle := app.start_bundle(p_row, v_campaign.category);
  v_bundle.campaign_id := v_campaign.id;
  v_bundle.text := app.render_text(v_template.body, jsonb_build_object('clinic', v_bundle.clinic_name,
    'first_name', split_part(coalesce(v_contact.name, ''), ' ', 1), 'phone', coalesce(v_bundle.clinic_phone, '')));
  if v_campaign.category = 'marketing' then
    v_bundle.text := app.with_stop_hint(v_bundle.text, v_template.language);
  end if;
  return v_bundle;
end
$$;

comment on function app.take_campaign(public.scheduled_messages) is
  'The bundle of one step of a campaign for one contact. NULL, and the row skipped: the campaign does not run (stopped), or there is no number (no_recipient). Contacts who answered, booked or opted out have no waiting rows, see app.stop_campaigns_for.';

select app.seal('app.take_campaign(public.scheduled_messages)', null, 'app_writer');
-- end of sql/0939_function_take_campaign.sql
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
-- snapshot of sql/0942_function_note_message_codes.sql
create or replace function app.note_message_codes(
  p_message_id uuid,
  p_code_subjects uuid[],
  p_code_versions integer[]
)
returns void
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org uuid := app.require_org_id();
begin
  update public.messages m
  set code_subjects = p_code_subjects, code_versions = p_code_versions, updated_at = app.now()
  where m.org_id = v_org and m.id = p_message_id and m.direction = 'outbound' and m.code_subjects = '{}';
  if not found then
    raise exception 'no message of this clinic that lacks its codes' using errcode = 'VX404';
  end if;
end
$$;

comment on function app.note_message_codes(uuid, uuid[], integer[]) is
  'Notes whose codes the [code] placeholders of a message stand for, in their order, so that the text that was sent can be derived again when the provider is asked for it. Once per message; VX404 where there is none or it has its codes.';

select app.seal('app.note_message_codes(uuid, uuid[], integer[])', 'app_writer', 'tenant_service');
-- end of sql/0942_function_note_message_codes.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0945_function_check_template.sql
create or replace function app.check_template(p_kind text, p_body text, p_subject text default null)
returns void
language plpgsql
stable
set search_path = ''
as $$
declare
  v_allowed text[] := app.template_fields(p_kind);
  v_named text[] := array(select m[1] from regexp_matches(p_body, '[{]([^{}]*)[}]', 'g') m);
  v_unknown text;
begin
  if v_allowed is null then
    raise exception 'there is no such kind of template' using errcode = 'VX400';
  elsif char_length(coalesce(btrim(p_body), '')) not between 1 and 1000 or char_length(p_subject) > 150 then
    raise exception 'a template has 1 to 1000 characters, its subject up to 150' using errcode = 'VX400';
  elsif app.message_text_refusal(p_kind, 'sms', regexp_replace(btrim(p_body), '[{][^{}]*[}]', '', 'g')) = 'too_long' then
    raise exception 'this is longer than a text may be: 160 characters for follow_up and marketing, 480 for the rest'
      using errcode = 'VX400';
  -- A subject is read on a locked screen, and goes to addresses that were only said.
  elsif replace(p_subject, '{clinic}', '') ~ '[{][^{}]*[}]' then
    raise exception 'a subject has no other field than {clinic}' using errcode = 'VX400';
  end if;
  select n into v_unknown from unnest(v_named) n where n <> all (v_allowed) limit 1;
  if v_unknown is not null then
    raise exception 'there is no field {%} in a % template; there are {%}',
      left(v_unknown, 40), p_kind, array_to_string(v_allowed, '}, {') using errcode = 'VX400';
  elsif p_kind = 'code' and position('{code}' in p_body) = 0 then
    raise exception 'a code template needs the field {code}' using errcode = 'VX400';
  end if;
end
$$;

comment on function app.check_template(text, text, text) is
  'Raises VX400 unless the wording fits its kind: not empty and, its fields aside, no longer than such a text may be, see app.message_text_refusal; no field that the kind has not (the message names those it has), and {code} where the text is about nothing else; a subject of up to 150 characters with no field but {clinic}.';

select app.seal('app.check_template(text, text, text)', null, 'app_writer');
-- end of sql/0945_function_check_template.sql
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
declare
  v_org_id uuid := app.require_org_id();
  v_id uuid := p_template_id;
  v_name text := btrim(coalesce(p_name, ''));
  v_subject text := nullif(btrim(p_subject), '');
begin
  perform app.require_staff();
  perform app.check_template(p_kind, p_body, v_subject);
  if char_length(v_name) not between 1 and 80 or coalesce(p_language, '') !~ '^[a-z]{2}$' then
    raise exception 'a template needs a name of up to 80 characters and a language of two letters' using errcode = 'VX400';
  end if;

  if v_id is null then
    insert into public.message_templates (org_id, kind, name, language, subject, body, active)
    values (v_org_id, p_kind, v_name, p_language, v_subject, btrim(p_body), coalesce(p_active, true))
    returning id into v_id;
  else
    update public.message_templates t
    set kind = p_kind, name = v_name, language = p_language, subject = v_subject, body = btrim(p_body),
      active = coalesce(p_active, true), updated_at = app.now()
    where t.org_id = v_org_id and t.id = v_id
      -- What a campaign sends stays of the kind that the campaign was checked for.
      and (t.kind = p_kind or not exists (
        select from public.campaign_steps s where s.org_id = t.org_id and s.template_id = t.id));
    if not found then
      if exists (select from public.message_templates t where t.org_id = v_org_id and t.id = v_id) then
        raise exception 'a campaign uses this template; its kind stays' using errcode = 'VX409';
      end if;
      raise exception 'there is no such template' using errcode = 'VX404';
    end if;
  end if;
  return query select * from public.message_templates t where t.org_id = v_org_id and t.id = v_id;
exception when unique_violation then
  raise exception 'another template of this kind and language has this name, or is active already' using errcode = 'VX409';
end
$$;

comment on function app.save_template(uuid, text, text, text, text, text, boolean) is
  'Makes (p_template_id NULL) or changes the clinic''s own wording and returns it. Staff only (VX403). VX400: kind, name, language or a field does not fit, see app.check_template. VX404: no such template. VX409: the name is taken, another one is active for what goes out by itself, or a campaign holds it to its kind.';

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
  perform app.require_staff();
  delete from public.message_templates t
  where t.org_id = app.require_org_id() and t.id = p_template_id;
  return found;
exception when foreign_key_violation then
  raise exception 'a campaign uses this template' using errcode = 'VX409';
end
$$;

comment on function app.delete_template(uuid) is
  'Deletes the clinic''s own wording; what goes out by itself then has ours again. Returns whether there was one. Staff only (VX403); VX409 while a campaign''s step uses it.';

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
declare
  -- The numbers 555-0100 to 555-0199 are kept for fiction. A fixed Tuesday: the same wording shows the same preview.
  v_words text[] := app.local_words('2030-03-05 14:30+00', 'UTC', p_language);
begin
  perform app.require_org_id();
  perform app.check_template(p_kind, p_body);
  return app.render_text(btrim(p_body), jsonb_build_object(
    'clinic', 'Example Clinic', 'first_name', 'Robin', 'date', v_words[1], 'time', v_words[2],
    'visits', array_to_string(v_words, ', '), 'code', '123456', 'service', 'Checkup', 'practitioner', 'Dr. Example',
    'place', 'Main Street 1', 'phone', '+13125550100'));
end
$$;

comment on function app.preview_template(text, text, text) is
  'The wording as a patient would read it, with made-up values: an example clinic, a patient called Robin, a Tuesday, a code. Nothing of the clinic''s or a patient''s is in it. VX400 as in app.check_template.';

select app.seal('app.preview_template(text, text, text)', 'app_writer', 'tenant_user');
-- end of sql/0956_function_preview_template.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0957_function_check_steps.sql
create or replace function app.check_steps(p_category text, p_steps jsonb)
returns void
language plpgsql
stable
set search_path = ''
as $$
declare
  v_step jsonb;
  v_after integer;
  v_last integer := -1;
begin
  if jsonb_typeof(p_steps) is distinct from 'array' or jsonb_array_length(p_steps) not between 1 and 10 then
    raise exception 'a campaign has one to ten steps' using errcode = 'VX400';
  end if;
  for v_step in select * from jsonb_array_elements(p_steps) loop
    if coalesce(v_step ->> 'after_minutes', '') !~ '^[0-9]{1,6}$' or (v_step ->> 'after_minutes')::integer > 525600 then
      raise exception 'after_minutes is a whole number from 0 to 525600, a year' using errcode = 'VX400';
    end if;
    v_after := (v_step ->> 'after_minutes')::integer;
    if v_after <= v_last then
      raise exception 'each step comes later than the one before' using errcode = 'VX400';
    -- Advertising in a follow_up would get around the consent that marketing needs.
    elsif not exists (
      select from public.message_templates t
      where t.org_id = app.require_org_id() and t.id::text = lower(v_step ->> 'template_id')
        and t.kind in ('follow_up', p_category)
    ) then
      raise exception 'each step needs a template of the clinic''s, of kind follow_up or, in a marketing campaign, marketing'
        using errcode = 'VX400';
    end if;
    v_last := v_after;
  end loop;
end
$$;

comment on function app.check_steps(text, jsonb) is
  'Raises VX400 unless p_steps is an array of one to ten {"after_minutes", "template_id"}, each later than the one before, at most a year, with the clinic''s templates of a kind that the campaign''s category may send.';

select app.seal('app.check_steps(text, jsonb)', null, 'app_writer');
-- end of sql/0957_function_check_steps.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0958_function_claim_number.sql
create or replace function app.claim_number(p_number text)
returns void
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_location_id uuid := (
    select l.id from public.locations l where l.org_id = v_org_id order by l.created_at, l.id limit 1);
begin
  if v_location_id is null then
    raise exception 'a number belongs to a location; add one first' using errcode = 'VX409';
  end if;
  insert into public.phone_numbers (org_id, number, location_id, provider)
  values (v_org_id, p_number, v_location_id, 'twilio')
  on conflict (number) do nothing;
  -- Another tenant's row is invisible here; that ours is missing says enough.
  if not exists (select from public.phone_numbers n where n.org_id = v_org_id and n.number = p_number) then
    raise exception 'this number is in use by another organization' using errcode = 'VX409';
  end if;
end
$$;

comment on function app.claim_number(text) is
  'Makes a number (E.164) the tenant''s, at its first location, so that texts to it find the clinic. A number it already has stays as it is. VX409: another organisation has it, or there is no location.';

select app.seal('app.claim_number(text)', null, 'app_writer');
-- end of sql/0958_function_claim_number.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0959_function_check_segment.sql
create or replace function app.check_segment(p_segment jsonb)
returns void
language plpgsql
immutable
set search_path = ''
as $$
declare
  v_key text;
  v_value jsonb;
begin
  if jsonb_typeof(p_segment) is distinct from 'object' then
    raise exception 'a segment is an object' using errcode = 'VX400';
  end if;
  for v_key, v_value in select * from jsonb_each(p_segment) loop
    if v_key not in ('lead_status', 'service_interests', 'last_visit_before', 'no_visit_ahead') then
      raise exception 'a segment has no key "%"; it has lead_status, service_interests, last_visit_before, no_visit_ahead',
        left(v_key, 40) using errcode = 'VX400';
    elsif not (case v_key
      when 'no_visit_ahead' then jsonb_typeof(v_value) = 'boolean'
      when 'last_visit_before' then jsonb_typeof(v_value) = 'string' and v_value #>> '{}' ~ '^\d{4}-\d{2}-\d{2}$'
      else jsonb_typeof(v_value) = 'array' and not jsonb_path_exists(v_value, '$[*] ? (@.type() != "string")')
    end) then
      raise exception 'the value of "%" does not fit', v_key using errcode = 'VX400';
    end if;
  end loop;
  perform (p_segment ->> 'last_visit_before')::date;
exception when datetime_field_overflow or invalid_datetime_format then
  raise exception 'last_visit_before is no date' using errcode = 'VX400';
end
$$;

comment on function app.check_segment(jsonb) is
  'Raises VX400 unless the segment of a campaign has known keys only, each with a value of its type: lead_status and service_interests arrays of strings, last_visit_before a date, no_visit_ahead true or false.';

select app.seal('app.check_segment(jsonb)', null, 'app_writer');
-- end of sql/0959_function_check_segment.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0960_function_campaign_segment.sql
create or replace function app.campaign_segment(
  p_segment jsonb
)
returns setof public.contacts
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_now timestamptz := app.now();
  v_statuses text[];
  v_interests text[];
  v_before date;
begin
  perform app.check_segment(p_segment);
  v_statuses := case when p_segment ? 'lead_status' then array(select jsonb_array_elements_text(p_segment -> 'lead_status')) end;
  v_interests := case when p_segment ? 'service_interests' then
    array(select lower(i) from jsonb_array_elements_text(p_segment -> 'service_interests') i) end;
  v_before := (p_segment ->> 'last_visit_before')::date;
  return query
  select c.*
  from public.contacts c
  join public.organizations o on o.id = c.org_id
  where c.org_id = v_org_id
    and c.phone is not null
    and c.erased_at is null
    and (v_statuses is null or c.lead_status = any (v_statuses))
    and (v_interests is null or exists (select from unnest(c.service_interests) i where lower(i) = any (v_interests)))
    -- Nobody is recalled who was never there: without a visit there is no last one.
    and (v_before is null or v_before > (
      select max((a.scheduled_at at time zone o.time_zone)::date)
      from public.appointments a
      where a.org_id = c.org_id and a.contact_id = c.id
        and a.status in ('confirmed', 'completed') and a.scheduled_at <= v_now))
    and (not coalesce((p_segment ->> 'no_visit_ahead')::boolean, false) or not exists (
      select from public.appointments a
      where a.org_id = c.org_id and a.contact_id = c.id
        and a.status in ('pending', 'confirmed') and a.scheduled_at > v_now))
    and not app.is_opted_out('sms', c.phone)
  order by c.id;
end
$$;

comment on function app.campaign_segment(jsonb) is
  'Whom a campaign reaches: contacts with a number of their own, neither erased nor opted out, narrowed by every key of the segment (see app.check_segment; VX400). Days are the clinic''s. Consent to marketing is asked by app.start_campaign and again at each sending.';

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
declare
  v_org_id uuid := app.require_org_id();
  v_name text := btrim(coalesce(p_name, ''));
  v_campaign public.campaigns;
begin
  perform app.require_staff();
  if char_length(v_name) not between 1 and 80 or coalesce(p_category, '') not in ('marketing', 'follow_up') then
    raise exception 'a campaign needs a name of up to 80 characters and a category: marketing or follow_up' using errcode = 'VX400';
  end if;
  perform app.check_segment(p_segment);
  perform app.check_steps(p_category, p_steps);

  if p_campaign_id is null then
    insert into public.campaigns (org_id, name, category, segment, stop_on_reply, stop_on_booking)
    values (v_org_id, v_name, p_category, p_segment, coalesce(p_stop_on_reply, true), coalesce(p_stop_on_booking, true))
    returning * into v_campaign;
  else
    select * into v_campaign from public.campaigns c where c.org_id = v_org_id and c.id = p_campaign_id for update;
    if v_campaign.id is null then
      raise exception 'there is no such campaign' using errcode = 'VX404';
    elsif v_campaign.status <> 'draft' then
      raise exception 'a campaign that was started stays as it is' using errcode = 'VX409';
    end if;
    update public.campaigns c
    set name = v_name, category = p_category, segment = p_segment, stop_on_reply = coalesce(p_stop_on_reply, true),
      stop_on_booking = coalesce(p_stop_on_booking, true), updated_at = app.now()
    where c.org_id = v_org_id and c.id = p_campaign_id
    returning * into v_campaign;
    delete from public.campaign_steps s where s.org_id = v_org_id and s.campaign_id = p_campaign_id;
  end if;

  insert into public.campaign_steps (org_id, campaign_id, position, after, template_id)
  select v_org_id, v_campaign.id, e.position, make_interval(mins => (e.step ->> 'after_minutes')::integer),
    (e.step ->> 'template_id')::uuid
  from jsonb_array_elements(p_steps) with ordinality e (step, position);
  return next v_campaign;
exception when unique_violation then
  raise exception 'another campaign has this name' using errcode = 'VX409';
end
$$;

comment on function app.save_campaign(uuid, text, text, jsonb, jsonb, boolean, boolean) is
  'Makes (p_campaign_id NULL) or replaces a draft with its steps, [{"after_minutes": 0, "template_id": "…"}], and returns it. Staff only (VX403). VX400 as app.check_segment and app.check_steps say; VX404: no such campaign; VX409: it was started, or the name is taken.';

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
declare
  v_org_id uuid := app.require_org_id();
  v_now timestamptz;
  v_campaign public.campaigns;
  v_planned bigint;
begin
  perform app.require_admin();
  select * into v_campaign from public.campaigns c where c.org_id = v_org_id and c.id = p_campaign_id for no key update;
  v_now := app.now();
  if v_campaign.id is null then
    raise exception 'there is no such campaign' using errcode = 'VX404';
  elsif v_campaign.status = 'running' then
    return next v_campaign;
    return;
  elsif v_campaign.status <> 'draft' then
    raise exception 'this campaign is over; make a new one' using errcode = 'VX409';
  end if;

  with planned as (
    insert into public.scheduled_messages (org_id, kind, contact_id, campaign_step_id, due_at)
    select v_org_id, 'campaign', c.id, s.id, v_now + s.after
    from app.campaign_segment(v_campaign.segment) c
    cross join public.campaign_steps s
    where s.org_id = v_org_id and s.campaign_id = v_campaign.id
      and (v_campaign.category <> 'marketing' or c.marketing_consent_at is not null)
    on conflict do nothing
    returning id, due_at
  )
  select count(app.enqueue_job('send_scheduled', jsonb_build_object('scheduled_id', p.id), p.due_at)) into v_planned
  from planned p;

  update public.campaigns c
  set status = case when v_planned > 0 then 'running' else 'done' end, started_at = v_now,
    ended_at = case when v_planned = 0 then v_now end, updated_at = v_now
  where c.org_id = v_org_id and c.id = v_campaign.id
  returning * into v_campaign;
  insert into public.audit_log (org_id, action, entity, entity_id, actor_user_id)
  values (v_org_id, 'campaign_started', 'campaign', v_campaign.id, app.current_user_id());
  return next v_campaign;
end
$$;

comment on function app.start_campaign(uuid) is
  'Plans every step for every contact of the segment as it is now (marketing: of those who agreed to it) and returns the campaign; done at once when nobody is in it. Owner or admin only (VX403). A second start returns the running campaign and plans nothing. VX404: no such campaign; VX409: it is over.';

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
declare
  v_org_id uuid := app.require_org_id();
  v_now timestamptz;
  v_campaign public.campaigns;
begin
  perform app.require_staff();
  select * into v_campaign
  from public.campaigns c
  where c.org_id = v_org_id and c.id = p_campaign_id
  -- The message of a step that is being sent points at this row; its sender must not have to wait for us.
  for no key update;
  v_now := app.now();
  if v_campaign.id is null then
    raise exception 'there is no such campaign' using errcode = 'VX404';
  elsif v_campaign.status in ('stopped', 'done') then
    return next v_campaign;
    return;
  end if;

  with stopped as (
    select s.org_id, s.id
    from public.scheduled_messages s
    join public.campaign_steps t on t.org_id = s.org_id and t.id = s.campaign_step_id
    where t.org_id = v_org_id and t.campaign_id = p_campaign_id and s.state = 'waiting'
    order by s.id
    for update of s
  )
  update public.scheduled_messages s
  set state = 'cancelled', reason = 'stopped', updated_at = v_now
  from stopped
  where s.org_id = stopped.org_id and s.id = stopped.id;
  update public.campaigns c
  set status = 'stopped', ended_at = v_now, updated_at = v_now
  where c.org_id = v_org_id and c.id = p_campaign_id
  returning * into v_campaign;
  insert into public.audit_log (org_id, action, entity, entity_id, actor_user_id)
  values (v_org_id, 'campaign_stopped', 'campaign', p_campaign_id, app.current_user_id());
  return next v_campaign;
end
$$;

comment on function app.stop_campaign(uuid) is
  'Ends a campaign: nothing that still waits is sent. Any of the staff may (VX403 otherwise), for stopping harms nobody. A draft is ended too; one that is over is returned as it is. VX404: no such campaign.';

select app.seal('app.stop_campaign(uuid)', 'app_writer', 'tenant_user');
-- end of sql/0963_function_stop_campaign.sql
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
$$;

comment on function app.release_number(text) is
  'Gives up a number that only texts used. One that calls use (known to Vapi, or with an agent) stays the clinic''s.';

select app.seal('app.release_number(text)', null, 'app_writer');
-- end of sql/0964_function_release_number.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0965_function_reply_intent.sql
-- Carriers look at the whole text being one of their words. Patients write sentences, and the law asks to honour any
-- reasonable way of saying no; so a few unmistakable phrases count too, but no word inside a sentence: "cancel my
-- appointment" is no opt-out, and "do not stop" is none either.
create or replace function app.reply_intent(p_text text)
returns text
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
declare
  v_plain text := regexp_replace(normalize(upper(coalesce(p_text, '')), nfkd), '[\u0300-\u036f''’`]', '', 'g');
  v_words text := btrim(regexp_replace(v_plain, '[^A-Z0-9]+', ' ', 'g'));
  v_word text := replace(v_words, ' ', '');
begin
  return case
    when v_word in ('STOP', 'STOPALL', 'UNSUBSCRIBE', 'CANCEL', 'END', 'QUIT', 'REVOKE', 'OPTOUT',
      'ALTO', 'BAJA', 'ARRET', 'STOPP', 'ABMELDEN') then 'opt_out'
    when v_words ~ '^(PLEASE )?(STOP|QUIT)( IT| NOW| THIS)?( PLEASE)?$'
      or v_words ~ '^(PLEASE )?(UNSUBSCRIBE|REMOVE|OPT) ME( OUT)?( FROM (THE |THIS |YOUR |ALL )?(TEXT |MAILING )?(LIST|LISTS|TEXTS|MESSAGES))?( PLEASE)?$'
      or v_words ~ '^(PLEASE |I WANT TO |I WOULD LIKE TO |ID LIKE TO )?OPT ?OUT( PLEASE| OF .*)?$'
      or v_words ~ '^(PLEASE )?STOP (TEXTING|MESSAGING|CONTACTING|SENDING|THESE TEXTS|THE TEXTS|ALL TEXTS|THESE MESSAGES)\M'
      or v_words ~ '^(PLEASE )?(DO NOT|DONT|NEVER) (TEXT|MESSAGE|CONTACT) ME\M'
      or v_words ~ '^(PLEASE )?(DO NOT|DONT) TEXT( AGAIN| ANY ?MORE| THIS NUMBER)?( PLEASE)?$'
      or v_words ~ '^(PLEASE )?(TAKE ME OFF|NO MORE (TEXTS|MESSAGES))\M' then 'opt_out'
    when v_word in ('START', 'UNSTOP') then 'opt_in'
    when v_word in ('HELP', 'INFO') then 'help'
    when v_word in ('YES', 'Y') then 'yes'
    when v_word in ('C', 'CONFIRM', 'CONFIRMED', 'OK', 'OKAY') then 'confirm'
    when v_word in ('X', 'CHANGE') then 'change'
    when v_word in ('NO', 'N', 'KEEP') then 'no'
    when v_word ~ '^[0-9]{1,2}$' then 'number'
    else 'other'
  end;
end
$$;

comment on function app.reply_intent(text) is
  'What a patient''s text says: opt_out, opt_in, help, yes, confirm, change, no, number (one or two digits) or other. Case, accents, blanks and punctuation do not matter. yes is an opt_in from somebody who opted out; the caller decides.';

select app.seal('app.reply_intent(text)', null, 'app_writer');
-- end of sql/0965_function_reply_intent.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0966_function_visits_to_answer.sql
-- Six fit into one text with their dates, the question and two names; who has more hears of the next six.
create or replace function app.visits_to_answer(p_contact_id uuid, p_now timestamptz)
returns setof public.appointments
language sql
stable
set search_path = ''
as $$
  select a.*
  from public.appointments a
  where a.org_id = app.current_org_id()
    and a.contact_id = p_contact_id
    and a.status in ('pending', 'confirmed')
    and a.scheduled_at > p_now
  order by a.scheduled_at, a.id
  limit 6
$$;

comment on function app.visits_to_answer(uuid, timestamptz) is
  'The visits to come that a text from this contact can be about, the next first, at most six.';

select app.seal('app.visits_to_answer(uuid, timestamptz)', null, 'app_writer');
-- end of sql/0966_function_visits_to_answer.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0967_function_reply_wording.sql
-- Only letters that GSM-7 has: one other doubles the price of a text. Our answers name C and X only:
-- CANCEL is the carriers' word for an opt-out, YES one for an opt-in.
create or replace function app.reply_wording(p_kind text, p_language text)
returns text
language sql
immutable
parallel safe
set search_path = ''
as $$
  select w.body
  from (values
    ('confirmed', 'en', '{clinic}: thank you, this visit is confirmed: {visits}'),
    ('confirmed', 'es', '{clinic}: gracias, la cita queda confirmada: {visits}'),
    ('confirmed', 'fr', '{clinic} : merci, ce rendez-vous est confirmé : {visits}'),
    ('confirmed', 'de', '{clinic}: danke, dieser Termin ist bestätigt: {visits}'),
    ('cancelled', 'en', '{clinic}: this visit is cancelled: {visits}. To book again, call {phone}.'),
    ('cancelled', 'es', '{clinic}: la cita queda anulada: {visits}. Para otra cita, llame al {phone}.'),
    ('cancelled', 'fr', '{clinic} : ce rendez-vous est annulé : {visits}. Pour un autre, appelez le {phone}.'),
    ('cancelled', 'de', '{clinic}: dieser Termin ist abgesagt: {visits}. Für einen neuen rufen Sie {phone} an.'),
    ('kept', 'en', '{clinic}: nothing was cancelled: {visits}'),
    ('kept', 'es', '{clinic}: no se ha anulado nada: {visits}'),
    ('kept', 'fr', '{clinic} : rien n''a été annulé : {visits}'),
    ('kept', 'de', '{clinic}: es wurde nichts abgesagt: {visits}'),
    ('cancel_this', 'en', 'Reply X again to cancel this visit, or C to keep it: {visits}'),
    ('cancel_this', 'es', 'Responda X otra vez para anular esta cita, o C para mantenerla: {visits}'),
    ('cancel_this', 'fr', 'Répondez encore X pour annuler ce rendez-vous, ou C pour le garder : {visits}'),
    ('cancel_this', 'de', 'Antworten Sie noch einmal X, um diesen Termin abzusagen, oder C, um ihn zu behalten: {visits}'),
    ('cancel_which', 'en', 'Which visit is to be cancelled? Reply with its number, or C to keep all.{visits}'),
    ('cancel_which', 'es', '¿Qué cita quiere anular? Responda con su numero, o C para mantener todas.{visits}'),
    ('cancel_which', 'fr', 'Quel rendez-vous annuler ? Répondez par son numéro, ou C pour tout garder.{visits}'),
    ('cancel_which', 'de', 'Welcher Termin soll entfallen? Antworten Sie mit der Nummer, oder C, um alle zu behalten.{visits}'),
    ('confirm_which', 'en', 'Which visit do you confirm? Reply with its number.{visits}'),
    ('confirm_which', 'es', '¿Qué cita confirma? Responda con su numero.{visits}'),
    ('confirm_which', 'fr', 'Quel rendez-vous confirmez-vous ? Répondez par son numéro.{visits}'),
    ('confirm_which', 'de', 'Welchen Termin bestätigen Sie? Antworten Sie mit der Nummer.{visits}'),
    ('help', 'en', '{clinic}: call us at {phone}. Reply STOP to get no more texts.'),
    ('help', 'es', '{clinic}: llamenos al {phone}. Responda STOP para no recibir mas mensajes.'),
    ('help', 'fr', '{clinic} : appelez-nous au {phone}. Répondez STOP pour ne plus recevoir de messages.'),
    ('help', 'de', '{clinic}: rufen Sie uns an: {phone}. Antworten Sie STOP, um keine Nachrichten mehr zu erhalten.')
  ) w (kind, language, body)
  where w.kind = p_kind and w.language in (p_language, 'en')
  order by w.language = p_language desc
  limit 1
$$;

comment on function app.reply_wording(text, text) is
  'How we answer a text: kind confirmed, cancelled, kept, help, or a question of reply_questions; with fields in braces for app.render_text. English where the language has no wording.';

select app.seal('app.reply_wording(text, text)', null, 'app_writer');
-- end of sql/0967_function_reply_wording.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0968_function_visits_in_reply.sql
create or replace function app.visits_in_reply(p_appointment_ids uuid[], p_language text, p_numbered boolean)
returns text
language sql
stable
set search_path = ''
as $$
  with listed as (
    select u.position, array_to_string(app.local_words(a.scheduled_at, l.time_zone, p_language), ', ') as at,
      split_part(coalesce(a.said_name, p.name), ' ', 1) as first_name,
      min(a.patient_id::text) over () <> max(a.patient_id::text) over () as several_patients
    from unnest(p_appointment_ids) with ordinality u (id, position)
    join public.appointments a on a.org_id = app.current_org_id() and a.id = u.id
    join public.locations l on l.org_id = a.org_id and l.id = a.location_id
    join public.patients p on p.org_id = a.org_id and p.id = a.patient_id
  )
  select string_agg(
    case when p_numbered then chr(10) || i.position || ' ' else '' end || i.at
      || case when i.several_patients then ' ' || i.first_name else '' end,
    case when p_numbered then '' else '; ' end order by i.position)
  from listed i
$$;

comment on function app.visits_in_reply(uuid[], text, boolean) is
  'Visits in words for a text: local day and time, and the first name only where several patients are among them. Numbered: each on a line of its own behind its position, which is what an answer names.';

select app.seal('app.visits_in_reply(uuid[], text, boolean)', null, 'app_writer');
-- end of sql/0968_function_visits_in_reply.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0969_function_queue_reply.sql
create or replace function app.queue_reply(p_inbound public.messages, p_kind text, p_appointment_ids uuid[], p_our_number text)
returns uuid
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_language text := app.contact_language((p_inbound).contact_id);
  v_fields jsonb;
begin
  select jsonb_build_object(
    'clinic', o.name,
    'phone', coalesce((
      select l.phone from public.locations l
      where l.org_id = o.id and l.phone is not null
      order by l.created_at, l.id
      limit 1), p_our_number),
    'visits', coalesce(app.visits_in_reply(p_appointment_ids, v_language, p_kind in ('cancel_which', 'confirm_which')), ''))
  into v_fields
  from public.organizations o
  where o.id = (p_inbound).org_id;

  return (
    select d.message_id
    from app.begin_message(
      p_category => 'reply', p_method => 'sms',
      p_content => app.render_text(app.reply_wording(p_kind, v_language), v_fields),
      p_send_key => 'reply:' || (p_inbound).id, p_contact_id => (p_inbound).contact_id,
      p_service_provider => (p_inbound).service_provider, p_recipient => (p_inbound).recipient,
      p_in_reply_to => (p_inbound).id, p_hand_over => false) d
    where d.outcome = 'queued'
  );
end
$$;

comment on function app.queue_reply(public.messages, text, uuid[], text) is
  'Queues our one answer to a received text, in the contact''s language, else the clinic''s; p_kind as in app.reply_wording. NULL when it may not be sent (opted out, too many answers within an hour).';

select app.seal('app.queue_reply(public.messages, text, uuid[], text)', null, 'app_writer');
-- end of sql/0969_function_queue_reply.sql
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
-- snapshot of sql/0971_function_close_question.sql
create or replace function app.close_question(p_contact_id uuid, p_now timestamptz)
returns void
language sql
volatile
set search_path = ''
as $$
  update public.reply_questions q
  set answered_at = p_now
  where q.org_id = app.require_org_id() and q.contact_id = p_contact_id and q.answered_at is null
$$;

comment on function app.close_question(uuid, timestamptz) is
  'Ends the open question to a contact, if there is one: answered, overtaken or replaced.';

select app.seal('app.close_question(uuid, timestamptz)', null, 'app_writer');
-- end of sql/0971_function_close_question.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0972_function_leave_to_staff.sql
create or replace function app.leave_to_staff(p_inbound public.messages)
returns app.inbound_answer
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_entity text := case when (p_inbound).contact_id is null then 'message' else 'contact' end;
begin
  -- Ten texts in a row are one conversation to look at, not ten notifications.
  if not exists (
    select from public.notifications n
    left join public.messages m on m.org_id = n.org_id and n.entity = 'message' and m.id = n.entity_id
    where n.org_id = (p_inbound).org_id and n.kind = 'message_received' and n.read_at is null
      and ((n.entity = 'contact' and n.entity_id = (p_inbound).contact_id) or m.recipient_hash = (p_inbound).recipient_hash)
  ) then
    perform app.notify_staff('message_received', 'A text came in that people should read', v_entity,
      coalesce((p_inbound).contact_id, (p_inbound).id));
  end if;
  return ('stored', (p_inbound).id, (p_inbound).contact_id, null)::app.inbound_answer;
end
$$;

comment on function app.leave_to_staff(public.messages) is
  'A received text that asks nothing of us: staff are told, once until they have read it per contact (per number where there is no contact). outcome stored.';

select app.seal('app.leave_to_staff(public.messages)', null, 'app_writer');
-- end of sql/0972_function_leave_to_staff.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0973_function_open_question.sql
-- "X" must cancel the visit that was named in the question. Where staff moved it since, the question is void; its visits
-- are locked first, so that a move which is about to commit counts too.
create or replace function app.open_question(p_contact_id uuid, p_now timestamptz)
returns public.reply_questions
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_question public.reply_questions;
begin
  select * into v_question
  from public.reply_questions q
  where q.org_id = v_org_id and q.contact_id = p_contact_id and q.answered_at is null;
  if v_question.id is null then
    return null;
  end if;
  perform from public.appointments a
  where a.org_id = v_org_id and a.id = any (v_question.appointment_ids)
  order by a.id
  for update;
  if v_question.expires_at <= p_now or exists (
    select from public.appointment_changes h
    where h.org_id = v_org_id and h.appointment_id = any (v_question.appointment_ids)
      and h.at > v_question.asked_at and h.old_during <> h.new_during
  ) then
    perform app.close_question(p_contact_id, p_now);
    return null;
  end if;
  return v_question;
end
$$;

comment on function app.open_question(uuid, timestamptz) is
  'What we last asked this contact by text and still wait for; all NULL when nothing, or when it is older than a day or a visit in it was moved since (such a question is closed). Locks the visits in it.';

select app.seal('app.open_question(uuid, timestamptz)', null, 'app_writer');
-- end of sql/0973_function_open_question.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0974_function_ask_which_visit.sql
create or replace function app.ask_which_visit(
  p_inbound public.messages,
  p_kind text,
  p_appointment_ids uuid[],
  p_our_number text,
  p_now timestamptz
)
returns app.inbound_answer
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_reply_id uuid := app.queue_reply(p_inbound, p_kind, p_appointment_ids, p_our_number);
begin
  -- A question that may not be sent is no question: a later "X" would answer what nobody read.
  if v_reply_id is null then
    return app.leave_to_staff(p_inbound);
  end if;
  perform app.close_question((p_inbound).contact_id, p_now);
  insert into public.reply_questions (org_id, contact_id, kind, appointment_ids, asked_at, expires_at)
  values ((p_inbound).org_id, (p_inbound).contact_id, p_kind, p_appointment_ids, p_now, p_now + interval '24 hours');
  return ('asked', (p_inbound).id, (p_inbound).contact_id, v_reply_id)::app.inbound_answer;
end
$$;

comment on function app.ask_which_visit(public.messages, text, uuid[], text, timestamptz) is
  'Asks back by text: kind cancel_this (is it really to be cancelled), cancel_which or confirm_which (a numbered list). The question is open for 24 hours and replaces an older one. outcome asked, or stored when no text may be sent.';

select app.seal('app.ask_which_visit(public.messages, text, uuid[], text, timestamptz)', null, 'app_writer');
-- end of sql/0974_function_ask_which_visit.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0975_function_confirm_by_reply.sql
create or replace function app.confirm_by_reply(
  p_inbound public.messages,
  p_appointment_id uuid,
  p_our_number text,
  p_now timestamptz
)
returns app.inbound_answer
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_old public.appointments;
begin
  select * into v_old
  from public.appointments a
  where a.org_id = v_org_id and a.id = p_appointment_id
  for update;
  if v_old.status <> 'confirmed' or v_old.scheduled_at <= p_now then
    return app.leave_to_staff(p_inbound);
  end if;
  if v_old.confirmed_by_patient_at is null then
    update public.appointments a
    set confirmed_by_patient_at = p_now, updated_at = p_now
    where a.org_id = v_org_id and a.id = v_old.id;
    perform app.note_change('confirmed_by_patient', v_old.id, v_old, null, (p_inbound).id);
    perform app.notify_staff('visit_confirmed', 'A patient confirmed a visit by text', 'appointment', v_old.id);
  end if;
  return ('confirmed', (p_inbound).id, (p_inbound).contact_id,
    app.queue_reply(p_inbound, 'confirmed', array[v_old.id], p_our_number))::app.inbound_answer;
end
$$;

comment on function app.confirm_by_reply(public.messages, uuid, text, timestamptz) is
  'The patient says by text that they will come: kept on the visit, in its history and told to staff, each once. outcome confirmed, or stored when the visit is not confirmed by the clinic or past.';

select app.seal('app.confirm_by_reply(public.messages, uuid, text, timestamptz)', null, 'app_writer');
-- end of sql/0975_function_confirm_by_reply.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0976_function_cancel_by_reply.sql
create or replace function app.cancel_by_reply(
  p_inbound public.messages,
  p_appointment_id uuid,
  p_our_number text,
  p_now timestamptz
)
returns app.inbound_answer
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_old public.appointments;
begin
  select * into v_old
  from public.appointments a
  where a.org_id = v_org_id and a.id = p_appointment_id
  for update;
  if v_old.status in ('pending', 'confirmed') and v_old.scheduled_at > p_now then
    perform app.write_cancellation(v_old, 'cancelled by text', null, (p_inbound).id);
    perform app.notify_staff('visit_cancelled_by_reply', 'A patient cancelled a visit by text', 'appointment', v_old.id);
  elsif v_old.status <> 'cancelled' then
    return app.leave_to_staff(p_inbound);
  end if;
  return ('cancelled', (p_inbound).id, (p_inbound).contact_id,
    app.queue_reply(p_inbound, 'cancelled', array[v_old.id], p_our_number))::app.inbound_answer;
end
$$;

comment on function app.cancel_by_reply(public.messages, uuid, text, timestamptz) is
  'Cancels the visit that the patient''s answer named, as app.cancel_appointment does, and tells staff. outcome cancelled (also when somebody else cancelled it meanwhile), or stored when it is past.';

select app.seal('app.cancel_by_reply(public.messages, uuid, text, timestamptz)', null, 'app_writer');
-- end of sql/0976_function_cancel_by_reply.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0977_function_answer_wish.sql
create or replace function app.answer_wish(
  p_inbound public.messages,
  p_intent text,
  p_our_number text,
  p_now timestamptz
)
returns app.inbound_answer
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_contact_id uuid := (p_inbound).contact_id;
  v_ids uuid[];
begin
  if p_intent = 'change' then
    v_ids := array(select v.id from app.visits_to_answer(v_contact_id, p_now) v);
    if cardinality(v_ids) > 0 then
      return app.ask_which_visit(p_inbound, case cardinality(v_ids) when 1 then 'cancel_this' else 'cancel_which' end,
        v_ids, p_our_number, p_now);
    end if;
  elsif p_intent in ('confirm', 'yes') then
    v_ids := array(
      select v.id from app.visits_to_answer(v_contact_id, p_now) v
      where v.status = 'confirmed' and v.confirmed_by_patient_at is null);
    if cardinality(v_ids) > 1 then
      return app.ask_which_visit(p_inbound, 'confirm_which', v_ids, p_our_number, p_now);
    end if;
    -- Nothing left to confirm: the same yes again is answered about the next visit, and changes nothing.
    v_ids := coalesce(nullif(v_ids, '{}'), array(
      select v.id from app.visits_to_answer(v_contact_id, p_now) v where v.status = 'confirmed'));
    if cardinality(v_ids) > 0 then
      return app.confirm_by_reply(p_inbound, v_ids[1], p_our_number, p_now);
    end if;
  end if;
  return app.leave_to_staff(p_inbound);
end
$$;

comment on function app.answer_wish(public.messages, text, text, timestamptz) is
  'Answers a text that answers no question of ours: yes and confirm confirm the one visit ahead or ask which; change asks back before anything is cancelled; the rest, and wishes without a visit, go to staff.';

select app.seal('app.answer_wish(public.messages, text, text, timestamptz)', null, 'app_writer');
-- end of sql/0977_function_answer_wish.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0978_function_answer_question.sql
create or replace function app.answer_question(
  p_inbound public.messages,
  p_question public.reply_questions,
  p_intent text,
  p_our_number text,
  p_now timestamptz
)
returns app.inbound_answer
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_cancels boolean := (p_question).kind in ('cancel_this', 'cancel_which');
  v_ids uuid[] := (p_question).appointment_ids;
  v_pick uuid := case
    when (p_question).kind = 'cancel_this' and p_intent in ('change', 'yes') then v_ids[1]
    when (p_question).kind <> 'cancel_this' and p_intent = 'number' then
      v_ids[regexp_replace(normalize((p_inbound).content, nfkd), '[^0-9]', '', 'g')::integer]
  end;
  v_reply_id uuid;
begin
  -- Phones and networks send one text twice. Nobody has read our question within five seconds of asking for it.
  if p_intent = 'change' and v_cancels and p_now < (p_question).asked_at + interval '5 seconds' then
    return ('asked', (p_inbound).id, (p_inbound).contact_id, null)::app.inbound_answer;
  elsif p_intent = 'other' or (p_intent = 'no' and not v_cancels) then
    return app.leave_to_staff(p_inbound);
  elsif v_pick is not null or (v_cancels and p_intent in ('confirm', 'no')) or (not v_cancels and p_intent = 'change') then
    perform app.close_question((p_inbound).contact_id, p_now);
    return case
      when v_pick is not null and v_cancels then app.cancel_by_reply(p_inbound, v_pick, p_our_number, p_now)
      when v_pick is not null then app.confirm_by_reply(p_inbound, v_pick, p_our_number, p_now)
      when not v_cancels then app.answer_wish(p_inbound, 'change', p_our_number, p_now)
      else ('kept', (p_inbound).id, (p_inbound).contact_id,
        app.queue_reply(p_inbound, 'kept', v_ids, p_our_number))::app.inbound_answer
    end;
  end if;

  -- A number that is not on the list, or a yes to "which?": the same list once more, then people read on.
  if not (p_question).asked_again then
    v_reply_id := app.queue_reply(p_inbound, (p_question).kind, v_ids, p_our_number);
  end if;
  if v_reply_id is null then
    return app.leave_to_staff(p_inbound);
  end if;
  update public.reply_questions q
  set asked_again = true
  where q.org_id = (p_question).org_id and q.id = (p_question).id;
  return ('asked', (p_inbound).id, (p_inbound).contact_id, v_reply_id)::app.inbound_answer;
end
$$;

comment on function app.answer_question(public.messages, public.reply_questions, text, text, timestamptz) is
  'Takes a text as the answer to our open question: a number picks from its list, change or yes cancels the one visit asked about, confirm or no keeps everything. What fits none of it is asked again once, then stored. A second wish to change within five seconds is the first one repeated. outcome as in app.inbound_answer.';

select app.seal('app.answer_question(public.messages, public.reply_questions, text, text, timestamptz)', null, 'app_writer');
-- end of sql/0978_function_answer_question.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0979_function_opt_out_by_reply.sql
create or replace function app.opt_out_by_reply(p_inbound public.messages, p_now timestamptz)
returns app.inbound_answer
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_contact_id uuid := (p_inbound).contact_id;
begin
  if app.opt_out('sms', (p_inbound).recipient, 'reply')
    and exists (select from app.visits_to_answer(v_contact_id, p_now)) then
    perform app.notify_staff('opted_out_before_visit', 'Somebody with a visit ahead wants no more texts', 'contact', v_contact_id);
  end if;
  perform app.close_question(v_contact_id, p_now);
  return ('opted_out', (p_inbound).id, v_contact_id, null)::app.inbound_answer;
end
$$;

comment on function app.opt_out_by_reply(public.messages, timestamptz) is
  'Honours STOP and its like: the number gets no more texts. No visit is cancelled, CANCEL included; staff are told where one is ahead, for reminders will not arrive. No answer of ours: the carrier confirms.';

select app.seal('app.opt_out_by_reply(public.messages, timestamptz)', null, 'app_writer');
-- end of sql/0979_function_opt_out_by_reply.sql
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
  where c.org_id = app.require_org_id() and c.provider = p_provider
$$;

comment on function app.read_credential(text) is
  'The sealed credential of a provider, for the moment of its use; no row where the clinic has none. Never given to people''s requests.';

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
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  update public.org_credentials c
  set ciphertext = p_ciphertext, nonce = p_nonce, auth_tag = p_auth_tag, key_id = p_key_id
  where c.org_id = app.require_org_id() and c.provider = p_provider and c.nonce = p_old_nonce;
  return found;
end
$$;

comment on function app.reseal_credential(text, bytea, bytea, bytea, bytea, text) is
  'Puts the same secret, sealed with another key, in place. Only while the row still holds what was sealed with p_old_nonce: a credential that was saved anew meanwhile stays, also one sealed with the same old key. updated_at stays: it says when the secret changed. Returns whether it was replaced.';

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
  'The organisations, of all, that have a credential sealed with another key than this one; none: the other keys may go.';

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
-- snapshot of sql/0992_function_record_inbound_message.sql
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
declare
  v_org_id uuid := app.require_org_id();
  v_intent text := app.reply_intent(p_body);
  v_now timestamptz;
  v_inbound public.messages;
  v_question public.reply_questions;
begin
  if coalesce(p_provider, '') = '' or coalesce(p_external_id, '') = '' or coalesce(p_from, '') = '' then
    raise exception 'a received text needs its provider, its id and its sender' using errcode = 'VX400';
  end if;
  -- Texts of one number are handled one after the other, and none while one is being sent there.
  perform app.lock_number(p_from);
  v_now := app.now();
  return query
  select 'replayed', m.id, m.contact_id, (
    select r.id from public.messages r where r.org_id = m.org_id and r.in_reply_to = m.id and r.status <> 'blocked')
  from public.messages m
  where m.org_id = v_org_id and m.service_provider = p_provider and m.external_message_id = p_external_id;
  if found then
    return;
  end if;

  insert into public.messages (org_id, direction, method, category, recipient, recipient_hash, content, status,
    service_provider, external_message_id, contact_id)
  values (v_org_id, 'inbound', 'sms', 'reply', p_from, app.number_hash(p_from), left(coalesce(p_body, ''), 1600), 'delivered',
    p_provider, p_external_id, (select c.id from public.contacts c where c.org_id = v_org_id and c.phone = p_from))
  returning * into v_inbound;
  perform app.announce('message_created', 'message', v_inbound.id);
  perform app.stop_campaigns_for(v_inbound.contact_id, 'reply');

  -- What the carrier made of the text counts even where we would read it otherwise: it acts on it.
  v_intent := case
    when p_opt_out_type = 'STOP' then 'opt_out'
    when v_intent = 'opt_out' then 'opt_out'
    when v_intent = 'yes' and app.is_opted_out('sms', p_from) then 'opt_in'
    when p_opt_out_type = 'START' and v_intent <> 'yes' then 'opt_in'
    when p_opt_out_type = 'HELP' then 'help'
    else v_intent
  end;
  if p_from !~ '^\+[1-9][0-9]{6,14}$' then
    -- A short code or a name: no patient, and nothing to answer to.
    return next app.leave_to_staff(v_inbound);
  elsif v_intent = 'opt_out' then
    return next app.opt_out_by_reply(v_inbound, v_now);
  elsif v_intent = 'opt_in' then
    perform app.opt_in('sms', p_from, 'reply');
    return next ('opted_in', v_inbound.id, v_inbound.contact_id, null)::app.inbound_answer;
  elsif v_intent = 'help' then
    return next ('help', v_inbound.id, v_inbound.contact_id,
      case when p_opt_out_type is null then app.queue_reply(v_inbound, 'help', '{}', p_to) end)::app.inbound_answer;
  else
    v_question := app.open_question(v_inbound.contact_id, v_now);
    return next case
      when v_question.id is null then app.answer_wish(v_inbound, v_intent, p_to, v_now)
      else app.answer_question(v_inbound, v_question, v_intent, p_to, v_now)
    end;
  end if;
end
$$;

comment on function app.record_inbound_message(text, text, text, text, text, text) is
  'Keeps a text that came in (p_from to our number p_to, E.164) and does what it asks, once per provider''s id; p_opt_out_type is the carrier''s own reading (STOP, START, HELP). The sender is a contact by contacts.phone only; STOP counts also from a stranger. VX400 without provider, id or sender.';

select app.seal('app.record_inbound_message(text, text, text, text, text, text)', 'app_writer', 'tenant_service');
-- end of sql/0992_function_record_inbound_message.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0994_function_list_campaigns.sql
-- A campaign is over when its last step went out or was called off. Whoever sends a step holds its row, and the campaign's
-- row comes first in app.stop_campaign: so the end is noted here, by who looks, and not by the one that sends.
create or replace function app.list_campaigns()
returns setof public.campaigns
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_now timestamptz := app.now();
begin
  update public.campaigns c
  set status = 'done', ended_at = v_now, updated_at = v_now
  where c.org_id = v_org_id and c.status = 'running'
    and not exists (
      select from public.campaign_steps t
      join public.scheduled_messages s on s.org_id = t.org_id and s.campaign_step_id = t.id
      where t.org_id = v_org_id and t.campaign_id = c.id and s.state = 'waiting');
  return query
  select c.* from public.campaigns c where c.org_id = v_org_id order by c.created_at desc, c.id;
end
$$;

comment on function app.list_campaigns() is
  'The organisation''s campaigns, the newest first. A running one without a step left to send is done from then on.';

select app.seal('app.list_campaigns()', 'app_writer', 'tenant_user');
-- end of sql/0994_function_list_campaigns.sql
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
drop function app.list_campaigns;
drop function app.record_inbound_message;
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
drop function app.opt_out_by_reply;
drop function app.answer_question;
drop function app.answer_wish;
drop function app.cancel_by_reply;
drop function app.confirm_by_reply;
drop function app.ask_which_visit;
drop function app.open_question;
drop function app.leave_to_staff;
drop function app.close_question;
drop function app.message_stats;
drop function app.queue_reply;
drop function app.visits_in_reply;
drop function app.reply_wording;
drop function app.visits_to_answer;
drop function app.reply_intent;
drop function app.release_number;
drop function app.stop_campaign;
drop function app.start_campaign;
drop function app.save_campaign;
drop function app.campaign_segment;
drop function app.check_segment;
drop function app.claim_number;
drop function app.check_steps;
drop function app.preview_template;
drop function app.delete_template;
drop function app.save_template;
drop function app.check_template;
drop function app.note_message_codes;
drop function app.take_scheduled;
drop function app.take_answer;
drop function app.take_campaign;
drop function app.take_visits;
drop function app.visit_text;
drop function app.visits_to_tell;
drop function app.start_bundle;
drop function app.contact_language;
drop function app.confirmation_email;
drop function app.list_visits;
drop function app.note_code;
drop function app.settle_scheduled;
drop function app.template_for;
drop function app.render_text;
drop function app.template_fields;
drop function app.default_template;
drop function app.with_stop_hint;
drop function app.next_codes;
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
drop function app.record_call_report;
drop function app.schedule_missed_call;
drop function app.request_code;
drop function app.verify_code;
drop function app.patients_of_code;
drop function app.verify_caller;
drop function app.may_guess;
drop function app.approve_appointment;
drop function app.cancel_appointment;
drop function app.write_cancellation;
drop function app.reschedule_appointment;
drop function app.book_appointment;
drop function app.amend_appointment;
drop function app.move_appointment;
drop function app.place_booking;
drop function app.note_change;
drop function app.stop_campaigns_for;
drop function app.schedule_for_appointment;
drop function app.schedule_reminders;
drop function app.schedule_confirmation;
drop function app.lock_contact;
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
-- back to sql/0470_function_note_change.sql
create or replace function app.note_change(
  p_kind text,
  p_appointment_id uuid,
  p_old public.appointments,
  p_call_id uuid
)
returns void
language plpgsql
volatile
set search_path = ''
as $$
begin
  insert into public.appointment_changes (
    org_id, appointment_id, kind, old_during, new_during, old_resource_id, new_resource_id, call_id, actor_user_id)
  select a.org_id, a.id, p_kind, (p_old).during, a.during, (p_old).resource_id, a.resource_id, p_call_id, app.current_user_id()
  from public.appointments a
  where a.org_id = app.current_org_id() and a.id = p_appointment_id;
  perform app.announce(
    case when p_kind = 'booked' then 'appointment_created' else 'appointment_updated' end, 'appointment', p_appointment_id);
end
$$;

comment on function app.note_change(text, uuid, public.appointments, uuid) is
  'Keeps the history of an appointment and tells live clients. p_old is the row before the change, NULL for a new booking.';

select app.seal('app.note_change(text, uuid, public.appointments, uuid)', null, 'app_writer');
-- end of sql/0470_function_note_change.sql
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
-- back to sql/0510_function_move_appointment.sql
create or replace function app.move_appointment(
  p_kind text,
  p_appointment_id uuid,
  p_service_id uuid,
  p_resource_id uuid,
  p_starts_at timestamptz,
  p_call_id uuid,
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
    select app.candidates(p_service_id, p_resource_id, app.location_of_wish(p_call_id, p_appointment_id)));
  v_now timestamptz;
  v_old public.appointments;
  v_slot app.free_slot;
begin
  perform app.lock_resources(v_candidates);
  v_now := app.now();
  perform app.drop_expired_holds(v_candidates, v_now);

  -- Read again under the lock: staff may have cancelled or moved it meanwhile.
  select * into v_old
  from public.appointments a
  where a.org_id = v_org_id and a.id = p_appointment_id
  for update;
  if v_old.status is null or v_old.status not in ('pending', 'confirmed') then
    return app.booking_refusal('refused', 'not_active', p_service_id, p_resource_id, p_starts_at);
  end if;

  if v_old.service_id = p_service_id and v_old.scheduled_at = p_starts_at
    and coalesce(p_resource_id, v_old.resource_id) = v_old.resource_id
  then
    return app.booking_answer(p_kind, p_appointment_id);
  end if;

  select * into v_slot
  from app.choose_slot(p_service_id, p_resource_id, p_starts_at, v_now, p_call_id, p_appointment_id, p_override);
  if v_slot.resource_id is not null then
    begin
      -- A hold of this call on the new slot has served its purpose; it goes first, or it would stand in the way.
      delete from public.appointments a
      where a.org_id = v_org_id and a.call_id = p_call_id and a.status = 'held';
      update public.appointments a
      set location_id = v_slot.location_id, service_id = p_service_id, resource_id = v_slot.resource_id,
        scheduled_at = lower(v_slot.during), duration = upper(v_slot.during) - lower(v_slot.during),
        during = v_slot.during, blocked = v_slot.blocked,
        -- Moving does not approve; it can bring a confirmed visit under a stale calendar back to pending.
        status = case when a.status = 'pending' and not p_override then 'pending'
          else app.starting_status(v_slot.resource_id, v_now, p_override) end,
        overridden_by = case when p_override then app.current_user_id() else a.overridden_by end,
        confirmation_sent = false, updated_at = v_now
      where a.org_id = v_org_id and a.id = p_appointment_id;
    exception
      when exclusion_violation then
        v_slot := null;
      when unique_violation then
        -- The same patient has just this visit already, booked by the same call.
        return app.booking_refusal('question', 'own_booking', p_service_id, v_slot.resource_id, p_starts_at);
    end;
  end if;
  if v_slot.resource_id is null then
    return app.slot_refusal(p_service_id, p_resource_id, p_starts_at, v_now, p_call_id, p_appointment_id, p_override);
  end if;

  perform app.note_change(p_kind, p_appointment_id, v_old, p_call_id);
  return app.booking_answer(p_kind, p_appointment_id);
end
$$;

comment on function app.move_appointment(text, uuid, uuid, uuid, timestamptz, uuid, boolean) is
  'Moves one row to another time, resource or service in one statement: both or nothing, with its history kept. p_kind says what it is called (amended, rescheduled). The resource it has is preferred where any will do.';

select app.seal('app.move_appointment(text, uuid, uuid, uuid, timestamptz, uuid, boolean)', null, 'app_writer');
-- end of sql/0510_function_move_appointment.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- back to sql/0520_function_amend_appointment.sql
create or replace function app.amend_appointment(
  p_call_id uuid,
  p_booking_ref text,
  p_service text default null,
  p_starts_at timestamptz default null,
  p_resource text default null,
  p_patient_name text default null,
  p_tool_call_id text default null,
  p_said_date text default null,
  p_said_time text default null
)
returns setof app.booking_result
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_old public.appointments;
  v_service_id uuid;
  v_resource_id uuid;
  v_result app.booking_result;
begin
  perform app.lock_call(p_call_id);
  v_result := app.replayed_attempt('amend', p_call_id, p_tool_call_id);
  if v_result.outcome is not null then
    return next v_result;
    return;
  end if;

  select * into v_old
  from public.appointments a
  where a.org_id = v_org_id
    and a.call_id = p_call_id
    and a.booking_ref = upper(regexp_replace(p_booking_ref, '[^A-Za-z0-9]', '', 'g'));
  v_service_id := case when coalesce(btrim(p_service), '') = '' then v_old.service_id
    else (select id from app.find_service(p_service)) end;
  v_resource_id := (select id from app.find_resource(p_resource));

  if v_old.id is null then
    v_result := app.booking_refusal('refused', 'not_found');
  elsif v_service_id is null then
    v_result := app.booking_refusal('refused', 'unknown_service');
  elsif v_resource_id is null and coalesce(btrim(p_resource), '') <> '' then
    v_result := app.booking_refusal('refused', 'unknown_resource', v_service_id);
  elsif v_old.status not in ('pending', 'confirmed') then
    v_result := app.booking_refusal('refused', 'not_active', v_service_id);
  else
    begin
      v_result := app.move_appointment('amended', v_old.id, v_service_id, v_resource_id,
        coalesce(p_starts_at, v_old.scheduled_at), p_call_id, false);
      if v_result.outcome = 'amended' and app.normalise_name(coalesce(p_patient_name, '')) <> '' then
        perform app.rename_patient(v_old.id, p_patient_name, p_call_id);
        v_result := app.booking_answer('amended', v_old.id);
      end if;
    exception when unique_violation then
      -- Under the new name or time it would be a visit that this call has booked already: nothing is changed.
      v_result := app.booking_refusal('question', 'own_booking', v_service_id, v_resource_id, p_starts_at);
    end;
  end if;

  perform app.note_attempt('amend', v_result, p_call_id, p_tool_call_id, p_starts_at, p_said_date, p_said_time);
  return next v_result;
end
$$;

comment on function app.amend_appointment(uuid, text, text, timestamptz, text, text, text, text, text) is
  'Changes a booking that this very call made, named by its booking_ref: service, start, resource or the patient''s name; what is NULL or blank stays, but for the resource: without a name it stays where it is free, else another takes the visit. outcome amended, or refused: not_found (of another call, or none), not_active, unknown_service, unknown_resource or one of app.refusal_reason with alternatives.';

select app.seal('app.amend_appointment(uuid, text, text, timestamptz, text, text, text, text, text)', 'app_writer', 'tenant_service');
-- end of sql/0520_function_amend_appointment.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- back to sql/0530_function_book_appointment.sql
create or replace function app.book_appointment(
  p_service text,
  p_starts_at timestamptz,
  p_patient_name text,
  p_call_id uuid default null,
  p_tool_call_id text default null,
  p_resource text default null,
  p_contact_id uuid default null,
  p_date_of_birth date default null,
  p_email text default null,
  p_spoken_phone text default null,
  p_another_person boolean default false,
  p_notes text default null,
  p_override boolean default false,
  p_said_date text default null,
  p_said_time text default null
)
returns setof app.booking_result
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_name text := btrim(coalesce(p_patient_name, ''));
  v_service_id uuid;
  v_resource_id uuid;
  v_verdict text;
  v_own_id uuid;
  v_result app.booking_result;
begin
  -- A signed-in person is judged by their role, also when they name a call.
  if p_call_id is null or app.current_user_id() is not null then
    perform app.require_staff();
  end if;
  if p_call_id is null then
    if not exists (select from public.contacts c where c.org_id = v_org_id and c.id = p_contact_id) then
      raise exception 'name the contact to book for' using errcode = 'VX404';
    end if;
  elsif p_override or p_contact_id is not null then
    raise exception 'a call books by the rules and for its own contact' using errcode = 'VX403';
  end if;

  if p_starts_at is null then
    raise exception 'name the time to book' using errcode = 'VX400';
  end if;
  if p_call_id is not null then
    perform app.lock_call(p_call_id);
    v_result := app.replayed_attempt('book', p_call_id, p_tool_call_id);
    if v_result.outcome is not null then
      return next v_result;
      return;
    end if;
  end if;

  select id into v_service_id from app.find_service(p_service);
  select id into v_resource_id from app.find_resource(p_resource);
  if v_service_id is not null and v_name <> '' then
    select o.verdict, o.appointment_id into v_verdict, v_own_id
    from app.own_booking(p_call_id, v_service_id, v_resource_id, p_starts_at, v_name, p_date_of_birth, p_another_person) o;
  end if;

  v_result := case
    when v_service_id is null then app.booking_refusal('refused', 'unknown_service')
    when v_resource_id is null and coalesce(btrim(p_resource), '') <> '' then
      app.booking_refusal('refused', 'unknown_resource', v_service_id)
    when app.normalise_name(v_name) = '' then
      app.booking_refusal('question', 'name_missing', v_service_id, v_resource_id, p_starts_at)
    when v_verdict = 'replay' then app.booking_answer('booked', v_own_id, null, true)
    when v_verdict = 'question' then app.booking_answer('question', v_own_id, 'same_person')
    when v_verdict = 'amend' then
      app.move_appointment('amended', v_own_id, v_service_id, v_resource_id, p_starts_at, p_call_id, false)
    else app.place_booking(v_service_id, v_resource_id, p_starts_at, p_call_id, p_contact_id, v_name,
      p_date_of_birth, p_email, p_spoken_phone, nullif(btrim(p_notes), ''), p_override)
  end;

  -- A gap too short for the buffers between two visits of one call: nobody is told that they took it from themselves.
  if v_result.outcome = 'refused' and v_result.reason = 'taken' and app.blocked_by_own(p_call_id, v_service_id, v_resource_id, p_starts_at) then
    v_result.outcome := 'question';
    v_result.reason := 'own_booking';
  end if;

  if p_override and v_result.outcome = 'booked' then
    insert into public.audit_log (org_id, action, entity, entity_id, actor_user_id)
    values (v_org_id, 'booking_override', 'appointment', v_result.appointment_id, app.current_user_id());
  end if;
  perform app.note_attempt('book', v_result, p_call_id, p_tool_call_id, p_starts_at, p_said_date, p_said_time);
  return next v_result;
end
$$;

comment on function app.book_appointment(text, timestamptz, text, uuid, text, text, uuid, date, text, text, boolean, text, boolean, text, text) is
  'Books a visit, or says why not. By a call (p_call_id) for its own contact and by all rules, or by staff (p_contact_id; p_override sets every rule aside but the no-overlap one, and is audited). The end follows from the service. outcome booked (replayed when the same tool call or the same wish came before), amended (the call''s own overlapping booking of the same name was moved), question (name_missing, same_person: appointment and patient_name are those of the booking meant, own_booking) or refused (unknown_service, unknown_resource or one of app.refusal_reason) with up to three alternatives.';

select app.seal('app.book_appointment(text, timestamptz, text, uuid, text, text, uuid, date, text, text, boolean, text, boolean, text, text)', 'app_writer', 'tenant_service', 'tenant_user');
-- end of sql/0530_function_book_appointment.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- back to sql/0570_function_reschedule_appointment.sql
create or replace function app.reschedule_appointment(
  p_starts_at timestamptz,
  p_appointment text default null,
  p_on date default null,
  p_call_id uuid default null,
  p_tool_call_id text default null,
  p_resource text default null,
  p_override boolean default false,
  p_said_date text default null,
  p_said_time text default null,
  p_at time default null,
  p_patient_name text default null
)
returns setof app.booking_result
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_pick record;
  v_done_id uuid;
  v_old public.appointments;
  v_resource_id uuid := (select id from app.find_resource(p_resource));
  v_result app.booking_result;
begin
  -- A signed-in person is judged by their role, also when they name a call.
  if p_call_id is null or app.current_user_id() is not null then
    perform app.require_staff();
  end if;
  if p_call_id is not null and p_override then
    raise exception 'a call moves visits by the rules' using errcode = 'VX403';
  elsif p_call_id is not null then
    perform app.lock_call(p_call_id);
    v_result := app.replayed_attempt('reschedule', p_call_id, p_tool_call_id);
    if v_result.outcome is not null then
      return next v_result;
      return;
    end if;
  end if;

  if p_starts_at is null then
    raise exception 'name the time to move to' using errcode = 'VX400';
  end if;
  select * into v_pick from app.pick_appointment(p_call_id, p_appointment, p_on, p_at, p_patient_name);
  if v_pick.appointment_id is null and v_pick.reason <> 'which_appointment' then
    v_done_id := app.already_changed(
      'rescheduled', p_call_id, p_appointment, p_on, p_at, p_patient_name, p_starts_at);
  end if;
  select * into v_old from public.appointments a where a.org_id = v_org_id and a.id = v_pick.appointment_id;
  v_result := case
    when v_done_id is not null then app.booking_answer('rescheduled', v_done_id, null, true)
    when v_pick.reason = 'which_appointment' then app.booking_refusal('question', v_pick.reason)
    when v_pick.reason is not null then app.booking_refusal('refused', v_pick.reason)
    when v_resource_id is null and coalesce(btrim(p_resource), '') <> '' then
      app.booking_refusal('refused', 'unknown_resource', v_old.service_id)
    -- Asked for the time it already has: the wish is fulfilled, there is nothing to move.
    when v_old.status in ('pending', 'confirmed') and v_old.scheduled_at = p_starts_at
      and coalesce(v_resource_id, v_old.resource_id) = v_old.resource_id then
      app.booking_answer('rescheduled', v_old.id, null, true)
    -- A visit from before the call stays with its practitioner unless another one was asked for.
    else app.move_appointment('rescheduled', v_old.id, v_old.service_id,
      case when v_old.call_id = p_call_id then v_resource_id else coalesce(v_resource_id, v_old.resource_id) end,
      p_starts_at, p_call_id, p_override)
  end;

  if p_override and v_result.outcome = 'rescheduled' then
    insert into public.audit_log (org_id, action, entity, entity_id, actor_user_id)
    values (v_org_id, 'reschedule_override', 'appointment', v_old.id, app.current_user_id());
  end if;
  perform app.note_attempt('reschedule', v_result, p_call_id, p_tool_call_id, p_starts_at, p_said_date, p_said_time);
  return next v_result;
end
$$;

comment on function app.reschedule_appointment(timestamptz, text, date, uuid, text, text, boolean, text, text, time, text) is
  'Moves a visit to p_starts_at, in one row and one transaction, history kept, with the same practitioner unless another one is named (what this very call booked may go to any). Named by booking_ref or id, else by its day, time and patient (see app.meant_appointments); a call may move only what it may hear about. outcome rescheduled, question (which_appointment) or refused: not_verified, not_found, not_active, unknown_resource or one of app.refusal_reason with alternatives.';

select app.seal('app.reschedule_appointment(timestamptz, text, date, uuid, text, text, boolean, text, text, time, text)', 'app_writer', 'tenant_service', 'tenant_user');
-- end of sql/0570_function_reschedule_appointment.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- back to sql/0580_function_cancel_appointment.sql
create or replace function app.cancel_appointment(
  p_appointment text default null,
  p_on date default null,
  p_call_id uuid default null,
  p_tool_call_id text default null,
  p_reason text default null,
  p_at time default null,
  p_patient_name text default null
)
returns setof app.booking_result
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_pick record;
  v_old public.appointments;
  v_result app.booking_result;
begin
  -- A signed-in person is judged by their role, also when they name a call.
  if p_call_id is null or app.current_user_id() is not null then
    perform app.require_staff();
  end if;
  if p_call_id is not null then
    perform app.lock_call(p_call_id);
    v_result := app.replayed_attempt('cancel', p_call_id, p_tool_call_id);
    if v_result.outcome is not null then
      return next v_result;
      return;
    end if;
  end if;

  select * into v_pick from app.pick_appointment(p_call_id, p_appointment, p_on, p_at, p_patient_name);
  if v_pick.appointment_id is null and v_pick.reason <> 'which_appointment' then
    v_pick.appointment_id := app.already_changed(
      'cancelled', p_call_id, p_appointment, p_on, p_at, p_patient_name, null);
  end if;

  select * into v_old
  from public.appointments a
  where a.org_id = v_org_id and a.id = v_pick.appointment_id
  for update;
  if v_old.id is null then
    v_result := app.booking_refusal(case v_pick.reason when 'which_appointment' then 'question' else 'refused' end, v_pick.reason);
  elsif v_old.status = 'cancelled' then
    v_result := app.booking_answer('cancelled', v_old.id, null, true);
  elsif v_old.status not in ('pending', 'confirmed') then
    v_result := app.booking_refusal('refused', 'not_active', v_old.service_id, v_old.resource_id, v_old.scheduled_at);
  else
    update public.appointments a
    set status = 'cancelled', cancelled_at = app.now(), cancel_reason = left(nullif(btrim(p_reason), ''), 200),
      updated_at = app.now()
    where a.org_id = v_org_id and a.id = v_old.id;
    perform app.note_change('cancelled', v_old.id, v_old, p_call_id);
    v_result := app.booking_answer('cancelled', v_old.id);
  end if;

  perform app.note_attempt('cancel', v_result, p_call_id, p_tool_call_id, null, null, null);
  return next v_result;
end
$$;

comment on function app.cancel_appointment(text, date, uuid, text, text, time, text) is
  'Cancels a visit; its time is free at once and can be booked again, also in the same call. Named as in app.reschedule_appointment. outcome cancelled (replayed when it was already), question (which_appointment) or refused: not_verified, not_found, not_active.';

select app.seal('app.cancel_appointment(text, date, uuid, text, text, time, text)', 'app_writer', 'tenant_service', 'tenant_user');
-- end of sql/0580_function_cancel_appointment.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- back to sql/0590_function_approve_appointment.sql
create or replace function app.approve_appointment(p_appointment_id uuid)
returns setof app.booking_result
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_old public.appointments;
  v_result app.booking_result;
begin
  perform app.require_staff();
  select * into v_old
  from public.appointments a
  where a.org_id = v_org_id and a.id = p_appointment_id and a.status <> 'held'
  for update;
  if v_old.id is null then
    v_result := app.booking_refusal('refused', 'not_found');
  elsif v_old.status = 'confirmed' then
    v_result := app.booking_answer('approved', v_old.id, null, true);
  elsif v_old.status <> 'pending' then
    v_result := app.booking_refusal('refused', 'not_active', v_old.service_id, v_old.resource_id, v_old.scheduled_at);
  else
    update public.appointments a
    set status = 'confirmed', updated_at = app.now()
    where a.org_id = v_org_id and a.id = p_appointment_id;
    perform app.note_change('approved', p_appointment_id, v_old, null);
    v_result := app.booking_answer('approved', p_appointment_id);
  end if;
  perform app.note_attempt('approve', v_result, null, null, null, null, null);
  return next v_result;
end
$$;

comment on function app.approve_appointment(uuid) is
  'Confirms a pending booking; staff only (VX403). outcome approved (replayed when it was confirmed already), or refused: not_found, not_active. To decline, cancel it.';

select app.seal('app.approve_appointment(uuid)', 'app_writer', 'tenant_user');
-- end of sql/0590_function_approve_appointment.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- back to sql/0600_function_verify_caller.sql
create or replace function app.verify_caller(
  p_call_id uuid,
  p_date_of_birth date,
  p_patient_name text default null
)
returns text
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_name text := app.normalise_name(coalesce(p_patient_name, ''));
  v_contact_id uuid;
  v_wrong_in_call integer;
  v_wrong_today integer;
  v_patient_ids uuid[];
begin
  perform app.lock_call(p_call_id);
  -- Made where it is missing, so that guesses at an unknown number count, and lock, like those at a known one.
  v_contact_id := app.contact_of_call(p_call_id);
  -- Parallel calls guess at one contact one after the other.
  perform pg_advisory_xact_lock(3, hashtext(v_contact_id::text));

  select count(*) filter (where v.call_id = p_call_id), count(*) filter (where v.contact_id = v_contact_id
    and v.at >= date_trunc('day', app.now() at time zone o.time_zone) at time zone o.time_zone)
  into v_wrong_in_call, v_wrong_today
  from public.caller_verifications v
  join public.organizations o on o.id = v.org_id
  where v.org_id = v_org_id and not v.succeeded and (v.call_id = p_call_id or v.contact_id = v_contact_id);
  if v_wrong_in_call >= 3 or v_wrong_today >= 5 then
    return 'locked';
  end if;

  -- Families share birthdays more rarely than numbers; where they do, the name decides, and of twins the one named exactly.
  select array_agg(c.id) into v_patient_ids
  from (
    select p.id, rank() over (order by (p.normalised_name = v_name) desc) as place
    from public.patients p
    where p.org_id = v_org_id
      and p.contact_id = v_contact_id
      and p.date_of_birth = p_date_of_birth
      -- A date that this very call gave proves nothing, and must not tell a new patient from a known one.
      and p.origin_call_id is distinct from p_call_id
      and (v_name = '' or extensions.levenshtein_less_equal(left(p.normalised_name, 100), left(v_name, 100), 2) <= 2
        or p.normalised_name like v_name || ' %')
  ) c
  where c.place = 1;

  insert into public.caller_verifications (org_id, call_id, contact_id, patient_id, factor, succeeded)
  values (v_org_id, p_call_id, v_contact_id,
    case when cardinality(v_patient_ids) = 1 then v_patient_ids[1] end,
    'date_of_birth', coalesce(cardinality(v_patient_ids) = 1, false));
  return case when cardinality(v_patient_ids) = 1 then 'verified' else 'not_verified' end;
end
$$;

comment on function app.verify_caller(uuid, date, text) is
  'Checks a date of birth against the patients of the calling number; a match opens that one patient to this one call. Returns verified, not_verified (the same whether the patient exists, the number is unknown or the date is wrong) or locked: after three wrong tries in a call or five in a day for the contact only staff can help. VX404 when the call is not the tenant''s.';

select app.seal('app.verify_caller(uuid, date, text)', 'app_writer', 'tenant_service');
-- end of sql/0600_function_verify_caller.sql
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
revoke create on schema app from app_writer, app_definer;
-- +goose StatementEnd
