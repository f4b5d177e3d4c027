create or replace function app.send_follow_up(
  p_contact_id uuid,
  p_content text,
  p_send_key text,
  p_number_zones text[],
  p_number_region text,
  p_call_id uuid default null,
  p_request_id text default null
)
returns setof app.message_decision
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  raise exception 'app.send_follow_up is not written yet';
end
$$;

comment on function app.send_follow_up(uuid, text, text, text[], text, uuid, text) is
  'Not written yet.';

select app.seal('app.send_follow_up(uuid, text, text, text[], text, uuid, text)', 'app_writer', 'tenant_user');
