-- Judged when a call is asked for, and again when it is about to be made: hours may lie between the two.
create or replace function app.objection_to_call(
  p_kind text,
  p_contact_id uuid,
  p_to text,
  p_appointment_id uuid,
  p_campaign_step_id uuid,
  p_now timestamptz
)
returns text
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_contact public.contacts;
begin
  if exists (select from public.organizations o where o.id = v_org_id and o.deleted_at is not null) then
    return 'clinic_left';
  end if;
  if p_kind <> 'test' then
    select * into v_contact from public.contacts c where c.org_id = v_org_id and c.id = p_contact_id;
    if v_contact.id is null or v_contact.erased_at is not null then
      return 'erased';
    elsif v_contact.phone is null then
      return 'no_phone';
    elsif v_contact.phone <> p_to then
      return 'number_changed';
    end if;
  end if;
  if app.is_opted_out('voice', p_to) then
    return 'opted_out';
  elsif app.is_our_number(p_to) then
    return 'our_number';
  end if;

  if p_kind = 'reminder' or p_appointment_id is not null then
    if not exists (
      select from public.appointments a
      where a.org_id = v_org_id and a.id = p_appointment_id and a.status in ('pending', 'confirmed') and a.scheduled_at > p_now)
    then
      return 'visit_over';
    end if;
  end if;
  if p_kind = 'campaign' then
    if v_contact.marketing_consent_at is null and not exists (
      select from public.campaign_steps s
      join public.campaigns c on c.org_id = s.org_id and c.id = s.campaign_id
      where s.org_id = v_org_id and s.id = p_campaign_step_id and c.category = 'follow_up')
    then
      return 'no_consent';
    elsif not exists (
      select from public.campaign_steps s
      join public.campaigns c on c.org_id = s.org_id and c.id = s.campaign_id
      where s.org_id = v_org_id and s.id = p_campaign_step_id and c.status <> 'stopped')
    then
      return 'stopped';
    end if;
  end if;
  return null;
end
$$;

comment on function app.objection_to_call(text, uuid, text, uuid, uuid, timestamptz) is
  'Why a call of a kind must not be made to p_to (E.164), or NULL: clinic_left, erased, no_phone, number_changed (the contact has another by now), opted_out (of calls; texts are another matter), our_number (a robot would answer), visit_over (the visit it is about was cancelled or has begun), no_consent (marketing, as for texts) and stopped (campaigns). Quiet hours are no objection, they put off.';

select app.seal('app.objection_to_call(text, uuid, text, uuid, uuid, timestamptz)', null, 'app_writer');
