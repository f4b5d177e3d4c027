-- Tenants, their people, agents and numbers.
-- Row security is switched on here; the policies stand in sql/0110_policy_tenant_tables.sql.

-- +goose Up
-- +goose StatementBegin
create table public.organizations (
  id uuid primary key default app.uuid_v7(),
  name text not null check (char_length(name) between 1 and 100),
  slug text not null unique check (slug ~ '^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$'),
  country text not null default 'US' check (country ~ '^[A-Z]{2}$'),
  time_zone text not null default 'America/New_York' check (app.is_time_zone(time_zone)),

  buffer_before interval not null default '0',
  buffer_after interval not null default '0',
  slot_step interval not null default '15 minutes',
  min_notice interval not null default '0',
  max_advance interval not null default '180 days',
  hold_ttl interval not null default '5 minutes',
  holds_per_day integer not null default 500 check (holds_per_day >= 0),
  approval_required boolean not null default false,

  identity_factor text not null default 'date_of_birth' check (identity_factor in ('date_of_birth', 'calling_number')),
  emergency_sentence text not null
    default 'This sounds like an emergency. Please hang up and call 911, or go to the nearest emergency room, right now.'
    check (char_length(emergency_sentence) between 1 and 300 and emergency_sentence !~ '[[:cntrl:]]'),
  recording_consent text not null default 'announce' check (recording_consent in ('none', 'announce', 'ask')),
  ai_disclosure boolean not null default true,

  created_at timestamptz not null default app.now(),
  updated_at timestamptz not null default app.now(),
  deleted_at timestamptz,

  constraint organizations_buffers check (
    buffer_before between '0' and '4 hours' and buffer_after between '0' and '4 hours'),
  constraint organizations_slot_step check (slot_step between '5 minutes' and '12 hours'),
  constraint organizations_notice check (
    min_notice between '0' and '90 days' and max_advance between '1 day' and '730 days'),
  constraint organizations_hold_ttl check (hold_ttl between '30 seconds' and '30 minutes')
);

comment on table public.organizations is 'The tenant: a clinic or a group of clinics, with its rules for booking, identity and safety.';
comment on column public.organizations.slug is 'Short name in URLs and commands; unique across tenants.';
comment on column public.organizations.country is 'ISO 3166-1 alpha-2; the default region in which phone numbers are read.';
comment on column public.organizations.time_zone is 'IANA zone of the organisation; a location may lie in another.';
comment on column public.organizations.buffer_before is 'Kept free before every visit, unless the service says otherwise.';
comment on column public.organizations.buffer_after is 'Kept free after every visit (cleaning, notes), unless the service says otherwise.';
comment on column public.organizations.slot_step is 'Visits start every so often, counted from the opening of each span of hours.';
comment on column public.organizations.min_notice is 'A visit cannot be booked closer to now than this, except by staff override.';
comment on column public.organizations.max_advance is 'A visit cannot be booked further ahead than this, except by staff override.';
comment on column public.organizations.hold_ttl is 'How long a slot stays held for a caller who has not booked yet.';
comment on column public.organizations.holds_per_day is 'Holds taken per local day; beyond it slots are offered without being held.';
comment on column public.organizations.approval_required is 'Bookings start as pending and count as taken until staff approve or decline.';
comment on column public.organizations.identity_factor is 'What opens earlier visits to a caller: the date of birth, or (knowingly relaxed) the calling number alone.';
comment on column public.organizations.emergency_sentence is 'Spoken, alone, when a caller describes an emergency.';
comment on column public.organizations.recording_consent is 'none: not mentioned; announce: said at the start; ask: asked, and recorded only after a yes.';
comment on column public.organizations.ai_disclosure is 'Whether the agent says at the start that it is an AI.';
comment on column public.organizations.deleted_at is 'Set when the organisation left; its API answers 410 from then on.';

create table public.locations (
  org_id uuid not null references public.organizations (id),
  id uuid not null default app.uuid_v7(),
  name text not null check (char_length(name) between 1 and 100),
  address text,
  time_zone text not null check (app.is_time_zone(time_zone)),
  phone text check (phone ~ '^\+[1-9][0-9]{6,14}$'),
  calendar_stale_after interval not null default '15 minutes' check (calendar_stale_after between '1 minute' and '7 days'),
  created_at timestamptz not null default app.now(),
  updated_at timestamptz not null default app.now(),
  primary key (org_id, id)
);

comment on table public.locations is 'A place where visits happen. Hours, closures and local time belong to it; an organisation starts with one.';
comment on column public.locations.time_zone is 'IANA zone in which the location''s hours and every spoken time are read.';
comment on column public.locations.phone is 'The clinic''s own line (E.164), where callers are put through. Must not forward back to a number of ours.';
comment on column public.locations.calendar_stale_after is 'When a calendar''s mirror is older than this, bookings are pending instead of confirmed.';

create table public.departments (
  org_id uuid not null,
  id uuid not null default app.uuid_v7(),
  location_id uuid not null,
  name text not null check (name ~ '^[a-z][a-z_]{0,39}$'),
  phone text not null check (phone ~ '^\+[1-9][0-9]{6,14}$'),
  created_at timestamptz not null default app.now(),
  updated_at timestamptz not null default app.now(),
  primary key (org_id, id),
  foreign key (org_id, location_id) references public.locations (org_id, id),
  unique (org_id, location_id, name)
);

comment on table public.departments is 'Where a caller can be put through besides the location''s own line (billing, medical).';
comment on column public.departments.name is 'The word the transfer tool uses, in lower case: general, billing, medical.';

