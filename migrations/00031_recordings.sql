-- Recordings of calls, kept by ourselves, and links by which somebody may listen to one.

-- +goose Up
-- +goose StatementBegin
alter table public.organizations
  add column keep_recordings_for interval check (keep_recordings_for between interval '1 day' and interval '10 years');
comment on column public.organizations.keep_recordings_for is 'How long after its call a recording is kept; NULL: until the call is deleted or its contact erased.';

alter table public.call_logs
  add column recording_error text check (recording_error ~ '^[a-z_]{1,40}$'),
  drop constraint call_logs_recording_state_check,
  add constraint call_logs_recording_state_check check (recording_state in (
    'none', 'at_provider', 'copying', 'stored', 'failed', 'not_kept_by_provider', 'deleted'));
comment on column public.call_logs.recording_state is
  'at_provider: Vapi keeps a recording that we have not copied yet; copying: a job is at it; stored: we keep it; failed: it could not be copied, recording_error says why; not_kept_by_provider: the clinic''s HIPAA mode keeps Vapi from recording; deleted: we had it or wanted it, recording_error says why it went.';
comment on column public.call_logs.recording_error is
  'failed: gone, too_large, not_audio, unreachable or storage. deleted: expired (keep_recordings_for) or erased.';

create table public.recordings (
  org_id uuid not null references public.organizations (id),
  id uuid not null default app.uuid_v7(),
  call_id uuid not null,
  source_url text check (char_length(source_url) <= 4000),
  storage_key text not null check (storage_key ~ '^[a-z0-9/-]{1,200}$'),
  lease_until timestamptz,
  content_type text check (content_type ~ '^audio/[a-z0-9.+-]{1,40}$'),
  size_bytes bigint check (size_bytes > 0),
  stored_at timestamptz,
  delete_requested_at timestamptz,
  deleted_at timestamptz,
  created_at timestamptz not null default app.now(),
  updated_at timestamptz not null default app.now(),
  primary key (org_id, id),
  unique (org_id, call_id),
  foreign key (org_id, call_id) references public.call_logs (org_id, id),
  check (stored_at is null or (content_type is not null and size_bytes is not null))
);

comment on table public.recordings is 'Where the recording of a call lies, from the report that told of it until its file is deleted. The row outlives the file, so that no file is forgotten.';
comment on column public.recordings.source_url is 'Where the provider''s report said it can be fetched: a secret that expires, blanked when it was fetched or given up.';
comment on column public.recordings.storage_key is 'The file''s name in the storage; fixed before the first byte is written, so that a file of a copy that died is found and deleted.';
comment on column public.recordings.lease_until is 'Until when a job that copies it may be at work; another one waits until then.';
comment on column public.recordings.delete_requested_at is 'When its deletion was last put in the queue. From then on nobody reads it, and a copy that still runs deletes what it wrote.';
comment on column public.recordings.deleted_at is 'When the storage said that the file is gone.';
create index recordings_age on public.recordings (org_id, created_at) where deleted_at is null;
comment on index public.recordings_age is 'expire_recordings and orgs_with_due_recordings: what keep_recordings_for ends, and deletions that did not happen.';

create table public.recording_shares (
  org_id uuid not null references public.organizations (id),
  id uuid not null default app.uuid_v7(),
  recording_id uuid not null,
  token_hash bytea not null check (octet_length(token_hash) = 32),
  recipient text check (char_length(recipient) <= 254),
  message_id uuid,
  actor_user_id uuid not null,
  expires_at timestamptz not null,
  revoked_at timestamptz,
  revoked_by uuid,
  created_at timestamptz not null default app.now(),
  primary key (org_id, id),
  unique (token_hash),
  foreign key (org_id, recording_id) references public.recordings (org_id, id),
  foreign key (org_id, message_id) references public.messages (org_id, id)
);

comment on table public.recording_shares is 'Links by which somebody outside the clinic may listen to a recording for a day. The link''s 256-bit token is stored as its SHA-256 only.';
comment on column public.recording_shares.recipient is 'The e-mail address that the link was sent to; NULL when a member took the link to pass it on.';
comment on column public.recording_shares.message_id is 'The e-mail with the link; a link whose e-mail did not leave opens nothing.';
comment on column public.recording_shares.actor_user_id is 'The member who shared it.';
comment on column public.recording_shares.revoked_by is 'The member who took it back; NULL when the recording was deleted.';
create index recording_shares_recording on public.recording_shares (org_id, recording_id, created_at);
comment on index public.recording_shares_recording is 'list_shares: a recording''s links, the newest first.';
create index recording_shares_recent on public.recording_shares (org_id, created_at);
comment on index public.recording_shares_recent is 'share_recording: how many links the clinic made in the last hour.';

