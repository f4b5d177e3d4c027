package dialer

import (
	"errors"
	"time"

	"github.com/voxanne-ai/voxanne/providers/vapi"
)

const (
	busyPause    = 15 * time.Second // a slot may be free again
	failPause    = 30 * time.Second // doubled by the database with every try
	keyPause     = 5 * time.Minute  // somebody has to put the key right
	longestPause = 10 * time.Minute // that a wish for a pause is obeyed
	// endedBlocked is how a call ends that Vapi took although every slot was taken. It rang nobody.
	endedBlocked = "call.start.error-subscription-concurrency-limit-reached"
)

// verdict is what Vapi's answer means for a call. reason is a word of app.fail_outbound_call; empty: the call is being made,
// or perhaps made.
type verdict struct {
	uncertain bool
	reason    string
	final     bool // asking again is useless
	pause     time.Duration
	goOn      bool // another clinic's call may well fare better
}

// judge reads an answer.
func judge(placed vapi.PlacedCall, err error) verdict {
	var (
		uncertain *vapi.UncertainError
		invalid   *vapi.InvalidError
		limited   *vapi.RateLimitedError
	)
	switch {
	case errors.As(err, &uncertain):
		return verdict{uncertain: true}
	case placed.Limits.Blocked:
		return verdict{reason: "line_busy", pause: busyPause}
	case err == nil:
		return verdict{}
	case errors.As(err, &limited):
		return verdict{reason: "line_busy", pause: min(max(limited.RetryAfter, busyPause), longestPause)}
	case errors.Is(err, vapi.ErrUnauthorized):
		return verdict{reason: "unauthorized", pause: keyPause}
	case errors.As(err, &invalid), errors.Is(err, vapi.ErrNotFound):
		return verdict{reason: "refused", final: true, goOn: true}
	default:
		return verdict{reason: "unreachable", pause: failPause}
	}
}

// name is the verdict in one word, for a metric.
func (v verdict) name() string {
	switch {
	case v.uncertain:
		return "uncertain"
	case v.reason == "":
		return "placed"
	default:
		return v.reason
	}
}
