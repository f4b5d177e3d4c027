package microsoft_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/providers/microsoft"
)

func moment(wall time.Time, zone string) microsoft.Moment {
	return microsoft.Moment{Wall: wall, Zone: zone}
}

func zoneOf(t *testing.T, name string) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation(name)
	require.NoError(t, err)
	return zone
}

func TestBusyCountsWhatTakesTime(t *testing.T) {
	t.Parallel()
	chicago := zoneOf(t, "America/Chicago")
	for name, c := range map[string]struct {
		spoil func(*microsoft.Event)
		busy  bool
	}{
		"busy":                 {func(*microsoft.Event) {}, true},
		"tentative":            {func(e *microsoft.Event) { e.ShowAs = "tentative" }, true},
		"out of office":        {func(e *microsoft.Event) { e.ShowAs = "oof" }, true},
		"working elsewhere":    {func(e *microsoft.Event) { e.ShowAs = "workingElsewhere" }, true},
		"unknown":              {func(e *microsoft.Event) { e.ShowAs = "unknown" }, true},
		"never heard of":       {func(e *microsoft.Event) { e.ShowAs = "asleep" }, true},
		"free":                 {func(e *microsoft.Event) { e.ShowAs = "free" }, false},
		"cancelled":            {func(e *microsoft.Event) { e.Cancelled = true }, false},
		"declined":             {func(e *microsoft.Event) { e.Response = "declined" }, false},
		"not answered":         {func(e *microsoft.Event) { e.Response = "notResponded" }, true},
		"tentatively accepted": {func(e *microsoft.Event) { e.Response = "tentativelyAccepted" }, true},
		"ours":                 {func(e *microsoft.Event) { e.Appointment = appointment }, false},
		"occurrence":           {func(e *microsoft.Event) { e.Kind, e.SeriesID = microsoft.Occurrence, "s" }, true},
		"exception":            {func(e *microsoft.Event) { e.Kind, e.SeriesID = microsoft.Exception, "s" }, true},
		"series":               {func(e *microsoft.Event) { e.Kind = microsoft.Series }, false},
		"no length":            {func(e *microsoft.Event) { e.End = e.Start }, false},
		"backwards":            {func(e *microsoft.Event) { e.Start, e.End = e.End, e.Start }, false},
	} {
		e := microsoft.Event{ID: "e", Kind: microsoft.Single, ShowAs: "busy", Response: "organizer",
			Start: moment(on(2026, 5, 4, 14, 0), "UTC"), End: moment(on(2026, 5, 4, 15, 0), "UTC")}
		c.spoil(&e)
		blocks := microsoft.Busy([]microsoft.Event{e}, chicago)
		if !c.busy {
			require.Empty(t, blocks, name)
			continue
		}
		require.Len(t, blocks, 1, name)
		require.Equal(t, []string{"e", e.SeriesID}, []string{blocks[0].EventID, blocks[0].SeriesID}, name)
		require.True(t, on(2026, 5, 4, 14, 0).Equal(blocks[0].Start) && on(2026, 5, 4, 15, 0).Equal(blocks[0].End), name)
	}
}

func TestBusyReadsZones(t *testing.T) {
	t.Parallel()
	chicago := zoneOf(t, "America/Chicago")
	for name, c := range map[string]struct {
		zone  string
		wall  time.Time
		start time.Time
	}{
		"Windows, winter":      {"Central Standard Time", on(2026, 1, 5, 9, 0), on(2026, 1, 5, 15, 0)},
		"Windows, summer":      {"Central Standard Time", on(2026, 7, 6, 9, 0), on(2026, 7, 6, 14, 0)},
		"IANA":                 {"Europe/London", on(2026, 7, 6, 9, 0), on(2026, 7, 6, 8, 0)},
		"custom is the clinic": {"tzone://Microsoft/Custom", on(2026, 7, 6, 9, 0), on(2026, 7, 6, 14, 0)},
		"none is the clinic":   {"", on(2026, 7, 6, 9, 0), on(2026, 7, 6, 14, 0)},
		"in the gap":           {"Central Standard Time", on(2026, 3, 8, 2, 30), on(2026, 3, 8, 8, 30)},
		"after the gap":        {"Central Standard Time", on(2026, 3, 8, 3, 0), on(2026, 3, 8, 8, 0)},
		"before the gap":       {"Central Standard Time", on(2026, 3, 8, 1, 59), on(2026, 3, 8, 7, 59)},
		"the first of two":     {"Central Standard Time", on(2026, 11, 1, 1, 30), on(2026, 11, 1, 6, 30)},
		"before the two":       {"Central Standard Time", on(2026, 11, 1, 0, 59), on(2026, 11, 1, 5, 59)},
		"after the two":        {"Central Standard Time", on(2026, 11, 1, 2, 0), on(2026, 11, 1, 8, 0)},
		"half an hour's gap":   {"Lord Howe Standard Time", on(2026, 10, 4, 2, 15), on(2026, 10, 3, 15, 45)},
	} {
		e := microsoft.Event{Start: moment(c.wall, c.zone), End: moment(c.wall.Add(48*time.Hour), c.zone)}
		start, _ := e.Span(chicago)
		require.Equal(t, c.start.Format(time.DateTime), start.UTC().Format(time.DateTime), name)
	}
}

