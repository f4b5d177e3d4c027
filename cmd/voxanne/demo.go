package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/voxanne-ai/voxanne/cmd/voxanne/demo"
	"github.com/voxanne-ai/voxanne/db/localpg"
	"github.com/voxanne-ai/voxanne/server"
)

const demoUsage = `Plays telephone calls to the demo clinics as Vapi would send them, signed, the texts
that follow, and a price list that a clinic uploads and its callers ask about;
prints the conversations and then the rows that they left, and checks every
promise. The exit status is 1 when one was broken. It plays against the instance that BACKEND_URL,
or VOXANNE_HOME/env, names; when none answers, against one of its own in a folder
that it removes. It adds calls and visits to an instance and removes nothing.
`

// demoTimeout bounds one request of the play; Vapi waits 20 s.
const demoTimeout = 30 * time.Second

func runDemo(ctx context.Context, p process, args []string) error {
	if err := parseFlags(p, "demo", demoUsage, args, nil); err != nil {
		return err
	}
	environ, err := developmentEnviron(p)
	if err != nil {
		return err
	}
	if environ["VOXANNE_ENV"] == string(server.Production) {
		return errors.New("VOXANNE_ENV is production: invented callers have no business there")
	}
	client := &http.Client{Timeout: demoTimeout}
	defer client.CloseIdleConnections()
	if answers(ctx, client, environ["BACKEND_URL"]) {
		return playDemo(ctx, p, environ, client)
	}
	fmt.Fprintln(p.out, "No instance answers (`make run` starts one), so this starts one of its own. A moment …")
	return playOwn(ctx, p, client)
}

// answers says whether an instance is ready at an address.
func answers(ctx context.Context, client *http.Client, address string) bool {
	if address == "" {
		return false
	}
	ctx, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address+"/readyz", nil)
	if err != nil {
		return false
	}
	resp, err := client.Do(req)
	if err != nil {
		return false
	}
	defer resp.Body.Close()
	return resp.StatusCode == http.StatusOK
}

// playDemo plays against the running instance of environ.
func playDemo(ctx context.Context, p process, environ map[string]string, client *http.Client) error {
	environ = maps.Clone(environ)
	environ["VOXANNE_ENV"] = string(server.Dev)
	cfg, err := server.LoadConfig(environ)
	if err != nil {
		return err
	}
	if slices.Contains(cfg.Made, "VAPI_WEBHOOK_SECRET") || slices.Contains(cfg.Made, "JWT_SECRET") || cfg.AdminDatabaseURL == "" {
		return errors.New("an instance answers, but VAPI_WEBHOOK_SECRET, JWT_SECRET or ADMIN_DATABASE_URL is not known: try `set -a; . .local/env`")
	}
	// No account of the sandbox's is named when Twilio is the real one.
	played := demo.Twilio{AccountSID: environ["SANDBOX_TWILIO_ACCOUNT_SID"], AuthToken: server.Secret(environ["SANDBOX_TWILIO_AUTH_TOKEN"]),
		Number: environ["SANDBOX_TWILIO_NUMBER"]}
	return demo.Run(ctx, demo.Options{
		BackendURL: cfg.BackendURL, WebhookAuth: cfg.WebhookAuth, WebhookSecret: cfg.WebhookSecrets[0],
		DatabaseURL: cfg.DatabaseURL, DatabaseOptions: cfg.DatabaseOptions(), AdminURL: cfg.AdminDatabaseURL, JWTSecret: cfg.JWTSecret, Twilio: played, HTTP: client, Out: p.out,
	})
}

// playOwn starts a development instance in a folder of its own, plays, stops it and removes the folder.
func playOwn(ctx context.Context, p process, client *http.Client) (err error) {
	home, err := os.MkdirTemp("", "voxanne-demo-")
	if err != nil {
		return fmt.Errorf("make a folder for an own instance: %w", err)
	}
	defer func() {
		err = errors.Join(err, localpg.Remove(context.WithoutCancel(ctx), filepath.Join(home, "pg")), os.RemoveAll(home))
	}()
	log := &lateLog{}
	running, stop := context.WithCancel(ctx)
	defer stop()
	banner, ended := &firstWrite{happened: make(chan struct{})}, make(chan error, 1)
	go func() {
		ended <- develop(running, process{out: banner, err: log, environ: ownEnviron(p.environ, home)})
	}()
	select {
	case err := <-ended:
		return fmt.Errorf("start an own instance: %w", err)
	case <-banner.happened:
	}

	environ, err := readEnvFile(envFilePath(home))
	if err == nil {
		err = playDemo(ctx, p, environ, client)
	}
	client.CloseIdleConnections()
	stop()
	err = errors.Join(err, <-ended)
	if err != nil {
		fmt.Fprintf(p.err, "\nThe instance's log:\n%s\n", log.text())
	}
	return err
}

// ownEnviron is what programs need of the caller's environment, and nothing that names another instance.
func ownEnviron(caller map[string]string, home string) map[string]string {
	environ := map[string]string{"VOXANNE_HOME": home, "VOXANNE_ENV": string(server.Dev), "PORT": "0"}
	for _, name := range []string{"PATH", "HOME"} {
		environ[name] = caller[name]
	}
	return environ
}

// firstWrite tells that something was written to it: `develop` prints when all is up, and not before.
type firstWrite struct {
	once     sync.Once
	happened chan struct{}
}

func (f *firstWrite) Write(p []byte) (int, error) {
	f.once.Do(func() { close(f.happened) })
	return len(p), nil
}

// lateLog keeps a log that is shown only when something went wrong.
type lateLog struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (l *lateLog) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.Write(p)
}

func (l *lateLog) text() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.String()
}
