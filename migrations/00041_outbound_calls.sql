-- Calls that a clinic makes: a queue of its own, and how the account's slots are shared among all clinics.

-- +goose Up
-- +goose StatementBegin
create table public.outbound_calls (
  org_id uuid not null references public.organizations (id),
  id uuid not null default app.uuid_v7(),
  kind text not null check (kind in ('call_back', 'test', 'reminder', 'campaign')),
  contact_id uuid,
  appointment_id uuid,
  campaign_step_id uuid,
  to_number text check (to_number ~ '^\+[1-9][0-9]{6,14}$'),
  number_zones text[] not null default '{}',
  agent_id uuid,
  phone_number_id uuid,
  vapi_assistant_id text check (char_length(vapi_assistant_id) between 1 and 100),
  requested_by uuid,
  send_key text check (char_length(send_key) between 1 and 200),
  due_at timestamptz not null,
  until_at timestamptz not null,
  state text not null default 'waiting'
    check (state in ('waiting', 'placing', 'under_way', 'ended', 'cancelled', 'given_up')),
  reason text check (reason ~ '^[a-z_]{1,40}$'),
  attempt smallint not null default 0 check (attempt >= 0),
  tries smallint not null default 0 check (tries >= 0),
  lost boolean not null default false,
  taken_at timestamptz,
  lease_id uuid,
  look_at timestamptz,
  handed_over_at timestamptz,
  vapi_call_id text check (char_length(vapi_call_id) between 1 and 100),
  placed_at timestamptz,
  ends_by timestamptz,
  call_id uuid,
  answered boolean,
  ended_at timestamptz,
  created_at timestamptz not null default app.now(),
  updated_at timestamptz not null default app.now(),
  primary key (org_id, id),
  foreign key (org_id, contact_id) references public.contacts (org_id, id) on delete set null (contact_id),
  foreign key (org_id, appointment_id) references public.appointments (org_id, id) on delete set null (appointment_id),
  foreign key (org_id, campaign_step_id) references public.campaign_steps (org_id, id) on delete set null (campaign_step_id),
  foreign key (org_id, agent_id) references public.agents (org_id, id) on delete set null (agent_id),
  foreign key (org_id, phone_number_id) references public.phone_numbers (org_id, id) on delete set null (phone_number_id),
  foreign key (org_id, call_id) references public.call_logs (org_id, id) on delete set null (call_id),
  constraint outbound_calls_times check (due_at <= until_at),
  constraint outbound_calls_over check ((ended_at is null) = (state in ('waiting', 'placing', 'under_way'))),
  constraint outbound_calls_number check (to_number is not null or state not in ('waiting', 'placing')),
  constraint outbound_calls_look check ((look_at is null) = (ended_at is not null)),
  constraint outbound_calls_lease check ((lease_id is null) = (state <> 'placing')),
  constraint outbound_calls_under_way check (state <> 'under_way' or (vapi_call_id is not null and ends_by is not null))
);
comment on table public.outbound_calls is
  'Calls that a clinic makes or made: asked for, then taken by the dialer when a slot of the account is free, then under way at Vapi. A row in placing or under_way holds a slot. Written by functions only.';
comment on column public.outbound_calls.kind is 'test goes to a number that an owner or admin gave, all others to a contact.';
comment on column public.outbound_calls.to_number is 'E.164; NULL after erasure.';
comment on column public.outbound_calls.number_zones is 'IANA zones of the number''s region: whose quiet hours hold where the contact''s own zone is not known.';
comment on column public.outbound_calls.agent_id is 'Who speaks, as it was wished; NULL: the default outbound agent, else the inbound one.';
comment on column public.outbound_calls.phone_number_id is 'Our number that the call comes from; chosen when it is dialled.';
comment on column public.outbound_calls.vapi_assistant_id is 'The assistant that it was handed over with; among that one''s calls it is looked for.';
comment on column public.outbound_calls.requested_by is 'The member who asked for it; NULL where nobody did.';
comment on column public.outbound_calls.send_key is 'Names the wish. The same wish again finds this row and calls nobody.';
comment on column public.outbound_calls.due_at is 'Not before this.';
comment on column public.outbound_calls.until_at is 'Not after this: a call that was not made by then is given up as expired.';
comment on column public.outbound_calls.reason is
  'Why it ended, was given up or was put off the last time: a word of ours, see app.objection_to_call, app.ending_of_call and app.fail_outbound_call.';
