package microsoft_test

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/providers/microsoft"
	"github.com/voxanne-ai/voxanne/providers/sandbox"
)

// series is a recurring event and, independently of how it is expanded, on which dates it is.
type series struct {
	name   string
	event  sandbox.OutlookEvent
	occurs func(date time.Time) bool
}

// TestAYearOfSeriesInFiveZones compares what a mirror holds of a year of recurring events with an expansion that asks of
// every minute's day on the wall whether the pattern has it.
func TestAYearOfSeriesInFiveZones(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"America/Chicago", "Europe/London", "Australia/Lord_Howe", "America/Santiago", "Asia/Kolkata"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b, zone := setupIn(t, name), zoneOf(t, name)
			window := microsoft.Window{From: time.Date(2026, 1, 1, 0, 0, 0, 0, zone), To: time.Date(2027, 1, 1, 0, 0, 0, 0, zone)}
			var want []string
			for _, s := range aYear() {
				s.event.Zone = name
				_, err := b.played.AddEvent(b.calendar, s.event)
				require.NoError(t, err)
				want = append(want, s.naive(zone, window)...)
			}
			changes, err := paging(t, b.url, 100).Account(b.token.Access).CalendarView(t.Context(), b.calendar, window)
			require.NoError(t, err)
			var got []string
			for _, block := range microsoft.Busy(changes.Events, zone) {
				got = append(got, line(block.Start, block.End))
			}
			require.Greater(t, len(want), 900)
			require.Empty(t, without(want, got), "missing")
			require.Empty(t, without(got, want), "too many")
		})
	}
}

// without returns the lines that are more often in some than in others.
func without(some, others []string) []string {
	left := map[string]int{}
	for _, other := range others {
		left[other]++
	}
	return slices.DeleteFunc(slices.Clone(some), func(line string) bool {
		left[line]--
		return left[line] >= 0
	})
}

func line(start, end time.Time) string {
	return start.UTC().Format(time.RFC3339) + "/" + end.UTC().Format(time.RFC3339)
}

// naive walks through all days and looks for the first minute that shows the wanted time, or else for the clocks' jump.
func (s series) naive(zone *time.Location, w microsoft.Window) []string {
	var lines []string
	for date := on(2025, 12, 1, 0, 0); date.Before(on(2027, 1, 3, 0, 0)); date = date.AddDate(0, 0, 1) {
		if !s.occurs(date) {
			continue
		}
		shift := date.Sub(time.Date(s.event.Start.Year(), s.event.Start.Month(), s.event.Start.Day(), 0, 0, 0, 0, time.UTC))
		start, jumped := minute(s.event.Start.Add(shift), zone, s.event.AllDay)
		end, _ := minute(s.event.End.Add(shift), zone, s.event.AllDay)
		if jumped && !s.event.AllDay { // moved on as a whole
			end = start.Add(s.event.End.Sub(s.event.Start))
		}
		if start.Before(w.To) && end.After(w.From) {
			lines = append(lines, line(start, end))
		}
	}
	return lines
}

// minute searches the first instant at which a clock shows the time. One that is left out is moved on by the jump's length;
// of an all-day event it is the jump itself.
func minute(wall time.Time, zone *time.Location, allDay bool) (at time.Time, jumped bool) {
	const form = "2006-01-02 15:04"
	wanted := wall.Format(form)
	for at = wall.Add(-15 * time.Hour); at.Before(wall.Add(15 * time.Hour)); at = at.Add(15 * time.Minute) {
		shown := at.In(zone).Format(form)
		if shown == wanted {
			return at, false
		}
		if before := at.Add(-15 * time.Minute).In(zone).Format(form); before < wanted && shown > wanted { // jumped over
			if allDay {
				return at, true
			}
			last, _ := time.Parse(form, before)
			return at.Add(wall.Sub(last) - 15*time.Minute), true
		}
	}
	panic("no such minute: " + wanted)
}

