package google

import (
	"cmp"
	"encoding/hex"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
)

// ownPrefix begins the ids of our events. Google takes base32hex only, which ends with v: there is no x.
const ownPrefix = "vo"

// EventID is the id of the event of an appointment: the same for ever, so that an event that is made twice is refused.
func EventID(appointment uuid.UUID) string { return ownPrefix + hex.EncodeToString(appointment[:]) }

// AppointmentOf returns the appointment whose event it is by its id. Copies that staff make, and the instances if they make
// it recurring, have other ids: those are events like any other.
func AppointmentOf(eventID string) (uuid.UUID, bool) {
	digits, ours := strings.CutPrefix(eventID, ownPrefix)
	raw, err := hex.DecodeString(digits)
	if !ours || err != nil || EventID(uuid.UUID(append(raw, make([]byte, 16)...)[:16])) != eventID {
		return uuid.UUID{}, false
	}
	return uuid.UUID(raw), true
}

// Span is the time that an event blocks, never empty.
type Span struct {
	EventID    string
	Start, End time.Time // UTC
}

// Busy returns what the events block, in order. Transparent and cancelled events, and those that the calendar's owner
// declined, block nothing; tentative ones and unanswered invitations do. All-day events block from midnight to midnight
// of the calendar's zone, however long a day is there.
//
// ours tells whether an appointment is of this clinic: its event blocks nothing, since the appointment itself does. Nil: none
// is. An event of another clinic that shares the calendar blocks.
func Busy(events []Event, zone *time.Location, ours func(appointment uuid.UUID) bool) []Span {
	var spans []Span
	for _, e := range events {
		appointment, ofVisit := AppointmentOf(e.ID)
		if e.Transparent || e.Status == StatusCancelled || e.Response == declined || (ofVisit && ours != nil && ours(appointment)) {
			continue
		}
		s := Span{EventID: e.ID}
		if s.Start, s.End = e.Span(zone); s.Start.Before(s.End) {
			spans = append(spans, s)
		}
	}
	slices.SortFunc(spans, func(a, b Span) int { return cmp.Or(a.Start.Compare(b.Start), strings.Compare(a.EventID, b.EventID)) })
	return spans
}

// Span returns when the event is, in UTC. zone is the calendar's: all-day events are in it. Both are zero for a cancelled
// event of which nothing but its id is left.
func (e Event) Span(zone *time.Location) (start, end time.Time) {
	return e.Start.in(zone), e.End.in(zone)
}

// in is the moment, for a date its first one in the zone.
func (w When) in(zone *time.Location) time.Time {
	day, err := time.Parse(time.DateOnly, w.Date)
	if err != nil {
		return w.Time.UTC()
	}
	return firstMoment(day, zone)
}

// firstMoment of a date, given as its midnight in UTC. Where clocks go forward at midnight it is later than 00:00, where
// they go back past midnight it is the first of two; time.Date promises neither.
func firstMoment(day time.Time, zone *time.Location) time.Time {
	offset := func(at time.Time) time.Duration {
		_, seconds := at.In(zone).Zone()
		return time.Duration(seconds) * time.Second
	}
	noon := day.Add(12*time.Hour - offset(day))
	before := day.Add(-offset(noon.Add(-24 * time.Hour)))
	if before.In(zone).Format(time.DateOnly) == day.Format(time.DateOnly) {
		return before.UTC()
	}
	return day.Add(-offset(noon)).UTC()
}
