create or replace function app.blank_calls(p_call_ids uuid[])
returns void
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_now timestamptz := app.now();
begin
  perform app.lock_calls(p_call_ids);
  perform app.forget_gaps(p_call_ids);
  update public.caller_messages m
  set caller_name = null, callback_number = null, body = '[erased]'
  where m.org_id = v_org_id and m.call_id = any (p_call_ids);
  -- What a tool call was answered is kept for its repetition only, and names visits.
  update public.webhook_deliveries d
  set answer = '[erased]'
  from public.call_logs c
  where c.org_id = v_org_id and c.id = any (p_call_ids) and d.org_id = v_org_id and d.vapi_call_id = c.vapi_call_id
    and d.answer is not null;
  -- A tool's date words are the model's, and may hold anything that was said.
  update public.booking_attempts b
  set said_date = null, said_time = null
  where b.org_id = v_org_id and b.call_id = any (p_call_ids) and (b.said_date is not null or b.said_time is not null);
  -- Our own side of the call is no one's secret. A report that still comes counts as taken in: it must bring nothing back.
  update public.call_logs c
  set from_number = case when c.direction = 'outbound' then c.from_number end,
    to_number = case when c.direction = 'outbound' then null else c.to_number end,
    summary = null, summary_source = null, sentiment = null, sentiment_score = null, sentiment_source = null, urgency = null,
    urgency_source = null, lead_score = null, lead_reasons = '{}', service_ids = '{}', transcript = '[]', transcript_state = 'none',
    reported_at = coalesce(c.reported_at, v_now), updated_at = v_now
  where c.org_id = v_org_id and c.id = any (p_call_ids);
  update public.outbound_calls c
  set to_number = null, updated_at = v_now
  where c.org_id = v_org_id and c.call_id = any (p_call_ids) and c.ended_at is not null;
  -- Last: a report that was being taken in has noted its recording by now.
  perform app.drop_recordings(p_call_ids, 'erased');
end
$$;

comment on function app.blank_calls(uuid[]) is
  'Blanks the words of calls and the number on the other side: transcript, summary, messages left, questions that found nothing; a recording is deleted by a job and its links open nothing any more. Times, outcome and cost stay.';

select app.seal('app.blank_calls(uuid[])', null, 'app_writer');
