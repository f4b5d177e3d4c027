create or replace function app.conclude_message(
  p_message public.messages,
  p_status text,
  p_external_id text,
  p_error_code text,
  p_reason text
)
returns text
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_id uuid := (p_message).id;
  v_now timestamptz := app.now();
  v_reason text := case
    when p_status = 'failed' and p_error_code = '21610' then 'opted_out'
    when p_status = 'failed' then coalesce(p_reason, 'refused')
    when p_status = 'unknown' then p_reason
  end;
begin
  update public.messages m
  set status = p_status, reason = v_reason,
    provider_error = left(nullif(regexp_replace(p_error_code, '[^A-Za-z0-9_.-]', '', 'g'), ''), 60),
    external_message_id = coalesce(m.external_message_id, p_external_id),
    sent_at = case when p_status in ('sent', 'delivered') then coalesce(m.sent_at, v_now) else m.sent_at end,
    updated_at = v_now
  where m.org_id = v_org_id and m.id = v_id;

  -- A reminder that staff sent confirms the visit as well; those that go out by themselves say only what was confirmed.
  if p_status in ('sent', 'delivered')
    and ((p_message).category = 'confirmation' or (p_message).category = 'reminder' and (p_message).actor_user_id is not null)
  then
    -- In order of their ids, as app.take_scheduled locks them.
    with told as (
      select a.org_id, a.id
      from public.appointments a
      where a.org_id = v_org_id and not a.confirmation_sent
        and (a.id = (p_message).appointment_id or a.id in (
          select s.appointment_id from public.scheduled_messages s where s.org_id = v_org_id and s.message_id = v_id))
      order by a.id
      for no key update
    )
    update public.appointments a
    set confirmation_sent = true
    from told
    where a.org_id = told.org_id and a.id = told.id;
  elsif v_reason = 'opted_out' then
    perform app.note_opt_out('sms', (p_message).recipient,
      coalesce((p_message).recipient_hash, app.number_hash((p_message).recipient)), 'carrier');
  end if;
  if p_status = 'failed' and (p_message).category in ('confirmation', 'reminder', 'code') then
    perform app.notify_staff('message_failed', format('A %s could not be sent', (p_message).category), 'message', v_id);
  elsif p_status = 'unknown' and p_reason = 'cannot_ask' and (p_message).reason is distinct from p_reason then
    perform app.notify_staff('message_unknown', 'A message may or may not have been sent', 'message', v_id);
  end if;
  perform app.announce('message_updated', 'message', v_id);
  return p_status;
end
$$;

comment on function app.conclude_message(public.messages, text, text, text, text) is
  'Writes what became of a message that is locked (p_message: the row before), with what follows from it: a confirmation that left marks its visits, and so does a reminder that staff sent, Twilio''s 21610 opts the number out as the carrier did, staff are told of what they must see to. A provider''s id that is known stays. Returns the status.';

select app.seal('app.conclude_message(public.messages, text, text, text, text)', null, 'app_writer');
