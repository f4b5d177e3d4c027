-- What can never be right is said first, then what is only too early, and the limits last: a reminder that waits for the
-- morning is counted in the morning's day.
create or replace function app.message_refusal(
  p_category text,
  p_method text,
  p_contact_id uuid,
  p_recipient text,
  p_call_id uuid,
  p_number_zones text[],
  p_number_region text,
  p_spoken boolean,
  p_now timestamptz
)
returns app.message_decision
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_hash bytea := app.number_hash(p_recipient);
  v_country text;
  v_deleted boolean;
  v_decision app.message_decision;
begin
  select o.country, o.deleted_at is not null into strict v_country, v_deleted
  from public.organizations o
  where o.id = v_org_id;
  v_decision.reason := case
    when v_deleted then 'clinic_deleted'
    when app.is_opted_out(p_method, p_recipient) then 'opted_out'
    when p_category = 'marketing' and not exists (
      select from public.contacts c
      where c.org_id = v_org_id and c.id = p_contact_id and c.marketing_consent_at is not null) then 'no_consent'
    when p_spoken then app.spoken_refusal(p_contact_id, p_call_id, v_hash, p_number_region)
    -- Written by nobody, to a number that somebody may have called from for the fees of texts to it.
    when p_category = 'follow_up' and p_call_id is not null and app.current_user_id() is null and p_number_region <> v_country
      then 'foreign_number'
  end;
  if v_decision.reason is not null then
    v_decision.outcome := 'blocked';
    return v_decision;
  end if;

  -- Who was on the line a moment ago is awake, whatever the clock says.
  if p_method = 'sms' and (p_category in ('reminder', 'follow_up', 'marketing') or p_category = 'confirmation' and not exists (
    select from public.call_logs c
    where c.org_id = v_org_id and c.id = p_call_id and c.contact_id = p_contact_id and c.created_at > p_now - interval '30 minutes'))
  then
    v_decision.not_before := app.next_sending_time(p_contact_id, p_number_zones, p_now);
    if v_decision.not_before > p_now then
      v_decision.outcome := 'wait';
      v_decision.reason := 'quiet_hours';
      return v_decision;
    end if;
  end if;

  v_decision := app.message_limit_reason(p_category, p_contact_id, v_hash, p_now);
  if v_decision.reason is null and p_category not in ('code', 'reply') and app.daily_cap_reached(p_now) then
    v_decision.outcome := 'blocked';
    v_decision.reason := 'daily_cap';
  end if;
  return v_decision;
end
$$;

comment on function app.message_refusal(text, text, uuid, text, uuid, text[], text, boolean, timestamptz) is
  'Why a message may not leave now: outcome blocked with clinic_deleted, opted_out, no_consent, foreign_number (only spoken, or a missed call from abroad), spoken_limit, too_soon, too_many_codes, reminder_limit or daily_cap, outcome wait with quiet_hours and not_before, or an outcome of NULL when it may. Quiet hours bind texts only, and neither codes nor replies nor the confirmation of the contact''s own call of the last half hour. The recipient''s lock is held.';

select app.seal('app.message_refusal(text, text, uuid, text, uuid, text[], text, boolean, timestamptz)', null, 'app_writer');
