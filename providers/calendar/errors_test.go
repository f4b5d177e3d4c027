package calendar_test

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/providers/calendar"
	"github.com/voxanne-ai/voxanne/providers/sandbox"
)

// asks are one call of each method of an account.
func (p played) asks(t *testing.T, a calendar.Account) map[string]func(context.Context) error {
	t.Helper()
	d, reading, known := visit(at(t, 10, 20, 9)), p.autumn(t), calendar.Known{ID: "AAkALg1"}
	return map[string]func(context.Context) error{
		"calendars": func(ctx context.Context) error { _, err := a.Calendars(ctx); return err },
		"put":       func(ctx context.Context) error { _, err := a.Put(ctx, p.calendarID, d, calendar.Known{}); return err },
		"change":    func(ctx context.Context) error { _, err := a.Put(ctx, p.calendarID, d, known); return err },
		"remove":    func(ctx context.Context) error { return a.Remove(ctx, p.calendarID, d.Appointment, known) },
		"sweep":     func(ctx context.Context) error { return a.Remove(ctx, p.calendarID, uuid.New(), calendar.Known{}) },
		"find": func(ctx context.Context) error {
			_, err := a.Find(ctx, p.calendarID, d.Appointment, known, reading.Zone)
			return err
		},
		"pull": func(ctx context.Context) error { _, err := a.Pull(ctx, reading); return err },
		"watch": func(ctx context.Context) error {
			_, err := a.Watch(ctx, p.calendarID, calendar.Hook{URL: "https://clinic.example/push", Secret: "test-secret-hook"})
			return err
		},
		"unwatch": func(ctx context.Context) error { return a.Unwatch(ctx, calendar.Channel{ID: "x", ResourceID: "y"}) },
	}
}

func TestEveryCallSaysWhatWentWrong(t *testing.T) {
	t.Parallel()
	eachProvider(t, func(t *testing.T, p played) {
		g := p.connect(t)
		for name, ask := range p.asks(t, p.Open(g)) {
			p.fail(sandbox.Failure{Status: http.StatusTooManyRequests, RetryAfter: 7 * time.Second})
			err := ask(t.Context())
			require.Equal(t, &calendar.PauseError{After: 7 * time.Second}, err, name)
			require.Equal(t, []any{"busy", 7 * time.Second}, []any{calendar.Code(err), calendar.PauseOf(err)}, name)

			p.fail(sandbox.Failure{Status: http.StatusBadGateway})
			var unavailable *calendar.UnavailableError
			err = ask(t.Context())
			require.ErrorAs(t, err, &unavailable, name)
			require.Equal(t, []any{http.StatusBadGateway, "unavailable"}, []any{unavailable.Status, calendar.Code(err)}, name)
			discreet(t, err, g.Access, g.Refresh)

			err = ask(ended(t))
			require.ErrorIs(t, err, context.Canceled, name)
			require.ErrorAs(t, err, &unavailable, name)
		}
		p.expireAccess()
		for name, ask := range p.asks(t, p.Open(g)) {
			err := ask(t.Context())
			require.ErrorIs(t, err, calendar.ErrUnauthorized, name)
			discreet(t, err, g.Access, g.Refresh)
		}
		for name, ask := range p.asks(t, p.Open(calendar.Grant{})) {
			require.ErrorIs(t, ask(t.Context()), calendar.ErrUnauthorized, name)
		}
	})
}

func TestAQuotaOfGooglesNamesNoTime(t *testing.T) {
	t.Parallel()
	p := playGoogle(t)
	a := p.Open(p.connect(t))
	p.google.SetQuota(0, 0, http.StatusForbidden)
	_, err := a.Calendars(t.Context())
	require.Equal(t, &calendar.PauseError{}, err)
}

func TestACalendarForReadingOnly(t *testing.T) {
	t.Parallel()
	eachProvider(t, func(t *testing.T, p played) {
		const other = "other.quill@patients.example"
		shared := other
		if p.google != nil {
			p.google.AddPerson(other, "Europe/London")
			p.google.Share(other, owner, "reader")
			p.google.AddPerson("third.quill@patients.example", "Europe/London")
			p.google.Share("third.quill@patients.example", owner, "freeBusyReader")
		} else {
			shared = p.microsoft.AddCalendar(owner, other, other, false)
		}
		a := p.Open(p.connect(t))
		calendars, err := a.Calendars(t.Context())
		require.NoError(t, err)
		require.Len(t, calendars, 2, "what shows free and busy only cannot be pulled")
		zones := []string{zoneName, "Europe/London"}
		if p.microsoft != nil {
			zones = []string{"", ""}
		}
		require.Equal(t, calendar.Calendar{ID: p.calendarID, Name: calendars[0].Name, Zone: zones[0], Writable: true, Primary: true}, calendars[0])
		require.Equal(t, calendar.Calendar{ID: shared, Name: other, Zone: zones[1]}, calendars[1])
		_, err = a.Put(t.Context(), shared, visit(at(t, 10, 20, 9)), calendar.Known{})
		require.ErrorIs(t, err, calendar.ErrScopeMissing)
		require.Equal(t, "not_allowed", calendar.Code(err))
	})
}

func TestADraftThatTakesNoTimeIsRefused(t *testing.T) {
	t.Parallel()
	eachProvider(t, func(t *testing.T, p played) {
		a, d := p.Open(p.connect(t)), visit(at(t, 10, 20, 9))
		d.End = d.Start
		_, err := a.Put(t.Context(), p.calendarID, d, calendar.Known{})
		require.ErrorAs(t, err, new(*calendar.RefusedError))
		require.Equal(t, "refused", calendar.Code(err))
		discreet(t, err)
	})
}
