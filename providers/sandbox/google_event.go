package sandbox

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"time"
)

// GoogleEvent is an event in a calendar: a single one, a recurring one (Recurrence is set), or an instance of that.
type GoogleEvent struct {
	ID                             string // empty when added: one is made up
	Status                         string // confirmed, tentative, cancelled; empty when added: confirmed
	Summary, Description, Location string
	Start, End                     GoogleWhen
	Transparent                    bool
	Visibility                     string // default, public, private; empty: default
	Response                       string // of the calendar's owner as an attendee; empty: not invited
	Private                        map[string]string
	Recurrence                     []string   // RRULE:, EXDATE: and RDATE: lines (RFC 5545)
	Series                         string     // of an instance: the id of the recurring event
	Original                       GoogleWhen // of an instance: where the series has it
	Exception                      bool       // an instance that was changed by itself
	ICalUID                        string
	Updated                        time.Time
	changed                        int64 // when, in the calendar's count of changes
	wasSingle                      bool  // a recurring event that began as a single one
}

// GoogleWhen is a moment in a zone, or a date (YYYY-MM-DD).
type GoogleWhen struct {
	Time time.Time
	Zone string // IANA; empty: the calendar's
	Date string
}

// At is a moment of an event.
func At(t time.Time, zone string) GoogleWhen { return GoogleWhen{Time: t, Zone: zone} }

// On is a date of an all-day event; its end is the day after the last.
func On(date string) GoogleWhen { return GoogleWhen{Date: date} }

// moment is where a date begins in the calendar's zone, or the moment itself.
func (w GoogleWhen) moment(zone *time.Location) time.Time {
	if day, err := time.Parse(time.DateOnly, w.Date); err == nil {
		return wallTime(day, zone)
	}
	return w.Time
}

func (w GoogleWhen) wire(calendarZone string) map[string]any {
	if w.Date != "" {
		return map[string]any{"date": w.Date}
	}
	zone := w.Zone
	if zone == "" {
		zone = calendarZone
	}
	at := w.Time
	if location, err := time.LoadLocation(zone); err == nil {
		at = at.In(location)
	}
	return map[string]any{"dateTime": at.Format(time.RFC3339), "timeZone": zone}
}

// etag changes with every change.
func (e *GoogleEvent) etag() string { return strconv.Quote(strconv.FormatInt(1_000_000+e.changed, 10)) }

// wire is the event as Google sends it.
func (e *GoogleEvent) wire(zone string) map[string]any {
	body := map[string]any{"kind": "calendar#event", "id": e.ID, "etag": e.etag(), "status": e.Status, "iCalUID": e.ICalUID,
		"updated": e.Updated.UTC().Format("2006-01-02T15:04:05.000Z"), "start": e.Start.wire(zone), "end": e.End.wire(zone)}
	for name, value := range map[string]string{"summary": e.Summary, "description": e.Description, "location": e.Location, "visibility": e.Visibility,
		"recurringEventId": e.Series} {
		if value != "" {
			body[name] = value
		}
	}
	if e.Transparent {
		body["transparency"] = "transparent"
	}
	if e.Series != "" {
		body["originalStartTime"] = e.Original.wire(zone)
	}
	if e.Response != "" {
		body["attendees"] = []any{map[string]any{"self": true, "email": "owner@patients.example", "responseStatus": e.Response}}
	}
	if len(e.Private) > 0 {
		body["extendedProperties"] = map[string]any{"private": e.Private}
	}
	if len(e.Recurrence) > 0 {
		body["recurrence"] = e.Recurrence
	}
	return body
}

// tombstone is all that is promised of a deleted event.
func (e *GoogleEvent) tombstone() map[string]any {
	return map[string]any{"kind": "calendar#event", "id": e.ID, "etag": e.etag(), "status": "cancelled"}
}

// clone shares nothing with the event.
func (e *GoogleEvent) clone() GoogleEvent {
	c := *e
	c.Private, c.Recurrence = maps.Clone(e.Private), slices.Clone(e.Recurrence)
	return c
}

// googleRefusal is why an event is not taken.
type googleRefusal struct{ reason, message string }

func (r *googleRefusal) Error() string { return r.message }

