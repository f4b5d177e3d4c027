-- The dashboard's lists of visits and of tries to book, and how a visit ended.

-- +goose Up
-- +goose StatementBegin
alter table public.appointment_changes
  drop constraint appointment_changes_kind_check,
  add constraint appointment_changes_kind_check check (kind in (
    'booked', 'amended', 'rescheduled', 'cancelled', 'approved', 'confirmed_by_patient', 'completed', 'no_show'));
comment on table public.appointment_changes is 'What happened to an appointment: each booking, move, approval, answer, cancellation and how it ended, with its times before and after.';

create index appointments_listed on public.appointments (org_id, scheduled_at, id) include (status);
comment on index public.appointments_listed is 'Lists of a period, and how many there are, without looking at the rows: the last page of many.';
drop index public.appointments_scheduled;
create index booking_attempts_appointment on public.booking_attempts (org_id, appointment_id) where appointment_id is not null;
comment on index public.booking_attempts_appointment is 'appointment_story: what was tried with one appointment.';

create type app.appointment_row as (
  id uuid,
  booking_ref text,
  status text,
  scheduled_at timestamptz,
  ends_at timestamptz,
  duration_minutes integer,
  time_zone text,
  location_id uuid,
  location_name text,
  service_id uuid,
  service_name text,
  resource_id uuid,
  resource_name text,
  patient_id uuid,
  patient_name text,
  contact_id uuid,
  contact_name text,
  phone_number text,
  phone_was_spoken boolean,
  contact_email text,
  source text,
  call_id uuid,
  confirmation_sent boolean,
  confirmed_by_patient_at timestamptz,
  notes text,
  cancelled_at timestamptz,
  cancel_reason text,
  overridden boolean,
  created_at timestamptz,
  updated_at timestamptz,
  total bigint,
  total_is_estimate boolean
);
comment on type app.appointment_row is
  'A visit as the dashboard lists it, with its contact, patient, service and place. total: how many rows the whole list has; total_is_estimate: there are more than that.';

create type app.appointment_story as (
  history jsonb,
  messages jsonb,
  attempts jsonb
);
comment on type app.appointment_story is 'What happened to a visit, what was sent and answered about it, and what was tried: three JSON arrays, the oldest first.';

create type app.booking_attempt_row as (
  id uuid,
  at timestamptz,
  kind text,
  outcome text,
  reason text,
  call_id uuid,
  appointment_id uuid,
  service_id uuid,
  service_name text,
  resource_id uuid,
  resource_name text,
  starts_at timestamptz,
  time_zone text,
  said_date text,
  said_time text,
  actor_user_id uuid,
  actor_name text,
  total bigint,
  total_is_estimate boolean
);
comment on type app.booking_attempt_row is
  'One try to hold, book, move, cancel or approve, with what came of it and why. time_zone: where starts_at is meant. total as in app.appointment_row.';
-- +goose StatementEnd

-- +goose Down
-- +goose StatementBegin
drop type app.booking_attempt_row;
drop type app.appointment_story;
drop type app.appointment_row;
drop index public.booking_attempts_appointment;
create index appointments_scheduled on public.appointments (org_id, scheduled_at);
comment on index public.appointments_scheduled is 'Lists of a period.';
drop index public.appointments_listed;
comment on table public.appointment_changes is 'What happened to an appointment: each booking, move, approval and cancellation with its times before and after.';
alter table public.appointment_changes
  drop constraint appointment_changes_kind_check,
  add constraint appointment_changes_kind_check check (kind in (
    'booked', 'amended', 'rescheduled', 'cancelled', 'approved', 'confirmed_by_patient')) not valid;
-- +goose StatementEnd
