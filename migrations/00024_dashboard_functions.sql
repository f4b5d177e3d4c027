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
-- snapshot of sql/0989_function_erase_calls.sql
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
-- snapshot of sql/1200_function_call_state.sql
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

select app.seal('app.call_state(text, text, text)', null, 'app_writer');
-- end of sql/1200_function_call_state.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1201_function_clinic_period.sql
-- An array and not a range: an empty range has no bounds, and no bounds would mean everything.
create or replace function app.clinic_period(p_from date, p_to date, p_recent text default null)
returns timestamptz[]
language plpgsql
stable
set search_path = ''
as $$
declare
  v_zone text;
  v_today date;
  v_from date := p_from;
begin
  if p_from > p_to or not isfinite(coalesce(p_from, p_to, '2000-01-01')) or not isfinite(coalesce(p_to, '2000-01-01')) then
    raise exception 'the first day comes before the last' using errcode = 'VX400';
  end if;
  select o.time_zone into v_zone from public.organizations o where o.id = app.require_org_id();
  v_today := (app.now() at time zone v_zone)::date;
  v_from := greatest(v_from, case p_recent
    when 'today' then v_today
    when 'week' then v_today - 6
    when 'month' then date_trunc('month', v_today::timestamp)::date
  end);
  return array[
    app.local_instant(v_from::timestamp, v_zone, false),
    app.local_instant((p_to + 1)::timestamp, v_zone, false)];
exception when data_exception then
  raise exception 'the first day comes before the last' using errcode = 'VX400';
end
$$;

comment on function app.clinic_period(date, date, text) is
  'Days of the clinic''s zone as two instants: the first that belongs to them and the first that does not any more; NULL is open on that side. p_recent narrows it: today, week (the seven days up to today) or month (the clinic''s month so far). VX400 for days in the wrong order or out of all calendars.';

select app.seal('app.clinic_period(date, date, text)', null, 'app_writer');
-- end of sql/1201_function_clinic_period.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1203_function_list_calls.sql
-- Planned anew each time, so that a filter that is not asked for costs nothing and the newest page comes from its index.
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
set plan_cache_mode = force_custom_plan
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_period timestamptz[] := app.clinic_period(p_from, p_to, p_recent);
  v_from timestamptz := v_period[1];
  v_until timestamptz := v_period[2];
  v_search text := nullif(lower(btrim(p_search)), '');
  v_digits text := nullif(regexp_replace(p_search, '[^0-9]', '', 'g'), '');
  v_ids uuid[];
  v_total bigint;
begin
  v_ids := array(
    select c.id
    from public.call_logs c
    left join public.contacts k on k.org_id = c.org_id and k.id = c.contact_id
    where c.org_id = v_org_id and c.deleted_at is null
      and (v_from is null or coalesce(c.started_at, c.created_at) >= v_from)
      and (v_until is null or coalesce(c.started_at, c.created_at) < v_until)
      and (p_state is null or app.call_state(c.status, c.outcome, c.ended_reason) = p_state)
      and (p_direction is null or c.direction = p_direction)
      and (p_contact_id is null or c.contact_id = p_contact_id)
      and (v_search is null or position(v_search in lower(k.name)) > 0
        or position(v_digits in case c.direction when 'outbound' then c.to_number else c.from_number end) > 0)
    order by coalesce(c.started_at, c.created_at) desc, c.id desc
    limit p_limit offset (p_page - 1)::bigint * p_limit);
  select count(*) into v_total
  from (
    select
    from public.call_logs c
    left join public.contacts k on k.org_id = c.org_id and k.id = c.contact_id
    where c.org_id = v_org_id and c.deleted_at is null
      and (v_from is null or coalesce(c.started_at, c.created_at) >= v_from)
      and (v_until is null or coalesce(c.started_at, c.created_at) < v_until)
      and (p_state is null or app.call_state(c.status, c.outcome, c.ended_reason) = p_state)
      and (p_direction is null or c.direction = p_direction)
      and (p_contact_id is null or c.contact_id = p_contact_id)
      and (v_search is null or position(v_search in lower(k.name)) > 0
        or position(v_digits in case c.direction when 'outbound' then c.to_number else c.from_number end) > 0)
    limit 50001) counted;
  return query
  select c.id, c.vapi_call_id, c.contact_id, k.name, case c.direction when 'outbound' then c.to_number else c.from_number end,
    c.to_number, c.direction, app.call_state(c.status, c.outcome, c.ended_reason), coalesce(c.started_at, c.created_at),
    c.started_at, c.ended_at, c.duration_seconds, c.outcome, c.ended_reason, c.summary, c.transcript_state, c.recording_state,
    c.tools_used, c.cost_micros, c.created_at, least(v_total, 50000), v_total > 50000
  from unnest(v_ids) with ordinality page(id, position)
  join public.call_logs c on c.org_id = v_org_id and c.id = page.id
  left join public.contacts k on k.org_id = c.org_id and k.id = c.contact_id
  order by page.position;
