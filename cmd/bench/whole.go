package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
)

const (
	leastScale = 0.01 // below it the largest clinic has too few rows to look at
	// Of a scale of 1; sql/bench/whole.sql has the rest.
	wholeOld    = 1_000_000 // visits that are over, in the clinic with many of them
	wholePieces = 300_000   // of the documents of one clinic
)

// runWhole fills one database to -scale and measures what could grow with it: free times, bookings, what the largest
// clinic's dashboard asks for, questions to documents, and the start of the server.
func runWhole(ctx context.Context, s settings) (err error) {
	scratch, drop, err := scratchDatabase(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, drop()) }()
	b := &dashboardBench{settings: s}
	defer b.close()
	if err := b.connect(ctx, scratch); err != nil {
		return err
	}
	if err := fillWhole(ctx, b.free, s); err != nil {
		return err
	}
	if err := b.freeTimes(ctx); err != nil {
		return err
	}
	if err := b.bookings(ctx, scratch.LoginURL); err != nil {
		return err
	}
	looks, err := b.looks(ctx)
	if err != nil {
		return err
	}
	fmt.Fprintln(s.out, "\nthe largest clinic's dashboard")
	if err := b.each(ctx, looks); err != nil {
		return err
	}
	if err := b.start(ctx, looks); err != nil {
		return err
	}
	fmt.Fprintln(s.out)
	if err := measureServe(ctx, s, scratch.LoginURL); err != nil {
		return err
	}
	s.pieces = fmt.Sprint(int(wholePieces * s.scale))
	fmt.Fprintln(s.out)
	return measureKnowledge(ctx, s, scratch, []int{int(wholePieces * s.scale)})
}

// fillWhole makes everything but documents, and says how much that is.
func fillWhole(ctx context.Context, owner *pgx.Conn, s settings) error {
	begun := time.Now()
	if err := runFiles(ctx, owner, map[string]string{"bench.scale": fmt.Sprint(s.scale), "bench.old": fmt.Sprint(int(wholeOld * s.scale))},
		"whole.sql", "indexes_away.sql", "history.sql", "slots.sql", "indexes_back.sql", "looks.sql"); err != nil {
		return err
	}
	var clinics, visits, calls, messages, largest int
	var size string
	err := owner.QueryRow(ctx, `select (select count(*) from public.organizations), (select count(*) from public.appointments),
		(select count(*) from public.call_logs), (select count(*) from public.messages),
		(select c.rows from bench.clinics c where c.n = 1), pg_size_pretty(pg_database_size(current_database()))`).
		Scan(&clinics, &visits, &calls, &messages, &largest, &size)
	if err != nil {
		return fmt.Errorf("count what was filled: %w", err)
	}
	filled := fmt.Sprintf("scale %g: %d clinics with %d visits, %d calls and %d messages, the largest with %d visits; %s, filled in %.0f s",
		s.scale, clinics, visits, calls, messages, largest, size, time.Since(begun).Seconds())
	fmt.Fprintln(s.out, filled)
	if s.sheet != nil {
		s.sheet.filling = filled
	}
	return nil
}

// past is a clinic that differs from the other one only in how many visits are over.
type past struct {
	Title  string
	OrgID  string
	Number string
	Old    int
}

func (b *dashboardBench) pasts(ctx context.Context) ([]past, error) {
	rows, err := b.free.Query(ctx, "select title, org_id::text, number, old from bench.pasts order by old")
	if err != nil {
		return nil, fmt.Errorf("read the two clinics: %w", err)
	}
	return pgx.CollectRows(rows, pgx.RowToStructByPos[past])
}

// freeTimes measures 30 days of free times in the server, as the rule itself and as the API asks for them, and how much
// more a long past costs. The clinics take turns, so that what else the machine does is in both.
func (b *dashboardBench) freeTimes(ctx context.Context) error {
	pasts, err := b.pasts(ctx)
	if err != nil {
		return err
	}
	fmt.Fprintf(b.out, "\n%-44s %9s %9s %12s\n", "free times of 30 days", "p50 ms", "p99 ms", "many ÷ few")
	for _, asked := range []struct{ name, title, call string }{
		{"free.sql", "app.free_slots", "free_slots(bench.id(1), null, app.now(), app.now() + interval '30 days', app.now())"},
		{"free.api", "app.slots_of_days (the API's)", "slots_of_days(current_date + 1, current_date + 30, p_limit => 5000)"},
	} {
		took := make([]figures, len(pasts))
		var ratios []float64
		for round := range b.rounds + 1 {
			for i := range pasts {
				which := (i + round) % len(pasts)
				one, err := b.took(ctx, pasts[which], asked.call)
				if err != nil {
					return fmt.Errorf("%s: %w", asked.title, err)
				}
				if round > 0 { // the first one warms up
					took[which].took = append(took[which].took, one)
				}
			}
			if round > 0 {
				ratios = append(ratios, took[1].took[round-1].Seconds()/took[0].took[round-1].Seconds())
			}
		}
		slices.Sort(ratios)
		b.sheet.noteTimes(asked.name, &took[1])
		b.sheet.note(asked.name+".ratio", ratios[len(ratios)/2])
		for i, p := range pasts {
			fmt.Fprintf(b.out, "%-44s %9.2f %9.2f", fmt.Sprintf("%s, %d old visits", asked.title, p.Old), took[i].quantile(.5), took[i].quantile(.99))
			if i > 0 {
				fmt.Fprintf(b.out, " %12.2f", ratios[len(ratios)/2])
			}
			fmt.Fprintln(b.out)
		}
	}
	return nil
}

// took measures one call of a clinic in the server, under its policies.
func (b *dashboardBench) took(ctx context.Context, clinic past, call string) (time.Duration, error) {
	var milliseconds float64
	err := pgx.BeginFunc(ctx, b.bound, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, "select set_config('request.jwt.claims', $1, true)",
			fmt.Sprintf(`{"app_metadata": {"org_id": %q}}`, clinic.OrgID)); err != nil {
			return err
		}
		return tx.QueryRow(ctx, "select bench.took('app', $1)", call).Scan(&milliseconds)
	})
	return time.Duration(milliseconds * float64(time.Millisecond)), err
}

// bookings measures bookings over HTTP in both clinics in turns, and counts the round trips of what callers wait for.
func (b *dashboardBench) bookings(ctx context.Context, loginURL string) error {
	pasts, err := b.pasts(ctx)
	if err != nil {
		return err
	}
	took := make([]figures, len(pasts))
	for round := range b.rounds + 1 {
		for i, p := range pasts {
			begun := time.Now()
			if err := b.service.call(ctx, "book", p.Number); err != nil {
				return fmt.Errorf("book: %w", err)
			}
			if round > 0 {
				took[i].took = append(took[i].took, time.Since(begun))
			}
		}
	}
	for i, p := range pasts {
		fmt.Fprintf(b.out, "%-44s %9.2f %9.2f\n", fmt.Sprintf("a booking over HTTP, %d old visits", p.Old), took[i].quantile(.5), took[i].quantile(.99))
	}
	for _, asked := range []struct{ kind, title string }{{"book", "a booking"}, {"availability", "a question for free times"}, {"transfer", "a transfer"}} {
		turns, err := toolTurns(ctx, loginURL, asked.kind, pasts[0].Number)
		if err != nil {
			return err
		}
		fmt.Fprintf(b.out, "%s takes %d round trips to the database\n", asked.title, turns)
		if asked.kind == "book" {
			b.sheet.note("free.turns", float64(turns))
		}
	}
	b.sheet.noteTimes("free.booking", &took[1])
	return nil
}
