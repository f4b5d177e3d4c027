package calendarsync_test

import (
	"context"
	"net/http"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/providers/calendar"
	"github.com/voxanne-ai/voxanne/providers/sandbox"
)

// fail lets a provider's next requests fail: more of them than are tried again at once, or fewer.
func (w *world) fail() {
	failure := rapid.SampledFrom([]sandbox.Failure{
		{Status: http.StatusServiceUnavailable},
		{Status: http.StatusServiceUnavailable, Acts: true}, // done, and the answer is lost
		{Status: http.StatusBadGateway, Acts: true},
		{Status: http.StatusTooManyRequests},
		{Status: http.StatusTooManyRequests, RetryAfter: time.Minute},
		{Status: http.StatusForbidden},
	}).Draw(w.rt, "failure")
	r := w.room()
	if failure.Status == http.StatusForbidden && r.provider != calendar.Google {
		failure.Status = http.StatusTooManyRequests // only Google says 403 for a quota
	}
	// Microsoft's tokens fail with all the rest, and an answer that is lost takes the only good refresh token with it.
	r.mayEnd = r.mayEnd || failure.Acts && r.provider == calendar.Microsoft
	for range rapid.IntRange(1, 4).Draw(w.rt, "failures") {
		if r.provider == calendar.Google {
			w.google.Fail(failure)
		} else {
			w.outlook.Fail(failure)
		}
	}
}

func (w *world) endPullTokens() {
	if r := w.room(); r.provider == calendar.Google {
		w.google.ExpireSyncTokens(r.calendarID)
	} else {
		w.outlook.ExpireDeltaLinks()
	}
}

func (w *world) endAccess() {
	if r := w.room(); r.provider == calendar.Google {
		w.google.ExpireAccess(googleEmail)
	} else {
		w.outlook.ExpireAccessTokens()
	}
}

func (w *world) revoke() {
	r := w.room()
	r.revoked = true
	if r.provider == calendar.Google {
		w.google.RemoveAccess(googleEmail)
	} else {
		w.outlook.EndGrants(outlookEmail, "bad_token")
	}
}

// reconnect is what staff do where the grant has ended.
func (w *world) reconnect() {
	for _, r := range w.rooms {
		if r.revoked || r.mayEnd && w.told(r) {
			w.connectAgain(r)
		}
	}
}

// told says whether staff were told to connect the calendar again.
func (w *world) told(r *room) (reconnect bool) {
	require.NoError(w.rt, w.owner.QueryRow(w.t.Context(), `
		select l.health = 'needs_reconnect' from public.calendar_links l where l.org_id = $1 and l.id = $2`, w.org, r.link).Scan(&reconnect))
	return reconnect
}

// minutesPass lets leases and pauses end.
func (w *world) minutesPass() {
	w.pass(time.Duration(rapid.IntRange(1, 15).Draw(w.rt, "minutes")) * time.Minute)
}

// work is an event that a worker took to write.
type work struct {
	db.CalendarEventWork
	appointment, lease uuid.UUID
}

// take takes a visit's event as a worker does; false: there is nothing to do.
func (w *world) take() (taken work, ok bool) {
	id, ok := w.anyVisit(true)
	if !ok {
		return work{}, false
	}
	taken = work{appointment: id, lease: uuid.New()}
	require.NoError(w.rt, w.asService(w.t.Context(), func(tx db.Tx) (err error) {
		taken.CalendarEventWork, err = tx.TakeCalendarEvent(w.t.Context(), id, taken.lease)
		return err
	}))
	w.logf("  %s %s", taken.Outcome, id)
	return taken, taken.EventID != nil
}

// write does what was taken.
func (w *world) write(taken work) (known calendar.Known, err error) {
	err = w.keeper.With(w.t.Context(), w.org, *taken.Provider, func(ctx context.Context, account calendar.Account) (err error) {
		known = calendar.Known{ID: deref(taken.ExternalID), ETag: deref(taken.Etag)}
		if taken.Outcome == "remove" {
			return account.Remove(ctx, *taken.ExternalCalendarID, taken.appointment, known)
		}
		known, err = account.Put(ctx, *taken.ExternalCalendarID, calendar.Draft{Appointment: taken.appointment,
			Generation: int(*taken.Generation), Start: *taken.StartsAt, End: *taken.EndsAt, Zone: *taken.TimeZone,
			Subject: *taken.Subject, Private: true}, known)
		return err
	})
	w.logf("  written: %v", err)
	return known, err
}

// writerDies takes an event, perhaps writes it, and is never heard of again.
func (w *world) writerDies() {
	if taken, ok := w.take(); ok && rapid.Bool().Draw(w.rt, "after writing") && taken.Outcome != "rewrite" {
		_, _ = w.write(taken) // a failure is a worker that died before
	}
}

// writerIsLate takes an event and writes it when a later step says so, whatever happened meanwhile.
func (w *world) writerIsLate() {
	taken, ok := w.take()
	if !ok || taken.Outcome == "rewrite" {
		return
	}
	w.late = append(w.late, func() {
		known, err := w.write(taken)
		p := db.SettleCalendarEventParams{EventID: *taken.EventID, LeaseID: taken.lease, Version: *taken.Version, Outcome: "there"}
		switch {
		case err != nil:
			code := calendar.Code(err)
			p.Outcome, p.Error = "failed", &code
		case taken.Outcome == "remove":
			p.Outcome = "gone"
		default:
			p.ExternalID, p.Etag = &known.ID, &known.ETag
		}
		require.NoError(w.rt, w.asService(w.t.Context(), func(tx db.Tx) error {
			_, err := tx.SettleCalendarEvent(w.t.Context(), p)
			return err
		}))
	})
}

func (w *world) lateWriterEnds() {
	if len(w.late) > 0 {
		w.late[0]()
		w.late = w.late[1:]
	}
}

// readerDies takes a calendar to read it, and is never heard of again.
func (w *world) readerDies() {
	r := w.room()
	require.NoError(w.rt, w.asService(w.t.Context(), func(tx db.Tx) error {
		_, err := tx.TakePull(w.t.Context(), r.link, uuid.New())
		return err
	}))
}

func deref(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}