end
$$;

comment on function app.list_calls(integer, integer, date, date, text, text, text, uuid, text) is
  'A page of the calls that were not deleted, the newest first. NULL filters nothing: p_from and p_to are days of the clinic, p_recent is today, week or month, p_state a word of app.call_state, p_direction inbound, outbound or web; p_search finds part of the contact''s name, or of the number on the other side. Every member may look. VX400 for days in the wrong order.';

select app.seal('app.list_calls(integer, integer, date, date, text, text, text, uuid, text)', 'app_writer', 'tenant_user');
-- end of sql/1203_function_list_calls.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1204_function_call_stats.sql
create or replace function app.call_stats()
returns setof app.call_stats
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_now timestamptz := app.now();
  v_today timestamptz := (app.clinic_period(null, null, 'today'))[1];
  v_week timestamptz := (app.clinic_period(null, null, 'week'))[1];
  v_month timestamptz := (app.clinic_period(null, null, 'month'))[1];
begin
  return query
  select count(*), count(*) filter (where c.direction = 'inbound'), count(*) filter (where c.direction = 'outbound'),
    count(*) filter (where c.state = 'completed'), count(*) filter (where c.state = 'missed'),
    count(*) filter (where c.state = 'transferred'), count(*) filter (where c.state = 'failed'),
    count(*) filter (where c.began >= v_today), count(*) filter (where c.began >= v_week), count(*) filter (where c.began >= v_month),
    coalesce(round(avg(c.duration_seconds) filter (where c.state <> 'in_progress')), 0)::integer,
    coalesce(round(100.0 * count(*) filter (where c.state in ('completed', 'transferred'))
      / nullif(count(*) filter (where c.state <> 'in_progress'), 0), 1), 0)::double precision,
    (
      select coalesce(sum(s.price_minor), 0)::bigint
      from public.appointments a
      join public.services s on s.org_id = a.org_id and s.id = a.service_id
      where a.org_id = v_org_id and a.scheduled_at > v_now and a.status in ('pending', 'confirmed')
    ),
    (select count(*) from public.contacts k where k.org_id = v_org_id and k.lead_status = 'hot')
  from (
    select l.direction, l.duration_seconds, coalesce(l.started_at, l.created_at) as began,
      app.call_state(l.status, l.outcome, l.ended_reason) as state
    from public.call_logs l
    where l.org_id = v_org_id
    offset 0 -- or the state would be found out anew in every column
  ) c;
end
$$;

comment on function app.call_stats() is
  'All calls of the clinic in numbers, deleted ones too: one row, with zeros where there are none. Days are those of the clinic''s zone. Every member may look.';

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
    c.to_number, c.direction, app.call_state(c.status, c.outcome, c.ended_reason), coalesce(c.started_at, c.created_at),
    c.started_at, c.ended_at, c.duration_seconds, c.outcome, c.ended_reason, c.summary, c.transcript_state, c.recording_state,
    c.tools_used, c.cost_micros, c.created_at, c.transcript
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
  -- Our own side of the call is no one's secret. A report that still comes counts as taken in: it must bring nothing back.
  update public.call_logs c
  set from_number = case when c.direction = 'outbound' then c.from_number end,
    to_number = case when c.direction = 'outbound' then null else c.to_number end,
    summary = null, transcript = '[]', transcript_state = 'none', reported_at = coalesce(c.reported_at, v_now), updated_at = v_now
  where c.org_id = v_org_id and c.id = any (p_call_ids);
end
$$;

comment on function app.blank_calls(uuid[]) is
  'Blanks the words of calls and the number on the other side: transcript, summary, messages left. Times, outcome and cost stay.';

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
  'Takes a call out of the lists and blanks what was said in it and the number on the other side, for good. The row, its times, outcome and cost stay for the numbers. Owner and admin only (VX403); VX404 for an unknown or deleted call, VX409 while it goes on (a day at most). A recording lies with the provider and is not reached from here.';

