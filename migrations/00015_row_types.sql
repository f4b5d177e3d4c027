-- Row types of functions. A changed type is a migration of its own: what returns it is dropped and made again.

-- +goose Up
-- +goose StatementBegin
create type app.open_span as (
  resource_id uuid,
  location_id uuid,
  opens_at timestamptz,
  closes_at timestamptz
);

create type app.free_slot as (
  resource_id uuid,
  location_id uuid,
  during tstzrange,
  blocked tstzrange,
  load bigint
);

create type app.slot as (
  starts_at timestamptz,
  ends_at timestamptz,
  resource_id uuid,
  resource_name text,
  service_name text,
  time_zone text
);

create type app.booking_result as (
  outcome text,
  reason text,
  replayed boolean,
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
  alternatives timestamptz[]
);

comment on type app.open_span is 'A span in which a resource is open, as instants: [opens_at, closes_at).';
comment on type app.free_slot is 'One possible visit of one resource: the visit, the visit with buffers, and how many visits that resource has within a day of it.';
comment on type app.slot is 'A start that can be offered: times as instants, names to say, and the IANA zone to say them in.';
comment on type app.booking_result is
  'What came of a try to hold, book, move or cancel. outcome: booked, held, amended, rescheduled, cancelled, approved, question or refused; reason: why refused or what is asked (closed list, see app.refusal_reason and the booking functions); replayed: the same try was answered before; alternatives: up to three nearest starts that are free.';

create type app.caller_view as (
  known boolean,
  patient_names text[],
  visits_to_come bigint
);

comment on type app.caller_view is 'What may be said to a caller about who they are: known only after a check, with the names of the patients it opened.';

create type app.tenant_route as (
  outcome text,
  org_id uuid,
  agent_id uuid,
  location_id uuid
);

create type app.call_context as (
  outcome text,
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

comment on type app.tenant_route is 'Whose call it is. outcome: found, unknown (no identifier is ours) or conflict (they name two tenants).';
comment on type app.call_context is
  'What handling a call needs to know about its clinic: outcome as in app.tenant_route, the call''s row, language and zone for reading dates, the clock, and the week''s hours of the location and its resources as parallel arrays (weekday 0 is Sunday, minutes from midnight).';

create type app.service_card as (
  name text,
  minutes integer,
  price_minor bigint,
  currency text,
  practitioners text[]
);

create type app.assistant_facts as (
  vapi_assistant_id text,
  clinic_name text,
  first_message text,
  address text,
  recording_consent text,
  ai_disclosure boolean,
  hours text,
  services text,
  practitioners text
);

create type app.transfer_answer as (
  outcome text,
  reason text,
  phone text,
  caller_id text
);

comment on type app.service_card is 'What any caller may hear about a service. price_minor NULL: no price is told.';
comment on type app.assistant_facts is 'What the assistant is told at the start of a call: public facts of the clinic only, ready to be spoken.';
comment on type app.transfer_answer is 'Where to put a caller through. outcome transfer or refused; reason closed, no_number, already_transferred or loop.';

-- +goose StatementEnd

-- +goose Down
-- +goose StatementBegin
drop type app.transfer_answer;
drop type app.assistant_facts;
drop type app.service_card;
drop type app.call_context;
drop type app.tenant_route;
drop type app.caller_view;
drop type app.booking_result;
drop type app.slot;
drop type app.free_slot;
drop type app.open_span;
-- +goose StatementEnd
