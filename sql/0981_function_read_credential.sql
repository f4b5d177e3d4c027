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
  where c.org_id = app.require_org_id()
    and c.provider = p_provider
$$;

comment on function app.read_credential(text) is
  'The running organisation''s sealed account at a provider; no row when it has none. For jobs and webhooks, which hold the key.';

select app.seal('app.read_credential(text)', 'app_writer', 'tenant_service');
