package reception_test

import (
	"fmt"
	"io/fs"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/db/migrate"
	"github.com/voxanne-ai/voxanne/migrations"
	"github.com/voxanne-ai/voxanne/providers/sandbox"
)

// nextMigrations are the next version's, as docs/dba.md asks for them: a table in use at a time, and the index beside the calls.
func nextMigrations() []string {
	return []string{`-- +goose Up
set local lock_timeout = '5s';
alter table public.appointments add column of_the_next_version text;`, `-- +goose Up
set local lock_timeout = '5s';
alter table public.call_logs add column of_the_next_version integer not null default 0;`, `-- +goose Up
set local lock_timeout = '5s';
alter table public.patients add column of_the_next_version text;`, `-- +goose NO TRANSACTION
-- +goose Up
create index concurrently of_the_next_version on public.appointments (org_id, of_the_next_version);`}
}

// nextVersion is the program's migrations and those of the next one, and its number.
func nextVersion(t *testing.T) (files fstest.MapFS, version int64) {
	t.Helper()
	version, err := migrate.Target()
	require.NoError(t, err)
	files = fstest.MapFS{}
	names, err := fs.Glob(migrations.FS, "*.sql")
	require.NoError(t, err)
	for _, name := range names {
		text, err := fs.ReadFile(migrations.FS, name)
		require.NoError(t, err)
		files[name] = &fstest.MapFile{Data: text}
	}
	for _, text := range nextMigrations() {
		version++
		files[fmt.Sprintf("%05d_next.sql", version)] = &fstest.MapFile{Data: []byte(text)}
	}
	return files, version
}

// ringing is callers who book, one after the other, at whichever of the versions is listed, until stopped.
type ringing struct {
	b        *bundle
	versions atomic.Pointer[[]*sandbox.Caller]
	rung     atomic.Int64
	all      sync.WaitGroup
	stop     atomic.Bool
	mu       sync.Mutex
	told     []string // what was no booking
}

// ring starts so many callers at once.
func (b *bundle) ring(t *testing.T, callers int, versions ...*sandbox.Caller) *ringing {
	t.Helper()
	r := &ringing{b: b}
	r.versions.Store(&versions)
	for range callers {
		r.all.Go(func() {
			for !r.stop.Load() {
				r.book(t, int(r.rung.Add(1)))
			}
		})
	}
	t.Cleanup(r.hangUp)
	return r
}

// hangUp waits for the callers that are on the line.
func (r *ringing) hangUp() {
	r.stop.Store(true)
	r.all.Wait()
}

// book is the n-th caller's visit, at a time that nobody else wants.
func (r *ringing) book(t *testing.T, n int) {
	versions := *r.versions.Load()
	day := now.AddDate(0, 0, 1+n/16%4+n/64*7) // Tuesday to Friday
	line := sandbox.Line{CallID: fmt.Sprintf("upgrade-%d", n), Number: "+13125550100", Customer: fmt.Sprintf("+1312555%04d", 1000+n), At: now}
	results, err := versions[n%len(versions)].CallTools(t.Context(), sandbox.ToolCalls(line, sandbox.NestedObject, sandbox.ToolCall{
		ID: "1", Name: "bookClinicAppointment", Arguments: map[string]any{"appointmentDate": day.Format(time.DateOnly),
			"appointmentTime": fmt.Sprintf("%02d:%02d", 9+n%16/2, n%2*30), "serviceType": "checkup", "patientName": "Ann Quillfeather"}}))
	said := ""
	switch {
	case err != nil:
		said = err.Error()
	case !strings.HasPrefix(results[0].Result, "Booked: ") && !strings.HasPrefix(results[0].Error, "That time is taken."):
		said = results[0].Text()
	default:
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.told = append(r.told, said)
}

// more waits until so many more callers were heard.
func (r *ringing) more(t *testing.T, callers int64) {
	t.Helper()
	before := r.rung.Load()
	require.Eventually(t, func() bool { return r.rung.Load() >= before+callers }, 30*time.Second, 5*time.Millisecond)
}

// Two versions of the program run side by side while the database is migrated from the one to the other and callers book: none
// of them notices, and nobody is sent to the new version before its database is there.
func TestTwoVersionsServeWhileTheDatabaseIsMigrated(t *testing.T) {
	t.Parallel()
	b := setup(t)
	files, version := nextVersion(t)
	serve := func(schema int64) *sandbox.Caller {
		b.schema = schema
		b.serve(t, b.database.LoginURL)
		return b.vapi
	}
	ready := func(at *sandbox.Caller) int {
		resp, err := at.HTTP.Get(at.BaseURL + "/readyz")
		require.NoError(t, err)
		require.NoError(t, resp.Body.Close())
		return resp.StatusCode
	}
	older := serve(version - int64(len(nextMigrations())))
	calls := b.ring(t, 4, older)
	calls.more(t, 20)
	newer := serve(version)
	require.Equal(t, []int{http.StatusOK, http.StatusServiceUnavailable}, []int{ready(older), ready(newer)}, "the new version is not there yet")
	require.NoError(t, migrate.UpFrom(t.Context(), b.database.OwnerURL, files, nil))
	calls.more(t, 20)
	require.Equal(t, []int{http.StatusOK, http.StatusOK}, []int{ready(older), ready(newer)})
	calls.versions.Store(&[]*sandbox.Caller{older, newer})
	calls.more(t, 20)
	calls.versions.Store(&[]*sandbox.Caller{newer})
	calls.more(t, 20)
	calls.hangUp()
	require.Empty(t, calls.told)
	require.NotContains(t, b.log.String(), `"level":"ERROR"`)
	require.GreaterOrEqual(t, b.count(t, booked), 60)
}
