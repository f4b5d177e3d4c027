create or replace function app.template_fields(
  p_kind text
)
returns text[]
language plpgsql
immutable
set search_path = ''
as $$
begin
  raise exception 'app.template_fields is not written yet';
end
$$;

comment on function app.template_fields(text) is
  'Not written yet.';

select app.seal('app.template_fields(text)', null, 'app_writer', 'tenant_user');
