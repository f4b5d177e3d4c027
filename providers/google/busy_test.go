package google_test

import (
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/providers/google"
)

func zone(t *testing.T, name string) *time.Location {
	t.Helper()
	location, err := time.LoadLocation(name)
	require.NoError(t, err)
	return location
}

func TestEventIDsAreOfAppointments(t *testing.T) {
	t.Parallel()
	appointment := uuid.MustParse("0191f2a4-7c1e-7d2a-9b3c-fedcba987654")
	id := google.EventID(appointment)
	require.Regexp(t, `^[a-v0-9]{5,64}$`, id, "Google takes nothing else")
	of, ours := google.AppointmentOf(id)
	require.True(t, ours)
	require.Equal(t, appointment, of)
	for _, other := range []string{"", "vo", id + "_20260504T150000Z", id + "00", id[:len(id)-2], "vo" + id, "VO" + id[2:], "vozz" + id[4:]} {
		_, ours := google.AppointmentOf(other)
		require.False(t, ours, other)
	}
}

func TestWhatBlocksTime(t *testing.T) {
	t.Parallel()
	appointment, elsewhere := uuid.New(), uuid.New()
	usual := google.Event{ID: "e", Status: google.StatusConfirmed, Start: google.When{Time: moment(t, "2026-05-04T15:00:00Z")},
		End: google.When{Time: moment(t, "2026-05-04T16:00:00Z")}}
	for name, c := range map[string]struct {
		change func(*google.Event)
		busy   bool
	}{
		"confirmed":                   {func(*google.Event) {}, true},
		"tentative":                   {func(e *google.Event) { e.Status = google.StatusTentative }, true},
		"unknown status":              {func(e *google.Event) { e.Status = "new" }, true},
		"cancelled":                   {func(e *google.Event) { e.Status = google.StatusCancelled }, false},
		"transparent":                 {func(e *google.Event) { e.Transparent = true }, false},
		"declined":                    {func(e *google.Event) { e.Response = "declined" }, false},
		"not answered":                {func(e *google.Event) { e.Response = "needsAction" }, true},
		"perhaps":                     {func(e *google.Event) { e.Response = "tentative" }, true},
		"of our appointment":          {func(e *google.Event) { e.ID = google.EventID(appointment) }, false},
		"of another clinic's":         {func(e *google.Event) { e.ID = google.EventID(elsewhere) }, true},
		"an instance of ours":         {func(e *google.Event) { e.ID = google.EventID(appointment) + "_20260504T150000Z" }, true},
		"a copy of ours":              {func(e *google.Event) { e.Private = map[string]string{"appointment": appointment.String()} }, true},
		"without length":              {func(e *google.Event) { e.End = e.Start }, false},
		"cancelled with its id alone": {func(e *google.Event) { *e = google.Event{ID: "e", Status: google.StatusCancelled} }, false},
	} {
		e := usual
		c.change(&e)
		spans := google.Busy([]google.Event{e}, time.UTC, func(id uuid.UUID) bool { return id == appointment })
		if !c.busy {
			require.Empty(t, spans, name)
			continue
		}
		require.Equal(t, []google.Span{{EventID: e.ID, Start: usual.Start.Time, End: usual.End.Time}}, spans, name)
	}
	ours := usual
	ours.ID = google.EventID(appointment)
	require.Len(t, google.Busy([]google.Event{ours}, time.UTC, nil), 1, "without knowing, nothing is ours")
}

func TestSpansAreInOrder(t *testing.T) {
	t.Parallel()
	at := func(id, start string) google.Event {
		from := moment(t, start)
		return google.Event{ID: id, Start: google.When{Time: from}, End: google.When{Time: from.Add(time.Hour)}}
	}
	spans := google.Busy([]google.Event{at("c", "2026-05-05T00:00:00Z"), at("b", "2026-05-04T00:00:00Z"), at("a", "2026-05-05T00:00:00Z")}, time.UTC, nil)
	require.Equal(t, []string{"b", "a", "c"}, []string{spans[0].EventID, spans[1].EventID, spans[2].EventID})
}

func TestAllDayIsFromMidnightToMidnightThere(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ zone, from, to, start, end string }{
		"usual":                     {"America/New_York", "2026-05-04", "2026-05-05", "2026-05-04T04:00:00Z", "2026-05-05T04:00:00Z"},
		"several":                   {"Europe/London", "2026-05-04", "2026-05-07", "2026-05-03T23:00:00Z", "2026-05-06T23:00:00Z"},
		"23 hours":                  {"America/New_York", "2026-03-08", "2026-03-09", "2026-03-08T05:00:00Z", "2026-03-09T04:00:00Z"},
		"25 hours":                  {"Europe/London", "2026-10-25", "2026-10-26", "2026-10-24T23:00:00Z", "2026-10-26T00:00:00Z"},
		"half an hour more":         {"Australia/Lord_Howe", "2026-04-05", "2026-04-06", "2026-04-04T13:00:00Z", "2026-04-05T13:30:00Z"},
		"no midnight":               {"Africa/Cairo", "2026-04-24", "2026-04-25", "2026-04-23T22:00:00Z", "2026-04-24T21:00:00Z"},
		"before no midnight":        {"Africa/Cairo", "2026-04-23", "2026-04-24", "2026-04-22T22:00:00Z", "2026-04-23T22:00:00Z"},
		"an hour before midnight":   {"Africa/Cairo", "2026-10-29", "2026-10-30", "2026-10-28T21:00:00Z", "2026-10-29T22:00:00Z"},
		"midnight twice":            {"America/Havana", "2026-11-01", "2026-11-02", "2026-11-01T04:00:00Z", "2026-11-02T05:00:00Z"},
		"before midnight twice":     {"America/Havana", "2026-10-31", "2026-11-01", "2026-10-31T04:00:00Z", "2026-11-01T04:00:00Z"},
		"far east":                  {"Pacific/Kiritimati", "2026-05-04", "2026-05-05", "2026-05-03T10:00:00Z", "2026-05-04T10:00:00Z"},
		"far west":                  {"Pacific/Pago_Pago", "2026-05-04", "2026-05-05", "2026-05-04T11:00:00Z", "2026-05-05T11:00:00Z"},
		"clocks changed before now": {"America/Sao_Paulo", "2018-11-04", "2018-11-05", "2018-11-04T03:00:00Z", "2018-11-05T02:00:00Z"},
	} {
		e := google.Event{ID: "e", Start: google.When{Date: c.from}, End: google.When{Date: c.to}}
		require.Equal(t, []google.Span{{EventID: "e", Start: moment(t, c.start), End: moment(t, c.end)}},
			google.Busy([]google.Event{e}, zone(t, c.zone), nil), name)
	}
}
