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