comment on column public.outbound_calls.attempt is 'How often the recipient was called; 0 before the first call.';
comment on column public.outbound_calls.tries is 'How often Vapi surely made no call since the last one that it made.';
comment on column public.outbound_calls.lost is 'It was handed over once without an answer, and no call was found afterwards. A second time it is given up.';
comment on column public.outbound_calls.lease_id is 'The dialer that has it in hand; only it may write what came of it.';
comment on column public.outbound_calls.look_at is
  'When somebody looks after it, if nothing happened until then: a waiting call expires, a dialer is taken for dead, a call under way is asked for at Vapi.';
comment on column public.outbound_calls.handed_over_at is 'Just before Vapi was asked to make the call. From then on it may exist: it is looked for there, and never asked for again until it surely does not.';
comment on column public.outbound_calls.ends_by is 'By then a call under way is over, whatever we were told.';
comment on column public.outbound_calls.call_id is 'The last call that was made of it.';
comment on column public.outbound_calls.answered is 'Whether a person was reached; NULL before a call has ended.';
create unique index outbound_calls_open on public.outbound_calls (org_id, contact_id, kind)
  where state in ('waiting', 'placing', 'under_way') and contact_id is not null;
comment on index public.outbound_calls_open is 'queue_outbound_call: one open call for a contact and kind.';
create unique index outbound_calls_open_test on public.outbound_calls (org_id, to_number)
  where state in ('waiting', 'placing', 'under_way') and kind = 'test';
comment on index public.outbound_calls_open_test is 'queue_outbound_call: one open test call to a number.';
create unique index outbound_calls_send_key on public.outbound_calls (org_id, send_key) where send_key is not null;
comment on index public.outbound_calls_send_key is 'queue_outbound_call: a wish that came again is replayed.';
create unique index outbound_calls_call on public.outbound_calls (org_id, call_id) where call_id is not null;
comment on index public.outbound_calls_call is 'conclude_outbound_call: what a call that ended was made for.';
create index outbound_calls_waiting on public.outbound_calls (org_id, due_at, id) where state = 'waiting';
comment on index public.outbound_calls_waiting is 'take_outbound_call: a clinic''s earliest due call.';
create index outbound_calls_occupied on public.outbound_calls (org_id) where state in ('placing', 'under_way');
comment on index public.outbound_calls_occupied is 'take_outbound_call: the slots that are taken, by clinic; never more rows than the account has slots.';
create index outbound_calls_look on public.outbound_calls (look_at) where state in ('waiting', 'placing', 'under_way');
comment on index public.outbound_calls_look is 'outbound_calls_to_settle: what is overdue, of all tenants.';
create index outbound_calls_recent on public.outbound_calls (org_id, created_at desc, id desc);
comment on index public.outbound_calls_recent is 'list_outbound_calls, the newest first; call_cap_reached counts today''s.';
create index outbound_calls_contact on public.outbound_calls (org_id, contact_id, created_at);
comment on index public.outbound_calls_contact is 'Calls made to a contact; merging and erasing it.';

create table public.outbound_shares (
  org_id uuid primary key references public.organizations (id),
  at_once smallint check (at_once > 0),
  per_day integer not null default 200 check (per_day >= 0),
  last_taken_at timestamptz
);
comment on table public.outbound_shares is 'A clinic''s share of the account''s slots, from its first call on.';
comment on column public.outbound_shares.at_once is 'How many slots it may hold at once; NULL: as many as are free.';
comment on column public.outbound_shares.per_day is 'How many calls may be asked for in a day of the clinic''s.';
comment on column public.outbound_shares.last_taken_at is 'When a call of its was taken last. Among those that hold equally many slots, who waited longest comes next.';

alter table public.notifications
  drop constraint notifications_kind_check,
  add constraint notifications_kind_check check (kind in (
    'appointment_booked', 'approval_needed', 'caller_message', 'missed_call', 'message_failed', 'message_unknown',
    'opted_out_before_visit', 'visit_confirmed', 'visit_cancelled_by_reply', 'message_received', 'outbound_call_failed')),
  drop constraint notifications_entity_check,
  add constraint notifications_entity_check check (entity in (
    'appointment', 'call', 'caller_message', 'message', 'contact', 'outbound_call'));

