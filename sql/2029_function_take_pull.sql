create or replace function app.take_pull(p_calendar_link_id uuid, p_lease_id uuid)
returns setof app.calendar_pull
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_link public.calendar_links;
  v_now timestamptz;
  v_horizon interval;
  v_whole boolean;
  v_outcome text;
begin
  select * into v_link
  from public.calendar_links l
  where l.org_id = v_org_id and l.id = p_calendar_link_id
  for no key update;
  v_now := app.now();
  v_horizon := (select o.max_advance from public.organizations o where o.id = v_org_id);
  v_outcome := case
    when v_link.id is null then 'gone'
    when v_link.health = 'needs_reconnect' then 'needs_reconnect'
    when v_link.lease_until > v_now and v_link.lease_id <> p_lease_id then 'busy'
    else 'pull'
  end;
  if v_outcome = 'busy' then
    update public.calendar_links l set pull_wanted_at = v_now where l.org_id = v_org_id and l.id = p_calendar_link_id;
  end if;
  if v_outcome <> 'pull' then
    return next (v_outcome, null, null, null, null, null, null, null)::app.calendar_pull;
    return;
  end if;
  -- A token never moves its window: the whole is read anew once the end of what may be booked comes near its end.
  v_whole := v_link.sync_token is null or v_link.window_to is null or v_link.window_to < v_now + v_horizon + interval '12 hours';
  if v_whole then
    v_link.window_from := date_trunc('day', v_now - interval '1 day', v_link.time_zone);
    v_link.window_to := date_trunc('day', v_now + v_horizon + interval '3 days', v_link.time_zone);
  end if;
  update public.calendar_links l
  set lease_id = p_lease_id, lease_until = v_now + interval '10 minutes', pull_began_at = v_now, pull_wanted_at = null
  where l.org_id = v_org_id and l.id = p_calendar_link_id;
  return next (
    v_outcome, v_link.resource_id, v_link.provider, v_link.external_calendar_id, v_link.time_zone,
    case when not v_whole then v_link.sync_token end, v_link.window_from, v_link.window_to)::app.calendar_pull;
end
$$;

comment on function app.take_pull(uuid, uuid) is
  'Takes the lease (p_lease_id, made up by the worker) to read a calendar, for ten minutes, and says what to read; see app.calendar_pull. The window goes from yesterday to two days past what may be booked and is set anew about daily. app.apply_calendar_changes or app.fail_pull follows.';

select app.seal('app.take_pull(uuid, uuid)', 'app_writer', 'tenant_service');
