package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/db/migrate"
	"github.com/voxanne-ai/voxanne/jobs/provisioner"
	"github.com/voxanne-ai/voxanne/jobs/readiness"
	"github.com/voxanne-ai/voxanne/providers/vapi"
	"github.com/voxanne-ai/voxanne/server"
	"github.com/voxanne-ai/voxanne/server/live"
	"github.com/voxanne-ai/voxanne/server/reception"
	"github.com/voxanne-ai/voxanne/server/texting"
	"github.com/voxanne-ai/voxanne/server/voice"
	"github.com/voxanne-ai/voxanne/server/webvoice"
)

const serveUsage = `Serves the dashboard API and Vapi's webhooks on PORT until it is told to stop
(SIGINT, SIGTERM); running requests may finish. The database must have been
migrated. Start any number of processes.
`

func runServe(ctx context.Context, p process, args []string) error {
	if err := parseFlags(p, "serve", serveUsage, args, nil); err != nil {
		return err
	}
	cfg, err := server.LoadConfig(p.environ)
	if err != nil {
		return err
	}
	log := newLogger(p, cfg)
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
	to := observed{server.NewMetrics(), traces, log}
	if err := observe(to, opened); err != nil {
		return err
	}
	handler, beside, err := newHandler(cfg, opened, to)
	if err != nil {
		return err
	}
	group, running := errgroup.WithContext(ctx)
	group.Go(func() error { return server.Serve(running, handler, ":"+cfg.Port, cfg.Drain, log) })
	beside.run(running, group)
	return group.Wait()
}

// newLogger writes to the process's error stream, with every configured secret blanked.
func newLogger(p process, cfg server.Config) *slog.Logger {
	return server.NewLogger(p.err, slog.LevelInfo, cfg.Secrets()...)
}

// lasting is what must run beside the handler for connections that last.
type lasting struct {
	relay   *live.Server
	bridges *webvoice.Server // nil without a key to Vapi
}

// run adds it to group until ctx ends.
func (l lasting) run(ctx context.Context, group *errgroup.Group) {
	group.Go(func() error { return l.relay.Run(ctx) })
	if l.bridges != nil {
		group.Go(func() error { return l.bridges.Run(ctx) })
	}
}

// inTurns is a database for streams, whose opening takes turns with the members' requests: after a restart all of them open at
// once.
type inTurns struct {
	*db.DB
	turns *server.MemberTurns
}

// AsUser is [db.DB.AsUser] in its turn; busy when there is none to be had.
func (d inTurns) AsUser(ctx context.Context, claims []byte, fn func(db.Tx, db.Member) error) error {
	return d.turns.Take(ctx, func() error { return d.DB.AsUser(ctx, claims, fn) })
}

// newLasting puts together what must run beside the handler; tests are nil without a key to Vapi.
func newLasting(cfg server.Config, opened inTurns, auth *server.Verifier, tests *server.WebCalls, to observed) (l lasting, err error) {
	l.relay, err = live.New(live.Options{DB: opened, Auth: auth, Log: to.log, Count: to.metrics.Registerer(), Origins: cfg.Origins})
	if err != nil || tests == nil {
		return l, err
	}
	l.bridges, err = webvoice.New(webvoice.Options{
		DB: opened.DB, Auth: auth, Calls: tests, Log: to.log, Count: to.metrics.Registerer(), Origins: cfg.Origins,
	})
	return l, err
}

// newAuthenticator knows Vapi's webhooks by the secrets of cfg.
func newAuthenticator(cfg server.Config) (*voice.Authenticator, error) {
	if len(cfg.WebhookSecrets) == 0 {
		return nil, errors.New("no webhook secret is configured")
	}
	secrets := make([]string, len(cfg.WebhookSecrets))
	for i, secret := range cfg.WebhookSecrets {
		secrets[i] = string(secret)
	}
	webhooks, err := voice.NewAuthenticator(string(cfg.WebhookAuth), secrets, time.Now)
	if err != nil {
		return nil, fmt.Errorf("authenticate webhooks: %w", err)
	}
	return webhooks, nil
}

