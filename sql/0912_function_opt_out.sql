create or replace function app.opt_out(
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
  raise exception 'app.opt_out is not written yet';
end
$$;

comment on function app.opt_out(text, text, text) is
  'Not written yet.';

select app.seal('app.opt_out(text, text, text)', 'app_writer', 'tenant_user', 'tenant_service', 'app_writer');
