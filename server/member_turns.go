package server

import (
	"context"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/voxanne-ai/voxanne/db"
)

const (
	// memberPatience is how long a member's request waits for its first turn at the database. Who waited longer would be
	// answered after the dashboard's user has pressed again.
	memberPatience = 2 * time.Second
	// waitersPerTurn is how many requests may wait for each that has its turn. A turn is a transaction of a few milliseconds:
	// eight wait well within memberPatience. More would only keep memory, and find out later that it was in vain.
	waitersPerTurn = 8
)

// MemberTurns lets the dashboard have a part of the connections to the database and no more: the calls, which share the pool,
// find theirs however many members ask. Requests beyond wait a little, in the order in which they came; those that cannot
// even wait hear busy. It counts transactions, not requests: a request that reads a slow body or asks a provider holds
// nothing that a call needs. It is safe for concurrent use; nil limits nothing.
type MemberTurns struct {
	turns    turns
	waiting  atomic.Int64
	patience time.Duration
	count    *Metrics
}

// NewMemberTurns gives members a part of a pool of so many connections: three quarters of what strangers leave, see
// strangersAtOnce, and at least one. Refusals are counted in metrics.
func NewMemberTurns(connections int, metrics *Metrics) *MemberTurns {
	return newMemberTurns(max(1, (connections-2*strangersAtOnce)*3/4), memberPatience, metrics)
}

func newMemberTurns(places int, patience time.Duration, metrics *Metrics) *MemberTurns {
	return &MemberTurns{turns: make(turns, places), patience: patience, count: metrics}
}

// Take runs do, one transaction of a member, when it is its turn. Errors: busy when there is no turn to be had, else do's.
// Only the first transaction of a request is refused: what was begun is carried on as long as ctx lasts, because an answer
// that is lost half-way costs more than it saves.
func (m *MemberTurns) Take(ctx context.Context, do func() error) error {
	if m == nil {
		return do()
	}
	first := scopeOf(ctx).beginWork()
	if first && m.crowded() {
		return m.refuse(nil)
	}
	if err := m.wait(ctx, first); err != nil {
		return err
	}
	defer func() { <-m.turns }()
	return do()
}

// wait returns nil when it is our turn, which must be given back.
func (m *MemberTurns) wait(ctx context.Context, first bool) error {
	select {
	case m.turns <- struct{}{}:
		return nil
	default:
	}
	m.waiting.Add(1)
	defer m.waiting.Add(-1)
	waiting := ctx
	if first {
		var cancel context.CancelFunc
		waiting, cancel = context.WithTimeout(ctx, m.patience)
		defer cancel()
	}
	select {
	case m.turns <- struct{}{}:
		return nil
	case <-waiting.Done():
		return m.refuse(waiting.Err())
	}
}

// crowded tells whether as many wait as may. Requests that come at the same moment may pass by a few.
func (m *MemberTurns) crowded() bool {
	return m != nil && m.waiting.Load() >= int64(waitersPerTurn*cap(m.turns))
}

func (m *MemberTurns) refuse(cause error) error {
	m.count.dashboardRefused(refusedCrowd)
	return NewError(CodeBusy, sentenceBusy, cause)
}

// inTurns is a Database whose members' transactions take turns.
type inTurns struct {
	Database
	turns *MemberTurns
}

func (d inTurns) AsUser(ctx context.Context, claims []byte, fn func(db.Tx, db.Member) error) error {
	return d.turns.Take(ctx, func() error { return d.Database.AsUser(ctx, claims, fn) })
}

func (d inTurns) Membership(ctx context.Context, claims []byte) (m Membership, err error) {
	err = d.turns.Take(ctx, func() error {
		m, err = d.Database.Membership(ctx, claims)
		return err
	})
	return m, err
}

func (d inTurns) SaveCredential(ctx context.Context, claims []byte, sealed db.SaveCredentialParams) error {
	return d.turns.Take(ctx, func() error { return d.Database.SaveCredential(ctx, claims, sealed) })
}

func (d inTurns) DescribeCredential(ctx context.Context, claims []byte, provider string) (row db.DescribeCredentialRow, err error) {
	err = d.turns.Take(ctx, func() error {
		row, err = d.Database.DescribeCredential(ctx, claims, provider)
		return err
	})
	return row, err
}

func (d inTurns) RemoveCredential(ctx context.Context, claims []byte, provider string) error {
	return d.turns.Take(ctx, func() error { return d.Database.RemoveCredential(ctx, claims, provider) })
}

// memberDoor is what a verified member passes before anything of their request is read or judged.
type memberDoor struct {
	auth  *Verifier
	pace  *MemberPace
	turns *MemberTurns
	now   func() time.Time
}

// pass verifies a request's token and counts the request, once however often it comes by. Errors: those of
// [Verifier.FromHeader]; rate_limited; busy when it could not even wait for its turn.
func (d *memberDoor) pass(ctx context.Context, header http.Header) error {
	claims, err := d.auth.FromHeader(ctx, header)
	if err != nil {
		return err
	}
	if _, passed := claimsOf(ctx); passed {
		return nil
	}
	noteClaims(ctx, claims)
	if err := d.pace.take(claims, d.now()); err != nil {
		return err
	}
	if d.turns.crowded() {
		return d.turns.refuse(nil)
	}
	return nil
}
