package live

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/server"
)

const (
	// maxMissed is how many events a returning client is sent: more than a slow one can have lost. For more it is told to
	// load the page anew, which is less.
	maxMissed = 5 * queueLength

	tooOld  = "too_old"
	tooMany = "too_many"
)

// stream is an open stream and what it begins with.
type stream struct {
	*client
	ends   time.Time // of the token
	last   cursor    // up to here the client has been served
	missed []*event  // to be sent first; behind last
	reset  string    // why they cannot be; "" for none
}

// authenticate finds who asks: by the bearer token, or by a ticket, which is used up. Errors are *server.Error.
func (s *Server) authenticate(ctx context.Context, r *http.Request) (server.Claims, error) {
	ticket := r.URL.Query().Get("ticket")
	if ticket == "" || r.Header.Get("Authorization") != "" {
		return s.auth.FromHeader(ctx, r.Header)
	}
	row, err := s.db.Platform().RedeemEventTicket(ctx, server.HashToken(ticket))
	if errors.Is(err, pgx.ErrNoRows) {
		return server.Claims{}, server.NewError(server.CodeUnauthenticated, "The ticket is unknown, used or expired. Ask for another.", nil)
	}
	if err != nil {
		return server.Claims{}, err
	}
	return server.NewClaims(row.OrgID, row.UserID, row.StreamUntil)
}

// open joins the hub and then looks whether the person is a member, and what they missed since resumed, which may be
// nil. In this order nothing falls between: the hub has everything behind the place of joining, the database the rest.
// The caller leaves the hub, unless there is an error.
func (s *Server) open(ctx context.Context, claims server.Claims, transport string, resumed *cursor) (*stream, error) {
	server.NoteOrg(ctx, claims.OrgID)
	st := &stream{client: newClient(claims.OrgID, claims.UserID, transport, s.count), ends: claims.Expires}
	joined, err := s.hub.join(ctx, st.client)
	if err != nil {
		return nil, refusal(err)
	}
	st.last = joined
	err = s.db.AsUser(ctx, claims.Raw, func(tx db.Tx, member db.Member) error {
		org, err := tx.GetOrganization(ctx, member.OrgID)
		switch {
		case err != nil:
			return err
		case org.DeletedAt != nil:
			return server.NewError(server.CodeGone, "This organization was deleted.", nil)
		case resumed == nil:
			return nil
		}
		return st.catchUp(ctx, tx, *resumed, joined)
	})
	if err != nil {
		s.hub.leave(st.client)
		return nil, err
	}
	return st, nil
}

// catchUp reads what lies between the cursor of a returning client and the place where it joined. A cursor that is
// ahead, because another process's relay was, stands: what it has seen is left out later on.
func (st *stream) catchUp(ctx context.Context, tx db.Tx, resumed, joined cursor) error {
	rows, err := tx.EventsSince(ctx, db.EventsSinceParams{
		AfterXid: resumed.xid, AfterID: resumed.id, UptoXid: joined.xid, UptoID: joined.id, MaxEvents: maxMissed + 1,
	})
	if err != nil {
		return err
	}
	kept, err := tx.IsEventCursorKept(ctx, resumed.xid) // after reading, see its comment
	switch {
	case err != nil:
		return err
	case !kept:
		st.reset = tooOld
		return nil
	case len(rows) > maxMissed:
		st.reset = tooMany
		return nil
	}
	for _, row := range rows {
		e, ok, err := newEvent(row)
		if err != nil {
			return err
		}
		if ok {
			st.missed = append(st.missed, e)
		}
	}
	st.last = resumed
	return nil
}

// refusal says why somebody could not join.
func refusal(err error) error {
	switch {
	case errors.Is(err, errTooMany):
		return server.NewError(server.CodeRateLimited, "You have too many live pages open. Close some.", err)
	case errors.Is(err, errStopping):
		return server.NewError(server.CodeBusy, "The server is restarting. Please try again in a moment.", err)
	default:
		return err
	}
}
