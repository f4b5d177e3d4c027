package google

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"time"

	"github.com/voxanne-ai/voxanne/providers/internal/exchange"
)

// Errors without details. Test with errors.Is.
var (
	// ErrUnauthorized: the access token is expired or revoked (401). Refresh the grant and do it again.
	ErrUnauthorized = errors.New("google: the access token was refused")
	// ErrGrantRevoked: the refresh token is good for nothing any more (invalid_grant). Only a new consent helps.
	ErrGrantRevoked = errors.New("google: the grant was revoked or has expired")
	// ErrCodeRefused: a consent's code is used, expired, or of another redirect address or verifier. Begin anew.
	ErrCodeRefused = errors.New("google: the code of the consent was refused")
	// ErrClientRefused: Google does not take our client id and secret. Operators must act.
	ErrClientRefused = errors.New("google: the client's credentials were refused")
	// ErrNoRefreshToken: the grant ends with its access token. Ask for consent again.
	ErrNoRefreshToken = errors.New("google: the grant has no refresh token")
	// ErrScopeMissing: the person did not allow what is needed. Ask for consent again.
	ErrScopeMissing = errors.New("google: the grant does not cover calendars")
	// ErrNotFound: there is no such calendar, event or channel, or not for this account.
	ErrNotFound = errors.New("google: not found")
	// ErrGone: the sync token is no longer valid; all must be listed again (410, fullSyncRequired).
	ErrGone = errors.New("google: the sync token is no longer valid")
	// ErrExists: an event with this id is there, perhaps a cancelled one (409, duplicate).
	ErrExists = errors.New("google: the event exists")
	// ErrConflict: the event has changed since its ETag was read (412), or is being changed (409).
	ErrConflict = errors.New("google: the event has changed meanwhile")
)

// RateLimitedError: a quota is used up (429, or 403 with a reason of the domain usageLimits), and nothing was done.
// RetryAfter is 0 when Google did not say how long; back off exponentially then (Google: Handle API errors).
type RateLimitedError struct {
	RetryAfter time.Duration
	Reason     string // Google's word: rateLimitExceeded, userRateLimitExceeded, quotaExceeded, …
}

func (e *RateLimitedError) Error() string {
	return fmt.Sprintf("google: quota used up (%s), again after %s", e.Reason, e.RetryAfter)
}

// RefusedError: Google did not take the request, and the same again is useless (other 4xx). Status is 0 when it was refused
// here, before it left. Reason is Google's word for it, such as channelIdNotUnique; empty when it named none.
type RefusedError struct {
	Status int
	Reason string
}

func (e *RefusedError) Error() string {
	return fmt.Sprintf("google: refused with status %d (%s)", e.Status, e.Reason)
}

// UnavailableError: there was no answer, no readable one, or a 5xx. Whether Google acted is not known; everything but
// the exchange of a code may be repeated. Status is 0 without an answer. A cancelled or expired context is found in it
// with errors.Is.
type UnavailableError struct {
	Status int
	reason string
	cause  error
}

func (e *UnavailableError) Error() string {
	return fmt.Sprintf("google: unavailable: %s, status %d", e.reason, e.Status)
}

func (e *UnavailableError) Unwrap() error { return e.cause }

// refusal is what an error's body says, so far as we act on it.
type refusal struct{ reason, location string }

// refusalOf reads the body of an error of the Calendar API. What is no identifier is dropped: reasons appear in our errors,
// and Google's sentences, which may quote what was sent, must not. Gateways in between answer HTML: then there is none.
func refusalOf(body []byte) refusal {
	var answer struct {
		Error struct {
			Errors []struct{ Reason, Location string } `json:"errors"`
		} `json:"error"`
	}
	if json.Unmarshal(body, &answer) != nil || len(answer.Error.Errors) == 0 {
		return refusal{}
	}
	first := answer.Error.Errors[0]
	return refusal{reason: identifier(first.Reason), location: first.Location}
}

// identifier returns s if it looks like one of Google's reasons, else nothing.
func identifier(s string) string {
	if !regexp.MustCompile(`^[A-Za-z][A-Za-z._]{0,63}$`).MatchString(s) {
		return ""
	}
	return s
}

// quotaReasons are those of a 403 that a pause cures.
func quotaReasons() []string {
	return []string{"rateLimitExceeded", "userRateLimitExceeded", "quotaExceeded", "dailyLimitExceeded"}
}

// errorOf maps an answer of the Calendar API that is no success (Google: Handle API errors).
func errorOf(a exchange.Answer) error {
	said := refusalOf(a.Body)
	switch {
	case a.Status >= http.StatusInternalServerError || a.Status == http.StatusRequestTimeout:
		return &UnavailableError{Status: a.Status, reason: "a failure of its own"}
	case a.Status == http.StatusTooManyRequests, a.Status == http.StatusForbidden && slices.Contains(quotaReasons(), said.reason):
		return &RateLimitedError{RetryAfter: exchange.RetryAfter(a.Header), Reason: said.reason}
	case a.Status == http.StatusUnauthorized:
		return ErrUnauthorized
	case a.Status == http.StatusForbidden && said.reason == "insufficientPermissions":
		return ErrScopeMissing
	case a.Status == http.StatusNotFound, a.Status == http.StatusGone && said.reason == "deleted":
		return ErrNotFound
	case a.Status == http.StatusGone, a.Status == http.StatusBadRequest && said.location == "syncToken":
		return ErrGone // a token that Google cannot read is cured like one that is too old
	case a.Status == http.StatusConflict && said.reason == "duplicate":
		return ErrExists
	case a.Status == http.StatusConflict, a.Status == http.StatusPreconditionFailed:
		return ErrConflict
	case a.Status < http.StatusBadRequest:
		return &UnavailableError{Status: a.Status, reason: "an answer of another kind"}
	default:
		return &RefusedError{Status: a.Status, Reason: said.reason}
	}
}
