-- Calendars of Google and Outlook, both ways: grants, what is read from a calendar, what is written into it, feeds.

-- +goose Up
-- +goose StatementBegin
alter table public.organizations
  add column calendar_content text not null default 'private' check (calendar_content in ('private', 'full')),
  add column calendar_changes text not null default 'flag' check (calendar_changes in ('flag', 'follow'));
comment on column public.organizations.calendar_content is
  'What outside calendars and feeds say of a visit. private: that the time is taken; full: service, patient and place.';
comment on column public.organizations.calendar_changes is
  'What happens when a visit''s event is moved or deleted in the outside calendar. flag: the visit stays and staff are told; follow: the visit is moved or cancelled, unless another one is in the way.';

alter table public.notifications
  drop constraint notifications_kind_check,
  add constraint notifications_kind_check check (kind in (
    'appointment_booked', 'approval_needed', 'caller_message', 'missed_call', 'message_failed', 'message_unknown',
    'opted_out_before_visit', 'visit_confirmed', 'visit_cancelled_by_reply', 'message_received', 'outbound_call_failed',
    'number_active', 'number_failed', 'number_left', 'hot_lead', 'urgent_call', 'calendar_conflict', 'calendar_reconnect',
    'calendar_moved')),
  drop constraint notifications_entity_check,
  add constraint notifications_entity_check check (entity in (
    'appointment', 'call', 'caller_message', 'message', 'contact', 'outbound_call', 'provisioning', 'credential'));

alter table public.org_credentials
  add column account_hash bytea check (octet_length(account_hash) = 32),
  add column grant_version integer not null default 1,
  add column refresh_lease_id uuid,
  add column refresh_until timestamptz,
  add column needs_reconnect_at timestamptz,
  add constraint org_credentials_refresh check ((refresh_lease_id is null) = (refresh_until is null));
comment on column public.org_credentials.account_hash is
  'SHA-256 of the provider''s id of the account, for calendars: the same for every clinic that uses the account.';
comment on column public.org_credentials.grant_version is
  'Counts the tokens of a calendar''s account, each refresh and each new consent. Sealing the same ones anew does not count.';
comment on column public.org_credentials.refresh_lease_id is 'Who refreshes the tokens just now: two at once may lose a rotated one.';
comment on column public.org_credentials.needs_reconnect_at is
  'Since when the provider refuses the grant; only a person who consents again can cure it. NULL: it holds, as far as is known.';
create index org_credentials_account on public.org_credentials (account_hash) where account_hash is not null;
comment on index public.org_credentials_account is 'is_account_used: whether another clinic has the account.';

create table public.oauth_states (
  org_id uuid not null references public.organizations (id) on delete cascade,
  id uuid not null default app.uuid_v7(),
  user_id uuid not null,
  provider text not null check (provider in ('google_calendar', 'outlook')),
  state_hash bytea not null unique check (octet_length(state_hash) = 32),
  state text not null default 'begun' check (state in ('begun', 'taken', 'parked', 'refused')),
  ciphertext bytea not null,
  nonce bytea not null check (octet_length(nonce) = 12),
  auth_tag bytea not null check (octet_length(auth_tag) = 16),
  key_id text not null check (key_id ~ '^[a-z0-9_-]{1,32}$'),
  connected_email text check (char_length(connected_email) <= 254),
  account_hash bytea check (octet_length(account_hash) = 32),
  lease_until timestamptz,
  expires_at timestamptz not null,
  created_at timestamptz not null default app.now(),
  primary key (org_id, id),
  constraint oauth_states_parked check (state not in ('parked', 'refused') or account_hash is not null)
);
comment on table public.oauth_states is
  'Consents on their way: from the click on "connect" until the same person confirms what was connected. Minutes old at most, but for grants that could not be given back to the provider yet.';
comment on column public.oauth_states.user_id is 'Who began it; nobody else can confirm it.';
comment on column public.oauth_states.state_hash is 'SHA-256 of the state (256 random bits) that went through the browser.';
comment on column public.oauth_states.state is
  'begun: the person was sent to the provider; taken: the provider''s answer came, once; parked: tokens are here and wait for the person''s word; refused: the person said no.';
comment on column public.oauth_states.ciphertext is
  'Sealed (AES-256-GCM) as in org_credentials: the PKCE verifier until the answer is here, the tokens from then on.';
