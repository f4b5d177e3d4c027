create or replace function app.plain_text(
  p_text text
)
returns text
language plpgsql
immutable
set search_path = ''
as $$
begin
  raise exception 'app.plain_text is not written yet';
end
$$;

comment on function app.plain_text(text) is
  'Not written yet.';

select app.seal('app.plain_text(text)', null, 'app_writer');
