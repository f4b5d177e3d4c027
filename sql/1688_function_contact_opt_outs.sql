create or replace function app.contact_opt_outs(p_contact_id uuid)
returns text[]
language sql
volatile
security definer
set search_path = ''
as $$
  select coalesce(array_agg(w.channel order by w.place), '{}')
  from public.contacts c
  cross join lateral (values ('sms', c.phone, 1), ('voice', c.phone, 2), ('email', c.email, 3)) w (channel, address, place)
  where c.org_id = app.require_org_id() and c.id = p_contact_id and app.is_opted_out(w.channel, w.address)
$$;

comment on function app.contact_opt_outs(uuid) is
  'The channels (sms, voice, email) on which a contact is not reached, because whoever has its number or address asked for that. Empty: all are open, or there is no such contact. Every member may look. Volatile as app.is_opted_out is.';

select app.seal('app.contact_opt_outs(uuid)', 'app_writer', 'tenant_user');
