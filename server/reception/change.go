package reception

import (
	"context"
	"strings"
	"time"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/server/spoken"
	"github.com/voxanne-ai/voxanne/server/voice"
)

// rescheduleAppointment moves a visit of this call, or of a patient it verified, to another time.
func rescheduleAppointment(ctx context.Context, q request) (reply, error) {
	// The weekday argument is the new day's.
	visit, ask, err := q.describedVisit(ctx, "")
	if err != nil || ask != "" {
		return said("question", ask), err
	}
	start, ask, err := q.exactStart(ctx, visit.kind(q), voice.ArgNewDate, voice.ArgNewTime)
	if err != nil || ask != "" {
		return said("question", ask), err
	}
	result, err := q.tx.RescheduleAppointment(ctx, db.RescheduleAppointmentParams{
		StartsAt: start, Appointment: visit.ref, OnDay: visit.on, CallID: &q.call.CallID,
		ToolCallID: pointer(q.id), Resource: q.optional(voice.ArgPractitioner),
		SaidDate: q.optional(voice.ArgNewDate), SaidTime: q.optional(voice.ArgNewTime)})
	if err != nil {
		return reply{}, err
	}
	return q.sayResult(ctx, result)
}

// cancelAppointment cancels a visit of this call, or of a patient it verified.
func cancelAppointment(ctx context.Context, q request) (reply, error) {
	visit, ask, err := q.describedVisit(ctx, q.args.Text(voice.ArgWeekday))
	if err != nil || ask != "" {
		return said("question", ask), err
	}
	result, err := q.tx.CancelAppointment(ctx, db.CancelAppointmentParams{
		Appointment: visit.ref, OnDay: visit.on, CallID: &q.call.CallID,
		ToolCallID: pointer(q.id), Reason: q.optional(voice.ArgReason)})
	if err != nil {
		return reply{}, err
	}
	return q.sayResult(ctx, result)
}

// described is the visit that is to be changed, as far as the caller's words single one out. Which visits the call may
// change is decided by the database, whatever stands here.
type described struct {
	ref   *string            // its booking reference or code
	on    *time.Time         // the day it stands on
	found []db.BookingResult // the visits open to this call that fit
}

// describedVisit reads which visit is meant: by reference, else by day, time and patient. ask is the question to put
// first, empty when all is clear.
func (q request) describedVisit(ctx context.Context, weekday string) (d described, ask string, err error) {
	d.ref = q.optional(voice.ArgBookingRef)
	words := spoken.Words{Date: q.args.Text(voice.ArgCurrentDate), Time: q.args.Text(voice.ArgCurrentTime), Weekday: weekday}
	var when spoken.When
	if d.ref == nil && (words.Date != "" || weekday != "") {
		var doubt *spoken.Doubt
		if when, doubt = spoken.Read(words, q.clock()); doubt != nil {
			return d, doubt.Say, nil
		}
		d.on = date(when.Day)
	}
	visits, err := q.tx.FindMyAppointments(ctx, q.call.CallID)
	if err != nil {
		return d, "", err
	}
	name := q.args.Text(voice.ArgPatientName)
	for _, visit := range visits {
		named := d.ref != nil && strings.EqualFold(text(visit.BookingRef), text(d.ref))
		if named || d.ref == nil && isFor(visit, name) && (d.on == nil || q.stands(visit, when)) {
			d.found = append(d.found, visit)
		}
	}
	if len(d.found) == 1 {
		d.ref = d.found[0].BookingRef
	}
	return d, "", nil
}

// kind is what the visit is to be when it has moved: the same, with the practitioner who was asked for, if any.
func (d described) kind(q request) kind {
	what := kind{with: q.optional(voice.ArgPractitioner)}
	if len(d.found) == 1 {
		what.service = text(d.found[0].ServiceName)
	}
	return what
}

// stands reports whether a visit is on the day, and at the time if one was said.
func (q request) stands(visit db.BookingResult, when spoken.When) bool {
	if visit.StartsAt == nil {
		return false
	}
	if when.HasTime {
		return visit.StartsAt.Equal(when.Start)
	}
	return spoken.DateOf(visit.StartsAt.In(q.call.Zone)) == when.Day
}

// isFor reports whether a visit is for somebody of this name, which may be the first name alone. No name fits all.
func isFor(visit db.BookingResult, name string) bool {
	whose, name := strings.ToLower(text(visit.PatientName)), strings.ToLower(name)
	return name == "" || whose == name || strings.HasPrefix(whose, name+" ")
}