select app.seal('app.delete_call(uuid, text)', 'app_writer', 'tenant_user');
-- end of sql/1207_function_delete_call.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1210_function_list_messages.sql
-- Planned anew each time, so that a filter that is not asked for costs nothing and the newest page comes from its index.
create or replace function app.list_messages(
  p_page integer,
  p_limit integer,
  p_from date default null,
  p_to date default null,
  p_direction text default null,
  p_method text default null,
  p_category text default null,
  p_status text default null,
  p_contact_id uuid default null,
  p_search text default null
)
returns setof app.message_row
language plpgsql
stable
security definer
set search_path = ''
set plan_cache_mode = force_custom_plan
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_period timestamptz[] := app.clinic_period(p_from, p_to);
  v_from timestamptz := v_period[1];
  v_until timestamptz := v_period[2];
  v_search text := nullif(lower(btrim(p_search)), '');
  v_ids uuid[];
  v_total bigint;
begin
  v_ids := array(
    select m.id
    from public.messages m
    where m.org_id = v_org_id
      and (v_from is null or m.created_at >= v_from)
      and (v_until is null or m.created_at < v_until)
      and (p_direction is null or m.direction = p_direction)
      and (p_method is null or m.method = p_method)
      and (p_category is null or m.category = p_category)
      and (p_status is null or m.status = p_status)
      and (p_contact_id is null or m.contact_id = p_contact_id)
      and (v_search is null or position(v_search in lower(concat_ws(' ', m.recipient, m.subject, m.content))) > 0)
    order by m.created_at desc, m.id desc
    limit p_limit offset (p_page - 1)::bigint * p_limit);
  select count(*) into v_total
  from (
    select
    from public.messages m
    where m.org_id = v_org_id
      and (v_from is null or m.created_at >= v_from)
      and (v_until is null or m.created_at < v_until)
      and (p_direction is null or m.direction = p_direction)
      and (p_method is null or m.method = p_method)
      and (p_category is null or m.category = p_category)
      and (p_status is null or m.status = p_status)
      and (p_contact_id is null or m.contact_id = p_contact_id)
      and (v_search is null or position(v_search in lower(concat_ws(' ', m.recipient, m.subject, m.content))) > 0)
    limit 50001) counted;
  return query
  select m.id, m.direction, m.method, m.category, m.recipient, m.subject, m.content, m.status, m.reason, m.provider_error,
    m.service_provider, m.external_message_id, m.segments::integer, m.contact_id, k.name, m.call_id, m.appointment_id,
    m.actor_user_id, m.sent_at, m.created_at, least(v_total, 50000), v_total > 50000
  from unnest(v_ids) with ordinality page(id, position)
  join public.messages m on m.org_id = v_org_id and m.id = page.id
  left join public.contacts k on k.org_id = m.org_id and k.id = m.contact_id
  order by page.position;
end
$$;

comment on function app.list_messages(integer, integer, date, date, text, text, text, text, uuid, text) is
  'A page of the messages, the newest first. NULL filters nothing; p_from and p_to are days of the clinic, p_search finds part of the recipient, the subject or the text. Every member may look. VX400 for days in the wrong order.';

select app.seal('app.list_messages(integer, integer, date, date, text, text, text, text, uuid, text)', 'app_writer', 'tenant_user');
-- end of sql/1210_function_list_messages.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1211_function_export_messages.sql
create or replace function app.export_messages(
  p_from date,
  p_to date,
  p_after_at timestamptz default null,
  p_after_id uuid default null,
  p_request_id text default null
)
returns setof app.message_row
language plpgsql
volatile
security definer
set search_path = ''
set plan_cache_mode = force_custom_plan
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_period timestamptz[] := app.clinic_period(p_from, p_to);
begin
  perform app.require_admin();
  if p_after_at is null then
    insert into public.audit_log (org_id, action, entity, actor_user_id, request_id)
    values (v_org_id, 'messages_exported', 'message', app.current_user_id(), left(p_request_id, 64));
  end if;
  return query
  select m.id, m.direction, m.method, m.category, m.recipient, m.subject, m.content, m.status, m.reason, m.provider_error,
    m.service_provider, m.external_message_id, m.segments::integer, m.contact_id, k.name, m.call_id, m.appointment_id,
    m.actor_user_id, m.sent_at, m.created_at, 0::bigint, false
  from public.messages m
  left join public.contacts k on k.org_id = m.org_id and k.id = m.contact_id
  where m.org_id = v_org_id
    and (v_period[1] is null or m.created_at >= v_period[1])
    and (v_period[2] is null or m.created_at < v_period[2])
    and (p_after_at is null or (m.created_at, m.id) > (p_after_at, p_after_id))
  order by m.created_at, m.id
  limit 1000;
end
$$;

