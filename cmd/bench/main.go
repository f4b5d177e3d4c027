// Command bench measures bookings and questions for free times over HTTP, signed
// as Vapi sends them, and texts that staff write, beside pgbench doing the same
// transactions: same role, claims, functions and data, in one run on one database.
// With -only agents it measures how long saved agents take until their assistants
// are in step, with -only dashboard how fast lists and numbers come (see sql/bench/looks.sql), with
// -only live how long until a thousand dashboards hear of a change, with -only
// calendars what outside calendars cost bookings, and with -only documents how
// fast the reader of documents is, and how long an uploaded file takes until
// callers are answered from it.
//
// The database is a scratch one in the test cluster, which does not wait for the
// disk; TEST_DATABASE_URL names another server. Server, clients and database
// share the machine, so the figures are a floor, and the ratio is what one looks at.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/db/dbtest"
	"github.com/voxanne-ai/voxanne/jobs/reader"
)

func main() {
	ctx, cancel := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer cancel()
	if len(os.Args) == 2 && os.Args[1] == readDocument {
		if err := reader.Serve(ctx, os.Stdin, os.Stdout); err != nil {
			os.Exit(1)
		}
		return
	}
	s := settings{out: os.Stdout}
	flag.IntVar(&s.clients, "clients", 8, "how many callers talk at once")
	flag.DurationVar(&s.length, "time", 10*time.Second, "how long each of the six is measured; calendars: a third of the time of all four")
	flag.StringVar(&s.only, "only", "", "what is measured: calls, dashboard (lists and numbers), agents (saves until their assistants at a played Vapi are in step), live (changes until dashboards hear of them), knowledge (finding passages), calendars (bookings with calendars that answer, are slow and are down), or documents (pages of PDFs read; files uploaded until they are found); else calls, and a short look at the dashboard and at calendars")
	flag.Float64Var(&s.saves, "saves", 20, "agents: saves a second; calendars: bookings a second")
	flag.IntVar(&s.vapiRate, "vapi-rate", 100, "agents: VAPI_REQUESTS_PER_SECOND")
	flag.IntVar(&s.rows, "rows", 50_000, "dashboard: how many contacts, appointments, messages … the clinic has")
	flag.IntVar(&s.calls, "calls", 0, "dashboard: how many calls it has, if not that many")
	flag.IntVar(&s.rounds, "rounds", 30, "dashboard: how often everything is asked for; knowledge: how many questions; documents: how often each is read, and how many files of a size are uploaded")
	flag.StringVar(&s.pieces, "pieces", "500,30000,300000", "knowledge: how many pieces the clinics' documents have")
	flag.StringVar(&s.pages, "pages", "3,30,300", "documents: how many pages the uploaded files have")
	flag.Parse()
	measure, known := map[string]func(context.Context, settings) error{
		"": runUsual, "calls": run, "agents": runAgents, "dashboard": runDashboard, "live": runLive, "knowledge": runKnowledge,
		"calendars": runCalendars, "documents": runDocuments}[s.only]
	if !known || s.rows < 1000 || s.rounds < 1 || s.saves <= 0 {
		fmt.Fprintln(os.Stderr, "bench: -only is calls, agents, dashboard, live, knowledge, calendars or documents; 1000 rows, a round and some saves at least")
		os.Exit(2)
	}
	if err := measure(ctx, s); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

type settings struct {
	clients int
	length  time.Duration
	only    string  // calls, agents, dashboard, live, knowledge, calendars or documents; empty: see runUsual
	saves   float64 // a second; of calendars: bookings
	out     io.Writer

	vapiRate int

	rows, calls, rounds int // of the dashboard; no calls: as many as rows

	pieces string // of clinics' documents, with commas between the clinics
	pages  string // of uploaded files, likewise
}

// runUsual measures calls, and looks at the dashboard and at calendars for a few seconds each.
func runUsual(ctx context.Context, s settings) error {
	if err := run(ctx, s); err != nil {
		return err
	}
	s.rounds, s.length = min(s.rounds, 5), min(s.length, 3*time.Second)
	fmt.Fprintln(s.out)
	if err := runDashboard(ctx, s); err != nil {
		return err
	}
	fmt.Fprintln(s.out)
	return runCalendars(ctx, s)
}

// target does one kind of work as fast as it can for a while.
type target interface {
	// measure keeps clients busy for length; kind is book, availability or text.
	measure(ctx context.Context, kind string, clients int, length time.Duration) (figures, error)
}

func run(ctx context.Context, s settings) (err error) {
	root, err := dbtest.Root()
	if err != nil {
		return err
	}
	scripts := filepath.Join(root, "sql/bench")
	database, drop, err := dbtest.Scratch(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, drop()) }()
	owner, err := pgx.Connect(ctx, database.OwnerURL)
	if err != nil {
		return fmt.Errorf("reach the scratch database: %w", err)
	}
	defer owner.Close(context.WithoutCancel(ctx))
	if err := furnish(ctx, owner, scripts); err != nil {
		return err
	}
	service, err := newHTTPTarget(ctx, database.LoginURL, s.clients)
	if err != nil {
		return err
	}
	defer service.close()
	if err := service.signIn(ctx, db.New(owner)); err != nil {
		return err
	}
	program, err := findPgbench(ctx)
	if err != nil {
		return err
	}
	beside := pgbench{program: program, loginURL: database.LoginURL, scripts: scripts}
	if err := compare(ctx, s, service, beside); err != nil {
		return err
	}
	return errors.Join(check(ctx, s.out, db.New(owner)), checkTexts(ctx, s.out, db.New(owner)))
}

