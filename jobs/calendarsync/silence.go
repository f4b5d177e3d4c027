package calendarsync

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/voxanne-ai/voxanne/providers/calendar"
)

// A request to a provider that says nothing holds a worker for 20 seconds. Hundreds of calendars of such a provider would hold
// all workers for minutes, round after round, until their own pauses have grown, and the other provider's clinics would wait.
const (
	// silentAccount is after how many time-outs in a row an account is left alone; it may be the account's own fault.
	silentAccount = 3
	// silentProvider is of how many clinics, without an answer to anybody in between, a provider is.
	silentProvider = 3
	// silencePause is how long; then one of its steps tries, and the others wait as long again.
	silencePause = 30 * time.Second
)

// attentive opens accounts unless they, or their whole provider, have been silent just now: then it fails at once with
// [*calendar.UnavailableError], which says when to come again. What fails at once holds nobody up, and does not count.
// Each process learns by itself.
type attentive struct {
	accounts Accounts
	now      func() time.Time

	mu     sync.Mutex
	silent map[silentDoor]silence // without those that answered last
}

// silentDoor is a clinic's account, or with no clinic a provider.
type silentDoor struct {
	provider string
	org      uuid.UUID
}

type silence struct {
	times int                // time-outs of an account in a row; of a provider, how many clinics
	of    map[uuid.UUID]bool // those clinics
	until time.Time
}

func newAttentive(accounts Accounts) *attentive {
	return &attentive{accounts: accounts, now: time.Now, silent: map[silentDoor]silence{}}
}

// With is [Accounts.With].
func (a *attentive) With(ctx context.Context, org uuid.UUID, provider string, do func(context.Context, calendar.Account) error) error {
	if pause := a.enter(org, provider); pause > 0 {
		return &calendar.UnavailableError{After: pause}
	}
	err := a.accounts.With(ctx, org, provider, do)
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		a.heardNothing(org, provider)
	case errors.Is(err, context.Canceled): // the process ends
	case err == nil || calendar.Code(err) != "failed": // else it was not asked
		a.heard(org, provider)
	}
	return err
}

// enter says how long to wait before the account may be opened; 0: now.
func (a *attentive) enter(org uuid.UUID, provider string) time.Duration {
	a.mu.Lock()
	defer a.mu.Unlock()
	if pause := a.knock(silentDoor{provider, org}, silentAccount); pause > 0 {
		return pause
	}
	return a.knock(silentDoor{provider: provider}, silentProvider)
}

// knock lets one in once the pause is over, and begins another for the rest.
func (a *attentive) knock(at silentDoor, limit int) time.Duration {
	s := a.silent[at]
	if s.times < limit {
		return 0
	}
	if pause := s.until.Sub(a.now()); pause > 0 {
		return pause
	}
	s.until = a.now().Add(silencePause)
	a.silent[at] = s
	return 0
}

// heardNothing counts a clinic for its provider once, however often its account is tried.
func (a *attentive) heardNothing(org uuid.UUID, provider string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	account, whole := a.silent[silentDoor{provider, org}], a.silent[silentDoor{provider: provider}]
	if whole.of == nil {
		whole.of = map[uuid.UUID]bool{}
	}
	whole.of[org] = true
	account.times, whole.times = account.times+1, len(whole.of)
	account.until = a.now().Add(silencePause)
	whole.until = account.until
	a.silent[silentDoor{provider, org}], a.silent[silentDoor{provider: provider}] = account, whole
}

func (a *attentive) heard(org uuid.UUID, provider string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.silent, silentDoor{provider, org})
	delete(a.silent, silentDoor{provider: provider})
}
