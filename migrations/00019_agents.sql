-- Agents in step with their assistants at Vapi, and one registry of tools for all.

-- +goose Up
-- +goose StatementBegin
alter table public.organizations
  add column hipaa_mode boolean not null default false;
comment on column public.organizations.hipaa_mode is 'Vapi keeps no recording and no transcript of this clinic''s calls; we keep the redacted transcript.';

alter table public.agents
  add column saved_at timestamptz not null default app.now(),
  add column synced_at timestamptz,
  add column creating_since timestamptz,
  add column lease_id uuid,
  add column lease_until timestamptz,
  add column failures integer not null default 0 check (failures >= 0),
  add column retry_at timestamptz,
  add column trace_context text check (trace_context ~ '^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$'),
  add column deleted_at timestamptz,
  drop constraint agents_org_id_name_key,
  drop constraint agents_sync_status_check,
  add constraint agents_sync_status_check check (sync_status in ('pending', 'synced', 'registered_not_linked', 'failed')),
  add constraint agents_lease check ((lease_id is null) = (lease_until is null)),
  add constraint agents_deleted check (deleted_at is null or not is_default);
comment on column public.agents.saved_at is 'When desired_version was last raised; save to linked is measured from here.';
comment on column public.agents.synced_at is 'When the assistant was last seen in step.';
comment on column public.agents.creating_since is 'Set before an assistant is created at Vapi and cleared with its id: still set, one may exist that we do not know, and is looked for before another is made.';
comment on column public.agents.lease_id is 'The sync that works on this agent now; it may only write under its own lease.';
comment on column public.agents.lease_until is 'When that sync is taken for dead.';
comment on column public.agents.failures is 'Syncs given up one after the other; a save or a success begins anew.';
comment on column public.agents.retry_at is 'Not before this does the reconciler try again, so that what Vapi refuses for good is not asked every minute.';
comment on column public.agents.trace_context is 'W3C traceparent of the save, so that the trace goes on in the worker.';
comment on column public.agents.sync_status is 'registered_not_linked: the tools exist at Vapi, the assistant could not be linked; the reconciler tries again.';
comment on column public.agents.deleted_at is 'Deleted by staff; the row goes when its assistant at Vapi is gone.';
create unique index agents_name on public.agents (org_id, name) where deleted_at is null;
comment on index public.agents_name is 'Names are unique among the agents that are not deleted.';
create index agents_out_of_step on public.agents (saved_at)
  where deleted_at is not null or sync_status <> 'synced' or synced_version < desired_version;
comment on index public.agents_out_of_step is 'agents_to_reconcile: what is not in step, of all tenants.';

alter table public.vapi_tools
  alter column vapi_tool_id drop not null,
  alter column definition_hash drop not null,
  alter column registered_at drop not null,
  alter column registered_at drop default,
  add column previous_id text,
  add column previous_hash text,
  add column claim_id uuid,
  add column claimed_until timestamptz,
  add constraint vapi_tools_registered check (
    (vapi_tool_id is null) = (definition_hash is null) and (vapi_tool_id is null) = (registered_at is null)),
  add constraint vapi_tools_previous check ((previous_id is null) = (previous_hash is null)),
  add constraint vapi_tools_claim check ((claim_id is null) = (claimed_until is null));
comment on column public.vapi_tools.vapi_tool_id is 'NULL until the first registration succeeded.';
comment on column public.vapi_tools.previous_id is 'The id that vapi_tool_id replaced, which processes of the earlier build go on with while both run.';
comment on column public.vapi_tools.previous_hash is 'Of the definition under previous_id.';
comment on column public.vapi_tools.claim_id is 'The worker that registers the tool now; only it may write the outcome.';

create index agent_tools_tool on public.agent_tools (vapi_tool_id);
comment on index public.agent_tools_tool is 'tool_in_use: does any tenant''s agent still carry this tool?';

create table public.vapi_pace (
  one boolean primary key default true check (one),
  next_at timestamptz not null default app.now()
);
comment on table public.vapi_pace is 'When the next request to Vapi may leave; all processes take turns here. Belongs to no tenant.';
insert into public.vapi_pace default values;

create type app.agent_sync as (
  outcome text,
  version integer,
  name text,
  role text,
  voice text,
  language text,
  system_prompt text,
  first_message text,
  max_call_seconds integer,
  vapi_assistant_id text,
  may_exist boolean,
  clinic_name text,
  emergency_sentence text,
  recording_consent text,
  ai_disclosure boolean,
  hipaa_mode boolean,
  saved_at timestamptz,
  trace_context text
);
comment on type app.agent_sync is
  'What an agent''s assistant shall be. outcome sync (the lease is yours), busy (another sync holds it), in_step (nothing to do) , remove (deleted: take the assistant away) or gone. may_exist: an earlier try may have created an assistant whose id we never learned.';

create type app.tool_claim as (
  outcome text,
  vapi_tool_id text,
  definition_hash text
);
comment on type app.tool_claim is
  'Whether a tool must be registered. outcome registered (with this hash, under this id), claimed (register it now; vapi_tool_id is the old one, NULL at first) or busy (somebody registers it).';

create type app.tool_health as (
  tool_name text,
  registered boolean,
  linked_agents bigint,
  agents bigint,
  last_error text
);
comment on type app.tool_health is 'One of an organisation''s tools: whether it is registered at Vapi and how many of its agents carry it.';

create type app.agent_ref as (
  org_id uuid,
  agent_id uuid
);
comment on type app.agent_ref is 'An agent of any tenant, for the reconciler: ids only.';

alter table public.vapi_pace enable row level security;
alter table public.vapi_pace force row level security;
-- +goose StatementEnd

-- +goose Down
-- +goose StatementBegin
drop type app.agent_ref;
drop type app.tool_health;
drop type app.tool_claim;
drop type app.agent_sync;
drop table public.vapi_pace;
drop index public.agent_tools_tool;
alter table public.vapi_tools
  drop column previous_id, drop column previous_hash, drop column claim_id, drop column claimed_until,
  drop constraint vapi_tools_registered,
  alter column registered_at set default app.now();
delete from public.vapi_tools where vapi_tool_id is null;
alter table public.vapi_tools
  alter column vapi_tool_id set not null, alter column definition_hash set not null, alter column registered_at set not null;
drop index public.agents_out_of_step;
drop index public.agents_name;
alter table public.agents
  drop constraint agents_deleted, drop constraint agents_lease,
  drop constraint agents_sync_status_check,
  add constraint agents_sync_status_check check (sync_status in ('pending', 'synced', 'failed')) not valid,
  drop column saved_at, drop column synced_at, drop column creating_since, drop column lease_id, drop column lease_until,
  drop column failures, drop column retry_at, drop column trace_context, drop column deleted_at,
  add constraint agents_org_id_name_key unique (org_id, name);
alter table public.organizations drop column hipaa_mode;
-- +goose StatementEnd
