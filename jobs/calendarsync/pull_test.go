package calendarsync_test

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/jobs/calendarsync"
	"github.com/voxanne-ai/voxanne/providers/calendar"
	"github.com/voxanne-ai/voxanne/providers/sandbox"
)

// busy is how many times the mirror says are taken.
func (b *testBundle) busy(t *testing.T) (n int) {
	t.Helper()
	return one[int](t, b, "select count(*) from public.busy_blocks")
}

func TestWhatTakesTimeOutsideIsMirrored(t *testing.T) {
	t.Parallel()
	eachProvider(t, func(t *testing.T, b *testBundle) {
		require.NotEmpty(t, b.says(t, "select last_synced_at::text from public.calendar_links"), "it was read when it was linked")
		id := b.outside.add(t, at(t, 5, 10), at(t, 5, 11))
		b.outside.add(t, at(t, 6, 10), at(t, 6, 11))
		b.book(t, at(t, 7, 10))
		b.run(t)
		b.pull(t)
		require.Equal(t, 2, b.busy(t), "and our own event is none")
		b.outside.move(t, id, at(t, 8, 10), at(t, 8, 11))
		b.pull(t)
		require.Equal(t, "2 1", b.says(t, "select count(*) || ' ' || count(*) filter (where starts_at = $1) from public.busy_blocks", at(t, 8, 10)))
		b.outside.remove(t, id)
		b.pull(t)
		require.Equal(t, 1, b.busy(t))
	})
}

// flag is the default: the visit stays, staff are told once, and where the event lies now is not offered.
func TestStaffMoveAndDeleteEvents(t *testing.T) {
	t.Parallel()
	for _, policy := range []string{"flag", "follow"} {
		t.Run(policy, func(t *testing.T) {
			t.Parallel()
			eachProvider(t, func(t *testing.T, b *testBundle) {
				b.data.Exec(t, "update public.organizations set calendar_changes = $1", policy)
				visit := b.book(t, at(t, 5, 10))
				b.run(t)
				event := b.requireAt(t, at(t, 5, 10))
				length := event.end.Sub(event.start)
				b.outside.move(t, event.id, at(t, 6, 14), at(t, 6, 14).Add(length))
				b.pull(t)
				b.run(t)
				b.pull(t)
				want, flagged := at(t, 6, 14), 0
				if policy == "flag" {
					want, flagged = at(t, 5, 10), 1
				}
				require.True(t, want.Equal(one[time.Time](t, b, "select scheduled_at from public.appointments where id = $1", visit)))
				require.Equal(t, flagged, b.told(t, "calendar_moved"))
				require.Equal(t, flagged, b.busy(t))
				b.requireAt(t, at(t, 6, 14))

				b.outside.remove(t, event.id)
				b.pull(t)
				b.run(t)
				b.pull(t)
				require.Empty(t, b.outside.events(t))
				status := "cancelled"
				if policy == "flag" {
					status, flagged = "confirmed", 2
				}
				require.Equal(t, status, b.says(t, "select status from public.appointments where id = $1", visit))
				require.Equal(t, flagged, b.told(t, "calendar_moved"))
				require.Zero(t, b.busy(t))
			})
		})
	}
}

func TestABusyTimeOverAVisitIsToldOnce(t *testing.T) {
	t.Parallel()
	eachProvider(t, func(t *testing.T, b *testBundle) {
		visit := b.book(t, at(t, 5, 10))
		b.run(t)
		b.outside.add(t, at(t, 5, 9), at(t, 5, 12))
		b.pull(t)
		b.pull(t)
		b.outside.expireTokens()
		b.pull(t)
		require.Equal(t, 1, b.told(t, "calendar_conflict"))
		require.Equal(t, "confirmed", b.says(t, "select status from public.appointments where id = $1", visit))
	})
}

// The provider forgets where we were: the same pull reads everything, and misses neither additions nor deletions.
func TestAnExpiredTokenReadsEverything(t *testing.T) {
	t.Parallel()
	eachProvider(t, func(t *testing.T, b *testBundle) {
		gone := b.outside.add(t, at(t, 5, 10), at(t, 5, 11))
		b.book(t, at(t, 7, 10))
		b.book(t, at(t, 7, 15))
		b.run(t)
		b.pull(t)
		b.outside.remove(t, gone)
		for _, event := range b.outside.events(t) {
			if event.start.Equal(at(t, 7, 15)) {
				b.outside.remove(t, event.id)
			}
		}
		b.outside.add(t, at(t, 6, 10), at(t, 6, 11))
		b.outside.expireTokens()
		b.pull(t)
		require.Equal(t, "ok", b.says(t, "select health from public.calendar_links"))
		require.Equal(t, "1 1", b.says(t, "select count(*) || ' ' || count(*) filter (where starts_at = $1) from public.busy_blocks", at(t, 6, 10)))
		require.Equal(t, 1, b.told(t, "calendar_moved"), "one visit's event was deleted, the other's was not")
	})
}