create type app.outbound_line as (
  agent_id uuid,
  vapi_assistant_id text,
  phone_number_id uuid,
  vapi_phone_number_id text,
  number text,
  location_id uuid,
  longest interval
);
comment on type app.outbound_line is
  'What a call is made with. agent_id NULL: no agent of the clinic''s has an assistant; phone_number_id NULL: none of its numbers is known at Vapi. longest is how long the agent may talk.';

create type app.outbound_answer as (
  outcome text,
  outbound_call_id uuid,
  state text,
  due_at timestamptz,
  until_at timestamptz,
  refusal text
);
comment on type app.outbound_answer is
  'What became of a wish to call. outcome queued: it waits, not before due_at; replayed: the same wish came before, state is what became of it; refused: refusal is the reason, and no call is queued. refusal: no_phone, erased, opted_out, our_number, no_number, no_assistant, already_open (outbound_call_id is the open one), daily_cap, too_late, visit_over, clinic_left.';

create type app.outbound_call_row as (
  id uuid,
  kind text,
  contact_id uuid,
  contact_name text,
  appointment_id uuid,
  to_number text,
  from_number text,
  agent_id uuid,
  agent_name text,
  state text,
  reason text,
  attempt integer,
  answered boolean,
  call_id uuid,
  due_at timestamptz,
  until_at timestamptz,
  placed_at timestamptz,
  ended_at timestamptz,
  requested_by uuid,
  requested_by_name text,
  created_at timestamptz,
  updated_at timestamptz,
  total bigint,
  total_is_estimate boolean
);
comment on type app.outbound_call_row is
  'A call that the clinic makes or made, as the dashboard shows it. agent_id is who was wished for; from_number and placed_at are the last call''s.';

create type app.outbound_cancellation as (
  outcome text,
  state text
);
comment on type app.outbound_cancellation is
  'Whether a call that waited was taken back. outcome cancelled (also when it was before), or too_late: it is being made, under way or over, as state says.';

create type app.outbound_ref as (
  org_id uuid,
  outbound_call_id uuid,
  lease_id uuid
);
comment on type app.outbound_ref is 'An outbound call of any tenant, for the dialer: ids only.';

create type app.outbound_dial as (
  outcome text,
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
  visit text
);
comment on type app.outbound_dial is
  'A call that a dialer has in hand. outcome dial: ask Vapi for it now, once; put_off: it waits again; over: it will not be made; lost: another has it. visit is when the visit is that a reminder is about, in words; earliest_at and latest_at are NULL for a call that is made at once.';

create type app.outbound_question as (
  outcome text,
  vapi_assistant_id text,
  since timestamptz
);
comment on type app.outbound_question is
  'What is to be done about a call that nobody reported on. outcome ask: Vapi may have made it, look for its id among the names of that assistant''s calls since then; done: there is nothing to ask.';

create type app.outbound_load as (
  occupied bigint,
  due bigint,
  waiting bigint
);
comment on type app.outbound_load is 'How many slots are taken, how many calls could be made now, and how many wait in all, of all tenants together.';

alter table public.outbound_calls enable row level security;
alter table public.outbound_calls force row level security;
alter table public.outbound_shares enable row level security;
alter table public.outbound_shares force row level security;
-- +goose StatementEnd

-- +goose Down
-- +goose StatementBegin
drop type app.outbound_load;
drop type app.outbound_question;
drop type app.outbound_dial;
drop type app.outbound_ref;
drop type app.outbound_cancellation;
drop type app.outbound_call_row;
drop type app.outbound_answer;
drop type app.outbound_line;
alter table public.notifications
  drop constraint notifications_kind_check,
  add constraint notifications_kind_check check (kind in (
    'appointment_booked', 'approval_needed', 'caller_message', 'missed_call', 'message_failed', 'message_unknown',
    'opted_out_before_visit', 'visit_confirmed', 'visit_cancelled_by_reply', 'message_received')) not valid,
  drop constraint notifications_entity_check,
  add constraint notifications_entity_check check (entity in ('appointment', 'call', 'caller_message', 'message', 'contact')) not valid;
drop table public.outbound_shares;
drop table public.outbound_calls;
-- +goose StatementEnd
