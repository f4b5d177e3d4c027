package microsoft

import (
	"errors"
	"strings"
	"time"
)

// Moment is a date and time on a wall somewhere, as Graph writes them (Graph: dateTimeTimeZone).
type Moment struct {
	Wall time.Time // its date and clock; in UTC, which means nothing
	Zone string    // IANA or Windows name
}

// wallForm is ISO 8601 without an offset; any number of fractional digits is read.
const wallForm = "2006-01-02T15:04:05"

var errMoment = errors.New("microsoft: not a date and time")

// ParseMoment reads Graph's two fields.
func ParseMoment(dateTime, zone string) (Moment, error) {
	wall, err := time.ParseInLocation(wallForm, strings.TrimSuffix(dateTime, "Z"), time.UTC)
	if err != nil || wall.Year() < 1601 || wall.Year() > 4500 { // what Exchange can hold
		return Moment{}, errMoment
	}
	return Moment{Wall: wall, Zone: zone}, nil
}

// At returns the instant. A zone that nobody knows, such as a custom one of an old Outlook, is taken for fallback.
func (m Moment) At(fallback *time.Location) time.Time {
	zone, err := LoadZone(m.Zone)
	if err != nil {
		zone = fallback
	}
	return instant(m.Wall, zone)
}

// momentAt is how an instant is sent: in UTC, which no change of clocks makes ambiguous.
func momentAt(t time.Time) map[string]string {
	return map[string]string{"dateTime": t.UTC().Format(wallForm), "timeZone": "UTC"}
}

// instant returns when a clock on the wall shows this. A time that a change of clocks leaves out is moved on by the gap; of
// one that comes twice it is the first: time.Date promises neither (RFC 5545 §3.3.5 does).
func instant(wall time.Time, zone *time.Location) time.Time {
	before := offset(wall.Add(-24*time.Hour), zone) // no zone changes twice within two days
	first := wall.Add(-before)
	after := offset(first, zone)
	if second := wall.Add(-after); offset(second, zone) == after {
		return second.In(zone) // the same as first, unless the clocks changed in between
	}
	return first.In(zone) // in the gap: with the offset before, that is as much later as the gap is long
}

func offset(t time.Time, zone *time.Location) time.Duration {
	_, seconds := t.In(zone).Zone()
	return time.Duration(seconds) * time.Second
}

// startOfDay returns the first instant of a date. Where midnight is left out, the day begins when the clocks have changed.
func startOfDay(date time.Time, zone *time.Location) time.Time {
	midnight := time.Date(date.Year(), date.Month(), date.Day(), 0, 0, 0, 0, time.UTC)
	at := instant(midnight, zone)
	if at.Hour() == 0 && at.Minute() == 0 {
		return at
	}
	change, _ := at.ZoneBounds()
	return change
}
