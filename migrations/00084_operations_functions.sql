-- Written by make snapshot.

-- +goose Up
-- +goose StatementBegin
do $$ begin
  if not pg_has_role(current_user, 'app_writer', 'usage') then execute format('grant app_writer to %I', current_user); end if;
  if not pg_has_role(current_user, 'app_definer', 'usage') then execute format('grant app_definer to %I', current_user); end if;
  if not pg_has_role(current_user, 'app_searcher', 'usage') then execute format('grant app_searcher to %I', current_user); end if;
end $$;
grant create on schema app to app_writer, app_definer, app_searcher;
-- A policy that waits for its table would have everybody else wait behind it: rather fail, and be tried again.
set local lock_timeout = '5s';
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0200_function_open_spans.sql
-- Practitioners mostly keep the same hours: each hour of a day becomes an instant once, however many keep it.
create or replace function app.open_spans(p_resource_ids uuid[], p_from timestamptz, p_to timestamptz)
returns setof app.open_span
language plpgsql
stable
-- Near enough for five practitioners and a month. The default of a thousand, times what a plan makes of each, had PostgreSQL
-- compile what is done in a moment.
rows 100
set search_path = ''
as $$
#variable_conflict use_column
declare
  -- Read once: where a table is small enough to be read whole, the claims would be parsed for every row.
  v_org_id uuid := app.current_org_id();
begin
  return query
  with weeks as materialized (
    select r.id as resource_id, r.location_id, l.time_zone, h.weekday, h.opens, h.closes
    from public.resources r
    join public.locations l on l.org_id = r.org_id and l.id = r.location_id
    join public.business_hours h on h.org_id = r.org_id and h.location_id = r.location_id
    where r.org_id = v_org_id
      and r.id = any (p_resource_ids)
      and h.resource_id is not distinct from (
        select o.resource_id from public.business_hours o
        where o.org_id = r.org_id and o.resource_id = r.id
        limit 1
      )
  ),
  hours as materialized (
    select k.time_zone, k.weekday, k.opens, k.closes,
      app.local_instant(d.day + k.opens, k.time_zone, false) as opens_at,
      app.local_instant(d.day + k.closes, k.time_zone, true) as closes_at
    from (select distinct w.time_zone, w.weekday, w.opens, w.closes from weeks w) k
    cross join lateral (
      select g::date as day
      from generate_series(
        (p_from at time zone k.time_zone)::date::timestamp,
        (p_to at time zone k.time_zone)::date::timestamp,
        interval '1 day') g
    ) d
    where k.weekday = extract(dow from d.day)
  )
  select w.resource_id, w.location_id, h.opens_at, h.closes_at
  from hours h
  join weeks w on w.time_zone = h.time_zone and w.weekday = h.weekday and w.opens = h.opens and w.closes = h.closes
  where h.closes_at > h.opens_at
    and h.closes_at > p_from
    and h.opens_at < p_to;
end
$$;

comment on function app.open_spans(uuid[], timestamptz, timestamptz) is
  'The opening hours of resources as instants, for every local day that touches [p_from, p_to). A resource with hours of its own keeps those, others their location''s. Closures are not taken out.';

select app.seal('app.open_spans(uuid[], timestamptz, timestamptz)', null, 'tenant_user', 'tenant_service', 'app_writer');
-- end of sql/0200_function_open_spans.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0240_function_free_slots.sql
-- Offering and booking ask this one function, so what is offered can be booked and what is refused was not free.
-- Whatever stands in the way is first turned into the starts that it bars: a visit of 30 minutes may not start within the 30
-- minutes before another one, nor while that lasts. Then a start is compared with one multirange, and is a range only once it is free.
-- Visits are found through scheduled_at: durations end at 12 hours and buffers at 4, hence the margins.
create or replace function app.free_slots(
  p_service_id uuid,
  p_resource_id uuid,
  p_from timestamptz,
  p_to timestamptz,
  p_now timestamptz,
  p_call_id uuid default null,
  p_ignore_appointment_id uuid default null
)
returns setof app.free_slot
language plpgsql
stable
set search_path = ''
as $$
#variable_conflict use_column
declare
  v_org_id uuid := app.current_org_id();
  v_candidates uuid[] := array(
    select app.candidates(p_service_id, p_resource_id, app.location_of_wish(p_call_id, p_ignore_appointment_id)));
  v_first timestamptz;
  v_last timestamptz;
  v_duration interval;
  v_before interval;
  v_after interval;
  v_step interval;
begin
  select greatest(p_from, p_now + o.min_notice), least(p_to, p_now + o.max_advance), s.duration,
    coalesce(s.buffer_before, o.buffer_before), coalesce(s.buffer_after, o.buffer_after), o.slot_step
  into v_first, v_last, v_duration, v_before, v_after, v_step
  from public.services s
  join public.organizations o on o.id = s.org_id
  where s.org_id = v_org_id
    and s.id = p_service_id
    and s.active;
  if v_first is null or v_first >= v_last then
    return;
  end if;

  return query
  with spans as materialized (
    select * from app.open_spans(v_candidates, v_first, v_last + v_duration)
  ),
  open as (
    -- Spans that touch are one: a visit may lie over midnight, or over the hour at which two spans meet.
    select s.resource_id, range_agg(tstzrange(s.opens_at, s.closes_at)) as ranges
    from spans s
    group by s.resource_id
  ),
  -- All of it without its ends: a visit may start when another ends, and end when another starts.
  barred as (
    select o.resource_id, tstzrange(lower(shut) - v_duration, upper(shut), '()') as starts, false as counts
    from open o
    cross join lateral unnest('{(,)}' - o.ranges) shut
    union all
    select a.resource_id, tstzrange(lower(a.blocked) - v_duration - v_after, upper(a.blocked) + v_before, '()'),
      a.status <> 'held'
    from public.appointments a
    where a.org_id = v_org_id
      and a.resource_id = any (v_candidates)
      and a.scheduled_at > v_first - interval '24 hours'
      and a.scheduled_at < v_last + v_duration + interval '24 hours'
      and a.status in ('held', 'pending', 'confirmed')
      and not (a.status = 'held' and (a.held_until <= p_now or a.call_id is not distinct from p_call_id))
      and a.id is distinct from p_ignore_appointment_id
    union all
    select b.resource_id, tstzrange(b.starts_at - v_duration - v_after, b.ends_at + v_before, '()'), false
    from public.busy_blocks b
    where b.org_id = v_org_id
      and b.resource_id = any (v_candidates)
      and b.ends_at > v_first - v_before
      and b.starts_at < v_last + v_duration + v_after
    union all
    select r.id,
      tstzrange(lower(c.during) - v_duration, upper(c.during), case when upper_inc(c.during) then '(]' else '()' end), false
    from public.resources r
    join public.closures c on c.org_id = r.org_id and c.location_id = r.location_id
      and (c.resource_id is null or c.resource_id = r.id)
    where r.org_id = v_org_id
      and r.id = any (v_candidates)
      and c.during && tstzrange(v_first, v_last + v_duration)
  ),
  never as (
    select b.resource_id, range_agg(b.starts) as starts, count(*) filter (where b.counts) as load
    from barred b
    group by b.resource_id
  ),
  steps as materialized (
    -- Once for all who keep the same hours. The step counts from the opening; starts before the window are skipped by arithmetic.
    select k.opens_at, k.closes_at, t as starts_at
    from (select distinct s.opens_at, s.closes_at from spans s) k
    cross join lateral generate_series(
      date_bin(v_step, greatest(k.opens_at, v_first) + v_step - interval '1 microsecond', k.opens_at),
      least(k.closes_at, v_last) - interval '1 microsecond',
      v_step) t
  ),
  starts as (
    -- Spans of a resource may overlap and have a start in common.
    select distinct on (t.starts_at, s.resource_id) t.starts_at, s.resource_id, s.location_id, n.load
    from spans s
    join never n on n.resource_id = s.resource_id
    join steps t on t.opens_at = s.opens_at and t.closes_at = s.closes_at
    where not t.starts_at <@ n.starts
    order by t.starts_at, s.resource_id
  )
  select s.resource_id, s.location_id, tstzrange(s.starts_at, s.starts_at + v_duration),
    tstzrange(s.starts_at - v_before, s.starts_at + v_duration + v_after), s.load
  from starts s;
