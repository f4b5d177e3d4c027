-- Vapi names hundreds of reasons, and more every month: what errors have in common is looked for. Not among them is who did not
-- want to talk: busy, no answer, a hang-up, silence.
create or replace function app.is_failure(p_ended_reason text)
returns boolean
language sql
immutable
strict
parallel safe
begin atomic
  select p_ended_reason ~ '(error|fail|fault|misdialed|rejected|closed-websocket|worker-shutdown|join-timed-out)'
    or p_ended_reason ~ '^(assistant-not-|assistant-request-returned-)'
    or p_ended_reason = 'vonage-disconnected';
end;

comment on function app.is_failure(text) is
  'Whether a call ended because something broke, at Vapi, at a provider behind it or here, by Vapi''s endedReason, an open set.';

select app.seal('app.is_failure(text)', null, 'app_writer');
