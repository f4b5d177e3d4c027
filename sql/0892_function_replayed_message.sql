create or replace function app.replayed_message(
  p_send_key text,
  p_category text,
  p_contact_id uuid
)
returns app.message_decision
language plpgsql
stable
set search_path = ''
as $$
declare
  v_message public.messages;
  v_decision app.message_decision;
begin
  select * into v_message from public.messages m where m.org_id = app.require_org_id() and m.send_key = p_send_key;
  if v_message.id is null then
    return v_decision;
  elsif v_message.category <> p_category or v_message.contact_id is distinct from p_contact_id then
    -- To answer "sent" would leave somebody believing that this one was told.
    raise exception 'this send key names a message of another kind or to somebody else' using errcode = 'VX409';
  end if;
  v_decision.outcome := 'replayed';
  v_decision.reason := v_message.reason;
  v_decision.message_id := v_message.id;
  v_decision.status := v_message.status;
  v_decision.recipient := v_message.recipient;
  v_decision.content := v_message.content;
  v_decision.segments := v_message.segments;
  return v_decision;
end
$$;

comment on function app.replayed_message(text, text, uuid) is
  'What became of an earlier wish to send with this key: outcome replayed with the message as it stands now, or an outcome of NULL when the key is new. A key that was used for another category or contact is VX409.';

select app.seal('app.replayed_message(text, text, uuid)', null, 'app_writer');
