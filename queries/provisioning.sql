-- name: BeginProvisioning :one
select *
from app.begin_provisioning(
  p_number => @number::text,
  p_ciphertext => @ciphertext::bytea,
  p_nonce => @nonce::bytea,
  p_auth_tag => @auth_tag::bytea,
  p_key_id => @key_id::text,
  p_account_ref => @account_ref::text,
  p_account_changed => @account_changed::boolean,
  p_routing => sqlc.narg('routing')::text
);

-- name: TakeProvisioningStep :one
select *
from app.take_provisioning_step(p_provisioning_id => @provisioning_id::uuid, p_lease_id => @lease_id::uuid);

-- name: FinishProvisioningStep :one
select app.finish_provisioning_step(
  p_provisioning_id => @provisioning_id::uuid,
  p_lease_id => @lease_id::uuid,
  p_step => @step::text,
  p_external_id => sqlc.narg('external_id')::text,
  p_undo => sqlc.narg('undo')::jsonb,
  p_skipped => @skipped::boolean
)::boolean as kept;

-- name: FailProvisioningStep :one
select app.fail_provisioning_step(
  p_provisioning_id => @provisioning_id::uuid,
  p_lease_id => @lease_id::uuid,
  p_step => @step::text,
  p_error => @error::text,
  p_final => @final::boolean,
  p_may_still_act => @may_still_act::boolean,
  p_pause_seconds => @pause_seconds::integer
)::boolean as kept;

-- name: UndoProvisioning :one
select app.undo_provisioning(p_provisioning_id => @provisioning_id::uuid)::boolean as begun;

-- name: ResumeProvisioning :one
select app.resume_provisioning(p_provisioning_id => @provisioning_id::uuid)::boolean as begun;

-- name: ReleaseLine :one
-- For operators; members use ReleasePhoneNumber.
select app.release_line(p_phone_number_id => @phone_number_id::uuid)::uuid as provisioning_id;

-- name: DescribeProvisioning :one
select *
from app.provisioning_status(p_provisioning_id => @provisioning_id::uuid);

-- name: DescribeInbound :one
select *
from app.inbound_status();

-- name: NoteNumberCheck :exec
select app.note_number_check(p_provisioning_id => @provisioning_id::uuid, p_error => sqlc.narg('error')::text);

-- name: DueProvisionings :many
select *
from app.due_provisionings(p_limit => @up_to::integer, p_routed_as => @routed_as::text);

-- name: LineToCheck :one
select *
from app.line_to_check();

-- name: RefreshRouting :one
select app.refresh_routing(p_provisioning_id => @provisioning_id::uuid, p_routed_as => @routed_as::text, p_texts_url => @texts_url::text)::boolean as begun;
