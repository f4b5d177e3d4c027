package sandbox

import (
	"strings"
	"time"

	"github.com/teambition/rrule-go"
)

// How far recurring events are expanded: Google has its own limits, which it does not publish.
const (
	googleHorizon   = 3 * 366 * 24 * time.Hour // after the series' start
	googleInstances = 1500
)

// wallTime is the moment of a wall clock's reading, given as if it were UTC. One that clocks skip is read with the offset
// before the gap, of one that comes twice the first is meant (RFC 5545, 3.3.5).
func wallTime(wall time.Time, zone *time.Location) time.Time {
	offset := func(at time.Time) time.Duration {
		_, seconds := at.In(zone).Zone()
		return time.Duration(seconds) * time.Second
	}
	before := wall.Add(-offset(wall.Add(-26 * time.Hour)))
	if wallOf(before, zone).Equal(wall) {
		return before
	}
	if after := wall.Add(-offset(wall.Add(26 * time.Hour))); wallOf(after, zone).Equal(wall) {
		return after
	}
	return before
}

// wallOf is what a wall clock shows, as if it were UTC.
func wallOf(at time.Time, zone *time.Location) time.Time {
	at = at.In(zone)
	return time.Date(at.Year(), at.Month(), at.Day(), at.Hour(), at.Minute(), at.Second(), 0, time.UTC)
}

// expandGoogle returns the instances of a recurring event, within the horizon. The rules run on the wall clock of the event's
// zone, so that a visit at nine stays at nine when clocks change. Unreadable rules have no instances.
func expandGoogle(series *GoogleEvent, calendarZone *time.Location) []GoogleEvent {
	zone, allDay := calendarZone, series.Start.Date != ""
	if own, err := time.LoadLocation(series.Start.Zone); err == nil && series.Start.Zone != "" {
		zone = own
	}
	first := wallOf(series.Start.moment(zone), zone)
	length := series.End.Time.Sub(series.Start.Time)
	if allDay {
		first, _ = time.Parse(time.DateOnly, series.Start.Date) // it was checked when it came
		last, _ := time.Parse(time.DateOnly, series.End.Date)
		length = last.Sub(first)
	}
	set := ruleSet(series.Recurrence, first, zone, allDay)
	if set == nil {
		return nil
	}
	var instances []GoogleEvent
	for _, wall := range set.Between(first, first.Add(googleHorizon), true) {
		if len(instances) == googleInstances {
			break
		}
		instances = append(instances, instanceOf(series, wall, length, zone, allDay))
	}
	return instances
}

// instanceOf is one instance. Its id has the moment, in UTC, or the date, where the series has it.
func instanceOf(series *GoogleEvent, wall time.Time, length time.Duration, zone *time.Location, allDay bool) GoogleEvent {
	e := series.clone()
	e.Recurrence, e.Series, e.wasSingle = nil, series.ID, false
	if allDay {
		e.Start, e.End = On(wall.Format(time.DateOnly)), On(wall.Add(length).Format(time.DateOnly))
		e.ID = series.ID + "_" + wall.Format("20060102")
	} else {
		at := wallTime(wall, zone)
		e.Start, e.End = At(at, zone.String()), At(at.Add(length), zone.String())
		e.ID = series.ID + "_" + at.UTC().Format("20060102T150405Z")
	}
	e.Original = e.Start
	return e
}

// ruleSet reads the lines into rules on wall clocks; moments in UTC, as in UNTIL, are put onto the wall clock first. Nil: a
// rule is not readable.
func ruleSet(lines []string, first time.Time, zone *time.Location, allDay bool) *rrule.Set {
	set := &rrule.Set{}
	set.DTStart(first)
	for _, line := range lines {
		name, value, _ := strings.Cut(line, ":")
		switch name, _, _ := strings.Cut(name, ";"); name {
		case "RRULE":
			option, err := rrule.StrToROption(value)
			if err != nil {
				return nil
			}
			option.Dtstart = first
			if !option.Until.IsZero() && !allDay && strings.Contains(value, "Z") {
				option.Until = wallOf(option.Until, zone)
			}
			rule, err := rrule.NewRRule(*option)
			if err != nil {
				return nil
			}
			set.RRule(rule)
		case "EXDATE", "RDATE":
			for text := range strings.SplitSeq(value, ",") {
				at, ok := dateOf(text, zone)
				if !ok {
					return nil
				}
				if name == "EXDATE" {
					set.ExDate(at)
				} else {
					set.RDate(at)
				}
			}
		}
	}
	return set
}

// dateOf reads a date, a wall clock's reading or a moment in UTC, as a reading of the wall clock.
func dateOf(text string, zone *time.Location) (time.Time, bool) {
	for _, layout := range []string{"20060102", "20060102T150405"} {
		if at, err := time.Parse(layout, text); err == nil {
			return at, true
		}
	}
	at, err := time.Parse("20060102T150405Z", text)
	return wallOf(at, zone), err == nil
}