comment on function app.export_messages(date, date, timestamptz, uuid, text) is
  'The next 1000 messages of a period after one, the oldest first; days as in app.list_messages. total is not counted. Owner and admin only (VX403), asked at every step; the first step puts the export in the audit log.';

select app.seal('app.export_messages(date, date, timestamptz, uuid, text)', 'app_writer', 'tenant_user');
-- end of sql/1211_function_export_messages.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1215_function_list_notifications.sql
-- Planned anew each time, so that the newest page and the unread ones come from their indexes.
create or replace function app.list_notifications(
  p_page integer,
  p_limit integer,
  p_unread boolean default null,
  p_kind text default null
)
returns setof app.notification_row
language plpgsql
stable
security definer
set search_path = ''
set plan_cache_mode = force_custom_plan
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_total bigint;
begin
  select count(*) into v_total
  from (
    select
    from public.notifications n
    where n.org_id = v_org_id and (p_unread is null or (n.read_at is null) = p_unread) and (p_kind is null or n.kind = p_kind)
    limit 50001) counted;
  return query
  select n.id, n.kind, n.title, n.body, n.entity, n.entity_id, n.read_at, n.created_at, least(v_total, 50000), v_total > 50000
  from public.notifications n
  where n.org_id = v_org_id and (p_unread is null or (n.read_at is null) = p_unread) and (p_kind is null or n.kind = p_kind)
  order by n.created_at desc, n.id desc
  limit p_limit offset (p_page - 1)::bigint * p_limit;
end
$$;

comment on function app.list_notifications(integer, integer, boolean, text) is
  'A page of the staff''s notifications, the newest first. p_unread: true for those nobody read, false for the others; NULL filters nothing. Every member may look.';

select app.seal('app.list_notifications(integer, integer, boolean, text)', 'app_writer', 'tenant_user');
-- end of sql/1215_function_list_notifications.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1216_function_count_unread_notifications.sql
create or replace function app.count_unread_notifications()
returns bigint
language sql
stable
set search_path = ''
as $$
  select count(*) from public.notifications n where n.org_id = app.require_org_id() and n.read_at is null
$$;

comment on function app.count_unread_notifications() is 'How many of the clinic''s notifications nobody has read.';

select app.seal('app.count_unread_notifications()', null, 'tenant_user');
-- end of sql/1216_function_count_unread_notifications.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1217_function_read_notification.sql
create or replace function app.read_notification(p_notification_id uuid)
returns setof app.notification_row
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
begin
  perform app.require_staff();
  return query
  update public.notifications n
  set read_at = coalesce(n.read_at, app.now())
  where n.org_id = v_org_id and n.id = p_notification_id
  returning n.id, n.kind, n.title, n.body, n.entity, n.entity_id, n.read_at, n.created_at, 1::bigint, false;
  if not found then
    raise exception 'there is no such notification' using errcode = 'VX404';
  end if;
  perform app.announce('notification', 'notification', p_notification_id);
end
$$;

comment on function app.read_notification(uuid) is
  'Marks a notification as read, for all of the staff; a second time changes nothing. VX403 for viewers, VX404 for an unknown one.';

select app.seal('app.read_notification(uuid)', 'app_writer', 'tenant_user');
-- end of sql/1217_function_read_notification.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1218_function_read_all_notifications.sql
create or replace function app.read_all_notifications()
returns bigint
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_changed bigint;
begin
  perform app.require_staff();
  update public.notifications n set read_at = app.now() where n.org_id = v_org_id and n.read_at is null;
  get diagnostics v_changed = row_count;
  return v_changed;
end
$$;

comment on function app.read_all_notifications() is
  'Marks every notification as read, for all of the staff; returns how many were not. VX403 for viewers.';

select app.seal('app.read_all_notifications()', 'app_writer', 'tenant_user');
-- end of sql/1218_function_read_all_notifications.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1219_function_delete_notification.sql
create or replace function app.delete_notification(p_notification_id uuid)
returns void
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
begin
  perform app.require_staff();
  delete from public.notifications n where n.org_id = v_org_id and n.id = p_notification_id;
  if not found then
    raise exception 'there is no such notification' using errcode = 'VX404';
  end if;
end
$$;

comment on function app.delete_notification(uuid) is
  'Removes a notification, for all of the staff; what it pointed at stays. VX403 for viewers, VX404 for an unknown one.';

