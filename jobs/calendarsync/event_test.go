package calendarsync_test

import (
	"context"
	"io"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/providers/calendar"
	"github.com/voxanne-ai/voxanne/providers/sandbox"
)

func TestAVisitAppearsMovesAndGoes(t *testing.T) {
	t.Parallel()
	eachProvider(t, func(t *testing.T, b *testBundle) {
		visit := b.book(t, at(t, 5, 10))
		b.run(t)
		made := b.requireAt(t, at(t, 5, 10))
		b.move(t, visit, at(t, 6, 11))
		b.run(t)
		require.Equal(t, made.id, b.requireAt(t, at(t, 6, 11)).id, "the same event")
		b.pull(t)
		b.cancel(t, visit)
		b.run(t)
		b.pull(t)
		require.Empty(t, b.outside.events(t))
		require.Zero(t, b.told(t, "calendar_moved"), "all of it was our own doing")
		require.Equal(t, "0 gone", b.says(t, "select desired_version - synced_version || ' ' || state from public.calendar_events"))
	})
}

func TestWordsArePrivateUnlessTheClinicSaysOtherwise(t *testing.T) {
	t.Parallel()
	eachProvider(t, func(t *testing.T, b *testBundle) {
		visit := b.book(t, at(t, 5, 10))
		b.run(t)
		event := b.requireAt(t, at(t, 5, 10))
		require.Equal(t, "Busy – clinic appointment", event.subject)
		require.NotContains(t, event.detail+event.place, "Quill")
		b.data.Exec(t, "update public.organizations set calendar_content = 'full'")
		b.move(t, visit, at(t, 5, 11))
		b.run(t)
		event = b.requireAt(t, at(t, 5, 11))
		require.Contains(t, event.subject, patient)
		require.True(t, event.private, "who merely sees the calendar reads no names")
	})
}

// A worker is held up while it makes an event; the visit is cancelled and another worker sees to that. What the first one makes
// after all is taken away again.
func TestALateCreationDoesNotBringACancelledVisitBack(t *testing.T) {
	t.Parallel()
	eachProvider(t, func(t *testing.T, b *testBundle) {
		visit := b.book(t, at(t, 5, 10))
		held, release := make(chan struct{}), make(chan struct{})
		var once sync.Once
		b.wire.holdUp(func(r *http.Request) {
			if r.Method == http.MethodPost && strings.HasSuffix(r.URL.Path, "/events") {
				once.Do(func() { close(held); <-release })
			}
		})
		slow := make(chan error, 1)
		go func() { slow <- b.syncer.SyncEvent(context.WithoutCancel(t.Context()), b.org, visit) }()
		<-held
		b.outlive(t)
		b.cancel(t, visit)
		b.run(t)
		require.Empty(t, b.outside.events(t))
		close(release)
		require.NoError(t, <-slow)
		b.run(t)
		require.Empty(t, b.outside.events(t))
		require.Equal(t, "0", b.says(t, "select (desired_version - synced_version)::text from public.calendar_events"))
	})
}

// A process dies between the provider's answer and the database's commit.
func TestADeadWorkerLeavesOneEvent(t *testing.T) {
	t.Parallel()
	eachProvider(t, func(t *testing.T, b *testBundle) {
		visit := b.book(t, at(t, 5, 10))
		dying := b.with(t, accountsFunc(func(ctx context.Context, org uuid.UUID, provider string, do func(context.Context, calendar.Account) error) error {
			_ = b.keeper.With(ctx, org, provider, do)
			runtime.Goexit()
			return nil
		}))
		dead := make(chan struct{})
		go func() {
			defer close(dead)
			_ = dying.SyncEvent(t.Context(), b.org, visit)
		}()
		<-dead
		made := b.requireAt(t, at(t, 5, 10))
		b.run(t)
		require.Equal(t, "1", b.says(t, "select (desired_version - synced_version)::text from public.calendar_events"), "its lease holds")
		b.outlive(t)
		require.NoError(t, b.syncer.SyncEvent(t.Context(), b.org, visit))
		require.Equal(t, made.id, b.requireAt(t, at(t, 5, 10)).id)
		require.Equal(t, "there", b.says(t, "select state from public.calendar_events where synced_version = desired_version"))
	})
}

// A process that is told to stop gives its lease back.
func TestAStoppedWorkerGivesItsLeaseBack(t *testing.T) {
	t.Parallel()
	eachProvider(t, func(t *testing.T, b *testBundle) {
		visit := b.book(t, at(t, 5, 10))
		ctx, stop := context.WithCancel(t.Context())
		b.wire.holdUp(func(r *http.Request) {
			stop()
			_, _ = io.Copy(io.Discard, r.Body) // a server notices that the client left when it has read all of it
			<-r.Context().Done()
		})
		require.ErrorIs(t, b.syncer.SyncEvent(ctx, b.org, visit), context.Canceled)
		require.Equal(t, "unavailable", b.says(t, "select error_code from public.calendar_events where lease_id is null"))
		b.wire.holdUp(nil)
		b.outlive(t)
		b.data.Exec(t, "update river.river_job set scheduled_at = now()")
		b.run(t)
		b.requireAt(t, at(t, 5, 10))
	})
}

