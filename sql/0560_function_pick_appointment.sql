create or replace function app.pick_appointment(
  p_call_id uuid,
  p_appointment text,
  p_on date,
  p_at time,
  p_patient_name text,
  out appointment_id uuid,
  out reason text
)
language plpgsql
stable
set search_path = ''
as $$
declare
  v_ids uuid[];
begin
  if p_call_id is null then
    select a.id into appointment_id
    from public.appointments a
    where a.org_id = app.current_org_id()
      and a.id::text = lower(btrim(p_appointment))
      and a.status <> 'held';
    reason := case when appointment_id is null then 'not_found' end;
    return;
  end if;

  select array_agg(a.id) into v_ids
  from app.meant_appointments(p_call_id, p_appointment, p_on, p_at, p_patient_name) a;
  if cardinality(v_ids) = 1 then
    appointment_id := v_ids[1];
  elsif cardinality(v_ids) > 1 then
    reason := 'which_appointment';
  else
    -- The same answer whether there is such a visit or not, as long as the caller proved nothing.
    reason := case when (select i.known from app.identify_caller(p_call_id) i) then 'not_found' else 'not_verified' end;
  end if;
end
$$;

comment on function app.pick_appointment(uuid, text, date, time, text) is
  'The one visit that is meant, see app.meant_appointments; nothing need be said when only one visit is open to the call. reason else: not_verified, not_found, which_appointment. Staff (p_call_id NULL) name it by id.';

select app.seal('app.pick_appointment(uuid, text, date, time, text)', null, 'app_writer');
