package server

import (
	"sync"
	"time"

	"github.com/google/uuid"
	"golang.org/x/time/rate"
)

const (
	// burstSeconds is how many seconds' worth of requests may come at once: a dashboard that opens asks twenty things.
	burstSeconds = 3
	// paceSweep is how often buckets are looked through for those that are full again.
	paceSweep = 10 * time.Second

	sentenceUserPace = "You asked too much in a short time. Please wait a moment."
	sentenceOrgPace  = "Your organization asked too much in a short time. Please wait a moment."
)

// Pace is how many requests a second the dashboard API takes of one user, and of one organization; three seconds' worth may
// come at once. Both must be at least 1.
type Pace struct{ User, Org int }

// MemberPace holds members to a Pace, in this process: two processes let through twice as much. Whoever it counts has a
// verified token, so nobody invents users to count, and what it remembers are those who asked within the last seconds. It
// is safe for concurrent use; nil limits nothing.
type MemberPace struct {
	count *Metrics

	mu    sync.Mutex
	users paces
	orgs  paces
	swept time.Time
}

// NewMemberPace limits members to pace; refusals are counted in metrics.
func NewMemberPace(pace Pace, metrics *Metrics) *MemberPace {
	return &MemberPace{count: metrics, users: newPaces(pace.User), orgs: newPaces(pace.Org)}
}

// take counts one request. Error: rate_limited with the time to wait; then it was counted for nobody, so that a dashboard
// that keeps asking gets on as soon as one that waits, and a user who is refused takes nothing from their colleagues.
func (p *MemberPace) take(claims Claims, now time.Time) error {
	if p == nil {
		return nil
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.sweep(now)
	ofUser := p.users.of(claims.UserID, now).ReserveN(now, 1)
	if wait := ofUser.DelayFrom(now); wait > 0 {
		ofUser.CancelAt(now)
		p.count.dashboardRefused(refusedUser)
		return NewError(CodeRateLimited, sentenceUserPace, nil).After(wait)
	}
	ofOrg := p.orgs.of(claims.OrgID, now).ReserveN(now, 1)
	if wait := ofOrg.DelayFrom(now); wait > 0 {
		ofOrg.CancelAt(now)
		ofUser.CancelAt(now)
		p.count.dashboardRefused(refusedOrg)
		return NewError(CodeRateLimited, sentenceOrgPace, nil).After(wait)
	}
	return nil
}

func (p *MemberPace) sweep(now time.Time) {
	if now.Sub(p.swept) < paceSweep {
		return
	}
	p.swept = now
	p.users.forget(now)
	p.orgs.forget(now)
}

// paces are buckets of one size. Their owner locks.
type paces struct {
	perSecond int
	buckets   map[uuid.UUID]*rate.Limiter
}

func newPaces(perSecond int) paces {
	return paces{perSecond: perSecond, buckets: map[uuid.UUID]*rate.Limiter{}}
}

func (p paces) of(id uuid.UUID, now time.Time) *rate.Limiter {
	bucket, known := p.buckets[id]
	if !known {
		bucket = rate.NewLimiter(rate.Limit(p.perSecond), burstSeconds*p.perSecond)
		bucket.AllowN(now, 0) // starts its clock, which need not be the machine's
		p.buckets[id] = bucket
	}
	return bucket
}

// forget drops the buckets that are full: a new one is as full.
func (p paces) forget(now time.Time) {
	for id, bucket := range p.buckets {
		if bucket.TokensAt(now) >= float64(bucket.Burst()) {
			delete(p.buckets, id)
		}
	}
}
