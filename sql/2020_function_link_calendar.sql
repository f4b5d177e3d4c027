create or replace function app.link_calendar(
  p_provider text,
  p_resource_id uuid,
  p_external_calendar_id text,
  p_name text,
  p_time_zone text,
  p_writes boolean
)
returns uuid
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_reconnect_since timestamptz;
  v_id uuid;
begin
  perform app.require_admin();
  if coalesce(btrim(p_external_calendar_id), '') = '' or not coalesce(app.is_time_zone(p_time_zone), false) then
    raise exception 'a calendar has an id and a time zone' using errcode = 'VX400';
  elsif not exists (select from public.resources r where r.org_id = v_org_id and r.id = p_resource_id) then
    raise exception 'there is no such resource' using errcode = 'VX404';
  end if;
  -- The account, then the resource, then links: as app.disconnect_calendar, which would leave this one behind.
  select c.needs_reconnect_at into v_reconnect_since
  from public.org_credentials c
  where c.org_id = v_org_id and app.calendar_provider(c.provider) = p_provider
  for share;
  if not found then
    raise exception 'connect the account first' using errcode = 'VX409';
  end if;
  perform app.lock_resources(array[p_resource_id]);
  if p_writes then
    update public.calendar_links l
    set writes = false, updated_at = app.now()
    where l.org_id = v_org_id and l.resource_id = p_resource_id and l.writes
      and (l.provider, l.external_calendar_id) <> (p_provider, p_external_calendar_id);
  end if;
  insert into public.calendar_links as l (
    org_id, resource_id, provider, external_calendar_id, calendar_name, time_zone, writes, health, failing_since, error_code)
  values (
    v_org_id, p_resource_id, p_provider, p_external_calendar_id, left(p_name, 200), p_time_zone, p_writes,
    case when v_reconnect_since is null then 'ok' else 'needs_reconnect' end, v_reconnect_since,
    case when v_reconnect_since is not null then 'grant_revoked' end)
  on conflict (org_id, provider, external_calendar_id) do update
  set calendar_name = excluded.calendar_name, time_zone = excluded.time_zone, writes = excluded.writes, updated_at = app.now()
  where l.resource_id = p_resource_id
  returning l.id into v_id;
  if v_id is null then
    raise exception 'this calendar is another resource''s' using errcode = 'VX409';
  end if;
  -- Visits ahead are written there, and taken away from where they were.
  perform app.wish_calendar_event(v.id)
  from (
    select a.id
    from public.appointments a
    where a.org_id = v_org_id and a.resource_id = p_resource_id and a.status in ('pending', 'confirmed')
      and a.scheduled_at > app.now()
    order by a.id
  ) v;
  insert into public.audit_log (org_id, action, entity, entity_id, actor_user_id)
  values (v_org_id, 'calendar_linked', 'calendar_link', v_id, app.current_user_id());
  perform app.request_pull(v_id);
  perform app.enqueue_job('watch_calendar', jsonb_build_object('calendar_link_id', v_id));
  perform app.announce('calendar_updated', 'calendar_link', v_id);
  return v_id;
end
$$;

comment on function app.link_calendar(text, uuid, text, text, text, boolean) is
  'Links an outside calendar (provider google or microsoft, whose account is connected) to a resource, or changes its name, zone and p_writes. What is in it counts as busy as soon as it was read; until then bookings are pending. p_writes: the resource''s visits are written into it, and into no other. Returns the link. Owner and admin only (VX403). VX404: no such resource; VX409: nothing connected, or the calendar is another resource''s; VX400: no id or zone.';

select app.seal('app.link_calendar(text, uuid, text, text, text, boolean)', 'app_writer', 'tenant_user');
