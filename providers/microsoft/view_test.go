package microsoft_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/providers/microsoft"
	"github.com/voxanne-ai/voxanne/providers/sandbox"
)

// may is a window of five weeks.
var may = microsoft.Window{From: time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC), To: time.Date(2026, 6, 5, 0, 0, 0, 0, time.UTC)}

// mirror is what a consumer keeps of a calendar, by the rules of [microsoft.Changes].
type mirror struct {
	events map[string]microsoft.Event
	link   string
}

func (m *mirror) apply(c microsoft.Changes) {
	if c.Full || m.events == nil {
		m.events = map[string]microsoft.Event{}
	}
	for id, e := range m.events {
		if slices.Contains(c.Removed, id) || slices.Contains(c.Removed, e.SeriesID) || slices.Contains(c.Whole, e.SeriesID) {
			delete(m.events, id)
		}
	}
	for _, e := range c.Events {
		m.events[e.ID] = e
	}
	m.link = c.Link
}

// starts returns when what is mirrored takes time, in Chicago.
func (m *mirror) starts(t *testing.T) []string {
	t.Helper()
	zone, err := time.LoadLocation("America/Chicago")
	require.NoError(t, err)
	var events []microsoft.Event
	for _, e := range m.events {
		events = append(events, e)
	}
	var starts []string
	for _, block := range microsoft.Busy(events, zone) {
		starts = append(starts, block.Start.In(zone).Format("01-02 15:04"))
	}
	slices.Sort(starts)
	return starts
}

// pull brings the mirror up to date, as a job would, and holds it against a mirror that is read whole.
func (b testBundle) pull(t *testing.T, m *mirror) microsoft.Changes {
	t.Helper()
	var changes microsoft.Changes
	var err error
	if m.link == "" {
		changes, err = b.account.CalendarView(t.Context(), b.calendar, may)
	} else {
		changes, err = b.account.Since(t.Context(), b.calendar, may, m.link)
	}
	require.NoError(t, err)
	m.apply(changes)
	var whole mirror
	full, err := b.account.CalendarView(t.Context(), b.calendar, may)
	require.NoError(t, err)
	whole.apply(full)
	require.Equal(t, whole.starts(t), m.starts(t))
	return changes
}

func (b testBundle) add(t *testing.T, e sandbox.OutlookEvent) string {
	t.Helper()
	if e.Zone == "" {
		e.Zone = "America/Chicago"
	}
	if e.End.IsZero() {
		e.End = e.Start.Add(time.Hour)
	}
	id, err := b.played.AddEvent(b.calendar, e)
	require.NoError(t, err)
	return id
}

func weekly(from time.Time, days ...time.Weekday) *sandbox.OutlookRecurrence {
	return &sandbox.OutlookRecurrence{Type: "weekly", Days: days, From: time.Date(from.Year(), from.Month(), from.Day(), 0, 0, 0, 0, time.UTC)}
}

func TestAViewIsReadWholeByPages(t *testing.T) {
	t.Parallel()
	b := setup(t)
	var want []string
	for day := range 8 {
		b.add(t, sandbox.OutlookEvent{Start: on(2026, 5, 4+day, 9, 0)})
		want = append(want, on(2026, 5, 4+day, 9, 0).Format("01-02 15:04"))
	}
	b.add(t, sandbox.OutlookEvent{Start: on(2026, 7, 1, 9, 0)}) // outside
	before := b.played.Requests()
	var m mirror
	changes, err := b.account.CalendarView(t.Context(), b.calendar, may)
	require.NoError(t, err)
	require.Equal(t, 3, b.played.Requests()-before, "8 events, 3 on a page")
	m.apply(changes)
	require.True(t, changes.Full)
	require.Equal(t, want, m.starts(t))
	quiet, err := b.account.Since(t.Context(), b.calendar, may, m.link)
	require.NoError(t, err)
	require.Empty(t, quiet.Events)
	require.Empty(t, quiet.Removed)
	require.NotEqual(t, m.link, quiet.Link)
}

