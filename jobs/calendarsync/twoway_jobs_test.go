package calendarsync_test

import (
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/voxanne-ai/voxanne/jobs/calendarsync"
)

const (
	syncJob   = "sync_calendar_event"
	pullJob   = "pull_calendar"
	quietTime = 60 // rounds of eleven minutes, within which everything must have settled
)

// job is one of the queue: the event of a visit, or a calendar to read.
type job struct {
	kind string
	id   uuid.UUID
	at   time.Time
}

func (w *world) newSyncer(log *slog.Logger) *calendarsync.Syncer {
	s, err := calendarsync.New(calendarsync.Options{DB: w.db, Accounts: w.keeper, BackendURL: "https://clinic.example", Log: log,
		AccountRate: 100_000, AppRate: 100_000}) // quotas are other tests' matter
	require.NoError(w.rt, err)
	return s
}

// work does a job as a worker would; an error is for the queue to try again.
func (w *world) work(j job) error {
	if j.kind == pullJob {
		return w.syncer.Pull(w.t.Context(), w.org, j.id)
	}
	return w.syncer.SyncEvent(w.t.Context(), w.org, j.id)
}

// due takes the jobs out of the queue whose time has come, and those that failed half a minute ago, in the order of their making.
func (w *world) due() (jobs []job) {
	rows, err := w.owner.Query(w.t.Context(), `
		with taken as (
		  delete from river.river_job
		  where args ->> 'org_id' = $1::text and kind in ('sync_calendar_event', 'pull_calendar') and scheduled_at <= $2
		  returning id, kind, coalesce(args ->> 'appointment_id', args ->> 'calendar_link_id')::uuid as subject)
		select kind, subject from taken order by id`, w.org, w.now)
	require.NoError(w.rt, err)
	jobs, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (j job, err error) {
		j.at = w.now
		return j, row.Scan(&j.kind, &j.id)
	})
	require.NoError(w.rt, err)
	later := w.retries[:0:0]
	for _, j := range w.retries {
		if j.at.After(w.now) {
			later = append(later, j)
		} else {
			jobs = append(jobs, j)
		}
	}
	w.retries = later
	return jobs
}

// sweep adds the jobs that the minutely schedules find: what was lost, and calendars whose time has come.
func (w *world) sweep(jobs []job) []job {
	links, err := w.db.Platform().LinksToPull(w.t.Context(), 1_000_000)
	require.NoError(w.rt, err)
	for _, l := range links {
		if l.OrgID == w.org {
			jobs = append(jobs, job{kind: pullJob, id: l.ID})
		}
	}
	events, err := w.db.Platform().CalendarEventsToSync(w.t.Context(), 1_000_000)
	require.NoError(w.rt, err)
	for _, e := range events {
		if e.OrgID == w.org {
			jobs = append(jobs, job{kind: syncJob, id: e.ID})
		}
	}
	return jobs
}

// run does jobs, alone or all at once, and says how many failed.
func (w *world) run(jobs []job, together bool) (failed int) {
	outcomes := make([]error, len(jobs))
	var all sync.WaitGroup
	for i, j := range jobs {
		if together {
			all.Go(func() { outcomes[i] = w.work(j) })
			continue
		}
		outcomes[i] = w.work(j)
		w.pass(time.Second)
	}
	all.Wait()
	for i, err := range outcomes {
		w.logf("  %s %s: %v", jobs[i].kind, jobs[i].id, err)
		if err != nil {
			failed++
			w.retries = append(w.retries, job{kind: jobs[i].kind, id: jobs[i].id, at: w.now.Add(30 * time.Second)})
		}
	}
	return failed
}

// runSome does some of the due jobs in any order, some twice, and puts off the rest.
func (w *world) runSome() {
	jobs := w.due()
	if len(jobs) == 0 {
		return
	}
	for i := range jobs {
		j := rapid.IntRange(i, len(jobs)-1).Draw(w.rt, "next")
		jobs[i], jobs[j] = jobs[j], jobs[i]
	}
	n := rapid.IntRange(1, len(jobs)).Draw(w.rt, "how many")
	now, later := slices.Clone(jobs[:n]), jobs[n:]
	w.retries = append(w.retries, later...)
	if rapid.Bool().Draw(w.rt, "twice") {
		now = append(now, now[0])
	}
	together := rapid.Bool().Draw(w.rt, "at once")
	if !together {
		w.edit = rapid.IntRange(0, 4).Draw(w.rt, "edit after")
	}
	w.run(now, together)
	w.edit = 0
}

func (w *world) runAll() { w.run(w.sweep(w.due()), false) }

// quiet works until nothing changes, and nothing waits or fails: failures that were ordered are met on the way.
func (w *world) quiet() {
	w.logf("quiet")
	for len(w.late) > 0 {
		w.lateWriterEnds()
		w.pass(time.Second)
	}
	still := 0
	for range quietTime {
		w.reconnect()
		before := w.state()
		w.pass(11 * time.Minute)
		failed := 0
		for jobs := w.sweep(w.due()); len(jobs) > 0; jobs = w.due() {
			failed += w.run(jobs, false)
		}
		if failed > 0 || len(w.retries) > 0 || w.troubles() > 0 || w.state() != before {
			still = 0
		} else if still++; still == 2 {
			return
		}
	}
	w.rt.Fatalf("still not quiet:\n%s", w.state())
}
