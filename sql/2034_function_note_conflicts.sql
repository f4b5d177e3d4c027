create or replace function app.note_conflicts(p_calendar_link_id uuid, p_external_ids text[])
returns integer
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_now timestamptz := app.now();
  v_appointment_id uuid;
  v_conflicts integer := 0;
begin
  update public.calendar_conflicts c
  set ended_at = v_now
  where c.org_id = v_org_id and c.calendar_link_id = p_calendar_link_id and c.ended_at is null
    and not exists (
      select from public.busy_blocks b
      join public.appointments a on a.org_id = b.org_id and a.id = c.appointment_id and a.resource_id = b.resource_id
      where b.org_id = v_org_id and b.calendar_link_id = p_calendar_link_id and b.external_id = c.external_id
        and a.status in ('pending', 'confirmed') and a.during && tstzrange(b.starts_at, b.ends_at));
  for v_appointment_id in
    insert into public.calendar_conflicts as c (org_id, appointment_id, calendar_link_id, external_id, found_at)
    select distinct v_org_id, a.id, b.calendar_link_id, b.external_id, v_now
    from public.busy_blocks b
    join public.appointments a on a.org_id = b.org_id and a.resource_id = b.resource_id and a.during && tstzrange(b.starts_at, b.ends_at)
    where b.org_id = v_org_id and b.calendar_link_id = p_calendar_link_id and b.external_id = any (p_external_ids)
      -- Visits are found through scheduled_at: none is longer than 12 hours.
      and a.scheduled_at < b.ends_at and a.scheduled_at > b.starts_at - interval '12 hours'
      and a.status in ('pending', 'confirmed') and upper(a.during) > v_now
    on conflict (org_id, appointment_id, calendar_link_id, external_id) do update
    set ended_at = null, found_at = v_now
    where c.ended_at is not null
    returning c.appointment_id
  loop
    v_conflicts := v_conflicts + 1;
    perform app.notify_staff('calendar_conflict', 'A visit lies in a time that the calendar says is taken', 'appointment', v_appointment_id);
  end loop;
  return v_conflicts;
end
$$;

comment on function app.note_conflicts(uuid, text[]) is
  'Tells staff, once each, of visits over which these events of a calendar, new or moved, have come to lie; closes conflicts that are none any more. The visits stay. Returns how many are new.';

select app.seal('app.note_conflicts(uuid, text[])', null, 'app_writer');
