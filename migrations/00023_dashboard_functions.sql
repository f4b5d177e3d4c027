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
-- snapshot of sql/1150_function_wished_instant.sql
create or replace function app.wished_instant(p_words text, p_zone text)
returns timestamptz
language plpgsql
stable
strict
set search_path = ''
as $$
declare
  v_words text := btrim(p_words);
  v_local timestamp;
  v_at timestamptz;
begin
  if v_words ~* '^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)? ?(Z|[+-]\d\d(:?\d\d)?)$' then
    return v_words::timestamptz;
  elsif v_words !~* '^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?$' then
    raise exception 'write the time as 2026-05-04 15:00, or with an offset as 2026-05-04T15:00:00Z' using errcode = 'VX400';
  end if;
  v_local := v_words::timestamp;
  v_at := app.local_instant(v_local, p_zone, false);
  if (v_at at time zone p_zone) <> v_local then
    raise exception 'there is no such local time on that day: the clocks go forward' using errcode = 'VX400';
  end if;
  return v_at;
exception
  when datetime_field_overflow or invalid_datetime_format or invalid_time_zone_displacement_value then
    raise exception 'there is no such date or time' using errcode = 'VX400';
end
$$;

comment on function app.wished_instant(text, text) is
  'The instant that a dashboard wrote: ISO 8601 with an offset or Z, else a local time of p_zone (2026-05-04 15:00), the first one where the clock shows it twice. NULL for NULL; VX400 for anything else, and for a time that the clock skips.';

select app.seal('app.wished_instant(text, text)', null, 'tenant_user', 'app_writer');
-- end of sql/1150_function_wished_instant.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1152_function_period_bound.sql
create or replace function app.period_bound(p_words text, p_zone text, p_end boolean)
returns timestamptz
language plpgsql
stable
strict
set search_path = ''
as $$
begin
  if btrim(p_words) !~ '^\d{4}-\d\d-\d\d$' then
    return app.wished_instant(p_words, p_zone);
  end if;
  return app.local_instant((p_words::date + p_end::integer)::timestamp, p_zone, false);
exception
  when datetime_field_overflow or invalid_datetime_format then
    raise exception 'there is no such date' using errcode = 'VX400';
end
$$;

comment on function app.period_bound(text, text, boolean) is
  'Where a period that a list is asked for begins (p_end false) or stops (true, not included): a day means all of that day in p_zone, a time means that instant. NULL for NULL, VX400 for what is neither.';

select app.seal('app.period_bound(text, text, boolean)', null, 'tenant_user');
-- end of sql/1152_function_period_bound.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1154_function_appointment_rows.sql
create or replace function app.appointment_rows(
  p_ids uuid[],
  p_total bigint default 1,
  p_total_is_estimate boolean default false
)
returns setof app.appointment_row
language plpgsql
stable
set search_path = ''
as $$
begin
  return query
  select a.id, a.booking_ref, a.status, a.scheduled_at, upper(a.during), (extract(epoch from a.duration) / 60)::integer,
    l.time_zone, l.id, l.name, s.id, s.name, r.id, r.name, p.id, p.name, c.id, coalesce(c.name, p.name),
    coalesce(c.phone, c.spoken_phone), c.phone is null and c.spoken_phone is not null, c.email,
    a.source, a.call_id, a.confirmation_sent, a.confirmed_by_patient_at, a.notes, a.cancelled_at, a.cancel_reason,
    a.overridden_by is not null, a.created_at, a.updated_at, p_total, p_total_is_estimate
  from unnest(p_ids) with ordinality wanted (id, place)
  join public.appointments a on a.org_id = app.current_org_id() and a.id = wanted.id and a.status <> 'held'
  join public.locations l on l.org_id = a.org_id and l.id = a.location_id
  join public.services s on s.org_id = a.org_id and s.id = a.service_id
  join public.resources r on r.org_id = a.org_id and r.id = a.resource_id
  join public.patients p on p.org_id = a.org_id and p.id = a.patient_id
  join public.contacts c on c.org_id = a.org_id and c.id = a.contact_id
  order by wanted.place;
