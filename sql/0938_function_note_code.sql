create or replace function app.note_code(
  p_subject_id uuid,
  p_version integer,
  p_code_hash bytea
)
returns void
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  raise exception 'app.note_code is not written yet';
end
$$;

comment on function app.note_code(uuid, integer, bytea) is
  'Not written yet.';

select app.seal('app.note_code(uuid, integer, bytea)', 'app_writer', 'tenant_service');
