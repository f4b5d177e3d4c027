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
declare
  v_org_id uuid := app.require_org_id();
  v_contact_id uuid := p_contact_id;
begin
  perform app.require_staff();
  if p_contact_id is null then
    v_contact_id := app.contact_of_call(p_call_id);
  elsif not exists (select from public.contacts c where c.org_id = v_org_id and c.id = p_contact_id) then
    raise exception 'there is no such contact' using errcode = 'VX404';
  elsif p_call_id is not null and not exists (select from public.call_logs c where c.org_id = v_org_id and c.id = p_call_id) then
    raise exception 'there is no such call' using errcode = 'VX404';
  end if;
  return query
  select *
  from app.begin_message(
    p_category => 'follow_up', p_method => 'sms', p_content => p_content, p_send_key => p_send_key,
    p_contact_id => v_contact_id, p_service_provider => 'twilio', p_call_id => p_call_id,
    p_number_zones => p_number_zones, p_number_region => p_number_region, p_request_id => p_request_id);
end
$$;

comment on function app.send_follow_up(uuid, text, text, text[], text, uuid, text) is
  'A text that a member of the staff writes to a contact, about a call or not; without a contact it is the call''s, made where it is missing. Answers as app.begin_message does, with outcome send for the caller to take to Twilio; in the recipient''s quiet hours it is wait with not_before and nothing is written. The same p_send_key again is replayed. Staff only (VX403); an unknown contact or call is VX404.';

select app.seal('app.send_follow_up(uuid, text, text, text[], text, uuid, text)', 'app_writer', 'tenant_user');
