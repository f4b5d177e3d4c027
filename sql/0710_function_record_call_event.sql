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
