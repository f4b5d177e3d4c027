insert into pg_temp.findings
-- two_writers: a visit would stand in two calendars.
select 'two_writers', 'error', format('org %s: resource %s', l.org_id, l.resource_id),
  format('%s calendars take its visits', count(*)),
  'The index calendar_links_writes is gone: link the right calendar again with writes, then create the index.'
from public.calendar_links l
where l.writes
group by l.org_id, l.resource_id
having count(*) > 1

union all
-- visit_without_event: nobody was asked to write it.
select 'visit_without_event', 'error', format('org %s: visit %s', a.org_id, a.id),
  format('nobody was asked to write it to link %s', l.id),
  'Something booked past app.note_change: find out what. Linking the calendar again writes all visits ahead.'
from public.appointments a
join public.calendar_links l on l.org_id = a.org_id and l.resource_id = a.resource_id and l.writes
where a.status in ('pending', 'confirmed') and a.scheduled_at > app.now()
  and not exists (
    select from public.calendar_events e
    where e.org_id = a.org_id and e.appointment_id = a.id and e.calendar_link_id = l.id)

union all
-- event_missing: in step by its own word, though it was never made.
select 'event_missing', 'error', format('org %s: event %s', e.org_id, e.id),
  format('said to be in step, and never made for visit %s', e.appointment_id),
  'app.settle_calendar_event was passed by: find out by what. Linking the calendar again writes all visits ahead.'
from public.calendar_events e
join public.appointments a on a.org_id = e.org_id and a.id = e.appointment_id
join public.calendar_links l on l.org_id = e.org_id and l.id = e.calendar_link_id and l.resource_id = a.resource_id and l.writes
where a.status in ('pending', 'confirmed') and a.scheduled_at > app.now()
  and e.synced_version = e.desired_version and e.state <> 'there' and e.outside is null

union all
-- event_left: in step by its own word, and still there.
select 'event_left', 'error', format('org %s: event %s', e.org_id, e.id),
  format('said to be in step, and still there for visit %s', e.appointment_id),
  'Something cancelled or moved past app.note_change: find out what, and delete the event in the calendar.'
from public.calendar_events e
join public.appointments a on a.org_id = e.org_id and a.id = e.appointment_id
join public.calendar_links l on l.org_id = e.org_id and l.id = e.calendar_link_id
where e.synced_version = e.desired_version and e.state = 'there'
  and (a.status = 'cancelled' or a.scheduled_at > app.now() and a.resource_id <> l.resource_id)

union all
-- not_written: the job comes within seconds, a failed one at least half-hourly.
select 'not_written', 'warning', format('org %s: event %s', e.org_id, e.id),
  format('visit %s has waited for more than an hour: %s', e.appointment_id, coalesce(e.error_code, 'no try failed')),
  'The workers do not run, or the calendar refuses: look at their log and at the job sync_calendar_event.'
from public.calendar_events e
join public.calendar_links l on l.org_id = e.org_id and l.id = e.calendar_link_id
where e.synced_version < e.desired_version and l.health <> 'needs_reconnect'
  and coalesce(e.failing_since, e.updated_at) < app.now() - interval '1 hour'

union all
-- lease_left: leases last minutes, and the next worker takes them over.
select 'lease_left', 'warning', x.object,
  format('taken until %s, and nobody took it over', x.lease_until),
  'The workers do not run: look at their log and at the queue calendars.'
from (
  select format('org %s: link %s', l.org_id, l.id), l.lease_until
  from public.calendar_links l
  where l.health <> 'needs_reconnect'
  union all
  select format('org %s: event %s', e.org_id, e.id), e.lease_until
  from public.calendar_events e
  where e.synced_version < e.desired_version
) x (object, lease_until)
where x.lease_until < app.now() - interval '1 hour'

