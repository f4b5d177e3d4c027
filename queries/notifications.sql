-- name: ListNotifications :many
select *
from app.list_notifications(
  p_page => @page::integer,
  p_limit => @page_limit::integer,
  p_unread => sqlc.narg(unread)::boolean,
  p_kind => sqlc.narg(kind)::text
);

-- name: CountUnreadNotifications :one
select app.count_unread_notifications()::bigint as unread;

-- name: ReadNotification :one
select *
from app.read_notification(p_notification_id => @notification_id::uuid);

-- name: ReadAllNotifications :one
select app.read_all_notifications()::bigint as changed;

-- name: DeleteNotification :exec
select app.delete_notification(p_notification_id => @notification_id::uuid);