end
$$;

comment on function app.free_slots(uuid, uuid, timestamptz, timestamptz, timestamptz, uuid, uuid) is
  'Every start in [p_from, p_to) at which a resource of the service is free by all rules: hours, closures, buffers, other visits, live holds of other calls, busy calendars, notice and horizon. p_resource_id NULL: any. p_call_id: that call''s own hold does not count. p_ignore_appointment_id: the visit being moved does not stand in its own way.';

select app.seal('app.free_slots(uuid, uuid, timestamptz, timestamptz, timestamptz, uuid, uuid)', null, 'tenant_user', 'tenant_service', 'app_writer');
-- end of sql/0240_function_free_slots.sql
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
  v_trace text := current_setting('app.traceparent', true);
begin
  if p_kind is null or p_kind not in (
    'release_hold', 'fetch_call_report', 'send_scheduled', 'send_message', 'settle_message', 'sync_agent', 'keep_recording',
    'delete_recording', 'provision_number', 'dial_calls', 'ingest_knowledge', 'lapse_knowledge',
    'sync_calendar_event', 'pull_calendar', 'watch_calendar'
  ) then
    raise exception 'there is no job of kind %', p_kind using errcode = 'VX400';
  end if;
  insert into river.river_job (kind, args, metadata, max_attempts, queue, priority, scheduled_at, state)
  values (
    p_kind,
    p_args || jsonb_build_object('org_id', app.require_org_id()),
    -- Of this form or not at all: nothing else shall get into the queue by this way.
    case
      when v_trace ~ '^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$' then jsonb_build_object('traceparent', v_trace)
      else '{}'
    end,
    8,
    -- Neither Vapi or a calendar being down nor long recordings or documents may keep holds and texts waiting.
    case
      when p_kind in ('sync_agent', 'provision_number') then 'vapi'
      when p_kind in ('keep_recording', 'delete_recording') then 'recordings'
      when p_kind = 'dial_calls' then 'calls'
      when p_kind = 'ingest_knowledge' then 'knowledge'
      when p_kind in ('sync_calendar_event', 'pull_calendar', 'watch_calendar') then 'calendars'
      else 'default'
    end,
    -- Reading calendars goes before writing them: it is seldom, and what is read is not offered to callers.
    case p_kind when 'sync_calendar_event' then 2 else 1 end,
    v_run_at,
    case when v_run_at > app.now() then 'scheduled' else 'available' end::river.river_job_state
  )
  returning id into v_id;
  return v_id;
end
$$;

comment on function app.enqueue_job(text, jsonb, timestamptz) is
  'Puts a job of a known kind (release_hold, fetch_call_report, send_scheduled, send_message, settle_message, sync_agent, keep_recording, delete_recording, provision_number, dial_calls, ingest_knowledge, lapse_knowledge, sync_calendar_event, pull_calendar, watch_calendar) in River''s queue, as part of the calling transaction. Arguments are ids only; the organisation always comes from the claims. p_run_at NULL: now. The setting app.traceparent, where it is a W3C traceparent, is kept in the job''s metadata, so that its work goes on in the transaction''s trace. An unknown kind is VX400.';

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
declare
  v_forgotten boolean := app.is_forgotten(p_call_id);
