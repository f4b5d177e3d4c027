package server

import (
	"context"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/server/api"
)

// ListAuditLog shows who did or read what, the newest first. Errors: forbidden for others than owners and admins,
// bad_request for days in the wrong order.
func (h handlers) ListAuditLog(ctx context.Context, req api.ListAuditLogRequestObject) (api.ListAuditLogResponseObject, error) {
	q := req.Params
	from, to, err := daysOf(q.StartDate, q.EndDate)
	if err != nil {
		return nil, err
	}
	var answer api.ListAuditLog200JSONResponse
	err = h.asMember(ctx, func(tx db.Tx, _ db.Organization) error {
		rows, at, err := listed(pageOf(q.Page, q.Limit), func(number, limit int32) ([]db.AuditListed, error) {
			return tx.ListAuditLog(ctx, db.ListAuditLogParams{
				Page: number, PageLimit: limit, FromDay: from, ToDay: to, Action: q.Action, Entity: q.Entity, EntityID: q.EntityId,
				ActorUserID: q.ActorUserId,
			})
		})
		answer = api.ListAuditLog200JSONResponse{Entries: each(rows, auditEntryOf), Pagination: at}
		return err
	})
	if err != nil {
		return nil, err
	}
	return answer, nil
}

func auditEntryOf(row db.AuditListed) api.AuditEntry {
	return api.AuditEntry{
		Id: row.ID, Action: row.Action, Entity: row.Entity, EntityId: row.EntityID, ActorUserId: row.ActorUserID, ActorName: row.ActorName,
		ActorEmail: row.ActorEmail, RequestId: row.RequestID, At: row.At, Affected: row.Affected,
	}
}