end
$$;

comment on function app.appointment_rows(uuid[], bigint, boolean) is
  'These visits as the dashboard shows them, in the order of the ids; holds and other clinics'' ids give no row. p_total and p_total_is_estimate stand on every row.';

select app.seal('app.appointment_rows(uuid[], bigint, boolean)', null, 'tenant_user');
-- end of sql/1154_function_appointment_rows.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1155_function_contacts_like.sql
create or replace function app.contacts_like(p_search text)
returns setof uuid
language plpgsql
stable
set search_path = ''
as $$
declare
  v_words text := lower(p_search);
  v_digits text := regexp_replace(p_search, '[^0-9]', '', 'g');
begin
  return query
  select c.id
  from public.contacts c
  where c.org_id = app.current_org_id()
    and (strpos(lower(c.name), v_words) > 0
      or strpos(lower(c.email), v_words) > 0
      or (char_length(v_digits) >= 3 and p_search !~ '[[:alpha:]]'
        and (strpos(c.phone, v_digits) > 0 or strpos(c.spoken_phone, v_digits) > 0)));
end
$$;

comment on function app.contacts_like(text) is
  'The contacts whose name or e-mail address holds these words, whatever their case, or whose number holds these digits, however they are written (three or more).';

select app.seal('app.contacts_like(text)', null, 'tenant_user');
-- end of sql/1155_function_contacts_like.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1156_function_list_appointments.sql
-- The conditions are put together per request: only those that were asked for stand in the statement, so that each gets
-- the index that serves it. Every fragment is a literal of this file; what was asked comes in as a parameter.
create or replace function app.list_appointments(
  p_statuses text[] default null,
  p_from text default null,
  p_to text default null,
  p_contact_id uuid default null,
  p_resource_id uuid default null,
  p_service_id uuid default null,
  p_search text default null,
  p_range text default null,
  p_sort text default 'scheduled_at',
  p_page integer default 1,
  p_limit integer default 20
)
returns setof app.appointment_row
language plpgsql
stable
set search_path = ''
as $$
declare
  c_counted constant bigint := 50000;
  v_org_id uuid := app.require_org_id();
  v_zone text := (select o.time_zone from public.organizations o where o.id = v_org_id);
  v_first timestamp := date_trunc(case p_range when 'today' then 'day' else p_range end, app.now() at time zone v_zone);
  v_from timestamptz := app.period_bound(coalesce(p_from, v_first::date::text), v_zone, false);
  v_to timestamptz;
  v_search text := nullif(btrim(p_search), '');
  v_contacts uuid[];
  v_patients uuid[];
  v_where text := 'a.org_id = $1 and a.status <> ''held''';
  v_order text := case p_sort
    when 'scheduled_at' then 'a.scheduled_at, a.id'
    when '-scheduled_at' then 'a.scheduled_at desc, a.id desc'
    when 'created_at' then 'a.id' -- ids are made in the order of time
    when '-created_at' then 'a.id desc' end;
  v_total bigint;
  v_ids uuid[];