begin
  insert into public.booking_attempts (
    org_id, kind, call_id, tool_call_id, said_date, said_time, service_id, resource_id, starts_at,
    outcome, reason, appointment_id, actor_user_id)
  values (
    app.current_org_id(), p_kind, p_call_id, p_tool_call_id,
    case when not v_forgotten then left(p_said_date, 32) end, case when not v_forgotten then left(p_said_time, 32) end,
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
-- snapshot of sql/0700_function_answer_delivery.sql
create or replace function app.answer_delivery(p_vapi_call_id text, p_kind text, p_key text, p_answer text)
returns void
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_forgotten boolean;
begin
  -- Asked of the one call, and not within the update, where PostgreSQL may ask it of all the clinic's calls.
  select app.is_forgotten(c.id) into v_forgotten
  from public.call_logs c
  where c.org_id = v_org_id and c.vapi_call_id = p_vapi_call_id;

  update public.webhook_deliveries d
  set answer = case when v_forgotten then '[erased]' else p_answer end
  where d.org_id = v_org_id and d.vapi_call_id = p_vapi_call_id and d.kind = p_kind and d.key = p_key;
end
$$;

comment on function app.answer_delivery(text, text, text, text) is
  'Keeps what a tool call was answered, in the transaction that acted, for the same call delivered again.';

select app.seal('app.answer_delivery(text, text, text, text)', 'app_writer', 'tenant_service');
-- end of sql/0700_function_answer_delivery.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/1917_function_is_forgotten.sql
create or replace function app.is_forgotten(p_call_id uuid)
returns boolean
language plpgsql
stable
set search_path = ''
as $$
declare
  -- Read once: where a table is small enough to be read whole, the claims would be parsed for every row.
  v_org_id uuid := app.require_org_id();
begin
  return exists (
    select
    from public.call_logs c
    left join public.contacts k on k.org_id = c.org_id and k.id = c.contact_id
    where c.org_id = v_org_id and c.id = p_call_id and (c.deleted_at is not null or k.erased_at is not null));
end
$$;

comment on function app.is_forgotten(uuid) is
  'Whether a call was deleted, or its contact erased. Whatever still comes of it, a webhook that was late or a caller who goes on talking, nothing that they say is stored.';

select app.seal('app.is_forgotten(uuid)', null, 'app_writer');
-- end of sql/1917_function_is_forgotten.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/2880_function_judge_area.sql
create or replace function app.judge_area(
  p_area text,
  p_now timestamptz,
  p_patience interval,
  p_waiting bigint,
  p_oldest_waiting_at timestamptz,
  p_last_success_at timestamptz,
  p_problem text,
  p_problem_at timestamptz
)
returns app.area_status
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
declare
  v_late constant boolean := coalesce(p_waiting > 0 and p_oldest_waiting_at < p_now - p_patience, false);
begin
  return row(
    p_area,
    case when p_problem is not null then 'failing' when v_late then 'delayed' when p_waiting > 0 then 'working' else 'ok' end,
    p_waiting, p_oldest_waiting_at, p_last_success_at,
    coalesce(p_problem, case when v_late then 'late' end),
    case when p_problem is not null then p_problem_at when v_late then p_oldest_waiting_at end)::app.area_status;
end
$$;

comment on function app.judge_area(text, timestamptz, interval, bigint, timestamptz, timestamptz, text, timestamptz) is
  'One row of app.system_status. p_patience: how long the oldest may wait before the area is delayed. p_problem: what people have to know of, NULL for nothing; it outranks lateness, which is the problem late.';

select app.seal('app.judge_area(text, timestamptz, interval, bigint, timestamptz, timestamptz, text, timestamptz)', null, 'app_writer');
-- end of sql/2880_function_judge_area.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/2881_function_status_of_assistants.sql
create or replace function app.status_of_assistants(p_org_id uuid, p_now timestamptz)
returns app.area_status
language plpgsql
stable
set search_path = ''
as $$
begin
  return (
    select app.judge_area(
      'assistants', p_now, '15 minutes',
      count(*) filter (where w.behind), min(a.saved_at) filter (where w.behind), max(a.synced_at),
      case when bool_or(w.failed) then 'sync_failed' end, min(a.updated_at) filter (where w.failed))
    from public.agents a
    cross join lateral (
      select a.deleted_at is not null or a.sync_status <> 'synced' or a.synced_version < a.desired_version as behind,
        a.sync_status in ('failed', 'registered_not_linked') as failed
    ) w
    where a.org_id = p_org_id);
end
$$;

comment on function app.status_of_assistants(uuid, timestamptz) is
  'The area assistants of app.system_status: agents whose assistant at Vapi is not yet what was saved, or still there though the agent was deleted. sync_failed: the last try to say so failed, or left the tools unlinked; it is tried again by itself.';

select app.seal('app.status_of_assistants(uuid, timestamptz)', null, 'app_writer');
-- end of sql/2881_function_status_of_assistants.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/2882_function_status_of_numbers.sql
create or replace function app.status_of_numbers(p_org_id uuid, p_now timestamptz)
returns app.area_status
language plpgsql
stable
set search_path = ''
as $$
begin
  return (
    select app.judge_area(
      'numbers', p_now, '15 minutes',
      count(*) filter (where r.open), min(r.updated_at) filter (where r.open), max(r.activated_at),
      case when bool_or(r.failed) then 'number_failed' end, max(r.updated_at) filter (where r.failed))
    from (
      select p.updated_at, p.activated_at, p.state in ('running', 'undoing', 'releasing') as open,
        p.error is not null and p.state <> 'released' and (p.state <> 'undone' or p.updated_at > p_now - interval '7 days')
          and p.created_at = max(p.created_at) over (partition by p.number) as failed
      from public.provisioning p
      where p.org_id = p_org_id
    ) r);
end
$$;

comment on function app.status_of_numbers(uuid, timestamptz) is
  'The area numbers of app.system_status: phone numbers that are being set up, changed or given back. number_failed: the latest attempt at a number ended, or tries again, with an error; one that was undone is told for a week.';

select app.seal('app.status_of_numbers(uuid, timestamptz)', null, 'app_writer');
-- end of sql/2882_function_status_of_numbers.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/2883_function_status_of_calendars.sql
create or replace function app.status_of_calendars(p_org_id uuid, p_now timestamptz)
returns app.area_status
language plpgsql
stable
set search_path = ''
as $$
begin
  return (
    with links as (
      select l.id, l.health, l.failing_since, l.last_synced_at, coalesce(l.last_synced_at, l.created_at) + p.calendar_stale_after as stale_at
      from public.calendar_links l
      join public.resources r on r.org_id = l.org_id and r.id = l.resource_id
      join public.locations p on p.org_id = r.org_id and p.id = r.location_id
      where l.org_id = p_org_id
    ),
    behind as (
      select e.wished_at, e.failing_since
      from public.calendar_events e
      join links l on l.id = e.calendar_link_id
      where e.org_id = p_org_id and e.synced_version < e.desired_version
    ),
    problem as (
      select x.code, x.at
      from (
        select 1, 'calendar_reconnect', min(l.failing_since) from links l where l.health = 'needs_reconnect'
        union all
        select 2, 'calendar_unreadable', min(l.failing_since) from links l where l.health = 'failing'
        union all
        select 3, 'visits_not_written', min(b.failing_since) from behind b
        union all
        select 4, 'calendar_stale', min(l.stale_at) from links l where l.stale_at < p_now
      ) x (position, code, at)
      where x.at is not null
      order by x.position
      limit 1
    )
    select app.judge_area(
      'calendars', p_now, '15 minutes',
      (select count(*) from behind), (select min(b.wished_at) from behind b), (select max(l.last_synced_at) from links l),
      (select p.code from problem p), (select p.at from problem p)));
end
$$;

comment on function app.status_of_calendars(uuid, timestamptz) is
  'The area calendars of app.system_status: visits that do not stand in a linked calendar as they are. The gravest problem is told: calendar_reconnect (the provider refuses the account), calendar_unreadable (the last reading failed), visits_not_written (writing failed), calendar_stale (last read longer ago than the location allows: bookings wait for approval).';

select app.seal('app.status_of_calendars(uuid, timestamptz)', null, 'app_writer');
-- end of sql/2883_function_status_of_calendars.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/2884_function_message_area.sql
-- No search path is set, so that it is inlined where 500 messages are sorted.
create or replace function app.message_area(p_kind text, p_in_campaign boolean)
returns text
language sql
immutable
parallel safe
return case
  when p_in_campaign or p_kind in ('campaign', 'marketing') then 'campaigns'
  when p_kind in ('reminder', 'confirmation') then 'reminders'
  else 'messages'
end;

comment on function app.message_area(text, boolean) is
  'The area of app.system_status that a message belongs to, by its category, or one that is still to be written, by its kind in scheduled_messages.';

select app.seal('app.message_area(text, boolean)', null, 'app_writer');
-- end of sql/2884_function_message_area.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/2885_function_status_of_messages.sql
-- plpgsql, as all of these: it keeps the plan, and planning took ten times as long as reading. See docs/decisions/0005.
create or replace function app.status_of_messages(p_org_id uuid, p_now timestamptz)
returns setof app.area_status
language plpgsql
stable
set search_path = ''
as $$
begin
  return query
    with recent as (
      select app.message_area(m.category, m.campaign_id is not null) as area,
        max(m.sent_at) filter (where m.status in ('sent', 'delivered')) as sent_at,
        max(m.updated_at) filter (where m.status = 'failed') as failed_at,
        max(m.handed_over_at) filter (where m.status = 'unknown') as unknown_at
      from (
        select n.category, n.campaign_id, n.status, n.sent_at, n.handed_over_at, n.updated_at
        from public.messages n
        where n.org_id = p_org_id and n.created_at > p_now - interval '7 days' and n.direction = 'outbound'
        order by n.created_at desc
        limit 500
      ) m
      group by 1
    ),
    waiting as (
      select w.area, count(*) as messages, min(w.since) as since
      from (
        -- Every way and category is named, so that messages_counted finds the queued ones without reading the others.
        select app.message_area(m.category, m.campaign_id is not null), m.created_at
        from public.messages m
        where m.org_id = p_org_id and m.direction = 'outbound' and m.method in ('sms', 'email', 'export') and m.status = 'queued'
          and m.category in ('code', 'confirmation', 'reminder', 'follow_up', 'marketing', 'reply', 'share', 'export', 'invitation', 'alert')
        union all
        select app.message_area(s.kind, false), s.due_at
        from public.scheduled_messages s
        where s.org_id = p_org_id and s.state = 'waiting' and s.due_at <= p_now
      ) w (area, since)
      group by w.area
    ),
    refused as (
      select min(c.updated_at) as at
      from public.org_credentials c
      where c.org_id = p_org_id and c.provider in ('twilio', 'resend') and c.verification_error is not null
    )
    select j.*
    from unnest(array['messages', 'reminders', 'campaigns']) with ordinality x (area, position)
    cross join refused f
    left join recent r on r.area = x.area
    left join waiting w on w.area = x.area
    cross join lateral app.judge_area(
      x.area, p_now, '15 minutes', coalesce(w.messages, 0), w.since, r.sent_at,
      case
        when x.area = 'messages' and f.at is not null then 'account_refused'
        when coalesce(greatest(r.failed_at, r.unknown_at) <= r.sent_at, false) then null
        when r.unknown_at >= coalesce(r.failed_at, r.unknown_at) then 'outcome_unknown'
        when r.failed_at is not null then 'message_failed'
      end,
      case when x.area = 'messages' and f.at is not null then f.at else greatest(r.failed_at, r.unknown_at) end) j
    order by x.position;
end
$$;

comment on function app.status_of_messages(uuid, timestamptz) is
  'The areas messages, reminders (confirmations are among them) and campaigns of app.system_status: what is written and not handed to a provider, and what should have been written by now. account_refused: Twilio or Resend refuses the clinic''s account. message_failed, outcome_unknown: the last message did not go out, or nobody knows whether it did; the next that goes out ends both. Successes and failures are those of the newest 500 messages of a week.';

select app.seal('app.status_of_messages(uuid, timestamptz)', null, 'app_writer');
-- end of sql/2885_function_status_of_messages.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/2886_function_status_of_outbound_calls.sql
create or replace function app.status_of_outbound_calls(p_org_id uuid, p_now timestamptz)
returns app.area_status
language plpgsql
stable
set search_path = ''
as $$
begin
  return (
    select app.judge_area(
      'outbound_calls', p_now, '1 hour', w.calls, w.since, r.placed_at,
      case when r.failed_at > coalesce(r.placed_at, '-infinity') then 'calls_failed' end, r.failed_at)
    from (
      select count(*), min(c.due_at)
      from public.outbound_calls c
      where c.org_id = p_org_id and c.state = 'waiting' and c.due_at <= p_now
    ) w (calls, since)
    cross join (
      select max(c.placed_at), max(c.updated_at) filter (
        where c.state in ('waiting', 'given_up') and c.reason in ('refused', 'unreachable', 'unauthorized', 'line_busy', 'expired', 'lost'))
      from (
        select n.state, n.reason, n.placed_at, n.updated_at
        from public.outbound_calls n
        where n.org_id = p_org_id and n.created_at > p_now - interval '7 days'
        order by n.created_at desc, n.id desc
        limit 200
      ) c
    ) r (placed_at, failed_at));
end
$$;

comment on function app.status_of_outbound_calls(uuid, timestamptz) is
  'The area outbound_calls of app.system_status: calls that are due and not begun; they may wait for a free line for an hour. calls_failed: the last call could not be made, or came too late to be; one that is made ends it. A call that a rule forbids has not failed. Of the newest 200 calls of a week.';

select app.seal('app.status_of_outbound_calls(uuid, timestamptz)', null, 'app_writer');
-- end of sql/2886_function_status_of_outbound_calls.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/2887_function_status_of_recordings.sql
create or replace function app.status_of_recordings(p_org_id uuid, p_now timestamptz)
returns app.area_status
language plpgsql
stable
set search_path = ''
as $$
begin
  return (
    select app.judge_area(
      'recordings', p_now, '1 hour', r.copies, r.since, r.stored_at,
      case when r.failed_at > coalesce(r.stored_at, '-infinity') then 'recording_failed' end, r.failed_at)
    from (
      select count(*) filter (where x.open), min(x.created_at) filter (where x.open), max(x.stored_at), max(x.called_at) filter (where x.failed)
      from (
        select n.created_at, n.stored_at, c.updated_at as called_at, c.recording_state = 'failed' as failed,
          n.stored_at is null and n.delete_requested_at is null and c.recording_state in ('at_provider', 'copying') as open
        from (
          select o.call_id, o.created_at, o.stored_at, o.delete_requested_at
          from public.recordings o
          where o.org_id = p_org_id and o.deleted_at is null and o.created_at > p_now - interval '7 days'
          order by o.created_at desc
          limit 200
        ) n
        join public.call_logs c on c.org_id = p_org_id and c.id = n.call_id
      ) x
    ) r (copies, since, stored_at, failed_at));
end
$$;

comment on function app.status_of_recordings(uuid, timestamptz) is
  'The area recordings of app.system_status: recordings that are to be copied from the provider. recording_failed: the last could not be; the next that is copied ends it. Of the newest 200 recordings of a week.';

select app.seal('app.status_of_recordings(uuid, timestamptz)', null, 'app_writer');
-- end of sql/2887_function_status_of_recordings.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/2888_function_status_of_knowledge.sql
create or replace function app.status_of_knowledge(p_org_id uuid, p_now timestamptz)
returns app.area_status
language plpgsql
stable
set search_path = ''
as $$
begin
  return (
    select app.judge_area(
      'knowledge', p_now, '15 minutes',
      count(*) filter (where v.state in ('waiting', 'reading', 'embedding')),
      min(v.created_at) filter (where v.state in ('waiting', 'reading', 'embedding')),
      max(v.finished_at) filter (where v.state in ('ready', 'superseded')),
      case when bool_or(f.failed) then 'document_failed' end, min(v.updated_at) filter (where f.failed))
    from public.knowledge_documents d
    join public.knowledge_versions v on v.org_id = d.org_id and v.document_id = d.id
    cross join lateral (select v.state = 'failed' and v.version = d.latest_version) f (failed)
    where d.org_id = p_org_id and d.deleted_at is null);
end
$$;

comment on function app.status_of_knowledge(uuid, timestamptz) is
  'The area knowledge of app.system_status: documents that are being read. document_failed: the latest version of one could not be; another version, or deleting the document, ends it.';

select app.seal('app.status_of_knowledge(uuid, timestamptz)', null, 'app_writer');
-- end of sql/2888_function_status_of_knowledge.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/2889_function_overdue_erasures.sql
-- One statement for each kind, and none for what the clinic keeps for ever: as one, the planner read every message to find none.
create or replace function app.overdue_erasures(p_org_id uuid, p_now timestamptz)
returns setof timestamptz
language plpgsql
stable
set search_path = ''
as $$
declare
  v_org public.organizations;
  v_words_before timestamptz;
  v_messages_before timestamptz;
  v_recordings_before timestamptz;
begin
  select * into strict v_org from public.organizations o where o.id = p_org_id;
  v_words_before := p_now - v_org.keep_transcripts_for;
  v_messages_before := p_now - v_org.keep_messages_for;
  v_recordings_before := p_now - v_org.keep_recordings_for;
  if v_words_before is not null then
    return query
    select c.began_at + v_org.keep_transcripts_for
    from public.call_logs c
    where c.org_id = v_org.id and (c.transcript_state = 'stored' or c.summary is not null) and c.began_at <= v_words_before
    order by c.began_at
    limit 500;
  end if;
  if v_messages_before is not null then
    return query
    select m.created_at + v_org.keep_messages_for
    from public.messages m
    where m.org_id = v_org.id and m.content not in ('[erased]', '[expired]') and m.status <> 'queued' and m.created_at <= v_messages_before
    order by m.created_at
    limit 500;
  end if;
  if v_recordings_before is not null then
    return query
    select r.created_at + v_org.keep_recordings_for
    from public.recordings r
    where r.org_id = v_org.id and r.deleted_at is null and r.created_at <= v_recordings_before
    order by r.created_at
    limit 500;
  end if;
  -- Files of erased contacts are among the newest; whatever else waits to be deleted is old, and counted above.
  return query
  select r.delete_requested_at
  from (
    select n.delete_requested_at, n.created_at
    from public.recordings n
    where n.org_id = v_org.id and n.deleted_at is null
    order by n.created_at desc
    limit 500
  ) r
  where r.delete_requested_at is not null and (r.created_at <= v_recordings_before) is not true;
end
$$;

comment on function app.overdue_erasures(uuid, timestamptz) is
  'When each thing of the clinic should have been let go of that is still here: words of calls, texts and recordings that are older than the clinic keeps them, and files whose deletion was asked for. 500 of each kind at most, which is enough to say that it does not work.';

select app.seal('app.overdue_erasures(uuid, timestamptz)', null, 'app_writer');
-- end of sql/2889_function_overdue_erasures.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/2890_function_status_of_retention.sql
create or replace function app.status_of_retention(p_org_id uuid, p_now timestamptz)
returns app.area_status
language plpgsql
stable
set search_path = ''
as $$
begin
  return (
    select app.judge_area(
      'retention', p_now, '2 days', count(*), min(e.at), (
        select max(l.at)
        from public.audit_log l
        where l.org_id = p_org_id and l.at > p_now - interval '30 days' and l.entity = 'organization'
          and l.action in ('words_expired', 'messages_expired', 'leftovers_expired', 'recordings_expired')),
      null, null)
    from app.overdue_erasures(p_org_id, p_now) e (at));
end
$$;

comment on function app.status_of_retention(uuid, timestamptz) is
  'The area retention of app.system_status: what the clinic keeps no longer and is still here. It goes at night, so two nights may pass. The last success is when something was let go of, within a month.';

select app.seal('app.status_of_retention(uuid, timestamptz)', null, 'app_writer');
-- end of sql/2890_function_status_of_retention.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/2891_function_system_status.sql
create or replace function app.system_status()
returns setof app.area_status
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_now timestamptz := app.now();
begin
  return next app.status_of_assistants(v_org_id, v_now);
  return next app.status_of_numbers(v_org_id, v_now);
  return next app.status_of_calendars(v_org_id, v_now);
  return query select * from app.status_of_messages(v_org_id, v_now);
  return next app.status_of_outbound_calls(v_org_id, v_now);
  return next app.status_of_recordings(v_org_id, v_now);
  return next app.status_of_knowledge(v_org_id, v_now);
  return next app.status_of_retention(v_org_id, v_now);
end
$$;

comment on function app.system_status() is
  'How the work goes that is done for the clinic by itself: one row for each area, always the same ones in the same order, see app.area_status. Read from the clinic''s own rows, not from the job queue, which belongs to all clinics; nobody outside is asked. Every member may ask.';

select app.seal('app.system_status()', 'app_writer', 'tenant_user');
-- end of sql/2891_function_system_status.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/2900_function_archive_exclusions.sql
create or replace function app.archive_exclusions()
returns setof app.archive_exclusion
language sql
immutable
set search_path = ''
as $$
  values
    -- Of one installation: its keys, its accounts at providers, what is under way there.
    ('agent_tools', null, 'tools of the account at Vapi of this installation; the tool sync registers them anew'),
    ('assistant_routes', null, 'assistants at Vapi belong to this installation; agents get new ones'),
    ('busy_blocks', null, 'the mirror of calendars; read anew once they are connected'),
    ('calendar_conflicts', null, 'found anew once calendars are connected'),
    ('calendar_events', null, 'events of connected calendars; found there by the visit once they are connected'),
    ('calendar_feeds', null, 'secret addresses at this installation'),
    ('calendar_links', null, 'hang on a connected account; calendars are connected and linked anew'),
    ('call_days', null, 'counted anew from the calls'),
    ('event_tickets', null, 'tickets of browsers, gone within the hour'),
    ('events', null, 'what live clients replay, gone within minutes'),
    ('idempotency_keys', null, 'requests to this installation, gone within a day'),
    ('invitations', null, 'tokens under a key of this installation; members are invited anew'),
    ('oauth_states', null, 'consents on their way, sealed with a key of this installation'),
    ('org_credentials', null, 'sealed with a key of this installation; accounts are connected anew'),
    ('org_tools', null, 'the summary of agent_tools'),
    ('profiles', null, 'people of this installation; who they are stands in members.jsonl'),
    ('provisioning', null, 'what was set up at Twilio and Vapi for this installation; numbers are set up anew'),
    ('provisioning_steps', null, 'as provisioning, and may hold addresses with passwords'),
    ('recording_share_openings', null, 'of recording_shares'),
    ('recording_shares', null, 'secret addresses at this installation'),
    ('web_tests', null, 'test calls from the dashboard, gone within a day'),
    ('webhook_deliveries', null, 'webhooks to this installation, gone within a day'),

    ('agents', 'creating_since', 'the sync at this installation'),
    ('agents', 'failures', 'the sync at this installation'),
    ('agents', 'lease_id', 'a worker of this installation'),
    ('agents', 'lease_until', 'a worker of this installation'),
    ('agents', 'retry_at', 'the sync at this installation'),
    ('agents', 'sync_error', 'the sync at this installation'),
    ('agents', 'sync_status', 'the sync at this installation'),
    ('agents', 'synced_at', 'the sync at this installation'),
    ('agents', 'synced_version', 'the sync at this installation'),
    ('agents', 'trace_context', 'a trace of this installation'),
    ('knowledge_versions', 'lease_until', 'a worker of this installation'),
    ('outbound_shares', 'last_taken_at', 'the turn among the clinics of this installation'),
    ('phone_numbers', 'vapi_phone_number_id', 'the account at Vapi of this installation'),
    ('recordings', 'lease_until', 'a worker of this installation'),
    ('recordings', 'source_url', 'a secret address that expires')
$$;

comment on function app.archive_exclusions() is
  'What the archive of a clinic leaves out of its rows, with the reason: tables, and columns, which get their default where the archive is imported. Whatever is not named here is exported, new tables and columns too.';

select app.seal('app.archive_exclusions()', null);
-- end of sql/2900_function_archive_exclusions.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/2902_function_tenant_tables.sql
create or replace function app.tenant_tables()
returns setof app.tenant_table
language sql
stable
set search_path = ''
as $$
  with recursive tenant as (
    select c.oid, c.relname::text as name, case c.relname when 'organizations' then 'id' else 'org_id' end as org_column
    from pg_catalog.pg_class c
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
  ), own as (
    select t.*
    from tenant t
    where exists (select from pg_catalog.pg_attribute a where a.attrelid = t.oid and a.attname = t.org_column and not a.attisdropped)
  ), needs as (
    select distinct k.conrelid, k.confrelid
    from pg_catalog.pg_constraint k
    join own o on o.oid = k.conrelid
    where k.contype = 'f' and not k.condeferrable and k.conrelid <> k.confrelid
  ), places (oid, place) as (
    select o.oid, 0 from own o
    union
    -- The bound ends a ring, which a test finds by it: one key of each ring is deferrable.
    select n.conrelid, p.place + 1 from places p join needs n on n.confrelid = p.oid where p.place < 99
  )
  select o.name, (select max(p.place) from places p where p.oid = o.oid), o.org_column,
    array(
      select a.attname::text
      from pg_catalog.pg_attribute a
      where a.attrelid = o.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = '' and a.attidentity = ''
        and not exists (select from app.archive_exclusions() x where x.table_name = o.name and x.column_name = a.attname)
      order by a.attnum),
    array(
      select a.attname::text
      from pg_catalog.pg_index i
      cross join unnest(i.indkey::smallint[]) with ordinality as k (attnum, n)
      join pg_catalog.pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.attnum
      where i.indrelid = o.oid and i.indisprimary
      order by k.n),
    (select x.reason from app.archive_exclusions() x where x.table_name = o.name and x.column_name is null)
  from own o
  order by 2, 1
$$;

comment on function app.tenant_tables() is
  'The tables whose rows belong to clinics, from the catalogue, in an order in which a clinic''s rows can be stored: those that others name by a foreign key come first. Keys that are deferrable do not count; they are checked when all is there. Generated and identity columns make themselves.';

select app.seal('app.tenant_tables()', null);
-- end of sql/2902_function_tenant_tables.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/2904_function_begin_export.sql
-- SECURITY INVOKER and granted to nobody, as all of these: the owner of the database, who passes row security, exports.
create or replace function app.begin_export(p_org_id uuid)
returns void
language plpgsql
volatile
set search_path = ''
as $$
begin
  if not exists (select from public.organizations o where o.id = p_org_id) then
    raise exception 'there is no such organisation' using errcode = 'VX404';
  end if;
  insert into public.audit_log (org_id, action, entity, entity_id) values (p_org_id, 'org_exported', 'organization', p_org_id);
end
$$;

comment on function app.begin_export(uuid) is
  'Notes in the clinic''s audit log that everything about it is about to be taken out. Committed before the first row is read, so that an export that breaks off is noted too. VX404: no such clinic. For the owner of the database.';

select app.seal('app.begin_export(uuid)', null);
-- end of sql/2904_function_begin_export.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/2905_function_archive_head.sql
create or replace function app.archive_head(p_org_id uuid)
returns setof app.archive_head
language plpgsql
stable
set search_path = ''
as $$
begin
  return query
  select o.id, o.slug, app.schema_version(), app.now()
  from public.organizations o
  where o.id = p_org_id;
end
$$;

comment on function app.archive_head(uuid) is
  'What the manifest of a clinic''s archive says of it; no row: there is no such clinic. For the owner of the database.';

select app.seal('app.archive_head(uuid)', null);
-- end of sql/2905_function_archive_head.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/2906_function_open_export.sql
create or replace function app.open_export(p_org_id uuid, p_part text)
returns void
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_rows refcursor := 'exported_rows'::refcursor;
  v_table app.tenant_table;
begin
  if exists (select from pg_catalog.pg_cursors c where c.name = 'exported_rows') then
    close v_rows;
  end if;
  if p_part = 'members' then
    open v_rows for
      select jsonb_build_object('email', lower(coalesce(u.email, p.email)), 'name', p.name, 'role', p.role)::text
      from public.profiles p
      left join auth.users u on u.id = p.user_id
      where p.org_id = p_org_id
      order by p.created_at, p.id;
    return;
  elsif p_part = 'files' then
    open v_rows for
      select jsonb_build_object('key', r.storage_key, 'size_bytes', r.size_bytes, 'content_type', r.content_type)::text
      from public.recordings r
      where r.org_id = p_org_id and r.stored_at is not null and r.delete_requested_at is null and r.deleted_at is null
      order by r.storage_key;
    return;
  end if;
  select * into v_table from app.tenant_tables() t where t.name = p_part and t.excuse is null;
  if v_table.name is null then
    raise exception 'an archive has no part of this name' using errcode = 'VX404';
  end if;
  open v_rows for execute format(
    'select to_jsonb(r)::text from (select %s from public.%I t where t.%I = $1 order by %s) r',
    (select string_agg(format('t.%I', c), ', ' order by n) from unnest(v_table.columns) with ordinality as u (c, n)),
    v_table.name, v_table.org_column,
    (select string_agg(format('t.%I', c), ', ' order by n) from unnest(v_table.key) with ordinality as u (c, n)))
  using p_org_id;
end
$$;

comment on function app.open_export(uuid, text) is
  'Opens what app.fetch_export reads: a clinic''s rows in a table, sorted by its key; members (who belongs to it, by address); or files (what it has in the storage). Opening ends what was read before. VX404: an archive has no such part. For the owner of the database, in one repeatable-read transaction for all parts.';

select app.seal('app.open_export(uuid, text)', null);
-- end of sql/2906_function_open_export.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/2907_function_fetch_export.sql
-- Rows become text while they are fetched, so it is here that the session's ways of writing times and numbers must not count.
create or replace function app.fetch_export(p_bytes integer)
returns text[]
language plpgsql
volatile
set search_path = ''
set timezone = 'UTC'
set datestyle = 'ISO, YMD'
set intervalstyle = 'postgres'
set extra_float_digits = 1
set bytea_output = 'hex'
as $$
declare
  v_rows refcursor := 'exported_rows'::refcursor;
  v_line text;
  v_lines text[] := '{}'::text[];
  v_bytes bigint := 0;
begin
  while v_bytes < p_bytes loop
    fetch v_rows into v_line;
    exit when not found;
    v_lines := v_lines || v_line;
    v_bytes := v_bytes + octet_length(v_line);
  end loop;
  return v_lines;
end
$$;

comment on function app.fetch_export(integer) is
  'The next rows of what app.open_export opened, each a line of JSON, until they have p_bytes together: at most one row more than that is in memory. Empty: that was all. For the owner of the database.';

select app.seal('app.fetch_export(integer)', null);
-- end of sql/2907_function_fetch_export.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/2910_function_begin_import.sql
create or replace function app.begin_import(p_org_id uuid, p_slug text, p_schema_version bigint)
returns void
language plpgsql
volatile
set search_path = ''
as $$
begin
  -- One at a time: two that bring the same clinic would find each other at the last row.
  perform pg_advisory_xact_lock(10, 0);
  if p_schema_version is distinct from app.schema_version() then
    raise exception 'the archive was written under schema version %, and this database is at %: bring both installations to the same release',
      p_schema_version, app.schema_version() using errcode = 'VX400';
  elsif exists (select from public.organizations o where o.id = p_org_id) then
    raise exception 'the organisation is here already' using errcode = 'VX409';
  elsif exists (select from public.organizations o where o.slug = p_slug) then
    raise exception 'another organisation here has the slug %', p_slug using errcode = 'VX409';
  end if;
  -- Triggers and defaults ask for the clinic that a request works for.
  perform set_config('request.jwt.claims',
    jsonb_build_object('app_metadata', jsonb_build_object('org_id', p_org_id))::text, true);
  set constraints all deferred;
end
$$;

comment on function app.begin_import(uuid, text, bigint) is
  'Begins to store a clinic''s archive, in a transaction that app.finish_import ends: rows may name others that are yet to come. VX400: the archive is of another schema; VX409: the clinic or its slug is here already, also one that has left. For the owner of the database.';

select app.seal('app.begin_import(uuid, text, bigint)', null);
-- end of sql/2910_function_begin_import.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/2911_function_import_rows.sql
create or replace function app.import_rows(p_org_id uuid, p_table text, p_lines text[])
returns integer
language plpgsql
volatile
set search_path = ''
set timezone = 'UTC'
set datestyle = 'ISO, YMD'
set intervalstyle = 'postgres'
as $$
declare
  v_table app.tenant_table;
  v_rows jsonb[];
  v_columns text;
  v_stored integer;
  v_constraint text;
begin
  select * into v_table from app.tenant_tables() t where t.name = p_table and t.excuse is null;
  if v_table.name is null then
    raise exception 'an archive has no rows of %', p_table using errcode = 'VX400';
  end if;
  begin
    v_rows := array(select l::jsonb from unnest(p_lines) with ordinality as u (l, n) order by n);
  exception
    when data_exception then
      raise exception 'a row of % is no JSON', p_table using errcode = 'VX400';
  end;
  if exists (
    select from unnest(v_rows) r
    where jsonb_typeof(r) <> 'object' or r ->> v_table.org_column is distinct from p_org_id::text
  ) then
    raise exception 'a row of % is not the organisation''s', p_table using errcode = 'VX400';
  elsif exists (
    select from unnest(v_rows) r
    where not r ?& v_table.columns or (select count(*) from jsonb_object_keys(r)) <> cardinality(v_table.columns)
  ) then
    raise exception 'a row of % has other columns than the table', p_table using errcode = 'VX400';
  end if;
  v_columns := (select string_agg(quote_ident(c), ', ' order by n) from unnest(v_table.columns) with ordinality as u (c, n));
  execute format('insert into public.%1$I (%2$s) select %2$s from unnest($1) l, jsonb_populate_record(null::public.%1$I, l)',
    p_table, v_columns)
  using v_rows;
  get diagnostics v_stored = row_count;
  return v_stored;
exception
  -- DETAIL would quote the row, and these words go to a terminal.
  when unique_violation or exclusion_violation then
    get stacked diagnostics v_constraint = constraint_name;
    raise exception 'what a row of % claims is taken here (%)', p_table, v_constraint using errcode = 'VX409';
  when data_exception or integrity_constraint_violation then
    raise exception 'a row of % cannot be stored (%)', p_table, sqlstate using errcode = 'VX400';
end
$$;

comment on function app.import_rows(uuid, text, text[]) is
  'Stores rows of a clinic''s archive, each a line of JSON as app.fetch_export wrote it, and returns how many. Columns that archives leave out get their default. VX400: no such part, a row of another clinic, or one that does not fit the table; VX409: it claims what is unique and taken here, such as a number. Neither quotes a row. For the owner of the database.';

select app.seal('app.import_rows(uuid, text, text[])', null);
-- end of sql/2911_function_import_rows.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/2912_function_import_members.sql
-- Nobody is written to. An invitation without an e-mail counts as soon as the address is confirmed, see app.org_for_user.
create or replace function app.import_members(p_org_id uuid, p_lines text[])
returns app.import_outcome
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_outcome app.import_outcome := (0, 0, 0, 0, 0, 0);
  v_line text;
  v_member jsonb;
  v_email text;
  v_user_id uuid;
begin
  foreach v_line in array p_lines loop
    v_member := v_line::jsonb;
    v_email := lower(v_member ->> 'email');
    if v_email is null or coalesce(v_member ->> 'role', '') not in ('owner', 'admin', 'staff', 'viewer') then
      continue; -- an account without an address cannot be recognised elsewhere
    end if;
    select u.id into v_user_id
    from auth.users u
    where lower(u.email) = v_email and not coalesce(u.is_anonymous, false)
    order by u.email_confirmed_at is null, u.id
    limit 1;
    if exists (select from public.profiles p where p.user_id = v_user_id) then
      v_outcome.members_elsewhere := v_outcome.members_elsewhere + 1;
    elsif exists (select from auth.users u where u.id = v_user_id and u.email_confirmed_at is not null) then
      insert into public.profiles (org_id, user_id, role, name, email)
      values (p_org_id, v_user_id, v_member ->> 'role', left(v_member ->> 'name', 100), v_email);
      -- The trigger writes the stamp.
      update auth.users u set raw_app_meta_data = coalesce(u.raw_app_meta_data, '{}') where u.id = v_user_id;
      v_outcome.members_joined := v_outcome.members_joined + 1;
    else
      insert into public.invitations (org_id, email, role, token_hash, expires_at)
      values (p_org_id, v_email, case v_member ->> 'role' when 'owner' then 'admin' else v_member ->> 'role' end,
        sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())), app.now() + interval '30 days');
      v_outcome.members_invited := v_outcome.members_invited + 1;
    end if;
  end loop;
  return v_outcome;
