create or replace function app.erase_messages(p_contact_id uuid, p_numbers text[], p_email text)
returns void
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_hashes bytea[] := array(select app.number_hash(n) from unnest(p_numbers) n);
  v_now timestamptz := app.now();
begin
  update public.scheduled_messages s
  set state = 'cancelled', reason = 'erased', updated_at = v_now
  where s.org_id = v_org_id and s.contact_id = p_contact_id and s.state = 'waiting';
  update public.identity_codes i
  set code_hash = null, expires_at = least(i.expires_at, v_now)
  where i.org_id = v_org_id and i.contact_id = p_contact_id;
  update public.reply_questions q
  set answered_at = v_now
  where q.org_id = v_org_id and q.contact_id = p_contact_id and q.answered_at is null;
  -- Texts of the number from before it had a contact are the same person's. Rows older than the hashes get theirs now.
  update public.messages m
  set recipient = '[erased]', subject = case when m.subject is not null then '[erased]' end, content = '[erased]',
    recipient_hash = coalesce(m.recipient_hash, app.number_hash(m.recipient)),
    status = case when m.status = 'queued' and m.handed_over_at is null then 'blocked' else m.status end,
    reason = case when m.status = 'queued' and m.handed_over_at is null then 'erased' else m.reason end,
    updated_at = v_now
  where m.org_id = v_org_id
    and (m.contact_id = p_contact_id
      or m.contact_id is null and (m.recipient_hash = any (v_hashes) or m.recipient = any (p_numbers))
      -- Links to recordings may have gone to an address before it was the contact's. Members' own mail is theirs.
      or m.contact_id is null and m.method = 'email' and m.category <> 'invitation' and lower(m.recipient) = lower(p_email)
        and not exists (
          select from public.contacts k where k.org_id = v_org_id and k.id <> p_contact_id and lower(k.email) = lower(p_email)));
end
$$;

comment on function app.erase_messages(uuid, text[], text) is
  'The part of app.erase_contact about messages to the contact, its numbers and its address: recipients and texts become placeholders, what still waits is not sent any more, codes open nothing.';

select app.seal('app.erase_messages(uuid, text[], text)', null, 'app_writer');
