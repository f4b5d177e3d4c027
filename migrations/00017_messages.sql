-- Messages, whole: what may be sent when and to whom, what was sent, what patients answer, and the keys to send with.

-- +goose Up
-- +goose StatementBegin
alter table public.organizations
  add column follow_up_window interval not null default '1 hour',
  add column quiet_from time not null default '21:00',
  add column quiet_until time not null default '08:00',
  add column reminder_offsets interval[] not null default '{24:00:00,02:00:00}',
  add column messages_per_day integer not null default 1000 check (messages_per_day between 0 and 100000),
  add column missed_call_text boolean not null default false,
  add column email_confirmations boolean not null default true,
  add constraint organizations_follow_up_window check (follow_up_window between '1 minute' and '7 days'),
  add constraint organizations_reminder_offsets check (
    cardinality(reminder_offsets) <= 5 and array_position(reminder_offsets, null) is null
    and '10 minutes' <= all (reminder_offsets) and '60 days' >= all (reminder_offsets));
comment on column public.organizations.follow_up_window is 'How long after a follow-up the same number gets no other one.';
comment on column public.organizations.quiet_from is 'Start of the night in the recipient''s local time; equal to quiet_until: no quiet hours.';
comment on column public.organizations.quiet_until is 'End of the night in the recipient''s local time.';
comment on column public.organizations.reminder_offsets is 'How long before a visit it is reminded of; at most five. In hours rather than days, because a reminder comes that much earlier by the clock on the wall of no one.';
comment on column public.organizations.messages_per_day is 'Texts and e-mails a day, in the clinic''s day, codes and replies not counted.';
comment on column public.organizations.missed_call_text is 'Whether a caller who was not answered gets one text.';
comment on column public.organizations.email_confirmations is 'Whether confirmations also go by e-mail where there is an address.';

-- What hashes numbers once their owner was erased. No role but the functions' owner reads it.
create table public.org_keys (
  org_id uuid primary key references public.organizations (id),
  number_key bytea not null check (octet_length(number_key) = 32),
  created_at timestamptz not null default app.now()
);
comment on table public.org_keys is 'The organisation''s key for keyed hashes of phone numbers and addresses; made when first needed.';

create table public.org_credentials (
  org_id uuid not null references public.organizations (id),
  id uuid not null default app.uuid_v7(),
  provider text not null check (provider in ('twilio', 'resend', 'google_calendar', 'outlook')),
  ciphertext bytea not null,
  nonce bytea not null check (octet_length(nonce) = 12),
  auth_tag bytea not null check (octet_length(auth_tag) = 16),
  key_id text not null check (key_id ~ '^[a-z0-9_-]{1,32}$'),
  account_ref text check (char_length(account_ref) <= 100),
  sender text check (char_length(sender) <= 254),
  connected_email text check (char_length(connected_email) <= 254),
  vapi_credential_id text,
  last_verified_at timestamptz,
  verification_error text check (char_length(verification_error) <= 200),
  created_at timestamptz not null default app.now(),
  updated_at timestamptz not null default app.now(),
  primary key (org_id, id),
  unique (org_id, provider)
);
comment on table public.org_credentials is 'The one place of keys that a clinic gave us. AES-256-GCM; the associated data is "org_id|provider", so a row copied to another tenant does not open.';
comment on column public.org_credentials.key_id is 'Which of the keys in CREDENTIALS_KEY sealed the row.';
comment on column public.org_credentials.account_ref is 'Masked name of the account, e.g. AC12…9f: enough for people to recognise it, not enough to use it.';
comment on column public.org_credentials.sender is 'What messages are sent from: an E.164 number (twilio) or an e-mail address (resend).';
comment on column public.org_credentials.verification_error is 'Why the last check with the provider failed, in our words.';

