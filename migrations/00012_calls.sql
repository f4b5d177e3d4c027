-- People who call, the calls, and what they may learn.

-- +goose Up
-- +goose StatementBegin
create table public.contacts (
  org_id uuid not null references public.organizations (id),
  id uuid not null default app.uuid_v7(),
  name text check (char_length(name) between 1 and 100),
  phone text check (phone ~ '^\+[1-9][0-9]{6,14}$'),
  spoken_phone text check (spoken_phone ~ '^\+[1-9][0-9]{6,14}$'),
  origin_call_id uuid,
  email text check (char_length(email) between 3 and 254),
  lead_status text not null default 'cold' check (lead_status in ('hot', 'warm', 'cold', 'booked', 'lost')),
  lead_score integer not null default 0 check (lead_score between 0 and 100),
  lead_reasons text[] not null default '{}',
  service_interests text[] not null default '{}',
  source text not null default 'call' check (source in ('call', 'dashboard', 'import')),
  notes text,
  last_contacted_at timestamptz,
  created_at timestamptz not null default app.now(),
  updated_at timestamptz not null default app.now(),
  primary key (org_id, id),
  unique (org_id, phone),
  unique (org_id, origin_call_id)
);

comment on table public.contacts is 'The person reachable at a number. Who comes to a visit is a patient: a parent is one contact with several patients.';
comment on column public.contacts.phone is 'E.164, from the call''s envelope, staff or a verified caller only; unique per organisation, NULL allowed.';
comment on column public.contacts.spoken_phone is 'A number the caller said. Never used to find a contact.';
comment on column public.contacts.origin_call_id is 'The call of a caller without a number: such a caller has exactly one contact per call.';
comment on column public.contacts.email is 'Not unique: families share addresses.';

create table public.call_logs (
  org_id uuid not null references public.organizations (id),
  id uuid not null default app.uuid_v7(),
  vapi_call_id text not null check (char_length(vapi_call_id) between 1 and 100),
  agent_id uuid,
  location_id uuid,
  contact_id uuid,
  direction text not null check (direction in ('inbound', 'outbound', 'web')),
  from_number text check (from_number ~ '^\+[1-9][0-9]{6,14}$'),
  to_number text check (to_number ~ '^\+[1-9][0-9]{6,14}$'),
  status text not null default 'ringing'
    check (status in ('scheduled', 'queued', 'ringing', 'in-progress', 'forwarding', 'ended')),
  ended_reason text check (char_length(ended_reason) <= 200),
  started_at timestamptz,
  ended_at timestamptz,
  duration_seconds integer check (duration_seconds >= 0),
  outcome text check (outcome in ('booked', 'rescheduled', 'cancelled', 'message', 'transferred', 'answered', 'missed')),
  summary text,
  transcript jsonb not null default '[]' check (jsonb_typeof(transcript) = 'array'),
  transcript_state text not null default 'none' check (transcript_state in ('none', 'stored', 'pending_redaction')),
  recording_state text not null default 'none' check (recording_state in ('none', 'at_provider')),
  tools_used text[] not null default '{}',
  cost_micros bigint check (cost_micros >= 0),
  reported_at timestamptz,
  created_at timestamptz not null default app.now(),
  updated_at timestamptz not null default app.now(),
  primary key (org_id, id),
  unique (org_id, vapi_call_id),
  foreign key (org_id, agent_id) references public.agents (org_id, id) on delete set null (agent_id),
  foreign key (org_id, location_id) references public.locations (org_id, id),
  foreign key (org_id, contact_id) references public.contacts (org_id, id) on delete set null (contact_id)
);

comment on table public.call_logs is 'Every call, from its first webhook on; filled in by status updates and the end-of-call report in any order.';
comment on column public.call_logs.from_number is 'The caller''s number (E.164) as the network gave it; NULL when withheld, SIP or web. A hint, not an identity.';
comment on column public.call_logs.ended_reason is 'Vapi''s word; an open set.';
comment on column public.call_logs.outcome is 'The most telling thing that came of the call; computed from our own rows, not from the model''s words.';
comment on column public.call_logs.transcript is 'Redacted turns: [{"speaker":"assistant|caller","text":"...","at":seconds from the start}].';
comment on column public.call_logs.transcript_state is 'pending_redaction: redaction failed, nothing raw is stored, the report is fetched again.';
comment on column public.call_logs.recording_state is 'at_provider: Vapi keeps a recording that we have not copied.';
comment on column public.call_logs.cost_micros is 'Cost in millionths of a US dollar, as Vapi reports it.';
comment on column public.call_logs.reported_at is 'When the end-of-call report was taken in; a second one changes nothing.';
create index call_logs_recent on public.call_logs (org_id, created_at);
comment on index public.call_logs_recent is 'Lists and statistics of a period.';
create index call_logs_contact on public.call_logs (org_id, contact_id);
comment on index public.call_logs_contact is 'A contact''s call history.';

alter table public.contacts
  add foreign key (org_id, origin_call_id) references public.call_logs (org_id, id) on delete set null (origin_call_id);

create table public.patients (
  org_id uuid not null references public.organizations (id),
  id uuid not null default app.uuid_v7(),
  contact_id uuid not null,
  name text not null check (char_length(name) between 1 and 100),
  normalised_name text not null check (normalised_name <> ''),
  date_of_birth date check (date_of_birth between '1850-01-01' and '2200-01-01'),
  made_by_voice boolean not null default true,
  origin_call_id uuid,
  created_at timestamptz not null default app.now(),
  updated_at timestamptz not null default app.now(),
  primary key (org_id, id),
  foreign key (org_id, contact_id) references public.contacts (org_id, id),
  foreign key (org_id, origin_call_id) references public.call_logs (org_id, id) on delete set null (origin_call_id)
);

