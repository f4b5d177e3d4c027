package calendar_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/providers/calendar"
)

// autumn reads October and November, whole unless a token is put in.
func (p played) autumn(t *testing.T) calendar.Reading {
	t.Helper()
	from := at(t, 10, 1, 0)
	return calendar.Reading{CalendarID: p.calendarID, Zone: from.Location(), From: from, To: at(t, 12, 1, 0)}
}

// mirror keeps blocks as the database does.
type mirror []calendar.Block

func (m mirror) apply(c calendar.Changes) mirror {
	if c.Whole {
		m = nil
	}
	m = slices.DeleteFunc(slices.Clone(m), func(b calendar.Block) bool {
		return slices.Contains(c.Removed, b.ID) || slices.Contains(c.Removed, b.SeriesID) || slices.Contains(c.Series, b.SeriesID)
	})
	return append(m, c.Blocks...)
}

// times are what is taken, in order.
func (m mirror) times() []string {
	var times []string
	for _, b := range m {
		times = append(times, b.Start.UTC().Format("01-02T15:04")+"/"+b.End.UTC().Format("01-02T15:04"))
	}
	slices.Sort(times)
	return times
}

func TestWhatTakesTime(t *testing.T) {
	t.Parallel()
	eachProvider(t, func(t *testing.T, p played) {
		hour := time.Hour
		p.add(t, entry{start: at(t, 10, 5, 9), length: hour})
		p.add(t, entry{start: at(t, 10, 6, 9), length: hour, show: "tentative"})
		p.add(t, entry{start: at(t, 10, 7, 9), length: hour, show: "free"})
		p.add(t, entry{start: at(t, 10, 8, 9), length: hour, show: "declined"})
		p.add(t, entry{start: at(t, 11, 1, 0), allDay: true})
		p.add(t, entry{start: at(t, 10, 26, 9), length: hour, weekly: 2})
		p.add(t, entry{start: at(t, 9, 30, 23), length: 2 * hour})
		p.add(t, entry{start: at(t, 9, 30, 12), length: hour})
		p.add(t, entry{start: at(t, 12, 1, 0), length: hour})
		pulled, err := p.Open(p.connect(t)).Pull(t.Context(), p.autumn(t))
		require.NoError(t, err)
		require.True(t, pulled.Whole)
		require.NotEmpty(t, pulled.Token)
		require.Empty(t, pulled.Own)
		require.Equal(t, []string{
			"10-01T04:00/10-01T06:00", "10-05T14:00/10-05T15:00", "10-06T14:00/10-06T15:00",
			"10-26T14:00/10-26T15:00", // the clocks go back on the day of 25 hours
			"11-01T05:00/11-02T06:00", "11-02T15:00/11-02T16:00",
		}, mirror(nil).apply(pulled).times())
		for _, b := range pulled.Blocks {
			require.Equal(t, b.Start.Day() == 26 || b.Start.Day() == 2, b.SeriesID != "")
		}
	})
}

func TestAnAllDayEventIsInTheCalendarsZone(t *testing.T) {
	t.Parallel()
	eachProvider(t, func(t *testing.T, p played) {
		p.add(t, entry{start: at(t, 10, 5, 0), allDay: true})
		reading := p.autumn(t)
		if p.google != nil {
			reading.Zone = time.UTC // what was known before the calendar's owner changed it: Google tells it anew
		}
		pulled, err := p.Open(p.connect(t)).Pull(t.Context(), reading)
		require.NoError(t, err)
		require.Equal(t, []string{"10-05T05:00/10-06T05:00"}, mirror(nil).apply(pulled).times())
		require.Equal(t, map[bool]string{true: zoneName, false: ""}[p.google != nil], pulled.Zone)
	})
}