end
$$;

comment on function app.import_members(uuid, text[]) is
  'Makes the people of members.jsonl members of the imported clinic. Who has a confirmed account here under the same address and belongs to no clinic joins in the role that they had; who has none is invited for thirty days, an owner as admin, and joins by signing up and confirming the address; who belongs to another clinic stays there. No e-mail is sent. For the owner of the database.';

select app.seal('app.import_members(uuid, text[])', null);
-- end of sql/2912_function_import_members.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/2914_function_hold_imported_messages.sql
create or replace function app.hold_imported_messages(p_org_id uuid, p_take_over boolean)
returns app.import_outcome
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_outcome app.import_outcome := (0, 0, 0, 0, 0, 0);
  v_now timestamptz := app.now();
  v_messages integer;
begin
  update public.scheduled_messages s
  set state = 'cancelled', reason = 'imported', updated_at = v_now
  where s.org_id = p_org_id and s.state = 'waiting' and (not p_take_over or s.due_at <= v_now);
  get diagnostics v_outcome.messages_held = row_count;
  -- Rows travel, jobs do not: without one nobody would look at what is due later.
  perform app.enqueue_job('send_scheduled', jsonb_build_object('scheduled_id', s.id), s.due_at)
  from public.scheduled_messages s
  where s.org_id = p_org_id and s.state = 'waiting'
  order by s.due_at, s.id;

  update public.messages m
  set status = 'blocked', reason = 'imported', updated_at = v_now
  where m.org_id = p_org_id and m.direction = 'outbound' and m.status = 'queued' and m.handed_over_at is null;
  get diagnostics v_messages = row_count;
  v_outcome.messages_held := v_outcome.messages_held + v_messages;
  -- A worker there had it in hand: it may have left, and the account to ask with is not here.
  update public.messages m
  set status = 'unknown', reason = 'cannot_ask', updated_at = v_now
  where m.org_id = p_org_id and m.direction = 'outbound' and m.status = 'queued';

  update public.outbound_calls c
  set state = 'cancelled', reason = 'imported', ended_at = v_now, look_at = null, lease_id = null, updated_at = v_now
  where c.org_id = p_org_id and c.ended_at is null;
  get diagnostics v_outcome.calls_cancelled = row_count;

  if not p_take_over then
    update public.campaigns c
    set status = 'stopped', ended_at = v_now, updated_at = v_now
    where c.org_id = p_org_id and c.status = 'running';
    get diagnostics v_outcome.campaigns_stopped = row_count;
  end if;
  return v_outcome;
