create or replace function app.render_text(
  p_body text,
  p_fields jsonb
)
returns text
language plpgsql
immutable
set search_path = ''
as $$
begin
  raise exception 'app.render_text is not written yet';
end
$$;

comment on function app.render_text(text, jsonb) is
  'Not written yet.';

select app.seal('app.render_text(text, jsonb)', null, 'app_writer', 'tenant_user');