func aYear() []series {
	midnight := func(year int, month time.Month, day int) time.Time { return on(year, month, day, 0, 0) }
	days := func(from, date time.Time) int { return int(date.Sub(from).Hours() / 24) }
	event := func(start time.Time, length time.Duration, r sandbox.OutlookRecurrence) sandbox.OutlookEvent {
		return sandbox.OutlookEvent{Start: start, End: start.Add(length), Recurrence: &r}
	}
	weeksSince := func(firstMonday, date time.Time) int { return days(firstMonday, date) / 7 }
	return []series{
		{"daily at 2:30, when clocks jump", event(on(2025, 12, 1, 2, 30), time.Hour, sandbox.OutlookRecurrence{Type: "daily", From: midnight(2025, 12, 1)}),
			func(d time.Time) bool { return !d.Before(midnight(2025, 12, 1)) }},
		{"daily at 1:30, which comes twice", event(on(2026, 1, 2, 1, 30), 45*time.Minute, sandbox.OutlookRecurrence{Type: "daily", Interval: 3, From: midnight(2026, 1, 2)}),
			func(d time.Time) bool { return !d.Before(midnight(2026, 1, 2)) && days(midnight(2026, 1, 2), d)%3 == 0 }},
		{"every other week", event(on(2026, 1, 5, 9, 0), 8*time.Hour, sandbox.OutlookRecurrence{Type: "weekly", Interval: 2, Days: []time.Weekday{time.Monday, time.Wednesday, time.Sunday}, FirstDay: time.Monday, From: midnight(2026, 1, 5), Until: midnight(2026, 10, 31)}),
			func(d time.Time) bool {
				return !d.Before(midnight(2026, 1, 5)) && !d.After(midnight(2026, 10, 31)) && weeksSince(midnight(2026, 1, 5), d)%2 == 0 &&
					slices.Contains([]time.Weekday{time.Monday, time.Wednesday, time.Sunday}, d.Weekday())
			}},
		{"begins within a week", event(on(2026, 1, 8, 23, 30), 2*time.Hour, sandbox.OutlookRecurrence{Type: "weekly", Days: []time.Weekday{time.Tuesday, time.Saturday}, FirstDay: time.Sunday, From: midnight(2026, 1, 8), Count: 200}),
			func(d time.Time) bool {
				return !d.Before(midnight(2026, 1, 8)) && (d.Weekday() == time.Tuesday || d.Weekday() == time.Saturday)
			}},
		{"the 31st", event(on(2025, 10, 31, 12, 0), time.Hour, sandbox.OutlookRecurrence{Type: "absoluteMonthly", DayOfMonth: 31, From: midnight(2025, 10, 31)}),
			func(d time.Time) bool { return !d.Before(midnight(2025, 10, 31)) && d.AddDate(0, 0, 1).Day() == 1 }},
		{"the last weekday", event(on(2026, 1, 30, 16, 0), time.Hour, sandbox.OutlookRecurrence{Type: "relativeMonthly", Index: "last", Days: []time.Weekday{1, 2, 3, 4, 5}, From: midnight(2026, 1, 30)}),
			func(d time.Time) bool {
				left := 0
				for next := d.AddDate(0, 0, 1); next.Month() == d.Month(); next = next.AddDate(0, 0, 1) {
					if next.Weekday() != time.Saturday && next.Weekday() != time.Sunday {
						left++
					}
				}
				return !d.Before(midnight(2026, 1, 30)) && left == 0 && d.Weekday() != time.Saturday && d.Weekday() != time.Sunday
			}},
		{"the second Sunday, all day", sandbox.OutlookEvent{AllDay: true, Start: midnight(2026, 1, 11), End: midnight(2026, 1, 12), Recurrence: &sandbox.OutlookRecurrence{Type: "relativeMonthly", Interval: 2, Index: "second", Days: []time.Weekday{time.Sunday}, From: midnight(2026, 1, 11)}},
			func(d time.Time) bool {
				return !d.Before(midnight(2026, 1, 11)) && d.Weekday() == time.Sunday && (d.Day()-1)/7 == 1 && d.Month()%2 == 1
			}},
		{"every Sunday, all day", sandbox.OutlookEvent{AllDay: true, Start: midnight(2025, 11, 2), End: midnight(2025, 11, 3), Recurrence: &sandbox.OutlookRecurrence{Type: "weekly", Days: []time.Weekday{time.Sunday}, From: midnight(2025, 11, 2)}},
			func(d time.Time) bool { return !d.Before(midnight(2025, 11, 2)) && d.Weekday() == time.Sunday }},
		{"leap day", event(on(2024, 2, 29, 8, 0), time.Hour, sandbox.OutlookRecurrence{Type: "absoluteYearly", DayOfMonth: 29, Month: time.February, From: midnight(2024, 2, 29)}),
			func(d time.Time) bool {
				return !d.Before(midnight(2024, 2, 29)) && d.Month() == time.February && d.AddDate(0, 0, 1).Month() == time.March
			}},
		{"Thanksgiving", event(on(2024, 11, 28, 0, 0), 24*time.Hour, sandbox.OutlookRecurrence{Type: "relativeYearly", Index: "fourth", Days: []time.Weekday{time.Thursday}, Month: time.November, From: midnight(2024, 11, 28)}),
			func(d time.Time) bool {
				return !d.Before(midnight(2024, 11, 28)) && d.Month() == time.November && d.Weekday() == time.Thursday && (d.Day()-1)/7 == 3
			}},
		{"every day at noon, as in any clinic", event(on(2026, 1, 1, 12, 0), time.Hour, sandbox.OutlookRecurrence{Type: "daily", From: midnight(2026, 1, 1)}),
			func(d time.Time) bool { return !d.Before(midnight(2026, 1, 1)) }},
	}
}
