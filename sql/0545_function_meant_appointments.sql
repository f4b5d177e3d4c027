create or replace function app.meant_appointments(
  p_call_id uuid,
  p_appointment text default null,
  p_on date default null,
  p_at time default null,
  p_patient_name text default null
)
returns setof public.appointments
language plpgsql
stable
set search_path = ''
as $$
declare
  v_ref text := upper(regexp_replace(coalesce(p_appointment, ''), '[^A-Za-z0-9]', '', 'g'));
begin
  return query
  with open as (
    select a as visit, a.scheduled_at, a.id,
      case when v_ref <> '' then 0
        else app.name_distance(p_patient_name, array[p.name, coalesce(a.said_name, p.name)]) end as off
    from app.visible_appointments(p_call_id) a
    join public.locations l on l.org_id = a.org_id and l.id = a.location_id
    join public.patients p on p.org_id = a.org_id and p.id = a.patient_id
    where case
      when v_ref <> '' then a.booking_ref = v_ref or replace(a.id::text, '-', '') = lower(v_ref)
      else (p_on is null or (a.scheduled_at at time zone l.time_zone)::date = p_on)
        and (p_at is null or (a.scheduled_at at time zone l.time_zone)::time = p_at)
    end
  )
  -- Ann is not Anne where both have a visit: a name that fits as it was said leaves the near ones out.
  select (o.visit).*
  from open o
  where o.off = (select min(x.off) from open x)
  order by o.scheduled_at, o.id;
end
$$;

comment on function app.meant_appointments(uuid, text, date, time, text) is
  'Those of app.visible_appointments that a caller means: by booking_ref or id alone, else by the local day and time they stand on and the patient''s name (the first name will do; two edits are forgiven where no name fits better). What is not said does not narrow; what is said and fits none gives none.';

select app.seal('app.meant_appointments(uuid, text, date, time, text)', null, 'app_writer');
