create or replace function app.answer_wish(
  p_inbound public.messages,
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
  v_contact_id uuid := (p_inbound).contact_id;
  v_ids uuid[];
begin
  if p_intent = 'change' then
    v_ids := array(select v.id from app.visits_to_answer(v_contact_id, p_now) v);
    if cardinality(v_ids) > 0 then
      return app.ask_which_visit(p_inbound, case cardinality(v_ids) when 1 then 'cancel_this' else 'cancel_which' end,
        v_ids, p_our_number, p_now);
    end if;
  elsif p_intent in ('confirm', 'yes') then
    v_ids := array(
      select v.id from app.visits_to_answer(v_contact_id, p_now) v
      where v.status = 'confirmed' and v.confirmed_by_patient_at is null);
    if cardinality(v_ids) > 1 then
      return app.ask_which_visit(p_inbound, 'confirm_which', v_ids, p_our_number, p_now);
    end if;
    -- Nothing left to confirm: the same yes again is answered about the next visit, and changes nothing.
    v_ids := coalesce(nullif(v_ids, '{}'), array(
      select v.id from app.visits_to_answer(v_contact_id, p_now) v where v.status = 'confirmed'));
    if cardinality(v_ids) > 0 then
      return app.confirm_by_reply(p_inbound, v_ids[1], p_our_number, p_now);
    end if;
  end if;
  return app.leave_to_staff(p_inbound);
end
$$;

comment on function app.answer_wish(public.messages, text, text, timestamptz) is
  'Answers a text that answers no question of ours: yes and confirm confirm the one visit ahead or ask which; change asks back before anything is cancelled; the rest, and wishes without a visit, go to staff.';

select app.seal('app.answer_wish(public.messages, text, text, timestamptz)', null, 'app_writer');
