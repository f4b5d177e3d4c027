package main

import (
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/db/dbtest"
	"github.com/voxanne-ai/voxanne/jobs/reader"
)

// TestMain lets this program read documents when it is started for that, as main does.
func TestMain(m *testing.M) {
	if len(os.Args) == 2 && os.Args[1] == readDocument {
		if err := reader.Serve(context.Background(), os.Stdin, os.Stdout); err != nil {
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// inPart measures one part as a whole run does, as briefly as can be, and returns its details. Every row of the table that is
// the part's has a figure then, or it is an error.
func inPart(t *testing.T, title string, s settings) string {
	t.Helper()
	at := slices.IndexFunc(parts(), func(p part) bool { return p.title == title })
	require.NotEqual(t, -1, at, title)
	var out bytes.Buffer
	s.scale, s.sheet, s.details, s.out = leastScale, &sheet{}, true, &out
	figures, err := measureParts(t.Context(), s, io.Discard, parts()[at:at+1])
	require.NoError(t, err, out.String())
	require.Len(t, figures, len(parts()[at].rows(leastScale)))
	return out.String()
}

func TestBothWaysBookAndAnswer(t *testing.T) {
	t.Parallel()
	out := inPart(t, "tool calls", settings{clients: 2, turns: 1, length: time.Second, contacts: 500})
	for _, line := range []string{
		`book +pgbench +\d+ +\d+\.\d\d +\d+\.\d\d +0\n`, `book +HTTP +\d+ +\d+\.\d\d +\d+\.\d\d +0\n`,
		`availability +pgbench +\d+ .* +0\n`, `availability +HTTP +\d+ .* +0\n`, `HTTP is \d+ % of pgbench`,
		`knowledge +pgbench +\d+ .* +0\n`, `knowledge +HTTP +\d+ .* +0\n`, `knowledge +100 % +\d+ .* +0\n`,
		`text +pgbench +\d+ .* +0\n`, `text +HTTP +\d+ .* +0\n`, `pgbench +text sent +[1-9]\d* rows`, `HTTP +text sent +[1-9]\d* rows`,
		`pgbench +booked +[1-9]\d* rows`, `HTTP +booked +[1-9]\d* rows`, `no two visits of one practitioner overlap`,
		`16 callers on 4 times, [1-9]\d* rounds`, `deadlocks: 0\n`,
	} {
		require.Regexp(t, line, out)
	}
}

func TestADatabaseOfRealisticSizeIsMeasured(t *testing.T) {
	t.Parallel()
	out := inPart(t, "a database of realistic size", settings{rounds: 1})
	require.Regexp(t, `scale 0.01: 22 clinics with \d+ visits`, out)
}

func TestJobsStartAndAgentsAreSavedWhileVapiHangs(t *testing.T) {
	t.Parallel()
	out := inPart(t, "agents and jobs", settings{length: time.Second, saves: 10, vapiRate: 1000})
	require.Regexp(t, `[1-9]\d* jobs started after p50 \d+ ms`, out)
	require.Regexp(t, `Vapi hangs\n  save: p50`, out)
}

func TestAFigureThatIsMissingIsAnError(t *testing.T) {
	t.Parallel()
	forgetful := part{"a part", func(_ context.Context, s settings) error {
		s.sheet.note("known", 1)
		return nil
	}, func(float64) []row { return []row{{Name: "known"}, {Name: "forgotten"}} }}
	_, err := measureParts(t.Context(), settings{sheet: &sheet{}, out: io.Discard}, io.Discard, []part{forgetful})
	require.ErrorContains(t, err, `"forgotten"`)
	forgetful.rows = func(float64) []row { return nil }
	_, err = measureParts(t.Context(), settings{sheet: &sheet{}, out: io.Discard}, io.Discard, []part{forgetful})
	require.ErrorContains(t, err, `no row: ["known"]`)
}

func TestRowsHaveNamesOfTheirOwn(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, p := range parts() {
		for _, r := range p.rows(1) {
			require.False(t, seen[r.Name], r.Name)
			require.NotEmpty(t, r.Title)
			seen[r.Name] = true
		}
	}
}

func TestADashboardIsLookedAtBothWays(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	require.NoError(t, runDashboard(t.Context(), settings{rows: 1000, rounds: 1, out: &out}))
	for _, line := range []string{
		`contacts( +\d+\.\d\d){5}\n`, `last page( +\d+\.\d\d){5}\n`, `"ouquill"( +\d+\.\d\d){5}\n`, `audit log( +\d+\.\d\d){5}\n`,
		`validate( +\d+\.\d\d){2}\n`, `start page, 9 requests: one after another p50 \d`,
	} {
		require.Regexp(t, line, out.String())
	}
}

func TestDocumentsAreAskedThreeWays(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	require.NoError(t, runKnowledge(t.Context(), settings{pieces: "50,400", rounds: 2, out: &out}))
	for _, line := range []string{`50 +vectors( +\d+\.\d\d){2} +\d\n`, `50 +words( +\d+\.\d\d){2} +\d\n`, `400 +both( +\d+\.\d\d){2} +0\n`} {
		require.Regexp(t, line, out.String())
	}
	require.ErrorContains(t, runKnowledge(t.Context(), settings{pieces: "50,many", out: &out}), "-pieces")
}

func TestFilesAreUploadedUntilTheirLastPageIsFound(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	require.NoError(t, runUploads(t.Context(), settings{pages: "1,3", rounds: 1, out: &out}))
	require.Regexp(t, `1 pages, 1 times +\d+\.\d\d +\d+\.\d\d +\d+\n3 pages, 1 times`, out.String())
	require.ErrorContains(t, runUploads(t.Context(), settings{pages: "0", out: &out}), "-pages")
}

func TestBookingsBesideCalendarsAreMeasured(t *testing.T) {
	t.Parallel()
	out := inPart(t, "calendars", settings{clients: 2, saves: 8, length: time.Second})
	for _, line := range []string{
		`45 calendars with 2700 events read within \d+\.\d s\n`, `before +[1-9]\d*( +\d+\.\d\d){3} +0`, `no calendars +[1-9]\d*( +\d+\.\d\d){3} +0 +1.00, 1.00\n`,
		`calendars +[1-9]\d*( +\d+\.\d\d){3} +0 `, `5s an answer +[1-9]\d*( +\d+\.\d\d){3} +0 `, `503 to all +[1-9]\d*( +\d+\.\d\d){3} +0 `,
		`calendars +(\d+) of \d+ visits are in the calendar`, `503 to all +0 of [1-9]\d* visits are in the calendar \(0 there\)`,
	} {
		require.Regexp(t, line, out)
	}
}

func TestFiguresThatMeanNothingAreAnError(t *testing.T) {
	t.Parallel()
	root, err := dbtest.Root()
	require.NoError(t, err)
	d := dbtest.New(t)
	owner, err := pgx.Connect(t.Context(), d.OwnerURL)
	require.NoError(t, err)
	defer owner.Close(t.Context())
	require.NoError(t, furnish(t.Context(), owner, filepath.Join(root, "sql/bench")))
	require.ErrorContains(t, check(t.Context(), &bytes.Buffer{}, db.New(owner)), "booked nothing")

	service, err := newHTTPTarget(t.Context(), d.LoginURL, 1)
	require.NoError(t, err)
	defer service.close()
	_, err = service.measure(t.Context(), "book", 1, 0, time.Second)
	require.NoError(t, err)
	d.Exec(t, `
		insert into public.booking_attempts
		select (jsonb_populate_record(t, '{"id": "00000000-0000-7000-8000-000000000001", "tool_call_id": "tool-1"}')).*
		from public.booking_attempts t where t.outcome = 'booked' limit 1;
		alter table public.appointments drop constraint appointments_no_overlap;
		insert into public.appointments
		select (jsonb_populate_record(a, '{"id": "00000000-0000-7000-8000-000000000001", "booking_ref": "AAAAAA", "call_id": null}')).*
		from public.appointments a limit 1`)
	require.ErrorContains(t, check(t.Context(), &bytes.Buffer{}, db.New(owner)), "1 pairs of visits overlap")
}

func TestQuantiles(t *testing.T) {
	t.Parallel()
	f := figures{length: 2 * time.Second}
	for i := range 100 {
		f.took = append(f.took, time.Duration(100-i)*time.Millisecond)
	}
	require.InDelta(t, 50, f.perSecond(), 0)
	require.InDelta(t, 51, f.quantile(0.50), 0)
	require.InDelta(t, 100, f.quantile(0.99), 0)
	var none figures
	require.Zero(t, none.quantile(0.5))
	require.Zero(t, none.perSecond())
}

func TestAThousandStreamsHearOfChangesBesideASlowOne(t *testing.T) {
	t.Parallel()
	out := inPart(t, "dashboards", settings{length: time.Second})
	// The one that does not read is dropped; on a machine that is busy elsewhere a reader may fall behind, too. Receipts that
	// are missing are an error above.
	require.Regexp(t, `1000 streams in ten clinics opened in .* s; memory for each: \d+ KiB\n.*commit to receipt p50 \d+ ms, p99 \d+ ms.*\nstreams dropped: [1-9]\n`, out)
}
