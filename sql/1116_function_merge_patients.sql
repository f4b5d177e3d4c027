create or replace function app.merge_patients(p_into uuid, p_from uuid)
returns void
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_now timestamptz := app.now();
  v_pair record;
begin
  -- One name under one contact is one person, unless two dates of birth say otherwise.
  for v_pair in
    select distinct on (o.id) o.id as old_id, k.id as kept_id, o.date_of_birth as born
    from public.patients o
    join public.patients k on k.org_id = v_org_id and k.contact_id = p_into and k.normalised_name = o.normalised_name
      and (k.date_of_birth is null or o.date_of_birth is null or k.date_of_birth = o.date_of_birth)
    where o.org_id = v_org_id and o.contact_id = p_from
    order by o.id, k.date_of_birth nulls last, k.made_by_voice, k.created_at, k.id
  loop
    update public.appointments a set patient_id = v_pair.kept_id, updated_at = v_now
    where a.org_id = v_org_id and a.patient_id = v_pair.old_id;
    update public.caller_verifications v set patient_id = v_pair.kept_id
    where v.org_id = v_org_id and v.patient_id = v_pair.old_id;
    update public.patients p set date_of_birth = coalesce(p.date_of_birth, v_pair.born), updated_at = v_now
    where p.org_id = v_org_id and p.id = v_pair.kept_id;
    delete from public.patients p where p.org_id = v_org_id and p.id = v_pair.old_id;
  end loop;

  -- The rest moves. From here on staff have seen to them, so two may share a name.
  update public.patients p
  set contact_id = p_into, updated_at = v_now, made_by_voice = p.made_by_voice and not exists (
    select from public.patients k
    where k.org_id = v_org_id and k.contact_id = p_into and k.normalised_name = p.normalised_name and k.made_by_voice)
  where p.org_id = v_org_id and p.contact_id = p_from;
end
$$;

comment on function app.merge_patients(uuid, uuid) is
  'The part of app.merge_contacts about patients: those of p_from become p_into''s. Equal names without two different dates of birth are one patient, whose visits and checks are kept together.';

select app.seal('app.merge_patients(uuid, uuid)', null, 'app_writer');
