-- Locks in the order of every change of a visit: the resource (by the caller), the visit, its event.
create or replace function app.heed_outside_event(
  p_calendar_link_id uuid,
  p_read_at timestamptz,
  p_appointment_id uuid,
  p_external_id text,
  p_etag text,
  p_from timestamptz,
  p_to timestamptz
)
returns text
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_visit public.appointments;
  v_event public.calendar_events;
  v_now timestamptz;
begin
  select * into v_visit from public.appointments a where a.org_id = v_org_id and a.id = p_appointment_id for update;
  select * into v_event
  from public.calendar_events e
  where e.org_id = v_org_id and e.appointment_id = p_appointment_id and e.calendar_link_id = p_calendar_link_id
  for no key update;
  v_now := app.now();
  if v_event.id is null or v_event.external_id <> p_external_id or v_visit.status not in ('pending', 'confirmed')
    or v_visit.scheduled_at <= v_now
    -- Elsewhere by now: its own calendar tells, and only that resource is locked.
    or not exists (
      select from public.calendar_links l
      where l.org_id = v_org_id and l.id = p_calendar_link_id and l.resource_id = v_visit.resource_id and l.writes) then
    return 'none';
  elsif v_event.synced_version < v_event.desired_version or v_event.lease_until > v_now then
    return 'ours';
  elsif p_from is null and v_event.state <> 'there'
    or (v_event.outside_from, v_event.outside_to) = (p_from, p_to) then
    return 'same';
  elsif (p_from, p_to) = (lower(v_visit.during), upper(v_visit.during)) then
    update public.calendar_events e
    set outside = null, outside_from = null, outside_to = null, state = 'there', etag = coalesce(p_etag, e.etag)
    where e.org_id = v_org_id and e.id = v_event.id and (e.outside is not null or e.state <> 'there');
    return 'same';
  elsif v_event.settled_at >= p_read_at then
    return 'late';
  end if;

  if (select o.calendar_changes from public.organizations o where o.id = v_org_id) = 'follow'
    and app.follow_outside_event(v_visit, v_event.id, p_from, p_to) then
    return 'followed';
  end if;
  perform app.flag_outside_event(v_event.id, p_from, p_to);
  return 'flagged';
end
$$;

comment on function app.heed_outside_event(uuid, timestamptz, uuid, text, text, timestamptz, timestamptz) is
  'Compares a visit with its event as a calendar was read to have it since p_read_at; p_from and p_to NULL: it is deleted. none: not a visit ahead, not its event, or not the calendar that takes it; ours: we are about to write it, and our word counts; same; late: we wrote it after that reading began, read again; followed or flagged, by organizations.calendar_changes.';

select app.seal('app.heed_outside_event(uuid, timestamptz, uuid, text, text, timestamptz, timestamptz)', null, 'app_writer');
