package reception

import (
	"context"
	"time"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/server/spoken"
	"github.com/voxanne-ai/voxanne/server/voice"
)

// rescheduleAppointment moves a visit of this call, or of a patient it verified, to another time.
func rescheduleAppointment(ctx context.Context, q request) (reply, error) {
	on, ask := q.currentDay()
	if ask != "" {
		return said("question", ask), nil
	}
	start, ask, err := q.exactStart(ctx, voice.ArgNewDate, voice.ArgNewTime)
	if err != nil || ask != "" {
		return said("question", ask), err
	}
	result, err := q.tx.RescheduleAppointment(ctx, db.RescheduleAppointmentParams{
		StartsAt: start, Appointment: q.optional(voice.ArgBookingRef), OnDay: on, CallID: &q.call.CallID,
		ToolCallID: pointer(q.id), Resource: q.optional(voice.ArgPractitioner),
		SaidDate: q.optional(voice.ArgNewDate), SaidTime: q.optional(voice.ArgNewTime)})
	if err != nil {
		return reply{}, err
	}
	return q.sayResult(ctx, result)
}

// cancelAppointment cancels a visit of this call, or of a patient it verified.
func cancelAppointment(ctx context.Context, q request) (reply, error) {
	on, ask := q.currentDay()
	if ask != "" {
		return said("question", ask), nil
	}
	result, err := q.tx.CancelAppointment(ctx, db.CancelAppointmentParams{
		Appointment: q.optional(voice.ArgBookingRef), OnDay: on, CallID: &q.call.CallID,
		ToolCallID: pointer(q.id), Reason: q.optional(voice.ArgReason)})
	if err != nil {
		return reply{}, err
	}
	return q.sayResult(ctx, result)
}

// currentDay reads on which day the visit stands that is to be changed; nil when it was not said.
func (q request) currentDay() (on *time.Time, ask string) {
	words := q.args.Text(voice.ArgCurrentDate)
	if words == "" {
		return nil, ""
	}
	when, doubt := spoken.Read(spoken.Words{Date: words}, q.clock())
	if doubt != nil {
		return nil, doubt.Say
	}
	return date(when.Day), ""
}
