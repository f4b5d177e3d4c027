package twilio

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/voxanne-ai/voxanne/providers/internal/exchange"
)

// Errors without details. Test with errors.Is. Nothing was sent.
var (
	ErrUnauthorized   = errors.New("twilio: the account's credentials were refused")
	ErrSuspended      = errors.New("twilio: the account is not active")
	ErrNumberNotOwned = errors.New("twilio: the number does not belong to the account")
	ErrNoSMS          = errors.New("twilio: the number cannot send texts")
	ErrNoVoice        = errors.New("twilio: the number cannot take calls")
)

// Codes of Twilio that we act on (Twilio: error dictionary).
const (
	CodeInvalidTo   = 21211
	CodeInvalidFrom = 21212
	CodeOptedOut    = 21610 // the recipient texted STOP
	CodeNotMobile   = 21614 // the number cannot receive texts
	codeNoBody      = 21602
	codeBadLogin    = 20003
	codeNotActive   = 20005
	codeNotFound    = 20404
)

// RefusedError: Twilio did not take the request, nothing was sent, and the same again is useless. Status is 0 when it was
// refused here, before it left. Code is Twilio's own, 0 when it named none.
type RefusedError struct{ Status, Code int }

func (e *RefusedError) Error() string {
	return fmt.Sprintf("twilio: refused with status %d, code %d", e.Status, e.Code)
}

// RateLimitedError: Twilio asks for a pause (429); nothing was sent. RetryAfter is 0 when it did not say how long.
type RateLimitedError struct{ RetryAfter time.Duration }

func (e *RateLimitedError) Error() string {
	return fmt.Sprintf("twilio: too many requests, again after %s", e.RetryAfter)
}

// UnavailableError: Twilio could not be reached, so nothing was sent; or a read failed. Status is 0 without an answer.
// A cancelled or expired context is found in it with errors.Is.
type UnavailableError struct {
	Status int
	reason string
	cause  error
}

func (e *UnavailableError) Error() string {
	return fmt.Sprintf("twilio: unavailable: %s, status %d", e.reason, e.Status)
}

func (e *UnavailableError) Unwrap() error { return e.cause }

// UncertainError: the text may have been sent; ask with [Account.Find] before doing anything else. Status is 0 without
// an answer. A cancelled or expired context is found in it with errors.Is.
type UncertainError struct {
	Status int
	reason string
	cause  error
}

func (e *UncertainError) Error() string {
	return fmt.Sprintf("twilio: it may have been sent: %s, status %d", e.reason, e.Status)
}

func (e *UncertainError) Unwrap() error { return e.cause }

// errorOf maps an answer that is no success.
func errorOf(method string, a exchange.Answer) error {
	var body struct {
		Code int `json:"code"`
	}
	_ = json.Unmarshal(a.Body, &body) // gateways in between answer HTML: then there is no code
	switch {
	case a.Status >= http.StatusInternalServerError:
		return troubleOf(method, a.Status, "a failure of its own", nil)
	case a.Status == http.StatusTooManyRequests:
		return &RateLimitedError{RetryAfter: exchange.RetryAfter(a.Header)}
	case a.Status == http.StatusUnauthorized || body.Code == codeBadLogin:
		return ErrUnauthorized
	case body.Code == codeNotActive:
		return ErrSuspended
	default:
		return &RefusedError{Status: a.Status, Code: body.Code}
	}
}

// troubleOf: after a read that failed nothing is open, after a write everything is.
func troubleOf(method string, status int, reason string, cause error) error {
	if method == http.MethodGet {
		return &UnavailableError{Status: status, reason: reason, cause: cause}
	}
	return &UncertainError{Status: status, reason: reason, cause: cause}
}

// isNotFound: Twilio knows no such thing in the account.
func isNotFound(err error) bool {
	var refused *RefusedError
	return errors.As(err, &refused) && (refused.Code == codeNotFound || refused.Status == http.StatusNotFound)
}
