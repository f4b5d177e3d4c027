create or replace function app.read_credential(
  p_provider text
)
returns setof public.org_credentials
language sql
stable
security definer
set search_path = ''
as $$
  select c.*
  from public.org_credentials c
  where c.org_id = app.require_org_id() and c.provider = p_provider
$$;

comment on function app.read_credential(text) is
  'The sealed credential of a provider, for the moment of its use; no row where the clinic has none. Never given to people''s requests.';

select app.seal('app.read_credential(text)', 'app_writer', 'tenant_service');
