-- name: RequestOutboundCall :one
select *
from app.request_outbound_call(
  p_kind => @kind::text,
  p_contact_id => sqlc.narg('contact_id')::uuid,
  p_to => sqlc.narg('to_number')::text,
  p_agent_id => sqlc.narg('agent_id')::uuid,
  p_not_before => sqlc.narg('not_before')::timestamptz,
  p_send_key => @send_key::text,
  p_number_zones => @number_zones::text[],
  p_appointment_id => sqlc.narg('appointment_id')::uuid,
  p_number_region => @number_region::text
);

-- name: SetOutboundShare :one
select *
from app.set_outbound_share(
  p_per_day => sqlc.narg('per_day')::integer,
  p_at_once => sqlc.narg('at_once')::integer,
  p_countries => sqlc.narg('countries')::text[]
);

-- name: ListOutboundCalls :many
select *
from app.list_outbound_calls(
  p_page => @page::integer,
  p_limit => @page_limit::integer,
  p_state => sqlc.narg('state')::text,
  p_kind => sqlc.narg('kind')::text,
  p_contact_id => sqlc.narg('contact_id')::uuid
);

-- name: ReadOutboundCall :one
select *
from app.read_outbound_call(p_id => @id::uuid);

-- name: CancelOutboundCall :one
select *
from app.cancel_outbound_call(p_id => @id::uuid);

-- name: ScheduledChannel :one
select coalesce(app.scheduled_channel(p_scheduled_ids => @scheduled_ids::uuid[]), 'sms')::text as channel;

-- name: QueueScheduledCall :one
select *
from app.queue_scheduled_call(p_scheduled_id => @scheduled_id::uuid, p_number_zones => @number_zones::text[],
  p_number_region => @number_region::text);

-- name: RequestReminderCall :one
select *
from app.request_reminder_call(
  p_appointment_id => @appointment_id::uuid,
  p_send_key => @send_key::text,
  p_number_zones => @number_zones::text[],
  p_number_region => @number_region::text
);

-- name: ContactOptOuts :one
select app.contact_opt_outs(p_contact_id => @contact_id::uuid)::text[] as channels;

-- name: TakeOutboundCall :many
select *
from app.take_outbound_call(p_limit => @up_to::integer, p_lease_id => @lease_id::uuid, p_lease_seconds => @lease_seconds::integer);

-- name: PrepareOutboundCall :one
select *
from app.prepare_outbound_call(p_id => @id::uuid, p_lease_id => @lease_id::uuid);

-- name: NoteCallPlaced :one
select app.note_call_placed(p_id => @id::uuid, p_lease_id => @lease_id::uuid, p_vapi_call_id => @vapi_call_id::text)::boolean as kept;

-- name: FailOutboundCall :one
select app.fail_outbound_call(
  p_id => @id::uuid,
  p_lease_id => @lease_id::uuid,
  p_reason => @reason::text,
  p_final => @final::boolean,
  p_pause_seconds => @pause_seconds::integer
)::boolean as kept;

-- name: OutboundCallsToSettle :many
select *
from app.outbound_calls_to_settle(p_limit => @up_to::integer);

-- name: OutboundCallToSettle :one
select *
from app.outbound_call_to_settle(p_id => @id::uuid, p_lease_id => @lease_id::uuid);

-- name: SettleOutboundCall :one
select app.settle_outbound_call(
  p_id => @id::uuid,
  p_lease_id => @lease_id::uuid,
  p_vapi_call_id => sqlc.narg('vapi_call_id')::text
)::text as state;

-- name: OutboundLoad :one
select *
from app.outbound_load();
