create or replace function app.claim_message(
  p_message_id uuid
)
returns setof public.messages
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  raise exception 'app.claim_message is not written yet';
end
$$;

comment on function app.claim_message(uuid) is
  'Not written yet.';

select app.seal('app.claim_message(uuid)', 'app_writer', 'tenant_service');
