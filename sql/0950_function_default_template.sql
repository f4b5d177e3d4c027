create or replace function app.default_template(
  p_kind text,
  p_language text
)
returns text[]
language plpgsql
immutable
set search_path = ''
as $$
begin
  raise exception 'app.default_template is not written yet';
end
$$;

comment on function app.default_template(text, text) is
  'Not written yet.';

select app.seal('app.default_template(text, text)', null, 'app_writer', 'tenant_user');
