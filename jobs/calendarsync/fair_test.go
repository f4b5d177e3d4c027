package calendarsync_test

import (
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/db/dbtest"
	"github.com/voxanne-ai/voxanne/db/vault"
	"github.com/voxanne-ai/voxanne/jobs/calendarsync"
	"github.com/voxanne-ai/voxanne/jobs/grants"
	"github.com/voxanne-ai/voxanne/providers/calendar"
)

// Google's quotas and our rates, a tenth of the real ones, so that a minute's worth is soon written.
const (
	clinics, largeVisits         = 200, 1000
	personQuota, projectQuota    = 60, 1000
	accountRate, appRate         = 48, 800
	slackOfAccount               = accountRate / 24 // what may be caught up with
	stepOfClock, minutesOfLarge  = 100 * time.Millisecond, 2
	mostTurns, othersInTheirTurn = 3, clinics - 1
)

// manyClinics are the clinics that founded makes: of the first one's visits there are many, of the others' one each.
const manyClinics = `
insert into public.organizations (id, name, slug, time_zone)
select ('a0000000-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid, 'Clinic ' || n, 'clinic-' || n, 'America/Chicago' from generate_series(1, %[1]d) n;
insert into public.locations (org_id, id, name, time_zone) select id, id, 'Main', time_zone from public.organizations;
insert into public.services (org_id, id, name, duration) select id, id, 'Checkup', '30 minutes' from public.organizations;
insert into public.resources (org_id, id, location_id, name) select id, id, id, 'Dr. Quill' from public.organizations;
insert into public.contacts (org_id, id, name, phone) select id, id, 'Jo Quillby', '+13125550142' from public.organizations;
insert into public.patients (org_id, id, contact_id, name, normalised_name) select id, id, id, 'Jo Quillby', 'jo quillby' from public.organizations;
insert into public.appointments (org_id, location_id, service_id, resource_id, contact_id, patient_id, scheduled_at, duration, during, blocked,
  status, booking_ref, source)
select o.id, o.id, o.id, o.id, o.id, o.id, s.at, '30 minutes', tstzrange(s.at, s.at + '30 minutes'), tstzrange(s.at, s.at + '30 minutes'),
  'confirmed', translate(upper(lpad(to_hex(n + 4096), 6, 'A')), '01', 'XY'), 'dashboard'
from public.organizations o
cross join lateral generate_series(1, case o.name when 'Clinic 1' then %[2]d else 1 end) n
cross join lateral (select date_trunc('hour', app.now()) + n * interval '30 minutes' + interval '1 day' as at) s;
insert into public.calendar_links (org_id, id, resource_id, provider, external_calendar_id, time_zone, writes)
select id, id, id, 'google', 'calendar-of-' || slug || '@patients.example', 'America/Chicago', true from public.organizations;
insert into public.calendar_events (org_id, appointment_id, calendar_link_id) select org_id, id, org_id from public.appointments`

// waiting is a visit whose event waits to be written, and its job.
type waiting struct {
	org, visit uuid.UUID
	due        time.Time
	turns      int // asked for so far
}

// One clinic has a thousand visits to write, and its jobs are the first in the queue. The other 199 are served as though it were
// one of them, and nobody asks more of Google than may be asked.
func TestNobodyStarvesBesideAThousandVisits(t *testing.T) {
	t.Parallel()
	b := many(t)
	g := b.outside.(*outsideGoogle)
	g.SetQuota(projectQuota, personQuota, 429)
	start := time.Now().Truncate(time.Second)
	clock := start
	b.data.SetClock(t, clock)
	queue := b.queue(t, clock)
	large := queue[0].org
	var written []waiting // in order; due is when
	left := othersInTheirTurn
	for left > 0 || clock.Before(start.Add(minutesOfLarge*time.Minute)) {
		require.NotEmpty(t, queue, "the large clinic went faster than it may")
		job := queue[0]
		queue = queue[1:]
		if job.due.After(clock) {
			step := max(job.due.Sub(clock), stepOfClock)
			clock = clock.Add(step)
			b.data.SetClock(t, clock)
			g.Pass(step)
		}
		wait, err := b.syncer.Turn(t.Context(), job.org, job.visit)
		require.NoError(t, err)
		job.turns++
		if wait > 0 {
			job.due = clock.Add(wait)
			at, _ := slices.BinarySearchFunc(queue, job.due, func(w waiting, due time.Time) int {
				if w.due.After(due) {
					return 1
				}
				return -1
			})
			queue = slices.Insert(queue, at, job)
			continue
		}
		require.NoError(t, b.syncer.SyncEvent(t.Context(), job.org, job.visit))
		job.due = clock
		written = append(written, job)
		if job.org != large {
			left--
		}
	}
	requireFair(t, written, large, start)
	project, one := g.PeakUse()
	require.Less(t, project, projectQuota)
	require.Less(t, one, personQuota)
	require.Equal(t, "0", b.says(t, "select count(*)::text from public.calendar_events where error_code is not null"))
}

