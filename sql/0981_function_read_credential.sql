create or replace function app.read_credential(
  p_provider text
)
returns setof public.org_credentials
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
  raise exception 'app.read_credential is not written yet';
end
$$;

comment on function app.read_credential(text) is
  'Not written yet.';

select app.seal('app.read_credential(text)', 'app_writer', 'tenant_service');
