package server

import (
	"time"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/server/api"
)

// refusalDetails is what a client gets beside the sentence, see `BookingRefusal` in openapi.yaml.
type refusalDetails struct {
	Reason       string      `json:"reason"`
	Alternatives []time.Time `json:"alternatives"`
	TimeZone     string      `json:"time_zone"`
}

// refused says whether a booking function changed nothing: it refused, or has a question that a dashboard answers by
// another wish.
func refused(result db.BookingResult) bool {
	return result.Outcome == "refused" || result.Outcome == "question"
}

// bookingRefused makes the error of a refusal: not_found for what the organization does not have, bad_request for a
// wish without a name or for a time that is over, conflict for the rest.
func bookingRefused(result db.BookingResult) *Error {
	reason := api.BookingReason(value(result.Reason))
	code := CodeConflict
	switch reason {
	case api.BookingReasonNotFound, api.BookingReasonUnknownService, api.BookingReasonUnknownResource:
		code = CodeNotFound
	case api.BookingReasonNameMissing, api.BookingReasonPast:
		code = CodeBadRequest
	}
	alternatives := result.Alternatives
	if alternatives == nil {
		alternatives = []time.Time{}
	}
	return NewError(code, bookingSentence(reason), nil).
		With(refusalDetails{Reason: string(reason), Alternatives: alternatives, TimeZone: value(result.TimeZone)})
}

// bookingSentence says a reason to staff; never empty.
func bookingSentence(reason api.BookingReason) string {
	switch reason {
	case api.BookingReasonTaken:
		return "That time is taken."
	case api.BookingReasonCalendarBusy:
		return "The connected calendar is busy at that time."
	case api.BookingReasonOutsideHours:
		return "That time is outside the opening hours."
	case api.BookingReasonClosed:
		return "The clinic or the practitioner is away at that time."
	case api.BookingReasonOffStep:
		return "Visits do not begin at that minute."
	case api.BookingReasonPast:
		return "Appointment time cannot be in the past"
	case api.BookingReasonTooSoon:
		return "That is sooner than the clinic's notice allows."
	case api.BookingReasonTooFar:
		return "That is further ahead than the clinic books."
	case api.BookingReasonNoResource:
		return "Nobody offers this service there."
	case api.BookingReasonUnknownService:
		return "There is no such service."
	case api.BookingReasonUnknownResource:
		return "There is no such practitioner or room."
	case api.BookingReasonNameMissing:
		return "Name the patient."
	case api.BookingReasonSamePerson:
		return "It was not clear whether the visit is for the same person."
	case api.BookingReasonOwnBooking:
		return "The patient's own other visit is in the way."
	case api.BookingReasonWhichAppointment:
		return "It was not clear which appointment was meant."
	case api.BookingReasonNotFound:
		return "Appointment not found"
	case api.BookingReasonNotActive:
		return "The appointment is cancelled or over."
	case api.BookingReasonNotStarted:
		return "The appointment has not begun yet."
	case api.BookingReasonNotVerified:
		return "The caller had not proved who they are."
	case api.BookingReasonHoldCap:
		return "Too many slots were held that day."
	default:
		return "It was not possible."
	}
}