union all
-- mirror_old: bookings of the resource wait for approval.
select 'mirror_old', 'warning', format('org %s: link %s', l.org_id, l.id),
  format('read at %s, %s %s: bookings of the resource wait for approval', coalesce(l.last_synced_at::text, 'no time'), l.health, coalesce(l.error_code, '')),
  'needs_reconnect: the clinic must connect the account again. Else the workers do not run, or the calendar cannot be read: see their log.'
from public.calendar_links l
join public.resources r on r.org_id = l.org_id and r.id = l.resource_id
join public.locations p on p.org_id = r.org_id and p.id = r.location_id
where coalesce(l.last_synced_at, l.created_at) < app.now() - p.calendar_stale_after

union all
-- conflict_not_ended: a reading since then should have closed it.
select 'conflict_not_ended', 'warning', format('org %s: conflict %s', c.org_id, c.id),
  format('a reading since then should have closed it (visit %s)', c.appointment_id),
  'app.apply_calendar_changes was passed by: find out by what. The next reading closes it.'
from public.calendar_conflicts c
join public.appointments a on a.org_id = c.org_id and a.id = c.appointment_id
join public.calendar_links l on l.org_id = c.org_id and l.id = c.calendar_link_id and l.last_synced_at > a.updated_at
where c.ended_at is null
  and (a.status not in ('pending', 'confirmed') or not exists (
    select from public.busy_blocks b
    where b.org_id = c.org_id and b.calendar_link_id = c.calendar_link_id and b.external_id = c.external_id
      and b.resource_id = a.resource_id and a.during && tstzrange(b.starts_at, b.ends_at)))

union all
-- moved_not_busy: where somebody moved an event to is in the calendar, and must not be offered.
select 'moved_not_busy', 'error', format('org %s: event %s', e.org_id, e.id),
  format('where somebody moved visit %s to is still offered', e.appointment_id),
  'app.mirror_outside was passed by: find out by what. The next reading mends it.'
from public.calendar_events e
where e.outside = 'moved'
  and not exists (
    select from public.busy_blocks b
    where b.org_id = e.org_id and b.calendar_link_id = e.calendar_link_id and b.external_id = 'visit:' || e.appointment_id
      and (b.starts_at, b.ends_at) = (e.outside_from, e.outside_to))

union all
-- link_of_nothing: it is read in vain for ever.
select 'link_of_nothing', 'error', format('org %s: link %s', l.org_id, l.id),
  format('no %s account stands behind it: it is read in vain', l.provider),
  'app.disconnect_calendar was passed by: find out by what, and have the clinic unlink it or connect the account.'
from public.calendar_links l
where not exists (
  select from public.org_credentials c where c.org_id = l.org_id and app.calendar_provider(c.provider) = l.provider)

union all
-- channel_over: pushes have ended, and nobody opened another channel; the calendar is read every ten minutes only.
select 'channel_over', 'warning', format('org %s: link %s', l.org_id, l.id),
  format('pushes ended with channel %s at %s: it is read every ten minutes only', l.channel_id, l.channel_expires_at),
  'The workers do not run, or the provider refuses: pushes need a BACKEND_URL that it can reach over https.'
from public.calendar_links l
where l.channel_expires_at < app.now() - interval '1 day' and l.health <> 'needs_reconnect'

union all
-- grant_left: tokens of a consent that nobody confirmed are given back, or forgotten after a day.
select 'grant_left', 'warning', format('org %s: consent %s', s.org_id, s.id),
  format('its tokens were neither kept nor given back (%s)', s.state),
  'The workers do not run: look at their log and at the queue calendars.'
from public.oauth_states s
where s.expires_at < app.now() - interval '2 days'

union all
-- account_of_deleted: nobody's tokens any more.
select 'account_of_deleted', 'warning', format('org %s: %s', o.id, c.provider),
  format('the organisation was deleted at %s, its account is still held', o.deleted_at),
  'The workers do not run: they give the tokens back to the provider.'
from public.org_credentials c
join public.organizations o on o.id = c.org_id
where app.calendar_provider(c.provider) is not null and o.deleted_at < app.now() - interval '1 day';
