create or replace function app.finish_message(
  p_message_id uuid,
  p_outcome text,
  p_external_id text default null,
  p_error_code text default null,
  p_reason text default null
)
returns text
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  raise exception 'app.finish_message is not written yet';
end
$$;

comment on function app.finish_message(uuid, text, text, text, text) is
  'Not written yet.';

select app.seal('app.finish_message(uuid, text, text, text, text)', 'app_writer', 'tenant_service');
