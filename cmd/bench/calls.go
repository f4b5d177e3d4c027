package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/db/dbtest"
)

// target does one kind of work as fast as it can for a while.
type target interface {
	// measure keeps clients busy for length after they warmed up; kind is book, availability, knowledge or text.
	measure(ctx context.Context, kind string, clients int, warm, length time.Duration) (figures, error)
}

// callsBench is one run's database, and those who book in it.
type callsBench struct {
	settings
	owner   *pgx.Conn
	counts  *db.Queries
	served  *served
	meter   *cpuMeter
	beside  pgbench
	service callers
}

// runCalls measures tool calls to `voxanne serve` beside pgbench, at parts of what it can do at most, and in a crowd; and
// texts that staff write.
func runCalls(ctx context.Context, s settings) (err error) {
	root, err := dbtest.Root()
	if err != nil {
		return err
	}
	scripts := filepath.Join(root, "sql/bench")
	database, drop, err := scratchDatabase(ctx)
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
	if err := runFiles(ctx, owner, map[string]string{"bench.contacts": strconv.Itoa(s.contacts)}, "contacts.sql"); err != nil {
		return err
	}
	if err := fillQuestions(ctx, owner, scripts); err != nil {
		return err
	}
	if err := runFile(ctx, owner, filepath.Join(scripts, "crowd.sql")); err != nil {
		return fmt.Errorf("make the crowded clinics: %w", err)
	}
	b := &callsBench{settings: s, owner: owner, counts: db.New(owner), beside: pgbench{loginURL: database.LoginURL, scripts: scripts, contacts: s.contacts}}
	if b.beside.program, err = findPgbench(ctx); err != nil {
		return err
	}
	if b.served, err = startServe(ctx, database.LoginURL); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, b.served.stop()) }()
	b.service = b.served.callers(s.clients)
	if b.meter, err = newCPUMeter(ctx, owner, b.served.serve.Process.Pid); err != nil {
		return err
	}
	return b.run(ctx, database.LoginURL)
}

// run measures everything and then looks at what came of it.
func (b *callsBench) run(ctx context.Context, loginURL string) error {
	fmt.Fprintf(b.out, "%d clients, %d × %s each\n\n%-14s %-8s %10s %9s %9s %8s\n", b.clients, b.turns, b.length, "", "", "per second", "p50 ms", "p99 ms", "errors")
	for _, call := range toolCalls {
		most, err := b.compare(ctx, call.kind, b.service)
		if err == nil {
			err = b.atLoads(ctx, call.kind, most)
		}
		if err != nil {
			return err
		}
	}
	if err := measureCrowd(ctx, b.settings, b.service, b.counts); err != nil {
		return err
	}
	if err := b.texts(ctx, loginURL); err != nil {
		return err
	}
	if err := errors.Join(check(ctx, b.out, b.counts), checkAnswers(ctx, b.counts), checkTexts(ctx, b.out, b.counts)); err != nil {
		return err
	}
	if err := b.served.stop(); err != nil { // connections tell of their deadlocks when they end
		return err
	}
	return b.deadlocks(ctx)
}

// deadlocks counts those of this database since it was made.
func (b *callsBench) deadlocks(ctx context.Context) error {
	deadlocks, err := b.counts.BenchDeadlocks(ctx)
	if err != nil {
		return fmt.Errorf("count deadlocks: %w", err)
	}
	b.sheet.note("deadlocks", float64(deadlocks))
	fmt.Fprintf(b.out, "deadlocks: %d\n", deadlocks)
	return nil
}

// furnish makes the clinics that are booked in.
func furnish(ctx context.Context, owner *pgx.Conn, scripts string) error {
	if err := runFile(ctx, owner, filepath.Join(scripts, "clinics.sql")); err != nil {
		return fmt.Errorf("make the clinics: %w", err)
	}
	return nil
}

