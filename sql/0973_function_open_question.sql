-- "X" must cancel the visit that was named in the question. Where staff moved it since, the question is void; its visits
-- are locked first, so that a move which is about to commit counts too.
create or replace function app.open_question(p_contact_id uuid, p_now timestamptz)
returns public.reply_questions
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_question public.reply_questions;
begin
  select * into v_question
  from public.reply_questions q
  where q.org_id = v_org_id and q.contact_id = p_contact_id and q.answered_at is null;
  if v_question.id is null then
    return null;
  end if;
  perform from public.appointments a
  where a.org_id = v_org_id and a.id = any (v_question.appointment_ids)
  order by a.id
  for update;
  if v_question.expires_at <= p_now or exists (
    select from public.appointment_changes h
    where h.org_id = v_org_id and h.appointment_id = any (v_question.appointment_ids)
      and h.at > v_question.asked_at and h.old_during <> h.new_during
  ) then
    perform app.close_question(p_contact_id, p_now);
    return null;
  end if;
  return v_question;
end
$$;

comment on function app.open_question(uuid, timestamptz) is
  'What we last asked this contact by text and still wait for; all NULL when nothing, or when it is older than a day or a visit in it was moved since (such a question is closed). Locks the visits in it.';

select app.seal('app.open_question(uuid, timestamptz)', null, 'app_writer');
