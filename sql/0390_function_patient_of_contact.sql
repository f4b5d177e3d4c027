create or replace function app.patient_of_contact(
  p_contact_id uuid,
  p_name text,
  p_date_of_birth date,
  p_call_id uuid
)
returns uuid
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_name text := app.normalise_name(p_name);
  v_patient_id uuid;
begin
  -- A row the staff made wins over one that a voice made: it is the one with the history.
  select p.id into v_patient_id
  from public.patients p
  where p.org_id = v_org_id and p.contact_id = p_contact_id and p.normalised_name = v_name
  order by p.made_by_voice, p.created_at, p.id
  limit 1;
  if v_patient_id is not null then
    return v_patient_id;
  end if;

  insert into public.patients (org_id, contact_id, name, normalised_name, date_of_birth, made_by_voice, origin_call_id)
  values (v_org_id, p_contact_id, p_name, v_name, p_date_of_birth, p_call_id is not null, p_call_id)
  on conflict (org_id, contact_id, normalised_name) where made_by_voice do nothing
  returning id into v_patient_id;
  if v_patient_id is null then
    select p.id into v_patient_id
    from public.patients p
    where p.org_id = v_org_id and p.contact_id = p_contact_id and p.normalised_name = v_name and p.made_by_voice;
  end if;
  return v_patient_id;
end
$$;

comment on function app.patient_of_contact(uuid, text, date, uuid) is
  'The contact''s patient of that name, made where it is missing. What is stored about a known patient is left as it is: a caller could be anyone. p_call_id NULL: made by staff.';

select app.seal('app.patient_of_contact(uuid, text, date, uuid)', null, 'app_writer');
