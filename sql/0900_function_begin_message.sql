create or replace function app.begin_message(
  p_category text,
  p_method text,
  p_content text,
  p_send_key text,
  p_contact_id uuid,
  p_service_provider text,
  p_recipient text default null,
  p_subject text default null,
  p_call_id uuid default null,
  p_appointment_id uuid default null,
  p_campaign_id uuid default null,
  p_in_reply_to uuid default null,
  p_number_zones text[] default '{}',
  p_number_region text default null,
  p_spoken boolean default false,
  p_hand_over boolean default true,
  p_request_id text default null
)
returns setof app.message_decision
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  raise exception 'app.begin_message is not written yet';
end
$$;

comment on function app.begin_message(text, text, text, text, uuid, text, text, text, uuid, uuid, uuid, uuid, text[], text, boolean, boolean, text) is
  'Not written yet.';

select app.seal('app.begin_message(text, text, text, text, uuid, text, text, text, uuid, uuid, uuid, uuid, text[], text, boolean, boolean, text)', 'app_writer', 'tenant_service', 'app_writer');
