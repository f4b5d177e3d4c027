create or replace function app.save_patient(
  p_contact_id uuid,
  p_patient_id uuid default null,
  p_name text default null,
  p_date_of_birth date default null,
  p_forget_date_of_birth boolean default false
)
returns setof public.patients
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_now timestamptz := app.now();
  v_name text := btrim(p_name);
  v_patient public.patients;
begin
  perform app.require_staff();
  perform from public.contacts c where c.org_id = v_org_id and c.id = p_contact_id and c.erased_at is null for key share;
  if not found then
    raise exception 'there is no such contact' using errcode = 'VX404';
  elsif p_patient_id is null and v_name is null or app.normalise_name(v_name) = '' or char_length(v_name) > 100 then
    raise exception 'a patient needs a name of 1 to 100 letters' using errcode = 'VX400';
  elsif p_date_of_birth not between '1850-01-01' and (v_now at time zone 'UTC')::date + 1 then
    raise exception 'that is no date of birth' using errcode = 'VX400';
  end if;

  if p_patient_id is null then
    insert into public.patients (org_id, contact_id, name, normalised_name, date_of_birth, made_by_voice)
    values (v_org_id, p_contact_id, v_name, app.normalise_name(v_name), p_date_of_birth, false)
    returning * into v_patient;
  else
    update public.patients p
    set name = coalesce(v_name, p.name), normalised_name = coalesce(app.normalise_name(v_name), p.normalised_name),
      date_of_birth = case when p_forget_date_of_birth then null else coalesce(p_date_of_birth, p.date_of_birth) end,
      updated_at = v_now
    where p.org_id = v_org_id and p.contact_id = p_contact_id and p.id = p_patient_id
    returning * into v_patient;
    if v_patient.id is null then
      raise exception 'there is no such patient' using errcode = 'VX404';
    end if;
    -- Calendars that name patients say the new name.
    if v_name is not null and (select o.calendar_content from public.organizations o where o.id = v_org_id) = 'full' then
      perform app.wish_calendar_event(v.id)
      from (
        select a.id
        from public.appointments a
        where a.org_id = v_org_id and a.patient_id = p_patient_id and a.status in ('pending', 'confirmed') and a.scheduled_at > v_now
        order by a.id
      ) v;
    end if;
  end if;
  perform app.announce('contact_updated', 'contact', p_contact_id);
  return next v_patient;
exception
  when unique_violation then
    raise exception 'the contact has a patient of that name already' using errcode = 'VX409';
end
$$;

comment on function app.save_patient(uuid, uuid, text, date, boolean) is
  'Makes (p_patient_id NULL) or changes a patient of a contact and returns it; what is NULL stays. Staff may give two patients of a contact one name, a caller may not. Staff only (VX403). VX404 unknown or erased contact, or not its patient; VX409 a caller named another patient so; VX400 a name or a date that is none.';

select app.seal('app.save_patient(uuid, uuid, text, date, boolean)', 'app_writer', 'tenant_user');
