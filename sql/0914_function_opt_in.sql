create or replace function app.opt_in(
  p_channel text,
  p_number text,
  p_source text
)
returns boolean
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  raise exception 'app.opt_in is not written yet';
end
$$;

comment on function app.opt_in(text, text, text) is
  'Not written yet.';

select app.seal('app.opt_in(text, text, text)', 'app_writer', 'tenant_user', 'tenant_service', 'app_writer');