end
$$;

comment on function app.hold_imported_messages(uuid, boolean) is
  'Takes back whatever an imported clinic would send or call by itself, because the installation that it comes from may do so: texts that wait, calls, running campaigns. p_take_over: that installation does not any more; texts that are due later get their jobs here, and campaigns go on. The claims are the clinic''s, as app.begin_import sets them. For the owner of the database.';

select app.seal('app.hold_imported_messages(uuid, boolean)', null);
-- end of sql/2914_function_hold_imported_messages.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/2915_function_finish_import.sql
create or replace function app.finish_import(p_org_id uuid, p_members text[], p_take_over boolean)
returns app.import_outcome
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_outcome app.import_outcome := app.import_members(p_org_id, p_members);
  v_held app.import_outcome := app.hold_imported_messages(p_org_id, p_take_over);
begin
  -- Another clinic's file would be played to this one's staff.
  if exists (
    select from public.recordings r
    where r.org_id = p_org_id and r.storage_key not like 'recordings/' || p_org_id || '/%'
  ) then
    raise exception 'a recording lies where this organisation''s do not' using errcode = 'VX400';
  end if;
  -- The address of a recording that was not copied yet is a secret that archives do without: nobody can fetch it any more.
  update public.call_logs c
  set recording_state = 'failed', recording_error = 'gone', updated_at = app.now()
  where c.org_id = p_org_id and c.recording_state in ('at_provider', 'copying');
  -- Who tells of a call tells the other installation.
  update public.call_logs c
  set status = 'ended', ended_at = coalesce(c.ended_at, app.now()), ended_reason = coalesce(c.ended_reason, 'imported'), updated_at = app.now()
  where c.org_id = p_org_id and c.status <> 'ended';
  -- Nor does anybody go on with what they hold, and no job here lets go of it.
  delete from public.appointments a
  where a.org_id = p_org_id and a.status = 'held';
  -- No job here works on a document that was being read there.
  update public.knowledge_versions v
  set state = 'failed', error = 'trouble', finished_at = app.now(), updated_at = app.now()
  where v.org_id = p_org_id and v.state in ('waiting', 'reading', 'embedding');
  begin
    set constraints all immediate;
  exception
    when foreign_key_violation then
      raise exception 'rows name others that are not in the archive' using errcode = 'VX400';
  end;
  insert into public.audit_log (org_id, action, entity, entity_id) values (p_org_id, 'org_imported', 'organization', p_org_id);
  perform set_config('request.jwt.claims', '', true);
  v_outcome.messages_held := v_held.messages_held;
  v_outcome.calls_cancelled := v_held.calls_cancelled;
  v_outcome.campaigns_stopped := v_held.campaigns_stopped;
  return v_outcome;
