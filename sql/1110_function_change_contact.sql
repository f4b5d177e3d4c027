create or replace function app.change_contact(p_contact_id uuid, p_change jsonb)
returns setof public.contacts
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_old_status text;
begin
  perform app.require_staff();
  -- Whether a text may leave is decided under this lock, from the number, language and zone that are changed here.
  perform app.lock_contact(p_contact_id);
  select c.lead_status into v_old_status
  from public.contacts c
  where c.org_id = v_org_id and c.id = p_contact_id and c.erased_at is null
  for no key update;
  if not found then
    raise exception 'there is no such contact' using errcode = 'VX404';
  end if;
  perform app.write_contact(p_contact_id, p_change);
  perform app.announce_contact(p_contact_id, v_old_status);
  return query select c.* from public.contacts c where c.org_id = v_org_id and c.id = p_contact_id;
end
$$;

comment on function app.change_contact(uuid, jsonb) is
  'Changes a contact and returns it. p_change may hold name, phone (E.164), email, service_interests (array), notes, lead_status, language (ISO 639-1), time_zone (IANA) and marketing_consent (boolean); what is absent stays, an empty text takes the value away. Another number has no marketing consent yet, unless p_change says so. Staff only (VX403). VX404 unknown or erased, VX409 another contact has the number, VX400 an unknown key or a value that is not allowed.';

select app.seal('app.change_contact(uuid, jsonb)', 'app_writer', 'tenant_user');
