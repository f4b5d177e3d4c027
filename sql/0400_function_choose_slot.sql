-- Called with the candidates locked; from here to the write nothing can change what is free.
create or replace function app.choose_slot(
  p_service_id uuid,
  p_resource_id uuid,
  p_starts_at timestamptz,
  p_now timestamptz,
  p_call_id uuid,
  p_ignore_appointment_id uuid,
  p_override boolean
)
returns setof app.free_slot
language plpgsql
stable
set search_path = ''
as $$
declare
  v_preferred_id uuid;
begin
  if not p_override then
    -- What the call holds is what it was offered, a moved visit stays with its practitioner; among the rest the least
    -- busy one keeps days even.
    select a.resource_id into v_preferred_id
    from public.appointments a
    where a.org_id = app.current_org_id()
      and (a.id = p_ignore_appointment_id or (a.call_id = p_call_id and a.status = 'held'))
    order by a.id = p_ignore_appointment_id desc nulls last
    limit 1;
    return query
    select f.*
    from app.free_slots(p_service_id, p_resource_id, p_starts_at, p_starts_at + interval '1 second', p_now,
      p_call_id, p_ignore_appointment_id) f
    where lower(f.during) = p_starts_at
    order by f.resource_id is not distinct from v_preferred_id desc, f.load, f.resource_id
    limit 1;
    return;
  end if;

  return query
  select r.id, r.location_id, v.during, v.blocked, 0::bigint
  from public.services s
  join public.organizations o on o.id = s.org_id
  cross join lateral (
    select tstzrange(p_starts_at, p_starts_at + s.duration) as during,
      tstzrange(p_starts_at - coalesce(s.buffer_before, o.buffer_before),
        p_starts_at + s.duration + coalesce(s.buffer_after, o.buffer_after)) as blocked
  ) v
  join public.resources r on r.org_id = s.org_id and r.id in (
    select app.candidates(p_service_id, p_resource_id, app.location_of_wish(p_call_id, p_ignore_appointment_id)))
  where s.org_id = app.current_org_id()
    and s.id = p_service_id
    and not exists (
      select from public.appointments a
      where a.org_id = r.org_id
        and a.resource_id = r.id
        and a.scheduled_at > p_starts_at - interval '24 hours'
        and a.scheduled_at < p_starts_at + interval '24 hours'
        and a.status in ('held', 'pending', 'confirmed')
        and not (a.status = 'held' and a.held_until <= p_now)
        and a.id is distinct from p_ignore_appointment_id
        and a.blocked && v.blocked
    )
  order by r.id
  limit 1;
end
$$;

comment on function app.choose_slot(uuid, uuid, timestamptz, timestamptz, uuid, uuid, boolean) is
  'The resource that takes a visit at exactly p_starts_at, or no row when none is free. With p_override only other visits count, not hours, closures, notice, horizon, step or calendars.';

select app.seal('app.choose_slot(uuid, uuid, timestamptz, timestamptz, uuid, uuid, boolean)', null, 'app_writer');
