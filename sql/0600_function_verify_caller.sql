create or replace function app.verify_caller(
  p_call_id uuid,
  p_date_of_birth date,
  p_patient_name text default null
)
returns text
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_name text := app.normalise_name(coalesce(p_patient_name, ''));
  v_contact_id uuid;
  v_patient_ids uuid[];
begin
  perform app.lock_call(p_call_id);
  -- Made where it is missing, so that guesses at an unknown number count, and lock, like those at a known one.
  v_contact_id := app.contact_of_call(p_call_id);
  if not app.may_guess(p_call_id, v_contact_id) then
    return 'locked';
  end if;

  -- Families share birthdays more rarely than numbers; where they do, the name decides, and of twins the one named exactly.
  select array_agg(c.id) into v_patient_ids
  from (
    select p.id, rank() over (order by (p.normalised_name = v_name) desc) as place
    from public.patients p
    where p.org_id = v_org_id
      and p.contact_id = v_contact_id
      and p.date_of_birth = p_date_of_birth
      -- A date that this very call gave proves nothing, and must not tell a new patient from a known one.
      and p.origin_call_id is distinct from p_call_id
      and (v_name = '' or extensions.levenshtein_less_equal(left(p.normalised_name, 100), left(v_name, 100), 2) <= 2
        or p.normalised_name like v_name || ' %')
  ) c
  where c.place = 1;

  insert into public.caller_verifications (org_id, call_id, contact_id, patient_id, factor, succeeded)
  values (v_org_id, p_call_id, v_contact_id,
    case when cardinality(v_patient_ids) = 1 then v_patient_ids[1] end,
    'date_of_birth', coalesce(cardinality(v_patient_ids) = 1, false));
  return case when cardinality(v_patient_ids) = 1 then 'verified' else 'not_verified' end;
end
$$;

comment on function app.verify_caller(uuid, date, text) is
  'Checks a date of birth against the patients of the calling number; a match opens that one patient to this one call. Returns verified, not_verified (the same whether the patient exists, the number is unknown or the date is wrong) or locked: after three wrong tries in a call or five in a day for the contact only staff can help. VX404 when the call is not the tenant''s.';

select app.seal('app.verify_caller(uuid, date, text)', 'app_writer', 'tenant_service');
