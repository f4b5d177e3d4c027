package google

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// Statuses of an event, and the answer of a person who does not come (Google: Events).
const (
	StatusConfirmed = "confirmed"
	StatusTentative = "tentative"
	StatusCancelled = "cancelled" // deleted; it still has its id, and for a while can be brought back
	declined        = "declined"
)

// eventFields are what we ask of an event: when it is and whose, never what it is about.
const eventFields = "id,status,etag,start,end,transparency,recurringEventId,originalStartTime," +
	"extendedProperties/private,attendees(self,responseStatus)"

// Event is one event, or one instance of a recurring one. A cancelled event may have nothing but its id.
type Event struct {
	ID          string
	ETag        string
	Status      string
	Start, End  When
	Transparent bool              // does not block time
	Response    string            // of the calendar's owner, if invited: needsAction, declined, tentative, accepted; else empty
	Private     map[string]string // extended properties of this calendar's copy
	Series      string            // id of the recurring event that it is an instance of; else empty
	Original    When              // of an instance: where the series has it
}

// When is an event's start or end: a moment, or the date of an all-day event, whose end is the first day after it.
type When struct {
	Time time.Time // zero for a date
	Zone string    // IANA, the one it is shown in; may be empty
	Date string    // YYYY-MM-DD; empty for a moment
}

// IsZero reports whether nothing is known.
func (w When) IsZero() bool { return w.Date == "" && w.Time.IsZero() }

// ParseEvent reads an event as Google sends it. One that is not cancelled and has no readable, ordered time is an error, and
// the event then has what could be read of its id. Errors quote nothing.
func ParseEvent(data []byte) (Event, error) {
	var wire struct {
		ID           string    `json:"id"`
		ETag         string    `json:"etag"`
		Status       string    `json:"status"`
		Start        wireWhen  `json:"start"`
		End          wireWhen  `json:"end"`
		Transparency string    `json:"transparency"`
		Series       string    `json:"recurringEventId"`
		Original     *wireWhen `json:"originalStartTime"`
		Extended     struct {
			Private map[string]string `json:"private"`
		} `json:"extendedProperties"`
		Attendees []struct {
			Self     bool   `json:"self"`
			Response string `json:"responseStatus"`
		} `json:"attendees"`
	}
	if err := json.Unmarshal(data, &wire); err != nil {
		return Event{ID: wire.ID}, errors.New("not an event")
	}
	e := Event{ID: wire.ID, ETag: wire.ETag, Status: wire.Status, Transparent: wire.Transparency == "transparent",
		Private: wire.Extended.Private, Series: wire.Series}
	if e.ID == "" {
		return e, errors.New("an event without id")
	}
	if e.Status == "" {
		e.Status = StatusConfirmed // the default (Google: Events)
	}
	for _, attendee := range wire.Attendees {
		if attendee.Self {
			e.Response = attendee.Response
		}
	}
	return e, e.readTimes(wire.Start, wire.End, wire.Original)
}

// readTimes fills in when the event is. What is cancelled needs no times.
func (e *Event) readTimes(start, end wireWhen, original *wireWhen) error {
	if original != nil {
		e.Original, _ = original.when()
	}
	from, startErr := start.when()
	to, endErr := end.when()
	var err error
	switch {
	case startErr != nil || endErr != nil:
		err = errors.Join(startErr, endErr)
	case (from.Date == "") != (to.Date == ""):
		err = errors.New("an event that is all-day at one end only")
	case to.Date < from.Date || to.Time.Before(from.Time):
		err = errors.New("an event that ends before it starts")
	default:
		e.Start, e.End = from, to
	}
	if e.Status == StatusCancelled {
		return nil
	}
	return err
}

// wireWhen is a start or end as Google writes it.
type wireWhen struct {
	Date     string `json:"date"`
	DateTime string `json:"dateTime"`
	Zone     string `json:"timeZone"`
}

func (w wireWhen) when() (When, error) {
	switch {
	case w.Date != "" && w.DateTime != "":
		return When{}, errors.New("both a date and a time")
	case w.Date != "":
		if _, err := time.Parse(time.DateOnly, w.Date); err != nil {
			return When{}, errors.New("an unreadable date")
		}
		return When{Date: w.Date, Zone: w.Zone}, nil
	case w.DateTime != "":
		at, err := time.Parse(time.RFC3339, w.DateTime)
		if err != nil {
			return When{}, errors.New("an unreadable time")
		}
		return When{Time: at.UTC(), Zone: w.Zone}, nil
	default:
		return When{}, errors.New("no time")
	}
}

// parseEvents reads those of a page. What cannot be read is told apart, so that one odd event does not stop a calendar.
func parseEvents(items []json.RawMessage) (events []Event, unreadable []string) {
	for i, item := range items {
		e, err := ParseEvent(item)
		switch {
		case err == nil:
			events = append(events, e)
		case e.ID != "":
			unreadable = append(unreadable, e.ID)
		default:
			unreadable = append(unreadable, fmt.Sprintf("#%d", i))
		}
	}
	return events, unreadable
}
