create or replace function app.verify_code(
  p_call_id uuid,
  p_code_hashes bytea[],
  p_patient_name text default null
)
returns text
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  raise exception 'app.verify_code is not written yet';
end
$$;

comment on function app.verify_code(uuid, bytea[], text) is
  'Not written yet.';

select app.seal('app.verify_code(uuid, bytea[], text)', 'app_writer', 'tenant_service');
