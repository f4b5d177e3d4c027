create or replace function app.booking_answer(
  p_outcome text,
  p_appointment_id uuid,
  p_reason text default null,
  p_replayed boolean default false
)
returns app.booking_result
language plpgsql
stable
set search_path = ''
as $$
declare
  v_row app.booking_result;
begin
  select p_outcome, p_reason, p_replayed, a.id, a.booking_ref, a.status, coalesce(a.said_name, p.name), s.id, s.name, r.id, r.name,
    a.scheduled_at, a.scheduled_at + a.duration, l.time_zone, '{}'::timestamptz[]
  into v_row
  from public.appointments a
  join public.services s on s.org_id = a.org_id and s.id = a.service_id
  join public.resources r on r.org_id = a.org_id and r.id = a.resource_id
  join public.locations l on l.org_id = a.org_id and l.id = a.location_id
  left join public.patients p on p.org_id = a.org_id and p.id = a.patient_id
  where a.org_id = app.current_org_id()
    and a.id = p_appointment_id;
  return v_row;
end
$$;

comment on function app.booking_answer(text, uuid, text, boolean) is
  'The result of a booking function about an appointment as it stands now. The patient is named as the booking call said, not as on file: the answer must not tell a stranger''s wish from a known patient''s.';

select app.seal('app.booking_answer(text, uuid, text, boolean)', null, 'app_writer');