// compare measures one kind of work by pgbench and over HTTP in turns, prints both, and returns what HTTP does a second. The
// ratio is the middle of the turns'.
func (b *callsBench) compare(ctx context.Context, kind string, service target) (most float64, err error) {
	var over, plain figures
	var used, usedPlain cpuTimes
	var ratios []float64
	for range b.turns {
		beside, spent, err := b.measure(ctx, b.beside, kind)
		if err != nil {
			return 0, err
		}
		plain.add(beside)
		usedPlain.postgres += spent.postgres
		got, spent, err := b.measure(ctx, service, kind)
		if err != nil {
			return 0, err
		}
		over.add(got)
		used.serve, used.postgres = used.serve+spent.serve, used.postgres+spent.postgres
		ratios = append(ratios, got.perSecond()/beside.perSecond())
	}
	slices.Sort(ratios)
	plain.print(b.out, kind, "pgbench")
	over.print(b.out, kind, "HTTP")
	fmt.Fprintf(b.out, "%-14s HTTP is %.0f %% of pgbench\n\n", kind, 100*ratios[len(ratios)/2])
	b.sheet.note(kind+".ratio", ratios[len(ratios)/2])
	b.sheet.note(kind+".http", over.perSecond())
	b.sheet.note(kind+".pgbench", plain.perSecond())
	b.sheet.noteTimes(kind+".http", &over)
	b.sheet.noteTimes(kind+".pgbench", &plain)
	if kind != "text" { // whose service is in this process
		b.noteCPU(kind, "serve", used.serve, len(over.took))
		b.noteCPU(kind, "postgres", used.postgres, len(over.took))
		b.noteCPU(kind, "pgbench", usedPlain.postgres, len(plain.took))
	}
	return over.perSecond(), nil
}

// measure keeps every client busy and says what CPU that took once they were warm.
func (b *callsBench) measure(ctx context.Context, t target, kind string) (got figures, used cpuTimes, err error) {
	type reading struct {
		cpuTimes
		err error
	}
	warm := make(chan reading, 1)
	time.AfterFunc(b.warm, func() {
		now, err := b.meter.read()
		warm <- reading{now, err}
	})
	if got, err = t.measure(ctx, kind, b.clients, b.warm, b.length); err != nil {
		return got, used, fmt.Errorf("%s: %w", kind, err)
	}
	after, err := b.meter.read()
	before := <-warm
	return got, cpuTimes{serve: after.serve - before.serve, postgres: after.postgres - before.postgres}, errors.Join(err, before.err)
}

// noteCPU notes the time that a call took in a place.
func (b *callsBench) noteCPU(kind, place string, used time.Duration, calls int) {
	each := b.meter.perCall(used, calls)
	fmt.Fprintf(b.out, "%-14s CPU a call, %-8s %.2f ms\n", kind, place, each)
	b.sheet.note(kind+".cpu."+place, each)
}

// atLoads measures callers that arrive at parts of what the service does at most.
func (b *callsBench) atLoads(ctx context.Context, kind string, most float64) error {
	for _, percent := range loads {
		got, err := b.service.arrive(ctx, kind, most*float64(percent)/100, b.length)
		if err != nil {
			return err
		}
		got.print(b.out, kind, fmt.Sprintf("%d %%", percent))
		b.sheet.noteTimes(fmt.Sprintf("%s.load%d", kind, percent), &got)
		if percent == 100 {
			b.sheet.note(kind+".load100.max", got.quantile(1))
		}
	}
	return nil
}

// texts measures follow-ups that staff write, to a played Twilio, by a server in this process.
func (b *callsBench) texts(ctx context.Context, loginURL string) error {
	service, err := newHTTPTarget(ctx, loginURL, b.clients)
	if err != nil {
		return err
	}
	defer service.close()
	service.contacts = b.contacts
	if err := service.signIn(ctx, b.counts); err != nil {
		return err
	}
	_, err = b.compare(ctx, "text", service)
	return err
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

// checkAnswers fails when questions were not answered from the documents.
func checkAnswers(ctx context.Context, owner *db.Queries) error {
	answers, err := owner.BenchAnswers(ctx)
	if err != nil {
		return err
	}
	if answers.Pgbench == 0 || answers.Http == 0 || answers.Gaps > 0 {
		return fmt.Errorf("pgbench had %d questions answered, HTTP %d, and %d were not: the figures mean nothing",
			answers.Pgbench, answers.Http, answers.Gaps)
	}
	return nil
}
