create or replace function app.set_org_settings(p_fields jsonb)
returns setof public.organizations
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_key text;
begin
  perform app.require_admin();
  perform app.check_fields(p_fields, 'name', 'country', 'time_zone', 'buffer_before_minutes', 'buffer_after_minutes',
    'slot_step_minutes', 'min_notice_minutes', 'max_advance_days', 'hold_seconds', 'holds_per_day', 'approval_required',
    'identity_factor', 'emergency_sentence', 'recording_consent', 'ai_disclosure', 'hipaa_mode',
    'keep_recordings_days', 'reminder_channel', 'keep_transcripts_days', 'keep_messages_days', 'keep_memory_days',
    'caller_memory', 'policies', 'hot_lead_phone', 'redact_medical_terms', 'calendar_content', 'calendar_changes');
  select f.key into v_key
  from jsonb_each(p_fields) f
  where jsonb_typeof(f.value) = 'null'
    and f.key not in ('keep_recordings_days', 'keep_transcripts_days', 'keep_messages_days', 'hot_lead_phone')
  order by f.key
  limit 1;
  if found then
    raise exception 'this setting cannot be empty: %', v_key using errcode = 'VX400';
  end if;

  return query
  update public.organizations o
  set name = coalesce(btrim(p_fields ->> 'name'), o.name),
    country = coalesce(p_fields ->> 'country', o.country),
    time_zone = coalesce(p_fields ->> 'time_zone', o.time_zone),
    buffer_before = app.minutes_or(p_fields, 'buffer_before_minutes', o.buffer_before),
    buffer_after = app.minutes_or(p_fields, 'buffer_after_minutes', o.buffer_after),
    slot_step = app.minutes_or(p_fields, 'slot_step_minutes', o.slot_step),
    min_notice = app.minutes_or(p_fields, 'min_notice_minutes', o.min_notice),
    max_advance = coalesce(make_interval(days => (p_fields ->> 'max_advance_days')::integer), o.max_advance),
    hold_ttl = coalesce(make_interval(secs => (p_fields ->> 'hold_seconds')::integer), o.hold_ttl),
    holds_per_day = coalesce((p_fields ->> 'holds_per_day')::integer, o.holds_per_day),
    approval_required = coalesce((p_fields ->> 'approval_required')::boolean, o.approval_required),
    identity_factor = coalesce(p_fields ->> 'identity_factor', o.identity_factor),
    emergency_sentence = coalesce(btrim(p_fields ->> 'emergency_sentence'), o.emergency_sentence),
    recording_consent = coalesce(p_fields ->> 'recording_consent', o.recording_consent),
    ai_disclosure = coalesce((p_fields ->> 'ai_disclosure')::boolean, o.ai_disclosure),
    hipaa_mode = coalesce((p_fields ->> 'hipaa_mode')::boolean, o.hipaa_mode),
    keep_recordings_for = case when p_fields ? 'keep_recordings_days'
      then make_interval(days => (p_fields ->> 'keep_recordings_days')::integer) else o.keep_recordings_for end,
    reminder_channel = coalesce(p_fields ->> 'reminder_channel', o.reminder_channel),
    keep_transcripts_for = case when p_fields ? 'keep_transcripts_days'
      then make_interval(days => (p_fields ->> 'keep_transcripts_days')::integer) else o.keep_transcripts_for end,
    keep_messages_for = case when p_fields ? 'keep_messages_days'
      then make_interval(days => (p_fields ->> 'keep_messages_days')::integer) else o.keep_messages_for end,
    keep_memory_for = coalesce(make_interval(days => (p_fields ->> 'keep_memory_days')::integer), o.keep_memory_for),
    caller_memory = coalesce((p_fields ->> 'caller_memory')::boolean, o.caller_memory),
    policies = coalesce(btrim(p_fields ->> 'policies'), o.policies),
    redact_medical_terms = coalesce((p_fields ->> 'redact_medical_terms')::boolean, o.redact_medical_terms),
    calendar_content = coalesce(p_fields ->> 'calendar_content', o.calendar_content),
    calendar_changes = coalesce(p_fields ->> 'calendar_changes', o.calendar_changes),
    hot_lead_phone = case when p_fields ? 'hot_lead_phone' then p_fields ->> 'hot_lead_phone' else o.hot_lead_phone end,
    updated_at = app.now()
  where o.id = v_org_id
  returning o.*;
  -- What the assistants say and keep is part of them at Vapi.
  if p_fields ?| array['name', 'emergency_sentence', 'recording_consent', 'ai_disclosure', 'hipaa_mode'] then
    perform app.request_agent_sync(a.id) from public.agents a where a.org_id = v_org_id and a.deleted_at is null;
  end if;
  -- Calendars before their events, as app.apply_calendar_changes locks them.
  if p_fields ? 'max_advance_days' then
    perform app.widen_calendars();
  end if;
  -- What calendars already say of visits ahead is written anew.
  if p_fields ? 'calendar_content' then
    perform app.wish_calendar_event(e.appointment_id)
    from (
      select distinct x.appointment_id
      from public.calendar_events x
      join public.appointments a on a.org_id = x.org_id and a.id = x.appointment_id
      where x.org_id = v_org_id and x.state <> 'gone' and upper(a.during) > app.now()
      order by x.appointment_id
    ) e;
  end if;
  insert into public.audit_log (org_id, action, entity, entity_id, actor_user_id)
  values (v_org_id, 'settings_changed', 'organization', v_org_id, app.current_user_id());
  perform app.announce('organization_updated', 'organization', v_org_id);
exception
  when check_violation or not_null_violation or data_exception then
    raise exception 'a field has a value that it may not have' using errcode = 'VX400';
end
$$;

comment on function app.set_org_settings(jsonb) is
  'Changes the organisation''s name, zone, rules for booking and safety, and returns it. p_fields may hold name, country (ISO 3166-1 alpha-2), time_zone (IANA; locations keep theirs), buffer_before_minutes, buffer_after_minutes, slot_step_minutes, min_notice_minutes, max_advance_days, hold_seconds, holds_per_day, approval_required, identity_factor, emergency_sentence, recording_consent, ai_disclosure, hipaa_mode, keep_recordings_days (null: recordings are kept until their call is deleted), reminder_channel (sms, voice or both), keep_transcripts_days and keep_messages_days (null as well), keep_memory_days, caller_memory, policies, redact_medical_terms (hipaa_mode has it on whatever this says), calendar_content (private or full), calendar_changes (flag or follow) and hot_lead_phone (E.164; null: nobody); what is absent stays. Owner and admin only (VX403). VX400: an unknown field or a value that it may not have.';

select app.seal('app.set_org_settings(jsonb)', 'app_writer', 'tenant_user');
