create or replace function app.fail_pull(
  p_calendar_link_id uuid,
  p_lease_id uuid,
  p_error text,
  p_pause_seconds integer default 0,
  p_token_gone boolean default false
)
returns boolean
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_now timestamptz := app.now();
  v_was text;
begin
  select l.health into v_was
  from public.calendar_links l
  where l.org_id = v_org_id and l.id = p_calendar_link_id and l.lease_id = p_lease_id
  for no key update;
  if v_was is null then
    return false;
  end if;
  update public.calendar_links l
  set lease_id = null, lease_until = null, health = case l.health when 'ok' then 'failing' else l.health end,
    failing_since = coalesce(l.failing_since, v_now), error_code = case l.health when 'needs_reconnect' then l.error_code else p_error end,
    failures = l.failures + 1, sync_token = case when not p_token_gone then l.sync_token end,
    next_pull_at = v_now + greatest(
      make_interval(secs => p_pause_seconds), least(interval '30 seconds' * power(2, least(l.failures, 10)), interval '30 minutes')),
    updated_at = v_now
  where l.org_id = v_org_id and l.id = p_calendar_link_id;
  -- From when on bookings wait for approval, staff should know why.
  update public.calendar_links l
  set stale_told_at = v_now
  from public.resources r
  join public.locations p on p.org_id = r.org_id and p.id = r.location_id
  where l.org_id = v_org_id and l.id = p_calendar_link_id and r.org_id = l.org_id and r.id = l.resource_id
    and l.health = 'failing' and l.stale_told_at is null
    and coalesce(l.last_synced_at, l.failing_since) < v_now - p.calendar_stale_after;
  if found then
    perform app.notify_staff('calendar_stale', 'A calendar could not be read for long: bookings wait for your approval', 'calendar_link', p_calendar_link_id);
  end if;
  if v_was = 'ok' then
    perform app.announce('calendar_updated', 'calendar_link', p_calendar_link_id);
  end if;
  return true;
end
$$;

comment on function app.fail_pull(uuid, uuid, text, integer, boolean) is
  'A pull failed (p_error, a word of ours): gives the lease back; the mirror stays as it is and grows old; once it is too old to be believed, staff are told, once. The next is due after 30 seconds, then twice as long each time, half an hour at most, and not before p_pause_seconds. p_token_gone: the next reads the whole window (a 410 is better met within the same pull). False when the lease was lost.';

select app.seal('app.fail_pull(uuid, uuid, text, integer, boolean)', 'app_writer', 'tenant_service');
