create or replace function app.amend_appointment(
  p_call_id uuid,
  p_booking_ref text,
  p_service text default null,
  p_starts_at timestamptz default null,
  p_resource text default null,
  p_patient_name text default null,
  p_tool_call_id text default null,
  p_said_date text default null,
  p_said_time text default null
)
returns setof app.booking_result
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_old public.appointments;
  v_service_id uuid;
  v_resource_id uuid;
  v_result app.booking_result;
begin
  perform app.lock_call(p_call_id);
  v_result := app.replayed_attempt('amend', p_call_id, p_tool_call_id);
  if v_result.outcome is not null then
    return next v_result;
    return;
  end if;

  select * into v_old
  from public.appointments a
  where a.org_id = v_org_id
    and a.call_id = p_call_id
    and a.booking_ref = upper(regexp_replace(p_booking_ref, '[^A-Za-z0-9]', '', 'g'));
  v_service_id := case when coalesce(btrim(p_service), '') = '' then v_old.service_id
    else (select id from app.find_service(p_service)) end;
  v_resource_id := (select id from app.find_resource(p_resource));

  if v_old.id is null then
    v_result := app.booking_refusal('refused', 'not_found');
  elsif v_service_id is null then
    v_result := app.booking_refusal('refused', 'unknown_service');
  elsif v_resource_id is null and coalesce(btrim(p_resource), '') <> '' then
    v_result := app.booking_refusal('refused', 'unknown_resource', v_service_id);
  elsif v_old.status not in ('pending', 'confirmed') then
    v_result := app.booking_refusal('refused', 'not_active', v_service_id);
  else
    begin
      v_result := app.move_appointment('amended', v_old.id, v_service_id, v_resource_id,
        coalesce(p_starts_at, v_old.scheduled_at), p_call_id, false);
      if v_result.outcome = 'amended' and app.normalise_name(coalesce(p_patient_name, '')) <> '' then
        perform app.rename_patient(v_old.id, p_patient_name, p_call_id);
        v_result := app.booking_answer('amended', v_old.id);
      end if;
    exception when unique_violation then
      -- Under the new name or time it would be a visit that this call has booked already: nothing is changed.
      v_result := app.booking_refusal('question', 'own_booking', v_service_id, v_resource_id, p_starts_at);
    end;
  end if;

  perform app.note_attempt('amend', v_result, p_call_id, p_tool_call_id, p_starts_at, p_said_date, p_said_time);
  return next v_result;
end
$$;

comment on function app.amend_appointment(uuid, text, text, timestamptz, text, text, text, text, text) is
  'Changes a booking that this very call made, named by its booking_ref: service, start, resource or the patient''s name; what is NULL or blank stays, but for the resource: without a name it stays where it is free, else another takes the visit. outcome amended, or refused: not_found (of another call, or none), not_active, unknown_service, unknown_resource or one of app.refusal_reason with alternatives.';

select app.seal('app.amend_appointment(uuid, text, text, timestamptz, text, text, text, text, text)', 'app_writer', 'tenant_service');
