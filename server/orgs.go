package server

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/jobs/grants"
	"github.com/voxanne-ai/voxanne/server/api"
	"github.com/voxanne-ai/voxanne/server/transcript"
)

// Membership is an organization as one of its members sees it, read in the
// member's own transaction.
type Membership struct {
	OrgID   uuid.UUID
	UserID  uuid.UUID
	Role    string // owner, admin, staff or viewer: as stored now, not as of the token
	Deleted bool   // the organization was deleted and is kept for its retention time only
}

// memberships answers who a token's bearer is in the token's organization.
type memberships interface {
	// Membership runs under claims (Claims.Raw). Errors: SQLSTATE VX401 or an
	// *Error with not_a_member when the profile is gone, not_found when the
	// organization is.
	Membership(ctx context.Context, claims []byte) (Membership, error)
	// AsUser is [db.DB.AsUser].
	AsUser(ctx context.Context, claims []byte, fn func(db.Tx, db.Member) error) error
}

// handlers implements the operations of openapi.yaml, one file per entity.
type handlers struct {
	db        Database
	accounts  *Accounts
	texts     Sender    // nil: nobody can send
	lines     Lines     // nil: no number can be set up
	readiness Readiness // nil: nobody can ask
	files     *Files    // nil: nothing is kept
	count     messageCounter
	now       func() time.Time
	vapi      VapiAccount
	checks    AccountChecker // nil: nobody can ask
	calendars *grants.Keeper // nil: no calendar can be connected
	// invitations says how they are mailed.
	invitations InvitationMail
	links       *Links // nil: no addresses of files
	printer     *transcript.Printer
	questions   *Questions
	uploads     *Uploads
	webCalls    *WebCalls // nil: nobody can talk to an agent from the browser
	backend     string    // where this server is reached; empty: not known
}

// asMember runs fn in one transaction of the signed-in member, and shows it the organization. Errors of its own:
// unauthenticated, not_a_member, gone for an organization that left.
func (h handlers) asMember(ctx context.Context, fn func(tx db.Tx, org db.Organization) error) error {
	claims, err := signedIn(ctx)
	if err != nil {
		return err
	}
	return h.db.AsUser(ctx, claims.Raw, func(tx db.Tx, member db.Member) error {
		org, err := tx.GetOrganization(ctx, member.OrgID)
		if err != nil {
			return err
		}
		if org.DeletedAt != nil {
			return NewError(CodeGone, sentenceGone, nil)
		}
		return fn(tx, org)
	})
}

// mayAsk says whether the user still belongs to the organization, where that is all there is to know: what is the same
// for everybody is shown to members only as well. Errors: not_a_member, gone.
func (h handlers) mayAsk(ctx context.Context) error {
	return h.asMember(ctx, func(db.Tx, db.Organization) error { return nil })
}

// signedIn is who the request's token speaks for. Error: unauthenticated, on a
// route that openapi.yaml opens to everyone.
func signedIn(ctx context.Context) (Claims, error) {
	claims, ok := claimsOf(ctx)
	if !ok {
		return Claims{}, NewError(CodeUnauthenticated, sentenceNoToken, nil)
	}
	return claims, nil
}

// ValidateOrg tells the dashboard that the signed-in user belongs to the
// organization it asks about. Errors: not_a_member, forbidden for another
// organization whether it exists or not, gone, not_found.
func (h handlers) ValidateOrg(ctx context.Context, req api.ValidateOrgRequestObject) (api.ValidateOrgResponseObject, error) {
	claims, err := signedIn(ctx)
	if err != nil {
		return nil, err
	}
	m, err := h.db.Membership(ctx, claims.Raw)
	switch {
	case err != nil:
		return nil, err
	case m.OrgID != req.OrgId:
		return nil, NewError(CodeForbidden, sentenceForeignOrg, nil)
	case m.Deleted:
		return nil, NewError(CodeGone, sentenceGone, nil)
	}
	return api.ValidateOrg200JSONResponse{
		Success: true, OrgId: m.OrgID, UserId: m.UserID, Role: api.Role(m.Role),
		Validated: true, Message: "Organization validated.",
	}, nil
}
