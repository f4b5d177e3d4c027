package provisioner

import (
	"context"
	"errors"
	"time"

	"github.com/voxanne-ai/voxanne/jobs/messenger"
	"github.com/voxanne-ai/voxanne/providers/twilio"
	"github.com/voxanne-ai/voxanne/providers/vapi"
)

// longestPause is the most that a provider's wish for a pause is obeyed here.
const longestPause = 10 * time.Minute

// What a step may find. Those of the first group are final: the same again would find the same.
var (
	errForeign     = errors.New("the number is at Vapi already, and not this clinic's")
	errGone        = errors.New("the number is not at Vapi any more")
	errNoAssistant = errors.New("the agent has no assistant")
	errUnreadable  = errors.New("what the number was like before cannot be read")

	// These may pass.
	errNotTaken = errors.New("vapi: the number is not as it was sent")
	errLocked   = errors.New("the clinic's account cannot be read")
)

// verdict is what an error means for a run. code is a word of ours, as it stands in the run.
type verdict struct {
	code        string
	final       bool // the same again is useless
	mayStillAct bool // nobody answered, so it may come about later
	pause       time.Duration
}

// judge reads an error. When undoing, no refusal of Vapi's is final: it is our own account there, where somebody can put
// right what is wrong, and what is left would stay.
func judge(err error, undoing bool) verdict {
	for _, known := range []struct {
		err  error
		code string
	}{
		{messenger.ErrNotConfigured, "no_credential"}, {errForeign, "number_taken_at_vapi"}, {errGone, "number_gone"},
		{errNoAssistant, "no_assistant"}, {errUnreadable, "unreadable"},
		{twilio.ErrUnauthorized, "twilio_unauthorized"}, {twilio.ErrSuspended, "twilio_suspended"},
		{twilio.ErrNumberNotOwned, "twilio_not_owned"}, {twilio.ErrNoVoice, "twilio_no_voice"}, {twilio.ErrNoSMS, "twilio_no_sms"},
	} {
		if errors.Is(err, known.err) {
			return verdict{code: known.code, final: true}
		}
	}
	if v, known := judgeTwilio(err); known {
		return v
	}
	return judgeVapi(err, undoing)
}

func judgeTwilio(err error) (v verdict, known bool) {
	var refused *twilio.RefusedError
	var limited *twilio.RateLimitedError
	var unavailable *twilio.UnavailableError
	var uncertain *twilio.UncertainError
	switch {
	case errors.As(err, &refused):
		return verdict{code: "twilio_refused", final: true}, true
	case errors.As(err, &limited):
		return verdict{code: "twilio_busy", pause: min(limited.RetryAfter, longestPause)}, true
	case errors.As(err, &unavailable), errors.As(err, &uncertain): // setting an address again does no harm
		return verdict{code: "twilio_unavailable"}, true
	}
	return verdict{}, false
}

func judgeVapi(err error, undoing bool) verdict {
	var refused *vapi.InvalidError
	var limited *vapi.RateLimitedError
	var uncertain *vapi.UncertainError
	switch {
	case errors.As(err, &refused), errors.Is(err, vapi.ErrPinned):
		return verdict{code: "vapi_refused", final: !undoing}
	case errors.Is(err, vapi.ErrUnauthorized):
		return verdict{code: "vapi_unauthorized", final: !undoing}
	case errors.Is(err, errLocked):
		return verdict{code: "account_unreadable"}
	case errors.Is(err, errNotTaken):
		return verdict{code: "vapi_not_taken"}
	case errors.As(err, &limited):
		return verdict{code: "vapi_busy", pause: min(limited.RetryAfter, longestPause)}
	case errors.As(err, &uncertain):
		return verdict{code: "vapi_unavailable", mayStillAct: uncertain.Status == 0 || uncertain.Status == 408 || uncertain.Status >= 504 ||
			errors.Is(err, context.DeadlineExceeded)}
	default:
		return verdict{code: "vapi_unavailable"}
	}
}