end
$$;

comment on function app.finish_import(uuid, text[], boolean) is
  'Ends what app.begin_import began, when all rows are stored: members (app.import_members), calls with their holds, recordings and documents that were under way there, what would be sent by itself (app.hold_imported_messages), the audit log. VX400: a foreign key does not hold, or a recording''s file would be another clinic''s. For the owner of the database.';

select app.seal('app.finish_import(uuid, text[], boolean)', null);
-- end of sql/2915_function_finish_import.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/2990_function_schema_version.sql
create or replace function app.schema_version()
returns bigint
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
  if to_regclass('public.goose_db_version') is null then
    return null;
  end if;
  return (select max(v.version_id) from public.goose_db_version v where v.is_applied);
end
$$;

comment on function app.schema_version() is
  'The last migration that goose applied here, which a starting program compares with its own. Null: goose keeps no list in this database.';

-- Stays with the migrating role, who made goose's table and whom its row security, where Supabase turns it on, does not bind.
select app.seal('app.schema_version()', null, 'voxanne_login');
-- end of sql/2990_function_schema_version.sql
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
-- A policy that waits for its table would have everybody else wait behind it: rather fail, and be tried again.
set local lock_timeout = '5s';
-- +goose StatementEnd

-- +goose StatementBegin
drop function app.schema_version;
drop function app.finish_import;
drop function app.hold_imported_messages;
drop function app.import_members;
drop function app.import_rows;
drop function app.begin_import;
drop function app.fetch_export;
drop function app.open_export;
drop function app.archive_head;
drop function app.begin_export;
drop function app.tenant_tables;
drop function app.archive_exclusions;
drop function app.system_status;
drop function app.status_of_retention;
drop function app.overdue_erasures;
drop function app.status_of_knowledge;
drop function app.status_of_recordings;
drop function app.status_of_outbound_calls;
drop function app.status_of_messages;
drop function app.message_area;
drop function app.status_of_calendars;
drop function app.status_of_numbers;
drop function app.status_of_assistants;
drop function app.judge_area;
-- +goose StatementEnd

