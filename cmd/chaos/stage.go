package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"golang.org/x/sync/errgroup"

	"github.com/voxanne-ai/voxanne/cmd/internal/program"
	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/db/dbtest"
	"github.com/voxanne-ai/voxanne/db/localpg"
	"github.com/voxanne-ai/voxanne/db/migrate"
	"github.com/voxanne-ai/voxanne/providers/sandbox"
)

const (
	webhookSecret = "test-secret-webhooks-of-chaos"
	jwtSecret     = "test-secret-tokens-of-chaos-test-secret"
	loginPassword = "test-secret-login"
	vapiKey       = "test-secret-vapi"
	accountSID    = "AC00000000000000000000000000000002"
	accountToken  = "00000000000000000000000000000002"
)

// stage is a database of its own, played providers, and the program's processes. One goroutine plays on it.
type stage struct {
	settings
	folder   string
	lock     *os.File // of folder
	cluster  *localpg.Cluster
	options  localpg.Options
	pool     *pgxpool.Pool // the owner's
	owner    *db.Queries
	twilio   *sandbox.Twilio
	vapi     *sandbox.Vapi
	played   []*httptest.Server
	serve    *process
	work     *process
	pooler   *localpg.Pooler // nil until a fault puts it in between
	caller   *sandbox.Caller
	began    time.Time
	heard    []heard                     // by all callers so far
	texts    map[string]sandbox.SentText // that Twilio accepted so far, by its ids
	promises promises
}

// newStage sets everything up and starts it.
func newStage(ctx context.Context, s settings) (_ *stage, err error) {
	folder, lock, err := makeFolder(ctx, os.TempDir())
	if err != nil {
		return nil, err
	}
	st := &stage{settings: s, folder: folder, lock: lock, promises: promises{out: s.out}, began: time.Now(), texts: map[string]sandbox.SentText{}}
	// Not Fast: what was committed must be there after a crash.
	st.options = localpg.Options{Dir: filepath.Join(folder, clusterFolder)}
	if err := st.setUp(ctx); err != nil {
		return nil, st.close(err)
	}
	return st, nil
}

func (st *stage) setUp(ctx context.Context) error {
	if err := os.Chmod(st.folder, 0o711); err != nil { //nolint:gosec // the server's user goes through it
		return fmt.Errorf("open the folder to the server's user: %w", err)
	}
	var binary, login string
	both, making := errgroup.WithContext(ctx) // each keeps one core busy
	both.Go(func() (err error) {
		binary, err = program.Build(making, st.folder)
		return err
	})
	both.Go(func() (err error) {
		login, err = st.database(making)
		return err
	})
	if err := both.Wait(); err != nil {
		return err
	}
	st.twilio, st.vapi = sandbox.NewTwilio(), sandbox.NewVapi(vapiKey)
	for clinic := range clinicsRung { // their routes are in sql/chaos/clinics.sql
		_, err := st.vapi.AddAssistant(fmt.Appendf(nil, `{"id": "assistant-of-chaos-%d", "model": {"provider": "openai", "model": "gpt-4o"}}`, clinic))
		if err != nil {
			return fmt.Errorf("give a clinic its assistant: %w", err)
		}
	}
	st.played = []*httptest.Server{httptest.NewServer(st.twilio), httptest.NewServer(st.vapi)}
	if err := st.programs(binary, login); err != nil {
		return err
	}
	for _, p := range []*process{st.serve, st.work} {
		if err := p.start(ctx); err != nil {
			return err
		}
	}
	return st.connectClinics(ctx)
}

// database makes a cluster with clinics, and starts it again so that it waits for the disk. It returns the application's
// address. Making it waits for no disk: nothing crashes meanwhile, and an orderly stop writes everything down.
func (st *stage) database(ctx context.Context) (login string, err error) {
	hasty := st.options
	hasty.Fast = true
	if st.cluster, err = localpg.Start(ctx, hasty); err != nil {
		return "", err
	}
	address, err := st.cluster.CreateDatabase(ctx, "chaos")
	if err != nil {
		return "", err
	}
	if err := migrate.Up(ctx, address, nil); err != nil {
		return "", err
	}
	if login, err = migrate.EnsureLogin(ctx, address, loginPassword); err != nil {
		return "", err
	}
	if err := makeClinics(ctx, address); err != nil {
		return "", err
	}
	if err := st.cluster.Stop(ctx); err != nil {
		return "", err
	}
	if st.cluster, err = localpg.Start(ctx, st.options); err != nil {
		return "", err
	}
	if st.pool, err = pgxpool.New(ctx, address); err != nil {
		return "", fmt.Errorf("reach the database: %w", err)
	}
	st.owner = db.New(st.pool)
	return login, nil
}

// makeClinics runs sql/chaos/clinics.sql.
func makeClinics(ctx context.Context, address string) error {
	root, err := dbtest.Root()
	if err != nil {
		return err
	}
	text, err := os.ReadFile(filepath.Join(root, "sql/chaos/clinics.sql"))
	if err != nil {
		return err
	}
	conn, err := pgx.Connect(ctx, address)
	if err != nil {
		return fmt.Errorf("reach the database: %w", err)
	}
	defer conn.Close(context.WithoutCancel(ctx))
	if _, err := conn.Exec(ctx, string(text)); err != nil {
		return fmt.Errorf("make the clinics: %w", err)
	}
	return nil
}

// programs says how the two processes are started.
func (st *stage) programs(binary, login string) error {
	port, err := program.FreePort()
	if err != nil {
		return err
	}
	base := "http://127.0.0.1:" + port
	env := []string{"VOXANNE_ENV=production", "VOXANNE_HOME=" + filepath.Join(st.folder, "home"), "PORT=" + port, "BACKEND_URL=" + base,
		"DATABASE_URL=" + login, "JWT_SECRET=" + jwtSecret, "VAPI_WEBHOOK_SECRET=" + webhookSecret, "VAPI_WEBHOOK_AUTH=hmac",
		"VAPI_PRIVATE_KEY=" + vapiKey, "VAPI_BASE_URL=" + st.played[1].URL, "TWILIO_BASE_URL=" + st.played[0].URL,
		"RESEND_BASE_URL=" + st.played[0].URL, "CREDENTIALS_KEY=chaos:" + fmt.Sprintf("%064d", 2)}
	st.serve = &process{binary: binary, command: "serve", env: env, log: st.log, ready: base + "/readyz"}
	st.work = &process{binary: binary, command: "work", env: env, log: st.log}
	st.caller = &sandbox.Caller{BaseURL: base, Auth: sandbox.SignSeconds(webhookSecret), ServerLimit: answerLimit,
		HTTP: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 16}}}
	return nil
}

// close ends everything that was started and joins what went wrong with err.
func (st *stage) close(err error) error {
	for _, p := range []*process{st.serve, st.work} {
		if p != nil {
			err = errors.Join(err, p.kill())
		}
	}
	if st.caller != nil {
		st.caller.HTTP.CloseIdleConnections()
	}
	for _, s := range st.played {
		s.CloseClientConnections() // some hang by order
		s.Close()
	}
	if st.twilio != nil {
		st.twilio.Close()
		st.vapi.Close()
	}
	if st.pool != nil {
		st.pool.Close()
	}
	if st.pooler != nil {
		err = errors.Join(err, st.pooler.Remove())
	}
	ending, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	return errors.Join(err, localpg.Remove(ending, st.options.Dir), os.RemoveAll(st.folder), st.lock.Close())
}
