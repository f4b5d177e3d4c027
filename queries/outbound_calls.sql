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
  p_appointment_id => sqlc.narg('appointment_id')::uuid
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

-- name: QueueScheduledCall :one
select *
from app.queue_scheduled_call(p_scheduled_id => @scheduled_id::uuid, p_number_zones => @number_zones::text[]);

-- name: RequestReminderCall :one
select *
from app.request_reminder_call(
  p_appointment_id => @appointment_id::uuid,
  p_send_key => @send_key::text,
  p_number_zones => @number_zones::text[]
);

-- name: ContactOptOuts :one
select app.contact_opt_outs(p_contact_id => @contact_id::uuid)::text[] as channels;
