-- One pass from left to right, so that a value that looks like a field stays what it is.
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
  return (
    select coalesce(string_agg(
      coalesce(p_fields ->> substring(t.token[1] from '^[{]([a-z_]+)[}]$'), t.token[1]), '' order by t.at), '')
    from regexp_matches(p_body, '([{][a-z_]+[}]|[^{]+|[{])', 'g') with ordinality t (token, at)
  );
end
$$;

comment on function app.render_text(text, jsonb) is
  'A template''s body with its {fields} replaced by the values of the object. A field that the object lacks, or has as null, stays as it is; values are not searched for fields.';

select app.seal('app.render_text(text, jsonb)', null, 'app_writer', 'tenant_user');
