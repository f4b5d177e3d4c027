package sandbox

import (
	"net/http"
	"strings"
	"time"
)

// What Outlook allows one app in one mailbox (Graph: throttling limits of the Outlook service).
const (
	mailboxConcurrency = 4
	mailboxRequests    = 10_000
	mailboxWindow      = 10 * time.Minute
)

// outlookQuota is what a mailbox has used.
type outlookQuota struct {
	underWay  int
	since     time.Time
	requests  int
	throttled int
}

// admit counts a request of a mailbox. False: it is one too many. leave is to be called when it is served.
func (m *Microsoft) admit(r *http.Request) (leave func(), admitted bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	box := m.boxOf(r)
	if box == nil || !strings.HasPrefix(r.URL.Path, "/v1.0/") {
		return func() {}, true
	}
	q := &box.quota
	if now := m.clock(); now.Sub(q.since) >= mailboxWindow || now.Before(q.since) {
		q.since, q.requests = now, 0
	}
	q.requests++
	if q.underWay == mailboxConcurrency || q.requests > mailboxRequests {
		q.throttled++
		return nil, false
	}
	q.underWay++
	return func() {
		m.mu.Lock()
		defer m.mu.Unlock()
		q.underWay--
	}, true
}

// Throttled returns how many requests a mailbox refused because there were too many.
func (m *Microsoft) Throttled(email string) int {
	m.mu.Lock()
	defer m.mu.Unlock()
	if box := m.person(email); box != nil {
		return box.quota.throttled
	}
	return 0
}
