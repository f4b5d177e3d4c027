package server

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/server/api"
)

// masked stands for every secret that is stored.
const masked = "••••••••"

// credentials is what the integrations ask of the database. All run under
// claims (Claims.Raw); errors as memberships'.
type credentials interface {
	// SaveCredential stores or replaces. VX403 for others than owners and
	// admins, VX409 when the sender is another organization's.
	SaveCredential(ctx context.Context, claims []byte, sealed db.SaveCredentialParams) error
	// DescribeCredential never holds what is sealed. pgx.ErrNoRows when there is none.
	DescribeCredential(ctx context.Context, claims []byte, provider string) (db.DescribeCredentialRow, error)
	// RemoveCredential does nothing when there is none. VX403 as SaveCredential.
	RemoveCredential(ctx context.Context, claims []byte, provider string) error
}

// ConnectTwilio stores a Twilio account that Twilio accepts and, where numbers can be set up, sets its number up. Errors:
// bad_request with Twilio's reason in our words, forbidden, conflict, gone, busy, and those of [handlers.SetUpInbound].
func (h handlers) ConnectTwilio(ctx context.Context, req api.ConnectTwilioRequestObject) (api.ConnectTwilioResponseObject, error) {
	if h.lines == nil {
		if err := h.connect(ctx, h.accounts.ofTwilio(*req.Body)); err != nil {
			return nil, err
		}
		return api.ConnectTwilio200JSONResponse{Success: true, Message: "Twilio connected."}, nil
	}
	line, err := h.setUp(ctx, *req.Body)
	if err != nil {
		return nil, err
	}
	if line.State != stateActive {
		return api.ConnectTwilio202JSONResponse{Success: true, Message: "Twilio connected; the number is being set up."}, nil
	}
	return api.ConnectTwilio200JSONResponse{Success: true, Message: "Twilio connected."}, nil
}

// GetTwilio shows the connected account without its secrets. Error: not_found.
func (h handlers) GetTwilio(ctx context.Context, _ api.GetTwilioRequestObject) (api.GetTwilioResponseObject, error) {
	row, err := h.describe(ctx, providerTwilio, "Twilio not configured")
	if err != nil {
		return nil, err
	}
	return api.GetTwilio200JSONResponse{Success: true, Config: api.TwilioConfig{
		AccountSid: value(row.AccountRef), PhoneNumber: value(row.Sender), AuthToken: masked, LastVerifiedAt: row.LastVerifiedAt,
	}}, nil
}

// DisconnectTwilio forgets the account. Error: forbidden.
func (h handlers) DisconnectTwilio(ctx context.Context, _ api.DisconnectTwilioRequestObject) (api.DisconnectTwilioResponseObject, error) {
	if err := h.disconnect(ctx, providerTwilio); err != nil {
		return nil, err
	}
	return api.DisconnectTwilio200JSONResponse{Success: true}, nil
}

// ConnectResend stores a Resend account that Resend accepts. Errors as ConnectTwilio's.
func (h handlers) ConnectResend(ctx context.Context, req api.ConnectResendRequestObject) (api.ConnectResendResponseObject, error) {
	if err := h.connect(ctx, h.accounts.ofResend(*req.Body)); err != nil {
		return nil, err
	}
	return api.ConnectResend200JSONResponse{Success: true, Message: "Resend connected."}, nil
}

// GetResend shows the connected account without its secrets. Error: not_found.
func (h handlers) GetResend(ctx context.Context, _ api.GetResendRequestObject) (api.GetResendResponseObject, error) {
	row, err := h.describe(ctx, providerResend, "Resend not configured")
	if err != nil {
		return nil, err
	}
	return api.GetResend200JSONResponse{Success: true, Config: api.ResendConfig{
		ApiKey: masked, FromAddress: value(row.Sender), LastVerifiedAt: row.LastVerifiedAt,
	}}, nil
}

// DisconnectResend forgets the account. Error: forbidden.
func (h handlers) DisconnectResend(ctx context.Context, _ api.DisconnectResendRequestObject) (api.DisconnectResendResponseObject, error) {
	if err := h.disconnect(ctx, providerResend); err != nil {
		return nil, err
	}
	return api.DisconnectResend200JSONResponse{Success: true}, nil
}

// connect has an account checked and sealed, then stores it.
func (h handlers) connect(ctx context.Context, acc account) error {
	claims, err := h.administrator(ctx)
	if err != nil {
		return err
	}
	sealed, err := h.accounts.seal(ctx, claims.OrgID, acc)
	if err != nil {
		return err
	}
	return h.db.SaveCredential(ctx, claims.Raw, sealed)
}

// administrator is the signed-in member if they may see to the clinic's accounts. Errors: gone, forbidden.
func (h handlers) administrator(ctx context.Context) (Claims, error) {
	claims, err := signedIn(ctx)
	if err != nil {
		return claims, err
	}
	member, err := h.db.Membership(ctx, claims.Raw)
	switch {
	case err != nil:
		return claims, err
	case member.Deleted:
		return claims, NewError(CodeGone, sentenceGone, nil)
	case member.Role != "owner" && member.Role != "admin":
		return claims, NewError(CodeForbidden, "Only owners and admins may connect accounts.", nil)
	}
	return claims, nil
}

// describe reads what may be shown of an account; without one it answers
// not_found with the sentence missing.
func (h handlers) describe(ctx context.Context, provider, missing string) (db.DescribeCredentialRow, error) {
	claims, err := signedIn(ctx)
	if err != nil {
		return db.DescribeCredentialRow{}, err
	}
	row, err := h.db.DescribeCredential(ctx, claims.Raw, provider)
	if errors.Is(err, pgx.ErrNoRows) {
		return row, NewError(CodeNotFound, missing, err)
	}
	return row, err
}

func (h handlers) disconnect(ctx context.Context, provider string) error {
	claims, err := signedIn(ctx)
	if err != nil {
		return err
	}
	return h.db.RemoveCredential(ctx, claims.Raw, provider)
}
