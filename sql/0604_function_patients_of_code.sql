create or replace function app.patients_of_code(
  p_call_id uuid,
  p_contact_id uuid,
  p_code_hashes bytea[],
  p_patient_name text
)
returns uuid[]
language plpgsql
stable
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_now timestamptz := app.now();
  v_has_name boolean := app.normalise_name(coalesce(p_patient_name, '')) <> '';
  v_texted uuid[];
begin
  v_texted := array(
    select p.id
    from public.patients p
    where p.org_id = v_org_id and p.contact_id in (
      select c.contact_id from public.identity_codes c
      where c.org_id = v_org_id and c.kind = 'texted' and c.call_id = p_call_id
        and c.code_hash = any (p_code_hashes) and c.expires_at > v_now)
    order by p.id);
  if cardinality(v_texted) > 0 then
    return v_texted;
  end if;

  -- Six digits may fall on two visits: the caller's own one then, and never a choice between two.
  return (
    select array_agg(distinct f.patient_id)
    from (
      select a.patient_id, rank() over (order by (a.contact_id = p_contact_id) desc) as place
      from public.identity_codes c
      join public.appointments a on a.org_id = c.org_id and a.id = c.appointment_id
      join public.patients p on p.org_id = a.org_id and p.id = a.patient_id
      where c.org_id = v_org_id and c.kind = 'confirmation' and c.code_hash = any (p_code_hashes) and c.expires_at > v_now
        and (v_has_name or a.contact_id = p_contact_id)
        and app.name_distance(p_patient_name, array[p.name, coalesce(a.said_name, p.name)]) is not null
    ) f
    where f.place = 1
    having count(distinct f.patient_id) = 1
  );
end
$$;

comment on function app.patients_of_code(uuid, uuid, bytea[], text) is
  'Whom a code opens to a call of p_contact_id: a code that was texted in this very call all patients of the contact it went to, the code of a confirmation that visit''s patient. A name that is given must fit (at most two edits, the first name will do); a caller of another contact must give it. None: empty or NULL.';

select app.seal('app.patients_of_code(uuid, uuid, bytea[], text)', null, 'app_writer');
