-- Giving a clinic a number: what was done at Twilio and at Vapi, step by step, so that it can be gone on with or undone.

-- +goose Up
-- +goose StatementBegin
create table public.provisioning (
  org_id uuid not null references public.organizations (id),
  id uuid not null default app.uuid_v7(),
  number text not null check (number ~ '^\+[1-9][0-9]{6,14}$'),
  account_ref text not null check (char_length(account_ref) <= 100),
  state text not null default 'running' check (state in ('running', 'active', 'undoing', 'undone', 'releasing', 'released')),
  error text check (error ~ '^[a-z_]{1,40}$'),
  started_by uuid,
  lease_id uuid,
  lease_until timestamptz,
  next_at timestamptz,
  attempted_at timestamptz,
  activated_at timestamptz,
  ended_at timestamptz,
  created_at timestamptz not null default app.now(),
  updated_at timestamptz not null default app.now(),
  primary key (org_id, id),
  constraint provisioning_lease check ((lease_id is null) = (lease_until is null)),
  constraint provisioning_ended check ((ended_at is null) = (state not in ('undone', 'released')))
);
comment on table public.provisioning is
  'One run of giving a clinic a number, and of taking it away again. The row says what is to be done next; read by functions only.';
comment on column public.provisioning.number is 'E.164. At most one run at a time, of whichever tenant, has it.';
comment on column public.provisioning.account_ref is 'Masked name of the Twilio account that owns the number, as in org_credentials.';
comment on column public.provisioning.state is
  'running: towards a working line; active: it works; undoing: given up, what was made is taken away; undone: nothing is left outside; releasing and released: the same, as the clinic wished.';
comment on column public.provisioning.error is 'Why the last try of a step failed, or why the run was given up: a word of ours, never the provider''s.';
comment on column public.provisioning.started_by is 'The member who began it.';
comment on column public.provisioning.lease_id is 'The worker that is at a step now; only it may write the step''s outcome.';
comment on column public.provisioning.lease_until is 'When that worker is taken for dead.';
comment on column public.provisioning.next_at is 'Not before this is the next step tried.';
comment on column public.provisioning.activated_at is 'When the line first worked. A run that once worked is never undone by a failure, only by a release.';
create unique index provisioning_open on public.provisioning (number) where state not in ('undone', 'released');
comment on index public.provisioning_open is 'One open run for a number.';
create index provisioning_org on public.provisioning (org_id, created_at);
comment on index public.provisioning_org is 'inbound_status: the clinic''s newest run.';
create index provisioning_due on public.provisioning (next_at) where state in ('running', 'undoing', 'releasing');
comment on index public.provisioning_due is 'due_provisionings: what a worker left lying, of all tenants.';

create table public.provisioning_steps (
  org_id uuid not null,
  id uuid not null default app.uuid_v7(),
  provisioning_id uuid not null,
  position smallint not null,
  step text not null check (step in ('check', 'credential', 'import', 'messaging', 'routing')),
  state text not null default 'waiting' check (state in ('waiting', 'intended', 'done', 'skipped', 'undone', 'left')),
  attempts integer not null default 0 check (attempts >= 0),
  external_id text check (char_length(external_id) between 1 and 100),
  undo jsonb,
  error text check (error ~ '^[a-z_]{1,40}$'),
  intended_at timestamptz,
  settle_at timestamptz,
  updated_at timestamptz not null default app.now(),
  primary key (org_id, id),
  unique (org_id, provisioning_id, step),
  foreign key (org_id, provisioning_id) references public.provisioning (org_id, id)
);
comment on table public.provisioning_steps is
  'What a run does outside, one row for each step. Written before the step acts and after it; read by functions only, since undo may hold addresses with passwords in them.';
comment on column public.provisioning_steps.position is 'Steps are done in this order and undone in the opposite one.';
comment on column public.provisioning_steps.state is
  'intended: it may have acted, look before acting again; skipped: the provider has no such door; left: it cannot be undone any more, see error.';
comment on column public.provisioning_steps.attempts is 'Tries since the run last turned around.';
comment on column public.provisioning_steps.external_id is 'What was made or is meant there: check the number''s sid at Twilio, credential and import the objects at Vapi, routing a fingerprint of the address and secret that were routed to.';
comment on column public.provisioning_steps.undo is 'What the outside was like before, and what we set: see jobs/provisioner.';
comment on column public.provisioning_steps.intended_at is 'When it was first about to act; NULL: there is nothing to undo.';
comment on column public.provisioning_steps.settle_at is 'A request that nobody answered may still act until then: what it made is looked for afterwards.';

create type app.provisioning_task as (
  outcome text,
  wait_seconds integer,
  step text,
  number text,
  attempts integer,
  external_id text,
  undo jsonb,
  number_sid text,
  earlier jsonb,
  vapi_number_id text,
  known_vapi_id text,
  routing text,
  own_line text,
  vapi_assistant_id text
);
comment on type app.provisioning_task is
  'What a worker does next. outcome act, undo or release (step; the lease is yours), wait and busy (ask again after wait_seconds) or over. attempts is 1 only when the step never acted before. number_sid and earlier are what the check found at Twilio, vapi_number_id what this run imported, known_vapi_id what the clinic had at Vapi before.';

create type app.provisioning_status as (
  provisioning_id uuid,
  phone_number_id uuid,
  number text,
  state text,
  step text,
  error text,
  vapi_phone_number_id text,
  routing text,
  agent_id uuid,
  vapi_assistant_id text,
  activated_at timestamptz,
  attempted_at timestamptz,
  steps jsonb
);
comment on type app.provisioning_status is
  'How a run stands, for the dashboard. step is the one at hand; steps lists all as step, state, attempts and error. Nothing of what was remembered for undoing.';

create type app.provisioning_ref as (
  org_id uuid,
  provisioning_id uuid
);
comment on type app.provisioning_ref is 'A run of any tenant, for the reconciler: ids only.';

create type app.phone_number_row as (
  id uuid,
  number text,
  provider text,
  location_id uuid,
  location_name text,
  own_line text,
  agent_id uuid,
  agent_name text,
  routing text,
  vapi_phone_number_id text,
  vapi_assistant_id text,
  state text,
  error text,
  created_at timestamptz,
  updated_at timestamptz,
  total bigint,
  total_is_estimate boolean
);
comment on type app.phone_number_row is
  'One of the clinic''s numbers. agent_id NULL: the default agent answers, whose name and assistant stand here. state is its open run''s; NULL for a number that only texts use. own_line is where callers go when we cannot answer.';

alter table public.provisioning enable row level security;
alter table public.provisioning force row level security;
alter table public.provisioning_steps enable row level security;
alter table public.provisioning_steps force row level security;
-- +goose StatementEnd

-- +goose Down
-- +goose StatementBegin
drop type app.phone_number_row;
drop type app.provisioning_ref;
drop type app.provisioning_status;
drop type app.provisioning_task;
drop table public.provisioning_steps;
drop table public.provisioning;
-- +goose StatementEnd
