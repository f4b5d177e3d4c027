package microsoft_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/providers/microsoft"
	"github.com/voxanne-ai/voxanne/providers/sandbox"
)

var nine = time.Date(2026, 5, 4, 9, 0, 0, 0, time.UTC)

func TestAnEventIsMadeFoundChangedAndRemoved(t *testing.T) {
	t.Parallel()
	b := setup(t)
	made, err := b.account.CreateEvent(t.Context(), b.calendar, draft(nine))
	require.NoError(t, err)
	require.Equal(t, appointment, made.Appointment)
	require.Equal(t, microsoft.Single, made.Kind)
	require.Equal(t, []string{"Busy", "busy"}, []string{made.Subject, made.ShowAs})
	require.True(t, nine.Equal(made.Start.At(time.Local)))
	seen := b.played.Events(b.calendar)
	require.Len(t, seen, 1)
	require.Equal(t, []any{"zanzibar-lilac", true, appointment}, []any{seen[0].Text, seen[0].Private, seen[0].Appointment})

	found, err := b.account.FindOurs(t.Context(), b.calendar, strings.ToUpper(appointment))
	require.NoError(t, err)
	require.Equal(t, []microsoft.Event{made}, found)
	other, err := b.account.FindOurs(t.Context(), b.calendar, strings.Replace(appointment, "0", "1", 1))
	require.NoError(t, err)
	require.Empty(t, other)

	moved := draft(nine.Add(24 * time.Hour))
	changed, err := b.account.Patch(t.Context(), b.calendar, made.ID, moved)
	require.NoError(t, err)
	require.True(t, moved.Start.Equal(changed.Start.At(time.Local)))
	require.NotEqual(t, made.Version, changed.Version)
	got, err := b.account.Get(t.Context(), b.calendar, made.ID)
	require.NoError(t, err)
	require.Equal(t, changed, got)

	day := nine.Truncate(24 * time.Hour)
	require.NoError(t, b.played.ChangeEvent(made.ID, func(e *sandbox.OutlookEvent) { e.AllDay, e.Start, e.End = true, day, day.Add(24*time.Hour) }))
	again, err := b.account.Patch(t.Context(), b.calendar, made.ID, moved)
	require.NoError(t, err, "staff made it last all day")
	require.False(t, again.AllDay)
	require.True(t, moved.Start.Equal(again.Start.At(time.Local)))

	require.NoError(t, b.account.Delete(t.Context(), b.calendar, made.ID))
	require.NoError(t, b.account.Delete(t.Context(), b.calendar, made.ID), "what is not there is removed")
	_, err = b.account.Get(t.Context(), b.calendar, made.ID)
	require.ErrorIs(t, err, microsoft.ErrNotFound)
	_, err = b.account.Patch(t.Context(), b.calendar, made.ID, moved)
	require.ErrorIs(t, err, microsoft.ErrNotFound)
	found, err = b.account.FindOurs(t.Context(), b.calendar, appointment)
	require.NoError(t, err)
	require.Empty(t, found)
}

func TestACreationIsRepeatableByItsName(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.played.Fail(sandbox.Failure{Status: 503, Acts: true}, sandbox.Failure{Status: 500, Acts: true})
	made, err := b.account.CreateEvent(t.Context(), b.calendar, draft(nine))
	require.NoError(t, err)
	again, err := b.account.CreateEvent(t.Context(), b.calendar, draft(nine))
	require.NoError(t, err)
	require.Equal(t, made, again)
	require.Len(t, b.played.Events(b.calendar), 1)

	_, err = b.account.CreateEvent(t.Context(), b.calendar, draft(nine.Add(time.Hour)))
	require.ErrorIs(t, err, microsoft.ErrConflict, "the same name for something else")

	require.NoError(t, b.account.Delete(t.Context(), b.calendar, made.ID))
	revived := draft(nine)
	_, err = b.account.CreateEvent(t.Context(), b.calendar, revived)
	require.ErrorIs(t, err, microsoft.ErrConflict, "it was made, and deleted")
	revived.Generation++
	_, err = b.account.CreateEvent(t.Context(), b.calendar, revived)
	require.NoError(t, err)
	require.Len(t, b.played.Events(b.calendar), 1)
}

func TestAfterALostAnswerTheEventIsFound(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.played.Fail(sandbox.Failure{Acts: true, Delay: time.Hour})
	_, err := b.account.CreateEvent(short(t, 100*time.Millisecond), b.calendar, draft(nine))
	var unavailable *microsoft.UnavailableError
	require.ErrorAs(t, err, &unavailable)
	discreet(t, b, err)
	found, err := b.account.FindOurs(t.Context(), b.calendar, appointment)
	require.NoError(t, err)
	require.Len(t, found, 1)
}

func TestWritingNeedsARight(t *testing.T) {
	t.Parallel()
	b := setup(t)
	shared := b.played.AddCalendar(email, "Shared", "other@patients.example", false)
	_, err := b.account.CreateEvent(t.Context(), shared, draft(nine))
	require.ErrorIs(t, err, microsoft.ErrForbidden)
	_, err = b.account.CreateEvent(t.Context(), "elsewhere", draft(nine))
	require.ErrorIs(t, err, microsoft.ErrNotFound)
}

func TestAnIdIsNeverAPath(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for _, id := range []string{"", ".", "..", strings.Repeat("x", 2000)} {
		before := b.played.Requests()
		_, err := b.account.Get(t.Context(), b.calendar, id)
		require.ErrorIs(t, err, microsoft.ErrNotFound)
		_, err = b.account.Get(t.Context(), id, "x")
		require.ErrorIs(t, err, microsoft.ErrNotFound)
		require.NoError(t, b.account.Delete(t.Context(), b.calendar, id))
		require.Equal(t, before, b.played.Requests())
	}
	_, err := b.account.Get(t.Context(), b.calendar, "../../../me?x=1#")
	require.ErrorIs(t, err, microsoft.ErrNotFound)
}

func TestADraftMustMakeSense(t *testing.T) {
	t.Parallel()
	b := setup(t)
	before := b.played.Requests()
	for name, spoil := range map[string]func(*microsoft.Draft){
		"not a uuid": func(d *microsoft.Draft) { d.Appointment = "x' or 1 eq 1" },
		"no length":  func(d *microsoft.Draft) { d.End = d.Start },
		"generation": func(d *microsoft.Draft) { d.Generation = -1 },
	} {
		d := draft(nine)
		spoil(&d)
		_, err := b.account.CreateEvent(t.Context(), b.calendar, d)
		var refused *microsoft.RefusedError
		require.ErrorAs(t, err, &refused, name)
	}
	_, err := b.account.FindOurs(t.Context(), b.calendar, "x' or 1 eq 1")
	require.Error(t, err)
	require.Equal(t, before, b.played.Requests())
}

func TestAppointmentOf(t *testing.T) {
	t.Parallel()
	for id, want := range map[string]string{
		"vx-" + appointment + "-0": appointment, "vx-" + appointment + "-12": appointment, "vx-" + appointment: "", "": "",
		appointment: "", "vx-" + appointment + "-x": "", "vx-" + appointment + "-0\n": "", "VX-" + appointment + "-0": "",
	} {
		got, ours := microsoft.AppointmentOf(id)
		require.Equal(t, want, got, id)
		require.Equal(t, want != "", ours, id)
	}
}
