create or replace function app.request_code(
  p_call_id uuid,
  p_number text default null
)
returns text
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  raise exception 'app.request_code is not written yet';
end
$$;

comment on function app.request_code(uuid, text) is
  'Not written yet.';

select app.seal('app.request_code(uuid, text)', 'app_writer', 'tenant_service');
