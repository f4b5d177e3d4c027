package server

import (
	"context"
	"errors"

	"github.com/google/uuid"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/jobs/grants"
	"github.com/voxanne-ai/voxanne/providers/calendar"
	"github.com/voxanne-ai/voxanne/server/api"
)

// accountOf finds a provider's row; app.calendar_accounts has one of each.
func accountOf(accounts []db.CalendarAccount, provider string) db.CalendarAccount {
	for _, account := range accounts {
		if account.Provider == provider {
			return account
		}
	}
	return db.CalendarAccount{}
}

// calendarAccounts reads them as the signed-in member.
func (h handlers) calendarAccounts(ctx context.Context) (accounts []db.CalendarAccount, err error) {
	err = h.asMember(ctx, func(tx db.Tx, _ db.Organization) (err error) {
		accounts, err = tx.CalendarAccounts(ctx)
		return err
	})
	return accounts, err
}

// ListCalendarAccounts tells what is connected, as known by now: nobody is asked.
func (h handlers) ListCalendarAccounts(ctx context.Context, _ api.ListCalendarAccountsRequestObject) (api.ListCalendarAccountsResponseObject, error) {
	rows, err := h.calendarAccounts(ctx)
	if err != nil {
		return nil, err
	}
	accounts := make([]api.CalendarAccount, len(rows))
	for i, row := range rows {
		accounts[i] = api.CalendarAccount{
			Provider: api.CalendarProvider(row.Provider), Connected: row.ConnectedAt != nil, Email: row.ConnectedEmail, ConnectedAt: row.ConnectedAt,
			LastVerifiedAt: row.LastVerifiedAt, NeedsReconnect: row.NeedsReconnectAt != nil, NeedsReconnectSince: row.NeedsReconnectAt,
			Problem: row.Problem, Calendars: int(row.Calendars),
		}
	}
	return api.ListCalendarAccounts200JSONResponse{Accounts: accounts}, nil
}

// GetGoogleStatus tells whether a Google account is connected and works, as known by now.
func (h handlers) GetGoogleStatus(ctx context.Context, _ api.GetGoogleStatusRequestObject) (api.GetGoogleStatusResponseObject, error) {
	answer, err := h.connection(ctx, calendar.Google, nil)
	return api.GetGoogleStatus200JSONResponse(answer), err
}

// GetMicrosoftStatus tells whether a Microsoft account is connected and works, as known by now.
func (h handlers) GetMicrosoftStatus(ctx context.Context, _ api.GetMicrosoftStatusRequestObject) (api.GetMicrosoftStatusResponseObject, error) {
	answer, err := h.connection(ctx, calendar.Microsoft, nil)
	return api.GetMicrosoftStatus200JSONResponse(answer), err
}

// connection is an account in the shape of older dashboards. One that needs to be connected again is not connected: they
// know no third state, and show the button then. Error: not_found for another organization.
func (h handlers) connection(ctx context.Context, provider string, org *uuid.UUID) (answer api.CalendarConnection, err error) {
	if err := ofOwnOrg(ctx, org); err != nil {
		return answer, err
	}
	rows, err := h.calendarAccounts(ctx)
	if err != nil {
		return answer, err
	}
	row := accountOf(rows, provider)
	works := row.ConnectedAt != nil && row.NeedsReconnectAt == nil
	return api.CalendarConnection{
		Connected: works, Active: works, Email: row.ConnectedEmail, ConnectedAt: row.ConnectedAt, HasTokens: row.ConnectedAt != nil,
		NeedsReconnect: row.NeedsReconnectAt != nil, Timestamp: h.now().UTC(),
	}, nil
}

// GetCalendarConsent is what a member is to confirm. Errors: not_found, forbidden.
func (h handlers) GetCalendarConsent(ctx context.Context, req api.GetCalendarConsentRequestObject) (api.GetCalendarConsentResponseObject, error) {
	var row db.ParkedGrant
	err := h.asMember(ctx, func(tx db.Tx, _ db.Organization) (err error) {
		row, err = tx.ParkedGrant(ctx, req.Id)
		return err
	})
	if err != nil {
		return nil, err
	}
	return api.GetCalendarConsent200JSONResponse{
		Id: row.ID, Provider: providerOfCredential(row.Provider), Email: row.ConnectedEmail, Clinic: row.Clinic,
		OtherConnected: row.OtherEmail != nil, OtherEmail: optional(value(row.OtherEmail)), ExpiresAt: row.ExpiresAt,
	}, nil
}

// ConfirmCalendarConsent connects it. Errors: not_found, forbidden, conflict while another account is connected.
func (h handlers) ConfirmCalendarConsent(ctx context.Context, req api.ConfirmCalendarConsentRequestObject) (api.ConfirmCalendarConsentResponseObject, error) {
	var row db.ParkedGrant
	err := h.asMember(ctx, func(tx db.Tx, _ db.Organization) (err error) {
		row, err = tx.ConfirmGrant(ctx, req.Id)
		return err
	})
	if err != nil {
		return nil, err
	}
	return api.ConfirmCalendarConsent200JSONResponse{
		Success: true, Code: api.CalendarConnected, Provider: providerOfCredential(row.Provider), Email: row.ConnectedEmail,
	}, nil
}