func TestWhatChangedMakesTheMirrorTheWhole(t *testing.T) {
	t.Parallel()
	eachProvider(t, func(t *testing.T, p played) {
		a, reading := p.Open(p.connect(t)), p.autumn(t)
		stays := p.add(t, entry{start: at(t, 10, 5, 9), length: time.Hour})
		moves := p.add(t, entry{start: at(t, 10, 6, 9), length: time.Hour})
		leaves := p.add(t, entry{start: at(t, 10, 7, 9), length: time.Hour})
		goes := p.add(t, entry{start: at(t, 10, 8, 9), length: time.Hour})
		frees := p.add(t, entry{start: at(t, 10, 9, 9), length: time.Hour})
		began := p.add(t, entry{start: at(t, 9, 22, 14), length: time.Hour, weekly: 8})
		shifts := p.add(t, entry{start: at(t, 10, 19, 11), length: time.Hour, weekly: 4})
		ends := p.add(t, entry{start: at(t, 10, 20, 11), length: time.Hour, weekly: 3})
		repeats := p.add(t, entry{start: at(t, 10, 10, 9), length: time.Hour})
		require.NotEmpty(t, stays)
		var kept mirror
		for step, edit := range []func(){
			func() {},
			func() { p.move(t, moves, at(t, 10, 16, 10)) },
			func() { p.move(t, leaves, at(t, 12, 16, 10)) },
			func() { p.drop(t, goes); p.free(t, frees) },
			func() { p.dropOne(t, began, at(t, 10, 13, 14)) },
			func() { p.move(t, shifts, at(t, 10, 22, 15)) },
			func() { p.drop(t, ends); p.repeat(t, repeats) },
			func() { p.add(t, entry{start: at(t, 11, 3, 0), allDay: true}) },
			func() { p.move(t, leaves, at(t, 10, 30, 10)) },
			func() {},
		} {
			edit()
			changed, err := a.Pull(t.Context(), reading)
			require.NoError(t, err, step)
			require.Equal(t, step == 0, changed.Whole)
			kept, reading.Token = kept.apply(changed), changed.Token
			whole, err := a.Pull(t.Context(), p.autumn(t))
			require.NoError(t, err, step)
			require.Equal(t, mirror(nil).apply(whole).times(), kept.times(), step)
		}
		require.Len(t, kept, 1+1+1+5+4+3+1)
	})
}

func TestVisitsAreToldApart(t *testing.T) {
	t.Parallel()
	eachProvider(t, func(t *testing.T, p played) {
		a, d, reading := p.Open(p.connect(t)), visit(at(t, 10, 20, 9)), p.autumn(t)
		known, err := a.Put(t.Context(), p.calendarID, d, calendar.Known{})
		require.NoError(t, err)
		whole, err := a.Pull(t.Context(), reading)
		require.NoError(t, err)
		require.Empty(t, whole.Blocks)
		require.Len(t, whole.Own, 1)
		require.Equal(t, []any{d.Appointment, known, true, false}, []any{whole.Own[0].Appointment, whole.Own[0].Known, whole.Own[0].Busy, whole.Own[0].Deleted})
		require.True(t, whole.Own[0].Start.Equal(d.Start) && whole.Own[0].End.Equal(d.End))

		p.move(t, known.ID, at(t, 10, 21, 9))
		p.free(t, known.ID)
		reading.Token = whole.Token
		moved, err := a.Pull(t.Context(), reading)
		require.NoError(t, err)
		require.Len(t, moved.Own, 1)
		require.True(t, moved.Own[0].Start.Equal(at(t, 10, 21, 9)))
		require.False(t, moved.Own[0].Busy)
		require.NotEqual(t, known.ETag, moved.Own[0].Known.ETag)
		found, err := a.Find(t.Context(), p.calendarID, d.Appointment, calendar.Known{}, reading.Zone)
		require.NoError(t, err)
		require.Equal(t, known.ID, found.Known.ID)
		require.True(t, found.Start.Equal(at(t, 10, 21, 9)))

		p.drop(t, known.ID)
		reading.Token = moved.Token
		gone, err := a.Pull(t.Context(), reading)
		require.NoError(t, err)
		require.Contains(t, gone.Removed, known.ID)
		if p.google != nil {
			require.Len(t, gone.Own, 1)
			require.True(t, gone.Own[0].Deleted)
		}
		for _, last := range []calendar.Known{known, {}} {
			found, err = a.Find(t.Context(), p.calendarID, d.Appointment, last, reading.Zone)
			require.NoError(t, err)
			require.True(t, found.Deleted)
			require.Equal(t, d.Appointment, found.Appointment)
		}
	})
}

