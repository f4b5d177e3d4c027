package server

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/google/uuid"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/providers/twilio"
)

const (
	sentenceOptedOut  = "This contact asked not to be texted. They can text START to your number to allow it again."
	sentenceBadNumber = "Invalid phone number format"
)

// refusal puts into words why a text may not leave now. Codes: opted_out, quiet_hours, rate_limited with the time to
// wait, bad_request.
func (h handlers) refusal(d db.MessageDecision, to addressee) error {
	wait := h.wait(d.NotBefore)
	switch reason := valueOr(d.Reason, d.Outcome); reason {
	case "opted_out":
		return NewError(CodeOptedOut, sentenceOptedOut, nil)
	case "quiet_hours", "wait":
		return NewError(CodeQuietHours, "It is night where this contact lives. They can be texted "+from(d.NotBefore, to.zone)+".", nil)
	case "too_soon":
		return NewError(CodeRateLimited,
			fmt.Sprintf("This number got a text from your clinic lately. The next one can be sent in %s.", inMinutes(wait)), nil).After(wait)
	case "daily_cap":
		return NewError(CodeRateLimited, "Your organization's messages of today are used up. The next one can be sent tomorrow.", nil).After(wait)
	case "no_recipient":
		return NewError(CodeBadRequest, sentenceNoNumber, nil)
	case "too_long", "empty":
		return NewError(CodeBadRequest, sentenceText, nil)
	case "foreign_number":
		return NewError(CodeBadRequest, sentenceBadNumber, nil)
	default:
		return NewError(CodeConflict, "A rule of your organization keeps this text back.", reasonError(reason))
	}
}

// notSent puts into words why a text surely did not leave, by what its row says of it: the provider's codes, never its
// words. Codes: bad_request for a number that cannot be texted, opted_out for a STOP that only the carrier had heard of,
// not_configured, internal for everything else.
func (h handlers) notSent(ctx context.Context, message uuid.UUID) error {
	var row db.Message
	err := h.asMember(ctx, func(tx db.Tx, org db.Organization) (err error) {
		row, err = tx.GetMessage(ctx, org.ID, message)
		return err
	})
	if err != nil { // the client waited so long that the general answer must do
		return NewError(CodeInternal, sentenceNotSent, err)
	}
	switch code, _ := strconv.Atoi(value(row.ProviderError)); {
	case code == twilio.CodeInvalidTo, code == twilio.CodeNotMobile:
		return NewError(CodeBadRequest, sentenceBadNumber, nil)
	case value(row.Reason) == "opted_out":
		return NewError(CodeOptedOut, sentenceOptedOut, nil)
	case value(row.Reason) == "not_configured":
		return NewError(CodeNotConfigured, sentenceNotConfigured, nil)
	default:
		return NewError(CodeInternal, sentenceNotSent, reasonError("the provider did not take the text"))
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
	place, err := time.LoadLocation(zone)
	if err != nil {
		place = time.UTC
	}
	return at.In(place).Format("from 3:04 PM on Monday, January 2 MST")
}

// inMinutes says a time to wait, rounded up so that waiting it out is enough.
func inMinutes(d time.Duration) string {
	switch minutes := int((d + time.Minute - 1) / time.Minute); {
	case minutes <= 1:
		return "a minute"
	case minutes < 120:
		return fmt.Sprintf("%d minutes", minutes)
	default:
		return fmt.Sprintf("%d hours", (minutes+59)/60)
	}
}
