create or replace function app.erase_contact(
  p_contact_id uuid
)
returns boolean
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  raise exception 'app.erase_contact is not written yet';
end
$$;

comment on function app.erase_contact(uuid) is
  'Not written yet.';

select app.seal('app.erase_contact(uuid)', 'app_writer', 'tenant_user');
