package calendar

import (
	"errors"
	"fmt"
	"time"
)

// Errors without details. Test with errors.Is.
var (
	ErrUnauthorized   = errors.New("calendar: the access token was refused")
	ErrGrantRevoked   = errors.New("calendar: the grant has ended") // only the person can cure it, by consenting again
	ErrCodeRefused    = errors.New("calendar: the code of the consent was refused")
	ErrClientRefused  = errors.New("calendar: our own credentials at the provider were refused") // operators must act
	ErrNoRefreshToken = errors.New("calendar: the grant has no refresh token")
	// ErrScopeMissing: the grant does not cover calendars, or its account may not do that in this one. It ends no grant.
	ErrScopeMissing = errors.New("calendar: not allowed by the grant")
	ErrNoRevocation = errors.New("calendar: an app cannot revoke this provider's grants")
	ErrNotFound     = errors.New("calendar: there is no such calendar, or not for this account")
	ErrMissing      = errors.New("calendar: the event is not there any more")
	ErrGone         = errors.New("calendar: the token of the last pull is no longer valid")
)

// PauseError: a quota is used up, and nothing was done. After is 0 when the provider did not say how long.
type PauseError struct{ After time.Duration }

func (e *PauseError) Error() string {
	return fmt.Sprintf("calendar: the provider asks for a pause of %s", e.After)
}

// RefusedError: the provider did not take the request, and the same again is useless. Code is the provider's own name of the
// reason, or empty.
type RefusedError struct {
	Status int
	Code   string
}

func (e *RefusedError) Error() string {
	return fmt.Sprintf("calendar: refused with status %d (%s)", e.Status, e.Code)
}

// UnavailableError: there was no answer, no readable one, or a failure of the provider's. A write may have happened. Status is
// 0 without an answer. A context that ended is found in it with errors.Is.
type UnavailableError struct {
	Status int
	After  time.Duration // as in [PauseError]

	cause error
}

func (e *UnavailableError) Error() string {
	if e.cause != nil { // of the provider's package, in which nothing is said of whom and what either
		return fmt.Sprintf("calendar: unavailable, status %d: %v", e.Status, e.cause)
	}
	return fmt.Sprintf("calendar: unavailable, status %d", e.Status)
}

func (e *UnavailableError) Unwrap() error { return e.cause }

// translation is what an error of a provider's means here.
type translation struct{ theirs, ours error }

// translated returns our error for theirs, nil for nil, and an [*UnavailableError] for one that nobody expects.
func translated(err error, table []translation) error {
	if err == nil {
		return nil
	}
	for _, t := range table {
		if errors.Is(err, t.theirs) {
			return t.ours
		}
	}
	return &UnavailableError{cause: err}
}

// Code is a word of ours for an error of this package, as calendar_links.error_code and the API show it: reconnect, not_allowed,
// calendar_missing, busy, refused, unavailable, or failed for any other.
func Code(err error) string {
	switch {
	case errors.Is(err, ErrGrantRevoked), errors.Is(err, ErrUnauthorized), errors.Is(err, ErrNoRefreshToken):
		return "reconnect"
	case errors.Is(err, ErrScopeMissing):
		return "not_allowed"
	case errors.Is(err, ErrNotFound):
		return "calendar_missing"
	case errors.As(err, new(*PauseError)):
		return "busy"
	case errors.As(err, new(*RefusedError)):
		return "refused"
	case errors.As(err, new(*UnavailableError)):
		return "unavailable"
	default:
		return "failed"
	}
}

// PauseOf is how long the provider wants to be left alone; 0 when it did not say.
func PauseOf(err error) time.Duration {
	var pause *PauseError
	var unavailable *UnavailableError
	switch {
	case errors.As(err, &pause):
		return pause.After
	case errors.As(err, &unavailable):
		return unavailable.After
	}
	return 0
}
