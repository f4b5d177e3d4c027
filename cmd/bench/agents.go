package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/db/dbtest"
	"github.com/voxanne-ai/voxanne/providers/sandbox"
)

const (
	vapiLatency  = 150 * time.Millisecond
	benchVapiKey = "bench-vapi-key"
	settleTime   = 4 * time.Minute // within it everything must be in step without an operator
)

// runAgents measures saves of agents: 500 clinics, two agents each, against a played Vapi that takes 150 ms for every
// answer. First without faults, with a relinking of all of them after every tool has changed; then with 5 % of all answers
// 5xx, half of them after acting, and 2 % 429.
func runAgents(ctx context.Context, s settings) error {
	fmt.Fprintf(s.out, "%.3g saves a second, %d requests a second to Vapi at most, %s each\n\n", s.saves, s.vapiRate, vapiLatency)
	if err := agentsRun(ctx, s, "no faults", nil, true); err != nil {
		return err
	}
	return agentsRun(ctx, s, "5 % 5xx, 2 % 429", []sandbox.Risk{
		{Share: .025, Failure: sandbox.Failure{Status: http.StatusServiceUnavailable}},
		{Share: .025, Failure: sandbox.Failure{Status: http.StatusBadGateway, Acts: true}},
		{Share: .02, Failure: sandbox.Failure{Status: http.StatusTooManyRequests, RetryAfter: time.Second}},
	}, false)
}

// agentsBench is one run's database, Vapi and figures.
type agentsBench struct {
	settings
	owner    *db.Queries
	database *db.DB
	loginURL string
	played   *sandbox.Vapi
	vapiURL  string
	registry *prometheus.Registry
}

func agentsRun(ctx context.Context, s settings, title string, risks []sandbox.Risk, relink bool) (err error) {
	scratch, drop, err := dbtest.Scratch(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, drop()) }()
	owner, err := pgx.Connect(ctx, scratch.OwnerURL)
	if err != nil {
		return fmt.Errorf("reach the scratch database: %w", err)
	}
	defer owner.Close(context.WithoutCancel(ctx))
	if err := foundClinics(ctx, owner); err != nil {
		return err
	}
	database, err := db.Open(ctx, scratch.LoginURL)
	if err != nil {
		return err
	}
	defer database.Close()
	played := sandbox.NewVapi(benchVapiKey)
	played.SetLatency(vapiLatency)
	listening := httptest.NewServer(played)
	defer listening.Close()
	b := &agentsBench{settings: s, owner: db.New(owner), database: database, loginURL: scratch.LoginURL, played: played,
		vapiURL: listening.URL, registry: prometheus.NewRegistry()}
	fmt.Fprintf(s.out, "%s\n", title)
	stop, err := b.work(ctx, "bench-webhook-secret")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, stop()) }()
	played.FailAtRandom(1, risks...)
	if err := b.saveAll(ctx); err != nil {
		return err
	}
	if err := b.settle(ctx, b.synced); err != nil {
		return err
	}
	if err := b.report(ctx); err != nil || !relink {
		return err
	}
	if err := stop(); err != nil {
		return err
	}
	return b.relink(ctx)
}

func foundClinics(ctx context.Context, owner *pgx.Conn) error {
	root, err := dbtest.Root()
	if err != nil {
		return err
	}
	text, err := os.ReadFile(filepath.Join(root, "sql/bench/agents.sql"))
	if err != nil {
		return err
	}
	if _, err := owner.Exec(ctx, string(text)); err != nil {
		return fmt.Errorf("found the clinics: %w", err)
	}
	return nil
}

