-- name: ShareRecording :one
select *
from app.share_recording(
  p_call_id => @call_id::uuid,
  p_token_hash => @token_hash::bytea,
  p_recipient => sqlc.narg(recipient)::text,
  p_subject => sqlc.narg(subject)::text,
  p_content => sqlc.narg(content)::text,
  p_send_key => sqlc.narg(send_key)::text,
  p_service_provider => sqlc.narg(service_provider)::text,
  p_request_id => sqlc.narg(request_id)::text
);

-- name: ListShares :many
select *
from app.list_shares(p_call_id => @call_id::uuid);

-- name: RevokeShare :exec
select app.revoke_share(p_share_id => @share_id::uuid, p_request_id => sqlc.narg(request_id)::text);

-- name: FindShareTenant :one
select found::uuid as org_id
from app.find_share_tenant(p_token_hash => @token_hash::bytea) found;

-- name: OpenShare :one
select *
from app.open_share(p_token_hash => @token_hash::bytea, p_part => @part::text, p_visitor => @visitor::text);