select app.seal('app.delete_notification(uuid)', 'app_writer', 'tenant_user');
-- end of sql/1219_function_delete_notification.sql
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
-- snapshot of sql/1222_function_recent_activity.sql
create or replace function app.recent_activity(p_limit integer default 10)
returns setof app.activity
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
begin
  return query
  select e.*
  from (
    (
      select c.id, 'call_completed', coalesce(c.started_at, c.created_at),
        concat('Call ', app.call_state(c.status, c.outcome, c.ended_reason), ', ' || c.duration_seconds || ' seconds'),
        'call', c.id, c.contact_id
      from public.call_logs c
      where c.org_id = v_org_id and c.deleted_at is null and c.status = 'ended'
      order by coalesce(c.started_at, c.created_at) desc, c.id desc
      limit p_limit
    )
    union all
    (
      select h.id, 'appointment_booked', h.at, 'Visit booked: ' || s.name, 'appointment', a.id, a.contact_id
      from public.appointment_changes h
      join public.appointments a on a.org_id = h.org_id and a.id = h.appointment_id
      join public.services s on s.org_id = a.org_id and s.id = a.service_id
      where h.org_id = v_org_id and h.kind = 'booked'
      order by h.id desc
      limit p_limit
    )
    union all
    (
      select k.id, 'hot_lead_detected', coalesce(k.last_contacted_at, k.created_at), 'A lead is hot', 'contact', k.id, k.id
      from public.contacts k
      where k.org_id = v_org_id and k.lead_status = 'hot' and k.erased_at is null
      order by coalesce(k.last_contacted_at, k.created_at) desc, k.id desc
      limit p_limit
    )
  ) e(id, kind, at, summary, entity, entity_id, contact_id)
  order by e.at desc, e.id desc
  limit p_limit;
end
$$;

comment on function app.recent_activity(integer) is
  'What happened lately, the newest first: ended calls, visits booked, hot leads (at their last contact). Every member may look.';

select app.seal('app.recent_activity(integer)', 'app_writer', 'tenant_user');
-- end of sql/1222_function_recent_activity.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1225_function_list_audit_log.sql
-- Planned anew each time, so that a filter that is not asked for costs nothing and the newest page comes from its index.
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
set plan_cache_mode = force_custom_plan
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_period timestamptz[] := app.clinic_period(p_from, p_to);
  v_from timestamptz := v_period[1];
  v_until timestamptz := v_period[2];
  v_total bigint;
begin
  perform app.require_admin();
  select count(*) into v_total
  from (
    select
    from public.audit_log g
    where g.org_id = v_org_id and (v_from is null or g.at >= v_from) and (v_until is null or g.at < v_until)
      and (p_action is null or g.action = p_action) and (p_entity is null or g.entity = p_entity)
      and (p_entity_id is null or g.entity_id = p_entity_id)
      and (p_actor_user_id is null or g.actor_user_id = p_actor_user_id)
    limit 50001) counted;
  return query
  select page.id, page.action, page.entity, page.entity_id, page.actor_user_id, p.name, p.email, page.request_id, page.at,
    least(v_total, 50000), v_total > 50000
  from (
    select g.*
    from public.audit_log g
    where g.org_id = v_org_id and (v_from is null or g.at >= v_from) and (v_until is null or g.at < v_until)
      and (p_action is null or g.action = p_action) and (p_entity is null or g.entity = p_entity)
      and (p_entity_id is null or g.entity_id = p_entity_id)
      and (p_actor_user_id is null or g.actor_user_id = p_actor_user_id)
    order by g.at desc, g.id desc
    limit p_limit offset (p_page - 1)::bigint * p_limit
  ) page
  left join public.profiles p on p.org_id = v_org_id and p.user_id = page.actor_user_id
  order by page.at desc, page.id desc;
end
$$;

comment on function app.list_audit_log(integer, integer, date, date, text, text, uuid, uuid) is
  'A page of the audit log, the newest first. NULL filters nothing; p_from and p_to are days of the clinic. Owner and admin only (VX403). VX400 for days in the wrong order.';

select app.seal('app.list_audit_log(integer, integer, date, date, text, text, uuid, uuid)', 'app_writer', 'tenant_user');
-- end of sql/1225_function_list_audit_log.sql
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
drop function app.list_audit_log;
drop function app.recent_activity;
drop function app.list_leads;
drop function app.delete_notification;
drop function app.read_all_notifications;
drop function app.read_notification;
drop function app.count_unread_notifications;
drop function app.list_notifications;
drop function app.export_messages;
drop function app.list_messages;
drop function app.delete_call;
drop function app.blank_calls;
drop function app.read_call;
drop function app.call_stats;
drop function app.list_calls;
drop function app.clinic_period;
drop function app.call_state;
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
revoke create on schema app from app_writer, app_definer;
-- +goose StatementEnd
