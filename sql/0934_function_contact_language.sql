create or replace function app.contact_language(p_contact_id uuid)
returns text
language sql
stable
set search_path = ''
as $$
  select coalesce(
    (select c.language from public.contacts c where c.org_id = app.require_org_id() and c.id = p_contact_id),
    (select left(a.language, 2) from public.agents a
      where a.org_id = app.require_org_id() and a.role = 'inbound' and a.is_default),
    'en')
$$;

comment on function app.contact_language(uuid) is
  'The language (ISO 639-1) of what a contact is sent: theirs, else that of the clinic''s receptionist, else English.';

select app.seal('app.contact_language(uuid)', null, 'app_writer');
