package messenger

import (
	"errors"
	"strconv"
	"time"

	"github.com/voxanne-ai/voxanne/providers/email"
	"github.com/voxanne-ai/voxanne/providers/twilio"
)

// Outcomes of app.finish_message.
const (
	sent    = "sent"
	failed  = "failed"
	unknown = "unknown"
)

// Reasons that stand in messages.reason.
const (
	reasonNotConfigured = "not_configured"
	reasonUnauthorized  = "unauthorized" // the provider refused the organisation's key
	reasonRefused       = "refused"      // the provider refused this message; its code says why
	reasonRateLimited   = "rate_limited"
	reasonUnavailable   = "unavailable"    // the provider was never reached
	reasonNoAnswer      = "no_answer"      // it was reached, and what it did is not known yet
	reasonNeverAccepted = "never_accepted" // asked later, the provider has no such message
	reasonCannotAsk     = "cannot_ask"     // nobody can tell any more: staff must look
	reasonWithdrawn     = "withdrawn"      // the invitation that it carries opens nothing any more
)

// verdict is what one request to a provider came to.
type verdict struct {
	outcome    string
	externalID string
	code       string // the provider's, never its words
	reason     string
	// repeatable: nothing was sent and the same may work in a moment, after pause when the provider named one.
	repeatable bool
	pause      time.Duration
}

// judge reads what a provider's Send returned. What it does not know is unknown: only the errors that promise that
// nothing was sent make a failure.
func judge(id string, err error) verdict {
	var tRefused *twilio.RefusedError
	var tLimited *twilio.RateLimitedError
	var tUnavailable *twilio.UnavailableError
	var eRefused *email.RefusedError
	var eLimited *email.RateLimitedError
	var eUnavailable *email.UnavailableError
	switch {
	case err == nil:
		return verdict{outcome: sent, externalID: id}
	case errors.Is(err, errWithdrawn):
		return verdict{outcome: failed, reason: reasonWithdrawn}
	case errors.Is(err, ErrNotConfigured):
		return verdict{outcome: failed, reason: reasonNotConfigured}
	case errors.Is(err, ErrNoCredential), errors.Is(err, twilio.ErrUnauthorized), errors.Is(err, twilio.ErrSuspended),
		errors.Is(err, email.ErrUnauthorized), errors.Is(err, email.ErrNotVerified):
		return verdict{outcome: failed, reason: reasonUnauthorized}
	case errors.As(err, &tRefused):
		return verdict{outcome: failed, reason: reasonRefused, code: number(tRefused.Code)}
	case errors.As(err, &eRefused):
		return verdict{outcome: failed, reason: reasonRefused, code: plainCode(eRefused.Code)}
	case errors.As(err, &tLimited):
		return verdict{outcome: failed, reason: reasonRateLimited, repeatable: true, pause: tLimited.RetryAfter}
	case errors.As(err, &eLimited):
		return verdict{outcome: failed, reason: reasonRateLimited, repeatable: true, pause: eLimited.RetryAfter}
	case errors.As(err, &tUnavailable), errors.As(err, &eUnavailable):
		return verdict{outcome: failed, reason: reasonUnavailable, repeatable: true}
	default:
		return verdict{outcome: unknown, reason: reasonNoAnswer}
	}
}

func number(code int) string {
	if code == 0 {
		return ""
	}
	return strconv.Itoa(code)
}

// maxCode is what messages.provider_error takes.
const maxCode = 60

// plainCode lets only what looks like a code into the row: a provider's words may quote the message.
func plainCode(code string) string {
	if len(code) > maxCode {
		return ""
	}
	for _, r := range code {
		if !(r == '_' || r == '.' || r == '-' || '0' <= r && r <= '9' || 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z') {
			return ""
		}
	}
	return code
}
