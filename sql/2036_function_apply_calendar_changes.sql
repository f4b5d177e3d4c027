create or replace function app.apply_calendar_changes(
  p_calendar_link_id uuid,
  p_lease_id uuid,
  p_whole boolean,
  p_window_from timestamptz,
  p_window_to timestamptz,
  p_sync_token text,
  p_removed text[],
  p_series text[],
  p_external_ids text[],
  p_series_ids text[],
  p_starts timestamptz[],
  p_ends timestamptz[],
  p_own jsonb
)
returns app.calendar_applied
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_link public.calendar_links;
  v_changed text[];
  v_own record;
  v_heeded text;
  v_again boolean := false;
  v_now timestamptz;
  v_applied app.calendar_applied;
begin
  v_applied := ('lost', 0, 0, 0, 0)::app.calendar_applied;
  -- A booking sees the old mirror or the new one.
  perform app.lock_resources(array(
    select l.resource_id from public.calendar_links l where l.org_id = v_org_id and l.id = p_calendar_link_id));
  select * into v_link
  from public.calendar_links l
  where l.org_id = v_org_id and l.id = p_calendar_link_id
  for no key update;
  v_now := app.now();
  if v_link.lease_id is distinct from p_lease_id or p_lease_id is null then
    return v_applied;
  end if;
  v_applied.outcome := 'applied';
  v_changed := app.replace_busy_blocks(p_calendar_link_id, p_whole, p_removed, p_series, tstzrange(p_window_from, p_window_to),
    p_external_ids, p_series_ids, p_starts, p_ends);
  for v_own in
    select o.appointment_id, o.external_id, o.etag,
      case when not o.deleted then o.starts_at end as starts_at,
      case when not o.deleted then greatest(o.starts_at, o.ends_at) end as ends_at
    from jsonb_to_recordset(coalesce(p_own, '[]'))
      o (appointment_id uuid, external_id text, etag text, starts_at timestamptz, ends_at timestamptz, deleted boolean)
    order by o.appointment_id
  loop
    v_heeded := app.heed_outside_event(p_calendar_link_id, v_link.pull_began_at, v_own.appointment_id, v_own.external_id,
      v_own.etag, v_own.starts_at, v_own.ends_at);
    v_applied.followed := v_applied.followed + (v_heeded = 'followed')::integer;
    v_applied.flagged := v_applied.flagged + (v_heeded = 'flagged')::integer;
    v_again := v_again or v_heeded = 'late';
  end loop;
  perform app.mirror_outside(p_calendar_link_id);
  v_applied.conflicts := app.note_conflicts(p_calendar_link_id, v_changed);
  v_applied.blocks := (
    select count(*) from public.busy_blocks b where b.org_id = v_org_id and b.calendar_link_id = p_calendar_link_id);

  -- What somebody did while we wrote the same event comes with no later change: only reading the whole shows it.
  update public.calendar_links l
  set sync_token = case when not v_again then p_sync_token end, window_from = p_window_from, window_to = p_window_to,
    lease_id = null, lease_until = null, failures = 0,
    -- The grant may have gone since the last page came; only a new consent heals that.
    health = case v_link.health when 'needs_reconnect' then v_link.health else 'ok' end,
    failing_since = case v_link.health when 'needs_reconnect' then v_link.failing_since end,
    error_code = case v_link.health when 'needs_reconnect' then v_link.error_code end,
    pull_wanted_at = null, stale_told_at = null, next_pull_at = v_now + interval '10 minutes',
    -- From when it began to read: what changed since then is not in it.
    last_synced_at = v_link.pull_began_at, updated_at = v_now
  where l.org_id = v_org_id and l.id = p_calendar_link_id;
  if v_again or v_link.pull_wanted_at is not null then
    perform app.request_pull(p_calendar_link_id);
  end if;
  if v_link.health <> 'ok' or v_link.last_synced_at is null or v_applied.conflicts > 0 then
    perform app.announce('calendar_updated', 'calendar_link', p_calendar_link_id);
  end if;
  return v_applied;
end
$$;

comment on function app.apply_calendar_changes(uuid, uuid, boolean, timestamptz, timestamptz, text, text[], text[], text[], text[], timestamptz[], timestamptz[], jsonb) is
  'Applies one whole pull, all pages and its token together. p_whole: the times are all of the window; else what p_removed (ids of events that changed, are gone or take no time, and of series of which all is gone) and p_series (ids of series told whole) took before goes first. Times are four arrays of one length (p_series_ids '''' for single events), in any order. p_own are the visits'' own events: [{"appointment_id","external_id","etag","starts_at","ends_at","deleted"}], instants with offsets; see app.heed_outside_event. Locks the resource. The mirror counts as read when the pull began. Outcome lost: another worker has the lease, nothing was written.';

select app.seal('app.apply_calendar_changes(uuid, uuid, boolean, timestamptz, timestamptz, text, text[], text[], text[], text[], timestamptz[], timestamptz[], jsonb)', 'app_writer', 'tenant_service');
