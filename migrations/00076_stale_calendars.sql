-- Staff are told when a calendar has not been readable for so long that bookings wait for them.

-- +goose Up
-- +goose StatementBegin
alter table public.calendar_links add column stale_told_at timestamptz;
comment on column public.calendar_links.stale_told_at is
  'When staff were told that pulls fail and the mirror is too old to be believed; NULL since it was last read.';

alter table public.notifications
  drop constraint notifications_kind_check,
  add constraint notifications_kind_check check (kind in (
    'appointment_booked', 'approval_needed', 'caller_message', 'missed_call', 'message_failed', 'message_unknown',
    'opted_out_before_visit', 'visit_confirmed', 'visit_cancelled_by_reply', 'message_received', 'outbound_call_failed',
    'number_active', 'number_failed', 'number_left', 'hot_lead', 'urgent_call', 'calendar_conflict', 'calendar_reconnect',
    'calendar_moved', 'calendar_stale')),
  drop constraint notifications_entity_check,
  add constraint notifications_entity_check check (entity in (
    'appointment', 'call', 'caller_message', 'message', 'contact', 'outbound_call', 'provisioning', 'credential', 'calendar_link'));
-- +goose StatementEnd

-- +goose Down
-- +goose StatementBegin
alter table public.notifications
  drop constraint notifications_kind_check,
  add constraint notifications_kind_check check (kind in (
    'appointment_booked', 'approval_needed', 'caller_message', 'missed_call', 'message_failed', 'message_unknown',
    'opted_out_before_visit', 'visit_confirmed', 'visit_cancelled_by_reply', 'message_received', 'outbound_call_failed',
    'number_active', 'number_failed', 'number_left', 'hot_lead', 'urgent_call', 'calendar_conflict', 'calendar_reconnect',
    'calendar_moved')) not valid,
  drop constraint notifications_entity_check,
  add constraint notifications_entity_check check (entity in (
    'appointment', 'call', 'caller_message', 'message', 'contact', 'outbound_call', 'provisioning', 'credential')) not valid;
alter table public.calendar_links drop column stale_told_at;
-- +goose StatementEnd
