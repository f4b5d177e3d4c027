create or replace function app.replayed_attempt(p_kind text, p_call_id uuid, p_tool_call_id text)
returns app.booking_result
language plpgsql
stable
set search_path = ''
as $$
declare
  v_attempt public.booking_attempts;
begin
  select * into v_attempt
  from public.booking_attempts t
  where t.org_id = app.current_org_id()
    and t.call_id = p_call_id
    and t.tool_call_id = p_tool_call_id
    and t.kind = p_kind
    and t.appointment_id is not null
    and t.outcome not in ('refused', 'question')
  order by t.at
  limit 1;
  if not found then
    return null;
  end if;
  return app.booking_answer(v_attempt.outcome, v_attempt.appointment_id, v_attempt.reason, true);
end
$$;

comment on function app.replayed_attempt(text, uuid, text) is
  'The answer to a tool call that already succeeded once, about the appointment as it stands now; NULL when it is new. Looked up under app.lock_call, so that parallel repeats see each other.';

select app.seal('app.replayed_attempt(text, uuid, text)', null, 'app_writer');
