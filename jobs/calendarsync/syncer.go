// Package calendarsync keeps visits and outside calendars in step, both ways: it writes the events of visits, reads what
// takes a resource's time elsewhere, and opens the channels on which providers tell of changes.
//
// It decides nothing about visits; the database does. Every step takes a lease there first and says what came of it, so
// that any number of processes may work at once and any may die. No transaction lasts as long as a request. The words of
// an event go from the database to the provider and nowhere else.
package calendarsync

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/jobs/grants"
	"github.com/voxanne-ai/voxanne/providers/calendar"
)

const (
	// EventTime bounds SyncEvent, PullTime a Pull: less than their leases of two and of ten minutes.
	EventTime = 95 * time.Second
	PullTime  = 9 * time.Minute
	// WatchTime bounds Watch; nobody else opens a channel for five minutes.
	WatchTime = 90 * time.Second
	// callTime bounds one write, with the refresh of tokens before it.
	callTime = 40 * time.Second
	// settleTime is how long the database may take to hear what came of a step. It outlasts the process's stop signal, so that
	// leases are given back.
	settleTime = 5 * time.Second
)

// Accounts opens clinics' accounts. *grants.Keeper does; its errors are known here.
type Accounts interface {
	With(ctx context.Context, org uuid.UUID, provider string, do func(context.Context, calendar.Account) error) error
}

// Options of a [Syncer]. DB, Accounts and BackendURL are required.
type Options struct {
	DB         *db.DB
	Accounts   Accounts
	BackendURL string // our public address, where pushes go; unless it is https or this machine, none are asked for
	// AccountRate and AppRate are how many requests a minute an account and our app at a provider may make, all processes
	// together; 0: 480 and 8,000, which leaves a fifth of Google's quotas for what is not counted (repeated requests).
	AccountRate, AppRate int
	Log                  *slog.Logger // nil: none
	Metrics              *Metrics     // nil: counted for nobody
}

// Syncer keeps calendars in step. Safe for concurrent use.
type Syncer struct {
	db       *db.DB
	accounts Accounts
	pushes   string // the address of pushes without the provider's name; empty: none
	rates    rates
	log      *slog.Logger
	metrics  *Metrics
}

// New returns a syncer. An error: an option is missing or makes no sense.
func New(o Options) (*Syncer, error) {
	if o.DB == nil || o.Accounts == nil || o.BackendURL == "" {
		return nil, errors.New("database, accounts and backend URL are needed to keep calendars in step")
	}
	if o.AccountRate < 0 || o.AppRate < 0 || o.AccountRate > maxRate || o.AppRate > maxRate {
		return nil, fmt.Errorf("requests a minute must be 0 to %d", maxRate)
	}
	s := &Syncer{db: o.DB, accounts: newAttentive(o.Accounts), pushes: pushAddress(o.BackendURL), rates: ratesOf(o), log: o.Log, metrics: o.Metrics}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	if s.metrics == nil {
		s.metrics = NewMetrics(nil)
	}
	return s, nil
}

// pushAddress is where a provider's pushes go, up to its name. Empty: providers would not, or must not, push there.
func pushAddress(backend string) string {
	u, err := url.Parse(backend)
	if err != nil || u.Host == "" {
		return ""
	}
	local := u.Hostname() == "localhost" || u.Hostname() == "127.0.0.1" || u.Hostname() == "::1"
	if u.Scheme != "https" && !(u.Scheme == "http" && local) {
		return ""
	}
	return strings.TrimRight(backend, "/") + "/api/calendar-push/"
}

// codeOf is a word of ours for why a step failed; failed: for no reason that a provider or an account gives.
func codeOf(err error) string {
	switch {
	case errors.Is(err, grants.ErrNeedsReconnect), errors.Is(err, grants.ErrNotConnected):
		return "reconnect"
	case errors.Is(err, grants.ErrBusy), errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		return "unavailable"
	case errors.Is(err, grants.ErrNotOffered), errors.Is(err, grants.ErrNotOpened), errors.Is(err, calendar.ErrClientRefused):
		return "not_set_up"
	default:
		return calendar.Code(err)
	}
}

// pauseOf is for how many seconds the provider wants to be left alone, a day at most.
func pauseOf(err error) int32 {
	return int32(min(calendar.PauseOf(err), 24*time.Hour).Seconds())
}

// settle runs fn in a transaction of org that outlasts ctx a little.
func (s *Syncer) settle(ctx context.Context, org uuid.UUID, fn func(context.Context, db.Tx) error) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), settleTime)
	defer cancel()
	return s.db.AsTenant(ctx, org, func(tx db.Tx) error { return fn(ctx, tx) })
}

// value is what p points at; the zero value for nil.
func value[T any](p *T) T {
	if p == nil {
		var zero T
		return zero
	}
	return *p
}

// optional points at s, or is nil for the empty one.
func optional(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}
