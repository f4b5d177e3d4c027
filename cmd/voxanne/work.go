package main

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/jobs"
	"github.com/voxanne-ai/voxanne/jobs/dialer"
	"github.com/voxanne-ai/voxanne/jobs/provisioner"
	"github.com/voxanne-ai/voxanne/jobs/toolsync"
	"github.com/voxanne-ai/voxanne/providers/vapi"
	"github.com/voxanne-ai/voxanne/server"
)

const workUsage = `Works the queue until it is told to stop (SIGINT, SIGTERM); running jobs get ten
seconds to finish. It listens on DATABASE_DIRECT_URL, which must not go through
a pooler. Start any number of processes.
`

// vapiTimeout bounds one request to Vapi's REST interface, whose answers carry whole calls.
const vapiTimeout = 20 * time.Second

func runWork(ctx context.Context, p process, args []string) error {
	if err := parseFlags(p, "work", workUsage, args, nil); err != nil {
		return err
	}
	cfg, err := server.LoadConfig(p.environ)
	if err != nil {
		return err
	}
	log, metrics := newLogger(p, cfg), server.NewMetrics()
	traces, flush, err := newTraces(ctx, cfg, log)
	if err != nil {
		return err
	}
	defer flush()
	opened, err := openService(ctx, cfg, traces)
	if err != nil {
		return err
	}
	defer opened.Close()
	to := observed{metrics, traces, log}
	if err := observe(to, opened); err != nil {
		return err
	}
	group, running := errgroup.WithContext(ctx)
	group.Go(func() error { return work(running, cfg, opened, to) })
	if cfg.MetricsPort != "" {
		group.Go(func() error {
			return server.Serve(running, metrics.Handler(thisBuild().Version), ":"+cfg.MetricsPort, 0, log)
		})
	}
	return group.Wait()
}

// work runs the workers of cfg until ctx ends.
func work(ctx context.Context, cfg server.Config, opened *db.DB, to observed) error {
	if cfg.VapiPrivateKey == "" {
		return fmt.Errorf("VAPI_PRIVATE_KEY is not set: assistants could not be kept in step. Give the account's private key")
	}
	client, err := newVapi(cfg, opened, to)
	if err != nil {
		return err
	}
	tools, err := newSyncer(cfg, opened, client, to, toolsync.NewMetrics(to.metrics.Registerer()))
	if err != nil {
		return err
	}
	messages, err := newMessenger(cfg, opened, to)
	if err != nil {
		return err
	}
	recordings, err := newRecorder(cfg, opened, client, to)
	if err != nil {
		return err
	}
	numbers, err := newProvisioner(cfg, opened, client, messages, to.log)
	if err != nil {
		return err
	}
	calls, err := dialer.New(dialer.Options{
		DB: opened, Vapi: client, AtOnce: cfg.VapiCallsAtOnce, Metrics: dialer.NewMetrics(to.metrics.Registerer()), Log: to.log,
	})
	if err != nil {
		return err
	}
	documents, err := newLibrarian(cfg, opened, to)
	if err != nil {
		return err
	}
	keeper, calendars, err := newCalendarWork(cfg, opened, to)
	if err != nil {
		return err
	}
	return jobs.Run(ctx, jobs.Options{
		DirectURL: string(cfg.DatabaseDirectURL), DB: opened, Calls: client, ReadReport: readReport, Messenger: messages, Recordings: recordings,
		Tools: tools, Numbers: numbers, Dialer: calls, Documents: documents, Grants: keeper, Calendars: calendars, Log: to.log, Traces: to.traces,
		Metrics: jobs.NewMetrics(to.metrics.Registerer(), opened.Platform().ListQueueStates, to.log),
	})
}

// newVapi reaches Vapi with the account's key, in turns with all other processes.
func newVapi(cfg server.Config, opened *db.DB, to observed) (*vapi.Client, error) {
	pace, err := toolsync.NewPace(opened, cfg.VapiRequestsPerSecond)
	if err != nil {
		return nil, err
	}
	return vapi.New(vapi.Options{
		BaseURL: cfg.VapiBaseURL, Key: string(cfg.VapiPrivateKey), Timeout: vapiTimeout, Pace: pace, Traces: to.traces,
	})
}

// newProvisioner puts together what gives clinics their numbers.
func newProvisioner(cfg server.Config, opened *db.DB, client *vapi.Client, accounts provisioner.Accounts, log *slog.Logger) (*provisioner.Provisioner, error) {
	texts, _, err := reachProviders(cfg)
	if err != nil {
		return nil, err
	}
	return provisioner.New(provisioner.Options{
		DB: opened, Accounts: accounts, Twilio: texts, Vapi: client, BackendURL: cfg.BackendURL, Secret: string(cfg.WebhookSecrets[0]), Log: log,
	})
}

// newSyncer puts together what keeps assistants in step; metrics may be nil.
func newSyncer(cfg server.Config, opened *db.DB, client *vapi.Client, to observed, metrics *toolsync.Metrics) (*toolsync.Syncer, error) {
	return toolsync.New(toolsync.Options{
		DB: opened, Vapi: client, BackendURL: cfg.BackendURL, Secret: string(cfg.WebhookSecrets[0]), Log: to.log, Metrics: metrics, Traces: to.traces,
	})
}
