-- Read by sqlc only, never run: sqlc knows composite types' columns and their nullability when it sees them as tables.
-- A test compares this file with the types in the migrated database.
drop type app.slot;
create table app.slot (
  starts_at timestamptz not null,
  ends_at timestamptz not null,
  resource_id uuid not null,
  resource_name text not null,
  service_name text not null,
  time_zone text not null
);

drop type app.booking_result;
create table app.booking_result (
  outcome text not null,
  reason text,
  replayed boolean not null,
  appointment_id uuid,
  booking_ref text,
  status text,
  patient_name text,
  service_id uuid,
  service_name text,
  resource_id uuid,
  resource_name text,
  starts_at timestamptz,
  ends_at timestamptz,
  time_zone text,
  alternatives timestamptz[] not null
);

drop type app.call_context;
create table app.call_context (
  outcome text not null,
  org_id uuid,
  call_id uuid,
  agent_id uuid,
  location_id uuid,
  clinic_name text,
  country text,
  language text,
  time_zone text,
  emergency_sentence text,
  now timestamptz,
  weekdays integer[],
  opens_minutes integer[],
  closes_minutes integer[]
);

drop type app.caller_view;
create table app.caller_view (
  known boolean not null,
  patient_names text[] not null,
  visits_to_come bigint not null
);

drop type app.service_card;
create table app.service_card (
  name text not null,
  minutes integer not null,
  price_minor bigint,
  currency text not null,
  practitioners text[] not null
);

drop type app.assistant_facts;
create table app.assistant_facts (
  vapi_assistant_id text,
  clinic_name text not null,
  first_message text not null,
  address text,
  recording_consent text not null,
  ai_disclosure boolean not null,
  hours text,
  services text,
  practitioners text
);

drop type app.transfer_answer;
create table app.transfer_answer (
  outcome text not null,
  reason text,
  phone text,
  caller_id text
);

drop type app.message_decision;
create table app.message_decision (
  outcome text not null,
  reason text,
  message_id uuid,
  status text,
  recipient text,
  content text,
  segments integer,
  not_before timestamptz
);

drop type app.scheduled_bundle;
create table app.scheduled_bundle (
  outcome text not null,
  not_before timestamptz,
  scheduled_ids uuid[] not null,
  kind text,
  category text,
  contact_id uuid,
  call_id uuid,
  campaign_id uuid,
  phone text,
  spoken boolean not null,
  email text,
  text text,
  subject text,
  email_text text,
  code_subjects uuid[] not null,
  code_versions integer[] not null,
  appointment_ids uuid[] not null,
  starts_at timestamptz[] not null,
  ends_at timestamptz[] not null,
  summaries text[] not null,
  place text,
  clinic_name text,
  clinic_phone text,
  clinic_country text
);

drop type app.inbound_answer;
create table app.inbound_answer (
  outcome text not null,
  message_id uuid,
  contact_id uuid,
  reply_message_id uuid
);

drop type app.message_stat;
create table app.message_stat (
  day date not null,
  method text not null,
  category text not null,
  sent bigint not null,
  delivered bigint not null,
  failed bigint not null,
  unknown bigint not null,
  blocked bigint not null,
  received bigint not null,
  segments bigint not null
);

drop type app.agent_sync;
create table app.agent_sync (
  outcome text not null,
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

drop type app.tool_claim;
create table app.tool_claim (
  outcome text not null,
  vapi_tool_id text,
  definition_hash text
);

drop type app.tool_health;
create table app.tool_health (
  tool_name text not null,
  registered boolean not null,
  linked_agents bigint not null,
  agents bigint not null,
  last_error text
);

drop type app.agent_ref;
create table app.agent_ref (
  org_id uuid not null,
  agent_id uuid not null
);

drop type app.request_claim;
create table app.request_claim (
  outcome text not null,
  status integer,
  headers jsonb,
  response bytea
);
