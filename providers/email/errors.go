package email

import (
	"errors"
	"fmt"
	"time"
)

// Errors without details. Test with errors.Is. Nothing was sent.
var (
	// ErrUnauthorized: the key or password was refused.
	ErrUnauthorized = errors.New("email: the credentials were refused")
	// ErrNotVerified: the key is right, but the address's domain may not send.
	ErrNotVerified = errors.New("email: the sender's domain is not verified")
)

// CodeKeyUsed is Resend's name for a key that it knows with other content (Resend: idempotency keys).
const CodeKeyUsed = "invalid_idempotent_request"

// RefusedError: the message was not taken, nothing was sent, and the same again is useless. Status is 0 when it was
// refused here, before it left; else that of HTTP or SMTP. Code is one of the provider's published names, an enhanced
// status like 5.1.1, or one of ours.
type RefusedError struct {
	Status int
	Code   string
}

func (e *RefusedError) Error() string {
	return fmt.Sprintf("email: refused with status %d, code %s", e.Status, e.Code)
}

// RateLimitedError: the provider asks for a pause, or a mail server cannot take it just now (4xx); nothing was sent.
// RetryAfter is 0 when it did not say how long.
type RateLimitedError struct{ RetryAfter time.Duration }

func (e *RateLimitedError) Error() string {
	return fmt.Sprintf("email: too many requests, again after %s", e.RetryAfter)
}

// UnavailableError: the provider could not be reached, so nothing was sent; or a read failed. Status is 0 without an
// answer. A cancelled or expired context is found in it with errors.Is.
type UnavailableError struct {
	Status int
	reason string
	cause  error
}

func (e *UnavailableError) Error() string {
	return fmt.Sprintf("email: unavailable: %s, status %d", e.reason, e.Status)
}

func (e *UnavailableError) Unwrap() error { return e.cause }

// UncertainError: the message may have been sent. Status is 0 without an answer. Code is [CodeKeyUsed] when Resend took
// an e-mail under the same key before, with other content; else empty. A cancelled or expired context is found in it with
// errors.Is.
type UncertainError struct {
	Status int
	Code   string
	reason string
	cause  error
}

func (e *UncertainError) Error() string {
	return fmt.Sprintf("email: it may have been sent: %s, status %d", e.reason, e.Status)
}

func (e *UncertainError) Unwrap() error { return e.cause }
