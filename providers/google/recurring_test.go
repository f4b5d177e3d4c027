package google_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/providers/google"
	"github.com/voxanne-ai/voxanne/providers/sandbox"
)

// series is a recurring event, and when it takes place by stepping through the days of a wall calendar.
type series struct {
	rule  string
	hour  int
	takes func(day time.Time, nth int) bool // day is a date; nth counts the days since the first
}

// seriesOf are rules whose days are easily told without a library. The first day is Monday, 5 January 2026.
func seriesOf() map[string]series {
	return map[string]series{
		"every day":              {"RRULE:FREQ=DAILY", 9, func(time.Time, int) bool { return true }},
		"every third day":        {"RRULE:FREQ=DAILY;INTERVAL=3", 22, func(_ time.Time, nth int) bool { return nth%3 == 0 }},
		"every Monday":           {"RRULE:FREQ=WEEKLY", 0, func(day time.Time, _ int) bool { return day.Weekday() == time.Monday }},
		"Mondays and Thursdays":  {"RRULE:FREQ=WEEKLY;BYDAY=MO,TH", 8, func(day time.Time, _ int) bool { return day.Weekday() == time.Monday || day.Weekday() == time.Thursday }},
		"every other Monday":     {"RRULE:FREQ=WEEKLY;INTERVAL=2", 17, func(_ time.Time, nth int) bool { return nth%14 == 0 }},
		"the fifth of the month": {"RRULE:FREQ=MONTHLY", 12, func(day time.Time, _ int) bool { return day.Day() == 5 }},
		"first Mondays":          {"RRULE:FREQ=MONTHLY;BYDAY=1MO", 13, func(day time.Time, _ int) bool { return day.Weekday() == time.Monday && day.Day() <= 7 }},
		"ten times":              {"RRULE:FREQ=DAILY;COUNT=10", 10, func(_ time.Time, nth int) bool { return nth < 10 }},
		"until midsummer":        {"RRULE:FREQ=DAILY;UNTIL=20260621T235959Z", 11, func(day time.Time, _ int) bool { return day.Before(time.Date(2026, 6, 22, 0, 0, 0, 0, time.UTC)) }},
	}
}

// expected steps through the year day by day. No rule has a time that clocks skip or show twice, but all-day events in Santiago
// begin at a midnight that there is not, once: an hour later then.
func (s series) expected(place *time.Location, allDay bool) []string {
	var spans []string
	for nth := range 361 { // to the end of 2026
		day := time.Date(2026, 1, 5+nth, 0, 0, 0, 0, time.UTC)
		if !s.takes(day, nth) {
			continue
		}
		from := time.Date(2026, 1, 5+nth, s.hour, 15, 0, 0, place)
		to := from.Add(45 * time.Minute)
		if allDay {
			from, to = midnight(5+nth, place), midnight(6+nth, place)
		}
		spans = append(spans, from.UTC().Format(time.RFC3339)+" "+to.UTC().Format(time.RFC3339))
	}
	return spans
}

// midnight looks for the first moment of a day of January 2026, counted on, minute by minute around where it should be.
func midnight(day int, place *time.Location) time.Time {
	date := time.Date(2026, 1, day, 12, 0, 0, 0, place).Format(time.DateOnly)
	at := time.Date(2026, 1, day, 0, 0, 0, 0, place).Add(-2 * time.Hour)
	for at.Format(time.DateOnly) != date {
		at = at.Add(time.Minute)
	}
	return at
}

// fiveZones have their clocks changed on five different nights; one by half an hour, and one not at all.
func fiveZones() []string {
	return []string{"America/New_York", "Europe/London", "Australia/Lord_Howe", "America/Santiago", "Asia/Kolkata"}
}

