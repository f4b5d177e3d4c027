create or replace function app.reschedule_appointment(
  p_starts_at timestamptz,
  p_appointment text default null,
  p_on date default null,
  p_call_id uuid default null,
  p_tool_call_id text default null,
  p_resource text default null,
  p_override boolean default false,
  p_said_date text default null,
  p_said_time text default null,
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
  v_done_id uuid;
  v_old public.appointments;
  v_resource_id uuid := (select id from app.find_resource(p_resource));
  v_result app.booking_result;
begin
  -- A signed-in person is judged by their role, also when they name a call.
  if p_call_id is null or app.current_user_id() is not null then
    perform app.require_staff();
  end if;
  if p_call_id is not null and p_override then
    raise exception 'a call moves visits by the rules' using errcode = 'VX403';
  elsif p_call_id is not null then
    perform app.lock_call(p_call_id);
    v_result := app.replayed_attempt('reschedule', p_call_id, p_tool_call_id);
    if v_result.outcome is not null then
      return next v_result;
      return;
    end if;
  end if;

  if p_starts_at is null then
    raise exception 'name the time to move to' using errcode = 'VX400';
  end if;
  select * into v_pick from app.pick_appointment(p_call_id, p_appointment, p_on, p_at, p_patient_name);
  if v_pick.appointment_id is null and v_pick.reason <> 'which_appointment' then
    v_done_id := app.already_changed(
      'rescheduled', p_call_id, p_appointment, p_on, p_at, p_patient_name, p_starts_at);
  end if;
  select * into v_old from public.appointments a where a.org_id = v_org_id and a.id = v_pick.appointment_id;
  v_result := case
    when v_done_id is not null then app.booking_answer('rescheduled', v_done_id, null, true)
    when v_pick.reason = 'which_appointment' then app.booking_refusal('question', v_pick.reason)
    when v_pick.reason is not null then app.booking_refusal('refused', v_pick.reason)
    when v_resource_id is null and coalesce(btrim(p_resource), '') <> '' then
      app.booking_refusal('refused', 'unknown_resource', v_old.service_id)
    -- Asked for the time it already has: the wish is fulfilled, there is nothing to move.
    when v_old.status in ('pending', 'confirmed') and v_old.scheduled_at = p_starts_at
      and coalesce(v_resource_id, v_old.resource_id) = v_old.resource_id then
      app.booking_answer('rescheduled', v_old.id, null, true)
    -- A visit from before the call stays with its practitioner unless another one was asked for.
    else app.move_appointment('rescheduled', v_old.id, v_old.service_id,
      case when v_old.call_id = p_call_id then v_resource_id else coalesce(v_resource_id, v_old.resource_id) end,
      p_starts_at, p_call_id, p_override)
  end;

  if p_override and v_result.outcome = 'rescheduled' then
    insert into public.audit_log (org_id, action, entity, entity_id, actor_user_id)
    values (v_org_id, 'reschedule_override', 'appointment', v_old.id, app.current_user_id());
  end if;
  perform app.note_attempt('reschedule', v_result, p_call_id, p_tool_call_id, p_starts_at, p_said_date, p_said_time);
  return next v_result;
end
$$;

comment on function app.reschedule_appointment(timestamptz, text, date, uuid, text, text, boolean, text, text, time, text) is
  'Moves a visit to p_starts_at, in one row and one transaction, history kept, with the same practitioner unless another one is named (what this very call booked may go to any). Named by booking_ref or id, else by its day, time and patient (see app.meant_appointments); a call may move only what it may hear about. outcome rescheduled, question (which_appointment) or refused: not_verified, not_found, not_active, unknown_resource or one of app.refusal_reason with alternatives.';

select app.seal('app.reschedule_appointment(timestamptz, text, date, uuid, text, text, boolean, text, text, time, text)', 'app_writer', 'tenant_service', 'tenant_user');
