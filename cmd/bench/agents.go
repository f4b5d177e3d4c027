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

// openAgents makes clinics without agents and a played Vapi. The caller closes it, when all workers have ended.
func openAgents(ctx context.Context, s settings) (_ *agentsBench, end func() error, err error) {
	scratch, drop, err := scratchDatabase(ctx)
	if err != nil {
		return nil, nil, err
	}
	b := &agentsBench{settings: s, loginURL: scratch.LoginURL, played: sandbox.NewVapi(benchVapiKey), registry: prometheus.NewRegistry()}
	stop := func() error {
		b.played.Close()
		if b.database != nil {
			b.database.Close()
		}
		return drop()
	}
	owner, err := pgx.Connect(ctx, scratch.OwnerURL)
	if err != nil {
		return nil, nil, errors.Join(fmt.Errorf("reach the scratch database: %w", err), stop())
	}
	b.owner = db.New(owner)
	if err = foundClinics(ctx, owner); err == nil {
		b.database, err = db.Open(ctx, scratch.LoginURL)
	}
	if err != nil {
		return nil, nil, errors.Join(err, owner.Close(ctx), stop())
	}
	listening := httptest.NewServer(b.played)
	b.vapiURL = listening.URL
	return b, func() error {
		listening.CloseClientConnections() // some hang by order
		listening.Close()
		return errors.Join(owner.Close(context.WithoutCancel(ctx)), stop())
	}, nil
}

func agentsRun(ctx context.Context, s settings, title string, risks []sandbox.Risk, relink bool) (err error) {
	b, end, err := openAgents(ctx, s)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, end()) }()
	b.played.SetLatency(vapiLatency)
	fmt.Fprintf(s.out, "%s\n", title)
	stop, err := b.work(ctx, "bench-webhook-secret")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, stop()) }()
	b.played.FailAtRandom(1, risks...)
	if _, _, err := b.saveAll(ctx, time.Hour, "Day", "Night"); err != nil {
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

// saveAll makes agents of these names for each clinic at an even pace, for length at most, and beside each save measures a
// transaction that does nothing.
func (b *agentsBench) saveAll(ctx context.Context, length time.Duration, names ...string) (saves, bare figures, err error) {
	owners, err := b.owner.BenchOwners(ctx)
	if err != nil {
		return saves, bare, err
	}
	var mu sync.Mutex
	var failure error
	var all sync.WaitGroup
	defer all.Wait()
	begun := time.Now()
	tick := time.NewTicker(time.Duration(float64(time.Second) / b.saves))
	defer tick.Stop()
	for _, name := range names {
		for _, owner := range owners {
			select {
			case <-ctx.Done():
				return figures{}, figures{}, ctx.Err()
			case <-tick.C:
			}
			if time.Since(begun) > length {
				break
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
	return saves, bare, failure
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
