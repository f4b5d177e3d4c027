create or replace function app.rename_patient(p_appointment_id uuid, p_name text, p_call_id uuid)
returns void
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_visit public.appointments;
  v_patient public.patients;
begin
  select * into v_visit from public.appointments a where a.org_id = v_org_id and a.id = p_appointment_id;
  select * into v_patient from public.patients p where p.org_id = v_org_id and p.id = v_visit.patient_id;
  update public.appointments a
  set said_name = p_name
  where a.org_id = v_org_id and a.id = p_appointment_id and a.said_name is distinct from p_name;
  if v_patient.normalised_name = app.normalise_name(p_name) then
    return;
  end if;

  -- A spelling corrected within the call that first named the patient; anybody else's row is left alone.
  if v_patient.origin_call_id = p_call_id
    and not exists (
      select from public.appointments a
      where a.org_id = v_org_id and a.patient_id = v_patient.id and a.id <> p_appointment_id)
    and not exists (
      select from public.patients p
      where p.org_id = v_org_id and p.contact_id = v_patient.contact_id
        and p.normalised_name = app.normalise_name(p_name))
  then
    update public.patients p
    set name = p_name, normalised_name = app.normalise_name(p_name), updated_at = app.now()
    where p.org_id = v_org_id and p.id = v_patient.id;
  else
    update public.appointments a
    set patient_id = app.patient_of_contact(v_visit.contact_id, p_name, null, p_call_id), updated_at = app.now()
    where a.org_id = v_org_id and a.id = p_appointment_id;
  end if;
end
$$;

comment on function app.rename_patient(uuid, text, uuid) is
  'Puts a booking of the running call under another name: corrects the patient that this call made, else attaches the contact''s patient of that name.';

select app.seal('app.rename_patient(uuid, text, uuid)', null, 'app_writer');