func TestChangesOfSingleEventsCome(t *testing.T) {
	t.Parallel()
	b := setup(t)
	var m mirror
	first := b.add(t, sandbox.OutlookEvent{Start: on(2026, 5, 4, 9, 0)})
	far := b.add(t, sandbox.OutlookEvent{Start: on(2026, 8, 4, 9, 0)})
	b.pull(t, &m)
	require.Equal(t, []string{"05-04 09:00"}, m.starts(t))

	b.add(t, sandbox.OutlookEvent{Start: on(2026, 5, 5, 9, 0)})
	require.NoError(t, b.played.ChangeEvent(first, func(e *sandbox.OutlookEvent) { e.Start, e.End = on(2026, 5, 6, 10, 0), on(2026, 5, 6, 11, 0) }))
	require.NoError(t, b.played.ChangeEvent(far, func(e *sandbox.OutlookEvent) { e.Subject = "still far" }))
	changes := b.pull(t, &m)
	require.Equal(t, []string{"05-05 09:00", "05-06 10:00"}, m.starts(t))
	require.Equal(t, []string{far}, changes.Removed, "what is outside the window comes as removed")

	require.NoError(t, b.played.ChangeEvent(first, func(e *sandbox.OutlookEvent) { e.Start, e.End = on(2026, 9, 6, 10, 0), on(2026, 9, 6, 11, 0) }))
	require.NoError(t, b.played.ChangeEvent(far, func(e *sandbox.OutlookEvent) { e.Start, e.End = on(2026, 5, 7, 8, 0), on(2026, 5, 7, 9, 0) }))
	b.pull(t, &m)
	require.Equal(t, []string{"05-05 09:00", "05-07 08:00"}, m.starts(t))

	require.NoError(t, b.played.RemoveEvent(far))
	b.pull(t, &m)
	require.Equal(t, []string{"05-05 09:00"}, m.starts(t))
}

func TestOccurrencesTakeAfterTheirSeries(t *testing.T) {
	t.Parallel()
	b := setup(t)
	var m mirror
	series := b.add(t, sandbox.OutlookEvent{Subject: "Rounds", Start: on(2026, 5, 4, 9, 0), Recurrence: weekly(on(2026, 5, 4, 0, 0), time.Monday)})
	b.add(t, sandbox.OutlookEvent{Start: on(2026, 1, 7, 13, 0), ShowAs: "free", Recurrence: weekly(on(2026, 1, 7, 0, 0), time.Wednesday)})
	b.add(t, sandbox.OutlookEvent{Start: on(2026, 1, 8, 0, 0), End: on(2026, 1, 9, 0, 0), AllDay: true, ShowAs: "oof",
		Recurrence: &sandbox.OutlookRecurrence{Type: "absoluteMonthly", DayOfMonth: 8, From: on(2026, 1, 8, 0, 0)}})
	changes := b.pull(t, &m)
	require.Len(t, changes.Whole, 2, "of the two that began before the window")
	require.Equal(t, []string{"05-04 09:00", "05-08 00:00", "05-11 09:00", "05-18 09:00", "05-25 09:00", "06-01 09:00"}, m.starts(t))
	for _, e := range m.events {
		require.Contains(t, []string{microsoft.Occurrence}, e.Kind)
		if e.SeriesID == series {
			require.Equal(t, "Rounds", e.Subject)
		}
	}

	require.NoError(t, b.played.ChangeEvent(series, func(e *sandbox.OutlookEvent) { e.ShowAs = "free" }))
	changes = b.pull(t, &m)
	require.Equal(t, []string{series}, changes.Whole, "only the series itself is told")
	require.Equal(t, []string{"05-08 00:00"}, m.starts(t))
}

func TestExceptionsAndRemovedOccurrences(t *testing.T) {
	t.Parallel()
	b := setup(t)
	var m mirror
	series := b.add(t, sandbox.OutlookEvent{Start: on(2026, 5, 4, 9, 0), Recurrence: weekly(on(2026, 5, 4, 0, 0), time.Monday)})
	b.pull(t, &m)
	require.NoError(t, b.played.ChangeOccurrence(series, on(2026, 5, 11, 0, 0), func(e *sandbox.OutlookEvent) {
		e.Start, e.End = on(2026, 5, 12, 14, 0), on(2026, 5, 12, 15, 0)
	}))
	require.NoError(t, b.played.RemoveOccurrence(series, on(2026, 5, 18, 0, 0)))
	require.NoError(t, b.played.ChangeOccurrence(series, on(2026, 5, 25, 0, 0), func(e *sandbox.OutlookEvent) { e.Response = "declined" }))
	b.pull(t, &m)
	require.Equal(t, []string{"05-04 09:00", "05-12 14:00", "06-01 09:00"}, m.starts(t))
	require.ErrorIs(t, b.played.RemoveOccurrence(series, on(2026, 5, 18, 0, 0)), sandbox.ErrNoSuchEvent)

	require.NoError(t, b.played.ChangeEvent(series, func(e *sandbox.OutlookEvent) { e.Recurrence = weekly(on(2026, 5, 4, 0, 0), time.Tuesday) }))
	b.pull(t, &m)
	require.Equal(t, []string{"05-05 09:00", "05-12 09:00", "05-19 09:00", "05-26 09:00", "06-02 09:00"}, m.starts(t))
	require.NoError(t, b.played.RemoveEvent(series))
	b.pull(t, &m)
	require.Empty(t, m.starts(t))
}

