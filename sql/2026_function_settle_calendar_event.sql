create or replace function app.settle_calendar_event(
  p_event_id uuid,
  p_lease_id uuid,
  p_version integer,
  p_outcome text,
  p_external_id text default null,
  p_etag text default null,
  p_error text default null,
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
  v_now timestamptz := app.now();
  v_event public.calendar_events;
  v_kept boolean;
begin
  if p_outcome is null or p_outcome not in ('there', 'gone', 'missing', 'failed') then
    raise exception 'an event is there, gone or missing, or it failed' using errcode = 'VX400';
  end if;
  select * into v_event from public.calendar_events e where e.org_id = v_org_id and e.id = p_event_id for no key update;
  v_now := app.now();
  v_kept := v_event.lease_id is not distinct from p_lease_id and p_lease_id is not null;
  if v_event.id is null then
    return false;
  elsif not v_kept and p_outcome = 'failed' then
    return false;
  elsif not v_kept then
    -- Another worker took over, and this one wrote late, perhaps over what the other did: make it anew.
    update public.calendar_events e
    set desired_version = e.desired_version + 1, settled_at = v_now, updated_at = v_now,
      state = case p_outcome when 'there' then 'there' else e.state end,
      external_id = case p_outcome when 'there' then coalesce(p_external_id, e.external_id) else e.external_id end
    where e.org_id = v_org_id and e.id = p_event_id;
  elsif p_outcome = 'failed' then
    update public.calendar_events e
    set lease_id = null, lease_until = null, error_code = coalesce(p_error, 'failed'), failing_since = coalesce(e.failing_since, v_now),
      retry_at = v_now + greatest(
        make_interval(secs => p_pause_seconds), least(interval '30 seconds' * power(2, least(e.attempts - 1, 10)), interval '30 minutes')),
      updated_at = v_now
    where e.org_id = v_org_id and e.id = p_event_id
    returning * into v_event;
  elsif p_outcome = 'missing' then
    -- Attempts go on counting: a calendar that loses every event is not asked for ever.
    update public.calendar_events e
    set lease_id = null, lease_until = null, state = 'gone', updated_at = v_now
    where e.org_id = v_org_id and e.id = p_event_id
    returning * into v_event;
  else
    update public.calendar_events e
    set lease_id = null, lease_until = null, synced_version = greatest(e.synced_version, p_version), settled_at = v_now,
      state = p_outcome, external_id = coalesce(p_external_id, e.external_id), etag = p_etag, error_code = null,
      failing_since = null, attempts = 0, retry_at = null, updated_at = v_now
    where e.org_id = v_org_id and e.id = p_event_id
    returning * into v_event;
  end if;
  -- Changed meanwhile: that change's own job may have met our lease and gone.
  if not v_kept or v_event.synced_version < v_event.desired_version then
    perform app.enqueue_job('sync_calendar_event', jsonb_build_object('appointment_id', v_event.appointment_id),
      case p_outcome when 'failed' then v_event.retry_at end);
  end if;
  return v_kept;
end
$$;

comment on function app.settle_calendar_event(uuid, uuid, integer, text, text, text, text, integer) is
  'Says what came of app.take_calendar_event, and gives its lease back: the event is there (with its id and version at the provider), gone, missing (deleted outside without our knowing: the next take makes it anew), or it failed (p_error, a word of ours; p_pause_seconds: the provider wants at least that pause). A failure is tried again by a job put in the queue here, after 30 seconds and then twice as long each time, half an hour at most; the job itself ends well. So is what changed meanwhile, at once. False: the lease was lost; a write that came that late is done anew, so that it undoes nothing.';

select app.seal('app.settle_calendar_event(uuid, uuid, integer, text, text, text, text, integer)', 'app_writer', 'tenant_service');
