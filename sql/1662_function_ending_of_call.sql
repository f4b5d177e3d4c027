create or replace function app.ending_of_call(p_ended_reason text, p_connected boolean)
returns text
language sql
immutable
parallel safe
set search_path = ''
as $$
  select case
    when p_ended_reason like '%concurrency-limit%' then 'line_busy'
    when p_ended_reason like '%busy%' then 'busy'
    when p_ended_reason like '%did-not-answer%' or p_ended_reason like '%no-answer%' then 'no_answer'
    when p_ended_reason like '%voicemail%' then 'voicemail'
    when p_ended_reason in ('manually-canceled', 'scheduled-call-deleted') then 'stopped'
    when (p_ended_reason like '%error%' or p_ended_reason like '%fail%' or p_ended_reason like '%misdialed%' or p_ended_reason is null)
      and not coalesce(p_connected, false) then 'failed'
    else 'completed'
  end
$$;

comment on function app.ending_of_call(text, boolean) is
  'How a call that we made ended, in a word of ours for Vapi''s endedReason, an open set: line_busy (every slot of the account was taken, nobody was rung), busy, no_answer, voicemail, stopped (by somebody with access to the account), failed, or completed: somebody was on the line. p_connected decides about errors: one in the middle of a talk leaves a person reached.';

select app.seal('app.ending_of_call(text, boolean)', null, 'app_writer');
