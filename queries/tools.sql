-- name: ClaimTool :one
select *
from app.claim_tool(p_name => @name::text, p_hash => @hash::text, p_claim_id => @claim_id::uuid);

-- name: RegisterTool :one
select app.register_tool(
  p_name => @name::text,
  p_claim_id => @claim_id::uuid,
  p_hash => @hash::text,
  p_vapi_tool_id => @vapi_tool_id::text
)::boolean as registered;

-- name: ReleaseToolClaim :exec
select app.release_tool_claim(p_name => @name::text, p_claim_id => @claim_id::uuid);

-- name: LoseTool :one
select app.lose_tool(p_name => @name::text, p_vapi_tool_id => @vapi_tool_id::text)::boolean as lost;

-- name: ToolRegistry :many
select name, vapi_tool_id, definition_hash, retired_ids
from app.tool_registry();

-- name: RetiredTools :many
select id::text
from app.retired_tools() id;

-- name: ForgetRetiredTool :one
select app.forget_retired_tool(p_vapi_tool_id => @vapi_tool_id::text)::boolean as forgotten;

-- name: AgentsToReconcile :many
select *
from app.agents_to_reconcile(p_seen_before => @seen_before::timestamptz, p_limit => @max_agents::integer, p_tool_ids => @tool_ids::text[]);

-- name: TakeVapiTurn :one
select app.take_vapi_turn(p_gap_ms => @gap_ms::integer)::integer as wait_ms;

-- name: ToolHealth :many
select *
from app.tool_health();

-- name: AgentsToSync :many
select *
from app.agents_to_sync(p_org_id => sqlc.narg(org_id)::uuid, p_even_in_step => @even_in_step::boolean);