comment on column public.oauth_states.connected_email is 'Whose calendar it is, as the provider says.';
comment on column public.oauth_states.account_hash is 'As org_credentials.account_hash.';
comment on column public.oauth_states.lease_until is 'Until then a job gives the tokens back to the provider.';
comment on column public.oauth_states.expires_at is 'Ten minutes after it began, ten more after it was parked.';
create index oauth_states_expired on public.oauth_states (expires_at);
comment on index public.oauth_states_expired is 'orgs_with_old_grants: what nobody confirmed.';
create index oauth_states_account on public.oauth_states (account_hash) where account_hash is not null;
comment on index public.oauth_states_account is 'is_account_used: whether somebody is about to confirm the account.';

alter table public.calendar_links
  add column calendar_name text check (char_length(calendar_name) <= 200),
  add column time_zone text not null default 'UTC' check (app.is_time_zone(time_zone)),
  add column writes boolean not null default false,
  add column sync_token text check (char_length(sync_token) <= 8000),
  add column window_from timestamptz,
  add column window_to timestamptz,
  add column channel_id text check (char_length(channel_id) <= 255),
  add column channel_resource_id text check (char_length(channel_resource_id) <= 255),
  add column channel_token_hash bytea unique check (octet_length(channel_token_hash) = 32),
  add column channel_opened_at timestamptz,
  add column channel_expires_at timestamptz,
  add column channel_retry_at timestamptz,
  add column health text not null default 'ok' check (health in ('ok', 'failing', 'needs_reconnect')),
  add column failing_since timestamptz,
  add column error_code text check (error_code ~ '^[a-z_]{1,40}$'),
  add column failures integer not null default 0,
  add column lease_id uuid,
  add column lease_until timestamptz,
  add column pull_began_at timestamptz,
  add column pull_wanted_at timestamptz,
  add column next_pull_at timestamptz not null default app.now(),
  add constraint calendar_links_lease check ((lease_id is null) = (lease_until is null)),
  add constraint calendar_links_window check ((window_from is null) = (window_to is null)),
  add constraint calendar_links_channel check (num_nulls(channel_id, channel_token_hash, channel_opened_at, channel_expires_at) in (0, 4)),
  add constraint calendar_links_failing check ((health = 'ok') = (failing_since is null)),
  add constraint calendar_links_calendar unique (org_id, provider, external_calendar_id);
comment on column public.calendar_links.calendar_name is 'As the provider shows it.';
comment on column public.calendar_links.time_zone is 'IANA zone of the calendar: all-day events last there from midnight to midnight.';
comment on column public.calendar_links.writes is 'Whether the resource''s visits are written into this calendar; one of a resource''s at most.';
comment on column public.calendar_links.sync_token is
  'Where the next pull goes on (Google: sync token, Graph: delta link). NULL: it reads the whole window.';
comment on column public.calendar_links.window_from is 'What the mirror holds begins here; events outside the window are not mirrored.';
comment on column public.calendar_links.channel_id is 'Our push channel at Google, the subscription at Graph.';
comment on column public.calendar_links.channel_resource_id is 'What Google wants besides to end a channel.';
comment on column public.calendar_links.channel_token_hash is 'SHA-256 of the secret that comes with every push.';
comment on column public.calendar_links.channel_retry_at is 'Not before this is a channel opened again: one is being opened, or it failed.';
comment on column public.calendar_links.health is
  'ok; failing: pulls fail since failing_since and are tried again; needs_reconnect: the grant is gone, nothing is tried.';
comment on column public.calendar_links.error_code is 'Why the last pull failed, a word of ours.';
comment on column public.calendar_links.failures is 'How often in a row: the pause grows with it.';
comment on column public.calendar_links.lease_id is 'Which worker pulls just now; pulling makes network calls, so no transaction''s lock can guard it.';
comment on column public.calendar_links.pull_began_at is 'When the pull with the lease began to read: what we wrote later, it may not have seen.';
comment on column public.calendar_links.pull_wanted_at is 'Somebody asked for a pull that has not begun.';
comment on column public.calendar_links.next_pull_at is 'When the calendar is read if nobody asks before.';
create unique index calendar_links_writes on public.calendar_links (org_id, resource_id) where writes;
comment on index public.calendar_links_writes is 'wish_calendar_event: the calendar that takes a resource''s visits, one at most.';
create index calendar_links_due on public.calendar_links (next_pull_at) where health <> 'needs_reconnect';
comment on index public.calendar_links_due is 'links_to_pull, of all clinics, the longest waiting first.';

alter table public.busy_blocks add column series_id text;
comment on column public.busy_blocks.series_id is 'The recurring event that it is one occurrence of; NULL: a single one.';
drop index public.busy_blocks_resource;
create index busy_blocks_resource on public.busy_blocks (org_id, resource_id, ends_at, starts_at);
comment on index public.busy_blocks_resource is
  'free_slots: what is busy in a window, whatever lies in the past. With starts_at, for what lies ahead is in the index passed over: of 2,000 times ahead a booking read 1,980 pages, and now 20.';
