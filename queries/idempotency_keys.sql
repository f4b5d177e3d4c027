-- name: ClaimRequest :one
select *
from app.claim_request(
  p_method => @method::text,
  p_route => @route::text,
  p_key => @key::text,
  p_body_hash => @body_hash::bytea,
  p_keep => make_interval(secs => @keep_seconds::integer),
  p_lease => make_interval(secs => @lease_seconds::integer),
  p_claim_id => @claim_id::uuid
);

-- name: FinishRequest :one
select app.finish_request(
  p_claim_id => @claim_id::uuid, p_status => @status::integer, p_headers => @headers::jsonb, p_response => @response::bytea
)::boolean as kept;

-- name: AbandonRequest :one
select app.abandon_request(p_claim_id => @claim_id::uuid)::boolean as abandoned;

-- name: NoteEffect :one
select app.note_effect(p_claim_id => @claim_id::uuid)::boolean as held;
