package reception

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5/pgtype"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/server/spoken"
	"github.com/voxanne-ai/voxanne/server/voice"
)

// rescheduleAppointment moves a visit of this call, or of a patient it verified, to another time.
func rescheduleAppointment(ctx context.Context, q request) (reply, error) {
	// The weekday argument is the new day's.
	visit, ask := q.describedVisit("")
	if ask != "" {
		return said("question", ask), nil
	}
	what, err := q.kind(ctx, visit)
	if err != nil {
		return reply{}, err
	}
	start, ask, err := q.exactStart(ctx, what, voice.ArgNewDate, voice.ArgNewTime)
	if err != nil || ask != "" {
		return said("question", ask), err
	}
	result, err := q.tx.RescheduleAppointment(ctx, db.RescheduleAppointmentParams{
		StartsAt: start, Appointment: visit.ref, OnDay: visit.on, AtTime: visit.at, PatientName: visit.name, CallID: &q.call.CallID,
		ToolCallID: pointer(q.id), Resource: q.optional(voice.ArgPractitioner),
		SaidDate: q.optional(voice.ArgNewDate), SaidTime: q.optional(voice.ArgNewTime)})
	if err != nil {
		return reply{}, err
	}
	return q.sayResult(ctx, result)
}

// cancelAppointment cancels a visit of this call, or of a patient it verified.
func cancelAppointment(ctx context.Context, q request) (reply, error) {
	visit, ask := q.describedVisit(q.args.Text(voice.ArgWeekday))
	if ask != "" {
		return said("question", ask), nil
	}
	result, err := q.tx.CancelAppointment(ctx, db.CancelAppointmentParams{
		Appointment: visit.ref, OnDay: visit.on, AtTime: visit.at, PatientName: visit.name, CallID: &q.call.CallID,
		ToolCallID: pointer(q.id), Reason: q.optional(voice.ArgReason)})
	if err != nil {
		return reply{}, err
	}
	return q.sayResult(ctx, result)
}

// described is the visit that is to be changed, in the words the caller used for it. The database decides which visit
// that is, and whether this call may change it.
type described struct {
	ref  *string     // its booking reference or code
	on   *time.Time  // the day it stands on
	at   pgtype.Time // the local time it stands at
	name *string     // the patient's
}

// describedVisit reads which visit is meant. ask is the question to put first, empty when all is clear.
func (q request) describedVisit(weekday string) (d described, ask string) {
	d.ref, d.name = q.optional(voice.ArgBookingRef), q.optional(voice.ArgPatientName)
	words := spoken.Words{Date: q.args.Text(voice.ArgCurrentDate), Time: q.args.Text(voice.ArgCurrentTime), Weekday: weekday}
	dayless := words.Date == "" && weekday == ""
	if d.ref != nil || dayless && words.Time == "" {
		return d, ""
	}
	if dayless {
		// A time of day alone is read as if on any day to come.
		words.Date = spoken.DateOf(q.call.Now).AddDays(1).String()
	}
	when, doubt := spoken.Read(words, q.clock())
	if doubt != nil {
		return d, doubt.Say
	}
	if !dayless {
		d.on = date(when.Day)
	}
	if when.HasTime {
		local := when.Start.In(q.call.Zone)
		d.at = pgtype.Time{Valid: true, Microseconds: (time.Duration(local.Hour())*time.Hour + time.Duration(local.Minute())*time.Minute).Microseconds()}
	}
	return d, ""
}

// kind is what the visit is to be when it has moved: the same, with the practitioner who was asked for, if any.
func (q request) kind(ctx context.Context, d described) (kind, error) {
	what := kind{with: q.optional(voice.ArgPractitioner)}
	found, err := q.tx.FindMyAppointments(ctx, db.FindMyAppointmentsParams{
		CallID: q.call.CallID, Appointment: d.ref, OnDay: d.on, AtTime: d.at, PatientName: d.name})
	if err == nil && len(found) == 1 {
		what.service = text(found[0].ServiceName)
	}
	return what, err
}