// saveAll makes two agents for each clinic at an even pace, and beside each save measures a transaction that does nothing.
func (b *agentsBench) saveAll(ctx context.Context) error {
	owners, err := b.owner.BenchOwners(ctx)
	if err != nil {
		return err
	}
	var mu sync.Mutex
	var saves, bare figures
	var failure error
	var all sync.WaitGroup
	tick := time.NewTicker(time.Duration(float64(time.Second) / b.saves))
	defer tick.Stop()
	for _, name := range []string{"Day", "Night"} {
		for _, owner := range owners {
			select {
			case <-ctx.Done():
				return ctx.Err()
			case <-tick.C:
			}
			all.Go(func() {
				claims := fmt.Appendf(nil, `{"sub":%q,"app_metadata":{"org_id":%q}}`, owner.UserID, owner.OrgID)
				begun := time.Now()
				empty := b.database.AsUser(ctx, claims, func(db.Tx, db.Member) error { return nil })
				between := time.Now()
				saved := b.database.AsUser(ctx, claims, func(tx db.Tx, _ db.Member) error {
					_, err := tx.SaveAgent(ctx, db.SaveAgentParams{Name: &name})
					return err
				})
				mu.Lock()
				defer mu.Unlock()
				bare.took, saves.took = append(bare.took, between.Sub(begun)), append(saves.took, time.Since(between))
				failure = errors.Join(failure, empty, saved)
			})
		}
	}
	all.Wait()
	fmt.Fprintf(b.out, "  save: p50 %.2f ms, p99 %.2f ms; a transaction that does nothing: p50 %.2f ms, p99 %.2f ms\n",
		saves.quantile(.5), saves.quantile(.99), bare.quantile(.5), bare.quantile(.99))
	return failure
}

// settle waits until done, at most four minutes; what is not in step then is for the report to tell.
func (b *agentsBench) settle(ctx context.Context, done func(context.Context) (bool, error)) error {
	return poll(ctx, settleTime, done)
}

func (b *agentsBench) synced(ctx context.Context) (bool, error) {
	figures, err := b.owner.BenchAgents(ctx)
	return figures.Agents == figures.Synced, err
}

func (b *agentsBench) report(ctx context.Context) error {
	now, err := b.owner.BenchAgents(ctx)
	if err != nil {
		return err
	}
	fmt.Fprintf(b.out, "  save to linked: p50 %.2f s, p99 %.2f s\n", now.P50Seconds, now.P99Seconds)
	fmt.Fprintf(b.out, "  linked without an operator: %d of %d (%.1f %%); at Vapi %d tools, %d assistants\n",
		now.Synced, now.Agents, 100*float64(now.Synced)/float64(now.Agents), len(b.played.Tools()), len(b.played.Assistants()))
	if err := b.reportRetries(b.out); err != nil {
		return err
	}
	if now.Agents != 1000 || len(b.played.Assistants()) != int(now.Agents) {
		return errors.New("not every agent has exactly one assistant")
	}
	return nil
}

// reportRetries prints what became of repeated syncs; what a single request repeats at once is below them and not counted.
func (b *agentsBench) reportRetries(out io.Writer) error {
	families, err := b.registry.Gather()
	if err != nil {
		return fmt.Errorf("read the metrics: %w", err)
	}
	outcomes := map[string]float64{}
	for _, family := range families {
		for _, metric := range family.GetMetric() {
			if family.GetName() == "voxanne_vapi_sync_retries_total" {
				outcomes[metric.GetLabel()[0].GetValue()] = metric.GetCounter().GetValue()
			}
		}
	}
	if all := outcomes["succeeded"] + outcomes["failed"]; all > 0 {
		fmt.Fprintf(out, "  syncs and registrations that were repeated: %.0f, of which %.1f %% succeeded\n", all, 100*outcomes["succeeded"]/all)
	}
	return nil
}

// relink changes the secret, and with it the hash of every tool, and measures until all assistants carry the new ones.
func (b *agentsBench) relink(ctx context.Context) (err error) {
	if err := b.owner.BenchAgeSaves(ctx); err != nil {
		return err
	}
	begun := time.Now()
	b.registry = prometheus.NewRegistry()
	stop, err := b.work(ctx, "bench-webhook-secret-rotated")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, stop()) }()
	var linked int32
	tools := len(b.played.Tools())
	err = b.settle(ctx, func(ctx context.Context) (bool, error) {
		var err error
		linked, err = b.owner.BenchAgentsOnCurrentTools(ctx)
		return linked == 1000 && len(b.played.Tools()) == 2*tools, err
	})
	fmt.Fprintf(b.out, "  every tool changed: %d of 1000 relinked after %.1f s\n\n", linked, time.Since(begun).Seconds())
	return err
}
