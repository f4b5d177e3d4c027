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
  practitioners text,
  policies text not null
);

drop type app.clinic_facts;
create table app.clinic_facts (
  clinic_name text not null,
  address text,
  time_zone text,
  emergency_sentence text not null,
  recording_consent text not null,
  ai_disclosure boolean not null,
  hours text,
  services text,
  practitioners text,
  policies text not null
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

drop type app.contact_row;
create table app.contact_row (
  id uuid not null,
  name text,
  phone text,
  spoken_phone text,
  email text,
  lead_status text not null,
  lead_score integer not null,
  lead_reasons text[] not null,
  service_interests text[] not null,
  source text not null,
  notes text,
  language text,
  time_zone text,
  marketing_consent_at timestamptz,
  last_contacted_at timestamptz,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  total bigint not null,
  total_is_estimate boolean not null
);

drop type app.contact_stat;
create table app.contact_stat (
  total_leads bigint not null,
  hot_leads bigint not null,
  warm_leads bigint not null,
  cold_leads bigint not null,
  booked_leads bigint not null,
  lost_leads bigint not null,
  new_today bigint not null
);

drop type app.appointment_row;
create table app.appointment_row (
  id uuid not null,
  booking_ref text not null,
  status text not null,
  scheduled_at timestamptz not null,
  ends_at timestamptz not null,
  duration_minutes integer not null,
  time_zone text not null,
  location_id uuid not null,
  location_name text not null,
  service_id uuid not null,
  service_name text not null,
  resource_id uuid not null,
  resource_name text not null,
  patient_id uuid not null,
  patient_name text not null,
  contact_id uuid not null,
  contact_name text not null,
  phone_number text,
  phone_was_spoken boolean not null,
  contact_email text,
  source text not null,
  call_id uuid,
  confirmation_sent boolean not null,
  confirmed_by_patient_at timestamptz,
  notes text,
  cancelled_at timestamptz,
  cancel_reason text,
  overridden boolean not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  total bigint not null,
  total_is_estimate boolean not null
);

drop type app.appointment_story;
create table app.appointment_story (
  history jsonb not null,
  messages jsonb not null,
  attempts jsonb not null
);

drop type app.booking_attempt_row;
create table app.booking_attempt_row (
  id uuid not null,
  at timestamptz not null,
  kind text not null,
  outcome text not null,
  reason text,
  call_id uuid,
  appointment_id uuid,
  service_id uuid,
  service_name text,
  resource_id uuid,
  resource_name text,
  starts_at timestamptz,
  time_zone text not null,
  said_date text,
  said_time text,
  actor_user_id uuid,
  actor_name text,
  total bigint not null,
  total_is_estimate boolean not null
);

drop type app.call_row;
create table app.call_row (
  id uuid not null,
  vapi_call_id text not null,
  contact_id uuid,
  caller_name text,
  phone_number text,
  to_number text,
  direction text not null,
  state text not null,
  call_date timestamptz not null,
  started_at timestamptz,
  ended_at timestamptz,
  duration_seconds integer,
  outcome text,
  ended_reason text,
  summary text,
  transcript_state text not null,
  recording_state text not null,
  tools_used text[] not null,
  cost_micros bigint,
  created_at timestamptz not null,
  total bigint not null,
  total_is_estimate boolean not null,
  recording_error text,
  summary_source text,
  sentiment text,
  sentiment_score double precision,
  urgency text
);

drop type app.call_detail;
create table app.call_detail (
  id uuid not null,
  vapi_call_id text not null,
  contact_id uuid,
  caller_name text,
  phone_number text,
  to_number text,
  direction text not null,
  state text not null,
  call_date timestamptz not null,
  started_at timestamptz,
  ended_at timestamptz,
  duration_seconds integer,
  outcome text,
  ended_reason text,
  summary text,
  transcript_state text not null,
  recording_state text not null,
  tools_used text[] not null,
  cost_micros bigint,
  created_at timestamptz not null,
  transcript jsonb not null,
  recording_error text,
  summary_source text,
  sentiment text,
  sentiment_score double precision,
  urgency text,
  lead_score integer,
  lead_reasons text[] not null
);

drop type app.call_stats;
create table app.call_stats (
  total_calls bigint not null,
  inbound_calls bigint not null,
  outbound_calls bigint not null,
  completed_calls bigint not null,
  missed_calls bigint not null,
  transferred_calls bigint not null,
  failed_calls bigint not null,
  calls_today bigint not null,
  calls_this_week bigint not null,
  calls_this_month bigint not null,
  average_seconds integer not null,
  success_rate double precision not null,
  pipeline_minor bigint not null,
  hot_leads bigint not null,
  felt bigint not null,
  average_sentiment double precision not null,
  cost_micros bigint not null
);

drop type app.message_row;
create table app.message_row (
  id uuid not null,
  direction text not null,
  method text not null,
  category text not null,
  recipient text not null,
  subject text,
  content text not null,
  status text not null,
  reason text,
  provider_error text,
  service_provider text,
  external_message_id text,
  segments integer,
  contact_id uuid,
  contact_name text,
  call_id uuid,
  appointment_id uuid,
  actor_user_id uuid,
  sent_at timestamptz,
  created_at timestamptz not null,
  total bigint not null,
  total_is_estimate boolean not null
);

drop type app.notification_row;
create table app.notification_row (
  id uuid not null,
  kind text not null,
  title text not null,
  body text not null,
  entity text,
  entity_id uuid,
  read_at timestamptz,
  created_at timestamptz not null,
  total bigint not null,
  total_is_estimate boolean not null
);

drop type app.caller_brief;
create table app.caller_brief (
  known boolean not null,
  names text not null,
  memory text not null
);

drop type app.lead_row;
create table app.lead_row (
  id uuid not null,
  name text,
  phone text,
  lead_status text not null,
  lead_score integer not null,
  created_at timestamptz not null,
  last_contacted_at timestamptz,
  last_call_summary text,
  lead_reasons text[] not null,
  sentiment text,
  sentiment_score double precision
);

drop type app.activity;
create table app.activity (
  id uuid not null,
  kind text not null,
  at timestamptz not null,
  summary text not null,
  entity text not null,
  entity_id uuid not null,
  contact_id uuid
);

drop type app.audit_row;
create table app.audit_row (
  id uuid not null,
  action text not null,
  entity text,
  entity_id uuid,
  actor_user_id uuid,
  actor_name text,
  actor_email text,
  request_id text,
  at timestamptz not null,
  total bigint not null,
  total_is_estimate boolean not null,
  affected integer
);

drop type app.request_claim;
create table app.request_claim (
  outcome text not null,
  status integer,
  headers jsonb,
  response bytea
);

drop type app.provisioning_task;
create table app.provisioning_task (
  outcome text not null,
  wait_seconds integer not null,
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

drop type app.provisioning_status;
create table app.provisioning_status (
  provisioning_id uuid not null,
  phone_number_id uuid,
  number text not null,
  state text not null,
  step text,
  error text,
  vapi_phone_number_id text,
  routing text,
  agent_id uuid,
  vapi_assistant_id text,
  activated_at timestamptz,
  attempted_at timestamptz,
  steps jsonb not null
);

drop type app.provisioning_ref;
create table app.provisioning_ref (
  org_id uuid not null,
  provisioning_id uuid not null
);

drop type app.phone_number_row;
create table app.phone_number_row (
  id uuid not null,
  number text not null,
  provider text not null,
  location_id uuid not null,
  location_name text not null,
  own_line text,
  agent_id uuid,
  agent_name text,
  routing text not null,
  vapi_phone_number_id text,
  vapi_assistant_id text,
  state text,
  error text,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  total bigint not null,
  total_is_estimate boolean not null
);

drop type app.invitation_row;
create table app.invitation_row (
  id uuid not null,
  email text not null,
  role text not null,
  invited_by uuid,
  expires_at timestamptz not null,
  created_at timestamptz not null,
  expired boolean not null,
  mail text not null,
  mail_reason text,
  mailed_at timestamptz
);

drop type app.integration_row;
create table app.integration_row (
  provider text not null,
  connected boolean not null,
  last_verified_at timestamptz,
  problem text
);

drop type app.transcript_export;
create table app.transcript_export (
  message_id uuid not null,
  call_id uuid not null,
  exported_at timestamptz not null,
  clinic_name text not null,
  clinic_phone text,
  country text not null,
  time_zone text not null,
  caller_name text,
  phone_number text,
  direction text not null,
  state text not null,
  call_date timestamptz not null,
  duration_seconds integer,
  summary text,
  transcript jsonb not null
);

drop type app.recording_copy;
create table app.recording_copy (
  outcome text not null,
  recording_id uuid not null,
  vapi_call_id text,
  source_url text,
  storage_key text not null,
  not_before timestamptz
);

drop type app.recording_view;
create table app.recording_view (
  outcome text not null,
  recording_id uuid,
  storage_key text,
  content_type text,
  size_bytes bigint,
  clinic_name text,
  call_at timestamptz,
  time_zone text,
  expires_at timestamptz
);

drop type app.share_decision;
create table app.share_decision (
  outcome text not null,
  reason text,
  share_id uuid,
  message_id uuid,
  status text,
  expires_at timestamptz
);

drop type app.share_row;
create table app.share_row (
  id uuid not null,
  recipient text,
  actor_user_id uuid not null,
  actor_name text,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  revoked_at timestamptz,
  state text not null,
  message_status text,
  openings bigint not null,
  visitors bigint not null,
  last_opened_at timestamptz
);

drop type app.relayed_event;
create table app.relayed_event (
  below bigint,
  read_at timestamptz,
  xid bigint,
  id bigint,
  org_id uuid,
  kind text,
  entity text,
  entity_id uuid,
  at timestamptz
);

drop type app.web_test_start;
create table app.web_test_start (
  outcome text not null,
  web_test_id uuid,
  vapi_assistant_id text,
  retry_seconds integer
);

drop type app.web_test_line;
create table app.web_test_line (
  web_test_id uuid not null,
  vapi_call_id text,
  max_seconds integer,
  ciphertext bytea not null,
  nonce bytea not null,
  auth_tag bytea not null,
  key_id text not null
);

drop type app.web_test_view;
create table app.web_test_view (
  state text not null,
  call_id uuid,
  vapi_call_id text,
  opened_at timestamptz,
  ended_at timestamptz,
  end_reason text
);

drop type app.membership_fault;
create table app.membership_fault (
  user_id uuid not null,
  kind text not null,
  repair text not null,
  org_id uuid,
  org_slug text,
  role text,
  stamped_org text
);

drop type app.outbound_answer;
create table app.outbound_answer (
  outcome text not null,
  outbound_call_id uuid,
  state text,
  due_at timestamptz,
  until_at timestamptz,
  refusal text
);

drop type app.outbound_bounds;
create table app.outbound_bounds (
  per_day integer not null,
  at_once integer,
  countries text[] not null
);

drop type app.outbound_call_row;
create table app.outbound_call_row (
  id uuid not null,
  kind text not null,
  contact_id uuid,
  contact_name text,
  appointment_id uuid,
  to_number text,
  from_number text,
  agent_id uuid,
  agent_name text,
  state text not null,
  reason text,
  attempt integer not null,
  answered boolean,
  call_id uuid,
  due_at timestamptz not null,
  until_at timestamptz not null,
  placed_at timestamptz,
  ended_at timestamptz,
  requested_by uuid,
  requested_by_name text,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  total bigint not null,
  total_is_estimate boolean not null
);

drop type app.outbound_cancellation;
create table app.outbound_cancellation (
  outcome text not null,
  state text not null
);

drop type app.outbound_ref;
create table app.outbound_ref (
  org_id uuid not null,
  outbound_call_id uuid not null,
  lease_id uuid
);

drop type app.outbound_dial;
create table app.outbound_dial (
  outcome text not null,
  kind text,
  vapi_assistant_id text,
  vapi_phone_number_id text,
  to_number text,
  earliest_at timestamptz,
  latest_at timestamptz,
  clinic_name text,
  clinic_phone text,
  clinic_address text,
  time_zone text,
  now timestamptz,
  visit text,
  words text,
  first_name text,
  emergency_sentence text,
  hours text,
  services text,
  practitioners text,
  policies text
);

drop type app.outbound_question;
create table app.outbound_question (
  outcome text not null,
  vapi_assistant_id text,
  since timestamptz
);

drop type app.outbound_load;
create table app.outbound_load (
  occupied bigint not null,
  due bigint not null,
  waiting bigint not null
);

drop type app.knowledge_row;
create table app.knowledge_row (
  id uuid not null,
  filename text not null,
  category text not null,
  active boolean not null,
  version integer,
  latest_version integer not null,
  kind text not null,
  size_bytes bigint not null,
  state text not null,
  error text,
  chunks_total integer,
  chunks_done integer not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  total bigint not null,
  total_is_estimate boolean not null
);

drop type app.knowledge_saved;
create table app.knowledge_saved (
  outcome text not null,
  document_id uuid not null
);

drop type app.knowledge_work;
create table app.knowledge_work (
  outcome text not null,
  document_id uuid not null,
  kind text not null,
  content bytea,
  not_before timestamptz
);

drop type app.knowledge_text;
create table app.knowledge_text (
  chunk_id uuid not null,
  body text not null
);

drop type app.knowledge_match;
create table app.knowledge_match (
  chunk_id uuid not null,
  document_id uuid not null,
  filename text not null,
  category text not null,
  page integer,
  headings text[] not null,
  body text not null,
  score real not null,
  similarity real,
  coverage real not null
);

drop type app.knowledge_chunk_row;
create table app.knowledge_chunk_row (
  id uuid not null,
  position integer not null,
  page integer,
  headings text[] not null,
  body text not null,
  tokens integer not null,
  models text[] not null,
  total bigint not null,
  total_is_estimate boolean not null
);

drop type app.knowledge_gap_row;
create table app.knowledge_gap_row (
  id uuid not null,
  question text not null,
  times_asked integer not null,
  best_score real,
  last_call_id uuid,
  first_asked_at timestamptz not null,
  last_asked_at timestamptz not null,
  resolved_at timestamptz,
  total bigint not null,
  total_is_estimate boolean not null
);

drop type app.oauth_taken;
create table app.oauth_taken (
  org_id uuid not null,
  id uuid not null,
  user_id uuid not null,
  provider text not null,
  ciphertext bytea not null,
  nonce bytea not null,
  auth_tag bytea not null,
  key_id text not null
);

drop type app.parked_grant_view;
create table app.parked_grant_view (
  id uuid not null,
  provider text not null,
  connected_email text,
  clinic text not null,
  other_email text,
  expires_at timestamptz not null
);

drop type app.old_grant;
create table app.old_grant (
  id uuid not null,
  provider text not null,
  ciphertext bytea not null,
  nonce bytea not null,
  auth_tag bytea not null,
  key_id text not null,
  shared boolean not null
);

drop type app.refresh_turn;
create table app.refresh_turn (
  outcome text not null,
  version integer,
  ciphertext bytea,
  nonce bytea,
  auth_tag bytea,
  key_id text
);

drop type app.disconnected_account;
create table app.disconnected_account (
  grant_id uuid not null,
  ciphertext bytea not null,
  nonce bytea not null,
  auth_tag bytea not null,
  key_id text not null,
  shared boolean not null,
  channel_ids text[] not null,
  channel_resource_ids text[] not null
);

drop type app.calendar_ref;
create table app.calendar_ref (
  org_id uuid not null,
  id uuid not null
);

drop type app.calendar_event_work;
create table app.calendar_event_work (
  outcome text not null,
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

drop type app.calendar_pull;
create table app.calendar_pull (
  outcome text not null,
  resource_id uuid,
  provider text,
  external_calendar_id text,
  time_zone text,
  sync_token text,
  window_from timestamptz,
  window_to timestamptz
);

drop type app.expected_event;
create table app.expected_event (
  appointment_id uuid not null,
  external_id text,
  generation integer not null
);

drop type app.calendar_applied;
create table app.calendar_applied (
  outcome text not null,
  blocks integer not null,
  conflicts integer not null,
  followed integer not null,
  flagged integer not null
);

drop type app.calendar_channel;
create table app.calendar_channel (
  outcome text not null,
  provider text,
  external_calendar_id text,
  channel_id text,
  channel_resource_id text,
  expires_at timestamptz
);

drop type app.calendar_health_row;
create table app.calendar_health_row (
  calendar_link_id uuid not null,
  provider text not null,
  connected_email text,
  resource_id uuid not null,
  resource_name text not null,
  external_calendar_id text not null,
  calendar_name text,
  time_zone text not null,
  writes boolean not null,
  health text not null,
  failing_since timestamptz,
  error_code text,
  last_synced_at timestamptz,
  stale boolean not null,
  pushes_until timestamptz,
  events_waiting integer not null,
  events_failing integer not null,
  events_outside integer not null,
  conflicts integer not null
);

drop type app.feed_row;
create table app.feed_row (
  appointment_id uuid not null,
  starts_at timestamptz not null,
  ends_at timestamptz not null,
  subject text not null,
  details text,
  place text,
  pending boolean not null,
  updated_at timestamptz not null
);

drop type app.event_words;
create table app.event_words (
  subject text not null,
  details text,
  place text
);

drop type app.calendar_count;
create table app.calendar_count (
  links_ok bigint not null,
  links_failing bigint not null,
  links_to_reconnect bigint not null,
  events_behind bigint not null,
  behind_seconds bigint not null
);

drop type app.calendar_account;
create table app.calendar_account (
  provider text not null,
  credential text not null,
  connected_email text,
  connected_at timestamptz,
  last_verified_at timestamptz,
  needs_reconnect_at timestamptz,
  problem text,
  changed_at timestamptz,
  calendars integer not null
);

drop type app.tenant_table;
create table app.tenant_table (
  name text not null,
  place integer not null,
  org_column text not null,
  columns text[] not null,
  key text[] not null,
  excuse text
);

drop type app.archive_exclusion;
create table app.archive_exclusion (
  table_name text not null,
  column_name text,
  reason text not null
);

drop type app.archive_head;
create table app.archive_head (
  org_id uuid not null,
  slug text not null,
  schema_version bigint not null,
  at timestamptz not null
);

drop type app.import_outcome;
create table app.import_outcome (
  members_joined integer not null,
  members_invited integer not null,
  members_elsewhere integer not null,
  messages_held integer not null,
  calls_cancelled integer not null,
  campaigns_stopped integer not null
);

drop type app.area_status;
create table app.area_status (
  area text not null,
  state text not null,
  waiting bigint not null,
  oldest_waiting_at timestamptz,
  last_success_at timestamptz,
  problem text,
  problem_at timestamptz
);
