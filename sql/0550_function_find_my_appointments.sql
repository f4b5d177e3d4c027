create or replace function app.find_my_appointments(
  p_call_id uuid,
  p_appointment text default null,
  p_on date default null,
  p_at time default null,
  p_patient_name text default null
)
returns setof app.booking_result
language sql
stable
security definer
set search_path = ''
as $$
  select b.*
  from app.meant_appointments(p_call_id, p_appointment, p_on, p_at, p_patient_name) a
  cross join lateral app.booking_answer('found', a.id) b
  order by a.scheduled_at, a.id
  limit 10
$$;

comment on function app.find_my_appointments(uuid, text, date, time, text) is
  'The next ten visits that a call may hear about, soonest first; see app.visible_appointments; narrowed to those that are meant, see app.meant_appointments. No rows for a caller who proved nothing, whether or not there are visits.';

select app.seal('app.find_my_appointments(uuid, text, date, time, text)', 'app_writer', 'tenant_service');