create table public.opt_outs (
  org_id uuid not null references public.organizations (id),
  id uuid not null default app.uuid_v7(),
  channel text not null check (channel in ('sms', 'voice', 'email')),
  phone text check (phone ~ '^\+[1-9][0-9]{6,14}$'),
  number_hash bytea not null,
  source text not null check (source in ('reply', 'carrier', 'staff', 'call')),
  at timestamptz not null default app.now(),
  revoked_at timestamptz,
  revoked_by text check (revoked_by in ('reply', 'carrier', 'staff')),
  primary key (org_id, id),
  check ((revoked_at is null) = (revoked_by is null))
);
comment on table public.opt_outs is 'Who must not be reached on a channel. By number, not by contact: it outlives the contact''s row.';
comment on column public.opt_outs.phone is 'NULL after erasure: number_hash still recognises the number.';
comment on column public.opt_outs.number_hash is 'app.number_hash of the number (or e-mail address).';
create unique index opt_outs_active on public.opt_outs (org_id, channel, number_hash) where revoked_at is null;
comment on index public.opt_outs_active is 'begin_message: is this number opted out? One active row each.';

alter table public.contacts
  add column time_zone text check (app.is_time_zone(time_zone)),
  add column language text check (language ~ '^[a-z]{2}$'),
  add column marketing_consent_at timestamptz,
  add column erased_at timestamptz;
comment on column public.contacts.time_zone is 'Where the contact lives, when staff know; quiet hours obey it before the number''s region.';
comment on column public.contacts.language is 'ISO 639-1; NULL: the clinic''s.';
comment on column public.contacts.marketing_consent_at is 'When the contact agreed to marketing texts. Without it no campaign reaches them.';
comment on column public.contacts.erased_at is 'When everything personal was blanked; the row stays for what points at it.';

alter table public.appointments
  add column confirmed_by_patient_at timestamptz,
  add column code_version integer not null default 0;
comment on column public.appointments.confirmed_by_patient_at is 'When the patient answered the confirmation or reminder with yes; a move clears it.';
comment on column public.appointments.code_version is 'How many codes were derived for the visit; the last one counts.';

alter table public.messages
  add column reason text check (reason ~ '^[a-z_]{1,40}$'),
  add column provider_error text check (provider_error ~ '^[A-Za-z0-9_.-]{1,60}$'),
  add column segments smallint check (segments between 1 and 40),
  add column send_key text check (char_length(send_key) between 1 and 200),
  add column recipient_hash bytea,
  add column handed_over_at timestamptz,
  add column campaign_id uuid,
  add column in_reply_to uuid,
  add column code_subjects uuid[] not null default '{}',
  add column code_versions integer[] not null default '{}',
  add constraint messages_codes check (cardinality(code_subjects) = cardinality(code_versions)),
  add foreign key (org_id, in_reply_to) references public.messages (org_id, id);
comment on column public.messages.recipient is 'The patient''s end of it, a number or an e-mail address: to whom it goes; inbound, from whom it came.';
comment on column public.messages.reason is 'Why it was blocked, failed or is unknown: a word of a closed list, see docs/messages.md.';
comment on column public.messages.provider_error is 'The provider''s error code, e.g. Twilio 21610; never its text.';
comment on column public.messages.segments is 'How many segments the carrier counts (GSM-7 or UCS-2); NULL for e-mail.';
comment on column public.messages.send_key is 'Names the wish to send. The same wish again finds this row and sends nothing.';
comment on column public.messages.recipient_hash is 'app.number_hash of the recipient (of the sender, inbound): limits and opt-outs still see it after erasure.';
comment on column public.messages.handed_over_at is 'When a sender took the row to the provider. Set and never finished: nobody knows, status unknown.';
comment on column public.messages.code_subjects is 'Whose code each [code] of content stands for, in order: visits or identity_codes. With code_versions it says which text was sent, without the digits.';
comment on column public.messages.code_versions is 'The version of each code in code_subjects.';
create unique index messages_send_key on public.messages (org_id, send_key);
comment on index public.messages_send_key is 'begin_message: one wish, one message.';
create index messages_recipient on public.messages (org_id, recipient_hash, created_at);
comment on index public.messages_recipient is 'begin_message: what this number was sent lately.';
create index messages_appointment on public.messages (org_id, appointment_id) where appointment_id is not null;
comment on index public.messages_appointment is 'What was sent about a visit.';

