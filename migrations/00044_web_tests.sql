-- Talking to an agent from the dashboard, without a telephone.

-- +goose Up
-- +goose StatementBegin
create table public.web_tests (
  org_id uuid not null references public.organizations (id),
  id uuid not null default app.uuid_v7(),
  user_id uuid not null,
  agent_id uuid,
  call_id uuid,
  tracking_hash bytea not null unique check (octet_length(tracking_hash) = 32),
  max_duration interval not null,
  ciphertext bytea check (octet_length(ciphertext) between 1 and 2000),
  nonce bytea check (octet_length(nonce) = 12),
  auth_tag bytea check (octet_length(auth_tag) = 16),
  key_id text check (key_id ~ '^[a-z0-9_-]{1,32}$'),
  expires_at timestamptz not null,
  opened_at timestamptz,
  ended_at timestamptz,
  end_reason text check (end_reason ~ '^[a-z_]{1,40}$'),
  created_at timestamptz not null default app.now(),
  primary key (org_id, id),
  foreign key (org_id, agent_id) references public.agents (org_id, id) on delete set null (agent_id),
  foreign key (org_id, call_id) references public.call_logs (org_id, id) on delete set null (call_id),
  constraint web_tests_sealed_whole check (num_nulls(ciphertext, nonce, auth_tag, key_id) in (0, 4)),
  constraint web_tests_sealed_until check (ciphertext is null or (opened_at is null and ended_at is null)),
  constraint web_tests_ended check ((ended_at is null) = (end_reason is null))
);
comment on table public.web_tests is
  'Test calls from the dashboard: one bridge between a browser and Vapi each. Gone the day after; the call itself stays in call_logs.';
comment on column public.web_tests.user_id is 'Who began it. Nobody else can open the bridge.';
comment on column public.web_tests.call_id is 'The call that Vapi made for it; NULL until Vapi answered.';
comment on column public.web_tests.tracking_hash is 'SHA-256 of the tracking id, which has 256 random bits and is shown once.';
comment on column public.web_tests.max_duration is 'The agent''s max_call_duration when it began: the bridge ends then at the latest.';
comment on column public.web_tests.ciphertext is
  'Where Vapi takes the sound, sealed (AES-256-GCM): whoever has the address speaks in the call. Gone once the bridge opens or the test ends.';
comment on column public.web_tests.expires_at is 'Until then Vapi must have answered, or the bridge must be opened.';
comment on column public.web_tests.opened_at is 'When a process took the bridge over; no second one can.';
comment on column public.web_tests.end_reason is 'A word of ours: refused by Vapi, ended by a member, what ended the bridge, or lapsed.';
create unique index web_tests_open on public.web_tests (org_id) where ended_at is null;
comment on index public.web_tests_open is 'One open test for an organisation: each takes one of the places that all clinics'' calls share at Vapi.';
create index web_tests_user on public.web_tests (org_id, user_id, created_at);
comment on index public.web_tests_user is 'A member''s tests of the last minute.';
create index web_tests_call on public.web_tests (org_id, call_id);
comment on index public.web_tests_call is 'When a call is deleted.';
create index web_tests_agent on public.web_tests (org_id, agent_id);
comment on index public.web_tests_agent is 'When an agent is deleted.';

create type app.web_test_start as (
  outcome text,
  web_test_id uuid,
  vapi_assistant_id text,
  retry_seconds integer
);
comment on type app.web_test_start is
  'Whether a test call may begin. outcome: begun; one_is_open, the organisation''s other one; too_many, of this member, with retry_seconds until the next may; no_agent; out_of_step, the assistant at Vapi is not yet what was saved.';

create type app.web_test_line as (
  web_test_id uuid,
  vapi_call_id text,
  max_seconds integer,
  ciphertext bytea,
  nonce bytea,
  auth_tag bytea,
  key_id text
);
comment on type app.web_test_line is 'The sealed address of a test call at Vapi, which is handed out once, and how long it may last.';

create type app.web_test_view as (
  state text,
  call_id uuid,
  vapi_call_id text,
  opened_at timestamptz,
  ended_at timestamptz,
  end_reason text
);
comment on type app.web_test_view is
  'How a test call stands. state: starting, Vapi has not answered; ready, the bridge may be opened; in_progress; ended.';

alter table public.web_tests enable row level security;
alter table public.web_tests force row level security;
-- +goose StatementEnd

-- +goose Down
-- +goose StatementBegin
drop type app.web_test_view;
drop type app.web_test_line;
drop type app.web_test_start;
drop table public.web_tests;
-- +goose StatementEnd
