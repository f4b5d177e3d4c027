package demo_test

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/cmd/voxanne/demo"
	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/db/dbtest"
	"github.com/voxanne-ai/voxanne/db/seed"
	"github.com/voxanne-ai/voxanne/db/vault"
	"github.com/voxanne-ai/voxanne/jobs"
	"github.com/voxanne-ai/voxanne/jobs/librarian"
	"github.com/voxanne-ai/voxanne/jobs/messenger"
	"github.com/voxanne-ai/voxanne/jobs/reader"
	"github.com/voxanne-ai/voxanne/providers/email"
	"github.com/voxanne-ai/voxanne/providers/embedding"
	"github.com/voxanne-ai/voxanne/providers/sandbox"
	"github.com/voxanne-ai/voxanne/providers/twilio"
	"github.com/voxanne-ai/voxanne/server"
	"github.com/voxanne-ai/voxanne/server/logtest"
	"github.com/voxanne-ai/voxanne/server/reception"
	"github.com/voxanne-ai/voxanne/server/texting"
	"github.com/voxanne-ai/voxanne/server/voice"
)

// instance is a whole seeded server over a real database.
type instance struct {
	database *dbtest.Database
	options  demo.Options
	printed  *bytes.Buffer
}

const (
	accountSID = "AC0123456789abcdef0123456789abcdef"
	ourNumber  = "+13125550190"
)

// start starts an instance whose texts a played Twilio takes and whose queue is worked.
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
		Twilio: demo.Twilio{AccountSID: accountSID, AuthToken: "test-secret-twilio-0123456789abc", Number: ourNumber},
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

// serve puts the server together and works its queue until the test ends.
func serve(t *testing.T, database *db.DB, o demo.Options) http.Handler {
	t.Helper()
	auth, err := voice.NewAuthenticator(voice.ModeHMAC, []string{string(o.WebhookSecret)}, time.Now)
	require.NoError(t, err)
	keys, err := vault.ParseKeyring(strings.Repeat("5a", 32))
	require.NoError(t, err)
	texts, mail := providers(t, o.Twilio)
	log := server.NewLogger(logtest.Keep(t, io.Discard), slog.LevelDebug)
	messages, err := messenger.New(messenger.Options{
		DB: database, Keys: keys, Twilio: texts, Resend: mail, BackendURL: o.BackendURL, Log: log})
	require.NoError(t, err)
	models := embedding.NewModels(embedding.NewLexical())
	documents, err := librarian.New(librarian.Options{DB: database, Reader: readsHere{}, Models: models, Log: log})
	require.NoError(t, err)
	work(t, jobs.Options{DirectURL: string(o.DatabaseURL), DB: database, Messenger: messages, Documents: documents, Log: log})

	metrics := server.NewMetrics()
	webhooks, err := texting.New(texting.Options{DB: database, Accounts: messages, BackendURL: o.BackendURL, Count: metrics})
	require.NoError(t, err)
	config := server.Config{Env: server.Dev, BackendURL: o.BackendURL, JWTSecret: o.JWTSecret}
	handler, err := server.New(server.Deps{
		DB: server.NewDatabase(database), Auth: server.NewVerifier(config, http.DefaultClient), Log: log, Metrics: metrics,
		Accounts: server.NewAccounts(keys, texts, mail), Voice: reception.New(database, auth, keys, metrics, server.NewQuestions(models)),
		Texting: webhooks, Texts: messages,
	})
	require.NoError(t, err)
	return handler
}

// readsHere reads documents in this process.
type readsHere struct{}

func (readsHere) Read(ctx context.Context, kind reader.Kind, r io.Reader, limits reader.Limits) ([]reader.Page, error) {
	return reader.Read(ctx, kind, r, limits)
}

// providers reach a played Twilio with one account, and nobody for e-mail.
func providers(t *testing.T, account demo.Twilio) (*twilio.Gateway, *email.Resend) {
	t.Helper()
	played := sandbox.NewTwilio()
	played.AddAccount(account.AccountSID, string(account.AuthToken), account.Number)
	played.Deliver(true)
	listening := httptest.NewServer(played)
	t.Cleanup(listening.Close)
	t.Cleanup(played.Close)
	texts, err := twilio.New(twilio.Options{BaseURL: listening.URL})
	require.NoError(t, err)
	mail, err := email.NewResend(email.ResendOptions{BaseURL: listening.URL})
	require.NoError(t, err)
	return texts, mail
}

// work works the queue until the test ends.
func work(t *testing.T, o jobs.Options) {
	t.Helper()
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	ended := make(chan error, 1)
	go func() { ended <- jobs.Run(ctx, o) }()
	t.Cleanup(func() {
		stop()
		require.NoError(t, <-ended)
	})
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