create index busy_blocks_event on public.busy_blocks (org_id, calendar_link_id, external_id);
comment on index public.busy_blocks_event is 'apply_calendar_changes: what a changed event took before.';
create index busy_blocks_series on public.busy_blocks (org_id, calendar_link_id, series_id) where series_id is not null;
comment on index public.busy_blocks_series is 'apply_calendar_changes: what a changed series took before.';

create table public.calendar_events (
  org_id uuid not null,
  id uuid not null default app.uuid_v7(),
  appointment_id uuid not null,
  calendar_link_id uuid not null,
  external_id text check (char_length(external_id) <= 1024),
  generation integer not null default 1,
  etag text check (char_length(etag) <= 255),
  desired_version integer not null default 1,
  synced_version integer not null default 0,
  settled_at timestamptz,
  state text not null default 'none' check (state in ('none', 'there', 'gone')),
  outside text check (outside in ('moved', 'deleted')),
  outside_from timestamptz,
  outside_to timestamptz,
  error_code text check (error_code ~ '^[a-z_]{1,40}$'),
  failing_since timestamptz,
  attempts integer not null default 0,
  retry_at timestamptz,
  lease_id uuid,
  lease_until timestamptz,
  created_at timestamptz not null default app.now(),
  updated_at timestamptz not null default app.now(),
  primary key (org_id, id),
  unique (org_id, appointment_id, calendar_link_id),
  foreign key (org_id, appointment_id) references public.appointments (org_id, id) on delete cascade,
  foreign key (org_id, calendar_link_id) references public.calendar_links (org_id, id) on delete cascade,
  constraint calendar_events_lease check ((lease_id is null) = (lease_until is null)),
  constraint calendar_events_outside check (
    (outside is not distinct from 'moved') = (outside_from is not null)
    and (outside_from is null) = (outside_to is null) and outside_to >= outside_from)
);
comment on table public.calendar_events is
  'One visit in one outside calendar: which version of the visit the event should show, and which it does. No log of commands: a job makes the event what the visit is at that moment.';
comment on column public.calendar_events.external_id is 'The event''s id there; NULL: not known, or never made.';
comment on column public.calendar_events.generation is 'Raised when an event that was deleted is made again: Graph takes an equal creation for a repetition.';
comment on column public.calendar_events.etag is 'The event''s version as we last wrote it: what comes back with it is our own.';
comment on column public.calendar_events.desired_version is 'Raised by every change of the visit, in its transaction.';
comment on column public.calendar_events.synced_version is 'What the event showed when it was last written; behind desired_version: a job has work.';
comment on column public.calendar_events.settled_at is 'When it was last written.';
comment on column public.calendar_events.state is 'none: never made, as far as is known; there; gone: deleted, by us or outside.';
comment on column public.calendar_events.outside is
  'What somebody did to the event outside that the visit did not follow: moved (to outside_from … outside_to, which counts as busy) or deleted. Gone with the next change of the visit.';
comment on column public.calendar_events.error_code is 'Why it could not be written, a word of ours.';
comment on column public.calendar_events.retry_at is 'When the next try is due after a failure.';
create index calendar_events_link on public.calendar_events (org_id, calendar_link_id);
comment on index public.calendar_events_link is 'apply_calendar_changes, calendar_health: the events of a calendar.';
create index calendar_events_behind on public.calendar_events (updated_at) where synced_version < desired_version;
comment on index public.calendar_events_behind is 'calendar_events_to_sync: what no job has brought in step, of all clinics.';

create table public.calendar_conflicts (
  org_id uuid not null,
  id uuid not null default app.uuid_v7(),
  appointment_id uuid not null,
  calendar_link_id uuid not null,
  external_id text not null,
  found_at timestamptz not null default app.now(),
  ended_at timestamptz,
  primary key (org_id, id),
  unique (org_id, appointment_id, calendar_link_id, external_id),
  foreign key (org_id, appointment_id) references public.appointments (org_id, id) on delete cascade,
  foreign key (org_id, calendar_link_id) references public.calendar_links (org_id, id) on delete cascade
);
comment on table public.calendar_conflicts is
  'A busy time of an outside calendar came to lie over a visit. Staff were told once; the visit is untouched.';
comment on column public.calendar_conflicts.external_id is 'The event''s id in its calendar.';
comment on column public.calendar_conflicts.ended_at is 'When one of the two had gone elsewhere; if they meet again, staff are told again.';
create index calendar_conflicts_link on public.calendar_conflicts (org_id, calendar_link_id) where ended_at is null;
comment on index public.calendar_conflicts_link is 'note_conflicts, calendar_health: what still conflicts.';

