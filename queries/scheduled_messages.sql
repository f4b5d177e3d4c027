-- name: TakeScheduled :one
select *
from app.take_scheduled(p_scheduled_id => @scheduled_id::uuid);

-- name: SettleScheduled :exec
select app.settle_scheduled(
  p_scheduled_ids => @scheduled_ids::uuid[],
  p_outcome => @outcome::text,
  p_reason => sqlc.narg(reason)::text,
  p_message_id => sqlc.narg(message_id)::uuid,
  p_not_before => sqlc.narg(not_before)::timestamptz
);

-- name: NoteCode :exec
select app.note_code(p_subject_id => @subject_id::uuid, p_version => @version::integer, p_code_hash => @code_hash::bytea);

-- name: VerifyCode :one
select app.verify_code(
  p_call_id => @call_id::uuid,
  p_code_hashes => @code_hashes::bytea[],
  p_patient_name => sqlc.narg(patient_name)::text
)::text as outcome;

-- name: RequestCode :one
select app.request_code(
  p_call_id => @call_id::uuid,
  p_number => sqlc.narg(number)::text
)::text as outcome;
