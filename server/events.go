package server

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/server/api"
)

// ticketBytes is how much randomness an event ticket has.
const ticketBytes = 32

// CreateEventTicket gives a member a ticket that opens one stream of live events; only its hash is stored, and repeating
// the wish gives another. Errors: gone.
func (h handlers) CreateEventTicket(ctx context.Context, _ api.CreateEventTicketRequestObject) (api.CreateEventTicketResponseObject, error) {
	claims, err := signedIn(ctx)
	if err != nil {
		return nil, err
	}
	secret := make([]byte, ticketBytes)
	_, _ = rand.Read(secret) // never fails, see its documentation
	answer := api.CreateEventTicket201JSONResponse{Headers: api.CreateEventTicket201ResponseHeaders{CacheControl: unlessEmpty(noStore)}}
	answer.Body.Ticket = base64.RawURLEncoding.EncodeToString(secret)
	err = h.asMember(ctx, func(tx db.Tx, _ db.Organization) (err error) {
		answer.Body.ExpiresAt, err = tx.IssueEventTicket(ctx, HashTicket(answer.Body.Ticket), claims.Expires)
		return err
	})
	if err != nil {
		return nil, err
	}
	return answer, nil
}

// HashTicket is what is stored of an event ticket. The ticket is random, so a plain hash cannot be guessed from.
func HashTicket(ticket string) []byte {
	hash := sha256.Sum256([]byte(ticket))
	return hash[:]
}
