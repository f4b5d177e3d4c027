create or replace function app.calendar_health()
returns setof app.calendar_health_row
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_now timestamptz := app.now();
begin
  return query
  select l.id, l.provider, c.connected_email, r.id, r.name, l.external_calendar_id, l.calendar_name, l.time_zone, l.writes,
    l.health, l.failing_since, l.error_code, l.last_synced_at,
    coalesce(l.last_synced_at < v_now - p.calendar_stale_after, true), l.channel_expires_at,
    e.waiting, e.failing, e.outside, (
      select count(*)::integer
      from public.calendar_conflicts x
      where x.org_id = l.org_id and x.calendar_link_id = l.id and x.ended_at is null)
  from public.calendar_links l
  join public.resources r on r.org_id = l.org_id and r.id = l.resource_id
  join public.locations p on p.org_id = r.org_id and p.id = r.location_id
  left join public.org_credentials c on c.org_id = l.org_id and app.calendar_provider(c.provider) = l.provider
  cross join lateral (
    select count(*) filter (where v.synced_version < v.desired_version)::integer as waiting,
      count(*) filter (where v.synced_version < v.desired_version and v.failing_since is not null)::integer as failing,
      count(*) filter (where v.outside is not null)::integer as outside
    from public.calendar_events v
    where v.org_id = l.org_id and v.calendar_link_id = l.id
  ) e
  where l.org_id = app.require_org_id()
  order by r.name, l.created_at, l.id;
end
$$;

comment on function app.calendar_health() is 'Every linked calendar of the clinic and how it does, see app.calendar_health_row, by resource.';

select app.seal('app.calendar_health()', 'app_writer', 'tenant_user', 'tenant_service');
