package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/voxanne-ai/voxanne/db/dbtest"
	"github.com/voxanne-ai/voxanne/server"
)

// browserConnections is how many requests to one host a browser has under way.
const browserConnections = 6

// Whose dashboard sql/bench/dashboard.sql fills.
const (
	dashboardOrg   = "00000000-0000-7000-9000-000000000001"
	dashboardOwner = "00000000-0000-4000-8000-000000001000"
)

// look is something a dashboard asks for.
type look struct {
	Title   string
	Path    string
	Call    *string // the SQL function behind it; nil: none of its own
	OnStart bool    // the start page asks for it
}

// runDashboard measures what a dashboard asks for: over HTTP, and of what is a list or a count the SQL behind it, under
// row security and without, in turns.
func runDashboard(ctx context.Context, s settings) (err error) {
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
	looks, err := b.furnish(ctx)
	if err != nil {
		return err
	}
	if err := b.each(ctx, looks); err != nil {
		return err
	}
	return b.start(ctx, looks)
}

// dashboardBench is one run's server, and two connections of a superuser: bound acts as a tenant's request does.
type dashboardBench struct {
	settings
	service     *httpTarget
	token       string
	free, bound *pgx.Conn
}

// connect opens both connections, and starts the server and signs the owner in.
func (b *dashboardBench) connect(ctx context.Context, scratch *dbtest.Database) (err error) {
	for _, connection := range []**pgx.Conn{&b.free, &b.bound} {
		if *connection, err = pgx.Connect(ctx, scratch.OwnerURL); err != nil {
			return fmt.Errorf("reach the scratch database: %w", err)
		}
		_, err = (*connection).Exec(ctx, "select set_config('request.jwt.claims', $1, false)",
			fmt.Sprintf(`{"sub": %q, "app_metadata": {"org_id": %q}}`, dashboardOwner, dashboardOrg))
		if err != nil {
			return fmt.Errorf("name the clinic: %w", err)
		}
	}
	if _, err := b.bound.Exec(ctx, "set role tenant_user"); err != nil {
		return fmt.Errorf("act as a tenant: %w", err)
	}
	if b.service, err = newHTTPTarget(ctx, scratch.LoginURL, browserConnections); err != nil {
		return err
	}
	b.token, err = server.MintDevToken(benchConfig.JWTSecret, uuid.MustParse(dashboardOrg), uuid.MustParse(dashboardOwner),
		benchConfig.Issuer(), time.Hour)
	return err
}

func (b *dashboardBench) close() {
	if b.service != nil {
		b.service.close()
	}
	for _, connection := range []*pgx.Conn{b.free, b.bound} {
		if connection != nil {
			connection.Close(context.Background())
		}
	}
}

// furnish fills the clinics and answers what is to be looked at.
func (b *dashboardBench) furnish(ctx context.Context) ([]look, error) {
	begun := time.Now()
	calls := b.calls
	if calls == 0 {
		calls = b.rows
	}
	if err := runFiles(ctx, b.free, map[string]string{"bench.rows": fmt.Sprint(b.rows), "bench.calls": fmt.Sprint(calls)},
		"dashboard.sql", "indexes_away.sql", "history.sql", "indexes_back.sql", "looks.sql"); err != nil {
		return nil, err
	}
	filled := time.Now()
	looks, err := b.looks(ctx)
	if err != nil {
		return nil, err
	}
	fmt.Fprintf(b.out, "a clinic with %d rows of each kind and %d calls among four others, filled in %.0f s, its days rolled up in %.1f s; %d rounds\n\n",
		b.rows, calls, filled.Sub(begun).Seconds(), time.Since(filled).Seconds(), b.rounds)
	return looks, nil
}

// looks answers what is to be looked at, when the days that are over are rolled up.
func (b *dashboardBench) looks(ctx context.Context) ([]look, error) {
	if _, err := b.free.Exec(ctx, "select app.roll_up_calls(1000)"); err != nil {
		return nil, fmt.Errorf("roll up the days that are over: %w", err)
	}
	rows, err := b.free.Query(ctx, "select title, path, call, on_start from bench.looks order by place")
	if err != nil {
		return nil, fmt.Errorf("read what to look at: %w", err)
	}
	return pgx.CollectRows(rows, pgx.RowToStructByPos[look])
}

// runFiles runs files of sql/bench, which read the settings, and lets planners know of tables filled a moment ago. Indexes
// alone answer only what vacuum has seen.
func runFiles(ctx context.Context, owner *pgx.Conn, settings map[string]string, files ...string) error {
	root, err := dbtest.Root()
	if err != nil {
		return err
	}
	for name, value := range settings {
		if _, err := owner.Exec(ctx, "select set_config($1, $2, false)", name, value); err != nil {
			return fmt.Errorf("say how much there is: %w", err)
		}
	}
	for _, name := range files {
		if err := runFile(ctx, owner, filepath.Join(root, "sql/bench", name)); err != nil {
			return fmt.Errorf("fill the clinics, %s: %w", name, err)
		}
	}
	if _, err := owner.Exec(ctx, "vacuum (analyze)"); err != nil {
		return fmt.Errorf("vacuum what was filled: %w", err)
	}
	return nil
}

