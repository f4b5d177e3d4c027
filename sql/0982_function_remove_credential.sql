create or replace function app.remove_credential(
  p_provider text
)
returns boolean
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  raise exception 'app.remove_credential is not written yet';
end
$$;

comment on function app.remove_credential(text) is
  'Not written yet.';

select app.seal('app.remove_credential(text)', 'app_writer', 'tenant_user');