create table public.calendar_feeds (
  org_id uuid not null,
  id uuid not null default app.uuid_v7(),
  resource_id uuid not null,
  token_hash bytea not null unique check (octet_length(token_hash) = 32),
  created_by uuid,
  revoked_at timestamptz,
  created_at timestamptz not null default app.now(),
  primary key (org_id, id),
  foreign key (org_id, resource_id) references public.resources (org_id, id) on delete cascade
);
comment on table public.calendar_feeds is 'Secret addresses at which a resource''s visits can be subscribed to (iCalendar), for calendars that cannot connect.';
comment on column public.calendar_feeds.token_hash is 'SHA-256 of the address''s secret (256 random bits), which is shown once.';
create index calendar_feeds_resource on public.calendar_feeds (org_id, resource_id);
comment on index public.calendar_feeds_resource is 'When a resource is deleted, and its feeds on the dashboard.';

alter table public.oauth_states enable row level security;
alter table public.oauth_states force row level security;
alter table public.calendar_events enable row level security;
alter table public.calendar_events force row level security;
alter table public.calendar_conflicts enable row level security;
alter table public.calendar_conflicts force row level security;
alter table public.calendar_feeds enable row level security;
alter table public.calendar_feeds force row level security;

create type app.oauth_taken as (org_id uuid, id uuid, user_id uuid, provider text, ciphertext bytea, nonce bytea, auth_tag bytea, key_id text);
comment on type app.oauth_taken is 'Whose consent came back, and the sealed PKCE verifier that its code is exchanged with.';

create type app.parked_grant_view as (id uuid, provider text, connected_email text, clinic text, other_email text, expires_at timestamptz);
comment on type app.parked_grant_view is
  'What a person is asked to confirm. other_email: another account of this provider is connected, which has to be disconnected before.';

create type app.old_grant as (id uuid, provider text, ciphertext bytea, nonce bytea, auth_tag bytea, key_id text, shared boolean);
comment on type app.old_grant is 'Tokens to give back to the provider. shared: others use the account, so they must not be: at Google that would end all its grants.';

create type app.refresh_turn as (outcome text, version integer, ciphertext bytea, nonce bytea, auth_tag bytea, key_id text);
comment on type app.refresh_turn is
  'Who refreshes a calendar''s tokens. outcome: refresh, you do, with these; refreshed, these are newer than yours; busy, somebody else does; needs_reconnect; gone, nothing is connected.';

