package server

import (
	"context"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/server/api"
)

// ListMessages shows a page of what was sent and received, the newest first. Errors: bad_request for days in the wrong order.
func (h handlers) ListMessages(ctx context.Context, req api.ListMessagesRequestObject) (api.ListMessagesResponseObject, error) {
	q := req.Params
	from, to, err := daysOf(q.StartDate, q.EndDate)
	if err != nil {
		return nil, err
	}
	var answer api.ListMessages200JSONResponse
	err = h.asMember(ctx, func(tx db.Tx, _ db.Organization) error {
		rows, at, err := listed(pageOf(q.Page, q.Limit), func(number, limit int32) ([]db.MessageListed, error) {
			return tx.ListMessages(ctx, db.ListMessagesParams{
				Page: number, PageLimit: limit, FromDay: from, ToDay: to, Direction: text(q.Direction), Method: text(q.Method),
				Category: text(q.Category), Status: text(q.Status), ContactID: q.ContactId, Search: q.Search,
			})
		})
		answer = api.ListMessages200JSONResponse{Messages: each(rows, messageOf), Pagination: at}
		return err
	})
	if err != nil {
		return nil, err
	}
	return answer, nil
}

func messageOf(row db.MessageListed) api.Message {
	return api.Message{
		Id: row.ID, Direction: row.Direction, Method: row.Method, Category: row.Category, Recipient: row.Recipient, Subject: row.Subject,
		Content: row.Content, Status: row.Status, Reason: row.Reason, ProviderError: row.ProviderError,
		ServiceProvider: row.ServiceProvider, ExternalMessageId: row.ExternalMessageID, Segments: whole(row.Segments),
		ContactId: row.ContactID, ContactName: row.ContactName, CallId: row.CallID, AppointmentId: row.AppointmentID,
		ActorUserId: row.ActorUserID, SentAt: row.SentAt, CreatedAt: row.CreatedAt,
	}
}