func TestAYearOfRecurringEventsInFiveZones(t *testing.T) {
	t.Parallel()
	for _, name := range fiveZones() {
		for what, s := range seriesOf() {
			for _, allDay := range []bool{false, true} {
				t.Run(fmt.Sprintf("%s/%s/%t", name, what, allDay), func(t *testing.T) {
					t.Parallel()
					compareYear(t, name, s, allDay)
				})
			}
		}
	}
}

func compareYear(t *testing.T, name string, s series, allDay bool) {
	t.Helper()
	b := setup(t)
	room := b.played.AddCalendar(owner, "Room", name)
	place := zone(t, name)
	start := time.Date(2026, 1, 5, s.hour, 15, 0, 0, place)
	e := sandbox.GoogleEvent{Start: sandbox.At(start, name), End: sandbox.At(start.Add(45*time.Minute), name), Recurrence: []string{s.rule}}
	if allDay {
		e.Start, e.End = sandbox.On("2026-01-05"), sandbox.On("2026-01-06")
	}
	b.played.Add(room, e)
	pulled, err := b.account(t).Pull(t.Context(), room, google.Query{Min: time.Date(2026, 1, 1, 0, 0, 0, 0, place), Max: time.Date(2027, 1, 1, 0, 0, 0, 0, place)})
	require.NoError(t, err)
	require.Equal(t, s.expected(place, allDay), times(google.Busy(pulled.Events, place, nil)))
}

func times(spans []google.Span) []string {
	var all []string
	for _, s := range spans {
		all = append(all, s.Start.Format(time.RFC3339)+" "+s.End.Format(time.RFC3339))
	}
	return all
}

func TestHoursThatClocksSkipOrShowTwice(t *testing.T) {
	t.Parallel()
	b := setup(t)
	place := zone(t, zoneName)
	a := b.account(t)
	for start, want := range map[time.Time]string{
		time.Date(2026, 3, 7, 2, 30, 0, 0, place):   "2026-03-08T07:30:00Z 2026-03-08T08:30:00Z", // skipped: half past three
		time.Date(2026, 10, 31, 1, 30, 0, 0, place): "2026-11-01T05:30:00Z 2026-11-01T06:30:00Z", // twice: the first
	} {
		b.played.Add(owner, sandbox.GoogleEvent{Start: sandbox.At(start, ""), End: sandbox.At(start.Add(time.Hour), ""), Recurrence: []string{"RRULE:FREQ=DAILY;COUNT=2"}})
		pulled, err := a.Pull(t.Context(), owner, google.Query{Min: start.Add(12 * time.Hour), Max: start.Add(48 * time.Hour)})
		require.NoError(t, err)
		require.Equal(t, []string{want}, times(google.Busy(pulled.Events, place, nil)))
	}
}

func TestTheEndOfASeriesIsAMoment(t *testing.T) {
	t.Parallel()
	b := setup(t)
	start := time.Date(2026, 1, 5, 22, 15, 0, 0, zone(t, zoneName))
	b.played.Add(owner, sandbox.GoogleEvent{Start: sandbox.At(start, zoneName), End: sandbox.At(start.Add(time.Hour), zoneName),
		Recurrence: []string{"RRULE:FREQ=DAILY;UNTIL=20260107T011500Z"}}) // before ten on the sixth, there
	pulled, err := b.account(t).Pull(t.Context(), owner, may(t))
	require.NoError(t, err)
	require.Equal(t, []string{"2026-01-06T03:15:00Z 2026-01-06T04:15:00Z"}, times(google.Busy(pulled.Events, time.UTC, nil)))
}