// googleBody is what insert and patch read of an event.
type googleBody struct {
	ID           *string         `json:"id"`
	Status       string          `json:"status"`
	Summary      string          `json:"summary"`
	Description  string          `json:"description"`
	Location     string          `json:"location"`
	Transparency string          `json:"transparency"`
	Visibility   string          `json:"visibility"`
	Recurrence   []string        `json:"recurrence"`
	Start        *googleWireWhen `json:"start"`
	End          *googleWireWhen `json:"end"`
	Extended     struct {
		Private map[string]string `json:"private"`
	} `json:"extendedProperties"`
	Attendees []struct {
		Self     bool   `json:"self"`
		Response string `json:"responseStatus"`
	} `json:"attendees"`
}

type googleWireWhen struct {
	Date     string `json:"date"`
	DateTime string `json:"dateTime"`
	Zone     string `json:"timeZone"`
}

// into puts the body's fields into the event, after checks (Google: events.insert).
func (b googleBody) into(e *GoogleEvent) error {
	if b.Start == nil || b.End == nil {
		return &googleRefusal{"required", "Missing start or end time."}
	}
	start, startErr := b.Start.read()
	end, endErr := b.End.read()
	switch {
	case startErr != nil || endErr != nil || (start.Date == "") != (end.Date == ""):
		return &googleRefusal{"invalid", "Invalid start or end time."}
	case end.Time.Before(start.Time) || end.Date < start.Date || (start.Date != "" && end.Date == start.Date):
		return &googleRefusal{"timeRangeEmpty", "The specified time range is empty."}
	case !slices.Contains([]string{"", "confirmed", "tentative", "cancelled"}, b.Status):
		return &googleRefusal{"invalid", "Invalid status."}
	case len(b.Recurrence) > 0 && start.Date == "" && start.Zone == "":
		return &googleRefusal{"required", "Missing time zone definition for start time."}
	}
	e.Summary, e.Description, e.Location, e.Recurrence = b.Summary, b.Description, b.Location, b.Recurrence
	e.Start, e.End, e.Transparent, e.Private = start, end, b.Transparency == "transparent", b.Extended.Private
	e.Visibility = b.Visibility
	if b.Status != "" {
		e.Status = b.Status
	}
	for _, a := range b.Attendees {
		if a.Self {
			e.Response = a.Response
		}
	}
	return nil
}

// read takes a date, or a moment with an offset or else a zone.
func (w *googleWireWhen) read() (GoogleWhen, error) {
	if w.Zone != "" {
		if _, err := time.LoadLocation(w.Zone); err != nil {
			return GoogleWhen{}, fmt.Errorf("the zone: %w", err)
		}
	}
	switch {
	case w.Date != "" && w.DateTime != "":
		return GoogleWhen{}, errors.New("both a date and a time")
	case w.Date != "":
		_, err := time.Parse(time.DateOnly, w.Date)
		return GoogleWhen{Date: w.Date}, err
	}
	if at, err := time.Parse(time.RFC3339, w.DateTime); err == nil {
		return GoogleWhen{Time: at, Zone: w.Zone}, nil
	}
	wall, err := time.Parse("2006-01-02T15:04:05", w.DateTime)
	location, zoneErr := time.LoadLocation(w.Zone)
	if err != nil || zoneErr != nil || w.Zone == "" {
		return GoogleWhen{}, errors.New("a time without offset and zone")
	}
	return GoogleWhen{Time: wallTime(wall, location), Zone: w.Zone}, nil
}

// validGoogleID are the ids that clients may choose: 5 to 1024 of base32hex's small letters and digits.
func validGoogleID(id string) bool {
	return len(id) <= 1024 && regexp.MustCompile(`^[a-v0-9]{5,}$`).MatchString(id)
}

// mergePatch changes a decoded JSON object as PATCH does: null takes away, objects are merged, all else takes its place.
func mergePatch(target, patch map[string]any) {
	for name, value := range patch {
		inner, isObject := value.(map[string]any)
		switch {
		case value == nil:
			delete(target, name)
		case isObject:
			below, there := target[name].(map[string]any)
			if !there {
				below = map[string]any{}
			}
			mergePatch(below, inner)
			target[name] = below
		default:
			target[name] = value
		}
	}
}

// patched returns the event with a patch applied.
func (e *GoogleEvent) patched(zone string, patch map[string]any) (GoogleEvent, error) {
	raw, _ := json.Marshal(e.wire(zone)) // a map of plain values
	var body map[string]any
	_ = json.Unmarshal(raw, &body)
	mergePatch(body, patch)
	raw, _ = json.Marshal(body)
	var read googleBody
	if err := json.Unmarshal(raw, &read); err != nil {
		return GoogleEvent{}, &googleRefusal{"parseError", "Parse Error"}
	}
	changed := e.clone()
	return changed, read.into(&changed)
}