func TestWhatBeginsInTheGapKeepsItsLength(t *testing.T) {
	t.Parallel()
	e := microsoft.Event{Start: moment(on(2026, 3, 8, 2, 30), "Central Standard Time"), End: moment(on(2026, 3, 8, 3, 30), "Central Standard Time")}
	start, end := e.Span(time.UTC)
	require.Equal(t, "2026-03-08 08:30:00", start.UTC().Format(time.DateTime))
	require.Equal(t, time.Hour, end.Sub(start))
}

func TestAllDayIsFromMidnightToMidnightInTheCalendarsZone(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		zone  string
		date  time.Time
		days  int
		start string // in UTC
		hours float64
	}{
		"winter":                          {"America/Chicago", on(2026, 1, 5, 0, 0), 1, "2026-01-05 06:00:00", 24},
		"spring forward":                  {"America/Chicago", on(2026, 3, 8, 0, 0), 1, "2026-03-08 06:00:00", 23},
		"fall back":                       {"America/Chicago", on(2026, 11, 1, 0, 0), 1, "2026-11-01 05:00:00", 25},
		"three days over spring":          {"America/Chicago", on(2026, 3, 7, 0, 0), 3, "2026-03-07 06:00:00", 71},
		"London, fall back":               {"Europe/London", on(2026, 10, 25, 0, 0), 1, "2026-10-24 23:00:00", 25},
		"half an hour":                    {"Australia/Lord_Howe", on(2026, 10, 4, 0, 0), 1, "2026-10-03 13:30:00", 23.5},
		"no midnight (Santiago, spring)":  {"America/Santiago", on(2026, 9, 6, 0, 0), 1, "2026-09-06 04:00:00", 23},
		"midnight twice (Havana, autumn)": {"America/Havana", on(2026, 11, 1, 0, 0), 1, "2026-11-01 04:00:00", 25},
		"evening twice (Santiago)":        {"America/Santiago", on(2026, 4, 4, 0, 0), 1, "2026-04-04 03:00:00", 25},
		"no midnight (Toronto, 1919)":     {"America/Toronto", on(1919, 3, 31, 0, 0), 1, "1919-03-31 04:30:00", 23.5}, // 23:30 became 0:30
		"far east":                        {"Pacific/Auckland", on(2026, 7, 6, 0, 0), 1, "2026-07-05 12:00:00", 24},
	} {
		for _, written := range []string{"UTC", "Tokyo Standard Time"} { // whatever zone was asked for: dates float
			e := microsoft.Event{AllDay: true, Start: moment(c.date, written), End: moment(c.date.AddDate(0, 0, c.days), written)}
			start, end := e.Span(zoneOf(t, c.zone))
			require.Equal(t, c.start, start.UTC().Format(time.DateTime), name)
			require.InDelta(t, c.hours, end.Sub(start).Hours(), 0, name)
		}
	}
}

func TestParseMoment(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"2026-05-04T09:00:00.0000000": "2026-05-04 09:00:00", "2026-05-04T09:00:00": "2026-05-04 09:00:00",
		"2026-05-04T09:00:00.5Z": "2026-05-04 09:00:00", "2026-05-04": "", "": "", "2026-13-04T09:00:00": "",
		"0001-01-01T00:00:00": "", "9999-01-01T00:00:00": "", "2026-05-04T09:00:00+02:00": "",
	} {
		m, err := microsoft.ParseMoment(text, "UTC")
		require.Equal(t, want == "", err != nil, text)
		if err == nil {
			require.Equal(t, want, m.Wall.Format(time.DateTime), text)
		}
	}
}
