create or replace function app.merge_histories(p_into uuid, p_from uuid)
returns void
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_now timestamptz := app.now();
begin
  update public.appointments a set contact_id = p_into, updated_at = v_now where a.org_id = v_org_id and a.contact_id = p_from;
  update public.call_logs c set contact_id = p_into, updated_at = v_now where c.org_id = v_org_id and c.contact_id = p_from;
  -- One person is not called twice for one thing, and at the number that stays.
  update public.outbound_calls c
  set state = 'cancelled', reason = 'merged', ended_at = v_now, look_at = null, updated_at = v_now
  where c.org_id = v_org_id and c.contact_id = p_from and c.state = 'waiting' and exists (
    select from public.outbound_calls k
    where k.org_id = v_org_id and k.contact_id = p_into and k.kind = c.kind and k.state in ('waiting', 'placing', 'under_way'));
  update public.outbound_calls c
  set contact_id = case when c.ended_at is null and exists (
      select from public.outbound_calls k
      where k.org_id = v_org_id and k.contact_id = p_into and k.kind = c.kind and k.state in ('waiting', 'placing', 'under_way'))
      then null else p_into end,
    to_number = case when c.state = 'waiting' then coalesce(k.phone, c.to_number) else c.to_number end, updated_at = v_now
  from public.contacts k
  where c.org_id = v_org_id and c.contact_id = p_from and k.org_id = v_org_id and k.id = p_into;
  update public.caller_verifications v set contact_id = p_into where v.org_id = v_org_id and v.contact_id = p_from;
  update public.caller_messages m set contact_id = p_into where m.org_id = v_org_id and m.contact_id = p_from;
  update public.messages m set contact_id = p_into, updated_at = v_now where m.org_id = v_org_id and m.contact_id = p_from;
  update public.notifications n set entity_id = p_into
  where n.org_id = v_org_id and n.entity = 'contact' and n.entity_id = p_from;
  -- A texted code opens all patients of its contact, and there are more of them now than when it was sent.
  update public.identity_codes i
  set contact_id = p_into, expires_at = case when i.kind = 'texted' then least(i.expires_at, v_now) else i.expires_at end
  where i.org_id = v_org_id and (i.contact_id = p_from or i.contact_id = p_into and i.kind = 'texted');
  -- Both may have been asked something. The answer comes from one number, and only one question can be open.
  update public.reply_questions q
  set contact_id = p_into, answered_at = coalesce(q.answered_at, v_now)
  where q.org_id = v_org_id and q.contact_id = p_from;
  -- A step of a campaign that both get goes out once; the other one goes with its contact.
  update public.scheduled_messages s
  set contact_id = p_into, updated_at = v_now
  where s.org_id = v_org_id and s.contact_id = p_from
    and not (s.kind = 'campaign' and exists (
      select from public.scheduled_messages k
      where k.org_id = v_org_id and k.kind = 'campaign' and k.contact_id = p_into and k.campaign_step_id = s.campaign_step_id));
end
$$;

comment on function app.merge_histories(uuid, uuid) is
  'The part of app.merge_contacts about what happened and what is planned: visits, calls, messages and notices of p_from become p_into''s. Texted codes of both open nothing any more.';

select app.seal('app.merge_histories(uuid, uuid)', null, 'app_writer');
