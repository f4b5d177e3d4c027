package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"path/filepath"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/db/dbtest"
	"github.com/voxanne-ai/voxanne/providers/sandbox"
)

const (
	clinicsPerKind = 3
	eventsAhead    = 60 // in each practitioner's calendar, 300 in a clinic's
	slowAnswer     = 5 * time.Second
	writtenWithin  = 30 * time.Second // so long bookings' events are waited for at the end
)

// kindOfClinic are the clinics whose calendars are in one state, and how long bookings took there.
type kindOfClinic struct {
	name    string // of its figures
	title   string
	played  *playedGoogle // nil: no calendars
	clinics []db.BenchClinicsRow
	sum     figures
}

func (k *kindOfClinic) orgs() []uuid.UUID {
	ids := make([]uuid.UUID, len(k.clinics))
	for i, clinic := range k.clinics {
		ids[i] = clinic.OrgID
	}
	return ids
}

// calendarsBench is one run's database, server, workers and clinics. The first of kinds has no calendars, the second has
// some that answer as they should.
type calendarsBench struct {
	settings
	owner    *db.Queries
	loginURL string
	service  *httpTarget
	kinds    []*kindOfClinic
	front    *front
}

// runCalendars measures bookings of clinics without calendars, and with Google calendars that answer at once, after five
// seconds, and not at all, in turns, while workers read the calendars and write the bookings into them.
func runCalendars(ctx context.Context, s settings) (err error) {
	scratch, drop, err := scratchDatabase(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, drop()) }()
	owner, err := pgx.Connect(ctx, scratch.OwnerURL)
	if err != nil {
		return fmt.Errorf("reach the scratch database: %w", err)
	}
	defer owner.Close(context.WithoutCancel(ctx))
	root, err := dbtest.Root()
	if err != nil {
		return err
	}
	if err := furnish(ctx, owner, filepath.Join(root, "sql/bench")); err != nil {
		return err
	}
	service, err := newHTTPTarget(ctx, scratch.LoginURL, s.clients)
	if err != nil {
		return err
	}
	defer service.close()
	b := &calendarsBench{settings: s, owner: db.New(owner), loginURL: scratch.LoginURL, service: service, front: newFront()}
	defer b.front.close()
	if err := b.sortClinics(ctx); err != nil {
		return err
	}
	return b.measure(ctx)
}

// sortClinics deals clinics out to the four kinds.
func (b *calendarsBench) sortClinics(ctx context.Context) error {
	clinics, err := b.owner.BenchClinics(ctx)
	if err != nil {
		return err
	}
	b.kinds = []*kindOfClinic{{name: "none", title: "no calendars"}, {name: "well", title: "calendars"},
		{name: "slow", title: fmt.Sprintf("%s an answer", slowAnswer)}, {name: "down", title: "503 to all"}}
	for _, kind := range b.kinds[1:] {
		kind.played = b.front.play(kind.name)
	}
	if len(clinics) < clinicsPerKind*len(b.kinds) {
		return fmt.Errorf("%d clinics are too few", len(clinics))
	}
	for i, clinic := range clinics[:clinicsPerKind*len(b.kinds)] {
		kind := b.kinds[i%len(b.kinds)]
		kind.clinics = append(kind.clinics, clinic)
	}
	return nil
}

// measure books before any calendar is connected, then with all of them, and prints what both came to.
func (b *calendarsBench) measure(ctx context.Context) (err error) {
	none, well := b.kinds[0], b.kinds[1]
	before := &kindOfClinic{title: "before", clinics: none.clinics}
	if err := b.book(ctx, b.length/2, before); err != nil {
		return err
	}
	stop, err := b.connect(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, stop()) }()
	b.kinds[2].played.google.SetLatency(slowAnswer)
	b.kinds[3].played.google.FailAtRandom(1, sandbox.Risk{Share: 1, Failure: sandbox.Failure{Status: http.StatusServiceUnavailable}})
	if err := b.book(ctx, 3*b.length, b.kinds...); err != nil {
		return err
	}
	fmt.Fprintf(b.out, "%-16s %9s %9s %9s %9s %8s %14s\n", "bookings", "", "p50 ms", "p95 ms", "p99 ms", "errors", "p50, p99 to a")
	before.printBeside(b.out, none)
	for _, kind := range b.kinds {
		kind.printBeside(b.out, none)
		b.sheet.noteTimes("calendars."+kind.name, &kind.sum)
	}
	if err := b.await(ctx, well); err != nil {
		return err
	}
	return b.report(ctx)
}

// book books at an even pace in the clinics of these kinds in turns, so that what else the machine does meets all of them.
func (b *calendarsBench) book(ctx context.Context, length time.Duration, kinds ...*kindOfClinic) error {
	tick := time.NewTicker(time.Duration(float64(time.Second) / b.saves))
	defer tick.Stop()
	var mu sync.Mutex
	var failure error
	var all sync.WaitGroup
	defer all.Wait()
	begun := time.Now()
	for i := 0; time.Since(begun) < length; i++ {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
		kind := kinds[i%len(kinds)]
		number := kind.clinics[i/len(kinds)%len(kind.clinics)].Number
		all.Go(func() {
			sent := time.Now()
			err := b.service.call(ctx, "book", number)
			took := time.Since(sent)
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				kind.sum.errors++
				failure = err
				return
			}
			kind.sum.took = append(kind.sum.took, took)
		})
	}
	all.Wait()
	for _, kind := range kinds {
		if len(kind.sum.took) == 0 {
			return fmt.Errorf("no booking over HTTP succeeded: %w", failure)
		}
	}
	return nil
}

// await waits until every visit of a kind is in its calendar; what is not by then is for the report to tell.
func (b *calendarsBench) await(ctx context.Context, kind *kindOfClinic) error {
	return poll(ctx, writtenWithin, func(ctx context.Context) (bool, error) {
		events, err := b.owner.BenchEvents(ctx, kind.orgs())
		return events.Visits == events.Written, err
	})
}

// report says what became of the bookings, and fails when the figures mean nothing or the calendars are wrong.
func (b *calendarsBench) report(ctx context.Context) error {
	fmt.Fprintln(b.out)
	for _, kind := range b.kinds[1:] {
		events, err := b.owner.BenchEvents(ctx, kind.orgs())
		if err != nil {
			return err
		}
		held := kind.played.visits()
		fmt.Fprintf(b.out, "%-16s %d of %d visits are in the calendar (%d there), after p50 %.2f s, p99 %.2f s\n",
			kind.title, events.Written, events.Visits, held, events.P50Seconds, events.P99Seconds)
		if kind == b.kinds[1] && (events.Visits == 0 || int(events.Written) != held) {
			return errors.New("the calendars do not hold what was booked")
		}
		if events.Unconfirmed > 0 {
			return fmt.Errorf("%d visits are not confirmed: their calendars counted as stale", events.Unconfirmed)
		}
	}
	pairs, err := b.owner.DemoDoubleBookings(ctx)
	if err == nil && pairs > 0 {
		err = fmt.Errorf("%d pairs of visits overlap", pairs)
	}
	return err
}