begin
  if p_range not in ('today', 'week', 'month') or (p_range is not null and coalesce(p_from, p_to) is not null) then
    raise exception 'the range is today, week or month, and stands alone' using errcode = 'VX400';
  elsif v_order is null or p_page < 1 or p_limit not between 1 and 100 then
    raise exception 'sort by scheduled_at or created_at; pages begin at 1 and have up to 100 rows' using errcode = 'VX400';
  end if;
  v_to := app.period_bound(coalesce(p_to, (v_first
    + case p_range when 'today' then interval '1 day' when 'week' then interval '7 days' else interval '1 month' end)::date::text || ' 00:00'),
    v_zone, true);
  v_where := v_where
    || case when p_statuses is not null then ' and a.status = any ($2)' else '' end
    || case when v_from is not null then ' and a.scheduled_at >= $3' else '' end
    || case when v_to is not null then ' and a.scheduled_at < $4' else '' end
    || case when p_contact_id is not null then ' and a.contact_id = $5' else '' end
    || case when p_resource_id is not null then ' and a.resource_id = $6' else '' end
    || case when p_service_id is not null then ' and a.service_id = $7' else '' end;
  if v_search is not null then
    v_where := v_where || ' and (a.contact_id = any ($8) or a.patient_id = any ($9) or a.booking_ref = $10)';
    v_contacts := array(select app.contacts_like(v_search));
    v_patients := array(
      select p.id from public.patients p
      where p.org_id = v_org_id and strpos(lower(p.name), lower(v_search)) > 0);
  end if;

  execute format('select count(*) from (select from public.appointments a where %s limit %s) x', v_where, c_counted + 1)
  into v_total
  using v_org_id, p_statuses, v_from, v_to, p_contact_id, p_resource_id, p_service_id, v_contacts, v_patients, upper(v_search);
  execute format('select array(select a.id from public.appointments a where %s order by %s limit $11 offset $12)', v_where, v_order)
  into v_ids
  using v_org_id, p_statuses, v_from, v_to, p_contact_id, p_resource_id, p_service_id, v_contacts, v_patients, upper(v_search),
    p_limit, (p_page - 1)::bigint * p_limit;
  return query
  select * from app.appointment_rows(v_ids, least(v_total, c_counted), v_total > c_counted);
end
$$;

comment on function app.list_appointments(text[], text, text, uuid, uuid, uuid, text, text, text, integer, integer) is
  'A page of the visits that fit every filter given; holds never. Days of p_from and p_to are the clinic''s, both included. p_search: part of the patient''s or contact''s name, e-mail address or number, or a booking reference. p_range: today, week (from Monday) or month of the clinic''s calendar, instead of p_from and p_to. p_sort: scheduled_at or created_at, with a minus the latest first. Beyond 50 000 visits total is 50 000 and total_is_estimate. VX400 for a malformed date, sort or page.';

select app.seal('app.list_appointments(text[], text, text, uuid, uuid, uuid, text, text, text, integer, integer)', null, 'tenant_user');
-- end of sql/1156_function_list_appointments.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1158_function_appointment_story.sql
create or replace function app.appointment_story(p_appointment_id uuid)
returns setof app.appointment_story
language plpgsql
stable
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_call_id uuid := (select a.call_id from public.appointments a where a.org_id = v_org_id and a.id = p_appointment_id);
begin
  return query
  select
    coalesce((
      select jsonb_agg(jsonb_build_object(
        'id', h.id, 'at', h.at, 'kind', h.kind, 'old_starts_at', lower(h.old_during), 'new_starts_at', lower(h.new_during),
        'old_resource', o.name, 'new_resource', n.name, 'call_id', h.call_id, 'message_id', h.message_id,
        'actor_user_id', h.actor_user_id, 'actor_name', u.name) order by h.at, h.id)
      from public.appointment_changes h
      left join public.resources o on o.org_id = h.org_id and o.id = h.old_resource_id
      left join public.resources n on n.org_id = h.org_id and n.id = h.new_resource_id
      left join public.profiles u on u.org_id = h.org_id and u.user_id = h.actor_user_id
      where h.org_id = v_org_id and h.appointment_id = p_appointment_id), '[]'),
    coalesce((
      select jsonb_agg(jsonb_build_object(
        'id', m.id, 'at', m.created_at, 'direction', m.direction, 'method', m.method, 'category', m.category,
        'status', m.status, 'reason', m.reason, 'subject', m.subject, 'content', m.content, 'sent_at', m.sent_at)
        order by m.created_at, m.id)
      from public.messages m
      where m.org_id = v_org_id and (m.appointment_id = p_appointment_id or m.id = any (array(
        select s.message_id from public.scheduled_messages s
        where s.org_id = v_org_id and s.appointment_id = p_appointment_id and s.message_id is not null)))), '[]'),
    coalesce((
      select jsonb_agg(jsonb_build_object(
        'id', t.id, 'at', t.at, 'kind', t.kind, 'outcome', t.outcome, 'reason', t.reason, 'starts_at', t.starts_at,
        'said_date', t.said_date, 'said_time', t.said_time, 'call_id', t.call_id, 'appointment_id', t.appointment_id,
        'actor_user_id', t.actor_user_id) order by t.at, t.id)
      from public.booking_attempts t
      where t.org_id = v_org_id and (t.appointment_id = p_appointment_id or t.call_id = v_call_id)), '[]');
