-- name: BeginRequest :one
select app.begin_request(p_role => @role::text, p_claims => @claims::jsonb)::text as member_role;

-- name: NameRequest :exec
-- For the rows of audit_log that this transaction writes.
select set_config('app.request_id', @request_id::text, true);

-- name: NameTrace :exec
-- For the jobs that this transaction enqueues: W3C traceparent.
select set_config('app.traceparent', @traceparent::text, true);

-- name: OpenCall :one
select *
from app.open_call(
  p_vapi_call_id => @vapi_call_id::text,
  p_direction => @direction::text,
  p_assistant_id => sqlc.narg(assistant_id)::text,
  p_phone_number_id => sqlc.narg(phone_number_id)::text,
  p_number => sqlc.narg(number)::text,
  p_caller => sqlc.narg(caller)::text
);

-- name: GetOrganization :one
select *
from public.organizations o
where o.id = @org_id;

-- name: SweepPlatform :one
select app.sweep_platform(p_events_before => @events_before::timestamptz, p_deliveries_before => @deliveries_before::timestamptz)::bigint as swept;

-- name: OrgsToRollUp :many
select org_id::uuid
from app.orgs_to_roll_up() org_id;

-- name: OrgsWithRetention :many
select org_id::uuid
from app.orgs_with_retention() org_id;

-- name: ApplyRetention :one
select app.apply_retention(p_limit => @max_rows::integer)::bigint as expired;

-- name: RollUpCalls :one
select app.roll_up_calls(p_days => @days::integer)::integer as days;

-- name: SetOrgSettings :one
select *
from app.set_org_settings(p_fields => @fields::jsonb);
