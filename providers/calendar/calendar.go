// Package calendar reads and writes outside calendars, whichever provider has
// them. What the providers do differently (ids of events, revocation, what a
// pull tells) is settled here, so that jobs and the server know calendars only.
//
// It stores nothing and knows no clinics. No error of it holds a token, an
// address or words of an event.
package calendar

import (
	"context"
	"log/slog"
	"time"

	"github.com/google/uuid"
)

// The providers, as calendar_links.provider and the API name them.
const (
	Google    = "google"
	Microsoft = "microsoft"
)

// Their accounts, as org_credentials and oauth_states name them.
const (
	GoogleCredential    = "google_calendar"
	MicrosoftCredential = "outlook"
)

// Provider is one company's calendars. It is safe for concurrent use.
type Provider interface {
	// Name is [Google] or [Microsoft].
	Name() string
	// Credential is [GoogleCredential] or [MicrosoftCredential].
	Credential() string
	// AuthURL is where a person consents. state comes back with the answer as it is; verifier is PKCE's, of which only the
	// challenge goes out; hint is the address of the account offered first, or empty.
	AuthURL(state, verifier, hint string) string
	// Exchange turns the code of a consent into a grant, once; it is never repeated. A grant that comes with
	// [ErrNoRefreshToken] or [ErrScopeMissing] is to be given back: it does not suffice to keep a calendar linked. One without
	// errors has an AccountID; with other errors there is none. Other errors: ErrCodeRefused, ErrClientRefused, *PauseError,
	// *RefusedError, *UnavailableError.
	Exchange(ctx context.Context, code, verifier string) (Grant, error)
	// Refresh returns the grant with a new access token, and what was not repeated as it was. Store it before its access
	// token is used: the refresh token may be another one. Errors: ErrGrantRevoked, ErrClientRefused, *PauseError,
	// *RefusedError, *UnavailableError.
	Refresh(ctx context.Context, g Grant) (Grant, error)
	// Revoke ends the grant at the provider, and at Google with it every grant of the same account. [ErrNoRevocation]: no app
	// can; the person can, at microsoft.ConsentPageWork or ConsentPagePersonal. A grant that has ended is done.
	Revoke(ctx context.Context, g Grant) error
	// Open returns the account that an access token opens. Nothing is asked yet.
	Open(g Grant) Account
}

// Account is what one grant opens. All of it may be repeated without harm.
//
// Errors of every method: ErrUnauthorized (refresh the grant, once), ErrScopeMissing, *PauseError, *RefusedError, *UnavailableError;
// and ErrNotFound where the calendar is not there or not for this account.
type Account interface {
	// Calendars are those of the person's list that can be read, the person's own first.
	Calendars(ctx context.Context) ([]Calendar, error)
	// Put makes the event of a visit what the draft says and returns how it is known there. Without a known id it is made, or
	// found if an earlier attempt arrived. [ErrMissing], of Outlook's alone: it was there once and somebody deleted it; put it
	// with a higher generation and nothing known to have it again.
	Put(ctx context.Context, calendarID string, d Draft, known Known) (Known, error)
	// Remove takes the event of a visit away, also one that was made without our knowing its id. None is done, and so is one
	// whose calendar is not there.
	Remove(ctx context.Context, calendarID string, appointment uuid.UUID, known Known) error
	// Find looks for one event that a pull of the whole window lacks. Deleted: it is not in this calendar any more.
	Find(ctx context.Context, calendarID string, appointment uuid.UUID, known Known, zone *time.Location) (Own, error)
	// Pull reads the window whole, or with a token what changed since. [ErrGone]: the token is of no use any more, pull without.
	// Nothing of a pull that fails half-way is returned.
	Pull(ctx context.Context, r Reading) (Changes, error)
	// Watch opens a push channel. Open a new one to renew it, and [Account.Unwatch] the former one then.
	Watch(ctx context.Context, calendarID string, h Hook) (Channel, error)
	// Unwatch ends a channel. One that has ended is done.
	Unwatch(ctx context.Context, c Channel) error
}

