-- name: RecordCallEvent :one
select app.record_call_event(
  p_call_id => @call_id::uuid,
  p_status => @status::text,
  p_at => @at::timestamptz,
  p_ended_reason => sqlc.narg(ended_reason)::text
)::boolean as changed;

-- name: RecordCallReport :one
select app.record_call_report(
  p_call_id => @call_id::uuid,
  p_started_at => sqlc.narg(started_at)::timestamptz,
  p_ended_at => sqlc.narg(ended_at)::timestamptz,
  p_duration_seconds => sqlc.narg(duration_seconds)::integer,
  p_ended_reason => sqlc.narg(ended_reason)::text,
  p_summary => sqlc.narg(summary)::text,
  p_turns => @turns::jsonb,
  p_cost_micros => sqlc.narg(cost_micros)::bigint,
  p_has_recording => @has_recording::boolean,
  p_tools_used => @tools_used::text[],
  p_said_names => @said_names::text[],
  p_recording_url => sqlc.narg(recording_url)::text,
  p_analysis => sqlc.narg(analysis)::jsonb
)::text as transcript_state;

-- name: CallBrief :one
-- Everything that a call begins with, in one round trip: Vapi waits for it while the caller hears it ring.
select f.*, b.known, b.names, b.memory
from app.assistant_facts(p_call_id => @call_id::uuid) f
cross join app.caller_brief(p_call_id => @call_id::uuid) b;

-- name: ServiceCards :many
select *
from app.service_cards();

-- name: TransferDestination :one
select *
from app.transfer_destination(p_call_id => @call_id::uuid, p_department => @department::text);

-- name: GetCall :one
select *
from public.call_logs c
where c.org_id = @org_id and c.id = @call_id;

-- name: ListCalls :many
select *
from app.list_calls(
  p_page => @page::integer,
  p_limit => @page_limit::integer,
  p_from => sqlc.narg(from_day)::date,
  p_to => sqlc.narg(to_day)::date,
  p_recent => sqlc.narg(recent)::text,
  p_state => sqlc.narg(state)::text,
  p_direction => sqlc.narg(direction)::text,
  p_contact_id => sqlc.narg(contact_id)::uuid,
  p_search => sqlc.narg(search)::text,
  p_sentiment => sqlc.narg(sentiment)::text,
  p_urgency => sqlc.narg(urgency)::text,
  p_outcome => sqlc.narg(outcome)::text
);

-- name: CallStats :one
select *
from app.call_stats();

-- name: ReadCall :one
select *
from app.read_call(p_call_id => @call_id::uuid, p_request_id => sqlc.narg(request_id)::text);

-- name: DeleteCall :exec
select app.delete_call(p_call_id => @call_id::uuid, p_request_id => sqlc.narg(request_id)::text);

-- name: ExportTranscript :one
select *
from app.export_transcript(p_call_id => @call_id::uuid, p_format => @format::text, p_request_id => sqlc.narg(request_id)::text);

-- name: ReadExport :one
select *
from app.read_export(p_message_id => @message_id::uuid, p_request_id => sqlc.narg(request_id)::text);
