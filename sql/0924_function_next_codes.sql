create or replace function app.next_codes(p_appointment_ids uuid[])
returns integer[]
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
begin
  update public.appointments a
  set code_version = a.code_version + 1
  where a.org_id = v_org_id and a.id = any (p_appointment_ids);
  -- A code that was sent before keeps its hash until the next one is noted: a text that is not sent after all must not
  -- leave the patient without a code.
  insert into public.identity_codes (org_id, kind, contact_id, appointment_id, expires_at)
  select a.org_id, 'confirmation', a.contact_id, a.id, upper(a.during)
  from public.appointments a
  where a.org_id = v_org_id and a.id = any (p_appointment_ids)
  on conflict (org_id, appointment_id) where kind = 'confirmation'
  do update set contact_id = excluded.contact_id, expires_at = excluded.expires_at;
  return array(
    select a.code_version
    from unnest(p_appointment_ids) with ordinality s (id, at)
    join public.appointments a on a.org_id = v_org_id and a.id = s.id
    order by s.at);
end
$$;

comment on function app.next_codes(uuid[]) is
  'Counts another code for each of the visits, which are locked, and returns the versions to derive them with, in the order given. Each code is good until the end of its visit, once app.note_code has kept its hash.';

select app.seal('app.next_codes(uuid[])', null, 'app_writer');