end
$$;

comment on function app.appointment_story(uuid) is
  'A visit''s history, its messages (also those that told several visits at once) and the tries that named it or came from the call that booked it. One row always; empty arrays for a visit that is not the clinic''s.';

select app.seal('app.appointment_story(uuid)', null, 'tenant_user');
-- end of sql/1158_function_appointment_story.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1160_function_conclude_appointment.sql
create or replace function app.conclude_appointment(p_appointment_id uuid, p_status text)
returns setof app.booking_result
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_now timestamptz;
  v_old public.appointments;
begin
  perform app.require_staff();
  if p_status is null or p_status not in ('completed', 'no_show') then
    raise exception 'a visit ends as completed or no_show' using errcode = 'VX400';
  end if;
  select * into v_old
  from public.appointments a
  where a.org_id = v_org_id and a.id = p_appointment_id and a.status <> 'held'
  for update;
  v_now := app.now();
  if v_old.id is null then
    return next app.booking_refusal('refused', 'not_found');
  elsif v_old.status = p_status then
    return next app.booking_answer(p_status, v_old.id, null, true);
  elsif v_old.status = 'cancelled' then
    return next app.booking_refusal('refused', 'not_active', v_old.service_id, v_old.resource_id, v_old.scheduled_at);
  elsif v_old.scheduled_at > v_now then
    return next app.booking_refusal('refused', 'not_started', v_old.service_id, v_old.resource_id, v_old.scheduled_at);
  else
    update public.appointments a
    set status = p_status, updated_at = v_now
    where a.org_id = v_org_id and a.id = v_old.id;
    perform app.note_change(p_status, v_old.id, v_old, null);
    return next app.booking_answer(p_status, v_old.id);
  end if;
end
$$;

comment on function app.conclude_appointment(uuid, text) is
  'Says how a visit ended, completed or no_show; one may be corrected to the other. Staff only (VX403). outcome completed or no_show (replayed when it was so already), or refused: not_found, not_active (cancelled), not_started.';

