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
declare
  v_org_id uuid := app.require_org_id();
  v_message public.messages;
begin
  if p_status is null or p_status not in ('sent', 'delivered', 'failed') then
    raise exception 'a delivery report says sent, delivered or failed' using errcode = 'VX400';
  end if;
  if p_error_code = '21610' then
    perform app.lock_number(m.recipient) from public.messages m where m.org_id = v_org_id and m.id = p_message_id;
  end if;
  select * into v_message
  from public.messages m
  where m.org_id = v_org_id and m.id = p_message_id and m.direction = 'outbound'
  for update;
  if v_message.id is null or v_message.external_message_id <> p_external_id
    or exists (
      select from public.messages m
      where m.org_id = v_org_id and m.service_provider = v_message.service_provider and m.external_message_id = p_external_id
        and m.id <> p_message_id)
  then
    return null;
  elsif v_message.status in ('queued', 'unknown')
    or (v_message.status = 'sent' and p_status <> 'sent')
    -- That it was never accepted was our conclusion; the provider's word is better.
    or (v_message.status = 'failed' and v_message.reason = 'never_accepted')
  then
    return app.conclude_message(v_message, p_status, p_external_id, p_error_code, null);
  end if;
  return v_message.status;
end
$$;

comment on function app.record_delivery(uuid, text, text, text) is
  'Takes in a provider''s delivery report, in any order and any number of times: a message goes from queued or unknown to sent and on to delivered or failed, never back. A report also settles a message whose sender never came back. Twilio''s 21610 opts the number out; staff are told of failed confirmations, reminders and codes. Returns the status that stands, NULL when there is no such outbound message or the provider''s id is another message''s. VX400 for another status.';

select app.seal('app.record_delivery(uuid, text, text, text)', 'app_writer', 'tenant_service');
