-- name: SaveCredential :exec
select app.save_credential(
  p_provider => @provider::text,
  p_ciphertext => @ciphertext::bytea,
  p_nonce => @nonce::bytea,
  p_auth_tag => @auth_tag::bytea,
  p_key_id => @key_id::text,
  p_account_ref => @account_ref::text,
  p_sender => @sender::text
);

-- name: ReadCredential :one
select *
from app.read_credential(p_provider => @provider::text);

-- name: DescribeCredential :one
select account_ref, sender, connected_email, last_verified_at, verification_error, created_at, updated_at
from public.org_credentials
where org_id = @org_id and provider = @provider;

-- name: RemoveCredential :one
select app.remove_credential(p_provider => @provider::text)::boolean as removed;

-- name: ResealCredential :one
select app.reseal_credential(
  p_provider => @provider::text,
  p_old_nonce => @old_nonce::bytea,
  p_ciphertext => @ciphertext::bytea,
  p_nonce => @nonce::bytea,
  p_auth_tag => @auth_tag::bytea,
  p_key_id => @key_id::text
)::boolean as resealed;

-- name: OrgsToReseal :many
select org_id::uuid
from app.orgs_to_reseal(p_key_id => @key_id::text) org_id;

-- name: ListCredentialsToReseal :many
select provider
from public.org_credentials
where org_id = @org_id and key_id <> @key_id
order by provider;

-- name: ListIntegrations :many
select *
from app.integrations();

-- name: NoteVerification :one
select app.note_verification(
  p_provider => @provider::text, p_updated_at => @updated_at::timestamptz, p_problem => sqlc.narg(problem)::text
)::boolean as noted;
