create or replace function app.template_for(
  p_kind text,
  p_language text
)
returns text[]
language plpgsql
stable
set search_path = ''
as $$
begin
  raise exception 'app.template_for is not written yet';
end
$$;

comment on function app.template_for(text, text) is
  'Not written yet.';

select app.seal('app.template_for(text, text)', null, 'app_writer');
