-- Models repeat a wish under a new tool call id. The visit has moved or is cancelled by then, and looking for it where it
-- stood finds nothing: the caller would hear that there is no such visit.
create or replace function app.already_changed(
  p_kind text,
  p_call_id uuid,
  p_appointment text,
  p_on date,
  p_at time,
  p_patient_name text,
  p_starts_at timestamptz
)
returns uuid
language plpgsql
stable
set search_path = ''
as $$
declare
  v_ref text := upper(regexp_replace(coalesce(p_appointment, ''), '[^A-Za-z0-9]', '', 'g'));
begin
  return (
    select a.id
    from public.appointment_changes h
    join public.appointments a on a.org_id = h.org_id and a.id = h.appointment_id
    join public.patients p on p.org_id = a.org_id and p.id = a.patient_id
    join public.locations l on l.org_id = a.org_id and l.id = a.location_id
    where h.org_id = app.current_org_id()
      and h.call_id = p_call_id
      and h.kind = p_kind
      and case p_kind
        when 'cancelled' then a.status = 'cancelled'
        else a.status in ('pending', 'confirmed') and a.scheduled_at = p_starts_at
      end
      and (v_ref = '' or a.booking_ref = v_ref or replace(a.id::text, '-', '') = lower(v_ref))
      and (v_ref <> '' or (
        (p_on is null or (lower(h.old_during) at time zone l.time_zone)::date = p_on)
        and (p_at is null or (lower(h.old_during) at time zone l.time_zone)::time = p_at)
        and app.name_distance(p_patient_name, array[p.name, coalesce(a.said_name, p.name)]) is not null))
    order by h.at desc
    limit 1
  );
end
$$;

comment on function app.already_changed(text, uuid, text, date, time, text, timestamptz) is
  'The visit for which the same call already had this very change made (kind rescheduled to p_starts_at, or cancelled), described as it stood before; NULL when there is none.';

select app.seal('app.already_changed(text, uuid, text, date, time, text, timestamptz)', null, 'app_writer');
