-- name: ListAuditLog :many
select *
from app.list_audit_log(
  p_page => @page::integer,
  p_limit => @page_limit::integer,
  p_from => sqlc.narg(from_day)::date,
  p_to => sqlc.narg(to_day)::date,
  p_action => sqlc.narg(action)::text,
  p_entity => sqlc.narg(entity)::text,
  p_entity_id => sqlc.narg(entity_id)::uuid,
  p_actor_user_id => sqlc.narg(actor_user_id)::uuid
);
