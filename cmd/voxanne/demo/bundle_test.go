package demo_test

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/cmd/voxanne/demo"
	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/db/dbtest"
	"github.com/voxanne-ai/voxanne/db/seed"
	"github.com/voxanne-ai/voxanne/server"
	"github.com/voxanne-ai/voxanne/server/logtest"
	"github.com/voxanne-ai/voxanne/server/reception"
	"github.com/voxanne-ai/voxanne/server/voice"
)

// instance is a whole seeded server over a real database.
type instance struct {
	database *dbtest.Database
	options  demo.Options
	printed  *bytes.Buffer
}

func start(t *testing.T) *instance {
	t.Helper()
	in := &instance{database: dbtest.New(t), printed: &bytes.Buffer{}}
	require.NoError(t, seed.Demo(t.Context(), in.database.OwnerURL))
	database, err := db.Open(t.Context(), in.database.LoginURL)
	require.NoError(t, err)
	t.Cleanup(database.Close)
	in.options = demo.Options{
		WebhookAuth: server.AuthHMAC, WebhookSecret: "test-secret-webhook", JWTSecret: "test-secret-jwt-test-secret-jwt-test",
		DatabaseURL: server.Secret(in.database.LoginURL), AdminURL: server.Secret(in.database.OwnerURL), Out: in.printed,
	}
	handler := &swap{}
	listening := httptest.NewServer(handler)
	t.Cleanup(listening.Close)
	in.options.BackendURL, in.options.HTTP = listening.URL, listening.Client()
	handler.Handler = logtest.KeepErrors(t, serve(t, database, in.options))
	return in
}

// swap lets the handler know the address that it is served at.
type swap struct{ http.Handler }

func serve(t *testing.T, database *db.DB, o demo.Options) http.Handler {
	t.Helper()
	auth, err := voice.NewAuthenticator(voice.ModeHMAC, []string{string(o.WebhookSecret)}, time.Now)
	require.NoError(t, err)
	metrics := server.NewMetrics()
	config := server.Config{Env: server.Dev, BackendURL: o.BackendURL, JWTSecret: o.JWTSecret}
	handler, err := server.New(server.Deps{
		DB: server.NewDatabase(database), Auth: server.NewVerifier(config, http.DefaultClient),
		Log: server.NewLogger(logtest.Keep(t, io.Discard), slog.LevelDebug), Metrics: metrics,
		Accounts: &server.Accounts{}, Voice: reception.New(database, auth, nil, metrics), // nobody connects any here, nor says a code
	})
	require.NoError(t, err)
	return handler
}

// play runs the demo once and gives what it says of itself; what it printed is shown when the test fails.
func (in *instance) play(t *testing.T) error {
	t.Helper()
	in.printed.Reset()
	err := demo.Run(context.WithoutCancel(t.Context()), in.options)
	t.Cleanup(func() {
		if t.Failed() {
			t.Log(in.printed.String())
		}
	})
	return err
}
