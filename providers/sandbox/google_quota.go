package sandbox

import (
	"net/http"
	"time"
)

// googleQuota counts requests of the running minute (Google: Calendar API quotas).
type googleQuota struct {
	project, person int // the limits
	status          int // of a refusal: 403 (0 too) or 429; Google uses both
	minute          time.Time
	used            int
	usedBy          map[string]int
	peak            int
	personPeak      int
}

// SetQuota sets how many requests a minute the project and each person have, 10,000 and 600 unless set, and whether more is
// answered 403 or 429: Google does both.
func (g *Google) SetQuota(project, person, status int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.quota.project, g.quota.person, g.quota.status = project, person, status
}

// PeakUse returns the most requests that came within a minute, of all and of one person; refused ones included.
func (g *Google) PeakUse() (project, person int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.quota.peak, g.quota.personPeak
}

// exceeded counts a request and refuses it when it is one too many. Google names no time to wait.
func (q *googleQuota) exceeded(w http.ResponseWriter, email string, now time.Time) bool {
	if minute := now.Truncate(time.Minute); !minute.Equal(q.minute) {
		q.minute, q.used, q.usedBy = minute, 0, map[string]int{}
	}
	q.used++
	q.usedBy[email]++
	q.peak, q.personPeak = max(q.peak, q.used), max(q.personPeak, q.usedBy[email])
	reason, message := "", ""
	switch {
	case q.usedBy[email] > q.person:
		reason, message = "userRateLimitExceeded", "User Rate Limit Exceeded"
	case q.used > q.project:
		reason, message = "rateLimitExceeded", "Rate Limit Exceeded"
	default:
		return false
	}
	status := http.StatusForbidden
	if q.status == http.StatusTooManyRequests {
		status, reason = q.status, "rateLimitExceeded"
	}
	refuseGoogle(w, status, "usageLimits", reason, message)
	return true
}
