-- name: BeginRecording :one
select *
from app.begin_recording(p_call_id => @call_id::uuid, p_lease => make_interval(secs => @lease_seconds::integer));

-- name: FinishRecording :one
select app.finish_recording(
  p_recording_id => @recording_id::uuid, p_content_type => @content_type::text, p_size_bytes => @size_bytes::bigint)::boolean as kept;

-- name: FailRecording :exec
select app.fail_recording(p_recording_id => @recording_id::uuid, p_reason => @reason::text, p_final => @final::boolean);

-- name: RecordingToDelete :one
select *
from app.recording_to_delete(p_recording_id => @recording_id::uuid);

-- name: NoteRecordingDeleted :exec
select app.note_recording_deleted(p_recording_id => @recording_id::uuid);

-- name: ExpireRecordings :one
select app.expire_recordings(p_limit => @at_most::integer)::bigint as expired;

-- name: OrgsWithDueRecordings :many
select due::uuid as org_id
from app.orgs_with_due_recordings() due;

-- name: ReadRecording :one
select *
from app.read_recording(p_call_id => @call_id::uuid, p_request_id => sqlc.narg(request_id)::text);

-- name: RecordingOfLink :one
select *
from app.recording_of_link(p_recording_id => @recording_id::uuid);