// Deleted outside without our hearing of it, and changed here: it is there again, once.
func TestAVanishedEventIsMadeAnew(t *testing.T) {
	t.Parallel()
	eachProvider(t, func(t *testing.T, b *testBundle) {
		visit := b.book(t, at(t, 5, 10))
		b.run(t)
		b.outside.remove(t, b.outside.events(t)[0].id)
		b.move(t, visit, at(t, 5, 12))
		b.run(t)
		b.requireAt(t, at(t, 5, 12))
	})
}

func TestAProvidersPauseIsKept(t *testing.T) {
	t.Parallel()
	for name, refusal := range map[string]sandbox.Failure{
		"with a time":   {Status: http.StatusTooManyRequests, RetryAfter: 300 * time.Second},
		"without a one": {Status: http.StatusServiceUnavailable},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			eachProvider(t, func(t *testing.T, b *testBundle) {
				visit := b.book(t, at(t, 5, 10))
				b.outside.fail(refusal)
				require.NoError(t, b.syncer.SyncEvent(t.Context(), b.org, visit), "the job ends well; its next is in the queue")
				least := max(refusal.RetryAfter, 30*time.Second)
				pause := one[float64](t, b, "select extract(epoch from retry_at - now())::float8 from public.calendar_events")
				require.InDelta(t, least.Seconds(), pause, 15)
				require.InDelta(t, least.Seconds(), one[float64](t, b, `
					select extract(epoch from max(scheduled_at) - now())::float8 from river.river_job where kind = 'sync_calendar_event'`), 15)
				before := b.wire.requests()
				require.NoError(t, b.syncer.SyncEvent(t.Context(), b.org, visit))
				require.Equal(t, before, b.wire.requests(), "nothing is asked meanwhile")
				b.outlive(t)
				require.NoError(t, b.syncer.SyncEvent(t.Context(), b.org, visit))
				b.requireAt(t, at(t, 5, 10))
			})
		})
	}
}

// Google says 403 as well as 429 when a quota is used up, and never for how long.
func TestAUsedUpQuotaIsNoRefusal(t *testing.T) {
	t.Parallel()
	for _, status := range []int{http.StatusForbidden, http.StatusTooManyRequests} {
		t.Run(http.StatusText(status), func(t *testing.T) {
			t.Parallel()
			b := setup(t, playGoogle)
			g := b.outside.(*outsideGoogle)
			visit := b.book(t, at(t, 5, 10))
			g.SetQuota(10_000, 0, status)
			require.NoError(t, b.syncer.SyncEvent(t.Context(), b.org, visit))
			b.pull(t)
			require.Equal(t, "busy", b.says(t, "select error_code from public.calendar_events where retry_at > now() + interval '15 seconds'"))
			require.Equal(t, "failing busy", b.says(t, "select health || ' ' || error_code from public.calendar_links where next_pull_at > now() + interval '15 seconds'"))
			g.SetQuota(10_000, 600, status)
			b.outlive(t)
			require.NoError(t, b.syncer.SyncEvent(t.Context(), b.org, visit))
			b.requireAt(t, at(t, 5, 10))
		})
	}
}

// What a person takes away stops everything, is told once, and goes on where it stopped when they connect again.
func TestARevokedGrantStopsEverything(t *testing.T) {
	t.Parallel()
	eachProvider(t, func(t *testing.T, b *testBundle) {
		visit := b.book(t, at(t, 5, 10))
		b.outside.revoke()
		require.NoError(t, b.syncer.SyncEvent(t.Context(), b.org, visit))
		require.Equal(t, "needs_reconnect", b.says(t, "select health from public.calendar_links"))
		before := b.wire.requests()
		b.outlive(t)
		b.pull(t)
		require.NoError(t, b.syncer.SyncEvent(t.Context(), b.org, visit))
		require.NoError(t, b.syncer.Watch(t.Context(), b.org, b.link))
		require.Equal(t, before, b.wire.requests())
		require.Equal(t, 1, b.told(t, "calendar_reconnect"))
		require.Empty(t, b.outside.events(t))
	})
}

// lossy is a calendar that takes every event and has none.
type lossy struct {
	calendar.Account
	puts int
}

func (l *lossy) Put(context.Context, string, calendar.Draft, calendar.Known) (calendar.Known, error) {
	l.puts++
	return calendar.Known{}, calendar.ErrMissing
}

func TestACalendarThatLosesEveryEventIsNotAskedForEver(t *testing.T) {
	t.Parallel()
	b := setup(t, playMicrosoft)
	visit := b.book(t, at(t, 5, 10))
	b.data.Exec(t, "delete from river.river_job")
	var outside lossy
	s := b.with(t, accountsFunc(func(ctx context.Context, _ uuid.UUID, _ string, do func(context.Context, calendar.Account) error) error {
		return do(ctx, &outside)
	}))
	require.NoError(t, s.SyncEvent(t.Context(), b.org, visit))
	require.Equal(t, 2, outside.puts, "it is made anew once")
	require.Equal(t, "refused true", b.says(t, "select error_code || ' ' || (retry_at > now()) from public.calendar_events"))
	require.NoError(t, s.SyncEvent(t.Context(), b.org, visit))
	require.Equal(t, 2, outside.puts, "then there is a pause")
}