func TestOurOwnEventsAreKnownInAView(t *testing.T) {
	t.Parallel()
	b := setup(t)
	var m mirror
	made, err := b.account.CreateEvent(t.Context(), b.calendar, draft(nine))
	require.NoError(t, err)
	b.pull(t, &m)
	require.Empty(t, m.starts(t), "the appointment stands for it")
	require.Equal(t, appointment, m.events[made.ID].Appointment)

	require.NoError(t, b.played.ChangeEvent(made.ID, func(e *sandbox.OutlookEvent) { e.Start, e.End = e.Start.Add(time.Hour), e.End.Add(time.Hour) }))
	b.pull(t, &m)
	require.True(t, nine.Add(time.Hour).Equal(m.events[made.ID].Start.At(time.UTC)), "moved by staff")

	require.NoError(t, b.played.ChangeEvent(made.ID, func(e *sandbox.OutlookEvent) { e.Recurrence = weekly(nine, time.Monday) }))
	b.pull(t, &m)
	require.Len(t, m.starts(t), 5, "staff made a series of it: then it takes time")
}

func TestALinkThatIsGoneBeginsAnew(t *testing.T) {
	t.Parallel()
	b := setup(t)
	var m mirror
	b.add(t, sandbox.OutlookEvent{Start: on(2026, 5, 4, 9, 0)})
	b.pull(t, &m)
	b.played.ExpireDeltaLinks()
	_, err := b.account.Since(t.Context(), b.calendar, may, m.link)
	require.ErrorIs(t, err, microsoft.ErrGone)
	discreet(t, b, err)
	for _, link := range []string{"", "nonsense", b.url + "/v1.0/"} {
		_, err = b.account.Since(t.Context(), b.calendar, may, link)
		require.Error(t, err, link)
	}
	b.played.Fail(sandbox.Failure{Status: 410}) // within a full round
	_, err = b.account.CalendarView(t.Context(), b.calendar, may)
	var unavailable *microsoft.UnavailableError
	require.ErrorAs(t, err, &unavailable, "a full round is what to do about it already")
}

func TestOfARowThatComesTwiceTheLastHolds(t *testing.T) {
	t.Parallel()
	const row = `{"id":"a","type":"singleInstance","showAs":"%s","start":{"dateTime":"2026-05-04T09:00:00.0000000","timeZone":"UTC"},"end":{"dateTime":"2026-05-04T10:00:00.0000000","timeZone":"UTC"}}`
	const removed = `{"id":"a","@removed":{"reason":"deleted"}}`
	for name, c := range map[string]struct {
		rows         string
		events, gone int
	}{
		"changed":         {replace(row, "free") + "," + replace(row, "busy"), 1, 0},
		"removed at last": {replace(row, "busy") + "," + removed, 0, 1},
		"made anew":       {removed + "," + replace(row, "busy"), 1, 0},
		"removed is null": {`{"@removed":null,` + replace(row, "busy")[1:], 1, 0},
	} {
		b := againstView(t, `{"value":[`+c.rows+`],"@odata.deltaLink":"SELF/v1.0/x?$deltatoken=1"}`)
		changes, err := b.account.CalendarView(t.Context(), "c", may)
		require.NoError(t, err, name)
		require.Len(t, changes.Events, c.events, name)
		require.Len(t, changes.Removed, c.gone, name)
		if c.events == 1 {
			require.Equal(t, "busy", changes.Events[0].ShowAs, name)
		}
	}
	for _, rows := range []string{`{}`, `{"id":"a"}`, `{"id":"a","start":{"dateTime":"x"}}`, `null`, `{"@removed":{}}`} {
		b := againstView(t, `{"value":[`+rows+`],"@odata.deltaLink":"SELF/v1.0/x"}`)
		_, err := b.account.CalendarView(t.Context(), "c", may)
		var unavailable *microsoft.UnavailableError
		require.ErrorAs(t, err, &unavailable, rows)
	}
}

func replace(row, showAs string) string { return strings.Replace(row, "%s", showAs, 1) }

// againstView answers every request with this body, in which SELF is the server's address.
func againstView(t *testing.T, body string) testBundle {
	t.Helper()
	var self string
	b := against(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte(strings.ReplaceAll(body, "SELF", self)))
	}))
	self = b.url
	return b
}
