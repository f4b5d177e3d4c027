-- name: AvailableSlots :many
select *
from app.available_slots(
  p_service => @service::text,
  p_from => @from_at::timestamptz,
  p_to => @to_at::timestamptz,
  p_resource => sqlc.narg(resource)::text,
  p_limit => @max_rows::integer,
  p_call_id => sqlc.narg(call_id)::uuid
);

-- name: HoldSlot :one
select *
from app.hold_slot(
  p_call_id => @call_id::uuid,
  p_service => @service::text,
  p_starts_at => @starts_at::timestamptz,
  p_resource => sqlc.narg(resource)::text,
  p_tool_call_id => sqlc.narg(tool_call_id)::text,
  p_said_date => sqlc.narg(said_date)::text,
  p_said_time => sqlc.narg(said_time)::text
);

-- name: BookAppointment :one
select *
from app.book_appointment(
  p_service => @service::text,
  p_starts_at => @starts_at::timestamptz,
  p_patient_name => @patient_name::text,
  p_call_id => sqlc.narg(call_id)::uuid,
  p_tool_call_id => sqlc.narg(tool_call_id)::text,
  p_resource => sqlc.narg(resource)::text,
  p_contact_id => sqlc.narg(contact_id)::uuid,
  p_date_of_birth => sqlc.narg(date_of_birth)::date,
  p_email => sqlc.narg(email)::text,
  p_spoken_phone => sqlc.narg(spoken_phone)::text,
  p_another_person => @another_person::boolean,
  p_notes => sqlc.narg(notes)::text,
  p_override => @override::boolean,
  p_said_date => sqlc.narg(said_date)::text,
  p_said_time => sqlc.narg(said_time)::text
);

-- name: AmendAppointment :one
select *
from app.amend_appointment(
  p_call_id => @call_id::uuid,
  p_booking_ref => @booking_ref::text,
  p_service => sqlc.narg(service)::text,
  p_starts_at => sqlc.narg(starts_at)::timestamptz,
  p_resource => sqlc.narg(resource)::text,
  p_patient_name => sqlc.narg(patient_name)::text,
  p_tool_call_id => sqlc.narg(tool_call_id)::text,
  p_said_date => sqlc.narg(said_date)::text,
  p_said_time => sqlc.narg(said_time)::text
);

-- name: RescheduleAppointment :one
select *
from app.reschedule_appointment(
  p_starts_at => @starts_at::timestamptz,
  p_appointment => sqlc.narg(appointment)::text,
  p_on => sqlc.narg(on_day)::date,
  p_call_id => sqlc.narg(call_id)::uuid,
  p_tool_call_id => sqlc.narg(tool_call_id)::text,
  p_resource => sqlc.narg(resource)::text,
  p_override => @override::boolean,
  p_said_date => sqlc.narg(said_date)::text,
  p_said_time => sqlc.narg(said_time)::text,
  p_at => sqlc.narg(at_time)::time,
  p_patient_name => sqlc.narg(patient_name)::text
);

-- name: CancelAppointment :one
select *
from app.cancel_appointment(
  p_appointment => sqlc.narg(appointment)::text,
  p_on => sqlc.narg(on_day)::date,
  p_call_id => sqlc.narg(call_id)::uuid,
  p_tool_call_id => sqlc.narg(tool_call_id)::text,
  p_reason => sqlc.narg(reason)::text,
  p_at => sqlc.narg(at_time)::time,
  p_patient_name => sqlc.narg(patient_name)::text
);

-- name: FindMyAppointments :many
select *
from app.find_my_appointments(
  p_call_id => @call_id::uuid,
  p_appointment => sqlc.narg(appointment)::text,
  p_on => sqlc.narg(on_day)::date,
  p_at => sqlc.narg(at_time)::time,
  p_patient_name => sqlc.narg(patient_name)::text
);

-- name: ExpireHold :one
select app.expire_hold(p_appointment_id => @appointment_id::uuid)::integer as expired;

-- name: CheckSlot :one
select *
from app.check_slot(
  p_call_id => @call_id::uuid,
  p_service => @service::text,
  p_starts_at => @starts_at::timestamptz,
  p_resource => sqlc.narg(resource)::text
);

-- name: FindService :one
select name
from app.find_service(p_words => @words::text);

-- name: FindResource :one
select name
from app.find_resource(p_words => @words::text);

-- name: ListAppointments :many
select *
from app.list_appointments(
  p_statuses => sqlc.narg(statuses)::text[],
  p_from => sqlc.narg(from_day)::text,
  p_to => sqlc.narg(to_day)::text,
  p_contact_id => sqlc.narg(contact_id)::uuid,
  p_resource_id => sqlc.narg(resource_id)::uuid,
  p_service_id => sqlc.narg(service_id)::uuid,
  p_search => sqlc.narg(search)::text,
  p_range => sqlc.narg(range)::text,
  p_sort => @sort::text,
  p_page => @page::integer,
  p_limit => @max_rows::integer
);

-- name: GetAppointment :one
select *
from app.appointment_rows(p_ids => array[ @appointment_id::uuid]);

-- name: TellAppointment :one
select *
from app.appointment_story(p_appointment_id => @appointment_id::uuid);

-- name: BookByStaff :one
select *
from app.book_by_staff(
  p_service => @service::text,
  p_at => @at::text,
  p_patient_name => sqlc.narg(patient_name)::text,
  p_contact_id => sqlc.narg(contact_id)::uuid,
  p_phone => sqlc.narg(phone)::text,
  p_email => sqlc.narg(email)::text,
  p_date_of_birth => sqlc.narg(date_of_birth)::date,
  p_resource => sqlc.narg(resource)::text,
  p_notes => sqlc.narg(notes)::text,
  p_override => @override::boolean
);

-- name: ChangeAppointment :one
select *
from app.change_appointment(
  p_appointment_id => @appointment_id::uuid,
  p_at => sqlc.narg(at)::text,
  p_resource => sqlc.narg(resource)::text,
  p_override => @override::boolean,
  p_status => sqlc.narg(status)::text,
  p_notes => sqlc.narg(notes)::text,
  p_confirmation_sent => sqlc.narg(confirmation_sent)::boolean,
  p_reason => sqlc.narg(reason)::text
);

-- name: ApproveAppointment :one
select *
from app.approve_appointment(p_appointment_id => @appointment_id::uuid);

-- name: SlotsOfDays :many
select *
from app.slots_of_days(
  p_from => @from_day::date,
  p_to => sqlc.narg(to_day)::date,
  p_service => sqlc.narg(service)::text,
  p_resource => sqlc.narg(resource)::text,
  p_limit => @max_rows::integer
);

-- name: ListBookingAttempts :many
select *
from app.list_booking_attempts(
  p_kind => sqlc.narg(kind)::text,
  p_outcome => sqlc.narg(outcome)::text,
  p_reason => sqlc.narg(reason)::text,
  p_call_id => sqlc.narg(call_id)::uuid,
  p_appointment_id => sqlc.narg(appointment_id)::uuid,
  p_from => sqlc.narg(from_day)::text,
  p_to => sqlc.narg(to_day)::text,
  p_page => @page::integer,
  p_limit => @max_rows::integer
);