-- +goose StatementBegin
-- back to sql/0200_function_open_spans.sql
create or replace function app.open_spans(p_resource_ids uuid[], p_from timestamptz, p_to timestamptz)
returns setof app.open_span
language plpgsql
stable
set search_path = ''
as $$
#variable_conflict use_column
begin
  return query
  with week as (
    select r.id as resource_id, r.location_id, l.time_zone, h.weekday, h.opens, h.closes
    from public.resources r
    join public.locations l on l.org_id = r.org_id and l.id = r.location_id
    join public.business_hours h on h.org_id = r.org_id and h.location_id = r.location_id
    where r.org_id = app.current_org_id()
      and r.id = any (p_resource_ids)
      and h.resource_id is not distinct from (
        select o.resource_id from public.business_hours o
        where o.org_id = r.org_id and o.resource_id = r.id
        limit 1
      )
  ),
  spans as (
    select w.resource_id, w.location_id,
      app.local_instant(d.day + w.opens, w.time_zone, false) as opens_at,
      app.local_instant(d.day + w.closes, w.time_zone, true) as closes_at
    from week w
    cross join lateral (
      select g::date as day
      from generate_series(
        (p_from at time zone w.time_zone)::date::timestamp,
        (p_to at time zone w.time_zone)::date::timestamp,
        interval '1 day') g
    ) d
    where w.weekday = extract(dow from d.day)
  )
  select s.resource_id, s.location_id, s.opens_at, s.closes_at
  from spans s
  where s.closes_at > s.opens_at
    and s.closes_at > p_from
    and s.opens_at < p_to;
