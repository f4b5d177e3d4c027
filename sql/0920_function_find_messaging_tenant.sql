create or replace function app.find_messaging_tenant(
  p_number text
)
returns setof uuid
language sql
stable
security definer
set search_path = ''
as $$
  select n.org_id
  from public.phone_numbers n
  join public.organizations o on o.id = n.org_id and o.deleted_at is null
  where n.number = p_number
$$;

comment on function app.find_messaging_tenant(text) is
  'Whose number (E.164) a text came to or left from: one organisation, or no row when nobody''s. The caller checks the provider''s signature with that organisation''s token before believing it.';

select app.seal('app.find_messaging_tenant(text)', 'app_definer', 'voxanne_login');