alter table public.notifications
  drop constraint notifications_kind_check,
  add constraint notifications_kind_check check (kind in (
    'appointment_booked', 'approval_needed', 'caller_message', 'missed_call', 'message_failed', 'message_unknown',
    'opted_out_before_visit', 'visit_confirmed', 'visit_cancelled_by_reply', 'message_received')),
  drop constraint notifications_entity_check,
  add constraint notifications_entity_check check (entity in ('appointment', 'call', 'caller_message', 'message', 'contact'));

alter table public.caller_verifications
  drop constraint caller_verifications_factor_check,
  add constraint caller_verifications_factor_check check (factor in ('date_of_birth', 'confirmation_code', 'texted_code'));

create table public.identity_codes (
  org_id uuid not null references public.organizations (id),
  id uuid not null default app.uuid_v7(),
  kind text not null check (kind in ('confirmation', 'texted')),
  contact_id uuid not null,
  appointment_id uuid,
  call_id uuid,
  code_hash bytea,
  expires_at timestamptz not null,
  created_at timestamptz not null default app.now(),
  primary key (org_id, id),
  foreign key (org_id, contact_id) references public.contacts (org_id, id) on delete cascade,
  foreign key (org_id, appointment_id) references public.appointments (org_id, id) on delete cascade,
  foreign key (org_id, call_id) references public.call_logs (org_id, id) on delete cascade,
  check ((kind = 'confirmation') = (appointment_id is not null)),
  check ((kind = 'texted') = (call_id is not null))
);
comment on table public.identity_codes is 'Codes that prove who calls. Only a keyed hash is kept: the code is derived again when it is sent.';
comment on column public.identity_codes.kind is 'confirmation: stands in the confirmation of a visit, until the visit; texted: asked for in a call, good for that call only.';
comment on column public.identity_codes.code_hash is 'NULL until the text with the code was written.';
create index identity_codes_hash on public.identity_codes (org_id, code_hash);
comment on index public.identity_codes_hash is 'verify_code: whose code is this?';
create unique index identity_codes_appointment on public.identity_codes (org_id, appointment_id) where kind = 'confirmation';
comment on index public.identity_codes_appointment is 'One valid code per visit.';
create index identity_codes_contact on public.identity_codes (org_id, contact_id, created_at);
comment on index public.identity_codes_contact is 'request_code: how many codes this contact was sent lately.';
create index identity_codes_call on public.identity_codes (org_id, call_id) where call_id is not null;
comment on index public.identity_codes_call is 'request_code: how many codes this call asked for.';

create table public.message_templates (
  org_id uuid not null references public.organizations (id),
  id uuid not null default app.uuid_v7(),
  kind text not null check (kind in (
    'confirmation', 'neutral_confirmation', 'reminder', 'missed_call', 'code', 'follow_up', 'marketing')),
  name text not null check (char_length(name) between 1 and 80),
  language text not null default 'en' check (language ~ '^[a-z]{2}$'),
  subject text check (char_length(subject) between 1 and 150),
  body text not null check (char_length(body) between 1 and 1000),
  active boolean not null default true,
  created_at timestamptz not null default app.now(),
  updated_at timestamptz not null default app.now(),
  primary key (org_id, id),
  unique (org_id, kind, language, name)
);
comment on table public.message_templates is 'The clinic''s own wording. Where it has none for a kind and language, app.default_template''s counts.';
comment on column public.message_templates.body is 'Text with named fields in braces, e.g. {clinic}; which ones a kind may use is checked when it is saved.';
create unique index message_templates_used on public.message_templates (org_id, kind, language)
  where active and kind in ('confirmation', 'neutral_confirmation', 'reminder', 'missed_call', 'code');
comment on index public.message_templates_used is 'template_for: what goes out by itself has one wording per language.';