// Grant is what a person allowed. Its JSON holds the tokens, for sealing; every other way of writing it hides them.
type Grant struct {
	Access    string    `json:"access"`
	Refresh   string    `json:"refresh"`
	Expires   time.Time `json:"expires"`   // of Access, by our own clock
	AccountID string    `json:"accountId"` // the provider's id of the account, which stays when its address changes
	Email     string    `json:"email"`     // of the account; empty when the provider did not tell
}

// early is how long before its end an access token is no longer used: requests under way, and clocks that differ a little.
const early = time.Minute

// Fresh reports whether the access token may still be used. One that is fresh and refused nevertheless must be refreshed too.
func (g Grant) Fresh(now time.Time) bool {
	return g.Access != "" && now.Before(g.Expires.Add(-early))
}

// String hides the tokens from every format verb that asks for text.
func (g Grant) String() string { return "[calendar grant]" }

// GoString hides the tokens from %#v.
func (g Grant) GoString() string { return g.String() }

// LogValue hides it from slog, whose JSON would show the fields.
func (g Grant) LogValue() slog.Value { return slog.StringValue(g.String()) }

// Calendar is one of an account's.
type Calendar struct {
	ID       string
	Name     string
	Zone     string // IANA; empty when the provider does not tell
	Writable bool   // events may be made and changed there
	Primary  bool
}

// Draft is what the event of a visit should be.
type Draft struct {
	Appointment            uuid.UUID
	Generation             int // raised when an event that was deleted is wanted again
	Start, End             time.Time
	Zone                   string // IANA, the one it is shown in
	Subject, Detail, Place string
	// Private hides the words from those with whom the calendar is shared.
	Private bool
}

// String keeps what the event is about out of logs.
func (d Draft) String() string { return "[calendar draft]" }

// GoString keeps it out of %#v.
func (d Draft) GoString() string { return d.String() }

// LogValue hides it from slog, whose JSON would show the fields.
func (d Draft) LogValue() slog.Value { return slog.StringValue(d.String()) }

// Known is how an event is known at the provider; zero: it is not.
type Known struct {
	ID   string
	ETag string // its version there
}

// Reading says what to pull.
type Reading struct {
	CalendarID string
	Zone       *time.Location // of the calendar: all-day events last there from midnight to midnight
	From, To   time.Time
	Token      string // of the pull before; empty: the whole window
}

// touches reports whether a time lies in the window, at least with a part.
func (r Reading) touches(start, end time.Time) bool { return start.Before(r.To) && end.After(r.From) }

// Changes are what a pull brought. Who keeps a mirror takes out what Removed, Series and Whole say, then puts in Blocks.
type Changes struct {
	Whole  bool    // Blocks are all of the window
	Blocks []Block // within the window, in no order
	// Removed are ids of events that changed, are gone, left the window or take no time, and of series of which all is gone.
	// Outlook tells of visits' events that are gone here only: [Account.Find] says what became of one that is known.
	Removed []string
	Series  []string // ids of series of which Blocks holds everything
	Own     []Own    // events with the mark of a visit, ours or of another clinic that shares the calendar; wherever they are
	Token   string   // begins the next pull
	Zone    string   // the calendar's, as the provider tells it now; empty when it does not
}

// Block is a time that an event takes, [Start, End).
type Block struct {
	ID, SeriesID string // SeriesID is empty for a single event
	Start, End   time.Time
}

// Own is an event that has the mark of a visit.
type Own struct {
	Appointment uuid.UUID
	Known       Known
	Start, End  time.Time // zero when deleted
	Deleted     bool
	Busy        bool // takes time, for whom the visit is not of the clinic
}

// Hook is where pushes go.
type Hook struct {
	URL    string // https
	Secret string // comes with every push; 43 characters or more, 128 at most
}

// String hides the secret.
func (h Hook) String() string { return "[calendar hook]" }

// GoString hides it from %#v.
func (h Hook) GoString() string { return h.String() }

// LogValue hides it from slog, whose JSON would show the fields.
func (h Hook) LogValue() slog.Value { return slog.StringValue(h.String()) }

// Channel is a way of pushes that the provider has opened.
type Channel struct {
	ID         string
	ResourceID string // what Google wants besides to end it
	Expires    time.Time
}
