create or replace function app.record_delivery(
  p_message_id uuid,
  p_external_id text,
  p_status text,
  p_error_code text default null
)
returns text
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  raise exception 'app.record_delivery is not written yet';
end
$$;

comment on function app.record_delivery(uuid, text, text, text) is
  'Not written yet.';

select app.seal('app.record_delivery(uuid, text, text, text)', 'app_writer', 'tenant_service');
