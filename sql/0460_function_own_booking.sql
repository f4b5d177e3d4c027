-- Models repeat a wish under a new tool call id, callers change their mind, and parents book two children: what an
-- overlapping booking of the same call means depends on whose name it carries.
create or replace function app.own_booking(
  p_call_id uuid,
  p_service_id uuid,
  p_resource_id uuid,
  p_starts_at timestamptz,
  p_patient_name text,
  p_date_of_birth date,
  p_another_person boolean,
  out verdict text,
  out appointment_id uuid
)
language plpgsql
stable
set search_path = ''
as $$
declare
  v_name text := app.normalise_name(p_patient_name);
  v_visit tstzrange := (
    select tstzrange(p_starts_at, p_starts_at + s.duration)
    from public.services s
    where s.org_id = app.current_org_id() and s.id = p_service_id
  );
  v_own record;
begin
  for v_own in
    select a.id, a.service_id, a.resource_id, a.scheduled_at, p.normalised_name, a.said_date_of_birth
    from public.appointments a
    join public.patients p on p.org_id = a.org_id and p.id = a.patient_id
    where a.org_id = app.current_org_id()
      and a.call_id = p_call_id
      and a.status in ('pending', 'confirmed')
      and a.during && v_visit
    order by p.normalised_name = v_name desc, a.created_at
  loop
    if v_own.normalised_name = v_name then
      verdict := case
        when v_own.service_id = p_service_id and v_own.scheduled_at = p_starts_at
          and (p_resource_id is null or p_resource_id = v_own.resource_id) then 'replay'
        else 'amend'
      end;
      appointment_id := v_own.id;
      return;
    elsif not p_another_person
      and extensions.levenshtein_less_equal(left(v_own.normalised_name, 100), left(v_name, 100), 2) <= 2
      and not coalesce(v_own.said_date_of_birth <> p_date_of_birth, false)
    then
      verdict := 'question';
      appointment_id := v_own.id;
      return;
    end if;
  end loop;
end
$$;

comment on function app.own_booking(uuid, uuid, uuid, timestamptz, text, date, boolean) is
  'What a wish means beside the visits that the same call booked for an overlapping time. replay: the same wish again; amend: the same patient, otherwise; question: a name at most two edits away, and nothing that tells two people apart; NULL: somebody else, or no overlap.';

select app.seal('app.own_booking(uuid, uuid, uuid, timestamptz, text, date, boolean)', null, 'app_writer');
