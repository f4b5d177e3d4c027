create or replace function app.write_booking(
  p_slot app.free_slot,
  p_service_id uuid,
  p_contact_id uuid,
  p_patient_id uuid,
  p_call_id uuid,
  p_said_name text,
  p_said_date_of_birth date,
  p_notes text,
  p_now timestamptz,
  p_override boolean
)
returns uuid
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_status text := app.starting_status((p_slot).resource_id, p_now, p_override);
  v_ref text := app.new_booking_ref();
  v_overridden_by uuid := case when p_override then app.current_user_id() end;
  v_id uuid;
begin
  update public.appointments a
  set status = v_status, held_until = null, booking_ref = v_ref, contact_id = p_contact_id, patient_id = p_patient_id,
    said_name = p_said_name, said_date_of_birth = p_said_date_of_birth, notes = p_notes, updated_at = app.now()
  where a.org_id = v_org_id
    and a.call_id = p_call_id
    and a.status = 'held'
    and a.service_id = p_service_id
    and a.resource_id = (p_slot).resource_id
    and a.during = (p_slot).during
    and a.blocked = (p_slot).blocked
  returning a.id into v_id;
  if v_id is not null then
    return v_id;
  end if;

  delete from public.appointments a
  where a.org_id = v_org_id and a.call_id = p_call_id and a.status = 'held';
  insert into public.appointments (
    org_id, location_id, service_id, resource_id, contact_id, patient_id, scheduled_at, duration, during, blocked,
    status, source, call_id, booking_ref, said_name, said_date_of_birth, notes, overridden_by)
  values (
    v_org_id, (p_slot).location_id, p_service_id, (p_slot).resource_id, p_contact_id, p_patient_id,
    lower((p_slot).during), upper((p_slot).during) - lower((p_slot).during), (p_slot).during, (p_slot).blocked,
    v_status, case when p_call_id is null then 'dashboard' else 'voice' end, p_call_id, v_ref,
    p_said_name, p_said_date_of_birth, p_notes, v_overridden_by)
  returning id into v_id;
  return v_id;
end
$$;

comment on function app.write_booking(app.free_slot, uuid, uuid, uuid, uuid, text, date, text, timestamptz, boolean) is
  'Writes a booking into a slot whose resource is locked: turns the call''s own hold of it into the booking, else gives back what the call holds and inserts a row. Returns the appointment''s id.';

select app.seal('app.write_booking(app.free_slot, uuid, uuid, uuid, uuid, text, date, text, timestamptz, boolean)', null, 'app_writer');
