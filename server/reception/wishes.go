package reception

import (
	"context"
	"time"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/server/spoken"
	"github.com/voxanne-ai/voxanne/server/voice"
)

// read understands a date and a time that were said, in the clinic's zone and by its hours.
func (q request) read(dateName, timeName string) (spoken.When, *spoken.Doubt) {
	return spoken.Read(q.words(dateName, timeName), q.clock())
}

func (q request) words(dateName, timeName string) spoken.Words {
	return spoken.Words{
		Date:      q.args.Text(dateName),
		Time:      q.args.Text(timeName),
		Weekday:   q.args.Text(voice.ArgWeekday),
		PartOfDay: q.args.Text(voice.ArgPartOfDay),
	}
}

func (q request) clock() spoken.Clock {
	clock := spoken.Clock{Now: q.call.Now, Zone: q.call.Zone, Locale: q.call.Language}
	for _, h := range q.call.Hours {
		clock.Open = append(clock.Open, spoken.Span{Weekday: h.Weekday, Opens: h.Opens, Closes: h.Closes})
	}
	return clock
}

// optional is an argument's text, or nil when it was not given.
func (q request) optional(name string) *string { return pointer(q.args.Text(name)) }

// pointer is nil for an empty text.
func pointer(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// window is the part of a local day that was asked for, as instants.
func window(when spoken.When, zone *time.Location) (from, to time.Time) {
	day := when.Day
	at := func(minutes int) time.Time {
		return time.Date(day.Year, day.Month, day.Day, 0, minutes, 0, 0, zone)
	}
	if when.To == 0 {
		return at(0), at(24 * 60)
	}
	return at(when.From), at(when.To)
}

// kind is what a visit is to be and with whom, in the caller's words; with nil means anyone.
type kind struct {
	service string
	with    *string
}

// saidKind is the kind of visit that the arguments ask for.
func (q request) saidKind() kind {
	return kind{service: q.args.Text(voice.ArgServiceType), with: q.optional(voice.ArgPractitioner)}
}

// freeStarts returns up to three starts spread over a window: the first, one in the middle and the last. Three starts
// a quarter of an hour apart would be one offer, not three.
func (q request) freeStarts(ctx context.Context, what kind, from, to time.Time) ([]time.Time, error) {
	const more = 500 // a window is a day or two; enough for every start of it
	slots, err := q.tx.AvailableSlots(ctx, db.AvailableSlotsParams{
		Service: what.service, FromAt: from, ToAt: to,
		Resource: what.with, MaxRows: more, CallID: &q.call.CallID})
	if err != nil {
		return nil, err
	}
	var starts []time.Time
	for i, slot := range slots {
		if len(slots) <= 3 || i == 0 || i == len(slots)/2 || i == len(slots)-1 {
			starts = append(starts, slot.StartsAt)
		}
	}
	return starts, nil
}
