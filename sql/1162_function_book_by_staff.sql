create or replace function app.book_by_staff(
  p_service text,
  p_at text,
  p_patient_name text default null,
  p_contact_id uuid default null,
  p_phone text default null,
  p_email text default null,
  p_date_of_birth date default null,
  p_resource text default null,
  p_notes text default null,
  p_override boolean default false
)
returns setof app.booking_result
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_name text := nullif(btrim(p_patient_name), '');
  v_contact public.contacts;
  v_is_new boolean := false;
  v_zone text;
  v_result app.booking_result;
begin
  perform app.require_staff();
  if p_contact_id is null and p_phone is null then
    raise exception 'name the contact, or the phone number to reach them at' using errcode = 'VX400';
  end if;
  -- The wall clock that is meant hangs where the resource works.
  select l.time_zone into v_zone
  from public.locations l
  where l.org_id = v_org_id
  order by l.id is distinct from (select r.location_id from app.find_resource(p_resource) r), l.created_at, l.id
  limit 1;

  if p_contact_id is null then
    -- The resources first, as every booking locks them: a caller of this number who books at this moment holds them and
    -- would wait for this row, while we waited for them.
    perform app.lock_resources(array(
      select app.candidates(s.id, (select r.id from app.find_resource(p_resource) r), app.location_of_wish(null, null))
      from app.find_service(p_service) s));
    insert into public.contacts (org_id, phone, name, email, source)
    values (v_org_id, p_phone, v_name, nullif(btrim(p_email), ''), 'dashboard')
    on conflict (org_id, phone) do nothing;
    v_is_new := found;
  end if;
  select * into v_contact
  from public.contacts c
  where c.org_id = v_org_id and case when p_contact_id is null then c.phone = p_phone else c.id = p_contact_id end
  for key share; -- whoever erases the contact at this moment is waited for, and then seen
  if v_contact.id is null or v_contact.erased_at is not null then
    raise exception 'there is no such contact' using errcode = 'VX404';
  end if;

  select * into v_result
  from app.book_appointment(p_service, app.wished_instant(p_at, v_zone), coalesce(v_name, v_contact.name),
    p_resource => p_resource, p_contact_id => v_contact.id, p_date_of_birth => p_date_of_birth, p_notes => p_notes,
    p_override => p_override);
  if v_is_new and v_result.outcome <> 'booked' then
    -- A refused try leaves nobody behind.
    delete from public.contacts c where c.org_id = v_org_id and c.id = v_contact.id;
  end if;
  return next v_result;
end
$$;

comment on function app.book_by_staff(text, text, text, uuid, text, text, date, text, text, boolean) is
  'app.book_appointment for the dashboard: for a contact, or for a number (E.164) whose contact is made where it is missing. p_at as in app.wished_instant, local times in the zone of the resource''s location. The patient is the contact when no other name is given. Staff only (VX403); VX404 for a contact that is not the clinic''s.';

select app.seal('app.book_by_staff(text, text, text, uuid, text, text, date, text, text, boolean)', 'app_writer', 'tenant_user');