create table public.recording_share_openings (
  org_id uuid not null references public.organizations (id),
  id uuid not null default app.uuid_v7(),
  share_id uuid not null,
  part text not null check (part in ('page', 'audio')),
  visitor_hash bytea not null check (octet_length(visitor_hash) = 32),
  at timestamptz not null default app.now(),
  primary key (org_id, id),
  foreign key (org_id, share_id) references public.recording_shares (org_id, id)
);

comment on table public.recording_share_openings is 'Every time a shared link was opened: when, and a keyed hash that tells one visitor from another. Nothing else about them.';
comment on column public.recording_share_openings.part is 'page: the link itself; audio: the recording was asked for, noted once a quarter of an hour and visitor because players ask in pieces.';
comment on column public.recording_share_openings.visitor_hash is 'The tenant''s keyed hash of address and browser: the same link opened from elsewhere has another.';
create index recording_share_openings_share on public.recording_share_openings (org_id, share_id, at);
comment on index public.recording_share_openings_share is 'list_shares and open_share: who opened a link, and how lately.';

create type app.recording_copy as (
  outcome text,
  recording_id uuid,
  vapi_call_id text,
  source_url text,
  storage_key text,
  not_before timestamptz
);
comment on type app.recording_copy is
  'What a job shall do about a recording. outcome copy (fetch it and store it under storage_key), wait (another job may be at it until not_before), unwanted (delete what lies under storage_key), done (nothing).';

create type app.recording_view as (
  outcome text,
  recording_id uuid,
  storage_key text,
  content_type text,
  size_bytes bigint,
  clinic_name text,
  call_at timestamptz,
  time_zone text,
  expires_at timestamptz
);
comment on type app.recording_view is
  'A recording that may be listened to now (outcome open), or why not: no_recording, not_ready. call_at in time_zone is when the call was; expires_at: of the link, where it was opened by one.';

create type app.share_decision as (
  outcome text,
  reason text,
  share_id uuid,
  message_id uuid,
  status text,
  expires_at timestamptz
);
comment on type app.share_decision is
  'What became of the wish to share a recording. outcome shared (the link opens), send (its e-mail''s row stands: take it to the provider), replayed (the same wish came before, status is what became of its e-mail), blocked (reason as in app.message_decision, or too_many_shares), no_recording or not_ready.';

create type app.share_row as (
  id uuid,
  recipient text,
  actor_user_id uuid,
  actor_name text,
  created_at timestamptz,
  expires_at timestamptz,
  revoked_at timestamptz,
  state text,
  message_status text,
  openings bigint,
  visitors bigint,
  last_opened_at timestamptz
);
comment on type app.share_row is
  'A link to a recording. state: open, expired, revoked or not_sent (its e-mail did not leave). openings: how often it was opened; visitors: from how many different places.';

-- In a block because sqlc, which reads this file, knows no attributes; it has the types from queries/_rowtypes.sql.
do $$
begin
  alter type app.call_row add attribute recording_error text;
  alter type app.call_detail add attribute recording_error text;
end
$$;

alter table public.recordings enable row level security;
alter table public.recordings force row level security;
alter table public.recording_shares enable row level security;
alter table public.recording_shares force row level security;
alter table public.recording_share_openings enable row level security;
alter table public.recording_share_openings force row level security;
-- +goose StatementEnd

-- +goose Down
-- +goose StatementBegin
do $$
begin
  alter type app.call_detail drop attribute recording_error;
  alter type app.call_row drop attribute recording_error;
end
$$;
drop type app.share_row;
drop type app.share_decision;
drop type app.recording_view;
drop type app.recording_copy;
drop table public.recording_share_openings;
drop table public.recording_shares;
drop table public.recordings;
update public.call_logs set recording_state = case recording_state
  when 'copying' then 'at_provider' when 'stored' then 'at_provider' else 'none' end
where recording_state not in ('none', 'at_provider');
alter table public.call_logs
  drop column recording_error,
  drop constraint call_logs_recording_state_check,
  add constraint call_logs_recording_state_check check (recording_state in ('none', 'at_provider'));
alter table public.organizations drop column keep_recordings_for;
-- +goose StatementEnd
