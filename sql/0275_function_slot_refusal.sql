create or replace function app.slot_refusal(
  p_service_id uuid,
  p_resource_id uuid,
  p_starts_at timestamptz,
  p_now timestamptz,
  p_call_id uuid,
  p_ignore_appointment_id uuid,
  p_override boolean
)
returns app.booking_result
language plpgsql
volatile
set search_path = ''
as $$
begin
  return app.booking_refusal(
    'refused',
    case
      when p_override and exists (
        select app.candidates(p_service_id, p_resource_id, app.location_of_wish(p_call_id, p_ignore_appointment_id))) then 'taken'
      else app.refusal_reason(p_service_id, p_resource_id, p_starts_at, p_now, p_call_id, p_ignore_appointment_id) end,
    p_service_id, p_resource_id, p_starts_at,
    app.next_alternatives(p_service_id, p_resource_id, p_starts_at, p_call_id, p_ignore_appointment_id));
end
$$;

comment on function app.slot_refusal(uuid, uuid, timestamptz, timestamptz, uuid, uuid, boolean) is
  'The answer to a wish for a start that app.choose_slot found not to be free: why, and up to three alternatives. An override is refused by other visits only.';

select app.seal('app.slot_refusal(uuid, uuid, timestamptz, timestamptz, uuid, uuid, boolean)', null, 'app_writer');
