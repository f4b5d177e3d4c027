package calendar_test

import (
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/providers/calendar"
	"github.com/voxanne-ai/voxanne/providers/sandbox"
)

// visit is an hour's one.
func visit(start time.Time) calendar.Draft {
	return calendar.Draft{Appointment: uuid.New(), Start: start, End: start.Add(time.Hour), Zone: zoneName, Subject: "Busy",
		Detail: "zanzibar-lilac", Place: "Room 2", Private: true}
}

// at is a clock's time in the clinic, in the autumn in which clocks go back on November 1st.
func at(t *testing.T, month time.Month, day, hour int) time.Time {
	t.Helper()
	zone, err := time.LoadLocation(zoneName)
	require.NoError(t, err)
	return time.Date(2026, month, day, hour, 0, 0, 0, zone)
}

func TestAVisitsEventSaysWhatTheDraftSays(t *testing.T) {
	t.Parallel()
	eachProvider(t, func(t *testing.T, p played) {
		a, d := p.Open(p.connect(t)), visit(at(t, 10, 20, 9))
		known, err := a.Put(t.Context(), p.calendarID, d, calendar.Known{})
		require.NoError(t, err)
		require.NotEmpty(t, known.ETag)
		require.Equal(t, []seen{{id: known.ID, subject: "Busy", detail: "zanzibar-lilac", place: "Room 2", private: true, start: d.Start.UTC()}}, p.all(t))
		discreet(t, d)

		d.Start, d.End, d.Subject, d.Place, d.Private = d.Start.Add(time.Hour), d.End.Add(time.Hour), "Visit", "", false
		again, err := a.Put(t.Context(), p.calendarID, d, known)
		require.NoError(t, err)
		require.Equal(t, known.ID, again.ID)
		require.NotEqual(t, known.ETag, again.ETag)
		require.Equal(t, []seen{{id: known.ID, subject: "Visit", detail: "zanzibar-lilac", start: d.Start.UTC()}}, p.all(t))
	})
}

func TestAWriteThatIsRepeatedMakesOneEvent(t *testing.T) {
	t.Parallel()
	eachProvider(t, func(t *testing.T, p played) {
		a, d := p.Open(p.connect(t)), visit(at(t, 10, 20, 9))
		p.fail(sandbox.Failure{Status: 503, Acts: true})
		_, err := a.Put(t.Context(), p.calendarID, d, calendar.Known{})
		require.ErrorAs(t, err, new(*calendar.UnavailableError))
		require.Len(t, p.all(t), 1, "it arrived, and its answer did not")
		known, err := a.Put(t.Context(), p.calendarID, d, calendar.Known{})
		require.NoError(t, err)
		same, err := a.Put(t.Context(), p.calendarID, d, calendar.Known{})
		require.NoError(t, err)
		require.Equal(t, known.ID, same.ID)
		d.Start, d.End = d.Start.Add(time.Hour), d.End.Add(time.Hour)
		moved, err := a.Put(t.Context(), p.calendarID, d, calendar.Known{})
		require.NoError(t, err, "the visit was moved before the first answer came")
		require.Equal(t, known.ID, moved.ID)
		require.Len(t, p.all(t), 1)
		require.Equal(t, d.Start.UTC(), p.all(t)[0].start)
	})
}

func TestARepeatedWriteUndoesWhatSomebodyMovedInBetween(t *testing.T) {
	t.Parallel()
	eachProvider(t, func(t *testing.T, p played) {
		a, d := p.Open(p.connect(t)), visit(at(t, 10, 20, 9))
		known, err := a.Put(t.Context(), p.calendarID, d, calendar.Known{})
		require.NoError(t, err)
		p.move(t, known.ID, at(t, 10, 22, 9))
		_, err = a.Put(t.Context(), p.calendarID, d, calendar.Known{})
		require.NoError(t, err)
		require.Equal(t, d.Start.UTC(), p.all(t)[0].start)
	})
}

func TestARemovalMayBeRepeated(t *testing.T) {
	t.Parallel()
	eachProvider(t, func(t *testing.T, p played) {
		a, d := p.Open(p.connect(t)), visit(at(t, 10, 20, 9))
		known, err := a.Put(t.Context(), p.calendarID, d, calendar.Known{})
		require.NoError(t, err)
		require.NoError(t, a.Remove(t.Context(), p.calendarID, d.Appointment, known))
		require.Empty(t, p.all(t))
		require.NoError(t, a.Remove(t.Context(), p.calendarID, d.Appointment, known))
		require.NoError(t, a.Remove(t.Context(), p.calendarID, d.Appointment, calendar.Known{}))
		require.NoError(t, a.Remove(t.Context(), "gone", d.Appointment, calendar.Known{}))

		other := visit(d.Start)
		_, err = a.Put(t.Context(), p.calendarID, other, calendar.Known{})
		require.NoError(t, err)
		p.add(t, entry{start: d.Start, length: time.Hour})
		require.NoError(t, a.Remove(t.Context(), p.calendarID, other.Appointment, calendar.Known{}), "its id was never told")
		require.Len(t, p.all(t), 1, "what is not ours stays")
	})
}

