-- name: ListMembers :many
select *
from public.profiles
where org_id = @org_id
order by created_at, id;

-- name: ListInvitations :many
select *
from app.list_invitations();

-- name: InviteMember :one
select *
from app.invite_member(
  p_email => @email::text,
  p_role => @role::text,
  p_token_id => @token_id::uuid,
  p_token_hash => @token_hash::bytea,
  p_mail => @mail::boolean,
  p_platform_mail => sqlc.narg(platform_mail)::text,
  p_request_id => sqlc.narg(request_id)::text
);

-- name: RenewInvitation :one
select *
from app.renew_invitation(
  p_invitation_id => @invitation_id::uuid,
  p_token_id => @token_id::uuid,
  p_token_hash => @token_hash::bytea,
  p_mail => @mail::boolean,
  p_platform_mail => sqlc.narg(platform_mail)::text,
  p_request_id => sqlc.narg(request_id)::text
);

-- name: InvitationOfMessage :one
select *
from app.invitation_of_message(p_message_id => @message_id::uuid);

-- name: WithdrawInvitation :one
select app.withdraw_invitation(p_invitation_id => @invitation_id::uuid)::boolean as withdrawn;

-- name: ChangeMemberRole :one
select *
from app.change_member_role(p_user_id => @user_id::uuid, p_role => @role::text);

-- name: RemoveMember :exec
select app.remove_member(p_user_id => @user_id::uuid);