select app.seal('app.conclude_appointment(uuid, text)', 'app_writer', 'tenant_user');
-- end of sql/1160_function_conclude_appointment.sql
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
-- snapshot of sql/1164_function_change_appointment.sql
create or replace function app.change_appointment(
  p_appointment_id uuid,
  p_at text default null,
  p_resource text default null,
  p_override boolean default false,
  p_status text default null,
  p_notes text default null,
  p_confirmation_sent boolean default null,
  p_reason text default null
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
  v_zone text;
  v_status text;
  v_result app.booking_result;
begin
  perform app.require_staff();
  select * into v_old
  from public.appointments a
  where a.org_id = v_org_id and a.id = p_appointment_id and a.status <> 'held';
  if v_old.id is null then
    raise exception 'there is no such appointment' using errcode = 'VX404';
  end if;
  v_zone := (select l.time_zone from public.locations l where l.org_id = v_org_id and l.id = v_old.location_id);
  v_status := case when p_status is distinct from v_old.status then p_status end;
  if v_status not in ('confirmed', 'cancelled', 'completed', 'no_show') then
    raise exception 'a visit becomes confirmed, cancelled, completed or no_show' using errcode = 'VX400';
  elsif v_status <> 'confirmed' and coalesce(p_at, p_resource) is not null then
    raise exception 'move a visit or end it, not both at once' using errcode = 'VX400';
  end if;

  if coalesce(p_at, p_resource) is not null then
    select * into v_result
    from app.reschedule_appointment(coalesce(app.wished_instant(p_at, v_zone), v_old.scheduled_at), v_old.id::text,
      p_resource => p_resource, p_override => p_override);
    if v_result.outcome <> 'rescheduled' then
      return next v_result;
      return;
    end if;
  end if;
  if v_status = 'confirmed' then
    select * into v_result from app.approve_appointment(v_old.id);
  elsif v_status = 'cancelled' then
    select * into v_result from app.cancel_appointment(v_old.id::text, p_reason => p_reason);
  elsif v_status is not null then
    select * into v_result from app.conclude_appointment(v_old.id, v_status);
  end if;

  if v_result.outcome is distinct from 'refused' and (p_notes is not null or p_confirmation_sent is not null) then
    update public.appointments a
    set notes = case when p_notes is null then a.notes else nullif(btrim(p_notes), '') end,
      confirmation_sent = coalesce(p_confirmation_sent, a.confirmation_sent), updated_at = app.now()
    where a.org_id = v_org_id and a.id = v_old.id;
    perform app.announce('appointment_updated', 'appointment', v_old.id);
  end if;
  return next case when v_result.outcome is null then app.booking_answer('amended', v_old.id) else v_result end;
end
$$;

comment on function app.change_appointment(uuid, text, text, boolean, text, text, boolean, text) is
  'What the dashboard changes at a visit, all or nothing; NULL leaves as it is. p_at (see app.wished_instant, local times in the zone of the visit''s location) and p_resource move it by app.reschedule_appointment; p_status confirmed approves, cancelled cancels (p_reason), completed and no_show conclude; empty p_notes clear. Staff only (VX403). outcome that of the step, amended when only notes changed, or refused with its reason; VX404 for a visit that is not the clinic''s.';

select app.seal('app.change_appointment(uuid, text, text, boolean, text, text, boolean, text)', 'app_writer', 'tenant_user');
-- end of sql/1164_function_change_appointment.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1166_function_slots_of_days.sql
create or replace function app.slots_of_days(
  p_from date,
  p_to date,
  p_service text default null,
  p_resource text default null,
  p_limit integer default 100
)
returns setof app.slot
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_zone text := (select o.time_zone from public.organizations o where o.id = app.require_org_id());
  v_service_id uuid := (select s.id from app.find_service(p_service) s);
begin
  if p_from is null or p_to < p_from or p_to - p_from > 60 then
    raise exception 'ask for one day to 61 days of slots' using errcode = 'VX400';
  elsif v_service_id is null and coalesce(btrim(p_service), '') = '' then
    raise exception 'say for which service' using errcode = 'VX400';
  elsif v_service_id is null then
    raise exception 'there is no such service' using errcode = 'VX404';
  elsif coalesce(btrim(p_resource), '') <> '' and not exists (select from app.find_resource(p_resource)) then
    raise exception 'there is no such practitioner or room' using errcode = 'VX404';
  end if;
  return query
  select * from app.available_slots(v_service_id::text, app.local_instant(p_from::timestamp, v_zone, false),
    app.local_instant((coalesce(p_to, p_from) + 1)::timestamp, v_zone, false), p_resource, p_limit);
end
$$;

comment on function app.slots_of_days(date, date, text, text, integer) is
  'app.available_slots of whole days of the clinic''s zone, both included; p_to NULL means one day. The service may be left out where the clinic has one. VX404 for a service or resource that is not the clinic''s, VX400 for more than 61 days.';

select app.seal('app.slots_of_days(date, date, text, text, integer)', null, 'tenant_user');
-- end of sql/1166_function_slots_of_days.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1168_function_list_booking_attempts.sql
-- Conditions are put together as in app.list_appointments.
create or replace function app.list_booking_attempts(
  p_kind text default null,
  p_outcome text default null,
  p_reason text default null,
  p_call_id uuid default null,
  p_appointment_id uuid default null,
  p_from text default null,
  p_to text default null,
  p_page integer default 1,
  p_limit integer default 20
)
returns setof app.booking_attempt_row
language plpgsql
stable
set search_path = ''
as $$
declare
  c_counted constant bigint := 50000;
  v_org public.organizations;
  v_from timestamptz;
  v_to timestamptz;
  v_where text := 't.org_id = $1';
  v_total bigint;
  v_ids uuid[];
begin
  select * into strict v_org from public.organizations o where o.id = app.require_org_id();
  v_from := app.period_bound(p_from, v_org.time_zone, false);
  v_to := app.period_bound(p_to, v_org.time_zone, true);
  if p_page < 1 or p_limit not between 1 and 100 then
    raise exception 'pages begin at 1 and have up to 100 rows' using errcode = 'VX400';
  end if;
  v_where := v_where
    || case when p_kind is not null then ' and t.kind = $2' else '' end
    || case when p_outcome is not null then ' and t.outcome = $3' else '' end
    || case when p_reason is not null then ' and t.reason = $4' else '' end
    || case when p_call_id is not null then ' and t.call_id = $5' else '' end
    || case when p_appointment_id is not null then ' and t.appointment_id = $6' else '' end
    || case when v_from is not null then ' and t.at >= $7' else '' end
    || case when v_to is not null then ' and t.at < $8' else '' end;

  execute format('select count(*) from (select from public.booking_attempts t where %s limit %s) x', v_where, c_counted + 1)
  into v_total
  using v_org.id, p_kind, p_outcome, p_reason, p_call_id, p_appointment_id, v_from, v_to;
  execute format('select array(select t.id from public.booking_attempts t where %s order by t.at desc, t.id desc limit $9 offset $10)', v_where)
  into v_ids
  using v_org.id, p_kind, p_outcome, p_reason, p_call_id, p_appointment_id, v_from, v_to, p_limit, (p_page - 1)::bigint * p_limit;
  return query
  select t.id, t.at, t.kind, t.outcome, t.reason, t.call_id, t.appointment_id, t.service_id, s.name, t.resource_id, r.name,
    t.starts_at, coalesce(l.time_zone, v_org.time_zone), t.said_date, t.said_time, t.actor_user_id, u.name,
    least(v_total, c_counted), v_total > c_counted
  from unnest(v_ids) with ordinality wanted (id, place)
  join public.booking_attempts t on t.org_id = v_org.id and t.id = wanted.id
  left join public.services s on s.org_id = t.org_id and s.id = t.service_id
  left join public.resources r on r.org_id = t.org_id and r.id = t.resource_id
  left join public.locations l on l.org_id = r.org_id and l.id = r.location_id
  left join public.profiles u on u.org_id = t.org_id and u.user_id = t.actor_user_id
  order by wanted.place;
end
$$;

comment on function app.list_booking_attempts(text, text, text, uuid, uuid, text, text, integer, integer) is
  'A page of the tries to hold, book, move, cancel or approve that fit every filter given, the latest first: the answer to "why was this refused?". Days of p_from and p_to are the clinic''s, both included. VX400 for a malformed date or page.';

select app.seal('app.list_booking_attempts(text, text, text, uuid, uuid, text, text, integer, integer)', null, 'tenant_user');
-- end of sql/1168_function_list_booking_attempts.sql
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
drop function app.list_booking_attempts;
drop function app.slots_of_days;
drop function app.change_appointment;
drop function app.book_by_staff;
drop function app.conclude_appointment;
drop function app.appointment_story;
drop function app.list_appointments;
drop function app.contacts_like;
drop function app.appointment_rows;
drop function app.period_bound;
drop function app.wished_instant;
-- +goose StatementEnd

-- +goose StatementBegin
revoke create on schema app from app_writer, app_definer;
-- +goose StatementEnd
