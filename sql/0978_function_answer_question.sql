create or replace function app.answer_question(
  p_inbound public.messages,
  p_question public.reply_questions,
  p_intent text,
  p_our_number text,
  p_now timestamptz
)
returns app.inbound_answer
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_cancels boolean := (p_question).kind in ('cancel_this', 'cancel_which');
  v_ids uuid[] := (p_question).appointment_ids;
  v_pick uuid := case
    when (p_question).kind = 'cancel_this' and p_intent in ('change', 'yes') then v_ids[1]
    when (p_question).kind <> 'cancel_this' and p_intent = 'number' then
      v_ids[regexp_replace(normalize((p_inbound).content, nfkd), '[^0-9]', '', 'g')::integer]
  end;
  v_reply_id uuid;
begin
  -- Phones and networks send one text twice. Nobody has read our question within five seconds of asking for it.
  if p_intent = 'change' and v_cancels and p_now < (p_question).asked_at + interval '5 seconds' then
    return ('asked', (p_inbound).id, (p_inbound).contact_id, null)::app.inbound_answer;
  elsif p_intent = 'other' or (p_intent = 'no' and not v_cancels) then
    return app.leave_to_staff(p_inbound);
  elsif v_pick is not null or (v_cancels and p_intent in ('confirm', 'no')) or (not v_cancels and p_intent = 'change') then
    perform app.close_question((p_inbound).contact_id, p_now);
    return case
      when v_pick is not null and v_cancels then app.cancel_by_reply(p_inbound, v_pick, p_our_number, p_now)
      when v_pick is not null then app.confirm_by_reply(p_inbound, v_pick, p_our_number, p_now)
      when not v_cancels then app.answer_wish(p_inbound, 'change', p_our_number, p_now)
      else ('kept', (p_inbound).id, (p_inbound).contact_id,
        app.queue_reply(p_inbound, 'kept', v_ids, p_our_number))::app.inbound_answer
    end;
  end if;

  -- A number that is not on the list, or a yes to "which?": the same list once more, then people read on.
  if not (p_question).asked_again then
    v_reply_id := app.queue_reply(p_inbound, (p_question).kind, v_ids, p_our_number);
  end if;
  if v_reply_id is null then
    return app.leave_to_staff(p_inbound);
  end if;
  update public.reply_questions q
  set asked_again = true
  where q.org_id = (p_question).org_id and q.id = (p_question).id;
  return ('asked', (p_inbound).id, (p_inbound).contact_id, v_reply_id)::app.inbound_answer;
end
$$;

comment on function app.answer_question(public.messages, public.reply_questions, text, text, timestamptz) is
  'Takes a text as the answer to our open question: a number picks from its list, change or yes cancels the one visit asked about, confirm or no keeps everything. What fits none of it is asked again once, then stored. A second wish to change within five seconds is the first one repeated. outcome as in app.inbound_answer.';

select app.seal('app.answer_question(public.messages, public.reply_questions, text, text, timestamptz)', null, 'app_writer');