create table public.profiles (
  org_id uuid not null references public.organizations (id),
  id uuid not null default app.uuid_v7(),
  user_id uuid not null unique references auth.users (id) on delete cascade,
  role text not null check (role in ('owner', 'admin', 'staff', 'viewer')),
  name text,
  email text,
  created_at timestamptz not null default app.now(),
  updated_at timestamptz not null default app.now(),
  primary key (org_id, id)
);

comment on table public.profiles is 'Membership: one person belongs to one organisation in one role. The truth behind every token''s org_id.';
comment on column public.profiles.user_id is 'The person in auth.users; unique across tenants.';
comment on column public.profiles.role is 'owner and admin manage, staff work, viewer only reads. Read at every request, not from the token.';

create table public.invitations (
  org_id uuid not null references public.organizations (id),
  id uuid not null default app.uuid_v7(),
  email text not null check (email = lower(email)),
  role text not null check (role in ('admin', 'staff', 'viewer')),
  token_hash bytea not null unique,
  invited_by uuid references auth.users (id) on delete set null,
  expires_at timestamptz not null,
  accepted_at timestamptz,
  created_at timestamptz not null default app.now(),
  primary key (org_id, id)
);

comment on table public.invitations is 'An address asked to join. Joining needs the token or the confirmed address; the address alone never founds an organisation.';
comment on column public.invitations.token_hash is 'SHA-256 of the token in the invitation mail; the token itself is not stored.';
create index invitations_email on public.invitations (email) where accepted_at is null;
comment on index public.invitations_email is 'provision_user: open invitations of an address that signs up.';

create table public.agents (
  org_id uuid not null references public.organizations (id),
  id uuid not null default app.uuid_v7(),
  name text not null check (char_length(name) between 1 and 40),
  role text not null check (role in ('inbound', 'outbound')),
  is_default boolean not null default false,
  voice text not null default 'Rohan',
  language text not null default 'en-US' check (language ~ '^[a-z]{2}-[A-Z]{2}$'),
  system_prompt text not null default '',
  first_message text not null default '',
  max_call_duration interval not null default '10 minutes' check (max_call_duration between '1 minute' and '1 hour'),
  desired_version integer not null default 1,
  synced_version integer not null default 0,
  sync_status text not null default 'pending' check (sync_status in ('pending', 'synced', 'failed')),
  sync_error text,
  created_at timestamptz not null default app.now(),
  updated_at timestamptz not null default app.now(),
  primary key (org_id, id),
  unique (org_id, name)
);

comment on table public.agents is 'How the clinic''s receptionist speaks: one row per voice agent, mirrored to an assistant at Vapi.';
comment on column public.agents.is_default is 'The agent of its role that is used where no other is named; one per organisation and role.';
comment on column public.agents.language is 'BCP 47 tag of what callers speak; also decides how numeric dates are read.';
comment on column public.agents.desired_version is 'Goes up with every save; the assistant is in step when synced_version has caught up.';
create unique index agents_default on public.agents (org_id, role) where is_default;
comment on index public.agents_default is 'One default agent per organisation and role.';

create table public.assistant_routes (
  vapi_assistant_id text primary key check (char_length(vapi_assistant_id) between 1 and 100),
  org_id uuid not null,
  agent_id uuid not null,
  created_at timestamptz not null default app.now(),
  foreign key (org_id, agent_id) references public.agents (org_id, id) on delete cascade
);

comment on table public.assistant_routes is 'Which tenant and agent an assistant at Vapi belongs to. Unique across tenants: this is how a webhook finds its clinic.';
create unique index assistant_routes_agent on public.assistant_routes (org_id, agent_id);
comment on index public.assistant_routes_agent is 'assistant-request: the assistant of an agent; one each.';

create table public.phone_numbers (
  org_id uuid not null references public.organizations (id),
  id uuid not null default app.uuid_v7(),
  number text not null unique check (number ~ '^\+[1-9][0-9]{6,14}$'),
  location_id uuid not null,
  agent_id uuid,
  provider text not null default 'twilio' check (provider in ('twilio', 'vapi', 'vonage', 'telnyx', 'byo')),
  vapi_phone_number_id text unique,
  routing text not null default 'dynamic' check (routing in ('dynamic', 'fixed')),
  created_at timestamptz not null default app.now(),
  updated_at timestamptz not null default app.now(),
  primary key (org_id, id),
  foreign key (org_id, location_id) references public.locations (org_id, id),
  foreign key (org_id, agent_id) references public.agents (org_id, id) on delete set null (agent_id)
);

comment on table public.phone_numbers is 'A clinic''s DID: the number callers dial, and which location and agent answer it. Unique across tenants.';
comment on column public.phone_numbers.number is 'E.164.';
comment on column public.phone_numbers.routing is 'dynamic: Vapi asks us for the assistant at every call; fixed: the number carries one assistant.';

alter table public.organizations enable row level security;
alter table public.organizations force row level security;
alter table public.locations enable row level security;
alter table public.locations force row level security;
alter table public.departments enable row level security;
alter table public.departments force row level security;
alter table public.profiles enable row level security;
alter table public.profiles force row level security;
alter table public.invitations enable row level security;
alter table public.invitations force row level security;
alter table public.agents enable row level security;
alter table public.agents force row level security;
alter table public.assistant_routes enable row level security;
alter table public.assistant_routes force row level security;
alter table public.phone_numbers enable row level security;
alter table public.phone_numbers force row level security;
-- +goose StatementEnd

-- +goose Down
-- +goose StatementBegin
drop table public.phone_numbers;
drop table public.assistant_routes;
drop table public.agents;
drop table public.invitations;
drop table public.profiles;
drop table public.departments;
drop table public.locations;
drop table public.organizations;
-- +goose StatementEnd