func TestInstancesAreMovedAndCancelledByThemselves(t *testing.T) {
	t.Parallel()
	b := setup(t)
	a := b.account(t)
	e := meeting(t, "2026-05-04T15:00:00Z")
	e.Recurrence = []string{"RRULE:FREQ=WEEKLY;COUNT=4", "EXDATE;TZID=America/New_York:20260525T110000"}
	id := b.played.Add(owner, e)
	full, err := a.Pull(t.Context(), owner, may(t))
	require.NoError(t, err)
	instances := []string{id + "_20260504T150000Z confirmed", id + "_20260511T150000Z confirmed", id + "_20260518T150000Z confirmed"}
	require.Equal(t, instances, ids(full.Events), "the recurring event itself is not among them")
	require.Equal(t, id, full.Events[0].Series)

	require.True(t, b.played.Move(owner, id+"_20260511T150000Z", moment(t, "2026-05-12T18:00:00Z"), moment(t, "2026-05-12T19:00:00Z")))
	require.True(t, b.played.Delete(owner, id+"_20260518T150000Z"))
	changed, err := a.Pull(t.Context(), owner, google.Query{SyncToken: full.SyncToken})
	require.NoError(t, err)
	require.Equal(t, []string{id + "_20260511T150000Z confirmed", id + "_20260518T150000Z cancelled"}, ids(changed.Events))
	require.Equal(t, moment(t, "2026-05-11T15:00:00Z"), changed.Events[0].Original.Time)
	require.Equal(t, moment(t, "2026-05-12T18:00:00Z"), changed.Events[0].Start.Time)

	// The series gets another end: what has changes of its own keeps them.
	b.played.Change(owner, id, func(e *sandbox.GoogleEvent) { e.Recurrence = []string{"RRULE:FREQ=WEEKLY;COUNT=5"} })
	full, err = a.Pull(t.Context(), owner, may(t))
	require.NoError(t, err)
	require.Equal(t, []string{"2026-05-04T15:00:00Z 2026-05-04T16:00:00Z", "2026-05-12T18:00:00Z 2026-05-12T19:00:00Z",
		"2026-05-25T15:00:00Z 2026-05-25T16:00:00Z", "2026-06-01T15:00:00Z 2026-06-01T16:00:00Z"},
		times(google.Busy(full.Events, time.UTC, nil)))
}

// A mirror that applies changes by id holds, after every edit of a series, what a listing in full holds.
func TestChangesOfASeriesReachAMirror(t *testing.T) {
	t.Parallel()
	b := setup(t)
	a := b.account(t)
	b.played.LimitPages(5)
	single := b.played.Add(owner, meeting(t, "2026-05-04T15:00:00Z"))
	mirror := map[string]google.Event{}
	query := may(t)
	edits := []func(){
		func() { b.played.MakeRecurring(owner, single, "RRULE:FREQ=WEEKLY;COUNT=6") },
		func() {
			b.played.Move(owner, single, moment(t, "2026-05-05T17:00:00Z"), moment(t, "2026-05-05T18:00:00Z"))
		},
		func() { b.played.Delete(owner, single+"_20260512T170000Z") },
		func() { b.played.MakeRecurring(owner, single, "RRULE:FREQ=WEEKLY;COUNT=3") },
		func() { b.played.MakeRecurring(owner, single) },
		func() { b.played.MakeRecurring(owner, single, "RRULE:FREQ=MONTHLY;COUNT=3") },
		func() { b.played.Delete(owner, single) },
	}
	for i := range len(edits) + 1 {
		changed, err := a.Pull(t.Context(), owner, query)
		require.NoError(t, err)
		for _, e := range changed.Events {
			mirror[e.ID] = e
		}
		full, err := a.Pull(t.Context(), owner, may(t))
		require.NoError(t, err)
		mirrored := []google.Event{}
		for _, e := range mirror {
			mirrored = append(mirrored, e)
		}
		want := google.Busy(full.Events, time.UTC, nil)
		require.Equal(t, want, google.Busy(mirrored, time.UTC, nil), "after edit %d", i)
		require.Len(t, want, []int{1, 6, 6, 5, 2, 1, 3, 0}[i])
		query = google.Query{SyncToken: changed.SyncToken}
		if i < len(edits) {
			edits[i]()
		}
	}
	require.True(t, slices.ContainsFunc(b.played.Events(owner), func(e sandbox.GoogleEvent) bool { return e.Status == "cancelled" }))
}
