create or replace function app.call_outcome(
  p_call_id uuid, p_ended_reason text, p_duration_seconds integer, p_sales_talk boolean default false
)
returns text
language sql
stable
set search_path = ''
as $$
  select case
    when exists (
      select from public.appointments a
      where a.org_id = app.current_org_id() and a.call_id = p_call_id
        and a.status not in ('held', 'cancelled')) then 'booked'
    when exists (
      select from public.appointment_changes h
      where h.org_id = app.current_org_id() and h.call_id = p_call_id and h.kind in ('rescheduled', 'amended')) then 'rescheduled'
    when exists (
      select from public.appointment_changes h
      where h.org_id = app.current_org_id() and h.call_id = p_call_id and h.kind = 'cancelled') then 'cancelled'
    when exists (
      select from public.caller_messages m
      where m.org_id = app.current_org_id() and m.call_id = p_call_id) then 'message'
    when p_ended_reason = 'assistant-forwarded-call' then 'transferred'
    when p_sales_talk then 'spam'
    when p_ended_reason like '%voicemail%' then 'voicemail'
    when p_ended_reason like '%error%' then 'failed'
    when p_ended_reason like '%did-not-answer%' or p_ended_reason like '%no-answer%' or p_ended_reason like '%busy%'
      or coalesce(p_duration_seconds, 0) < 5 then 'missed'
    else 'answered'
  end
$$;

comment on function app.call_outcome(uuid, text, integer, boolean) is
  'The most telling thing that came of a call, from what it left in our tables, else from how it ended: booked, rescheduled, cancelled, message, transferred, spam (p_sales_talk: see app.is_sales_talk), voicemail, failed, missed or answered. What a caller says can make a call spam, and only one of which nothing else came.';

select app.seal('app.call_outcome(uuid, text, integer, boolean)', null, 'app_writer');
