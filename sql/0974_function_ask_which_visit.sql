create or replace function app.ask_which_visit(
  p_inbound public.messages,
  p_kind text,
  p_appointment_ids uuid[],
  p_our_number text,
  p_now timestamptz
)
returns app.inbound_answer
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_reply_id uuid := app.queue_reply(p_inbound, p_kind, p_appointment_ids, p_our_number);
begin
  -- A question that may not be sent is no question: a later "X" would answer what nobody read.
  if v_reply_id is null then
    return app.leave_to_staff(p_inbound);
  end if;
  perform app.close_question((p_inbound).contact_id, p_now);
  insert into public.reply_questions (org_id, contact_id, kind, appointment_ids, asked_at, expires_at)
  values ((p_inbound).org_id, (p_inbound).contact_id, p_kind, p_appointment_ids, p_now, p_now + interval '24 hours');
  return ('asked', (p_inbound).id, (p_inbound).contact_id, v_reply_id)::app.inbound_answer;
end
$$;

comment on function app.ask_which_visit(public.messages, text, uuid[], text, timestamptz) is
  'Asks back by text: kind cancel_this (is it really to be cancelled), cancel_which or confirm_which (a numbered list). The question is open for 24 hours and replaces an older one. outcome asked, or stored when no text may be sent.';

select app.seal('app.ask_which_visit(public.messages, text, uuid[], text, timestamptz)', null, 'app_writer');