end
$$;

comment on function app.open_spans(uuid[], timestamptz, timestamptz) is
  'The opening hours of resources as instants, for every local day that touches [p_from, p_to). A resource with hours of its own keeps those, others their location''s. Closures are not taken out.';

select app.seal('app.open_spans(uuid[], timestamptz, timestamptz)', null, 'tenant_user', 'tenant_service', 'app_writer');
-- end of sql/0200_function_open_spans.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- back to sql/0240_function_free_slots.sql
-- Offering and booking ask this one function, so what is offered can be booked and what is refused was not free.
-- Visits are found through scheduled_at: durations end at 12 hours and buffers at 4, hence the margins.
create or replace function app.free_slots(
  p_service_id uuid,
  p_resource_id uuid,
  p_from timestamptz,
  p_to timestamptz,
  p_now timestamptz,
  p_call_id uuid default null,
  p_ignore_appointment_id uuid default null
)
returns setof app.free_slot
language plpgsql
stable
set search_path = ''
as $$
#variable_conflict use_column
declare
  v_candidates uuid[] := array(
    select app.candidates(p_service_id, p_resource_id, app.location_of_wish(p_call_id, p_ignore_appointment_id)));
  v_first timestamptz;
  v_last timestamptz;
  v_duration interval;
  v_before interval;
  v_after interval;
  v_step interval;
begin
  select greatest(p_from, p_now + o.min_notice), least(p_to, p_now + o.max_advance), s.duration,
    coalesce(s.buffer_before, o.buffer_before), coalesce(s.buffer_after, o.buffer_after), o.slot_step
  into v_first, v_last, v_duration, v_before, v_after, v_step
  from public.services s
  join public.organizations o on o.id = s.org_id
  where s.org_id = app.current_org_id()
    and s.id = p_service_id
    and s.active;
  if v_first is null or v_first >= v_last then
    return;
  end if;

  return query
  with spans as materialized (
    select * from app.open_spans(v_candidates, v_first, v_last + v_duration)
  ),
  open as (
    -- Spans that touch are one: a visit may lie over midnight, or over the hour at which two spans meet.
    select s.resource_id, range_agg(tstzrange(s.opens_at, s.closes_at)) as ranges
    from spans s
    group by s.resource_id
  ),
  starts as (
    select distinct o.resource_id, o.location_id, t as starts_at
    from spans o
    cross join lateral generate_series(
      -- The step counts from the opening; starts before the window are skipped by arithmetic, not one by one.
      o.opens_at + v_step * greatest(0, ceil(extract(epoch from v_first - o.opens_at) / extract(epoch from v_step))),
      least(o.closes_at, v_last),
      v_step) t
    where t >= v_first
      and t < v_last
      and t < o.closes_at
  ),
  taken as (
    select a.resource_id, range_agg(a.blocked) as ranges, count(*) filter (where a.status <> 'held') as load
    from public.appointments a
    where a.org_id = app.current_org_id()
      and a.resource_id = any (v_candidates)
      and a.scheduled_at > v_first - interval '24 hours'
      and a.scheduled_at < v_last + v_duration + interval '24 hours'
      and a.status in ('held', 'pending', 'confirmed')
      and not (a.status = 'held' and (a.held_until <= p_now or a.call_id is not distinct from p_call_id))
      and a.id is distinct from p_ignore_appointment_id
    group by a.resource_id
  ),
  busy as (
    select b.resource_id, range_agg(tstzrange(b.starts_at, b.ends_at)) as ranges
    from public.busy_blocks b
    where b.org_id = app.current_org_id()
      and b.resource_id = any (v_candidates)
      and b.ends_at > v_first - v_before
      and b.starts_at < v_last + v_duration + v_after
    group by b.resource_id
  ),
  closed as (
    select r.id as resource_id, range_agg(c.during) as ranges
    from public.resources r
    join public.closures c on c.org_id = r.org_id and c.location_id = r.location_id
      and (c.resource_id is null or c.resource_id = r.id)
    where r.org_id = app.current_org_id()
      and r.id = any (v_candidates)
      and c.during && tstzrange(v_first, v_last + v_duration)
    group by r.id
  )
  select s.resource_id, s.location_id, v.during, v.blocked, coalesce(t.load, 0)
  from starts s
  cross join lateral (
    select tstzrange(s.starts_at, s.starts_at + v_duration) as during,
      tstzrange(s.starts_at - v_before, s.starts_at + v_duration + v_after) as blocked
  ) v
  join open w on w.resource_id = s.resource_id and v.during <@ w.ranges
  left join taken t on t.resource_id = s.resource_id
  left join busy b on b.resource_id = s.resource_id
  left join closed c on c.resource_id = s.resource_id
  where not v.blocked && coalesce(t.ranges, '{}')
    and not v.blocked && coalesce(b.ranges, '{}')
    and not v.during && coalesce(c.ranges, '{}');
end
$$;

comment on function app.free_slots(uuid, uuid, timestamptz, timestamptz, timestamptz, uuid, uuid) is
  'Every start in [p_from, p_to) at which a resource of the service is free by all rules: hours, closures, buffers, other visits, live holds of other calls, busy calendars, notice and horizon. p_resource_id NULL: any. p_call_id: that call''s own hold does not count. p_ignore_appointment_id: the visit being moved does not stand in its own way.';

select app.seal('app.free_slots(uuid, uuid, timestamptz, timestamptz, timestamptz, uuid, uuid)', null, 'tenant_user', 'tenant_service', 'app_writer');
-- end of sql/0240_function_free_slots.sql
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
    'delete_recording', 'provision_number', 'dial_calls', 'ingest_knowledge', 'lapse_knowledge',
    'sync_calendar_event', 'pull_calendar', 'watch_calendar'
  ) then
    raise exception 'there is no job of kind %', p_kind using errcode = 'VX400';
  end if;
  insert into river.river_job (kind, args, max_attempts, queue, priority, scheduled_at, state)
  values (
    p_kind,
    p_args || jsonb_build_object('org_id', app.require_org_id()),
    8,
    -- Neither Vapi or a calendar being down nor long recordings or documents may keep holds and texts waiting.
    case
      when p_kind in ('sync_agent', 'provision_number') then 'vapi'
      when p_kind in ('keep_recording', 'delete_recording') then 'recordings'
      when p_kind = 'dial_calls' then 'calls'
      when p_kind = 'ingest_knowledge' then 'knowledge'
      when p_kind in ('sync_calendar_event', 'pull_calendar', 'watch_calendar') then 'calendars'
      else 'default'
    end,
    -- Reading calendars goes before writing them: it is seldom, and what is read is not offered to callers.
    case p_kind when 'sync_calendar_event' then 2 else 1 end,
    v_run_at,
    case when v_run_at > app.now() then 'scheduled' else 'available' end::river.river_job_state
  )
  returning id into v_id;
  return v_id;
end
$$;

comment on function app.enqueue_job(text, jsonb, timestamptz) is
  'Puts a job of a known kind (release_hold, fetch_call_report, send_scheduled, send_message, settle_message, sync_agent, keep_recording, delete_recording, provision_number, dial_calls, ingest_knowledge, lapse_knowledge, sync_calendar_event, pull_calendar, watch_calendar) in River''s queue, as part of the calling transaction. Arguments are ids only; the organisation always comes from the claims. p_run_at NULL: now. An unknown kind is VX400.';

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
-- back to sql/1917_function_is_forgotten.sql
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
revoke create on schema app from app_writer, app_definer, app_searcher;
-- +goose StatementEnd
