-- Appointments, their history, and the trace of every try.

-- +goose Up
-- +goose StatementBegin
create table public.appointments (
  org_id uuid not null references public.organizations (id),
  id uuid not null default app.uuid_v7(),
  location_id uuid not null,
  service_id uuid not null,
  resource_id uuid not null,
  contact_id uuid,
  patient_id uuid,
  scheduled_at timestamptz not null,
  duration interval not null check (duration between '5 minutes' and '12 hours'),
  during tstzrange not null,
  blocked tstzrange not null,
  status text not null check (status in ('held', 'pending', 'confirmed', 'completed', 'cancelled', 'no_show')),
  held_until timestamptz,
  source text not null check (source in ('voice', 'dashboard')),
  call_id uuid,
  booking_ref text check (booking_ref ~ '^[A-HJ-NP-Z2-9]{6}$'),
  said_name text check (char_length(said_name) between 1 and 100),
  said_date_of_birth date,
  confirmation_sent boolean not null default false,
  notes text check (char_length(notes) <= 2000),
  overridden_by uuid,
  cancelled_at timestamptz,
  cancel_reason text check (char_length(cancel_reason) <= 200),
  created_at timestamptz not null default app.now(),
  updated_at timestamptz not null default app.now(),
  primary key (org_id, id),
  foreign key (org_id, location_id) references public.locations (org_id, id),
  foreign key (org_id, service_id) references public.services (org_id, id),
  foreign key (org_id, resource_id) references public.resources (org_id, id),
  foreign key (org_id, contact_id) references public.contacts (org_id, id),
  foreign key (org_id, patient_id) references public.patients (org_id, id),
  foreign key (org_id, call_id) references public.call_logs (org_id, id),
  constraint appointments_during check (
    during = tstzrange(scheduled_at, scheduled_at + duration, '[)')
    and blocked @> during and lower_inc(blocked) and not upper_inc(blocked)
    and lower(blocked) >= scheduled_at - interval '4 hours'
    and upper(blocked) <= scheduled_at + duration + interval '4 hours'),
  constraint appointments_held check (
    case when status = 'held'
      then held_until is not null and call_id is not null and patient_id is null and booking_ref is null
      else held_until is null and contact_id is not null and patient_id is not null and booking_ref is not null
    end),
  constraint appointments_no_overlap exclude using gist (
    org_id with =, resource_id with =, blocked with &&
  ) where (status in ('held', 'pending', 'confirmed'))
);

comment on table public.appointments is 'Visits, and slots held for a caller who is still on the line (status held: never shown, never counted).';
comment on column public.appointments.scheduled_at is 'Start of the visit.';
comment on column public.appointments.during is 'The visit itself, [).';
comment on column public.appointments.blocked is 'The visit plus its buffers, [). What no other active row of the resource may overlap.';
comment on column public.appointments.held_until is 'When a hold ends by the clock; NULL unless held.';
comment on column public.appointments.booking_ref is 'Six letters and digits, easy to say; names the booking within a call. Not a secret.';
comment on column public.appointments.said_name is 'The patient''s name as the booking call said it. That call hears this one back, never the spelling on file: whether there is a file is not its business.';
comment on column public.appointments.said_date_of_birth is 'The date of birth as the booking call said it, for telling two people of that call apart; the one on file would answer guesses.';
comment on column public.appointments.overridden_by is 'The staff member who set the rules aside (never the no-overlap rule); NULL when none did.';
comment on constraint appointments_no_overlap on public.appointments is 'The net under the locks: one resource is never taken twice, buffers included.';

create unique index appointments_wish on public.appointments (org_id, call_id, patient_id, service_id, scheduled_at)
  where status in ('pending', 'confirmed');
