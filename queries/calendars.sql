-- name: BeginOAuth :one
select app.begin_oauth(
  p_provider => @provider::text,
  p_state_hash => @state_hash::bytea,
  p_ciphertext => @ciphertext::bytea,
  p_nonce => @nonce::bytea,
  p_auth_tag => @auth_tag::bytea,
  p_key_id => @key_id::text
)::uuid as id;

-- name: TakeOAuth :one
select *
from app.take_oauth(p_state_hash => @state_hash::bytea);

-- name: ParkGrant :one
select app.park_grant(
  p_id => @id::uuid,
  p_ciphertext => @ciphertext::bytea,
  p_nonce => @nonce::bytea,
  p_auth_tag => @auth_tag::bytea,
  p_key_id => @key_id::text,
  p_email => sqlc.narg('email')::text,
  p_account_hash => @account_hash::bytea
)::boolean as done;

-- name: ParkedGrant :one
select *
from app.parked_grant(p_id => @id::uuid);

-- name: ConfirmGrant :one
select *
from app.confirm_grant(p_id => @id::uuid);

-- name: RefuseGrant :one
select app.refuse_grant(p_id => @id::uuid)::boolean as done;

-- name: IsAccountUsed :one
select app.is_account_used(
  p_provider => @provider::text,
  p_account_hash => @account_hash::bytea,
  p_except => sqlc.narg('except')::uuid
)::boolean as done;

-- name: OrgsWithOldGrants :many
select org_id::uuid
from app.orgs_with_old_grants() org_id;

-- name: TakeOldGrants :many
select *
from app.take_old_grants();

-- name: DropGrant :one
select app.drop_grant(p_id => @id::uuid)::boolean as done;

-- name: KeepRefusedGrant :one
select app.keep_refused_grant(
  p_provider => @provider::text,
  p_user_id => @user_id::uuid,
  p_ciphertext => @ciphertext::bytea,
  p_nonce => @nonce::bytea,
  p_auth_tag => @auth_tag::bytea,
  p_key_id => @key_id::text,
  p_account_hash => @account_hash::bytea
)::uuid as id;

-- name: NoteRefusedGrant :one
select app.note_refused_grant(
  p_id => @id::uuid,
  p_ciphertext => @ciphertext::bytea,
  p_nonce => @nonce::bytea,
  p_auth_tag => @auth_tag::bytea,
  p_key_id => @key_id::text
)::boolean as done;

-- name: BeginRefresh :one
select *
from app.begin_refresh(
  p_provider => @provider::text,
  p_version => @version::integer,
  p_lease_id => @lease_id::uuid
);

-- name: NoteRefresh :one
-- Zero: there are other tokens, or none.
select coalesce(app.note_refresh(
  p_provider => @provider::text,
  p_version => @version::integer,
  p_ciphertext => @ciphertext::bytea,
  p_nonce => @nonce::bytea,
  p_auth_tag => @auth_tag::bytea,
  p_key_id => @key_id::text
), 0)::integer as version;

-- name: LeaveRefresh :exec
select app.leave_refresh(p_provider => @provider::text, p_lease_id => @lease_id::uuid);

-- name: NoteGrantRevoked :one
select app.note_grant_revoked(p_provider => @provider::text, p_version => @version::integer)::boolean as done;

-- name: DisconnectCalendar :one
select *
from app.disconnect_calendar(p_provider => @provider::text);

-- name: LinkCalendar :one
select app.link_calendar(
  p_provider => @provider::text,
  p_resource_id => @resource_id::uuid,
  p_external_calendar_id => @external_calendar_id::text,
  p_name => sqlc.narg('name')::text,
  p_time_zone => @time_zone::text,
  p_writes => @writes::boolean
)::uuid as id;

-- name: UnlinkCalendar :one
select *
from app.unlink_calendar(p_calendar_link_id => @calendar_link_id::uuid);

-- name: TakeCalendarEvent :one
select *
from app.take_calendar_event(p_appointment_id => @appointment_id::uuid, p_lease_id => @lease_id::uuid);

-- name: SettleCalendarEvent :one
select app.settle_calendar_event(
  p_event_id => @event_id::uuid,
  p_lease_id => @lease_id::uuid,
  p_version => @version::integer,
  p_outcome => @outcome::text,
  p_external_id => sqlc.narg('external_id')::text,
  p_etag => sqlc.narg('etag')::text,
  p_error => sqlc.narg('error')::text,
  p_pause_seconds => @pause_seconds::integer
)::boolean as done;

