create or replace function app.note_attempt(
  p_kind text,
  p_result app.booking_result,
  p_call_id uuid,
  p_tool_call_id text,
  p_starts_at timestamptz,
  p_said_date text,
  p_said_time text
)
returns void
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_forgotten boolean := app.is_forgotten(p_call_id);
begin
  insert into public.booking_attempts (
    org_id, kind, call_id, tool_call_id, said_date, said_time, service_id, resource_id, starts_at,
    outcome, reason, appointment_id, actor_user_id)
  values (
    app.current_org_id(), p_kind, p_call_id, p_tool_call_id,
    case when not v_forgotten then left(p_said_date, 32) end, case when not v_forgotten then left(p_said_time, 32) end,
    (p_result).service_id, (p_result).resource_id, coalesce(p_starts_at, (p_result).starts_at),
    (p_result).outcome, (p_result).reason, (p_result).appointment_id, app.current_user_id());
end
$$;

comment on function app.note_attempt(text, app.booking_result, uuid, text, timestamptz, text, text) is
  'Leaves the trace of a try in booking_attempts, whatever came of it.';

select app.seal('app.note_attempt(text, app.booking_result, uuid, text, timestamptz, text, text)', null, 'app_writer');