comment on index public.appointments_wish is 'One wish is one row, also when the model repeats it under a new tool call id.';
create unique index appointments_hold on public.appointments (org_id, call_id) where status = 'held';
comment on index public.appointments_hold is 'One hold per call.';
create unique index appointments_booking_ref on public.appointments (org_id, booking_ref);
comment on index public.appointments_booking_ref is 'A booking_ref names one booking of the organisation.';
create index appointments_resource on public.appointments (org_id, resource_id, scheduled_at);
comment on index public.appointments_resource is 'free_slots: what is taken in a window; bounded by scheduled_at because timestamptz comparison is leakproof and range overlap is not.';
create index appointments_scheduled on public.appointments (org_id, scheduled_at);
comment on index public.appointments_scheduled is 'Lists of a period.';
create index appointments_patient on public.appointments (org_id, patient_id, scheduled_at);
comment on index public.appointments_patient is 'A patient''s visits.';
create index appointments_contact on public.appointments (org_id, contact_id, scheduled_at);
comment on index public.appointments_contact is 'A contact''s appointment history.';

alter table public.messages
  add foreign key (org_id, appointment_id) references public.appointments (org_id, id) on delete set null (appointment_id);

create table public.appointment_changes (
  org_id uuid not null,
  id uuid not null default app.uuid_v7(),
  appointment_id uuid not null,
  kind text not null check (kind in ('booked', 'amended', 'rescheduled', 'cancelled', 'approved')),
  old_during tstzrange,
  new_during tstzrange,
  old_resource_id uuid,
  new_resource_id uuid,
  call_id uuid,
  actor_user_id uuid,
  at timestamptz not null default app.now(),
  primary key (org_id, id),
  foreign key (org_id, appointment_id) references public.appointments (org_id, id) on delete cascade
);

comment on table public.appointment_changes is 'What happened to an appointment: each booking, move, approval and cancellation with its times before and after.';
create index appointment_changes_appointment on public.appointment_changes (org_id, appointment_id, at);
comment on index public.appointment_changes_appointment is 'The history of one appointment.';

create table public.booking_attempts (
  org_id uuid not null,
  id uuid not null default app.uuid_v7(),
  kind text not null check (kind in ('hold', 'book', 'amend', 'reschedule', 'cancel', 'approve')),
  call_id uuid,
  tool_call_id text check (char_length(tool_call_id) <= 200),
  said_date text check (char_length(said_date) <= 32),
  said_time text check (char_length(said_time) <= 32),
  service_id uuid,
  resource_id uuid,
  starts_at timestamptz,
  outcome text not null,
  reason text,
  appointment_id uuid,
  actor_user_id uuid,
  at timestamptz not null default app.now(),
  primary key (org_id, id),
  foreign key (org_id, call_id) references public.call_logs (org_id, id) on delete set null (call_id)
);

comment on table public.booking_attempts is 'Every try to hold, book, move or cancel, with what came of it: the answer to "why was this refused?".';
comment on column public.booking_attempts.said_date is 'The date words of the tool call, at most 32 characters.';
comment on column public.booking_attempts.said_time is 'The time words of the tool call, at most 32 characters.';
comment on column public.booking_attempts.appointment_id is 'No foreign key: a hold that was released is gone, its trace stays.';
create index booking_attempts_tool_call on public.booking_attempts (org_id, call_id, tool_call_id);
comment on index public.booking_attempts_tool_call is 'A tool call that comes again finds what it did.';
create index booking_attempts_at on public.booking_attempts (org_id, at);
comment on index public.booking_attempts_at is 'Recent attempts, and the day''s holds.';

alter table public.appointments enable row level security;
alter table public.appointments force row level security;
alter table public.appointment_changes enable row level security;
alter table public.appointment_changes force row level security;
alter table public.booking_attempts enable row level security;
alter table public.booking_attempts force row level security;
-- +goose StatementEnd

-- +goose Down
-- +goose StatementBegin
drop table public.booking_attempts;
drop table public.appointment_changes;
alter table public.messages drop constraint messages_org_id_appointment_id_fkey;
drop table public.appointments;
-- +goose StatementEnd