// A calendar that is down says so, keeps what was known of it, and heals.
func TestAFailingCalendarShowsAndHeals(t *testing.T) {
	t.Parallel()
	eachProvider(t, func(t *testing.T, b *testBundle) {
		b.outside.add(t, at(t, 5, 10), at(t, 5, 11))
		b.pull(t)
		b.outside.fail(sandbox.Failure{Status: http.StatusTooManyRequests, RetryAfter: 300 * time.Second})
		b.pull(t)
		require.Equal(t, "failing busy", b.says(t, "select health || ' ' || error_code from public.calendar_links where lease_id is null"))
		require.InDelta(t, 300, one[float64](t, b, "select extract(epoch from next_pull_at - now())::float8 from public.calendar_links"), 15)
		require.Equal(t, 1, b.busy(t))
		b.pull(t)
		require.Equal(t, "ok", b.says(t, "select health from public.calendar_links where error_code is null"))
	})
}

// Another clinic's visit in the same calendar takes time like any event.
func TestAnotherClinicsVisitIsBusy(t *testing.T) {
	t.Parallel()
	eachProvider(t, func(t *testing.T, b *testBundle) {
		b.book(t, at(t, 5, 10))
		b.run(t)
		// The visit is nobody's any more, as another clinic's would be.
		b.data.Exec(t, "delete from public.appointments")
		b.outside.expireTokens()
		b.pull(t)
		require.Equal(t, 1, b.busy(t))
		b.outside.remove(t, b.outside.events(t)[0].id)
		b.pull(t)
		require.Zero(t, b.busy(t))
	})
}

// An all-day event lasts from midnight to midnight in the calendar's zone, also when that was not known.
func TestACalendarInAnotherZoneIsReadAnew(t *testing.T) {
	t.Parallel()
	b := setup(t, playGoogle) // a calendar of Outlook has no zone of its own
	b.data.Exec(t, "update public.calendar_links set time_zone = 'Asia/Tokyo'")
	b.outside.(*outsideGoogle).Add(person, sandbox.GoogleEvent{Start: sandbox.On(at(t, 5, 0).Format(time.DateOnly)), End: sandbox.On(at(t, 6, 0).Format(time.DateOnly))})
	before := b.wire.requests()
	b.pull(t)
	require.Equal(t, zone, b.says(t, "select time_zone from public.calendar_links"))
	require.True(t, at(t, 5, 0).Equal(one[time.Time](t, b, "select starts_at from public.busy_blocks")))
	require.Equal(t, before+2, b.wire.requests(), "what changed, then everything")
	b.pull(t)
	require.Equal(t, before+3, b.wire.requests())
}

// A clinic's calendar that was deleted there says so.
func TestADeletedCalendarIsNamedAsSuch(t *testing.T) {
	t.Parallel()
	b := setup(t, playGoogle)
	b.book(t, at(t, 5, 10))
	b.run(t)
	b.outside.(*outsideGoogle).DeleteCalendar(person)
	b.pull(t)
	require.Equal(t, "failing calendar_missing", b.says(t, "select health || ' ' || error_code from public.calendar_links"))
	require.Zero(t, b.told(t, "calendar_moved"), "nobody deleted the visit")
}

// Pushes need an address that the provider reaches safely; without one calendars are read by the clock alone.
func TestWithoutASafeAddressNoPushesAreAskedFor(t *testing.T) {
	t.Parallel()
	b := setup(t, playGoogle)
	b.data.Exec(t, "update public.calendar_links set channel_id = null, channel_token_hash = null, channel_opened_at = null, channel_expires_at = null, channel_retry_at = null, next_pull_at = now()")
	for address, asks := range map[string]int{"http://clinic.example": 0, "clinic.example": 0, "https://clinic.example/": 1, "http://127.0.0.1:3000": 1} {
		s, err := calendarsync.New(calendarsync.Options{DB: b.db, Accounts: b.keeper, BackendURL: address})
		require.NoError(t, err)
		var due calendarsync.Due
		require.NoError(t, s.Tend(t.Context(), func(_ context.Context, d calendarsync.Due) error {
			due = d
			return nil
		}))
		require.Len(t, due.Channels, asks, address)
		require.Len(t, due.Pulls, 1, "in any case")
	}
}

// A channel is renewed when half its life is over, and the former one ended.
func TestAChannelIsRenewedAtHalfItsLife(t *testing.T) {
	t.Parallel()
	eachProvider(t, func(t *testing.T, b *testBundle) {
		first := b.outside.channels()
		require.Len(t, first, 1, "linking opened one")
		require.NoError(t, b.syncer.Watch(t.Context(), b.org, b.link))
		require.Equal(t, first, b.outside.channels(), "it is young")
		b.data.Exec(t, `update public.calendar_links set channel_opened_at = now() - interval '1 day', channel_expires_at = now() + interval '23 hours'`)
		require.NoError(t, b.syncer.Watch(t.Context(), b.org, b.link))
		second := b.outside.channels()
		require.Len(t, second, 1)
		require.NotEqual(t, first, second)
		require.Equal(t, second[0], b.says(t, "select channel_id from public.calendar_links"))
	})
}

func TestASilentAccountIsReadOnlyNowAndThen(t *testing.T) {
	t.Parallel()
	b := setup(t, playGoogle)
	asked := 0
	s := b.with(t, accountsFunc(func(context.Context, uuid.UUID, string, func(context.Context, calendar.Account) error) error {
		asked++
		return context.DeadlineExceeded
	}))
	for range 5 {
		require.NoError(t, s.Pull(t.Context(), b.org, b.link))
	}
	require.Equal(t, 3, asked)
	require.Equal(t, "failing unavailable 5", b.says(t, "select health || ' ' || error_code || ' ' || failures from public.calendar_links"))
}
