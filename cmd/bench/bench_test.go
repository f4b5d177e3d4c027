package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
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

func TestBothWaysBookAndAnswer(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	require.NoError(t, run(t.Context(), settings{clients: 2, length: time.Second, out: &out}))
	for _, line := range []string{
		`book +pgbench +\d+ +\d+\.\d\d +\d+\.\d\d +0\n`, `book +HTTP +\d+ +\d+\.\d\d +\d+\.\d\d +0\n`,
		`availability +pgbench +\d+ .* +0\n`, `availability +HTTP +\d+ .* +0\n`, `HTTP is \d+ % of pgbench`,
		`text +pgbench +\d+ .* +0\n`, `text +HTTP +\d+ .* +0\n`, `pgbench +text sent +[1-9]\d* rows`, `HTTP +text sent +[1-9]\d* rows`,
		`pgbench +booked +[1-9]\d* rows`, `HTTP +booked +[1-9]\d* rows`, `no two visits of one practitioner overlap`,
	} {
		require.Regexp(t, line, out.String())
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
	var out bytes.Buffer
	require.NoError(t, runCalendars(t.Context(), settings{clients: 2, saves: 8, length: time.Second, out: &out}))
	for _, line := range []string{
		`45 calendars with 2700 events read within \d+\.\d s\n`, `before +[1-9]\d*( +\d+\.\d\d){3} +0`, `no calendars +[1-9]\d*( +\d+\.\d\d){3} +0 +1.00, 1.00\n`,
		`calendars +[1-9]\d*( +\d+\.\d\d){3} +0 `, `5s an answer +[1-9]\d*( +\d+\.\d\d){3} +0 `, `503 to all +[1-9]\d*( +\d+\.\d\d){3} +0 `,
		`calendars +(\d+) of \d+ visits are in the calendar`, `503 to all +0 of [1-9]\d* visits are in the calendar \(0 there\)`,
	} {
		require.Regexp(t, line, out.String())
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
	_, err = service.measure(t.Context(), "book", 1, time.Second)
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
	var out bytes.Buffer
	require.NoError(t, runLive(t.Context(), settings{length: time.Second, out: &out}))
	// The one that does not read is dropped; on a machine that is busy elsewhere a reader may fall behind, too. Receipts that
	// are missing are an error above.
	require.Regexp(t, `1000 streams in ten clinics opened in .* s; memory for each: \d+ KiB\n.*commit to receipt p50 \d+ ms, p99 \d+ ms.*\nstreams dropped: [1-9]\n`, out.String())
}
