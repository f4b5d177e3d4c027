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

-- name: VisitsSentWith :many
select a.id, a.scheduled_at, upper(a.during)::timestamptz as ends_at, coalesce(l.address, l.name)::text as place
from public.scheduled_messages s
join public.scheduled_messages merged on merged.org_id = s.org_id and merged.message_id = s.message_id
join public.appointments a on a.org_id = merged.org_id and a.id = merged.appointment_id
join public.locations l on l.org_id = a.org_id and l.id = a.location_id
where s.org_id = @org_id and s.id = @scheduled_id and a.status in ('pending', 'confirmed')
order by a.scheduled_at, a.id;