create table public.campaigns (
  org_id uuid not null references public.organizations (id),
  id uuid not null default app.uuid_v7(),
  name text not null check (char_length(name) between 1 and 80),
  category text not null default 'marketing' check (category in ('marketing', 'follow_up')),
  segment jsonb not null default '{}' check (jsonb_typeof(segment) = 'object'),
  stop_on_reply boolean not null default true,
  stop_on_booking boolean not null default true,
  status text not null default 'draft' check (status in ('draft', 'running', 'stopped', 'done')),
  started_at timestamptz,
  ended_at timestamptz,
  created_at timestamptz not null default app.now(),
  updated_at timestamptz not null default app.now(),
  primary key (org_id, id),
  unique (org_id, name)
);
comment on table public.campaigns is 'A sequence of texts to a segment of the contacts, e.g. a recall.';
comment on column public.campaigns.segment is 'Whom: {"lead_status": [...], "service_interests": [...], "last_visit_before": "YYYY-MM-DD", "no_visit_ahead": true}; every key narrows.';

create table public.campaign_steps (
  org_id uuid not null,
  id uuid not null default app.uuid_v7(),
  campaign_id uuid not null,
  position smallint not null check (position between 1 and 10),
  after interval not null check (after between '0' and '365 days'),
  template_id uuid not null,
  primary key (org_id, id),
  unique (org_id, campaign_id, position),
  foreign key (org_id, campaign_id) references public.campaigns (org_id, id) on delete cascade,
  foreign key (org_id, template_id) references public.message_templates (org_id, id)
);
comment on table public.campaign_steps is 'One text of a campaign; after counts from the campaign''s start.';
create index campaign_steps_template on public.campaign_steps (org_id, template_id);
comment on index public.campaign_steps_template is 'Which campaigns use a template: it cannot be deleted while one does.';

create table public.scheduled_messages (
  org_id uuid not null references public.organizations (id),
  id uuid not null default app.uuid_v7(),
  kind text not null check (kind in ('confirmation', 'reminder', 'missed_call', 'code', 'campaign')),
  contact_id uuid not null,
  appointment_id uuid,
  call_id uuid,
  code_id uuid,
  campaign_step_id uuid,
  before interval,
  due_at timestamptz not null,
  state text not null default 'waiting' check (state in ('waiting', 'done', 'cancelled', 'skipped')),
  reason text check (reason ~ '^[a-z_]{1,40}$'),
  message_id uuid,
  created_at timestamptz not null default app.now(),
  updated_at timestamptz not null default app.now(),
  primary key (org_id, id),
  foreign key (org_id, contact_id) references public.contacts (org_id, id) on delete cascade,
  foreign key (org_id, appointment_id) references public.appointments (org_id, id) on delete cascade,
  foreign key (org_id, call_id) references public.call_logs (org_id, id) on delete cascade,
  foreign key (org_id, code_id) references public.identity_codes (org_id, id) on delete cascade,
  foreign key (org_id, campaign_step_id) references public.campaign_steps (org_id, id) on delete cascade,
  foreign key (org_id, message_id) references public.messages (org_id, id),
  check ((kind in ('confirmation', 'reminder')) = (appointment_id is not null)),
  check ((kind = 'reminder') = (before is not null)),
  check ((kind = 'code') = (code_id is not null)),
  check ((kind = 'campaign') = (campaign_step_id is not null))
);
comment on table public.scheduled_messages is 'What is to be sent by itself, and when. A move or cancellation of the visit changes these rows; the jobs only look.';
comment on column public.scheduled_messages.before is 'The reminder offset that asked for it.';
comment on column public.scheduled_messages.due_at is 'When it is looked at; quiet hours and limits may put it off.';
comment on column public.scheduled_messages.reason is 'Why it was cancelled or skipped: a word of a closed list, see docs/messages.md.';
comment on column public.scheduled_messages.message_id is 'The message that came of it; several rows share one when they were merged.';
create unique index scheduled_messages_reminder on public.scheduled_messages (org_id, appointment_id, before)
  where kind = 'reminder' and state = 'waiting';