// RefuseCalendarConsent leaves its tokens to the job that gives them back. Errors: not_found, forbidden.
func (h handlers) RefuseCalendarConsent(ctx context.Context, req api.RefuseCalendarConsentRequestObject) (api.RefuseCalendarConsentResponseObject, error) {
	err := h.asMember(ctx, func(tx db.Tx, _ db.Organization) error {
		refused, err := tx.RefuseGrant(ctx, req.Id)
		if err == nil && !refused {
			err = NewError(CodeNotFound, sentenceNotFound, nil)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return api.RefuseCalendarConsent200JSONResponse{Success: true}, nil
}

// providerOfCredential is what the API calls the provider of a credential.
func providerOfCredential(credential string) api.CalendarProvider {
	if credential == calendar.MicrosoftCredential {
		return api.CalendarProvider(calendar.Microsoft)
	}
	return api.CalendarProvider(calendar.Google)
}

// ListAccountCalendars asks the provider, for [verifyTimeout] at most. Errors: not_configured, forbidden, conflict without
// an account that works, busy when the provider does not answer.
func (h handlers) ListAccountCalendars(ctx context.Context, req api.ListAccountCalendarsRequestObject) (api.ListAccountCalendarsResponseObject, error) {
	claims, err := h.administrator(ctx)
	if err != nil {
		return nil, err
	}
	provider := string(req.Provider)
	found, refusal := h.askCalendars(ctx, claims.OrgID, provider)
	if refusal != nil {
		return nil, refusal
	}
	linked, err := h.linkedCalendars(ctx, provider)
	if err != nil {
		return nil, err
	}
	calendars := make([]api.AccountCalendar, len(found))
	for i, c := range found {
		calendars[i] = api.AccountCalendar{
			ExternalCalendarId: c.ID, Name: c.Name, TimeZone: optional(c.Zone), Writable: c.Writable, Primary: c.Primary, Linked: linked[c.ID],
		}
	}
	return api.ListAccountCalendars200JSONResponse{Provider: req.Provider, Calendars: calendars}, nil
}

// linkedCalendars are the ids of those of a provider that belong to a resource.
func (h handlers) linkedCalendars(ctx context.Context, provider string) (linked map[string]bool, err error) {
	linked = map[string]bool{}
	err = h.asMember(ctx, func(tx db.Tx, _ db.Organization) error {
		rows, err := tx.CalendarHealth(ctx)
		for _, row := range rows {
			if row.Provider == provider {
				linked[row.ExternalCalendarID] = true
			}
		}
		return err
	})
	return linked, err
}

// askCalendars asks the provider of the clinic's account for its calendars, for [verifyTimeout] at most. Errors:
// not_configured, conflict where people can help, busy; trouble of ours stays as it is.
func (h handlers) askCalendars(ctx context.Context, org uuid.UUID, provider string) (found []calendar.Calendar, err error) {
	if _, err := h.offered(provider); err != nil {
		return nil, err
	}
	asking, cancel := context.WithTimeout(ctx, verifyTimeout)
	defer cancel()
	err = h.calendars.With(asking, org, provider, func(ctx context.Context, account calendar.Account) (err error) {
		found, err = account.Calendars(ctx)
		return err
	})
	if refusal := refusedByCalendar(provider, err); refusal != nil {
		return nil, refusal
	}
	return found, err
}

// refusedByCalendar is the sentence for what came of asking a provider of calendars; nil when that was not its doing.
func refusedByCalendar(provider string, err error) *Error {
	words := wordsOf(provider)
	switch {
	case errors.Is(err, grants.ErrNotConnected):
		return NewError(CodeConflict, "No "+words.calendar+" is connected.", err)
	case errors.Is(err, grants.ErrNeedsReconnect), errors.Is(err, calendar.ErrUnauthorized):
		return NewError(CodeConflict, sentenceWithdrawn, err)
	case errors.Is(err, calendar.ErrScopeMissing):
		return NewError(CodeConflict, words.company+" does not let us see the calendars. Connect it again and allow everything that is asked.", err)
	case errors.Is(err, grants.ErrNotOpened):
		return NewError(CodeConflict, "The stored account cannot be opened any more. Connect it again.", err)
	case errors.Is(err, grants.ErrBusy), errors.Is(err, calendar.ErrClientRefused), errors.As(err, new(*calendar.PauseError)),
		errors.As(err, new(*calendar.RefusedError)), errors.As(err, new(*calendar.UnavailableError)):
		return NewError(CodeBusy, words.company+" cannot be asked at the moment. Please try again.", err).After(calendar.PauseOf(err))
	default:
		return nil
	}
}

// verifyCalendar asks for the clinic's calendars, which nothing but a grant that works opens, and writes down what was
// said. Errors as [handlers.VerifyIntegration].
func (h handlers) verifyCalendar(ctx context.Context, claims Claims, credential string) error {
	provider := string(providerOfCredential(credential))
	_, asked := h.askCalendars(ctx, claims.OrgID, provider)
	var refusal *Error
	if errors.As(asked, &refusal) && refusal.Code != CodeConflict || asked != nil && refusal == nil {
		return asked // nobody said anything about the account
	}
	rows, err := h.calendarAccounts(ctx)
	if err != nil {
		return err
	}
	row := accountOf(rows, provider)
	switch {
	case row.ChangedAt == nil:
		return NewError(CodeNotFound, "No such account is connected.", nil)
	case row.NeedsReconnectAt != nil && refusal != nil:
		return NewError(CodeBadRequest, refusal.Message, refusal) // which is written down already
	}
	return h.noteVerified(ctx, claims, credential, *row.ChangedAt, asBadRequest(refusal))
}

// asBadRequest is a refusal as VerifyIntegration answers it; nil for none.
func asBadRequest(refusal *Error) *Error {
	if refusal == nil {
		return nil
	}
	return NewError(CodeBadRequest, refusal.Message, refusal)
}
