create or replace function app.call_outcome(
  p_call_id uuid, p_ended_reason text, p_duration_seconds integer, p_sales_talk boolean default false, p_spoke boolean default null
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
    -- The second is a call that we passed on without any agent.
    when p_ended_reason in ('assistant-forwarded-call', 'assistant-request-returned-forwarding-phone-number') then 'transferred'
    -- A greeting that wants keys pressed is a voicemail's before it is a robot's.
    when p_ended_reason like '%voicemail%' then 'voicemail'
    when p_sales_talk then 'spam'
    when app.is_failure(p_ended_reason) then 'failed'
    when p_ended_reason like '%did-not-answer%' or p_ended_reason like '%no-answer%' or p_ended_reason like '%busy%' then 'missed'
    when exists (
      select from public.call_logs c
      where c.org_id = app.current_org_id() and c.id = p_call_id and c.questions_answered > 0) then 'answered'
    when coalesce(p_duration_seconds, 0) < 5 or p_spoke is false
      or p_ended_reason = 'silence-timed-out' and p_spoke is not true then 'missed'
    else 'answered'
  end
$$;

comment on function app.call_outcome(uuid, text, integer, boolean, boolean) is
  'The most telling thing that came of a call, from what it left in our tables, else from how it ended: booked, rescheduled, cancelled, message, transferred, voicemail, spam (p_sales_talk: see app.is_sales_talk), failed, missed or answered. p_spoke: whether the caller said anything, NULL where there is no transcript; who was answered from the documents did. What a caller says can make a call spam, and only one of which nothing else came.';

select app.seal('app.call_outcome(uuid, text, integer, boolean, boolean)', null, 'app_writer');
