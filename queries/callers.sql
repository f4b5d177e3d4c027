-- name: VerifyCaller :one
select app.verify_caller(
  p_call_id => @call_id::uuid,
  p_date_of_birth => @date_of_birth::date,
  p_patient_name => sqlc.narg(patient_name)::text
)::text as outcome;

-- name: IdentifyCaller :one
select *
from app.identify_caller(p_call_id => @call_id::uuid);

-- name: CallerMemory :one
select app.caller_memory(p_call_id => @call_id::uuid)::text as memory;

-- name: TakeMessage :one
select app.take_message(
  p_call_id => @call_id::uuid,
  p_tool_call_id => sqlc.narg(tool_call_id)::text,
  p_body => @body::text,
  p_caller_name => sqlc.narg(caller_name)::text,
  p_callback_number => sqlc.narg(callback_number)::text,
  p_urgent => @urgent::boolean
)::uuid as id;