comment on index public.scheduled_messages_reminder is 'schedule_for_appointment: one waiting reminder per visit and offset.';
create unique index scheduled_messages_confirmation on public.scheduled_messages (org_id, appointment_id)
  where kind = 'confirmation' and state = 'waiting';
comment on index public.scheduled_messages_confirmation is 'schedule_for_appointment: one waiting confirmation per visit.';
create unique index scheduled_messages_missed_call on public.scheduled_messages (org_id, call_id) where kind = 'missed_call';
comment on index public.scheduled_messages_missed_call is 'A missed call is answered by text once.';
create unique index scheduled_messages_campaign on public.scheduled_messages (org_id, campaign_step_id, contact_id) where kind = 'campaign';
comment on index public.scheduled_messages_campaign is 'One contact gets one step once.';
create index scheduled_messages_contact on public.scheduled_messages (org_id, contact_id, due_at) where state = 'waiting';
comment on index public.scheduled_messages_contact is 'take_scheduled: what else waits for this contact and can be merged; stop on reply.';
create index scheduled_messages_appointment on public.scheduled_messages (org_id, appointment_id);
comment on index public.scheduled_messages_appointment is 'What was planned for a visit.';
create index scheduled_messages_message on public.scheduled_messages (org_id, message_id) where message_id is not null;
comment on index public.scheduled_messages_message is 'conclude_message: which visits a merged confirmation was about.';

create table public.reply_questions (
  org_id uuid not null references public.organizations (id),
  id uuid not null default app.uuid_v7(),
  contact_id uuid not null,
  kind text not null check (kind in ('cancel_this', 'cancel_which', 'confirm_which')),
  appointment_ids uuid[] not null check (cardinality(appointment_ids) between 1 and 9),
  asked_at timestamptz not null default app.now(),
  expires_at timestamptz not null,
  asked_again boolean not null default false,
  answered_at timestamptz,
  primary key (org_id, id),
  foreign key (org_id, contact_id) references public.contacts (org_id, id) on delete cascade
);
comment on table public.reply_questions is 'What we asked back in a text: which visit is meant, and whether it is really to be cancelled. The last open one of a contact counts.';
comment on column public.reply_questions.asked_again is 'Whether it was repeated after an answer that fits none of it; that happens once, then people read on.';
comment on column public.reply_questions.appointment_ids is 'In the order of the numbered list that was sent.';
create unique index reply_questions_open on public.reply_questions (org_id, contact_id) where answered_at is null;
comment on index public.reply_questions_open is 'record_inbound_message: what a short answer answers; one open question each.';

alter table public.messages
  add foreign key (org_id, campaign_id) references public.campaigns (org_id, id);

alter table public.appointment_changes
  add column message_id uuid,
  add foreign key (org_id, message_id) references public.messages (org_id, id),
  drop constraint appointment_changes_kind_check,
  add constraint appointment_changes_kind_check check (kind in (
    'booked', 'amended', 'rescheduled', 'cancelled', 'approved', 'confirmed_by_patient'));
comment on column public.appointment_changes.message_id is 'The text by which the patient did it.';

create type app.message_decision as (
  outcome text,
  reason text,
  message_id uuid,
  status text,
  recipient text,
  content text,
  segments integer,
  not_before timestamptz
);
comment on type app.message_decision is
  'Whether a message may leave. outcome send: the row stands, take it to the provider now; queued: the row stands, a job takes it; wait: no row, ask again at not_before; blocked: the row says why; replayed: the same wish came before, status is what became of it. reason: clinic_deleted, opted_out, no_recipient, too_soon, daily_cap, quiet_hours, too_long, empty, foreign_number, spoken_limit, no_consent, too_many_codes, reminder_limit.';

