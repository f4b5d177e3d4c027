create or replace function app.announce_contact(p_contact_id uuid, p_old_status text)
returns void
language plpgsql
volatile
set search_path = ''
as $$
begin
  perform app.announce('contact_updated', 'contact', p_contact_id);
  if p_old_status is distinct from 'hot' and exists (
    select from public.contacts c
    where c.org_id = app.require_org_id() and c.id = p_contact_id and c.lead_status = 'hot')
  then
    perform app.announce('hot_lead_alert', 'contact', p_contact_id);
  end if;
end
$$;

comment on function app.announce_contact(uuid, text) is
  'Tells live clients that a contact changed, and that it became a hot lead where it did. p_old_status is the lead status before the change, NULL for a new contact.';

select app.seal('app.announce_contact(uuid, text)', null, 'app_writer');
