create or replace function app.message_recipient(
  p_contact_id uuid,
  p_method text,
  p_recipient text
)
returns text
language plpgsql
stable
set search_path = ''
as $$
declare
  v_contact public.contacts;
begin
  if p_contact_id is null then
    return p_recipient;
  end if;
  select * into v_contact from public.contacts c where c.org_id = app.require_org_id() and c.id = p_contact_id;
  if v_contact.id is null then
    raise exception 'there is no such contact' using errcode = 'VX404';
  elsif v_contact.erased_at is not null then
    return null;
  end if;
  return coalesce(p_recipient, case p_method when 'sms' then v_contact.phone else v_contact.email end);
end
$$;

comment on function app.message_recipient(uuid, text, text) is
  'Where a message goes: the number or address given, else the contact''s phone (sms) or e-mail. NULL when there is none, and always for an erased contact. VX404 for an unknown one.';

select app.seal('app.message_recipient(uuid, text, text)', null, 'app_writer');