func TestADeletedEventComesBackWithAHigherGeneration(t *testing.T) {
	t.Parallel()
	eachProvider(t, func(t *testing.T, p played) {
		a, d := p.Open(p.connect(t)), visit(at(t, 10, 20, 9))
		known, err := a.Put(t.Context(), p.calendarID, d, calendar.Known{})
		require.NoError(t, err)
		p.drop(t, known.ID)
		if p.google != nil {
			_, err = a.Put(t.Context(), p.calendarID, d, known)
			require.NoError(t, err, "Google's comes back as it is")
			p.drop(t, known.ID)
			p.google.Forget(p.calendarID)
		} else {
			_, err = a.Put(t.Context(), p.calendarID, d, known)
			require.ErrorIs(t, err, calendar.ErrMissing)
			_, err = a.Put(t.Context(), p.calendarID, d, calendar.Known{})
			require.ErrorIs(t, err, calendar.ErrMissing)
		}
		d.Generation++
		_, err = a.Put(t.Context(), p.calendarID, d, calendar.Known{})
		require.NoError(t, err)
		require.Len(t, p.all(t), 1)
		require.Equal(t, d.Start.UTC(), p.all(t)[0].start)
	})
}

func TestAGoogleEventThatWasForgottenIsMadeAnew(t *testing.T) {
	t.Parallel()
	p := playGoogle(t)
	a, d := p.Open(p.connect(t)), visit(at(t, 10, 20, 9))
	known, err := a.Put(t.Context(), p.calendarID, d, calendar.Known{})
	require.NoError(t, err)
	p.drop(t, known.ID)
	p.google.Forget(p.calendarID)
	found, err := a.Find(t.Context(), p.calendarID, d.Appointment, known, time.UTC)
	require.NoError(t, err)
	require.Equal(t, calendar.Own{Appointment: d.Appointment, Known: calendar.Known{ID: known.ID}, Deleted: true}, found)
	_, err = a.Put(t.Context(), p.calendarID, d, known)
	require.NoError(t, err)
	require.Len(t, p.all(t), 1)
}

func TestAVisitMayGoToAnotherRoomAndBack(t *testing.T) {
	t.Parallel()
	eachProvider(t, func(t *testing.T, p played) {
		var room string
		if p.google != nil {
			room = p.google.AddCalendar(owner, "Room 2", zoneName)
		} else {
			room = p.microsoft.AddCalendar(owner, "Room 2", owner, true)
		}
		a, d := p.Open(p.connect(t)), visit(at(t, 10, 20, 9))
		here, err := a.Put(t.Context(), p.calendarID, d, calendar.Known{})
		require.NoError(t, err)
		there, err := a.Put(t.Context(), room, d, calendar.Known{})
		require.NoError(t, err, "generation 0 of that room")
		require.NoError(t, a.Remove(t.Context(), p.calendarID, d.Appointment, here))
		d.Generation++
		_, err = a.Put(t.Context(), p.calendarID, d, calendar.Known{})
		require.NoError(t, err)
		require.NoError(t, a.Remove(t.Context(), room, d.Appointment, there))
		require.Len(t, p.all(t), 1)
	})
}

func TestACalendarThatIsGone(t *testing.T) {
	t.Parallel()
	eachProvider(t, func(t *testing.T, p played) {
		a, d := p.Open(p.connect(t)), visit(at(t, 10, 20, 9))
		for _, known := range []calendar.Known{{}, {ID: "AAkALgone"}} {
			_, err := a.Put(t.Context(), "gone", d, known)
			require.ErrorIs(t, err, calendar.ErrNotFound)
			_, err = a.Find(t.Context(), "gone", d.Appointment, known, time.UTC)
			require.ErrorIs(t, err, calendar.ErrNotFound, "nobody deleted the visit")
		}
		_, err := a.Pull(t.Context(), calendar.Reading{CalendarID: "gone", From: d.Start, To: d.End})
		require.ErrorIs(t, err, calendar.ErrNotFound)
		require.Equal(t, "calendar_missing", calendar.Code(err))
	})
}

func TestACopyThatStaffMadeIsTheirs(t *testing.T) {
	t.Parallel()
	p := playMicrosoft(t)
	a, d := p.Open(p.connect(t)), visit(at(t, 10, 20, 9))
	known, err := a.Put(t.Context(), p.calendarID, d, calendar.Known{})
	require.NoError(t, err)
	p.repeat(t, known.ID)
	require.NoError(t, a.Remove(t.Context(), p.calendarID, d.Appointment, calendar.Known{}))
	require.Len(t, p.all(t), 1, "an event that they made a series")
}
