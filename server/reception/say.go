package reception

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/server/spoken"
)

// Sentences that do not depend on the call. They are put before a speech model: short, and they say what to do next.
const (
	sayNoTenant    = "This line is not set up for bookings. Apologise and end the call."
	sayBusy        = "The calendar is busy at this moment. Ask the caller to wait a few seconds and try once more."
	sayUnknownTool = "There is no such tool. Offer to take a message instead."
	sayNotVerified = "Earlier visits can be talked about only after a check. Ask for the code from the clinic's text message, or for the patient's full name and date of birth, and use verifyCaller. A new visit can be booked without it."
	sayNoFactor    = "If the caller cannot give it, offer to take a message or to transfer the call; a new visit can be booked without it."

	// defaultEmergency is said when not even the clinic's own sentence can be read.
	defaultEmergency = "This sounds like an emergency. Please hang up and call the emergency services right now."
)

// sayResult puts what came of a try to book, move or cancel into words.
func (q request) sayResult(ctx context.Context, r db.BookingResult) (reply, error) {
	visit := q.sayVisit(r)
	switch r.Outcome {
	case "booked":
		return said(r.Outcome, bookedAs(r, "Booked: "+visit)), nil
	case "amended":
		return said(r.Outcome, bookedAs(r, "Changed. It is now "+visit)), nil
	case "rescheduled":
		return said(r.Outcome, bookedAs(r, "Moved. It is now "+visit)), nil
	case "cancelled":
		return said(r.Outcome, "Cancelled: "+visit+". The time is free again."), nil
	case "question":
		return q.sayQuestion(r), nil
	default:
		return q.sayRefusal(ctx, r)
	}
}

// bookedAs adds how sure the visit is and how to refer to it in this call.
func bookedAs(r db.BookingResult, sentence string) string {
	if text(r.Status) == "pending" {
		sentence += ". The clinic still has to confirm it: do not call it confirmed"
	}
	return sentence + fmt.Sprintf(". Booking reference %s.", text(r.BookingRef))
}

func (q request) sayQuestion(r db.BookingResult) reply {
	switch text(r.Reason) {
	case "same_person":
		return said("question", fmt.Sprintf(
			"Ask: is this for the same person as %s, who already has %s? If the same, call again with bookingRef %s; if not, with anotherPerson true.",
			text(r.PatientName), q.sayStart(r), text(r.BookingRef)))
	case "own_booking":
		return said("question", "This call has already booked a visit next to that time. Ask whether to change that one (use its bookingRef) or to take another time."+
			q.sayAlternatives(r))
	case "which_appointment":
		return said("question", "More than one visit fits. Ask which day it is on, or read them out with findMyAppointments.")
	default:
		return said("question", "Ask for the patient's first and last name, then book.")
	}
}

// sayRefusal says why not, and what to offer instead.
func (q request) sayRefusal(ctx context.Context, r db.BookingResult) (reply, error) {
	reason := text(r.Reason)
	switch reason {
	case "unknown_service":
		ask, err := q.askService(ctx)
		return refused(reason, ask), err
	case "unknown_resource", "no_resource":
		ask, err := q.askPractitioner(ctx, text(r.ServiceName))
		return refused(reason, ask), err
	}
	return refused(reason, q.why(r)+q.sayAlternatives(r)), nil
}

// why is the refusal's reason in words; the reasons are those of app.refusal_reason and the booking functions.
func (q request) why(r db.BookingResult) string {
	switch text(r.Reason) {
	case "past":
		return fmt.Sprintf("That time is over. Now it is %s.", spoken.SayTime(q.call.Now, q.call.Zone))
	case "too_soon":
		return "That is too soon for us."
	case "too_far":
		return "That is further ahead than we book."
	case "outside_hours":
		return "We are not open at that time."
	case "closed":
		return "We are closed then."
	case "off_step":
		return "Visits do not start at that minute."
	case "taken", "calendar_busy":
		return "That time is taken."
	case "not_active":
		return "That visit was already cancelled or is over."
	case "not_verified":
		return sayNotVerified
	case "not_found":
		return "There is no such booking to change. Ask for the day it is on, or offer a new visit."
	default:
		return "That cannot be booked. Offer to take a message."
	}
}

func (q request) sayAlternatives(r db.BookingResult) string {
	if len(r.Alternatives) == 0 {
		return ""
	}
	return " Free: " + spoken.SayOptions(r.Alternatives, q.call.Zone) + "."
}

// sayVisit names a visit: what, for whom, with whom, when.
func (q request) sayVisit(r db.BookingResult) string {
	parts := []string{text(r.ServiceName)}
	if name := text(r.PatientName); name != "" {
		parts = append(parts, "for "+name)
	}
	if who := text(r.ResourceName); who != "" {
		parts = append(parts, "with "+who)
	}
	return strings.Join(append(parts, "on "+q.sayStart(r)), " ")
}

func (q request) sayStart(r db.BookingResult) string {
	if r.StartsAt == nil {
		return "that time"
	}
	return spoken.SayTime(*r.StartsAt, q.call.Zone)
}

// askService asks for the kind of visit and names the first few.
func (q request) askService(ctx context.Context) (string, error) {
	cards, err := q.tx.ServiceCards(ctx)
	if err != nil {
		return "", err
	}
	var names []string
	for _, card := range cards[:min(len(cards), 6)] {
		names = append(names, card.Name)
	}
	return "Ask which kind of visit it is. We offer: " + strings.Join(names, ", ") + ".", nil
}

// askPractitioner says who gives a kind of visit, named in any words that fit.
func (q request) askPractitioner(ctx context.Context, words string) (string, error) {
	cards, err := q.tx.ServiceCards(ctx)
	if err != nil {
		return "", err
	}
	service, err := q.tx.FindService(ctx, words)
	if err != nil && !noRows(err) {
		return "", err
	}
	for _, card := range cards {
		if card.Name == service && len(card.Practitioners) > 0 {
			return fmt.Sprintf("Nobody by that name gives a %s. Ask whether one of these will do: %s.",
				card.Name, strings.Join(card.Practitioners, ", ")), nil
		}
	}
	return "Nobody here gives that. Offer to take a message.", nil
}

// text is what p points at, or empty.
func text(p *string) string {
	if p == nil {
		return ""
	}
	return *p
}

func noRows(err error) bool { return errors.Is(err, pgx.ErrNoRows) }
