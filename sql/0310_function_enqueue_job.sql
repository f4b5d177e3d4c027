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
