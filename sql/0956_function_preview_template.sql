create or replace function app.preview_template(
  p_kind text,
  p_language text,
  p_body text
)
returns text
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
  raise exception 'app.preview_template is not written yet';
end
$$;

comment on function app.preview_template(text, text, text) is
  'Not written yet.';

select app.seal('app.preview_template(text, text, text)', 'app_writer', 'tenant_user');
