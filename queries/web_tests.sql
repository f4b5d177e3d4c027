-- name: BeginWebTest :one
select *
from app.begin_web_test(
  p_tracking_hash => @tracking_hash::bytea, p_role => sqlc.narg(role)::text, p_agent_id => sqlc.narg(agent_id)::uuid
);

-- name: TestCallFacts :one
select f.*, app.now()::timestamptz as now
from app.test_call_facts() f;

-- name: PlaceWebTest :one
select app.place_web_test(
  p_web_test_id => @web_test_id::uuid,
  p_vapi_call_id => @vapi_call_id::text,
  p_ciphertext => @ciphertext::bytea,
  p_nonce => @nonce::bytea,
  p_auth_tag => @auth_tag::bytea,
  p_key_id => @key_id::text
)::uuid as call_id;

-- name: OpenWebTest :one
select *
from app.open_web_test(p_tracking_hash => @tracking_hash::bytea);

-- name: EndWebTest :many
select *
from app.end_web_test(p_tracking_hash => @tracking_hash::bytea);

-- name: FinishWebTest :one
select app.finish_web_test(p_web_test_id => @web_test_id::uuid, p_reason => @reason::text)::boolean as finished;

-- name: WebTestState :one
select *
from app.web_test_state(p_tracking_hash => @tracking_hash::bytea);