// newHandler puts the server together, and what must run beside it.
func newHandler(cfg server.Config, opened *db.DB, to observed) (http.Handler, lasting, error) {
	webhooks, err := newAuthenticator(cfg)
	if err != nil {
		return nil, lasting{}, err
	}
	accounts, err := newAccounts(cfg)
	if err != nil {
		return nil, lasting{}, err
	}
	messages, err := newMessenger(cfg, opened, to)
	if err != nil {
		return nil, lasting{}, err
	}
	texts, err := texting.New(texting.Options{DB: opened, Accounts: messages, BackendURL: cfg.BackendURL, Count: to.metrics})
	if err != nil {
		return nil, lasting{}, err
	}
	auth := server.NewVerifier(cfg, &http.Client{Timeout: 10 * time.Second})
	lines, ready, err := newLines(cfg, opened, messages, to)
	if err != nil {
		return nil, lasting{}, err
	}
	account, tests, err := vapiAccount(cfg, to)
	if err != nil {
		return nil, lasting{}, err
	}
	store, err := newStorage(cfg)
	if err != nil {
		return nil, lasting{}, err
	}
	questions, uploads, err := newKnowledge(cfg)
	if err != nil {
		return nil, lasting{}, err
	}
	calendars, err := newKeeper(cfg, opened, to.log)
	if err != nil {
		return nil, lasting{}, err
	}
	turns := server.NewMemberTurns(opened.Connections(), to.metrics)
	beside, err := newLasting(cfg, inTurns{opened, turns}, auth, tests, to)
	if err != nil {
		return nil, lasting{}, err
	}
	schema, err := migrate.Target()
	if err != nil {
		return nil, lasting{}, err
	}
	deps := server.Deps{
		DB:         server.NewDatabase(opened),
		Auth:       auth,
		Log:        to.log,
		Metrics:    to.metrics,
		Accounts:   accounts,
		Vapi:       account,
		Voice:      reception.New(opened, webhooks, cfg.Keys, to.metrics, questions),
		Texting:    texts,
		Texts:      messages,
		Lines:      lines,
		Readiness:  ready,
		Checks:     messages,
		Links:      server.NewLinks(cfg.Keys, cfg.BackendURL),
		Files:      server.NewFiles(store, cfg.Keys, cfg.BackendURL),
		Live:       beside.relay,
		Questions:  questions,
		Uploads:    uploads,
		WebCalls:   tests,
		Calendars:  calendars,
		BackendURL: cfg.BackendURL,
		Traces:     to.traces,
		Origins:    cfg.Origins,
		Version:    thisBuild().Version,
		Schema:     schema,
		Turns:      turns,
		Pace:       server.NewMemberPace(cfg.Pace, to.metrics),
		HTTPS:      cfg.HTTPS(),

		Invitations: server.InvitationMail{DashboardURL: cfg.DashboardURL, Platform: messages.PlatformMail()},
	}
	if beside.bridges != nil {
		deps.WebVoice = beside.bridges
	}
	handler, err := server.New(deps)
	if err != nil {
		return nil, lasting{}, fmt.Errorf("put the server together: %w", err)
	}
	return handler, beside, nil
}

// newAccounts checks and seals the accounts that clinics connect.
func newAccounts(cfg server.Config) (*server.Accounts, error) {
	texts, resend, err := reachProviders(cfg)
	if err != nil {
		return nil, err
	}
	return server.NewAccounts(cfg.Keys, texts, resend), nil
}

// newLines looks after the clinics' numbers and asks whether calls would work; both nil without a key to Vapi.
func newLines(cfg server.Config, opened *db.DB, accounts provisioner.Accounts, to observed) (server.Lines, server.Readiness, error) {
	if cfg.VapiPrivateKey == "" {
		return nil, nil, nil
	}
	client, err := newVapi(cfg, opened, to)
	if err != nil {
		return nil, nil, err
	}
	numbers, err := newProvisioner(cfg, opened, client, accounts, to.log)
	if err != nil {
		return nil, nil, err
	}
	tools, err := newSyncer(cfg, opened, client, to, nil)
	if err != nil {
		return nil, nil, err
	}
	return numbers, readiness.Checker{DB: opened, Lines: numbers, Assistants: tools}, nil
}

// vapiAccount is what members may know of the platform's account, how it is asked about, and how test calls are placed
// with it; nil without a key. One request now and then: it takes no turn of those that the workers share.
func vapiAccount(cfg server.Config, to observed) (server.VapiAccount, *server.WebCalls, error) {
	account := server.VapiAccount{PublicKey: cfg.VapiPublicKey, Configured: cfg.VapiPrivateKey != ""}
	if !account.Configured {
		return account, nil, nil
	}
	client, err := vapi.New(vapi.Options{BaseURL: cfg.VapiBaseURL, Key: string(cfg.VapiPrivateKey), Timeout: vapiTimeout, Traces: to.traces})
	if err != nil {
		return account, nil, fmt.Errorf("reach Vapi: %w", err)
	}
	account.Verify = client.Verify
	return account, server.NewWebCalls(client, cfg.Keys, cfg.BackendURL), nil
}
