-- Tools at Vapi, notifications, live events, webhook deliveries, audit.

-- +goose Up
-- +goose StatementBegin
create table public.vapi_tools (
  name text primary key check (name ~ '^[a-zA-Z0-9_-]{1,64}$'),
  vapi_tool_id text not null unique,
  definition_hash text not null check (definition_hash ~ '^[0-9a-f]{64}$'),
  registered_at timestamptz not null default app.now(),
  retired_ids text[] not null default '{}'
);

comment on table public.vapi_tools is 'Tools registered at Vapi, once for the whole platform. Belongs to no tenant and holds nothing of one.';
comment on column public.vapi_tools.definition_hash is 'SHA-256 (hex) of the canonical definition that is registered.';
comment on column public.vapi_tools.retired_ids is 'Earlier ids that running calls may still use.';

create table public.agent_tools (
  org_id uuid not null,
  id uuid not null default app.uuid_v7(),
  agent_id uuid not null,
  tool_name text not null,
  vapi_tool_id text not null,
  definition_hash text not null check (definition_hash ~ '^[0-9a-f]{64}$'),
  linked_at timestamptz,
  link_error text,
  primary key (org_id, id),
  unique (org_id, agent_id, tool_name),
  foreign key (org_id, agent_id) references public.agents (org_id, id) on delete cascade
);

comment on table public.agent_tools is 'Which registered tool an agent''s assistant is linked to; written by the tool sync.';
comment on column public.agent_tools.linked_at is 'When the assistant at Vapi last carried this tool id; NULL: not yet.';

create table public.org_tools (
  org_id uuid not null references public.organizations (id),
  id uuid not null default app.uuid_v7(),
  tool_name text not null,
  vapi_tool_id text not null,
  definition_hash text not null check (definition_hash ~ '^[0-9a-f]{64}$'),
  linked boolean not null default false,
  updated_at timestamptz not null default app.now(),
  primary key (org_id, id),
  unique (org_id, tool_name)
);

comment on table public.org_tools is 'An organisation''s tools in summary; linked when every agent''s assistant carries the tool.';

create table public.notifications (
  org_id uuid not null references public.organizations (id),
  id uuid not null default app.uuid_v7(),
  kind text not null check (kind in ('appointment_booked', 'approval_needed', 'caller_message', 'missed_call')),
  title text not null check (char_length(title) <= 120),
  body text not null default '' check (char_length(body) <= 500),
  entity text check (entity in ('appointment', 'call', 'caller_message')),
  entity_id uuid,
  read_at timestamptz,
  created_at timestamptz not null default app.now(),
  primary key (org_id, id)
);

comment on table public.notifications is 'What the staff should look at. Text holds no names and no words of a caller: it points at the row that does.';
create index notifications_recent on public.notifications (org_id, created_at);
comment on index public.notifications_recent is 'The newest notifications, and the unread ones.';

create table public.events (
  org_id uuid not null references public.organizations (id),
  id bigint generated always as identity,
  xid xid8 not null default pg_current_xact_id(),
  kind text not null check (kind ~ '^[a-z]+(_[a-z]+)*$'),
  entity text not null check (entity ~ '^[a-z]+(_[a-z]+)*$'),
  entity_id uuid not null,
  at timestamptz not null default app.now(),
  primary key (org_id, id)
);

comment on table public.events is 'What changed, for live clients: ids only, kept for a short time. Read in commit order by xid, never by id.';
comment on column public.events.xid is 'The writing transaction; rows below pg_snapshot_xmin(pg_current_snapshot()) are final.';
create index events_xid on public.events (xid);
comment on index public.events_xid is 'The relay reads on from where it was.';

create table public.webhook_deliveries (
  org_id uuid not null references public.organizations (id),
  id uuid not null default app.uuid_v7(),
  vapi_call_id text not null check (char_length(vapi_call_id) <= 100),
  kind text not null check (char_length(kind) <= 100),
  key text not null check (char_length(key) <= 300),
  received_at timestamptz not null default app.now(),
  body_hash bytea not null,
  answer text,
  primary key (org_id, id),
  unique (org_id, vapi_call_id, kind, key)
);

comment on table public.webhook_deliveries is 'Webhooks already acted on: the same one delivered again gets the same answer and changes nothing. Kept for a day.';
comment on column public.webhook_deliveries.kind is 'Vapi''s message type.';
comment on column public.webhook_deliveries.key is 'The tool call id, the status, or empty: what makes the message unique within its call.';
comment on column public.webhook_deliveries.body_hash is 'SHA-256 of the body; the body itself is not kept.';
comment on column public.webhook_deliveries.answer is 'What a tool call was answered.';
create index webhook_deliveries_received on public.webhook_deliveries (received_at);
comment on index public.webhook_deliveries_received is 'The daily sweep.';

create table public.audit_log (
  org_id uuid not null references public.organizations (id),
  id uuid not null default app.uuid_v7(),
  action text not null check (action ~ '^[a-z]+(_[a-z]+)*$'),
  entity text,
  entity_id uuid,
  actor_user_id uuid,
  request_id text check (char_length(request_id) <= 64),
  at timestamptz not null default app.now(),
  primary key (org_id, id)
);

comment on table public.audit_log is 'Who did or read what, and when. Append-only; ids only, no words of or about patients.';
comment on column public.audit_log.actor_user_id is 'The person in auth.users; NULL when a webhook or a job acted.';
create index audit_log_at on public.audit_log (org_id, at);
comment on index public.audit_log_at is 'The log of a period.';

alter table public.vapi_tools enable row level security;
alter table public.vapi_tools force row level security;
alter table public.agent_tools enable row level security;
alter table public.agent_tools force row level security;
alter table public.org_tools enable row level security;
alter table public.org_tools force row level security;
alter table public.notifications enable row level security;
alter table public.notifications force row level security;
alter table public.events enable row level security;
alter table public.events force row level security;
alter table public.webhook_deliveries enable row level security;
alter table public.webhook_deliveries force row level security;
alter table public.audit_log enable row level security;
alter table public.audit_log force row level security;
-- +goose StatementEnd

-- +goose Down
-- +goose StatementBegin
drop table public.audit_log;
drop table public.webhook_deliveries;
drop table public.events;
drop table public.notifications;
drop table public.org_tools;
drop table public.agent_tools;
drop table public.vapi_tools;
-- +goose StatementEnd
