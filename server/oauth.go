package server

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/providers/calendar"
	"github.com/voxanne-ai/voxanne/providers/microsoft"
	"github.com/voxanne-ai/voxanne/server/api"
)

// sentenceWithdrawn is said wherever an account has to be connected again; app.note_grant_revoked keeps the same words.
const sentenceWithdrawn = "Access to the calendar was withdrawn. Connect it again."

// calendarWords is how people and operators know a provider of calendars.
type calendarWords struct {
	company, calendar, variables string
	again                        string // what a person does who wants to be asked for everything anew
}

// wordsOf takes google or microsoft, or the names of their credentials.
func wordsOf(provider string) calendarWords {
	if provider == calendar.Microsoft || provider == calendar.MicrosoftCredential {
		return calendarWords{"Microsoft", "Outlook calendar", "MICROSOFT_CLIENT_ID and MICROSOFT_CLIENT_SECRET", microsoft.ConsentPageWork}
	}
	return calendarWords{"Google", "Google calendar", "GOOGLE_CLIENT_ID and GOOGLE_CLIENT_SECRET", "https://myaccount.google.com/permissions"}
}

// isCalendar says whether a credential is a calendar's.
func isCalendar(credential string) bool {
	return credential == calendar.GoogleCredential || credential == calendar.MicrosoftCredential
}

// offered is a provider that this server has an app at. Error: not_configured, for its operators.
func (h handlers) offered(provider string) (calendar.Provider, error) {
	if h.calendars != nil {
		if p, ok := h.calendars.Provider(provider); ok {
			return p, nil
		}
	}
	return nil, NewError(CodeNotConfigured, sentenceNotOffered(provider), nil)
}

func sentenceNotOffered(provider string) string {
	words := wordsOf(provider)
	return "A " + words.calendar + " cannot be connected on this server: its operators must set " + words.variables + "."
}

// ofOwnOrg refuses what an older dashboard asks about another organization. Error: not_found, whether it exists or not.
func ofOwnOrg(ctx context.Context, org *uuid.UUID) error {
	claims, err := signedIn(ctx)
	if err == nil && org != nil && *org != claims.OrgID {
		err = NewError(CodeNotFound, sentenceNotFound, nil)
	}
	return err
}

// consent begins a consent of the signed-in member's and returns the address of the provider's page.
//
// The row's id is not part of the answer. Only the browser that comes back from the provider is told it: whoever sends
// the address to somebody else cannot confirm what that person allowed. Errors: not_configured, not_found, forbidden.
func (h handlers) consent(ctx context.Context, provider string, org *uuid.UUID) (answer api.CalendarConsentAddress, err error) {
	claims, err := signedIn(ctx)
	if err == nil {
		err = ofOwnOrg(ctx, org)
	}
	if err != nil {
		return answer, err
	}
	p, err := h.offered(provider)
	if err != nil {
		return answer, err
	}
	state, verifier := randomToken(), randomToken()
	sealed, err := h.calendars.SealVerifier(claims.OrgID, p.Credential(), verifier)
	if err != nil {
		return answer, err
	}
	var hint string
	err = h.asMember(ctx, func(tx db.Tx, _ db.Organization) error {
		accounts, err := tx.CalendarAccounts(ctx)
		if err != nil {
			return err
		}
		hint = value(accountOf(accounts, provider).ConnectedEmail)
		_, err = tx.BeginOAuth(ctx, db.BeginOAuthParams{Provider: p.Credential(), StateHash: HashToken(state),
			Ciphertext: sealed.Ciphertext, Nonce: sealed.Nonce, AuthTag: sealed.AuthTag, KeyID: sealed.KeyID})
		return err
	})
	if err != nil {
		return answer, err
	}
	url := p.AuthURL(state, verifier, hint)
	return api.CalendarConsentAddress{Success: true, Url: url, AuthUrl: url}, nil
}

// AuthorizeGoogle begins a consent at Google, see [handlers.consent].
func (h handlers) AuthorizeGoogle(ctx context.Context, req api.AuthorizeGoogleRequestObject) (api.AuthorizeGoogleResponseObject, error) {
	answer, err := h.consent(ctx, calendar.Google, req.Params.OrgId)
	return api.AuthorizeGoogle200JSONResponse(answer), err
}

