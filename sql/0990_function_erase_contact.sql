create or replace function app.erase_contact(
  p_contact_id uuid
)
returns boolean
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_contact public.contacts;
  v_now timestamptz;
  v_numbers text[];
begin
  perform app.require_admin();
  -- Before all else, as whoever acts for a call does: no report and no tool call is at work on one of theirs meanwhile.
  perform app.lock_call(l.id)
  from unnest(app.calls_of_person(p_contact_id, app.numbers_of_contact(p_contact_id))) l (id);
  perform app.lock_contact(p_contact_id);
  -- Visits before what is planned for them, and before their contact: whoever moves one locks them in that order.
  perform from public.appointments a
  where a.org_id = v_org_id and a.contact_id = p_contact_id
  order by a.id
  for no key update;
  -- Also keeps new visits from being booked for the contact meanwhile: their foreign key waits for this row.
  select * into v_contact from public.contacts c where c.org_id = v_org_id and c.id = p_contact_id for update;
  v_now := app.now();
  if v_contact.id is null then
    raise exception 'there is no such contact' using errcode = 'VX404';
  elsif v_contact.erased_at is not null then
    return false;
  elsif exists (
    select from public.appointments a
    where a.org_id = v_org_id and a.contact_id = p_contact_id and a.status in ('pending', 'confirmed')
      and a.scheduled_at + a.duration > v_now)
  then
    raise exception 'there are visits ahead: cancel them first' using errcode = 'VX409';
  end if;

  v_numbers := app.numbers_of_contact(p_contact_id);
  perform app.erase_messages(p_contact_id, v_numbers, v_contact.email);
  perform app.erase_calls(p_contact_id, v_numbers);
  perform app.erase_visits(p_contact_id);
  perform app.forget_answers();
  update public.opt_outs o set phone = null where o.org_id = v_org_id and o.phone = any (v_numbers);
  update public.contacts c
  set name = null, phone = null, former_phones = '{}', spoken_phone = null, email = null, notes = null, service_interests = '{}',
    lead_reasons = '{}', lead_score = 0, lead_scored_at = null, time_zone = null, language = null, marketing_consent_at = null,
    erased_at = v_now, updated_at = v_now
  where c.org_id = v_org_id and c.id = p_contact_id;
  insert into public.audit_log (org_id, action, entity, entity_id, actor_user_id)
  values (v_org_id, 'contact_erased', 'contact', p_contact_id, app.current_user_id());
  perform app.announce('contact_updated', 'contact', p_contact_id);
  return true;
end
$$;

comment on function app.erase_contact(uuid) is
  'Blanks everything personal about a contact: name, numbers and addresses, its patients, what was said and written in calls, messages and visits. Rows, ids, times, states and keyed hashes stay, so that audits and statistics hold and an opt-out still stops texts to the number, also for a contact that comes anew. What was waiting to be sent is cancelled, and what still comes of their calls is not stored (app.is_forgotten). Returns false when it was erased before. Owner and admin only (VX403); VX404 for an unknown contact, VX409 while it has visits ahead. Our copies of recordings are deleted by jobs; the provider''s own are not reached from here.';

select app.seal('app.erase_contact(uuid)', 'app_writer', 'tenant_user');
