create or replace function app.number_hash(
  p_number text
)
returns bytea
language plpgsql
volatile
set search_path = ''
as $$
begin
  raise exception 'app.number_hash is not written yet';
end
$$;

comment on function app.number_hash(text) is
  'Not written yet.';

select app.seal('app.number_hash(text)', null, 'app_writer');
