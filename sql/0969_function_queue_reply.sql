create or replace function app.queue_reply(p_inbound public.messages, p_kind text, p_appointment_ids uuid[], p_our_number text)
returns uuid
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_language text := app.contact_language((p_inbound).contact_id);
  v_fields jsonb;
begin
  select jsonb_build_object(
    'clinic', o.name,
    'phone', coalesce((
      select l.phone from public.locations l
      where l.org_id = o.id and l.phone is not null
      order by l.created_at, l.id
      limit 1), p_our_number),
    'visits', coalesce(app.visits_in_reply(p_appointment_ids, v_language, p_kind in ('cancel_which', 'confirm_which')), ''))
  into v_fields
  from public.organizations o
  where o.id = (p_inbound).org_id;

  return (
    select d.message_id
    from app.begin_message(
      p_category => 'reply', p_method => 'sms',
      p_content => app.render_text(app.reply_wording(p_kind, v_language), v_fields),
      p_send_key => 'reply:' || (p_inbound).id, p_contact_id => (p_inbound).contact_id,
      p_service_provider => (p_inbound).service_provider, p_recipient => (p_inbound).recipient,
      p_in_reply_to => (p_inbound).id, p_hand_over => false) d
    where d.outcome = 'queued'
  );
end
$$;

comment on function app.queue_reply(public.messages, text, uuid[], text) is
  'Queues our one answer to a received text, in the contact''s language, else the clinic''s; p_kind as in app.reply_wording. NULL when it may not be sent (opted out, too many answers within an hour).';

select app.seal('app.queue_reply(public.messages, text, uuid[], text)', null, 'app_writer');
