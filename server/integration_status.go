package server

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/jobs/messenger"
	"github.com/voxanne-ai/voxanne/providers/calendar"
	"github.com/voxanne-ai/voxanne/providers/vapi"
	"github.com/voxanne-ai/voxanne/server/api"
)

// providerVapi is the platform's own account, which no clinic connects.
const providerVapi = "vapi"

// AccountChecker asks providers about the accounts that clinics connected; *messenger.Messenger is one.
type AccountChecker interface {
	// CheckAccount returns which account it asked about, by when that was written. Errors: messenger.ErrNotConfigured,
	// messenger.ErrNoCredential, and the provider's.
	CheckAccount(ctx context.Context, org uuid.UUID, provider string) (since time.Time, err error)
}

// IntegrationStatus tells what is connected, as known by now: nobody is asked.
func (h handlers) IntegrationStatus(ctx context.Context, _ api.IntegrationStatusRequestObject) (api.IntegrationStatusResponseObject, error) {
	var rows []db.IntegrationListed
	err := h.asMember(ctx, func(tx db.Tx, _ db.Organization) (err error) {
		rows, err = tx.ListIntegrations(ctx)
		return err
	})
	if err != nil {
		return nil, err
	}
	data := api.Integrations{Vapi: api.IntegrationState{Connected: h.vapi.Configured}}
	for _, row := range rows {
		if slot := slotOf(&data, row.Provider); slot != nil {
			*slot = api.IntegrationState{Connected: row.Connected, LastVerified: row.LastVerifiedAt, Problem: row.Problem}
		}
	}
	return api.IntegrationStatus200JSONResponse{Success: true, Data: data}, nil
}

// slotOf is a provider's place in the answer; nil for one that has none.
func slotOf(data *api.Integrations, provider string) *api.IntegrationState {
	switch provider {
	case providerTwilio:
		return &data.Twilio
	case providerResend:
		return &data.Resend
	case calendar.GoogleCredential:
		return &data.GoogleCalendar
	case calendar.MicrosoftCredential:
		return &data.Outlook
	default:
		return nil
	}
}

// VerifyIntegration asks a provider whether it still accepts the connected account, and keeps its word. Errors: not_found
// without an account, bad_request with the provider's reason in our words, forbidden, gone, and busy when it cannot be
// asked; then what is known stays.
func (h handlers) VerifyIntegration(ctx context.Context, req api.VerifyIntegrationRequestObject) (api.VerifyIntegrationResponseObject, error) {
	claims, err := h.administrator(ctx)
	if err != nil {
		return nil, err
	}
	switch provider := string(req.Provider); {
	case provider == providerVapi:
		err = h.verifyVapi(ctx)
	case isCalendar(provider):
		err = h.verifyCalendar(ctx, claims, provider)
	default:
		err = h.verifyAccount(ctx, claims, provider)
	}
	if err != nil {
		return nil, err
	}
	return api.VerifyIntegration200JSONResponse{Success: true, Connected: true, LastVerified: h.now().UTC()}, nil
}

// verifyAccount asks about an account of the clinic's, and writes down what was said.
func (h handlers) verifyAccount(ctx context.Context, claims Claims, provider string) error {
	if h.checks == nil {
		return NewError(CodeNotFound, "No such account is connected.", nil)
	}
	asking, cancel := context.WithTimeout(ctx, verifyTimeout)
	defer cancel()
	since, err := h.checks.CheckAccount(asking, claims.OrgID, provider)
	var refusal *Error
	if err != nil {
		refusal = refusedByProvider(provider, err)
	}
	if refusal != nil && refusal.Code != CodeBadRequest {
		return refusal // nobody said anything about the account
	}
	return h.noteVerified(ctx, claims, provider, since, refusal)
}

// noteVerified keeps what a provider said about the account that was written at since: refusal, or, if nil, that it accepts
// it. It returns the refusal, or a conflict when the account was replaced meanwhile.
func (h handlers) noteVerified(ctx context.Context, claims Claims, credential string, since time.Time, refusal *Error) error {
	var problem *string
	if refusal != nil {
		problem = &refusal.Message
	}
	noted := false
	err := h.db.AsUser(ctx, claims.Raw, func(tx db.Tx, _ db.Member) (err error) {
		noted, err = tx.NoteVerification(ctx, credential, since, problem)
		return err
	})
	switch {
	case err != nil:
		return err
	case !noted:
		return NewError(CodeConflict, "The account was changed meanwhile. Verify it again.", nil)
	case refusal != nil:
		return refusal
	}
	return nil
}

// refusedByProvider is the sentence for what came of asking.
func refusedByProvider(provider string, err error) *Error {
	switch {
	case errors.Is(err, messenger.ErrNotConfigured):
		return NewError(CodeNotFound, "No such account is connected.", err)
	case errors.Is(err, messenger.ErrNoCredential):
		return NewError(CodeBadRequest, "The stored account cannot be opened any more. Connect it again.", err)
	case provider == providerTwilio:
		return refusedByTwilio(err)
	default:
		return refusedByResend(err)
	}
}

// verifyVapi asks about the platform's key, of which no clinic keeps anything.
func (h handlers) verifyVapi(ctx context.Context) error {
	if !h.vapi.Configured || h.vapi.Verify == nil {
		return NewError(CodeNotFound, "No Vapi account is configured on this server.", nil)
	}
	asking, cancel := context.WithTimeout(ctx, verifyTimeout)
	defer cancel()
	err := h.vapi.Verify(asking)
	switch {
	case err == nil:
		return nil
	case errors.Is(err, vapi.ErrUnauthorized):
		return NewError(CodeBadRequest, "Vapi refuses this server's key. Its operators must see to it.", err)
	default:
		return NewError(CodeBusy, "Vapi cannot be asked at the moment. Please try again.", err)
	}
}