func runFile(ctx context.Context, connection *pgx.Conn, path string) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	_, err = connection.Exec(ctx, string(text))
	return err
}

// each prints a line for everything looked at. The last column is the middle of the rounds' ratios: a round's two
// measurements follow each other at once, so that what else the machine does is in both.
func (b *dashboardBench) each(ctx context.Context, looks []look) error {
	fmt.Fprintf(b.out, "%-20s %9s %9s %12s %12s %8s\n", "", "HTTP p50", "p99 ms", "SQL, RLS p50", "without p50", "ratio")
	var seen looksSeen
	for _, l := range looks {
		var over, bound, free figures
		var ratios []float64
		for round := range b.rounds + 1 {
			took, err := b.get(ctx, l.Path)
			if err != nil {
				return fmt.Errorf("%s: %w", l.Path, err)
			}
			under, without, err := b.both(ctx, l.Call, round%2 == 0)
			if err != nil {
				return fmt.Errorf("%s: %w", l.Title, err)
			}
			if round == 0 {
				continue // the first one warms up
			}
			over.took, bound.took, free.took = append(over.took, took), append(bound.took, under), append(free.took, without)
			ratios = append(ratios, under.Seconds()/without.Seconds())
		}
		fmt.Fprintf(b.out, "%-20s %9.2f %9.2f", l.Title, over.quantile(.5), over.quantile(.99))
		if l.Call != nil {
			slices.Sort(ratios)
			fmt.Fprintf(b.out, " %12.2f %12.2f %8.2f", bound.quantile(.5), free.quantile(.5), ratios[len(ratios)/2])
			seen.rls = append(seen.rls, ratios[len(ratios)/2])
		}
		fmt.Fprintln(b.out)
		if l.OnStart {
			seen.stats = append(seen.stats, over.quantile(.5))
		} else {
			seen.lists = append(seen.lists, over.quantile(.5))
		}
	}
	seen.note(b.sheet)
	return nil
}

// looksSeen are the middle times of lists and numbers over HTTP, in milliseconds, and what row security multiplies the SQL's by.
type looksSeen struct{ lists, stats, rls []float64 }

// note keeps the middle and the worst of each.
func (l *looksSeen) note(s *sheet) {
	for _, kind := range []struct {
		all           []float64
		middle, worst string
	}{{l.lists, "lists.p50", "lists.slowest"}, {l.stats, "stats.p50", "stats.slowest"}, {l.rls, "rls.middle", "rls.worst"}} {
		if slices.Sort(kind.all); len(kind.all) > 0 {
			s.note(kind.middle, kind.all[len(kind.all)/2])
			s.note(kind.worst, kind.all[len(kind.all)-1])
		}
	}
}

// both measures one call in the server, under row security and without; either goes first in every other round.
func (b *dashboardBench) both(ctx context.Context, call *string, boundFirst bool) (under, without time.Duration, err error) {
	if call == nil {
		return 0, 1, nil
	}
	look := func(connection *pgx.Conn, schema string) time.Duration {
		var milliseconds float64
		if err == nil {
			err = connection.QueryRow(ctx, "select bench.took($1, $2)", schema, *call).Scan(&milliseconds)
		}
		return time.Duration(milliseconds * float64(time.Millisecond))
	}
	if boundFirst {
		under = look(b.bound, "app")
		return under, look(b.free, "bench"), err
	}
	without = look(b.free, "bench")
	return look(b.bound, "app"), without, err
}

// start measures all that the start page asks for, one after the other and as a browser does.
func (b *dashboardBench) start(ctx context.Context, looks []look) error {
	looks = slices.DeleteFunc(slices.Clone(looks), func(l look) bool { return !l.OnStart })
	var one, together figures
	for range b.rounds {
		begun := time.Now()
		for _, l := range looks {
			if _, err := b.get(ctx, l.Path); err != nil {
				return err
			}
		}
		between := time.Now()
		answers := make(chan error, len(looks))
		for _, l := range looks { // the transport has browserConnections connections and no more
			go func() {
				_, err := b.get(ctx, l.Path)
				answers <- err
			}()
		}
		var err error
		for range looks {
			err = errors.Join(err, <-answers)
		}
		if err != nil {
			return err
		}
		one.took, together.took = append(one.took, between.Sub(begun)), append(together.took, time.Since(between))
	}
	b.sheet.noteTimes("start.one", &one)
	b.sheet.noteTimes("start.six", &together)
	fmt.Fprintf(b.out, "\nstart page, %d requests: one after another p50 %.1f ms, p99 %.1f ms; %d at a time p50 %.1f ms, p99 %.1f ms\n",
		len(looks), one.quantile(.5), one.quantile(.99), browserConnections, together.quantile(.5), together.quantile(.99))
	return nil
}

// get reads one answer to its end.
func (b *dashboardBench) get(ctx context.Context, path string) (took time.Duration, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, b.service.server.URL+path, nil)
	if err != nil {
		return 0, err
	}
	req.Header.Set("Authorization", "Bearer "+b.token)
	begun := time.Now()
	resp, err := b.service.caller.HTTP.Do(req)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, resp.Body.Close()) }()
	answer, err := io.ReadAll(resp.Body)
	if err == nil && resp.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %s", resp.Status, answer)
	}
	return time.Since(begun), err
}
