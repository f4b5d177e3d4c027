package server

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"html/template"
	"net/http"
	"net/url"

	"github.com/jackc/pgx/v5"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/jobs/grants"
	"github.com/voxanne-ai/voxanne/providers/calendar"
)

// What a callback says in `error`: the words that older dashboards have sentences for. `success=calendar_connected` is not
// among them, because nothing is connected before the person confirms. Of theirs, oauth_generation_failed is not used: an
// address that cannot be made is refused by the operation that was asked for it.
const (
	consentDenied   = "user_denied_consent"
	consentFailed   = "oauth_failed"
	consentMissing  = "missing_oauth_parameters"
	consentNotHere  = "oauth_callback_failed"
	consentUnknown  = "oauth_state_invalid"
	consentExchange = "oauth_token_exchange_failed"
	consentTrouble  = "oauth_callback_error"
)

const (
	// maxCode is the longest code of a consent that is passed on, in bytes; Microsoft's have up to about two thousand.
	maxCode = 8 << 10
	// afterConsent is where the dashboard goes on.
	afterConsent = "/dashboard/api-keys"

	sentenceConsentUnknown = "This connection took too long, or was used already. Please connect the calendar again."
	sentenceConsentTrouble = "Something went wrong on our side. Please connect the calendar again."
)

//go:embed oauth.html
var consentHTML string

// consentReturn is where the providers of calendars send browsers back to. Whose browser it is nobody knows: it has no
// session, and all that it brings is the state, which works once, and a code. Nothing of either is shown, logged or kept.
type consentReturn struct {
	handlers
	page  *template.Template
	turns turns
}

// mountConsents registers the callbacks, which the description does not have: no dashboard asks them.
func mountConsents(mux *http.ServeMux, h handlers, strangers turns) error {
	page, err := template.New("consent").Parse(consentHTML)
	if err != nil {
		return fmt.Errorf("read the page after a consent: %w", err)
	}
	c := &consentReturn{handlers: h, page: page, turns: strangers}
	mux.Handle("GET "+GoogleCallbackPath, limit(maxAPIBody, apiTimeout, c.serve(calendar.Google)))
	mux.Handle("GET "+MicrosoftCallbackPath, limit(maxAPIBody, apiTimeout, c.serve(calendar.Microsoft)))
	return nil
}

// returned is what became of a consent: the id under which it waits to be confirmed, or why it came to nothing.
type returned struct {
	provider         string
	pending          string
	failure, details string // details: a sentence of ours
}

// serve answers with a redirection to the dashboard, or, where none is configured, with a page that says the same.
func (c *consentReturn) serve(provider string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		private(w.Header())
		if r.Method == http.MethodHead {
			return // a link is looked at, not followed: its state stays good
		}
		got := c.take(r.Context(), provider, r.URL.Query())
		got.provider = provider
		if c.invitations.DashboardURL == "" {
			c.show(w, r, got)
			return
		}
		w.Header().Set("Location", c.invitations.DashboardURL+afterConsent+"?"+got.query().Encode())
		w.WriteHeader(http.StatusSeeOther)
	}
}

func (g returned) query() url.Values {
	if g.failure != "" {
		return url.Values{"error": {g.failure}, "details": {g.details}, "provider": {g.provider}}
	}
	return url.Values{"pending": {g.pending}, "provider": {g.provider}}
}

// take uses the state up, whatever came with it, and parks what was allowed.
func (c *consentReturn) take(ctx context.Context, provider string, query url.Values) returned {
	words := wordsOf(provider)
	state, code, refusal := query.Get("state"), query.Get("code"), query.Get("error")
	if state == "" || (code == "" && refusal == "") {
		return returned{failure: consentMissing, details: words.company + "'s answer was incomplete. Please connect the calendar again."}
	}
	if _, err := c.offered(provider); err != nil {
		return returned{failure: consentNotHere, details: sentenceNotOffered(provider)}
	}
	taken, err := c.takeState(ctx, state)
	switch {
	case errors.Is(err, pgx.ErrNoRows), err == nil && taken.Provider != credentialOf(provider):
		return returned{failure: consentUnknown, details: sentenceConsentUnknown}
	case err != nil:
		LogCause(ctx, "the state of a consent could not be looked up", err)
		return returned{failure: consentTrouble, details: sentenceBusy}
	}
	NoteOrg(ctx, taken.OrgID)
	switch {
	case refusal == "access_denied":
		return returned{failure: consentDenied, details: "Nothing was connected, because access to the calendar was not allowed."}
	case refusal != "" || len(code) > maxCode:
		return returned{failure: consentFailed, details: words.company + " could not complete this. Please connect the calendar again."}
	}
	if _, err := c.calendars.Park(ctx, taken, code); err != nil {
		return c.notParked(ctx, provider, err)
	}
	return returned{pending: taken.ID.String()}
}

// takeState finds whose consent it is. pgx.ErrNoRows for what cannot be a state, too.
func (c *consentReturn) takeState(ctx context.Context, state string) (taken db.OAuthTaken, err error) {
	hash, good := hashOfToken(state)
	if !good {
		return taken, pgx.ErrNoRows
	}
	err = c.turns.take(ctx, func() (err error) {
		taken, err = c.db.TakeOAuth(ctx, hash)
		return err
	})
	return taken, err
}

// notParked says what a person can do about a consent that came to nothing. The log learns which of our words it was.
func (c *consentReturn) notParked(ctx context.Context, provider string, err error) returned {
	got := refusedConsent(wordsOf(provider), err)
	Log(ctx).WarnContext(ctx, "a consent came to nothing", "provider", provider, "outcome", got.failure, "reason", calendar.Code(err))
	return got
}

func refusedConsent(words calendarWords, err error) returned {
	switch {
	case errors.Is(err, calendar.ErrNoRefreshToken):
		return returned{failure: consentFailed, details: words.company + " gave no lasting access. Remove our access at " + words.again + ", then connect the calendar again."}
	case errors.Is(err, calendar.ErrScopeMissing):
		return returned{failure: consentFailed, details: "Not all that is needed was allowed. Please connect the calendar again and allow everything that is asked."}
	case errors.Is(err, grants.ErrTooLate):
		return returned{failure: consentUnknown, details: sentenceConsentUnknown}
	case errors.Is(err, calendar.ErrClientRefused):
		return returned{failure: consentExchange, details: words.company + " refuses this server. Its operators must see to " + words.variables + "."}
	case errors.Is(err, calendar.ErrCodeRefused), errors.As(err, new(*calendar.RefusedError)),
		errors.As(err, new(*calendar.PauseError)), errors.As(err, new(*calendar.UnavailableError)):
		return returned{failure: consentExchange, details: words.company + " did not complete this. Please connect the calendar again."}
	default:
		return returned{failure: consentTrouble, details: sentenceConsentTrouble}
	}
}

// show writes the page, which runs and loads nothing.
func (c *consentReturn) show(w http.ResponseWriter, r *http.Request, got returned) {
	header := w.Header()
	header.Set("Content-Type", "text/html; charset=utf-8")
	header.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'")
	if got.failure != "" {
		w.WriteHeader(http.StatusBadRequest)
	}
	err := c.page.Execute(w, map[string]string{"Calendar": wordsOf(got.provider).calendar, "Pending": got.pending, "Details": got.details})
	if err != nil && r.Context().Err() == nil {
		LogCause(r.Context(), "the page after a consent broke off", err)
	}
}
