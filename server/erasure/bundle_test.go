package erasure_test

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/db/dbtest"
	"github.com/voxanne-ai/voxanne/db/vault"
	"github.com/voxanne-ai/voxanne/jobs/messenger"
	"github.com/voxanne-ai/voxanne/jobs/recorder"
	"github.com/voxanne-ai/voxanne/providers/email"
	"github.com/voxanne-ai/voxanne/providers/embedding"
	"github.com/voxanne-ai/voxanne/providers/sandbox"
	"github.com/voxanne-ai/voxanne/providers/storage"
	"github.com/voxanne-ai/voxanne/providers/twilio"
	"github.com/voxanne-ai/voxanne/server"
	"github.com/voxanne-ai/voxanne/server/logtest"
	"github.com/voxanne-ai/voxanne/server/reception"
	"github.com/voxanne-ai/voxanne/server/texting"
	"github.com/voxanne-ai/voxanne/server/voice"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	jwtSecret     = "test-secret-jwt-test-secret-jwt-test"
	webhookSecret = "test-secret-webhook"
	codeKey       = "7e57000000000000000000000000000000000000000000000000000000000001"
	resendKey     = "re_test-secret-resend"
	twilioSID     = "AC00000000000000000000000000000001"
	twilioToken   = "test-secret-twilio-lakeside-0001"
	clinicNumber  = "+13125550100"
	patience      = 4 * time.Second
)

// now is Monday 2030-03-04, 10:00 in Chicago.
var now = time.Date(2030, 3, 4, 16, 0, 0, 0, time.UTC)

// lakeside is the fixture's clinic.
var lakeside = uuid.MustParse("a0000000-0000-7000-8000-000000000001")

// bundle is a whole server with its jobs over a real database with two clinics (sql/tests/clinics.psql); what is outside is played.
type bundle struct {
	database   *dbtest.Database
	owner      *pgxpool.Pool // sees everything
	vapi       *sandbox.Caller
	twilio     *sandbox.Twilio
	resend     *sandbox.Resend
	texts      *messenger.Messenger
	recordings *recorder.Recorder
	folder     string // of the storage
	url        string
	client     *http.Client
	token      string // of an owner of Lakeside
	worked     map[int64]bool
}

// swap lets the handler know the address that it is served at.
type swap struct{ http.Handler }

func setup(t *testing.T) *bundle {
	t.Helper()
	b := &bundle{database: dbtest.New(t, dbtest.WithClock()), twilio: sandbox.NewTwilio(), resend: sandbox.NewResend(resendKey),
		folder: t.TempDir(), worked: map[int64]bool{}}
	b.owner = b.database.Pool(t)
	root, err := dbtest.Root()
	require.NoError(t, err)
	fixture, err := os.ReadFile(filepath.Join(root, "sql/tests/clinics.psql"))
	require.NoError(t, err)
	b.database.Exec(t, string(fixture))
	b.database.Exec(t, `delete from call_logs`) // of the fixture's own callers
	b.database.SetClock(t, now)
	handler := &swap{}
	listening := httptest.NewServer(handler)
	t.Cleanup(listening.Close)
	t.Cleanup(listening.Client().CloseIdleConnections)
	b.url, b.client = listening.URL, listening.Client()
	handler.Handler = logtest.KeepErrors(t, b.serve(t))
	b.vapi = &sandbox.Caller{BaseURL: b.url, Auth: sandbox.Secret(webhookSecret), HTTP: b.client}
	b.signIn(t)
	b.connect(t)
	return b
}

// serve puts the server and the workers' parts together.
func (b *bundle) serve(t *testing.T) http.Handler {
	t.Helper()
	provider, mail := httptest.NewServer(b.twilio), httptest.NewServer(b.resend)
	t.Cleanup(provider.Close)
	t.Cleanup(b.twilio.Close)
	t.Cleanup(mail.Close)
	gateway, err := twilio.New(twilio.Options{BaseURL: provider.URL, HTTP: provider.Client(), Timeout: patience})
	require.NoError(t, err)
	resend, err := email.NewResend(email.ResendOptions{BaseURL: mail.URL, HTTP: mail.Client(), Timeout: patience})
	require.NoError(t, err)
	keys, err := vault.ParseKeyring(codeKey)
	require.NoError(t, err)
	opened, err := db.Open(t.Context(), b.database.LoginURL)
	require.NoError(t, err)
	t.Cleanup(opened.Close)
	log := server.NewLogger(logtest.Keep(t, io.Discard), slog.LevelDebug)
	b.texts, err = messenger.New(messenger.Options{DB: opened, Keys: keys, Twilio: gateway, Resend: resend, BackendURL: b.url, Log: log})
	require.NoError(t, err)
	files, err := storage.NewDirectory(b.folder)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, files.Close()) })
	b.recordings, err = recorder.New(recorder.Options{DB: opened, Store: files, Source: tape{}, Download: tape{}, Log: log})
	require.NoError(t, err)
	auth, err := voice.NewAuthenticator(voice.ModeEither, []string{webhookSecret}, time.Now)
	require.NoError(t, err)
	metrics := server.NewMetrics()
	webhooks, err := texting.New(texting.Options{DB: opened, Accounts: b.texts, BackendURL: b.url, Count: metrics})
	require.NoError(t, err)
	handler, err := server.New(server.Deps{
		DB: server.NewDatabase(opened), Auth: server.NewVerifier(b.config(), http.DefaultClient), Log: log, Metrics: metrics,
		Accounts: server.NewAccounts(keys, gateway, resend), Texting: webhooks, Texts: b.texts, Links: server.NewLinks(keys, b.url),
		Files: server.NewFiles(files, keys, b.url), Now: func() time.Time { return now },
		Voice: reception.New(opened, auth, keys, metrics, server.NewQuestions(embedding.NewModels(embedding.NewLexical()))),
	})
	require.NoError(t, err)
	return handler
}

