-- Staff are told how setting a number up ended, whoever waited for the answer.

-- +goose Up
-- +goose StatementBegin
alter table public.notifications
  drop constraint notifications_kind_check,
  add constraint notifications_kind_check check (kind in (
    'appointment_booked', 'approval_needed', 'caller_message', 'missed_call', 'message_failed', 'message_unknown',
    'opted_out_before_visit', 'visit_confirmed', 'visit_cancelled_by_reply', 'message_received', 'outbound_call_failed',
    'number_active', 'number_failed', 'number_left')),
  drop constraint notifications_entity_check,
  add constraint notifications_entity_check check (entity in (
    'appointment', 'call', 'caller_message', 'message', 'contact', 'outbound_call', 'provisioning'));
-- +goose StatementEnd

-- +goose Down
-- +goose StatementBegin
alter table public.notifications
  drop constraint notifications_kind_check,
  add constraint notifications_kind_check check (kind in (
    'appointment_booked', 'approval_needed', 'caller_message', 'missed_call', 'message_failed', 'message_unknown',
    'opted_out_before_visit', 'visit_confirmed', 'visit_cancelled_by_reply', 'message_received', 'outbound_call_failed')) not valid,
  drop constraint notifications_entity_check,
  add constraint notifications_entity_check check (entity in (
    'appointment', 'call', 'caller_message', 'message', 'contact', 'outbound_call')) not valid;
-- +goose StatementEnd
