create or replace function app.find_messaging_tenant(
  p_number text
)
returns setof uuid
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
  raise exception 'app.find_messaging_tenant is not written yet';
end
$$;

comment on function app.find_messaging_tenant(text) is
  'Not written yet.';

select app.seal('app.find_messaging_tenant(text)', 'app_definer', 'voxanne_login');
