-- Lead scores with their reasons, what is remembered of a caller, and for how long words are kept.

-- +goose Up
-- +goose StatementBegin
alter table public.organizations
  add column hot_lead_phone text check (hot_lead_phone ~ '^\+[1-9][0-9]{6,14}$'),
  add column policies text not null default '' check (char_length(policies) <= 1000 and policies !~ '[{}[:cntrl:]]'),
  add column caller_memory boolean not null default false,
  add column keep_memory_for interval not null default '365 days' check (keep_memory_for between interval '1 day' and interval '10 years'),
  add column keep_transcripts_for interval check (keep_transcripts_for between interval '1 day' and interval '10 years'),
  add column keep_messages_for interval check (keep_messages_for between interval '1 day' and interval '10 years');
comment on column public.organizations.hot_lead_phone is 'Who has a text (E.164) when a call makes a hot lead; NULL: nobody.';
comment on column public.organizations.policies is 'What callers may be told of the clinic''s ways (insurance, late cancellations); part of every call''s brief.';
comment on column public.organizations.caller_memory is
  'Whether the agent is told of earlier calls of a caller who may hear of them. Off until the clinic wants it: it is health data put to a further use.';
comment on column public.organizations.keep_memory_for is 'Calls longer ago than this are not remembered to the agent.';
comment on column public.organizations.keep_transcripts_for is
  'How long after a call its words are kept: transcript, summary, what was read from them, messages taken for the staff. NULL: until the call is deleted or its contact erased.';
comment on column public.organizations.keep_messages_for is
  'How long the text of a message is kept after it was sent or received; its row, states and hashes stay. NULL: until its contact is erased.';

alter table public.contacts
  add column lead_status_by text check (lead_status_by in ('staff', 'rules')),
  add column lead_scored_at timestamptz;
comment on column public.contacts.lead_score is '0 to 100, fits lead_status (app.score_of_status).';
comment on column public.contacts.lead_reasons is 'What the score is made of, each with its points: fixed words, names of services, nothing a caller said.';
comment on column public.contacts.lead_status_by is
  'Who gave lead_status. staff: scoring never changes it; rules: scoring did, or nobody chose it. NULL: not noted; one that is hot, warm or lost was then given by staff, who alone could.';
comment on column public.contacts.lead_scored_at is 'When lead_score last followed from a call; after 30 days the next call counts anew.';

alter table public.call_logs
  add column lead_score integer check (lead_score between 0 and 100),
  add column lead_reasons text[] not null default '{}',
  add column service_ids uuid[] not null default '{}',
  add column hot_lead_at timestamptz;
comment on column public.call_logs.lead_score is 'What this call alone says of its caller as a lead; NULL where it was not scored.';
comment on column public.call_logs.lead_reasons is 'As contacts.lead_reasons.';
comment on column public.call_logs.service_ids is 'The clinic''s services that the caller named.';
comment on column public.call_logs.hot_lead_at is 'When people were told that this call makes a hot lead: once.';

alter table public.notifications
  drop constraint notifications_kind_check,
  add constraint notifications_kind_check check (kind in (
    'appointment_booked', 'approval_needed', 'caller_message', 'missed_call', 'message_failed', 'message_unknown',
    'opted_out_before_visit', 'visit_confirmed', 'visit_cancelled_by_reply', 'message_received', 'outbound_call_failed',
    'number_active', 'number_failed', 'number_left', 'hot_lead'));
alter table public.messages
  drop constraint messages_category_check,
  add constraint messages_category_check check (category in (
    'code', 'confirmation', 'reminder', 'follow_up', 'marketing', 'reply', 'share', 'export', 'invitation', 'alert'));

create index call_logs_words on public.call_logs (org_id, began_at) where transcript_state = 'stored' or summary is not null;
comment on index public.call_logs_words is 'Calls whose words are kept, the oldest first: for app.apply_retention.';
create index messages_words on public.messages (org_id, created_at) where content not in ('[erased]', '[expired]');
comment on index public.messages_words is 'Messages whose text is kept, the oldest first: for app.apply_retention.';

create type app.lead_signal as (points integer, reason text);
comment on type app.lead_signal is 'One thing that says how likely a caller is to come: how much it counts, and why in words for staff.';
create type app.caller_brief as (known boolean, names text, memory text);
comment on type app.caller_brief is
  'What an agent is told at the start of a call about who calls: whether they may hear of earlier things, first names of the patients, and what earlier calls were about. Both texts are empty for everybody else.';
-- +goose StatementEnd

-- +goose Down
-- +goose StatementBegin
drop type app.caller_brief;
drop type app.lead_signal;
drop index public.messages_words;
drop index public.call_logs_words;
alter table public.messages
  drop constraint messages_category_check,
  add constraint messages_category_check check (category in (
    'code', 'confirmation', 'reminder', 'follow_up', 'marketing', 'reply', 'share', 'export', 'invitation')) not valid;
alter table public.notifications
  drop constraint notifications_kind_check,
  add constraint notifications_kind_check check (kind in (
    'appointment_booked', 'approval_needed', 'caller_message', 'missed_call', 'message_failed', 'message_unknown',
    'opted_out_before_visit', 'visit_confirmed', 'visit_cancelled_by_reply', 'message_received', 'outbound_call_failed',
    'number_active', 'number_failed', 'number_left')) not valid;
alter table public.call_logs
  drop column hot_lead_at, drop column service_ids, drop column lead_reasons, drop column lead_score;
comment on column public.contacts.lead_score is null;
comment on column public.contacts.lead_reasons is null;
alter table public.contacts drop column lead_scored_at, drop column lead_status_by;
alter table public.organizations
  drop column keep_messages_for, drop column keep_transcripts_for, drop column keep_memory_for, drop column caller_memory,
  drop column policies, drop column hot_lead_phone;
-- +goose StatementEnd
