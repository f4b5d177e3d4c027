package reception

import (
	"context"
	"fmt"
	"net/mail"
	"time"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/server/spoken"
	"github.com/voxanne-ai/voxanne/server/voice"
)

// maxEmail is the longest address that mail can be sent to (RFC 5321, 4.5.3.1.3), in bytes.
const maxEmail = 254

// patient is who a booking is for, as far as it was said. Nothing is filled in: what is missing stays missing.
type patient struct {
	name        string
	dateOfBirth *time.Time
	email       *string
	phone       *string
}

// bookClinicAppointment books a visit, or changes one of this call that bookingRef names.
func bookClinicAppointment(ctx context.Context, q request) (reply, error) {
	if ref := q.args.Text(voice.ArgBookingRef); ref != "" {
		return q.amend(ctx, ref)
	}
	who, ask := q.patient()
	if ask != "" {
		return said("question", ask), nil
	}
	start, ask, err := q.exactStart(ctx, q.saidKind(), voice.ArgAppointmentDate, voice.ArgAppointmentTime)
	if err != nil || ask != "" {
		return said("question", ask), err
	}
	result, err := q.tx.BookAppointment(ctx, db.BookAppointmentParams{
		Service: q.args.Text(voice.ArgServiceType), StartsAt: start, PatientName: who.name,
		CallID: &q.call.CallID, ToolCallID: pointer(q.id), Resource: q.optional(voice.ArgPractitioner),
		DateOfBirth: who.dateOfBirth, Email: who.email, SpokenPhone: who.phone,
		AnotherPerson: q.args.Flag(voice.ArgAnotherPerson), Notes: q.optional(voice.ArgNotes),
		SaidDate: q.optional(voice.ArgAppointmentDate), SaidTime: q.optional(voice.ArgAppointmentTime)})
	if err != nil {
		return reply{}, err
	}
	return q.sayResult(ctx, result)
}

// amend changes what this call booked: only what was said again is changed.
func (q request) amend(ctx context.Context, ref string) (reply, error) {
	var start *time.Time
	if q.args.Text(voice.ArgAppointmentDate, voice.ArgAppointmentTime, voice.ArgWeekday) != "" {
		at, ask, err := q.exactStart(ctx, q.saidKind(), voice.ArgAppointmentDate, voice.ArgAppointmentTime)
		if err != nil || ask != "" {
			return said("question", ask), err
		}
		start = &at
	}
	name, _ := spoken.Name(q.args.Text(voice.ArgPatientName))
	result, err := q.tx.AmendAppointment(ctx, db.AmendAppointmentParams{
		CallID: q.call.CallID, BookingRef: ref, Service: q.optional(voice.ArgServiceType), StartsAt: start,
		Resource: q.optional(voice.ArgPractitioner), PatientName: pointer(name), ToolCallID: pointer(q.id),
		SaidDate: q.optional(voice.ArgAppointmentDate), SaidTime: q.optional(voice.ArgAppointmentTime)})
	if err != nil {
		return reply{}, err
	}
	return q.sayResult(ctx, result)
}

// patient reads who comes. ask is the question to put first, empty when all is clear.
func (q request) patient() (who patient, ask string) {
	name, ok := spoken.Name(q.args.Text(voice.ArgPatientName))
	if !ok {
		return who, "Ask for the patient's first and last name, then book."
	}
	who.name = name
	if said := q.args.Text(voice.ArgDateOfBirth); said != "" {
		born, doubt := spoken.BirthDate(said, q.call.Language, spoken.DateOf(q.call.Now))
		if doubt != nil {
			return who, doubt.Say
		}
		who.dateOfBirth = date(born)
	}
	if said := q.args.Text(voice.ArgPatientEmail); said != "" {
		address, err := mail.ParseAddress(said)
		if err != nil || len(address.Address) > maxEmail {
			return who, "The e-mail address is not complete. Ask the caller to spell it, or book without it."
		}
		who.email = &address.Address
	}
	if said := q.args.Text(voice.ArgPatientPhone); said != "" {
		number, ok := spoken.SpokenNumber(said, q.call.Country)
		if !ok {
			return who, "The phone number is not complete. Ask the caller to repeat it digit by digit, or book without it."
		}
		who.phone = &number
	}
	return who, ""
}

// exactStart reads a day and a time of day. Where only the day is clear, it offers what is free on it.
func (q request) exactStart(ctx context.Context, what kind, dateName, timeName string) (start time.Time, ask string, err error) {
	when, doubt := q.read(dateName, timeName)
	switch {
	case doubt != nil:
		return start, doubt.Say, nil
	case when.HasTime:
		return when.Start, "", nil
	}
	from, to := window(when, q.call.Zone)
	starts, err := q.freeStarts(ctx, what, from, to)
	if err != nil || len(starts) == 0 {
		return start, fmt.Sprintf("What time on %s?", spoken.SayDate(when.Day)), err
	}
	return start, "What time? Free: " + spoken.SayOptions(starts, q.call.Zone) + ".", nil
}

// date is a civil date as the database takes it.
func date(d spoken.Date) *time.Time {
	at := time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, time.UTC)
	return &at
}