// furnish makes the clinics that are booked in.
func furnish(ctx context.Context, owner *pgx.Conn, scripts string) error {
	text, err := os.ReadFile(filepath.Join(scripts, "clinics.sql"))
	if err != nil {
		return err
	}
	if _, err := owner.Exec(ctx, string(text)); err != nil {
		return fmt.Errorf("make the clinics: %w", err)
	}
	return nil
}

// compare measures every kind of work on both targets and prints a table. Each
// pair is measured twice in turns, because the database grows all the while.
func compare(ctx context.Context, s settings, service, beside target) error {
	fmt.Fprintf(s.out, "%d clients, 2 × %s each\n\n%-14s %-8s %10s %9s %9s %8s\n", s.clients, s.length, "", "", "per second", "p50 ms", "p99 ms", "errors")
	for _, kind := range []string{"book", "availability", "text"} {
		var over, plain figures
		for range 2 {
			for _, turn := range []struct {
				target
				sum *figures
			}{{beside, &plain}, {service, &over}} {
				got, err := turn.measure(ctx, kind, s.clients, s.length)
				if err != nil {
					return fmt.Errorf("%s: %w", kind, err)
				}
				turn.sum.add(got)
			}
		}
		plain.print(s.out, kind, "pgbench")
		over.print(s.out, kind, "HTTP")
		fmt.Fprintf(s.out, "%-14s HTTP is %.0f %% of pgbench\n\n", kind, 100*over.perSecond()/plain.perSecond())
	}
	return nil
}

// check says what the bookings came to, and fails when two visits overlap or none was booked.
func check(ctx context.Context, out io.Writer, owner *db.Queries) error {
	for name, pattern := range map[string]string{"pgbench": "tool-1", "HTTP": "call-%"} {
		attempts, err := owner.BenchAttempts(ctx, pattern)
		if err != nil {
			return err
		}
		booked := false
		for _, a := range attempts {
			fmt.Fprintf(out, "%-8s %-8s %d rows\n", name, a.Outcome, a.Attempts)
			booked = booked || a.Outcome == "booked"
		}
		if !booked {
			return fmt.Errorf("%s booked nothing: the figures mean nothing", name)
		}
	}
	pairs, err := owner.DemoDoubleBookings(ctx)
	if err != nil {
		return err
	}
	if pairs > 0 {
		return fmt.Errorf("%d pairs of visits overlap", pairs)
	}
	fmt.Fprintln(out, "no two visits of one practitioner overlap")
	return nil
}
