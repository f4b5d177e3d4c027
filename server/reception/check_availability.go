package reception

import (
	"context"
	"fmt"
	"time"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/server/spoken"
	"github.com/voxanne-ai/voxanne/server/voice"
)

// checkAvailability says what is free: whether one start is, or up to three starts of a day. With hold the start it
// recommends is kept for the caller for a few minutes.
func checkAvailability(ctx context.Context, q request) (reply, error) {
	when, doubt := q.read(voice.ArgAppointmentDate, voice.ArgAppointmentTime)
	if doubt != nil || q.args.Flag(voice.ArgHold) { // a hold writes down what was wished for: only what is clear
		if ask, err := q.settleOffer(ctx); err != nil || ask != "" {
			return said("question", ask), err
		}
		return q.offer(ctx, when, doubt)
	}
	// What is free is free of a service and with a practitioner that the clinic has: a caller waits for two questions to the
	// database less. Only where nothing is free may the names be the reason.
	answer, err := q.offer(ctx, when, nil)
	if err != nil || answer.label == labelFree {
		return answer, err
	}
	if ask, err := q.settleOffer(ctx); err != nil || ask != "" {
		return said("question", ask), err
	}
	return answer, nil
}

// labelFree counts answers that name a free start.
const labelFree = "free"

// offer answers for what was understood of the day and the time; doubt is about them.
func (q request) offer(ctx context.Context, when spoken.When, doubt *spoken.Doubt) (reply, error) {
	switch {
	case doubt != nil && doubt.Code == spoken.DateMissing && q.args.Text(voice.ArgAppointmentTime) == "":
		return q.offerFrom(ctx, q.call.Now, q.call.Now.AddDate(0, 0, 14), "The next free times are")
	case doubt != nil:
		return said("question", doubt.Say), nil
	case when.HasTime:
		return q.offerStart(ctx, when.Start)
	}
	return q.offerDay(ctx, when)
}

// settleOffer asks back when the service or the practitioner is not one of the clinic's; empty when all is clear.
func (q request) settleOffer(ctx context.Context) (string, error) {
	if _, err := q.tx.FindService(ctx, q.args.Text(voice.ArgServiceType)); noRows(err) {
		return q.askService(ctx)
	} else if err != nil {
		return "", err
	}
	if who := q.args.Text(voice.ArgPractitioner); who != "" {
		if _, err := q.tx.FindResource(ctx, who); noRows(err) {
			return q.askPractitioner(ctx, q.args.Text(voice.ArgServiceType))
		} else if err != nil {
			return "", err
		}
	}
	return "", nil
}

// offerStart answers for one exact start, and holds it when that was asked for.
func (q request) offerStart(ctx context.Context, start time.Time) (reply, error) {
	if q.args.Flag(voice.ArgHold) {
		result, err := q.hold(ctx, start)
		if err != nil {
			return reply{}, err
		}
		if result.Outcome == "held" {
			return said("held", fmt.Sprintf("%s is free with %s and is held for this caller for a few minutes. Ask for the patient's name and book it.",
				q.sayStart(result), text(result.ResourceName))), nil
		}
		if text(result.Reason) != "hold_cap" {
			return q.sayRefusal(ctx, result)
		}
	}
	result, err := q.tx.CheckSlot(ctx, db.CheckSlotParams{
		CallID: q.call.CallID, Service: q.args.Text(voice.ArgServiceType), StartsAt: start, Resource: q.optional(voice.ArgPractitioner)})
	if err != nil {
		return reply{}, err
	}
	if result.Outcome == "free" {
		return said(labelFree, fmt.Sprintf("%s is free with %s. It is not booked yet.", q.sayStart(result), text(result.ResourceName))), nil
	}
	return q.sayRefusal(ctx, result)
}

// offerDay answers for a day, or a part of it.
func (q request) offerDay(ctx context.Context, when spoken.When) (reply, error) {
	from, to := window(when, q.call.Zone)
	starts, err := q.freeStarts(ctx, q.saidKind(), from, to)
	if err != nil {
		return reply{}, err
	}
	if len(starts) == 0 {
		return q.offerFrom(ctx, to, to.AddDate(0, 0, 14), fmt.Sprintf("Nothing is free on %s. The next free times are", spoken.SayDate(when.Day)))
	}
	sentence := "Free: " + spoken.SayOptions(starts, q.call.Zone) + "."
	if q.args.Flag(voice.ArgHold) {
		result, err := q.hold(ctx, starts[0])
		if err != nil {
			return reply{}, err
		}
		if result.Outcome == "held" {
			sentence += fmt.Sprintf(" %s is held for this caller for a few minutes.", q.sayStart(result))
		}
	}
	return said(labelFree, sentence), nil
}

// offerFrom offers the first starts of a longer time.
func (q request) offerFrom(ctx context.Context, from, to time.Time, lead string) (reply, error) {
	slots, err := q.tx.AvailableSlots(ctx, db.AvailableSlotsParams{
		Service: q.args.Text(voice.ArgServiceType), FromAt: from, ToAt: to,
		Resource: q.optional(voice.ArgPractitioner), MaxRows: 3, CallID: &q.call.CallID})
	if err != nil {
		return reply{}, err
	}
	if len(slots) == 0 {
		return said("nothing_free", "Nothing is free in the next two weeks. Offer to take a message so that the clinic calls back."), nil
	}
	var starts []time.Time
	for _, slot := range slots {
		starts = append(starts, slot.StartsAt)
	}
	return said(labelFree, lead+" "+spoken.SayOptions(starts, q.call.Zone)+"."), nil
}

func (q request) hold(ctx context.Context, start time.Time) (db.BookingResult, error) {
	return q.tx.HoldSlot(ctx, db.HoldSlotParams{
		CallID: q.call.CallID, Service: q.args.Text(voice.ArgServiceType), StartsAt: start,
		Resource: q.optional(voice.ArgPractitioner), ToolCallID: pointer(q.id),
		SaidDate: q.optional(voice.ArgAppointmentDate), SaidTime: q.optional(voice.ArgAppointmentTime)})
}
