package toolsync

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/voxanne-ai/voxanne/providers/vapi"
)

// ErrBusy: another worker is at it; come again in a moment.
var ErrBusy = errors.New("another sync is at work")

// FailedError: a sync was given up and the agent's row says so; the reconciler will try again. It quotes nothing of Vapi's.
type FailedError struct {
	Status string // registered_not_linked or failed
	Reason string
	cause  error
}

func (e *FailedError) Error() string { return e.Status + ": " + e.Reason }

func (e *FailedError) Unwrap() error { return e.cause }

var (
	errLostLease = errors.New("the sync took longer than its lease")
	errNotTaken  = errors.New("vapi: the assistant is not as it was sent")
)

// toolsError: there is no registered tool to link.
type toolsError struct{ cause error }

func (e *toolsError) Error() string { return "ensure the tools: " + e.cause.Error() }

func (e *toolsError) Unwrap() error { return e.cause }

// passing reports whether an error may be gone in some seconds. A creation that we or a gateway waited for in vain is left
// alone: it may still happen, and only later can one see whether it did.
func passing(err error) bool {
	var unavailable *vapi.UnavailableError
	var uncertain *vapi.UncertainError
	var limited *vapi.RateLimitedError
	switch {
	case errors.As(err, &uncertain):
		return !errors.Is(err, context.DeadlineExceeded) && !slices.Contains(waitedInVain(), uncertain.Status)
	default:
		return errors.As(err, &unavailable) || errors.As(err, &limited) || errors.Is(err, errNotTaken)
	}
}

// waitedInVain are the statuses of what gave up waiting for an answer while the work may go on.
func waitedInVain() []int { return []int{http.StatusRequestTimeout, http.StatusGatewayTimeout, 524} }

// surelyNot reports whether a failed creation certainly made nothing.
func surelyNot(err error) bool {
	var uncertain *vapi.UncertainError
	return !errors.As(err, &uncertain)
}

// inWords says what went wrong for the clinic's dashboard: no ids, no words of Vapi's.
func inWords(err error) string {
	var invalid *vapi.InvalidError
	var unavailable *vapi.UnavailableError
	var uncertain *vapi.UncertainError
	var limited *vapi.RateLimitedError
	switch {
	case errors.As(err, &invalid) && len(invalid.Fields()) > 0:
		return "Vapi refused " + strings.Join(invalid.Fields(), ", ")
	case errors.As(err, &invalid):
		return fmt.Sprintf("Vapi refused it with status %d", invalid.Status)
	case errors.As(err, &limited):
		return "Vapi asked for a pause"
	case errors.Is(err, vapi.ErrUnauthorized):
		return "Vapi refused the platform's key"
	case errors.Is(err, vapi.ErrPinned):
		return "a version at Vapi still refers to it"
	case errors.Is(err, ErrBusy):
		return "another worker has been registering the tools for too long"
	case errors.Is(err, errNotTaken):
		return "Vapi did not keep what was sent"
	case errors.As(err, &uncertain), errors.As(err, &unavailable), errors.Is(err, context.DeadlineExceeded):
		return "Vapi did not answer as it should"
	default:
		return "it could not be brought in step"
	}
}