create type app.scheduled_bundle as (
  outcome text,
  not_before timestamptz,
  scheduled_ids uuid[],
  kind text,
  category text,
  contact_id uuid,
  call_id uuid,
  campaign_id uuid,
  phone text,
  spoken boolean,
  email text,
  text text,
  subject text,
  email_text text,
  code_subjects uuid[],
  code_versions integer[],
  appointment_ids uuid[],
  starts_at timestamptz[],
  ends_at timestamptz[],
  summaries text[],
  place text,
  clinic_name text,
  clinic_phone text,
  clinic_country text
);
comment on type app.scheduled_bundle is
  'One message to be sent by itself, with all that was merged into it. outcome send, wait (look again at not_before) or nothing (done, cancelled or skipped meanwhile). In text each [code] stands for the code of the code_subjects entry of the same position, derived with its version. phone, email: NULL where that way is not open. The arrays from appointment_ids on describe the visits, for the calendar file.';

create type app.inbound_answer as (
  outcome text,
  message_id uuid,
  contact_id uuid,
  reply_message_id uuid
);
comment on type app.inbound_answer is
  'What a text from a patient did: opted_out, opted_in, help, confirmed, asked (a question went back), cancelled, kept, stored (nothing was asked of us) or replayed. reply_message_id: our queued answer, NULL when none goes out.';

create type app.message_stat as (
  day date,
  method text,
  category text,
  sent bigint,
  delivered bigint,
  failed bigint,
  unknown bigint,
  blocked bigint,
  received bigint,
  segments bigint
);
comment on type app.message_stat is 'Messages of one day of the clinic, by way and category. sent counts all that left, delivered those of them that were reported as arrived.';

alter table public.org_keys enable row level security;
alter table public.org_keys force row level security;
alter table public.org_credentials enable row level security;
alter table public.org_credentials force row level security;
alter table public.opt_outs enable row level security;
alter table public.opt_outs force row level security;
alter table public.identity_codes enable row level security;
alter table public.identity_codes force row level security;
alter table public.message_templates enable row level security;
alter table public.message_templates force row level security;
alter table public.campaigns enable row level security;
alter table public.campaigns force row level security;
alter table public.campaign_steps enable row level security;
alter table public.campaign_steps force row level security;
alter table public.scheduled_messages enable row level security;
alter table public.scheduled_messages force row level security;
alter table public.reply_questions enable row level security;
alter table public.reply_questions force row level security;
-- +goose StatementEnd

-- +goose Down
-- +goose StatementBegin
drop type app.message_stat;
drop type app.inbound_answer;
drop type app.scheduled_bundle;
drop type app.message_decision;
alter table public.appointment_changes
  drop column message_id,
  drop constraint appointment_changes_kind_check,
  add constraint appointment_changes_kind_check check (kind in ('booked', 'amended', 'rescheduled', 'cancelled', 'approved')) not valid;
drop table public.reply_questions;
drop table public.scheduled_messages;
drop table public.campaign_steps;
alter table public.messages
  drop column campaign_id;
drop table public.campaigns;
drop table public.message_templates;
drop table public.identity_codes;
alter table public.caller_verifications
  drop constraint caller_verifications_factor_check,
  add constraint caller_verifications_factor_check check (factor in ('date_of_birth')) not valid;
alter table public.notifications
  drop constraint notifications_kind_check,
  add constraint notifications_kind_check check (kind in ('appointment_booked', 'approval_needed', 'caller_message', 'missed_call')) not valid,
  drop constraint notifications_entity_check,
  add constraint notifications_entity_check check (entity in ('appointment', 'call', 'caller_message')) not valid;
alter table public.messages
  drop column reason, drop column provider_error, drop column segments, drop column send_key, drop column recipient_hash,
  drop column handed_over_at, drop column in_reply_to, drop column code_subjects, drop column code_versions;
drop index public.messages_appointment;
alter table public.appointments drop column confirmed_by_patient_at, drop column code_version;
alter table public.contacts
  drop column time_zone, drop column language, drop column marketing_consent_at, drop column erased_at;
drop table public.opt_outs;
drop table public.org_credentials;
drop table public.org_keys;
alter table public.organizations
  drop column follow_up_window, drop column quiet_from, drop column quiet_until, drop column reminder_offsets,
  drop column messages_per_day, drop column missed_call_text, drop column email_confirmations;
-- +goose StatementEnd