-- name: CalendarEventsToSync :many
select *
from app.calendar_events_to_sync(p_limit => @up_to::integer);

-- name: RequestPull :one
select app.request_pull(p_calendar_link_id => @calendar_link_id::uuid)::boolean as done;

-- name: TakePull :one
select *
from app.take_pull(p_calendar_link_id => @calendar_link_id::uuid, p_lease_id => @lease_id::uuid);

-- name: ExpectedCalendarEvents :many
select *
from app.expected_calendar_events(p_calendar_link_id => @calendar_link_id::uuid);

-- name: ApplyCalendarChanges :one
select *
from app.apply_calendar_changes(
  p_calendar_link_id => @calendar_link_id::uuid,
  p_lease_id => @lease_id::uuid,
  p_whole => @whole::boolean,
  p_window_from => @window_from::timestamptz,
  p_window_to => @window_to::timestamptz,
  p_sync_token => sqlc.narg('sync_token')::text,
  p_removed => @removed::text[],
  p_series => @series::text[],
  p_external_ids => @external_ids::text[],
  p_series_ids => @series_ids::text[],
  p_starts => @starts::timestamptz[],
  p_ends => @ends::timestamptz[],
  p_own => @own::jsonb
);

-- name: FailPull :one
select app.fail_pull(
  p_calendar_link_id => @calendar_link_id::uuid,
  p_lease_id => @lease_id::uuid,
  p_error => sqlc.narg('error')::text,
  p_pause_seconds => @pause_seconds::integer,
  p_token_gone => @token_gone::boolean
)::boolean as done;

-- name: LinksToPull :many
select *
from app.links_to_pull(p_limit => @up_to::integer);

-- name: ChannelsToRenew :many
select *
from app.channels_to_renew(p_limit => @up_to::integer);

-- name: TakeChannel :one
select *
from app.take_channel(p_calendar_link_id => @calendar_link_id::uuid);

-- name: NoteChannel :one
select app.note_channel(
  p_calendar_link_id => @calendar_link_id::uuid,
  p_channel_id => @channel_id::text,
  p_channel_resource_id => sqlc.narg('channel_resource_id')::text,
  p_token_hash => @token_hash::bytea,
  p_expires_at => @expires_at::timestamptz
)::boolean as done;

-- name: LoseChannel :one
select app.lose_channel(p_calendar_link_id => @calendar_link_id::uuid, p_channel_id => @channel_id::text)::boolean as done;

-- name: FindChannel :one
select *
from app.find_channel(p_channel_id => @channel_id::text, p_token_hash => @token_hash::bytea);

-- name: CalendarHealth :many
select *
from app.calendar_health();

-- name: SettleCalendarChange :one
select app.settle_calendar_change(p_appointment_id => @appointment_id::uuid, p_follow => @follow::boolean)::text as outcome;

-- name: AddFeed :one
select app.add_feed(p_resource_id => @resource_id::uuid, p_token_hash => @token_hash::bytea)::uuid as id;

-- name: RevokeFeed :one
select app.revoke_feed(p_id => @id::uuid)::boolean as done;

-- name: FindFeedTenant :one
select org_id::uuid
from app.find_feed_tenant(p_token_hash => @token_hash::bytea) org_id;

-- name: OpenFeed :many
select *
from app.open_feed(p_token_hash => @token_hash::bytea);

-- name: CalendarCounts :one
select *
from app.calendar_counts();

-- name: DescribeCalendarAccount :one
select provider, connected_email, grant_version, needs_reconnect_at, last_verified_at, created_at, updated_at
from public.org_credentials
where org_id = @org_id and provider = @provider;

-- name: ChangeCalendar :exec
select app.change_calendar(
  p_calendar_link_id => @calendar_link_id::uuid,
  p_name => sqlc.narg('name')::text,
  p_writes => sqlc.narg('writes')::boolean
);

-- name: RefreshCalendar :one
select app.refresh_calendar(p_calendar_link_id => @calendar_link_id::uuid)::boolean as done;

-- name: NotePush :one
select app.note_push(p_calendar_link_id => @calendar_link_id::uuid, p_channel_id => @channel_id::text, p_kind => @kind::text)::boolean as done;

-- name: FeedName :one
-- Empty when there is no such feed, or it is closed.
select coalesce(app.feed_name(p_token_hash => @token_hash::bytea), '')::text as name;

