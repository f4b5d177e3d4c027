package live_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
)

func TestOutOfOrderCommitsAreNeitherMissedNorRepeated(t *testing.T) {
	t.Parallel()
	b := setup(t)
	p := b.start(t, nil)
	_, token := b.member(t, lakeside, time.Hour)
	w := p.watch(t, token, "")
	begun := b.tell(t, lakeside)
	w.expect(t, begun)

	early := b.begin(t, lakeside) // its transaction is older …
	first := announce(t, early)
	late := b.tell(t, lakeside) // … than this one, which commits before it
	quiet(t, w)
	returning := p.watch(t, token, w.last)
	quiet(t, returning)
	require.NoError(t, early.Commit(context.Background()))
	w.expect(t, first, late)
	returning.expect(t, first, late)
	p.watch(t, token, w.last).expect(t, b.tell(t, lakeside))

	undone := b.begin(t, lakeside)
	announce(t, undone)
	kept := b.tell(t, lakeside)
	require.NoError(t, undone.Rollback(context.Background()))
	w.next(t) // told above
	w.expect(t, kept)
}

// quiet waits for two beats, between which the relay has read, and fails when anything was told.
func quiet(t *testing.T, w *watcher) {
	t.Helper()
	for range 2 {
		m, ok := w.any(t)
		require.True(t, ok)
		require.Empty(t, m.data, "told too early")
	}
}

// Writers whose transactions overlap in every way, and a client that is cut again and again and resumes at one of two
// processes, by header or by address: it sees every committed event once.
func TestClientsThatAreCutMissNothingAndSeeNothingTwice(t *testing.T) {
	t.Parallel()
	b := setup(t)
	processes := []*process{b.start(t, nil), b.start(t, nil)}
	_, token := b.member(t, lakeside, time.Hour)
	w := processes[0].watch(t, token, "")

	var mu sync.Mutex
	committed := map[uuid.UUID]bool{}
	var writers sync.WaitGroup
	for range 6 {
		writers.Go(func() {
			for range 30 {
				tx := b.begin(t, lakeside)
				ids := []uuid.UUID{announce(t, tx)}
				time.Sleep(rand.N(20 * time.Millisecond)) // so that transactions overlap
				ids = append(ids, announce(t, tx))
				if rand.IntN(5) == 0 {
					_ = tx.Rollback(context.Background())
					continue
				}
				if tx.Commit(context.Background()) != nil {
					continue
				}
				mu.Lock()
				for _, id := range ids {
					committed[id] = true
				}
				mu.Unlock()
			}
		})
	}
	end := make(chan uuid.UUID, 1)
	go func() { writers.Wait(); end <- b.tell(t, lakeside); close(end) }()

	seen := map[uuid.UUID]bool{}
	var last uuid.UUID
	for cuts := 0; last == uuid.Nil || !seen[last]; cuts++ {
		for range 1 + rand.IntN(12) {
			m, ok := w.any(t)
			require.True(t, ok)
			if m.data == "" {
				continue // a beat, whose cursor counts as well
			}
			id := m.entity(t)
			require.False(t, seen[id], "twice, after %d cuts", cuts)
			seen[id] = true
		}
		select {
		case id, ok := <-end:
			if ok {
				last = id
			}
		default:
		}
		w.close()
		w = resume(t, processes[rand.IntN(2)], token, w.last)
	}
	delete(seen, last)
	require.Equal(t, committed, seen)
}

// resume opens a stream behind last, in one of the two ways that clients have.
func resume(t *testing.T, p *process, token, last string) *watcher {
	t.Helper()
	if rand.IntN(2) == 0 {
		return p.watch(t, token, last)
	}
	return p.follow(t, p.get(t, "?cursor=0-0", token, func(r *http.Request) { r.Header.Set("Last-Event-ID", last) }))
}

func TestACursorThatIsNotKeptTellsTheClientToReload(t *testing.T) {
	t.Parallel()
	b := setup(t)
	p := b.start(t, nil)
	_, token := b.member(t, lakeside, time.Hour)
	w := p.watch(t, token, "")
	w.expect(t, b.tell(t, lakeside))
	seen := w.last
	w.expect(t, b.tell(t, lakeside), b.tell(t, lakeside))

	reset := func(cursor, why string) {
		t.Helper()
		returning := p.watch(t, token, cursor)
		m := returning.next(t)
		require.Equal(t, "reset", m.name)
		require.Equal(t, why, m.reason(t))
		returning.expect(t, b.tell(t, lakeside)) // and goes on
	}
	b.exec(t, "update events set at = now() - interval '3 days' where xid <= (select max(xid) from events)")
	b.exec(t, "select app.sweep_platform(now() - interval '2 days', null)")
	reset(seen, "too_old")
	reset("0-0", "too_old")
	reset(fmt.Sprintf("%d-1", int64(1)<<60), "too_old") // of another cluster
	follower := p.watch(t, token, "")
	kept := follower.last
	follower.expect(t, b.tellMany(t, lakeside, 5001)...)
	reset(kept, "too_many")
}

func TestTheCursorOfAQuietClinicStaysYoung(t *testing.T) {
	t.Parallel()
	b := setup(t)
	p := b.start(t, nil)
	_, token := b.member(t, lakeside, time.Hour)
	w := p.watch(t, token, "")
	opened := w.last
	b.tell(t, harbor) // moves the relay on, and nobody here
	require.Eventually(t, func() bool {
		m, ok := w.any(t)
		return ok && m.data == "" && m.id != opened
	}, soon, time.Millisecond)
	late := b.tell(t, lakeside)
	p.watch(t, token, w.last).expect(t, late)
	w.expect(t, late)
}

func TestAStreamReadsOnAfterItsConnectionsWereCut(t *testing.T) {
	t.Parallel()
	b := setup(t)
	p := b.start(t, nil)
	_, token := b.member(t, lakeside, time.Hour)
	w := p.watch(t, token, "")
	var told []uuid.UUID
	for range 5 {
		told = append(told, b.tell(t, lakeside))
		b.exec(t, `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and usename = 'voxanne_login'`)
		told = append(told, b.tell(t, lakeside))
	}
	w.expect(t, told...)
}
