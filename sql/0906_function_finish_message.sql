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
declare
  v_org_id uuid := app.require_org_id();
  v_message public.messages;
begin
  if p_outcome is null or p_outcome not in ('sent', 'failed', 'unknown') then
    raise exception 'a message ends as sent, failed or unknown' using errcode = 'VX400';
  end if;
  if p_error_code = '21610' then
    perform app.lock_number(m.recipient) from public.messages m where m.org_id = v_org_id and m.id = p_message_id;
  end if;
  select * into v_message
  from public.messages m
  where m.org_id = v_org_id and m.id = p_message_id and m.direction = 'outbound'
  for update;
  if v_message.id is null then
    raise exception 'there is no such message' using errcode = 'VX404';
  elsif v_message.status not in ('queued', 'unknown') then
    update public.messages m
    set external_message_id = p_external_id, updated_at = app.now()
    where m.org_id = v_org_id and m.id = p_message_id and m.external_message_id is null and p_external_id is not null;
    return v_message.status;
  end if;
  return app.conclude_message(v_message, p_outcome, p_external_id, p_error_code, p_reason);
end
$$;

comment on function app.finish_message(uuid, text, text, text, text) is
  'Says how the hand-over to the provider went: sent (with the provider''s id), failed (surely not sent) or unknown (it may have been). Only a queued or unknown message changes; what a delivery report said already stays, and gets the id if it had none. Twilio''s 21610 opts the number out. Staff are told of failed confirmations, reminders and codes, and of a message that cannot be settled (unknown, reason cannot_ask). Returns the status that stands. VX400 for another outcome, VX404 for an unknown message.';

select app.seal('app.finish_message(uuid, text, text, text, text)', 'app_writer', 'tenant_service');
