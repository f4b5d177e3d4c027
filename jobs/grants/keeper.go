// Package grants keeps what people allowed us to do with their calendars: it opens the sealed tokens, refreshes them one
// at a time, parks those of a consent that is not confirmed yet, and gives back what nobody wants any more.
//
// No transaction lasts as long as a request to a provider: app.begin_refresh leases the turn instead. No token is kept
// beyond one call, and none is in an error or a log.
package grants

import (
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/google/uuid"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/db/vault"
	"github.com/voxanne-ai/voxanne/providers/calendar"
)

// Test with errors.Is.
var (
	// ErrNotOffered: this installation has no app at the provider.
	ErrNotOffered = errors.New("grants: the provider is not set up")
	// ErrNotConnected: the clinic has no account of the provider.
	ErrNotConnected = errors.New("grants: no account is connected")
	// ErrNeedsReconnect: the provider refuses the grant for good. Staff have been told; nothing helps but a new consent.
	ErrNeedsReconnect = errors.New("grants: the account must be connected again")
	// ErrBusy: somebody else refreshes the tokens and takes long over it. Try again later.
	ErrBusy = errors.New("grants: the tokens are being refreshed")
	// ErrNotOpened: what is stored does not open: the key that sealed it is not in CREDENTIALS_KEY. Operators must act.
	ErrNotOpened = errors.New("grants: the stored tokens do not open")
	// ErrTooLate: the consent took longer than ten minutes, or came twice. Its tokens were given back.
	ErrTooLate = errors.New("grants: the consent came too late")
)

const (
	// reachTime bounds a request about tokens, and what the database is told of it. Such a request is not broken off with
	// its caller's context: what the provider answered is then lost, perhaps with the only good refresh token. It is less
	// than the minute for which app.begin_refresh leases the turn.
	reachTime = 25 * time.Second
	noteTime  = 10 * time.Second
	// batchTime bounds the giving back of one clinic's old grants: less than the two minutes for which
	// app.take_old_grants leases them.
	batchTime = 100 * time.Second
	// patience is how long another's refresh is waited for, with pauses that grow from the first to the longest.
	patience                = 10 * time.Second
	firstPause, longestWait = 50 * time.Millisecond, 800 * time.Millisecond
)

// Options is what a Keeper needs; all of it. Without Providers no calendar can be reached.
type Options struct {
	DB        *db.DB
	Keys      *vault.Keyring
	Providers []calendar.Provider
	Log       *slog.Logger
	Now       func() time.Time // the clock by which access tokens end
}

// Keeper keeps the grants of all clinics. It is safe for concurrent use, also by several processes.
type Keeper struct {
	Options
}

// New checks that nothing is missing and no provider is there twice.
func New(o Options) (*Keeper, error) {
	if o.DB == nil || o.Keys == nil || o.Log == nil || o.Now == nil {
		return nil, errors.New("grants: database, keys, log and clock are required")
	}
	known := map[string]bool{}
	for _, p := range o.Providers {
		if known[p.Name()] {
			return nil, fmt.Errorf("grants: the provider %s is there twice", p.Name())
		}
		known[p.Name()] = true
	}
	return &Keeper{Options: o}, nil
}

// Provider returns a provider by its name (google, microsoft) or that of its credential (google_calendar, outlook); false
// when it is not set up.
func (k *Keeper) Provider(name string) (calendar.Provider, bool) {
	for _, p := range k.Providers {
		if name == p.Name() || name == p.Credential() {
			return p, true
		}
	}
	return nil, false
}

// known is Provider with an error for one that is not set up.
func (k *Keeper) known(name string) (calendar.Provider, error) {
	p, ok := k.Provider(name)
	if !ok {
		return nil, ErrNotOffered
	}
	return p, nil
}

// ofOrg is a log that says whose grant it is about.
func (k *Keeper) ofOrg(org uuid.UUID, p calendar.Provider) *slog.Logger {
	return k.Log.With("org_id", org, "provider", p.Name())
}
