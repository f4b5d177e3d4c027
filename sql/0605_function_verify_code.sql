create or replace function app.verify_code(
  p_call_id uuid,
  p_code_hashes bytea[],
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
  v_contact_id uuid;
  v_patient_ids uuid[];
  v_factor text;
begin
  perform app.lock_call(p_call_id);
  v_contact_id := app.contact_of_call(p_call_id);
  if not app.may_guess(p_call_id, v_contact_id) then
    return 'locked';
  end if;

  v_patient_ids := app.patients_of_code(p_call_id, v_contact_id, p_code_hashes, p_patient_name);
  v_factor := case when exists (
    select from public.identity_codes c
    where c.org_id = v_org_id and c.kind = 'texted' and c.call_id = p_call_id
      and (coalesce(cardinality(v_patient_ids), 0) = 0 or c.code_hash = any (p_code_hashes))
    ) then 'texted_code' else 'confirmation_code' end;
  insert into public.caller_verifications (org_id, call_id, contact_id, patient_id, factor, succeeded)
  select v_org_id, p_call_id, v_contact_id, p.id, v_factor, p.id is not null
  from unnest(case when cardinality(v_patient_ids) > 0 then v_patient_ids else array[null::uuid] end) p (id);
  return case when cardinality(v_patient_ids) > 0 then 'verified' else 'not_verified' end;
end
$$;

comment on function app.verify_code(uuid, bytea[], text) is
  'Checks a code that a caller says, as its keyed hashes (one per key in use), and opens whom it names to this one call: see app.patients_of_code. Returns verified, not_verified (the same for a wrong code, an expired one and a wrong name) or locked; wrong codes and wrong dates of birth count together, see app.may_guess. VX404 when the call is not the tenant''s.';

select app.seal('app.verify_code(uuid, bytea[], text)', 'app_writer', 'tenant_service');
