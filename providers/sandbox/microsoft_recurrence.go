package sandbox

import (
	"slices"
	"time"
)

// OutlookRecurrence is how a series repeats (Graph: patternedRecurrence). Dates are midnights in UTC, in no zone.
type OutlookRecurrence struct {
	Type       string         // daily, weekly, absoluteMonthly, relativeMonthly, absoluteYearly, relativeYearly
	Interval   int            // in days, weeks, months or years; 0: 1
	Days       []time.Weekday // weekly and relative ones
	FirstDay   time.Weekday   // of a week, for weekly ones
	DayOfMonth int            // absolute ones; of a month that is shorter it is the last day
	Month      time.Month     // yearly ones
	Index      string         // relative ones: first, second, third, fourth, last
	From       time.Time      // no occurrence is before it
	Until      time.Time      // none is after it; zero: no such end
	Count      int            // this many; 0: no such end
}

// dates returns the dates of the occurrences up to one, in order.
func (r OutlookRecurrence) dates(to time.Time) []time.Time {
	if !r.Until.IsZero() && r.Until.Before(to) {
		to = r.Until
	}
	var dates []time.Time
	for n := 0; ; n++ {
		begins, period := r.period(n)
		if begins.After(to) || (r.Count > 0 && len(dates) >= r.Count) {
			return dates
		}
		for _, date := range period {
			if !date.Before(r.From) && !date.After(to) && (r.Count == 0 || len(dates) < r.Count) {
				dates = append(dates, date)
			}
		}
	}
}

// period returns when the n-th period begins, and the dates in it that the pattern hits.
func (r OutlookRecurrence) period(n int) (begins time.Time, dates []time.Time) {
	n *= max(r.Interval, 1)
	switch r.Type {
	case "weekly":
		back := (int(r.From.Weekday()) - int(r.FirstDay) + 7) % 7
		begins = r.From.AddDate(0, 0, 7*n-back)
		for day := range 7 {
			if date := begins.AddDate(0, 0, day); slices.Contains(r.Days, date.Weekday()) {
				dates = append(dates, date)
			}
		}
		return begins, dates
	case "absoluteMonthly", "relativeMonthly":
		begins = time.Date(r.From.Year(), r.From.Month()+time.Month(n), 1, 0, 0, 0, 0, time.UTC)
	case "absoluteYearly", "relativeYearly":
		begins = time.Date(r.From.Year()+n, r.Month, 1, 0, 0, 0, 0, time.UTC)
	default:
		begins = r.From.AddDate(0, 0, n)
		return begins, []time.Time{begins}
	}
	return begins, r.inMonth(begins)
}

func (r OutlookRecurrence) inMonth(first time.Time) []time.Time {
	last := first.AddDate(0, 1, -1).Day()
	if r.Type == "absoluteMonthly" || r.Type == "absoluteYearly" {
		return []time.Time{first.AddDate(0, 0, min(r.DayOfMonth, last)-1)}
	}
	var hits []time.Time
	for day := range last {
		if date := first.AddDate(0, 0, day); slices.Contains(r.Days, date.Weekday()) {
			hits = append(hits, date)
		}
	}
	n := slices.Index([]string{"first", "second", "third", "fourth"}, r.Index)
	switch {
	case len(hits) == 0:
		return nil
	case r.Index == "last":
		return hits[len(hits)-1:]
	case n < 0:
		return hits[:1]
	case n >= len(hits):
		return nil
	}
	return hits[n : n+1]
}

// wallInstant returns when a clock on the wall of a zone shows this: the first time if it does so twice, and as much later
// as the gap is long if it never does.
func wallInstant(wall time.Time, zone *time.Location) time.Time {
	var found []time.Time
	for _, near := range []time.Duration{-26 * time.Hour, 26 * time.Hour} { // the offsets on both sides of any change
		_, offset := wall.Add(near).In(zone).Zone()
		at := wall.Add(-time.Duration(offset) * time.Second).In(zone)
		if at.Format(time.DateTime) == wall.Format(time.DateTime) {
			found = append(found, at)
		}
	}
	if len(found) == 0 {
		_, before := wall.Add(-26 * time.Hour).In(zone).Zone()
		return wall.Add(-time.Duration(before) * time.Second).In(zone)
	}
	return slices.MinFunc(found, time.Time.Compare)
}
