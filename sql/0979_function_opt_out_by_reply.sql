create or replace function app.opt_out_by_reply(p_inbound public.messages, p_now timestamptz)
returns app.inbound_answer
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_contact_id uuid := (p_inbound).contact_id;
begin
  if app.opt_out('sms', (p_inbound).recipient, 'reply')
    and exists (select from app.visits_to_answer(v_contact_id, p_now)) then
    perform app.notify_staff('opted_out_before_visit', 'Somebody with a visit ahead wants no more texts', 'contact', v_contact_id);
  end if;
  perform app.close_question(v_contact_id, p_now);
  return ('opted_out', (p_inbound).id, v_contact_id, null)::app.inbound_answer;
end
$$;

comment on function app.opt_out_by_reply(public.messages, timestamptz) is
  'Honours STOP and its like: the number gets no more texts. No visit is cancelled, CANCEL included; staff are told where one is ahead, for reminders will not arrive. No answer of ours: the carrier confirms.';

select app.seal('app.opt_out_by_reply(public.messages, timestamptz)', null, 'app_writer');
