create or replace function app.place_booking(
  p_service_id uuid,
  p_resource_id uuid,
  p_starts_at timestamptz,
  p_call_id uuid,
  p_contact_id uuid,
  p_patient_name text,
  p_date_of_birth date,
  p_email text,
  p_spoken_phone text,
  p_notes text,
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
    select app.candidates(p_service_id, p_resource_id, app.location_of_wish(p_call_id, null)));
  v_now timestamptz;
  v_slot app.free_slot;
  v_contact_id uuid;
  v_patient_id uuid;
  v_id uuid;
  v_result app.booking_result;
begin
  perform app.lock_resources(v_candidates);
  v_now := app.now();
  perform app.drop_expired_holds(v_candidates, v_now);

  select * into v_slot
  from app.choose_slot(p_service_id, p_resource_id, p_starts_at, v_now, p_call_id, null, p_override);
  if v_slot.resource_id is not null then
    begin
      -- Contact and patient only now: a refused try leaves nobody behind.
      v_contact_id := coalesce(p_contact_id, app.contact_of_call(p_call_id));
      v_patient_id := app.patient_of_contact(v_contact_id, p_patient_name, p_date_of_birth, p_call_id);
      v_id := app.write_booking(v_slot, p_service_id, v_contact_id, v_patient_id, p_call_id,
        case when p_call_id is not null then p_patient_name end, case when p_call_id is not null then p_date_of_birth end,
        left(p_notes, 2000), v_now, p_override);
    exception when exclusion_violation then
      -- Somebody wrote past the locks (a DBA, a restore). The constraint held; the caller gets an honest refusal.
      v_slot := null;
    end;
  end if;

  if v_slot.resource_id is null then
    return app.slot_refusal(p_service_id, p_resource_id, p_starts_at, v_now, p_call_id, null, p_override);
  end if;

  -- A visit is a fact, and staff's word was about how likely one is: also who was given up for lost is booked now.
  -- An address said on the phone is kept only for a contact that this call made: a stranger must not add theirs to
  -- somebody known, who would then get none of the confirmations.
  update public.contacts c
  set name = coalesce(c.name, p_patient_name), lead_status = 'booked', lead_status_by = 'rules', updated_at = v_now,
    email = case when k.is_new then coalesce(c.email, p_email) else c.email end,
    spoken_phone = case when k.is_new then coalesce(c.spoken_phone, p_spoken_phone) else c.spoken_phone end
  from (
    select exists (
      select from public.call_logs l
      join public.contacts n on n.org_id = l.org_id and n.id = v_contact_id
      where l.org_id = v_org_id and l.id = p_call_id and n.created_at >= l.created_at
    ) as is_new
  ) k
  where c.org_id = v_org_id and c.id = v_contact_id;
  perform app.announce('contact_updated', 'contact', v_contact_id);
  perform app.note_change('booked', v_id, null, p_call_id);
  perform app.stop_campaigns_for(v_contact_id, 'booking');
  v_result := app.booking_answer('booked', v_id);
  if p_call_id is not null then
    perform app.notify_staff(
      case when v_result.status = 'pending' then 'approval_needed' else 'appointment_booked' end,
      case when v_result.status = 'pending' then 'A booking waits for approval' else 'The receptionist booked a visit' end,
      'appointment', v_id);
  end if;
  return v_result;
end
$$;

comment on function app.place_booking(uuid, uuid, timestamptz, uuid, uuid, text, date, text, text, text, boolean) is
  'The decision itself: lock every candidate resource, look at the rules with a fresh clock, write under the no-overlap constraint. Called by book_appointment once it is clear that the wish is a new visit.';

select app.seal('app.place_booking(uuid, uuid, timestamptz, uuid, uuid, text, date, text, text, text, boolean)', null, 'app_writer');
