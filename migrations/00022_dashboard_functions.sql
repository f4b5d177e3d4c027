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
-- snapshot of sql/1100_function_score_of_status.sql
create or replace function app.score_of_status(p_lead_status text, p_score integer)
returns integer
language sql
immutable
parallel safe
begin atomic
  select case p_lead_status
    when 'hot' then greatest(p_score, 80)
    when 'warm' then least(greatest(p_score, 50), 79)
    when 'cold' then least(p_score, 49)
    else p_score
  end;
end;

comment on function app.score_of_status(text, integer) is
  'The lead score nearest to p_score that fits the status: hot from 80 on, warm from 50 on, cold below; booked and lost have any. Dashboards colour the score and name the status, and both must say the same.';

select app.seal('app.score_of_status(text, integer)', null, 'app_writer');
-- end of sql/1100_function_score_of_status.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1102_function_contact_search.sql
-- Staff write a number as it stands on paper, and stored is E.164: only its digits are looked for, without the zero that
-- stands before an area code at home and nowhere else.
create or replace function app.contact_search(p_search text)
returns text
language sql
immutable
strict
parallel safe
begin atomic
  select '%' || case
    when p_search ~ '^[+0-9 ().-]+$' and p_search ~ '[0-9].*[0-9].*[0-9]'
      then ltrim(regexp_replace(p_search, '[^0-9]', '', 'g'), '0')
    else replace(replace(replace(lower(btrim(p_search) collate "und-x-icu"), '\', '\\'), '%', '\%'), '_', '\_')
  end || '%';
end;

comment on function app.contact_search(text) is
  'The pattern that contacts.search_text is compared with (like) when p_search is looked for. Blanks around it, case and the spelling of a number do not matter; % and _ are letters.';

select app.seal('app.contact_search(text)', null, 'tenant_user');
-- end of sql/1102_function_contact_search.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1104_function_list_contacts.sql
-- The statement is put together from fixed pieces, because a plan for every combination of filters and orders at once
-- uses no index for any of them. Values are parameters, never text.
create or replace function app.list_contacts(
  p_lead_status text default null,
  p_source text default null,
  p_search text default null,
  p_from date default null,
  p_to date default null,
  p_sort text default 'last_contact',
  p_descending boolean default true,
  p_page integer default 1,
  p_limit integer default 20
)
returns setof app.contact_row
language plpgsql
stable
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_zone text := (select o.time_zone from public.organizations o where o.id = v_org_id);
  v_where text := 'c.org_id = $1 and c.erased_at is null';
  v_order text;
begin
  v_order := case p_sort
    when 'last_contact' then 'c.last_contacted_at'
    when 'created' then 'c.created_at'
    when 'name' then 'c.name'
    when 'score' then 'c.lead_score'
  end;
  if v_order is null or p_page < 1 or p_limit not between 1 and 100 then
    raise exception 'there is no such order or page' using errcode = 'VX400';
  end if;
  v_order := v_order || case when p_descending then ' desc' else ' asc' end || ' nulls last, c.id';
  v_where := concat_ws(' and ', v_where,
    case when p_lead_status is not null then 'c.lead_status = $2' end,
    case when p_source is not null then 'c.source = $3' end,
    case when btrim(p_search) <> '' then 'c.search_text like app.contact_search($4)' end,
    case when p_from is not null then 'c.created_at >= $5::timestamp at time zone $7' end,
    case when p_to is not null then 'c.created_at < ($6 + 1)::timestamp at time zone $7' end);

  -- Ids first: they come from the index alone, also for a page far behind.
  return query execute format(
    $q$
    select c.id, c.name, c.phone, c.spoken_phone, c.email, c.lead_status, c.lead_score, c.lead_reasons, c.service_interests,
      c.source, c.notes, c.language, c.time_zone, c.marketing_consent_at, c.last_contacted_at, c.created_at, c.updated_at,
      least(t.total, 50000), t.total > 50000
    from (select c.id from public.contacts c where %1$s order by %2$s limit $8 offset ($9 - 1)::bigint * $8) p
    join public.contacts c on c.org_id = $1 and c.id = p.id
    cross join (select count(*) as total from (select from public.contacts c where %1$s limit 50001) s) t
    order by %2$s
    $q$, v_where, v_order)
  using v_org_id, p_lead_status, p_source, p_search, p_from, p_to, v_zone, p_limit, p_page;
end
$$;

comment on function app.list_contacts(text, text, text, date, date, text, boolean, integer, integer) is
  'One page of the organisation''s contacts, without the erased. Every filter narrows, NULL does not: status, source, p_search in name, numbers and address, and the days (both included, of the clinic''s zone) on which the contact came. p_sort: last_contact, created, name or score; those without a value come last. p_page counts from 1, p_limit is 1 to 100; a page past the end has no rows and so tells no total.';

select app.seal('app.list_contacts(text, text, text, date, date, text, boolean, integer, integer)', null, 'tenant_user');
-- end of sql/1104_function_list_contacts.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1106_function_contact_stats.sql
create or replace function app.contact_stats()
returns setof app.contact_stat
language plpgsql
stable
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_zone text := (select o.time_zone from public.organizations o where o.id = v_org_id);
  v_midnight timestamptz := date_trunc('day', app.now() at time zone v_zone) at time zone v_zone;
begin
  return query
  select count(*), count(*) filter (where c.lead_status = 'hot'), count(*) filter (where c.lead_status = 'warm'),
    count(*) filter (where c.lead_status = 'cold'), count(*) filter (where c.lead_status = 'booked'),
    count(*) filter (where c.lead_status = 'lost'), count(*) filter (where c.created_at >= v_midnight)
  from public.contacts c
  where c.org_id = v_org_id and c.erased_at is null;
end
$$;

comment on function app.contact_stats() is
  'How many contacts the organisation has, by lead status, and how many are new since midnight of the clinic''s zone. One row, also without contacts; the erased do not count.';

select app.seal('app.contact_stats()', null, 'tenant_user');
-- end of sql/1106_function_contact_stats.sql
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
    lead_score = app.score_of_status(p_change ->> 'lead_status', c.lead_score),
    language = case when p_change ? 'language' then nullif(p_change ->> 'language', '') else c.language end,
    time_zone = case when p_change ? 'time_zone' then nullif(p_change ->> 'time_zone', '') else c.time_zone end,
    -- Consent that stands keeps its time: that is what proves it.
    marketing_consent_at = case (p_change ->> 'marketing_consent')::boolean
      when true then coalesce(c.marketing_consent_at, v_now) when false then null else c.marketing_consent_at end,
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
  'Changes a contact and returns it. p_change may hold name, phone (E.164), email, service_interests (array), notes, lead_status, language (ISO 639-1), time_zone (IANA) and marketing_consent (boolean); what is absent stays, an empty text takes the value away. Staff only (VX403). VX404 unknown or erased, VX409 another contact has the number, VX400 an unknown key or a value that is not allowed.';

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
begin
  perform app.require_staff();
  if coalesce(nullif(btrim(p_fields ->> 'name'), ''), v_phone, nullif(btrim(p_fields ->> 'email'), '')) is null then
    raise exception 'a contact needs a name, a number or an address' using errcode = 'VX400';
  elsif p_source not in ('call', 'dashboard', 'import') then
    raise exception 'there is no such source' using errcode = 'VX400';
  elsif p_call_id is not null then
    perform app.lock_call(p_call_id);
    if not exists (select from public.call_logs l where l.org_id = v_org_id and l.id = p_call_id) then
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
  'Makes a contact of p_fields (as in app.change_contact; a name, a number or an address at least) and returns it; it is warm unless they say more. p_source: call, dashboard or import. p_call_id: it was made from that call, which becomes its; a contact that the call or the number has already is returned instead, with name and address filled in where it had none. Staff only (VX403). VX404 no such call, VX409 another contact has the number, VX400 a value that is not allowed.';

select app.seal('app.create_contact(jsonb, text, uuid)', 'app_writer', 'tenant_user');
-- end of sql/1112_function_create_contact.sql
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
-- snapshot of sql/1116_function_merge_patients.sql
create or replace function app.merge_patients(p_into uuid, p_from uuid)
returns void
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_now timestamptz := app.now();
  v_pair record;
begin
  -- One name under one contact is one person, unless two dates of birth say otherwise.
  for v_pair in
    select distinct on (o.id) o.id as old_id, k.id as kept_id, o.date_of_birth as born
    from public.patients o
    join public.patients k on k.org_id = v_org_id and k.contact_id = p_into and k.normalised_name = o.normalised_name
      and (k.date_of_birth is null or o.date_of_birth is null or k.date_of_birth = o.date_of_birth)
    where o.org_id = v_org_id and o.contact_id = p_from
    order by o.id, k.date_of_birth nulls last, k.made_by_voice, k.created_at, k.id
  loop
    update public.appointments a set patient_id = v_pair.kept_id, updated_at = v_now
    where a.org_id = v_org_id and a.patient_id = v_pair.old_id;
    update public.caller_verifications v set patient_id = v_pair.kept_id
    where v.org_id = v_org_id and v.patient_id = v_pair.old_id;
    update public.patients p set date_of_birth = coalesce(p.date_of_birth, v_pair.born), updated_at = v_now
    where p.org_id = v_org_id and p.id = v_pair.kept_id;
    delete from public.patients p where p.org_id = v_org_id and p.id = v_pair.old_id;
  end loop;

  -- The rest moves. From here on staff have seen to them, so two may share a name.
  update public.patients p
  set contact_id = p_into, updated_at = v_now, made_by_voice = p.made_by_voice and not exists (
    select from public.patients k
    where k.org_id = v_org_id and k.contact_id = p_into and k.normalised_name = p.normalised_name and k.made_by_voice)
  where p.org_id = v_org_id and p.contact_id = p_from;
end
$$;

comment on function app.merge_patients(uuid, uuid) is
  'The part of app.merge_contacts about patients: those of p_from become p_into''s. Equal names without two different dates of birth are one patient, whose visits and checks are kept together.';

select app.seal('app.merge_patients(uuid, uuid)', null, 'app_writer');
-- end of sql/1116_function_merge_patients.sql
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
drop function app.merge_contacts;
drop function app.merge_histories;
drop function app.merge_patients;
drop function app.save_patient;
drop function app.create_contact;
drop function app.change_contact;
drop function app.write_contact;
drop function app.contact_stats;
drop function app.list_contacts;
drop function app.contact_search;
drop function app.score_of_status;
-- +goose StatementEnd

-- +goose StatementBegin
revoke create on schema app from app_writer, app_definer;
-- +goose StatementEnd
