package microsoft

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"time"

	"github.com/voxanne-ai/voxanne/providers/internal/exchange"
)

// Errors without details. Test with errors.Is.
var (
	// ErrGrantRevoked: the refresh token opens nothing any more (revoked, expired, password changed, another factor or
	// consent wanted). Only the person can cure it, by connecting again.
	ErrGrantRevoked = errors.New("microsoft: the grant has ended")
	// ErrCodeRefused: the authorization code is wrong, used, late, or its verifier or redirect is not the one it was made for.
	ErrCodeRefused = errors.New("microsoft: the authorization code was refused")
	// ErrClientRefused: our own id or secret was refused; no grant is lost by it.
	ErrClientRefused = errors.New("microsoft: the app's credentials were refused")
	// ErrNoRefreshToken: a grant without a refresh token would end within the hour; ask for consent again.
	ErrNoRefreshToken = errors.New("microsoft: there is no refresh token")
	// ErrScopeMissing: the grant does not let us write calendars.
	ErrScopeMissing = errors.New("microsoft: the grant does not cover calendars")
	// ErrNoRevocation: see [Client.Revoke].
	ErrNoRevocation = errors.New("microsoft: a grant cannot be revoked by the app")

	ErrUnauthorized = errors.New("microsoft: the access token was refused") // refresh it
	ErrForbidden    = errors.New("microsoft: not allowed")                  // a scope or a right on the calendar is missing
	ErrNotFound     = errors.New("microsoft: not found")
	ErrConflict     = errors.New("microsoft: conflict") // changed meanwhile (409, 412)
	// ErrGone: the delta link is of no use any more (410); begin with a full round.
	ErrGone = errors.New("microsoft: the delta link has expired")
)

// RateLimitedError: Microsoft asks for a pause (429) and did nothing. After is 0 when it did not say how long.
type RateLimitedError struct{ After time.Duration }

func (e *RateLimitedError) Error() string {
	return fmt.Sprintf("microsoft: too many requests, again after %s", e.After)
}

// RefusedError: Microsoft did not take the request, and the same again is useless. Code is Microsoft's own name of the
// reason, such as ErrorInvalidRequest; empty when it gave none. Status is 0 when it was refused here, before it left.
type RefusedError struct {
	Status int
	Code   string
}

func (e *RefusedError) Error() string {
	return fmt.Sprintf("microsoft: refused with status %d, code %q", e.Status, e.Code)
}

// UnavailableError: Microsoft could not be reached, failed, or answered what cannot be read. A write may have happened.
// Status is 0 without an answer, After 0 when it did not say how long to wait. A cancelled or expired context is found in
// it with errors.Is.
type UnavailableError struct {
	Status int
	After  time.Duration
	reason string
	cause  error
}

func (e *UnavailableError) Error() string {
	return fmt.Sprintf("microsoft: unavailable: %s, status %d", e.reason, e.Status)
}

func (e *UnavailableError) Unwrap() error { return e.cause }

// unreadable is the error of an answer that says something else than it should.
func unreadable(status int) error {
	return &UnavailableError{Status: status, reason: "the answer is not readable"}
}

// codeForm is what a code of Graph looks like; anything else is not repeated in an error.
var codeForm = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_.]{0,63}$`)

// errorOf maps an answer of Graph that is no success.
func errorOf(a exchange.Answer) error {
	code := codeOf(a.Body)
	switch {
	case a.Status == http.StatusTooManyRequests:
		return &RateLimitedError{After: exchange.RetryAfter(a.Header)}
	case a.Status >= http.StatusInternalServerError || a.Status == http.StatusRequestTimeout || a.Status == http.StatusLocked:
		return &UnavailableError{Status: a.Status, After: exchange.RetryAfter(a.Header), reason: "a failure of its own"}
	case a.Status < http.StatusBadRequest:
		return &UnavailableError{Status: a.Status, reason: "an answer that is not expected"}
	case a.Status == http.StatusGone || isSyncLost(code):
		return ErrGone
	case a.Status == http.StatusUnauthorized:
		return ErrUnauthorized
	case a.Status == http.StatusForbidden:
		return ErrForbidden
	case a.Status == http.StatusNotFound:
		return notFound(code)
	case a.Status == http.StatusConflict || a.Status == http.StatusPreconditionFailed:
		return ErrConflict
	}
	return &RefusedError{Status: a.Status, Code: code}
}

// notFound tells an event that is not there from a mailbox that is switched off and from a gateway's 404: who hears
// [ErrNotFound] takes a visit for deleted by staff.
func notFound(code string) error {
	switch {
	case code == "":
		return &UnavailableError{Status: http.StatusNotFound, reason: "a 404 that is not of Graph"}
	case strings.HasPrefix(code, "Mailbox"):
		return &RefusedError{Status: http.StatusNotFound, Code: code}
	}
	return ErrNotFound
}

// isSyncLost: some services of Graph say it with 400 instead of 410, and each in its own capitals.
func isSyncLost(code string) bool {
	return strings.EqualFold(code, "syncStateNotFound") || strings.EqualFold(code, "resyncRequired") ||
		strings.EqualFold(code, "syncStateInvalid")
}

// codeOf reads the code of Graph's error body; empty when there is none that looks like one.
func codeOf(body []byte) string {
	var answer struct {
		Error struct {
			Code string `json:"code"`
		} `json:"error"`
	}
	if json.Unmarshal(body, &answer) != nil || !codeForm.MatchString(answer.Error.Code) {
		return ""
	}
	return answer.Error.Code
}
