create or replace function app.calendar_events_to_sync(p_limit integer)
returns setof app.calendar_ref
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_now timestamptz := app.now();
begin
  return query
  select x.org_id, x.appointment_id
  from (
    select e.org_id, e.appointment_id, min(e.updated_at) as since
    from public.calendar_events e
    join public.calendar_links l on l.org_id = e.org_id and l.id = e.calendar_link_id and l.health <> 'needs_reconnect'
    where e.synced_version < e.desired_version
      and (e.lease_until is null or e.lease_until <= v_now)
      and greatest(coalesce(e.retry_at, e.updated_at), e.turn_at) <= v_now - interval '2 minutes'
      and exists (select from public.organizations o where o.id = e.org_id and o.deleted_at is null)
    group by e.org_id, e.appointment_id
  ) x
  order by x.since, x.appointment_id
  limit p_limit;
end
$$;

comment on function app.calendar_events_to_sync(integer) is
  'Visits, of all clinics, whose events are out of step though their job should have come by two minutes ago: it was lost, or its worker died. The longest waiting first.';

select app.seal('app.calendar_events_to_sync(integer)', 'app_definer', 'voxanne_login');
