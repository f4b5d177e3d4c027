package server

import (
	"context"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/server/api"
)

// CreateEventTicket gives a member a ticket that opens one stream of live events; only its hash is stored.
// Errors: gone.
func (h handlers) CreateEventTicket(ctx context.Context, _ api.CreateEventTicketRequestObject) (api.CreateEventTicketResponseObject, error) {
	claims, err := signedIn(ctx)
	if err != nil {
		return nil, err
	}
	answer := api.CreateEventTicket201JSONResponse{Headers: api.CreateEventTicket201ResponseHeaders{CacheControl: optional(noStore)}}
	answer.Body.Ticket = randomToken()
	err = h.asMember(ctx, func(tx db.Tx, _ db.Organization) (err error) {
		answer.Body.ExpiresAt, err = tx.IssueEventTicket(ctx, HashToken(answer.Body.Ticket), claims.Expires)
		return err
	})
	if err != nil {
		return nil, err
	}
	return answer, nil
}
