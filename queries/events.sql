-- name: RelayEvents :many
select *
from app.relay_events(
  p_after_xid => sqlc.narg(after_xid)::bigint, p_after_id => sqlc.narg(after_id)::bigint, p_limit => @max_events::integer
);

-- name: EventsSince :many
select *
from app.events_since(
  p_after_xid => @after_xid::bigint,
  p_after_id => @after_id::bigint,
  p_upto_xid => @upto_xid::bigint,
  p_upto_id => @upto_id::bigint,
  p_limit => @max_events::integer
);

-- name: IsEventCursorKept :one
select app.is_event_cursor_kept(p_xid => @xid::bigint)::boolean as kept;

-- name: IssueEventTicket :one
select app.issue_event_ticket(p_hash => @hash::bytea, p_stream_until => @stream_until::timestamptz)::timestamptz as expires_at;

-- name: RedeemEventTicket :one
select org_id, user_id, stream_until
from app.redeem_event_ticket(p_hash => @hash::bytea);

-- name: LostMembers :many
select place::integer
from app.lost_members(p_org_ids => @org_ids::uuid[], p_user_ids => @user_ids::uuid[]) place;
