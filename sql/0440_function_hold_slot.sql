create or replace function app.hold_slot(
  p_call_id uuid,
  p_service text,
  p_starts_at timestamptz,
  p_resource text default null,
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
  v_now timestamptz;
  v_service_id uuid := (select id from app.find_service(p_service));
  v_resource_id uuid := (select id from app.find_resource(p_resource));
  v_candidates uuid[];
  v_slot app.free_slot;
  v_id uuid;
  v_held_until timestamptz;
  v_result app.booking_result;
begin
  perform app.lock_call(p_call_id);
  if v_service_id is null then
    v_result := app.booking_refusal('refused', 'unknown_service');
  elsif v_resource_id is null and coalesce(btrim(p_resource), '') <> '' then
    v_result := app.booking_refusal('refused', 'unknown_resource', v_service_id);
  end if;
  if v_result.outcome is null then
    v_candidates := array(
      select app.candidates(v_service_id, v_resource_id, app.location_of_wish(p_call_id, null)));
    perform app.lock_resources(v_candidates);
    v_now := app.now();
    perform app.drop_expired_holds(v_candidates, v_now);

    select * into v_slot
    from app.choose_slot(v_service_id, v_resource_id, p_starts_at, v_now, p_call_id, null, false);
    if v_slot.resource_id is null then
      v_result := app.slot_refusal(v_service_id, v_resource_id, p_starts_at, v_now, p_call_id, null, false);
    elsif app.holds_left(v_now) <= 0 then
      v_result := app.booking_refusal('refused', 'hold_cap', v_service_id, v_slot.resource_id, p_starts_at);
    else
      -- One hold per call: what was held before goes back.
      delete from public.appointments a
      where a.org_id = v_org_id and a.call_id = p_call_id and a.status = 'held';
      insert into public.appointments (
        org_id, location_id, service_id, resource_id, scheduled_at, duration, during, blocked,
        status, held_until, source, call_id)
      select v_org_id, v_slot.location_id, v_service_id, v_slot.resource_id, p_starts_at, s.duration,
        v_slot.during, v_slot.blocked, 'held', v_now + o.hold_ttl, 'voice', p_call_id
      from public.services s
      join public.organizations o on o.id = s.org_id
      where s.org_id = v_org_id and s.id = v_service_id
      returning id, held_until into v_id, v_held_until;
      perform app.enqueue_job('release_hold', jsonb_build_object('appointment_id', v_id), v_held_until + interval '1 second');
      v_result := app.booking_answer('held', v_id);
    end if;
  end if;

  perform app.note_attempt('hold', v_result, p_call_id, p_tool_call_id, p_starts_at, p_said_date, p_said_time);
  return next v_result;
end
$$;

comment on function app.hold_slot(uuid, text, timestamptz, text, text, text, text) is
  'Holds a slot for a call while the caller decides: one per call, for the organisation''s hold_ttl, at most holds_per_day a day. outcome held, or refused with reason unknown_service, unknown_resource, hold_cap or one of app.refusal_reason, and alternatives. A booking of the same call converts the hold in place.';

select app.seal('app.hold_slot(uuid, text, timestamptz, text, text, text, text)', 'app_writer', 'tenant_service');
