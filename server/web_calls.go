package server

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/db/vault"
	"github.com/voxanne-ai/voxanne/jobs/brief"
	"github.com/voxanne-ai/voxanne/providers/vapi"
)

const (
	// sealedWebCalls is in place of a provider when the address of a web call is sealed.
	sealedWebCalls = "web call"
	// webCallTimeout bounds what Vapi may take to make a call, or to be told that it is over.
	webCallTimeout = 10 * time.Second
	bridgePath     = "/api/web-voice/"
)

// WebCalls places test calls at Vapi, and keeps the addresses of their sound sealed. It is safe for concurrent use.
type WebCalls struct {
	vapi   *vapi.Client
	keys   *vault.Keyring
	bridge string // where bridges are opened, with a trailing slash
}

// NewWebCalls needs all three; backendURL is where this server is reached, without a trailing slash.
func NewWebCalls(client *vapi.Client, keys *vault.Keyring, backendURL string) *WebCalls {
	return &WebCalls{vapi: client, keys: keys, bridge: "ws" + strings.TrimPrefix(backendURL, "http") + bridgePath}
}

// place has an assistant take a call, told of the clinic as in any other. Errors: those of vapi.Client.PlaceWebCall.
func (w *WebCalls) place(ctx context.Context, assistantID string, facts db.TestCallFactsRow) (vapi.WebCall, error) {
	ctx, cancel := context.WithTimeout(ctx, webCallTimeout)
	defer cancel()
	return w.vapi.PlaceWebCall(ctx, assistantID, testCallVariables(facts))
}

// testCallVariables fill the placeholders of the prompt. Whoever tries the agent out is nobody it knows.
func testCallVariables(f db.TestCallFactsRow) map[string]string {
	return brief.Values(brief.Clinic{
		Name: f.ClinicName, Address: value(f.Address), TimeZone: value(f.TimeZone), Now: f.Now,
		Hours: value(f.Hours), Services: value(f.Services), Practitioners: value(f.Practitioners), Policies: f.Policies,
		EmergencySentence: f.EmergencySentence,
	}, map[string]string{"callPurpose": brief.TestPurpose})
}

// seal is a call as the database keeps it.
func (w *WebCalls) seal(org, test uuid.UUID, call vapi.WebCall) (db.PlaceWebTestParams, error) {
	sealed, err := w.keys.Seal(org, sealedWebCalls, []byte(call.Address))
	if err != nil {
		return db.PlaceWebTestParams{}, fmt.Errorf("seal the address of a web call: %w", err)
	}
	return db.PlaceWebTestParams{
		WebTestID: test, VapiCallID: call.ID,
		Ciphertext: sealed.Ciphertext, Nonce: sealed.Nonce, AuthTag: sealed.AuthTag, KeyID: sealed.KeyID,
	}, nil
}

// Join opens the sound of a test call. Errors: the vault's, and *vapi.UnavailableError.
func (w *WebCalls) Join(ctx context.Context, org uuid.UUID, line db.WebTestLine) (*vapi.WebLine, error) {
	address, err := w.keys.Open(org, sealedWebCalls, vault.Sealed{
		Ciphertext: line.Ciphertext, Nonce: line.Nonce, AuthTag: line.AuthTag, KeyID: line.KeyID,
	})
	if err != nil {
		return nil, fmt.Errorf("open the address of a web call: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, webCallTimeout)
	defer cancel()
	return w.vapi.JoinWebCall(ctx, string(address))
}

// hangUp ends a call that no bridge took, also for a client that has gone away. What fails is logged: Vapi gives a call up
// by itself when nobody speaks.
func (w *WebCalls) hangUp(ctx context.Context, join func(context.Context) (*vapi.WebLine, error)) {
	ending, cancel := context.WithTimeout(context.WithoutCancel(ctx), webCallTimeout)
	defer cancel()
	line, err := join(ending)
	if err != nil {
		LogCause(ctx, "a test call could not be hung up", err)
		return
	}
	line.HangUp(ending)
}

// webCallRefusal puts into words why Vapi made no call. Codes: unprocessable, not_configured, rate_limited, busy; conflict
// when nobody knows whether it made one, because clients repeat other failures by themselves.
func webCallRefusal(err error) *Error {
	var limited *vapi.RateLimitedError
	var invalid *vapi.InvalidError
	var uncertain *vapi.UncertainError
	switch {
	case errors.As(err, &limited):
		return NewError(CodeRateLimited, "Vapi takes no more calls at this moment. Try again in a minute.", err).After(max(limited.RetryAfter, 10*time.Second))
	case errors.As(err, &invalid) || errors.Is(err, vapi.ErrNotFound):
		return NewError(CodeUnprocessable, "Vapi refused the test call. Save the agent again, and look at the account at Vapi.", err)
	case errors.Is(err, vapi.ErrUnauthorized):
		return NewError(CodeNotConfigured, "Vapi does not accept the platform's key.", err)
	case errors.As(err, &uncertain):
		return NewError(CodeConflict, "Vapi did not answer in time. Try again in a minute.", err)
	default:
		return NewError(CodeBusy, "Vapi cannot be reached at this moment. Please try again.", err)
	}
}
