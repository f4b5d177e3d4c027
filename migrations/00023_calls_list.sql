-- Lists of the dashboard: calls, messages, notifications, the audit log, and what the start page shows.

-- +goose Up
-- +goose StatementBegin
alter table public.call_logs
  add column deleted_at timestamptz,
  add column began_at timestamptz not null generated always as (coalesce(started_at, created_at)) stored;
comment on column public.call_logs.began_at is 'When it started, else when we first heard of it. A column, because under row security no index is asked for coalesce(): PostgreSQL does not take it for leakproof.';
comment on column public.call_logs.deleted_at is 'When staff deleted the call: its words and the person''s number are blanked and no list shows it; numbers still count it.';
create index call_logs_began on public.call_logs (org_id, began_at, id) where deleted_at is null;
comment on index public.call_logs_began is 'list_calls: a page, the newest first, and the total of a period; call_stats; recent_activity.';

create index messages_page on public.messages (org_id, created_at, id);
comment on index public.messages_page is 'list_messages and export_messages: a page, the total, and the next row after one.';

create index notifications_unread on public.notifications (org_id, created_at) where read_at is null;
comment on index public.notifications_unread is 'count_unread_notifications, and the list of them.';

create type app.call_row as (
  id uuid,
  vapi_call_id text,
  contact_id uuid,
  caller_name text,
  phone_number text,
  to_number text,
  direction text,
  state text,
  call_date timestamptz,
  started_at timestamptz,
  ended_at timestamptz,
  duration_seconds integer,
  outcome text,
  ended_reason text,
  summary text,
  transcript_state text,
  recording_state text,
  tools_used text[],
  cost_micros bigint,
  created_at timestamptz,
  total bigint,
  total_is_estimate boolean
);
comment on type app.call_row is
  'A call in a list. phone_number is the other side''s; to_number the called one; state see app.call_state; call_date: when it started, else when we first heard of it. total: how many there are in all pages; beyond 50 000 an estimate, which is then the least there are.';

create type app.call_detail as (
  id uuid,
  vapi_call_id text,
  contact_id uuid,
  caller_name text,
  phone_number text,
  to_number text,
  direction text,
  state text,
  call_date timestamptz,
  started_at timestamptz,
  ended_at timestamptz,
  duration_seconds integer,
  outcome text,
  ended_reason text,
  summary text,
  transcript_state text,
  recording_state text,
  tools_used text[],
  cost_micros bigint,
  created_at timestamptz,
  transcript jsonb
);
comment on type app.call_detail is 'A call as app.call_row has it, with its redacted transcript: [{"speaker","text","at"}].';

create type app.call_stats as (
  total_calls bigint,
  inbound_calls bigint,
  outbound_calls bigint,
  completed_calls bigint,
  missed_calls bigint,
  transferred_calls bigint,
  failed_calls bigint,
  calls_today bigint,
  calls_this_week bigint,
  calls_this_month bigint,
  average_seconds integer,
  success_rate double precision,
  pipeline_minor bigint,
  hot_leads bigint
);
comment on type app.call_stats is
  'All calls of a clinic in numbers; today and this month are the clinic''s, the week is the seven days up to today. average_seconds: of ended calls; success_rate: percent of ended calls that were neither missed nor failed, one decimal; pipeline_minor: prices of the visits ahead, in minor units; hot_leads: contacts.';

create type app.message_row as (
  id uuid,
  direction text,
  method text,
  category text,
  recipient text,
  subject text,
  content text,
  status text,
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
  created_at timestamptz,
  total bigint,
  total_is_estimate boolean
);
comment on type app.message_row is 'A message in a list; total as in app.call_row.';

create type app.notification_row as (
  id uuid,
  kind text,
  title text,
  body text,
  entity text,
  entity_id uuid,
  read_at timestamptz,
  created_at timestamptz,
  total bigint,
  total_is_estimate boolean
);
comment on type app.notification_row is 'A notification in a list; total as in app.call_row.';

create type app.lead_row as (
  id uuid,
  name text,
  phone text,
  lead_status text,
  lead_score integer,
  created_at timestamptz,
  last_contacted_at timestamptz,
  last_call_summary text
);
comment on type app.lead_row is 'A contact worth calling, with the summary of its last call that has one.';

create type app.activity as (
  id uuid,
  kind text,
  at timestamptz,
  summary text,
  entity text,
  entity_id uuid,
  contact_id uuid
);
comment on type app.activity is 'Something that happened lately: call_completed, appointment_booked or hot_lead_detected, in words without names.';

create type app.audit_row as (
  id uuid,
  action text,
  entity text,
  entity_id uuid,
  actor_user_id uuid,
  actor_name text,
  actor_email text,
  request_id text,
  at timestamptz,
  total bigint,
  total_is_estimate boolean
);
comment on type app.audit_row is 'An entry of the audit log with who acted, where that is a member still; total as in app.call_row.';
-- +goose StatementEnd

-- +goose Down
-- +goose StatementBegin
drop type app.audit_row;
drop type app.activity;
drop type app.lead_row;
drop type app.notification_row;
drop type app.message_row;
drop type app.call_stats;
drop type app.call_detail;
drop type app.call_row;
drop index public.notifications_unread;
drop index public.messages_page;
drop index public.call_logs_began;
alter table public.call_logs drop column began_at, drop column deleted_at;
-- +goose StatementEnd