comment on table public.patients is 'Who comes to a visit. Belongs to the contact whose number books for them.';
comment on column public.patients.normalised_name is 'app.normalise_name(name): what two spellings must share to be one patient.';
comment on column public.patients.date_of_birth is 'Told when the patient was first booked, or by staff; never overwritten by a caller. The usual identity factor.';
comment on column public.patients.made_by_voice is 'False for rows that staff made: those may repeat a name under one contact.';
comment on column public.patients.origin_call_id is 'The call that first named this patient; within it the spelling may still be corrected.';
create unique index patients_voice_name on public.patients (org_id, contact_id, normalised_name) where made_by_voice;
comment on index public.patients_voice_name is 'book_appointment: one voice-made patient per contact and name, also in a race.';

create table public.caller_verifications (
  org_id uuid not null,
  id uuid not null default app.uuid_v7(),
  call_id uuid not null,
  contact_id uuid,
  patient_id uuid,
  factor text not null check (factor in ('date_of_birth')),
  succeeded boolean not null,
  at timestamptz not null default app.now(),
  primary key (org_id, id),
  foreign key (org_id, call_id) references public.call_logs (org_id, id) on delete cascade,
  foreign key (org_id, contact_id) references public.contacts (org_id, id) on delete set null (contact_id),
  foreign key (org_id, patient_id) references public.patients (org_id, id) on delete cascade,
  check (succeeded = (patient_id is not null))
);

comment on table public.caller_verifications is 'Every identity check of a call. A success opens that one patient to that one call; failures are counted.';
create index caller_verifications_call on public.caller_verifications (org_id, call_id);
comment on index public.caller_verifications_call is 'What a call may see, and how often it was wrong.';
create index caller_verifications_contact on public.caller_verifications (org_id, contact_id, at) where not succeeded;
comment on index public.caller_verifications_contact is 'How often a contact was guessed at today.';

create table public.caller_messages (
  org_id uuid not null,
  id uuid not null default app.uuid_v7(),
  call_id uuid not null,
  tool_call_id text,
  contact_id uuid,
  caller_name text check (char_length(caller_name) <= 100),
  callback_number text check (callback_number ~ '^\+[1-9][0-9]{6,14}$'),
  body text not null check (char_length(body) between 1 and 2000),
  urgent boolean not null default false,
  handled_at timestamptz,
  created_at timestamptz not null default app.now(),
  primary key (org_id, id),
  foreign key (org_id, call_id) references public.call_logs (org_id, id) on delete cascade,
  foreign key (org_id, contact_id) references public.contacts (org_id, id) on delete set null (contact_id),
  unique (org_id, call_id, tool_call_id)
);

comment on table public.caller_messages is 'What a caller asked to pass on to the staff.';
comment on column public.caller_messages.callback_number is 'Where the caller said to call back (E.164); not checked, never used to find a contact.';
comment on column public.caller_messages.body is 'The message with identifiers redacted, except the call-back number in its own column.';

create table public.messages (
  org_id uuid not null references public.organizations (id),
  id uuid not null default app.uuid_v7(),
  direction text not null check (direction in ('inbound', 'outbound')),
  method text not null check (method in ('sms', 'email', 'export')),
  category text not null check (category in ('code', 'confirmation', 'reminder', 'follow_up', 'marketing', 'reply', 'share', 'export')),
  recipient text not null,
  subject text,
  content text not null,
  status text not null default 'queued' check (status in ('queued', 'sent', 'delivered', 'failed', 'unknown', 'blocked')),
  service_provider text,
  external_message_id text,
  sent_at timestamptz,
  contact_id uuid,
  call_id uuid,
  appointment_id uuid,
  actor_user_id uuid,
  request_id text,
  created_at timestamptz not null default app.now(),
  updated_at timestamptz not null default app.now(),
  primary key (org_id, id),
  foreign key (org_id, contact_id) references public.contacts (org_id, id) on delete set null (contact_id),
  foreign key (org_id, call_id) references public.call_logs (org_id, id) on delete set null (call_id)
);

comment on table public.messages is 'The audit trail of everything sent to or received from patients. Append-only: written by functions, never edited by people.';
comment on column public.messages.status is 'unknown: the provider may or may not have acted; never settled by sending again.';
comment on column public.messages.external_message_id is 'The provider''s id of the message.';
create index messages_recent on public.messages (org_id, created_at);
comment on index public.messages_recent is 'The audit view: what went out in a period.';
create index messages_contact on public.messages (org_id, contact_id, created_at);
comment on index public.messages_contact is 'A contact''s message history, and how lately it was texted.';
create unique index messages_external on public.messages (org_id, service_provider, external_message_id);
comment on index public.messages_external is 'A provider''s delivery report finds its row; the same message is recorded once.';

alter table public.contacts enable row level security;
alter table public.contacts force row level security;
alter table public.call_logs enable row level security;
alter table public.call_logs force row level security;
alter table public.patients enable row level security;
alter table public.patients force row level security;
alter table public.caller_verifications enable row level security;
alter table public.caller_verifications force row level security;
alter table public.caller_messages enable row level security;
alter table public.caller_messages force row level security;
alter table public.messages enable row level security;
alter table public.messages force row level security;
-- +goose StatementEnd

-- +goose Down
-- +goose StatementBegin
drop table public.messages;
drop table public.caller_messages;
drop table public.caller_verifications;
drop table public.patients;
alter table public.contacts drop constraint contacts_org_id_origin_call_id_fkey;
drop table public.call_logs;
drop table public.contacts;
-- +goose StatementEnd
