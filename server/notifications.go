package server

import (
	"context"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/server/api"
)

// recentUnread is how many unread notifications are shown beside their number.
const recentUnread = 5

// ListNotifications shows a page of the staff's notifications, the newest first, and how many are unread.
func (h handlers) ListNotifications(ctx context.Context, req api.ListNotificationsRequestObject) (api.ListNotificationsResponseObject, error) {
	var answer api.ListNotifications200JSONResponse
	err := h.asMember(ctx, func(tx db.Tx, _ db.Organization) error {
		rows, at, err := listed(pageOf(req.Params.Page, req.Params.Limit), func(number, limit int32) ([]db.NotificationListed, error) {
			return tx.ListNotifications(ctx, db.ListNotificationsParams{
				Page: number, PageLimit: limit, Unread: unreadOnly(req.Params.Status), Kind: text(req.Params.Type),
			})
		})
		if err != nil {
			return err
		}
		unread, err := tx.CountUnreadNotifications(ctx)
		answer = api.ListNotifications200JSONResponse{
			Notifications: each(rows, notificationOf), Pagination: at, UnreadCount: unread, UnreadCountSnake: unread,
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return answer, nil
}

// UnreadNotifications shows the latest unread ones.
func (h handlers) UnreadNotifications(ctx context.Context, _ api.UnreadNotificationsRequestObject) (api.UnreadNotificationsResponseObject, error) {
	var answer api.UnreadNotifications200JSONResponse
	err := h.asMember(ctx, func(tx db.Tx, _ db.Organization) error {
		only := true
		rows, err := tx.ListNotifications(ctx, db.ListNotificationsParams{Page: firstPage, PageLimit: recentUnread, Unread: &only})
		if err != nil {
			return err
		}
		unread, err := tx.CountUnreadNotifications(ctx)
		answer = api.UnreadNotifications200JSONResponse{UnreadCount: unread, UnreadCountSnake: unread, RecentUnread: each(rows, notificationOf)}
		return err
	})
	if err != nil {
		return nil, err
	}
	return answer, nil
}

// ReadNotification marks one as read. Errors: forbidden for viewers, not_found.
func (h handlers) ReadNotification(ctx context.Context, req api.ReadNotificationRequestObject) (api.ReadNotificationResponseObject, error) {
	var read db.NotificationListed
	err := h.asMember(ctx, func(tx db.Tx, _ db.Organization) (err error) {
		read, err = tx.ReadNotification(ctx, req.Id)
		return err
	})
	if err != nil {
		return nil, err
	}
	return api.ReadNotification200JSONResponse(notificationOf(read)), nil
}

// ReadAllNotifications marks all as read. Errors: forbidden for viewers.
func (h handlers) ReadAllNotifications(ctx context.Context, _ api.ReadAllNotificationsRequestObject) (api.ReadAllNotificationsResponseObject, error) {
	var changed int64
	err := h.asMember(ctx, func(tx db.Tx, _ db.Organization) (err error) {
		changed, err = tx.ReadAllNotifications(ctx)
		return err
	})
	if err != nil {
		return nil, err
	}
	return api.ReadAllNotifications200JSONResponse{Success: true, Updated: changed}, nil
}

// DeleteNotification removes one. Errors: forbidden for viewers, not_found.
func (h handlers) DeleteNotification(ctx context.Context, req api.DeleteNotificationRequestObject) (api.DeleteNotificationResponseObject, error) {
	err := h.asMember(ctx, func(tx db.Tx, _ db.Organization) error { return tx.DeleteNotification(ctx, req.Id) })
	if err != nil {
		return nil, err
	}
	return api.DeleteNotification200JSONResponse{Success: true}, nil
}

// unreadOnly is the filter of a list; nil for all.
func unreadOnly(status *api.ListNotificationsParamsStatus) *bool {
	if status == nil || *status == api.NotificationsAll {
		return nil
	}
	unread := *status == api.NotificationsUnread
	return &unread
}

func notificationOf(row db.NotificationListed) api.Notification {
	read := row.ReadAt != nil
	return api.Notification{
		Id: row.ID, Type: api.NotificationType(row.Kind), Title: row.Title, Message: row.Body, Read: read, IsRead: read, ReadAt: row.ReadAt,
		RelatedEntityType: row.Entity, RelatedEntityId: row.EntityID, CreatedAt: row.CreatedAt,
	}
}
