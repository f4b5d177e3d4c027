create or replace function app.message_to_settle(
  p_message_id uuid
)
returns setof public.messages
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  raise exception 'app.message_to_settle is not written yet';
end
$$;

comment on function app.message_to_settle(uuid) is
  'Not written yet.';

select app.seal('app.message_to_settle(uuid)', 'app_writer', 'tenant_service');
