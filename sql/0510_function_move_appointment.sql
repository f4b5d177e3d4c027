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