-- name: ListCalendarFeeds :many
-- Those that are open.
select f.id, f.resource_id, r.name as resource_name, f.created_by, f.created_at, count(*) over () as total
from public.calendar_feeds f
join public.resources r on r.org_id = f.org_id and r.id = f.resource_id
where f.org_id = @org_id and f.revoked_at is null
order by f.created_at, f.id
limit @up_to offset @past;

-- name: ListOutsideChanges :many
-- Visits whose event was changed outside and that did not follow, the latest change first.
select e.appointment_id, e.calendar_link_id, l.provider, l.calendar_name, e.outside::text as change, e.outside_from, e.outside_to,
  e.updated_at as noticed_at, a.booking_ref, a.status, a.scheduled_at as starts_at, upper(a.during)::timestamptz as ends_at, o.time_zone,
  a.resource_id, r.name as resource_name, a.contact_id, c.name as contact_name, c.phone as phone_number, p.name as patient_name,
  count(*) over () as total
from public.calendar_events e
join public.calendar_links l on l.org_id = e.org_id and l.id = e.calendar_link_id
join public.appointments a on a.org_id = e.org_id and a.id = e.appointment_id
join public.resources r on r.org_id = a.org_id and r.id = a.resource_id
join public.locations o on o.org_id = a.org_id and o.id = a.location_id
left join public.contacts c on c.org_id = a.org_id and c.id = a.contact_id
left join public.patients p on p.org_id = a.org_id and p.id = a.patient_id
where e.org_id = @org_id and e.outside is not null
order by e.updated_at desc, e.id
limit @up_to offset @past;

-- name: ListCalendarConflicts :many
-- Visits that lie under a busy time of an outside calendar, the latest found first.
select x.id, x.appointment_id, x.calendar_link_id, l.provider, l.calendar_name, x.found_at, a.booking_ref, a.status,
  a.scheduled_at as starts_at, upper(a.during)::timestamptz as ends_at, o.time_zone, a.resource_id, r.name as resource_name,
  a.contact_id, c.name as contact_name, c.phone as phone_number, p.name as patient_name, count(*) over () as total
from public.calendar_conflicts x
join public.calendar_links l on l.org_id = x.org_id and l.id = x.calendar_link_id
join public.appointments a on a.org_id = x.org_id and a.id = x.appointment_id
join public.resources r on r.org_id = a.org_id and r.id = a.resource_id
join public.locations o on o.org_id = a.org_id and o.id = a.location_id
left join public.contacts c on c.org_id = a.org_id and c.id = a.contact_id
left join public.patients p on p.org_id = a.org_id and p.id = a.patient_id
where x.org_id = @org_id and x.ended_at is null
order by x.found_at desc, x.id
limit @up_to offset @past;

-- name: CalendarOfVisit :one
-- How the visit's event stands in the calendar that takes its resource's visits, or last did.
select case when e.synced_version = e.desired_version then 'in_step' when e.failing_since is null then 'waiting' else 'failing' end::text as state,
  e.outside, e.error_code
from public.calendar_events e
join public.calendar_links l on l.org_id = e.org_id and l.id = e.calendar_link_id
where e.org_id = @org_id and e.appointment_id = @appointment_id
order by l.writes desc, e.updated_at desc, e.id
limit 1;

-- name: NoteCalendarZone :one
select app.note_calendar_zone(
  p_calendar_link_id => @calendar_link_id::uuid,
  p_lease_id => @lease_id::uuid,
  p_zone => @zone::text
)::boolean as done;

-- name: KnownVisits :many
select id::uuid
from app.known_visits(p_ids => @ids::uuid[]) id;

-- name: TakeCalendarTurn :one
-- Milliseconds.
select app.take_calendar_turn(
  p_provider => @provider::text,
  p_account => @account::boolean,
  p_cost => @cost::integer,
  p_rate => @rate::integer
)::integer as wait;

-- name: TakeEventTurn :one
-- Milliseconds.
select app.take_event_turn(
  p_appointment_id => @appointment_id::uuid,
  p_cost => @cost::integer,
  p_account_rate => @account_rate::integer,
  p_app_rate => @app_rate::integer
)::integer as wait;

-- name: CalendarAccounts :many
select *
from app.calendar_accounts();

-- name: ConsentsUnderOtherKeys :one
select app.consents_under_other_keys(p_key_id => @key_id::text)::integer as consents;
