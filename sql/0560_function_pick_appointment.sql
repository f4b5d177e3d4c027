create or replace function app.pick_appointment(
  p_call_id uuid,
  p_appointment text,
  p_on date,
  out appointment_id uuid,
  out reason text
)
language plpgsql
stable
set search_path = ''
as $$
declare
  v_words text := upper(regexp_replace(coalesce(p_appointment, ''), '[^A-Za-z0-9-]', '', 'g'));
  v_ids uuid[];
begin
  if p_call_id is null then
    select a.id into appointment_id
    from public.appointments a
    where a.org_id = app.current_org_id()
      and a.id::text = lower(v_words)
      and a.status <> 'held';
    reason := case when appointment_id is null then 'not_found' end;
    return;
  end if;

  select array_agg(a.id) into v_ids
  from app.visible_appointments(p_call_id) a
  join public.locations l on l.org_id = a.org_id and l.id = a.location_id
  where (v_words = '' or a.booking_ref = replace(v_words, '-', '') or a.id::text = lower(v_words))
    and (p_on is null or (a.scheduled_at at time zone l.time_zone)::date = p_on);
  if cardinality(v_ids) = 1 then
    appointment_id := v_ids[1];
  elsif cardinality(v_ids) > 1 then
    reason := 'which_appointment';
  else
    -- The same answer whether there is such a visit or not, as long as the caller proved nothing.
    reason := case when exists (
      select from public.caller_verifications v
      where v.org_id = app.current_org_id() and v.call_id = p_call_id and v.succeeded
    ) then 'not_found' else 'not_verified' end;
  end if;
end
$$;

comment on function app.pick_appointment(uuid, text, date) is
  'The one visit that is meant by a booking_ref or id and the local day it stands on; both may be empty when only one visit is open to the call. reason else: not_verified, not_found, which_appointment. Staff (p_call_id NULL) name it by id.';

select app.seal('app.pick_appointment(uuid, text, date)', null, 'app_writer');
