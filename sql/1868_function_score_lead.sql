create or replace function app.score_lead(p_call_id uuid)
returns integer
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_call public.call_logs;
  v_old_status text;
  v_status text;
  v_score integer;
  v_reasons text[];
  v_declined boolean;
  v_alert boolean;
begin
  perform app.lock_call(p_call_id);
  select * into v_call from public.call_logs c where c.org_id = v_org_id and c.id = p_call_id;
  if v_call.contact_id is null or v_call.direction = 'web' or coalesce(v_call.outcome, 'missed') in ('missed', 'voicemail', 'spam') then
    return null;
  end if;
  -- The contact before its call, as whoever erases or merges it locks them.
  select c.lead_status into v_old_status from public.contacts c
  where c.org_id = v_org_id and c.id = v_call.contact_id for no key update;

  update public.call_logs c
  set service_ids = app.services_named(app.caller_words(c.transcript))
  where c.org_id = v_org_id and c.id = p_call_id;
  select least(greatest(coalesce(sum(s.points), 0), 0), 100), coalesce(array_agg(format('%s (%s)', s.reason, to_char(s.points, 'FMSG990'))
      order by s.points desc, s.reason), '{}'), coalesce(bool_or(s.points < 0), false)
  into v_score, v_reasons, v_declined
  from app.lead_signals(p_call_id) s;
  v_status := app.score_contact(v_call.contact_id, v_score, v_reasons, v_declined);
  if v_status is null then
    return null;
  end if;
  v_alert := v_score >= 80 and v_status = 'hot' and v_call.hot_lead_at is null;
  update public.call_logs c
  set lead_score = v_score, lead_reasons = v_reasons, hot_lead_at = case when v_alert then app.now() else c.hot_lead_at end
  where c.org_id = v_org_id and c.id = p_call_id;
  -- Each hot call is told of once, also of a contact that was hot before.
  perform app.announce_contact(v_call.contact_id, case when not v_alert then 'hot' when v_old_status <> 'hot' then v_old_status end);
  if v_alert then
    perform app.notify_staff('hot_lead', 'A caller is a hot lead', 'contact', v_call.contact_id);
    perform app.text_hot_lead(p_call_id, v_score);
  end if;
  return v_score;
end
$$;

comment on function app.score_lead(uuid) is
  'Scores a reported call''s caller as a lead, 0 to 100, from the caller''s own turns and what the call left in our tables (app.lead_signals), and gives the contact score and reasons (app.score_contact). A call that makes a hot lead is told of once: a notification, a live event, and a text where the organisation wants one. NULL, and nothing done, for calls in which nobody spoke, of robots, from the browser, and of no contact.';

select app.seal('app.score_lead(uuid)', null, 'app_writer');