// tape is where the provider's recordings are, all of one sound that says who is heard.
type tape struct{}

func (tape) RecordingURL(context.Context, string) (string, error) {
	return "https://recordings.example/1.wav", nil
}

func (tape) Fetch(_ context.Context, _ string, w io.Writer, _ int64) (int64, error) {
	n, err := w.Write(append(sandbox.Tone(time.Second), "zanzibar-lilac"...))
	return int64(n), err
}

func (b *bundle) config() server.Config {
	return server.Config{Env: server.Dev, BackendURL: b.url, JWTSecret: jwtSecret}
}

// signIn makes an owner of Lakeside, as whom requests are made.
func (b *bundle) signIn(t *testing.T) {
	t.Helper()
	user := uuid.New()
	b.database.Exec(t, `insert into auth.users (id, email) values ($1, 'owner@clinic.example')`, user)
	b.database.Exec(t, `delete from profiles where user_id = $1`, user) // of the organization that signing up founds
	b.database.Exec(t, `insert into profiles (org_id, user_id, role) values ($1, $2, 'owner')`, lakeside, user)
	var err error
	b.token, err = server.MintDevToken(jwtSecret, lakeside, user, b.config().Issuer(), time.Hour)
	require.NoError(t, err)
}

// connect gives Lakeside its accounts, through the API, and a line to call from.
func (b *bundle) connect(t *testing.T) {
	t.Helper()
	b.twilio.AddAccount(twilioSID, twilioToken, clinicNumber)
	b.resend.Verified("clinic.example")
	b.ask(t, "POST /api/integrations/twilio", `{"accountSid": "`+twilioSID+`", "authToken": "`+twilioToken+`", "phoneNumber": "`+clinicNumber+`"}`)
	b.ask(t, "POST /api/integrations/resend", `{"apiKey": "`+resendKey+`", "fromAddress": "hello@clinic.example"}`)
	b.ask(t, "PATCH /api/messages/rules", `{"emailConfirmations": true, "messagesPerDay": 1000, "quietFrom": "00:00", "quietUntil": "00:00"}`)
	b.database.Exec(t, `insert into agents (org_id, id, name, role, is_default) values ($1, 'a0000000-0000-7000-8000-000000000042', 'Caller', 'outbound', true)`, lakeside)
	b.database.Exec(t, `insert into assistant_routes (vapi_assistant_id, org_id, agent_id) values ('assistant-o', $1, 'a0000000-0000-7000-8000-000000000042')`, lakeside)
}

// ask sends a good request of the owner's with a key of its own, so that its answer is kept, and returns what came.
func (b *bundle) ask(t *testing.T, what, body string) map[string]any {
	t.Helper()
	status, answer := b.try(t, what, body)
	require.Less(t, status, 300, "%s: %s", what, answer)
	fields := map[string]any{}
	require.NoError(t, json.Unmarshal(answer, &fields), "%s: %s", what, answer)
	return fields
}

func (b *bundle) try(t *testing.T, what, body string) (status int, answer []byte) {
	t.Helper()
	method, path, _ := strings.Cut(what, " ")
	r, err := http.NewRequestWithContext(t.Context(), method, b.url+path, strings.NewReader(body))
	require.NoError(t, err)
	r.Header.Set("Authorization", "Bearer "+b.token)
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	if method != http.MethodGet {
		r.Header.Set("Idempotency-Key", uuid.NewString())
	}
	response, err := b.client.Do(r)
	require.NoError(t, err)
	defer response.Body.Close()
	answer, err = io.ReadAll(response.Body)
	require.NoError(t, err)
	return response.StatusCode, answer
}
