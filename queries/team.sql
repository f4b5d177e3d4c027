-- name: ListMembers :many
select *
from public.profiles
where org_id = @org_id
order by created_at, id;

-- name: ListInvitations :many
select id, email, role, invited_by, expires_at, created_at
from public.invitations
where org_id = @org_id and accepted_at is null
order by created_at, id;

-- name: InviteMember :one
select id, email, role, invited_by, expires_at, created_at
from app.invite_member(p_email => @email::text, p_role => @role::text, p_token_hash => @token_hash::bytea);

-- name: WithdrawInvitation :one
select app.withdraw_invitation(p_invitation_id => @invitation_id::uuid)::boolean as withdrawn;

-- name: ChangeMemberRole :one
select *
from app.change_member_role(p_user_id => @user_id::uuid, p_role => @role::text);

-- name: RemoveMember :exec
select app.remove_member(p_user_id => @user_id::uuid);
