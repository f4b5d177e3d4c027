-- Locks in the order that all who take several keep: calls, numbers, addresses, visits, contacts.
create or replace function app.merge_contacts(p_into uuid, p_from uuid)
returns setof public.contacts
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_now timestamptz;
  v_into public.contacts;
  v_from public.contacts;
  v_lead public.contacts;
begin
  perform app.require_staff();
  if p_into = p_from then
    raise exception 'a contact cannot be merged with itself' using errcode = 'VX400';
  end if;
  -- A call that still runs books for its contact: not for one that goes away meanwhile.
  perform app.lock_call(l.id)
  from (select l.id from public.call_logs l
    where l.org_id = v_org_id and l.contact_id in (p_into, p_from) and l.status <> 'ended' order by l.id) l;
  perform app.lock_number(n.number)
  from (select distinct coalesce(c.phone, c.spoken_phone, c.id::text) as number from public.contacts c
    where c.org_id = v_org_id and c.id in (p_into, p_from) order by 1) n;
  perform app.lock_number(e.email)
  from (select distinct c.email from public.contacts c where c.org_id = v_org_id and c.id in (p_into, p_from) order by 1) e;
  perform from public.appointments a where a.org_id = v_org_id and a.contact_id in (p_into, p_from) order by a.id for no key update;
  perform from public.contacts c where c.org_id = v_org_id and c.id in (p_into, p_from) order by c.id for update;
  select * into v_into from public.contacts c where c.org_id = v_org_id and c.id = p_into and c.erased_at is null;
  select * into v_from from public.contacts c where c.org_id = v_org_id and c.id = p_from and c.erased_at is null;
  if v_into.id is null or v_from.id is null then
    raise exception 'there is no such contact' using errcode = 'VX404';
  end if;
  v_now := app.now();
  -- Staff's word before what rules say, a booking before a guess, and the better of two guesses.
  v_lead := case
    when app.is_staffs_word(v_into.lead_status, v_into.lead_status_by) then v_into
    when app.is_staffs_word(v_from.lead_status, v_from.lead_status_by) then v_from
    when v_into.lead_status <> 'booked' and (v_from.lead_status = 'booked' or v_from.lead_score > v_into.lead_score) then v_from
    else v_into
  end;

  perform app.merge_patients(p_into, p_from);
  perform app.merge_histories(p_into, p_from);
  delete from public.contacts c where c.org_id = v_org_id and c.id = p_from;
  update public.contacts c
  set name = coalesce(c.name, v_from.name), phone = coalesce(c.phone, v_from.phone), email = coalesce(c.email, v_from.email),
    former_phones = (array(
      select distinct n from unnest(c.former_phones || v_from.former_phones || v_from.phone) n
      where n is not null and n <> coalesce(c.phone, v_from.phone)))[:50],
    spoken_phone = coalesce(c.spoken_phone, v_from.spoken_phone), language = coalesce(c.language, v_from.language),
    time_zone = coalesce(c.time_zone, v_from.time_zone),
    origin_call_id = coalesce(c.origin_call_id, v_from.origin_call_id),
    -- Consent was given for a number, and stays with it.
    marketing_consent_at = case when c.phone is null then v_from.marketing_consent_at else c.marketing_consent_at end,
    service_interests = array(select distinct s from unnest(c.service_interests || v_from.service_interests) s order by s),
    lead_status = v_lead.lead_status, lead_status_by = v_lead.lead_status_by,
    lead_score = app.score_of_status(v_lead.lead_status, greatest(c.lead_score, v_from.lead_score)),
    lead_reasons = case when v_from.lead_score > c.lead_score then v_from.lead_reasons else c.lead_reasons end,
    lead_scored_at = greatest(c.lead_scored_at, v_from.lead_scored_at),
    notes = left(nullif(concat_ws(E'\n', c.notes, v_from.notes,
      case when v_from.phone <> c.phone then 'Also: ' || v_from.phone end,
      case when lower(v_from.email) <> lower(c.email) then 'Also: ' || v_from.email end), ''), 10000),
    last_contacted_at = greatest(c.last_contacted_at, v_from.last_contacted_at),
    created_at = least(c.created_at, v_from.created_at), updated_at = v_now
  where c.org_id = v_org_id and c.id = p_into;

  insert into public.audit_log (org_id, action, entity, entity_id, actor_user_id)
  values (v_org_id, 'contact_merged_into', 'contact', p_into, app.current_user_id()),
    (v_org_id, 'contact_merged_away', 'contact', p_from, app.current_user_id());
  perform app.announce('contact_updated', 'contact', i.id) from unnest(array[p_into, p_from]) i (id);
  return query select c.* from public.contacts c where c.org_id = v_org_id and c.id = p_into;
end
$$;

comment on function app.merge_contacts(uuid, uuid) is
  'Makes two contacts of one person one: patients, visits, calls and messages of p_from become p_into''s, p_from''s row goes, and p_into is returned. What p_into knows wins, but for a guess about it as a lead, of which the better one stays; another number or address is kept in its notes, because a contact has one. Opt-outs hold by number and are not touched. Staff only (VX403). VX404 unknown or erased, VX400 one and the same.';

select app.seal('app.merge_contacts(uuid, uuid)', 'app_writer', 'tenant_user');
