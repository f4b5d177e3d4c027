package server

import (
	"fmt"
	"time"

	"github.com/voxanne-ai/voxanne/db"
)

const (
	sentenceNoNumber  = "Contact does not have a phone number"
	sentenceOptedOut  = "This contact asked not to be texted. They can text START to your number to allow it again."
	sentenceBadNumber = "Invalid phone number format"
)

// refusal puts into words why a message may not leave now; zone is the clinic's, whose staff read times by its clock.
// Codes: opted_out, quiet_hours, rate_limited with the time to wait, bad_request, conflict.
func (h handlers) refusal(d db.MessageDecision, s sending, zone string) error {
	wait := h.wait(d.NotBefore)
	switch reason := valueOr(d.Reason, d.Outcome); reason {
	case "opted_out":
		return NewError(CodeOptedOut, s.optedOut, nil)
	case "quiet_hours", "wait":
		return NewError(CodeQuietHours, "It is night where this contact lives. They can be texted "+from(d.NotBefore, zone)+".", nil)
	case "too_soon":
		return NewError(CodeRateLimited,
			fmt.Sprintf("This number got a text from your clinic lately. The next one can be sent in %s.", inMinutes(wait)), nil).After(wait)
	case "daily_cap":
		return NewError(CodeRateLimited, "Your organization's messages of today are used up. The next one can be sent tomorrow.", nil).After(wait)
	case "no_recipient":
		return NewError(CodeBadRequest, s.noRecipient, nil)
	case "too_long", "empty":
		return NewError(CodeBadRequest, s.badText, nil)
	case "foreign_number":
		return NewError(CodeBadRequest, sentenceBadNumber, nil)
	default:
		return NewError(CodeConflict, "A rule of your organization keeps this message back.", reasonError(reason))
	}
}

// maxWait is said where the database names no time.
const maxWait = time.Hour

// wait is how long it is until at.
func (h handlers) wait(at *time.Time) time.Duration {
	if at == nil {
		return maxWait
	}
	return max(at.Sub(h.now()), time.Second)
}

// from names an instant by the clock of the clinic.
func from(at *time.Time, zone string) string {
	if at == nil {
		return "in the morning"
	}
	return localTime(*at, zone).Format("from 3:04 PM on Monday, January 2 MST")
}

// inMinutes says a time to wait, rounded up so that waiting it out is enough.
func inMinutes(d time.Duration) string {
	switch minutes := int((d + time.Minute - 1) / time.Minute); {
	case minutes <= 1:
		return "a minute"
	case minutes < 120:
		return fmt.Sprintf("%d minutes", minutes)
	case minutes < 48*60:
		return fmt.Sprintf("%d hours", (minutes+59)/60)
	default:
		return fmt.Sprintf("%d days", (minutes+24*60-1)/(24*60))
	}
}
