create or replace function app.lock_contact(p_contact_id uuid)
returns void
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_contact public.contacts;
begin
  select * into v_contact
  from public.contacts c
  where c.org_id = app.require_org_id() and c.id = p_contact_id;
  -- Always the number first. Families share addresses: whoever took the address first would wait for a number in a ring.
  perform app.lock_number(coalesce(v_contact.phone, v_contact.spoken_phone, v_contact.id::text));
  perform app.lock_number(v_contact.email);
end
$$;

comment on function app.lock_contact(uuid) is
  'Serialises what is sent to a contact, by text and e-mail, until the transaction ends: app.lock_number for its number (the one that was said, where no other is known) and then its address. An unknown contact locks nothing.';

select app.seal('app.lock_contact(uuid)', null, 'app_writer');