// AuthorizeMicrosoft begins a consent at Microsoft, see [handlers.consent].
func (h handlers) AuthorizeMicrosoft(ctx context.Context, req api.AuthorizeMicrosoftRequestObject) (api.AuthorizeMicrosoftResponseObject, error) {
	answer, err := h.consent(ctx, calendar.Microsoft, req.Params.OrgId)
	return api.AuthorizeMicrosoft200JSONResponse(answer), err
}

// RevokeGoogle disconnects the Google calendar, see [handlers.disconnectCalendar].
func (h handlers) RevokeGoogle(ctx context.Context, req api.RevokeGoogleRequestObject) (api.RevokeGoogleResponseObject, error) {
	answer, err := h.disconnectCalendar(ctx, calendar.Google, value(req.Body).OrgId)
	return api.RevokeGoogle200JSONResponse(answer), err
}

// RevokeMicrosoft disconnects the Outlook calendar, see [handlers.disconnectCalendar].
func (h handlers) RevokeMicrosoft(ctx context.Context, req api.RevokeMicrosoftRequestObject) (api.RevokeMicrosoftResponseObject, error) {
	answer, err := h.disconnectCalendar(ctx, calendar.Microsoft, value(req.Body).OrgId)
	return api.RevokeMicrosoft200JSONResponse(answer), err
}

// disconnectCalendar forgets the account, and then gives it back to the provider. When that fails, the tokens wait where
// the job of unconfirmed grants finds them; it does not undo the disconnection. Errors: not_found, forbidden.
func (h handlers) disconnectCalendar(ctx context.Context, provider string, org *uuid.UUID) (answer api.CalendarDisconnected, err error) {
	if err := ofOwnOrg(ctx, org); err != nil {
		return answer, err
	}
	words := wordsOf(provider)
	var left db.DisconnectedAccount
	var of uuid.UUID
	err = h.asMember(ctx, func(tx db.Tx, org db.Organization) (err error) {
		of = org.ID
		left, err = tx.DisconnectCalendar(ctx, credentialOf(provider))
		return err
	})
	if errors.Is(err, pgx.ErrNoRows) {
		return api.CalendarDisconnected{Success: true, Revoked: true, Message: "No " + words.calendar + " was connected."}, nil
	}
	if err != nil {
		return answer, err
	}
	answer = api.CalendarDisconnected{Success: true, Message: words.calendar + " disconnected."}
	switch back, err := h.giveBack(ctx, of, provider, left); {
	case err != nil:
		Log(ctx).WarnContext(ctx, "a disconnected calendar's tokens could not be given back yet", "provider", provider, "reason", calendar.Code(err))
		answer.Message += " " + words.company + " did not take its access back yet; we go on trying for a day."
	case left.Shared:
		answer.Message += " Another connection uses the same account, so " + words.company + " was not told."
	case !back:
		answer.Message += " " + words.company + " lets no app give access back; whoever connected it can take it away at " + words.again + "."
	default:
		answer.Revoked = true
	}
	return answer, nil
}

// giveBack ends at the provider what was forgotten here. False: it has no way to. The tokens of an account that others use
// stay with the job, which looks again: two clinics may be leaving it at once.
func (h handlers) giveBack(ctx context.Context, org uuid.UUID, provider string, left db.DisconnectedAccount) (back bool, err error) {
	if h.calendars == nil {
		return false, NewError(CodeNotConfigured, sentenceNotOffered(provider), nil)
	}
	asking, cancel := context.WithTimeout(ctx, verifyTimeout)
	defer cancel()
	if err := h.calendars.GiveBack(asking, org, provider, left); err != nil || left.Shared {
		return false, err
	}
	ctx = context.WithoutCancel(ctx)
	err = h.db.AsTenant(ctx, org, func(tx db.Tx) error {
		_, err := tx.DropGrant(ctx, left.GrantID)
		return err
	})
	if err != nil {
		return false, fmt.Errorf("forget the tokens that were given back: %w", err)
	}
	return provider != calendar.Microsoft, nil
}

// credentialOf is what org_credentials calls a provider's account.
func credentialOf(provider string) string {
	if provider == calendar.Microsoft {
		return calendar.MicrosoftCredential
	}
	return calendar.GoogleCredential
}
