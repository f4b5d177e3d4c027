create or replace function app.record_inbound_message(
  p_provider text,
  p_external_id text,
  p_from text,
  p_to text,
  p_body text,
  p_opt_out_type text default null
)
returns setof app.inbound_answer
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_intent text := app.reply_intent(p_body);
  v_now timestamptz;
  v_inbound public.messages;
  v_question public.reply_questions;
begin
  if coalesce(p_provider, '') = '' or coalesce(p_external_id, '') = '' or coalesce(p_from, '') = '' then
    raise exception 'a received text needs its provider, its id and its sender' using errcode = 'VX400';
  end if;
  -- Texts of one number are handled one after the other, and none while one is being sent there.
  perform app.lock_number(p_from);
  v_now := app.now();
  return query
  select 'replayed', m.id, m.contact_id, (
    select r.id from public.messages r where r.org_id = m.org_id and r.in_reply_to = m.id and r.status <> 'blocked')
  from public.messages m
  where m.org_id = v_org_id and m.service_provider = p_provider and m.external_message_id = p_external_id;
  if found then
    return;
  end if;

  insert into public.messages (org_id, direction, method, category, recipient, recipient_hash, content, status,
    service_provider, external_message_id, contact_id)
  values (v_org_id, 'inbound', 'sms', 'reply', p_from, app.number_hash(p_from), left(coalesce(p_body, ''), 1600), 'delivered',
    p_provider, p_external_id, (select c.id from public.contacts c where c.org_id = v_org_id and c.phone = p_from))
  returning * into v_inbound;
  perform app.announce('message_created', 'message', v_inbound.id);
  perform app.stop_campaigns_for(v_inbound.contact_id, 'reply');

  -- What the carrier made of the text counts even where we would read it otherwise: it acts on it.
  v_intent := case
    when p_opt_out_type = 'STOP' then 'opt_out'
    when v_intent = 'opt_out' then 'opt_out'
    when v_intent = 'yes' and app.is_opted_out('sms', p_from) then 'opt_in'
    when p_opt_out_type = 'START' and v_intent <> 'yes' then 'opt_in'
    when p_opt_out_type = 'HELP' then 'help'
    else v_intent
  end;
  if p_from !~ '^\+[1-9][0-9]{6,14}$' then
    -- A short code or a name: no patient, and nothing to answer to.
    return next app.leave_to_staff(v_inbound);
  elsif v_intent = 'opt_out' then
    return next app.opt_out_by_reply(v_inbound, v_now);
  elsif v_intent = 'opt_in' then
    perform app.opt_in('sms', p_from, 'reply');
    return next ('opted_in', v_inbound.id, v_inbound.contact_id, null)::app.inbound_answer;
  elsif v_intent = 'help' then
    return next ('help', v_inbound.id, v_inbound.contact_id,
      case when p_opt_out_type is null then app.queue_reply(v_inbound, 'help', '{}', p_to) end)::app.inbound_answer;
  else
    v_question := app.open_question(v_inbound.contact_id, v_now);
    return next case
      when v_question.id is null then app.answer_wish(v_inbound, v_intent, p_to, v_now)
      else app.answer_question(v_inbound, v_question, v_intent, p_to, v_now)
    end;
  end if;
end
$$;

comment on function app.record_inbound_message(text, text, text, text, text, text) is
  'Keeps a text that came in (p_from to our number p_to, E.164) and does what it asks, once per provider''s id; p_opt_out_type is the carrier''s own reading (STOP, START, HELP). The sender is a contact by contacts.phone only; STOP counts also from a stranger. VX400 without provider, id or sender.';

select app.seal('app.record_inbound_message(text, text, text, text, text, text)', 'app_writer', 'tenant_service');
