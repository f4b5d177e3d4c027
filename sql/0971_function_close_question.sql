create or replace function app.close_question(p_contact_id uuid, p_now timestamptz)
returns void
language sql
volatile
set search_path = ''
as $$
  update public.reply_questions q
  set answered_at = p_now
  where q.org_id = app.require_org_id() and q.contact_id = p_contact_id and q.answered_at is null
$$;

comment on function app.close_question(uuid, timestamptz) is
  'Ends the open question to a contact, if there is one: answered, overtaken or replaced.';

select app.seal('app.close_question(uuid, timestamptz)', null, 'app_writer');
