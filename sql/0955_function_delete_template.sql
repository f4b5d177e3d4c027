create or replace function app.delete_template(
  p_template_id uuid
)
returns boolean
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  raise exception 'app.delete_template is not written yet';
end
$$;

comment on function app.delete_template(uuid) is
  'Not written yet.';

select app.seal('app.delete_template(uuid)', 'app_writer', 'tenant_user');
