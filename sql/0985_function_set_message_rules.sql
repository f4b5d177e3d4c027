create or replace function app.set_message_rules(
  p_rules jsonb
)
returns setof public.organizations
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  raise exception 'app.set_message_rules is not written yet';
end
$$;

comment on function app.set_message_rules(jsonb) is
  'Not written yet.';

select app.seal('app.set_message_rules(jsonb)', 'app_writer', 'tenant_user');