func TestAVisitThatLeftTheWindowIsNotDeleted(t *testing.T) {
	t.Parallel()
	eachProvider(t, func(t *testing.T, p played) {
		a, d, reading := p.Open(p.connect(t)), visit(at(t, 10, 20, 9)), p.autumn(t)
		known, err := a.Put(t.Context(), p.calendarID, d, calendar.Known{})
		require.NoError(t, err)
		whole, err := a.Pull(t.Context(), reading)
		require.NoError(t, err)
		p.move(t, known.ID, at(t, 12, 20, 9))
		reading.Token = whole.Token
		left, err := a.Pull(t.Context(), reading)
		require.NoError(t, err)
		require.Contains(t, left.Removed, known.ID)
		for _, own := range left.Own {
			require.False(t, own.Deleted)
		}
		found, err := a.Find(t.Context(), p.calendarID, d.Appointment, known, reading.Zone)
		require.NoError(t, err)
		require.False(t, found.Deleted)
		require.True(t, found.Start.Equal(at(t, 12, 20, 9)))
	})
}

func TestAVisitThatStaffRepeatIsNotDeleted(t *testing.T) {
	t.Parallel()
	eachProvider(t, func(t *testing.T, p played) {
		a, d, reading := p.Open(p.connect(t)), visit(at(t, 10, 20, 9)), p.autumn(t)
		known, err := a.Put(t.Context(), p.calendarID, d, calendar.Known{})
		require.NoError(t, err)
		whole, err := a.Pull(t.Context(), reading)
		require.NoError(t, err)
		p.repeat(t, known.ID)
		reading.Token = whole.Token
		changed, err := a.Pull(t.Context(), reading)
		require.NoError(t, err)
		require.Empty(t, changed.Own)
		require.Len(t, changed.Blocks, 3, "a series is staff's, and takes time")
		found, err := a.Find(t.Context(), p.calendarID, d.Appointment, known, reading.Zone)
		require.NoError(t, err)
		require.False(t, found.Deleted)
	})
}

func TestATokenThatIsGone(t *testing.T) {
	t.Parallel()
	eachProvider(t, func(t *testing.T, p played) {
		a, reading := p.Open(p.connect(t)), p.autumn(t)
		whole, err := a.Pull(t.Context(), reading)
		require.NoError(t, err)
		p.expireTokens()
		for _, token := range []string{whole.Token, "nonsense"} {
			reading.Token = token
			_, err = a.Pull(t.Context(), reading)
			require.ErrorIs(t, err, calendar.ErrGone)
			discreet(t, err, token)
		}
	})
}

// An event that might be at any time stops the mirror instead of being left out.
func TestAnEventThatCannotBeReadFailsThePull(t *testing.T) {
	t.Parallel()
	address := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		body := `{"items":[{"id":"a","start":{"date":"zanzibar-lilac"}}],"nextSyncToken":"t","timeZone":"UTC"}`
		if strings.HasPrefix(r.URL.Path, "/v1.0/") {
			body = `{"value":[{"id":"a","start":{"dateTime":"zanzibar-lilac"}}]}`
		}
		_, _ = w.Write([]byte(body))
	}))
	for _, p := range []calendar.Provider{googleAt(t, address), microsoftAt(t, address)} {
		_, err := p.Open(calendar.Grant{Access: "test-secret-a"}).Pull(t.Context(), calendar.Reading{CalendarID: "c", From: at(t, 10, 1, 0), To: at(t, 12, 1, 0)})
		require.ErrorAs(t, err, new(*calendar.UnavailableError), p.Name())
		discreet(t, err, "test-secret-a")
	}
}