create type app.disconnected_account as (grant_id uuid, ciphertext bytea, nonce bytea, auth_tag bytea, key_id text, shared boolean, channel_ids text[], channel_resource_ids text[]);
comment on type app.disconnected_account is
  'What was taken away and is to be ended at the provider: the tokens (not if shared, see app.old_grant), which wait as grant_id until app.drop_grant, and push channels; channel_resource_ids has '''' where there is none.';

create type app.calendar_ref as (org_id uuid, id uuid);
comment on type app.calendar_ref is 'A link, or a visit, of some clinic.';

create type app.calendar_event_work as (
  outcome text,
  event_id uuid,
  version integer,
  provider text,
  external_calendar_id text,
  time_zone text,
  external_id text,
  generation integer,
  etag text,
  starts_at timestamptz,
  ends_at timestamptz,
  subject text,
  details text,
  place text,
  not_before timestamptz,
  wished_at timestamptz
);
comment on type app.calendar_event_work is
  'What a visit''s event must be now. outcome: put, it must be there as told, made if need be; rewrite, the same if it is there, and not made otherwise; remove, it must not be there; in_step, nothing to do; busy, another worker is at it (not_before) and will go on; needs_reconnect, wait for people. wished_at: when the visit changed.';

create type app.calendar_pull as (
  outcome text,
  resource_id uuid,
  provider text,
  external_calendar_id text,
  time_zone text,
  sync_token text,
  window_from timestamptz,
  window_to timestamptz
);
comment on type app.calendar_pull is
  'What a worker reads of a calendar. outcome: pull; busy, another one is at it and will look again; needs_reconnect; gone. sync_token NULL: the whole window.';

create type app.expected_event as (appointment_id uuid, external_id text, generation integer);
comment on type app.expected_event is 'A visit''s event that a calendar should hold within the window.';

create type app.calendar_applied as (outcome text, blocks integer, conflicts integer, followed integer, flagged integer);
comment on type app.calendar_applied is
  'What a pull changed. outcome: applied, or lost (another worker has the lease: nothing was written). blocks: busy times now mirrored; followed: visits moved or cancelled; flagged: visits whose event is not as the visit.';

create type app.calendar_channel as (outcome text, provider text, external_calendar_id text, channel_id text, channel_resource_id text, expires_at timestamptz);
comment on type app.calendar_channel is
  'A calendar that needs a push channel. outcome: open (with the one it has, if any); not_due, it has one or somebody is at it; needs_reconnect; gone.';

create type app.calendar_health_row as (
  calendar_link_id uuid,
  provider text,
  connected_email text,
  resource_id uuid,
  resource_name text,
  external_calendar_id text,
  calendar_name text,
  time_zone text,
  writes boolean,
  health text,
  failing_since timestamptz,
  error_code text,
  last_synced_at timestamptz,
  stale boolean,
  pushes_until timestamptz,
  events_waiting integer,
  events_failing integer,
  events_outside integer,
  conflicts integer
);
comment on type app.calendar_health_row is
  'One linked calendar and how it does. stale: the mirror is too old to be believed, bookings are pending. events_waiting: not yet as their visit; of these events_failing were tried in vain; events_outside: changed there, the visit did not follow.';

create type app.feed_row as (
  appointment_id uuid,
  starts_at timestamptz,
  ends_at timestamptz,
  subject text,
  details text,
  place text,
  pending boolean,
  updated_at timestamptz
);
comment on type app.feed_row is 'A visit as a feed tells it.';

create type app.calendar_count as (links_ok bigint, links_failing bigint, links_to_reconnect bigint, events_behind bigint, behind_seconds bigint);
comment on type app.calendar_count is
  'Linked calendars by health; events that are not yet as their visit, and for how long the oldest of them has not been touched.';

create type app.event_words as (subject text, details text, place text);
comment on type app.event_words is 'What outside calendars say of a visit.';
-- +goose StatementEnd

-- +goose Down
-- +goose StatementBegin
drop type app.event_words;
drop type app.calendar_count;
drop type app.feed_row;
drop type app.calendar_health_row;
drop type app.calendar_channel;
drop type app.calendar_applied;
drop type app.expected_event;
drop type app.calendar_pull;
drop type app.calendar_event_work;
drop type app.calendar_ref;
drop type app.disconnected_account;
drop type app.refresh_turn;
drop type app.old_grant;
drop type app.parked_grant_view;
drop type app.oauth_taken;
drop table public.calendar_feeds;
drop table public.calendar_conflicts;
drop table public.calendar_events;
drop index public.busy_blocks_series;
drop index public.busy_blocks_event;
drop index public.busy_blocks_resource;
create index busy_blocks_resource on public.busy_blocks (org_id, resource_id, ends_at);
comment on index public.busy_blocks_resource is 'free_slots: what is busy from now on, whatever lies in the past.';
alter table public.busy_blocks drop column series_id;
drop index public.calendar_links_due;
drop index public.calendar_links_writes;
alter table public.calendar_links
  drop constraint calendar_links_calendar, drop constraint calendar_links_failing, drop constraint calendar_links_channel,
  drop constraint calendar_links_window, drop constraint calendar_links_lease,
  drop column next_pull_at, drop column pull_wanted_at, drop column pull_began_at, drop column lease_until, drop column lease_id,
  drop column failures, drop column error_code, drop column failing_since, drop column health, drop column channel_retry_at,
  drop column channel_expires_at, drop column channel_opened_at, drop column channel_token_hash, drop column channel_resource_id,
  drop column channel_id, drop column window_to, drop column window_from, drop column sync_token, drop column writes,
  drop column time_zone, drop column calendar_name;
drop table public.oauth_states;
drop index public.org_credentials_account;
alter table public.org_credentials
  drop constraint org_credentials_refresh, drop column needs_reconnect_at, drop column refresh_until, drop column refresh_lease_id,
  drop column grant_version, drop column account_hash;
alter table public.notifications
  drop constraint notifications_kind_check,
  add constraint notifications_kind_check check (kind in (
    'appointment_booked', 'approval_needed', 'caller_message', 'missed_call', 'message_failed', 'message_unknown',
    'opted_out_before_visit', 'visit_confirmed', 'visit_cancelled_by_reply', 'message_received', 'outbound_call_failed',
    'number_active', 'number_failed', 'number_left', 'hot_lead', 'urgent_call')) not valid,
  drop constraint notifications_entity_check,
  add constraint notifications_entity_check check (entity in (
    'appointment', 'call', 'caller_message', 'message', 'contact', 'outbound_call', 'provisioning')) not valid;
alter table public.organizations drop column calendar_changes, drop column calendar_content;
-- +goose StatementEnd
