create or replace function app.is_opted_out(
  p_channel text,
  p_number text
)
returns boolean
language plpgsql
volatile
set search_path = ''
as $$
begin
  raise exception 'app.is_opted_out is not written yet';
end
$$;

comment on function app.is_opted_out(text, text) is
  'Not written yet.';

select app.seal('app.is_opted_out(text, text)', null, 'app_writer');