// requireFair measures in turns: how many requests went before the last of the others, and how often anybody had to ask.
func requireFair(t *testing.T, written []waiting, large uuid.UUID, start time.Time) {
	t.Helper()
	last, most, minute := 0, 0, map[uuid.UUID]int{}
	for i, w := range written {
		most = max(most, w.turns)
		if w.org != large {
			last = i
		}
		from, _ := slices.BinarySearchFunc(written, w.due.Add(-time.Minute), func(w waiting, at time.Time) int { return w.due.Compare(at) })
		count := 0
		for _, before := range written[from : i+1] {
			if before.org == w.org {
				count++
			}
		}
		minute[w.org] = max(minute[w.org], count)
	}
	took := written[last].due.Sub(start)
	byLarge := slackOfAccount + int(took.Minutes()*accountRate) + 1
	t.Logf("the last of %d others was request %d, after %s; the large clinic had %d of any minute; turns asked for at most: %d",
		othersInTheirTurn, last+1, took, minute[large], most)
	require.LessOrEqual(t, last+1, othersInTheirTurn+byLarge, "the large clinic goes before them by its own rate only")
	require.LessOrEqual(t, took, time.Minute*(othersInTheirTurn+slackOfAccount+accountRate)/appRate, "and they go at the app's rate")
	// What waited for the app comes on top of the account's own rate when the others are through.
	require.Less(t, minute[large], personQuota)
	require.GreaterOrEqual(t, minute[large], accountRate-2, "and it gets what is its own")
	require.LessOrEqual(t, most, mostTurns)
}

// many founds the clinics, each with an account of its own.
func many(t *testing.T) *testBundle {
	t.Helper()
	b := &testBundle{data: dbtest.New(t, dbtest.WithClock()), wire: &wire{}, log: &logBuffer{}}
	b.owner = b.data.Pool(t)
	var err error
	b.db, err = db.Open(t.Context(), b.data.LoginURL)
	require.NoError(t, err)
	t.Cleanup(b.db.Close)
	b.outside = playGoogle(t, b.wire)
	keys, err := vault.ParseKeyring("k1:" + strings.Repeat("5a", 32))
	require.NoError(t, err)
	b.keeper, err = grants.New(grants.Options{DB: b.db, Keys: keys, Providers: []calendar.Provider{b.outside.provider()}, Log: slog.New(slog.DiscardHandler), Now: time.Now})
	require.NoError(t, err)
	b.syncer, err = calendarsync.New(calendarsync.Options{DB: b.db, Accounts: b.keeper, BackendURL: "http://clinic.example",
		AccountRate: accountRate, AppRate: appRate})
	require.NoError(t, err)
	b.data.Exec(t, fmt.Sprintf(manyClinics, clinics, largeVisits))
	for n := 1; n <= clinics; n++ {
		email := fmt.Sprintf("calendar-of-clinic-%d@patients.example", n)
		b.outside.(*outsideGoogle).AddPerson(email, zone)
		b.connect(t, uuid.MustParse(fmt.Sprintf("a0000000-0000-7000-8000-%012d", n)), email)
	}
	return b
}

// queue are the jobs of all visits, the large clinic's first.
func (b *testBundle) queue(t *testing.T, due time.Time) (queue []waiting) {
	t.Helper()
	rows, err := b.owner.Query(t.Context(), "select org_id, id from public.appointments order by org_id, id")
	require.NoError(t, err)
	defer rows.Close()
	for rows.Next() {
		job := waiting{due: due}
		require.NoError(t, rows.Scan(&job.org, &job.visit))
		queue = append(queue, job)
	}
	require.NoError(t, rows.Err())
	require.Len(t, queue, largeVisits+clinics-1)
	return queue
}
