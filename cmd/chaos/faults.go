package main

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/voxanne-ai/voxanne/db/localpg"
	"github.com/voxanne-ai/voxanne/providers/sandbox"
)

// faultLimit is how long a fault may last beyond its time, with all that has to start again and come to rest.
const faultLimit = 5 * time.Minute

// hang is how long a provider keeps a request that hangs: longer than the program waits, in long runs.
const hang = 12 * time.Second

// fault is something that happens in life.
type fault struct {
	name, title string
	every       time.Duration // between two strikes
	// strike lets it happen once, puts up again what it took down, and says how often it happened.
	strike func(ctx context.Context, st *stage) (times int, err error)
}

func faults() []fault {
	return []fault{
		{"serve", "`serve` is killed (kill -9)", time.Second, killServe},
		{"work", "`work` is killed (kill -9)", time.Second, killWork},
		{"both", "both are killed at once", time.Second, killBoth},
		{"connections", "connections are cut in the middle of transactions", 50 * time.Millisecond, cutConnections},
		{"postgres", "PostgreSQL crashes (pg_ctl -m immediate)", time.Second, crashPostgres},
		{"providers", "Twilio and Vapi hang", time.Second, hangProviders},
		{"overload", "ten times more is asked than `serve` can take", time.Second, overload},
		{"migration", "the database is migrated to the next version and back", time.Second, migrateUnderLoad},
		{"pooler", "PgBouncer is killed", time.Second, killPooler}, // the last: it stays in between
	}
}

func faultNames() (names []string) {
	for _, f := range faults() {
		names = append(names, f.name)
	}
	return names
}

// choose is the faults whose names stand in a list with commas, in the order of faults; all of them for an empty one.
func choose(list string) (chosen []fault, err error) {
	if list == "" {
		return faults(), nil
	}
	names := strings.Split(list, ",")
	for _, name := range names {
		if !slices.Contains(faultNames(), name) {
			return nil, fmt.Errorf("there is no fault %q: -only takes %s", name, strings.Join(faultNames(), ", "))
		}
	}
	for _, f := range faults() {
		if slices.Contains(names, f.name) {
			chosen = append(chosen, f)
		}
	}
	return chosen, nil
}

func killServe(ctx context.Context, st *stage) (int, error) { return 1, restart(ctx, st.serve) }

func killWork(ctx context.Context, st *stage) (int, error) { return 1, restart(ctx, st.work) }

func killBoth(ctx context.Context, st *stage) (int, error) { return 1, restart(ctx, st.serve, st.work) }

// restart kills all of them before it starts the first.
func restart(ctx context.Context, all ...*process) error {
	for _, p := range all {
		if err := p.kill(); err != nil {
			return err
		}
	}
	for _, p := range all {
		if err := p.start(ctx); err != nil {
			return err
		}
	}
	return nil
}

func cutConnections(ctx context.Context, st *stage) (int, error) {
	cut, err := st.owner.ChaosCut(ctx)
	if err != nil {
		return 0, fmt.Errorf("cut connections: %w", err)
	}
	return int(cut), nil
}

func crashPostgres(ctx context.Context, st *stage) (int, error) {
	if err := st.cluster.Crash(ctx); err != nil {
		return 0, err
	}
	_, err := localpg.Start(ctx, st.options)
	st.pool.Reset() // its connections are gone
	return 1, err
}

// hangProviders has Twilio take the next texts without saying so, and lose one; Vapi is slow with everything.
func hangProviders(_ context.Context, st *stage) (int, error) {
	for _, acts := range []bool{true, false, true} {
		st.twilio.Fail(sandbox.Failure{Delay: min(hang, st.length), Status: http.StatusGatewayTimeout, Acts: acts})
	}
	st.vapi.FailAtRandom(1, sandbox.Risk{Share: 1, Failure: sandbox.Failure{Delay: min(hang, st.length), Status: http.StatusGatewayTimeout}})
	return 1, nil
}

// play lets callers book while the fault happens, waits for quiet, and checks the promises.
func (st *stage) play(ctx context.Context, f fault) error {
	ctx, cancel := context.WithTimeoutCause(ctx, st.length+faultLimit, fmt.Errorf("not over within %s", st.length+faultLimit))
	defer cancel()
	fmt.Fprintf(st.out, "\n── %s, for %s at %.3g callers a second\n", f.title, st.length, st.rate)
	ringing, stop := context.WithCancel(ctx)
	defer stop()
	callers := make(chan []heard, 1)
	l := &load{caller: st.caller, first: len(st.heard), most: st.callers, began: st.began, rate: st.rate}
	go func() { callers <- l.run(ringing) }()
	times, err := st.strike(ctx, f)
	stop()
	all := <-callers
	st.vapi.FailAtRandom(1)
	if err != nil {
		return err
	}
	st.heard = append(st.heard, all...)
	st.figures(f, times, all)
	calmed, err := st.quiet(ctx)
	if err != nil {
		return err
	}
	fmt.Fprintf(st.out, "   quiet after %.1f s\n", calmed.Seconds())
	return st.check(ctx)
}

// strike lets the fault happen again and again, once at least, and meanwhile brings confirmations forward.
func (st *stage) strike(ctx context.Context, f fault) (times int, err error) {
	for begun := time.Now(); times == 0 || time.Since(begun) < st.length; {
		wait(ctx, f.every)
		if err := st.owner.ChaosHurry(ctx); err != nil {
			return times, fmt.Errorf("bring confirmations forward: %w", err)
		}
		struck, err := f.strike(ctx, st)
		if err != nil {
			return times, err
		}
		if times += struck; ctx.Err() != nil {
			return times, ctx.Err()
		}
	}
	return times, nil
}
