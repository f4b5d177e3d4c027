package texting_test

import (
	"bytes"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync/atomic"
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
	"github.com/voxanne-ai/voxanne/providers/email"
	"github.com/voxanne-ai/voxanne/providers/sandbox"
	"github.com/voxanne-ai/voxanne/providers/storage"
	"github.com/voxanne-ai/voxanne/providers/twilio"
	"github.com/voxanne-ai/voxanne/server"
	"github.com/voxanne-ai/voxanne/server/apitest"
	"github.com/voxanne-ai/voxanne/server/logtest"
	"github.com/voxanne-ai/voxanne/server/reception"
	"github.com/voxanne-ai/voxanne/server/texting"
	"github.com/voxanne-ai/voxanne/server/voice"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	// patience is how long the played providers are waited for: long enough on a busy machine.
	patience = 4 * time.Second

	webhookSecret = "test-secret-webhook"

	jwtSecret = "test-secret-jwt-test-secret-jwt-test"
	codeKey   = "7e57000000000000000000000000000000000000000000000000000000000001"

	lakesideNumber, harborNumber = "+13125550100", "+442079460100"
	lakesideSID, harborSID       = "AC00000000000000000000000000000001", "AC00000000000000000000000000000002"
	lakesideToken, harborToken   = "test-secret-twilio-lakeside-0001", "test-secret-twilio-harbor-000002"

	resendKey = "re_test-secret-resend"

	zoeNumber = "+13125550111"
	planted   = "zanzibar-lilac"
)

// now is the fixture's moment, two hours on: Monday 2030-03-04, 10:00 in Chicago.
var now = time.Date(2030, 3, 4, 16, 0, 0, 0, time.UTC)

// lakeside, harbor and zoe are rows of the fixtures.
var (
	lakeside = uuid.MustParse("a0000000-0000-7000-8000-000000000001")
	harbor   = uuid.MustParse("b0000000-0000-7000-8000-000000000001")
	zoe      = uuid.MustParse("a0000000-0000-7000-8000-0000000000d1")
)

// bundle is a whole server over a real database with two clinics (sql/tests/clinics.psql), each with an account at a
// played Twilio.
type bundle struct {
	database *dbtest.Database
	owner    *pgxpool.Pool // sees everything
	twilio   *sandbox.Twilio
	resend   *sandbox.Resend
	texts    *messenger.Messenger
	url      string
	client   *http.Client
	metrics  *server.Metrics
	later    atomic.Int64 // by how many nanoseconds the server's clock is ahead of now
}

// swap lets the handler know the address that it is served at.
type swap struct{ http.Handler }

func setup(t *testing.T) *bundle {
	t.Helper()
	b := &bundle{database: dbtest.New(t, dbtest.WithClock()), twilio: sandbox.NewTwilio(), resend: sandbox.NewResend(resendKey), metrics: server.NewMetrics()}
	b.owner = b.database.Pool(t)
	root, err := dbtest.Root()
	require.NoError(t, err)
	fixture, err := os.ReadFile(filepath.Join(root, "sql/tests/clinics.psql"))
	require.NoError(t, err)
	b.database.Exec(t, string(fixture))
	b.database.SetClock(t, now)
	b.database.Exec(t, `
insert into contacts (org_id, id, name, phone, email, source) values
  ('a0000000-0000-7000-8000-000000000001', 'a0000000-0000-7000-8000-0000000000d1', 'Zoë Quillfeather', '+13125550111', 'zoe@patients.example', 'dashboard'),
  ('a0000000-0000-7000-8000-000000000001', 'a0000000-0000-7000-8000-0000000000d2', 'Nell Quillby', null, null, 'dashboard'),
  ('b0000000-0000-7000-8000-000000000001', 'b0000000-0000-7000-8000-0000000000d1', 'Ida Quillworth', '+442079460111', null, 'dashboard')`)

	listening := httptest.NewUnstartedServer(nil)
	handler := &swap{}
	listening.Config.Handler = handler
	listening.Start()
	t.Cleanup(listening.Close)
	t.Cleanup(listening.Client().CloseIdleConnections)
	b.url, b.client = listening.URL, listening.Client()
	handler.Handler = apitest.Checked(t, logtest.KeepErrors(t, b.serve(t)))
	b.connect(t)
	return b
}

// serve puts the server together, against the played Twilio and Resend.
func (b *bundle) serve(t *testing.T) http.Handler {
	t.Helper()
	provider := httptest.NewServer(b.twilio)
	t.Cleanup(provider.Close)
	t.Cleanup(b.twilio.Close)
	gateway, err := twilio.New(twilio.Options{BaseURL: provider.URL, HTTP: provider.Client(), Timeout: patience})
	require.NoError(t, err)
	mail := httptest.NewServer(b.resend)
	t.Cleanup(mail.Close)
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
	webhooks, err := texting.New(texting.Options{DB: opened, Accounts: b.texts, BackendURL: b.url, Count: b.metrics})
	require.NoError(t, err)
	files, err := storage.NewDirectory(t.TempDir())
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, files.Close()) })
	auth, err := voice.NewAuthenticator(voice.ModeEither, []string{webhookSecret}, time.Now)
	require.NoError(t, err)
	handler, err := server.New(server.Deps{
		DB: server.NewDatabase(opened), Auth: server.NewVerifier(b.config(), http.DefaultClient), Log: log, Metrics: b.metrics,
		Accounts: server.NewAccounts(keys, gateway, resend), Texting: webhooks, Texts: b.texts, Links: server.NewLinks(keys, b.url),
		Files: server.NewFiles(files, keys, b.url), Now: func() time.Time { return now.Add(time.Duration(b.later.Load())) },
		Voice: reception.New(opened, auth, keys, b.metrics, nil),
	})
	require.NoError(t, err)
	return handler
}

func (b *bundle) config() server.Config {
	return server.Config{Env: server.Dev, BackendURL: b.url, JWTSecret: jwtSecret}
}

// connect gives both clinics their accounts, through the API.
func (b *bundle) connect(t *testing.T) {
	t.Helper()
	for _, c := range []struct {
		org                uuid.UUID
		sid, token, number string
	}{{lakeside, lakesideSID, lakesideToken, lakesideNumber}, {harbor, harborSID, harborToken, harborNumber}} {
		b.twilio.AddAccount(c.sid, c.token, c.number)
		connected := b.as(t, c.org, "owner").do(t, http.MethodPost, "/api/integrations/twilio",
			map[string]any{"accountSid": c.sid, "authToken": c.token, "phoneNumber": c.number})
		require.Equal(t, http.StatusOK, connected.status, connected.body)
	}
}

// connectEmail gives Lakeside its account at the played Resend, through the API.
func (b *bundle) connectEmail(t *testing.T) {
	t.Helper()
	b.resend.Verified("clinic.example")
	connected := b.as(t, lakeside, "owner").do(t, http.MethodPost, "/api/integrations/resend",
		map[string]any{"apiKey": resendKey, "fromAddress": "hello@clinic.example"})
	require.Equal(t, http.StatusOK, connected.status, connected.body)
}

// member is somebody who is signed in.
type member struct {
	b     *bundle
	token string
}

// as signs a new person in who has a role in a clinic.
func (b *bundle) as(t *testing.T, org uuid.UUID, role string) member {
	t.Helper()
	user := uuid.New()
	b.database.Exec(t, `insert into auth.users (id, email) values ($1, $2)`, user, user.String()+"@patients.example")
	b.database.Exec(t, `delete from profiles where user_id = $1`, user) // of the organization that signing up founds
	b.database.Exec(t, `insert into profiles (org_id, user_id, role) values ($1, $2, $3)`, org, user, role)
	token, err := server.MintDevToken(jwtSecret, org, user, b.config().Issuer(), time.Hour)
	require.NoError(t, err)
	return member{b, token}
}

// answer is what came back.
type answer struct {
	status int
	header http.Header
	body   string
}

// json is the answer's body as an object.
func (a answer) json(t *testing.T) map[string]any {
	t.Helper()
	var fields map[string]any
	require.NoError(t, json.Unmarshal([]byte(a.body), &fields), a.body)
	return fields
}

// requireRefused checks status, code and sentence of a refusal.
func (a answer) requireRefused(t *testing.T, status int, code, sentence string) {
	t.Helper()
	require.Equal(t, status, a.status, a.body)
	require.Equal(t, code, a.json(t)["code"], a.body)
	require.Contains(t, a.json(t)["error"], sentence)
	require.NotContains(t, a.body, planted)
}

// do sends a request with a JSON body (nil: none) and headers as key, value.
func (m member) do(t *testing.T, method, path string, body any, headers ...string) answer {
	t.Helper()
	var sent io.Reader
	if body != nil {
		encoded, err := json.Marshal(body)
		require.NoError(t, err)
		sent = bytes.NewReader(encoded)
	}
	r, err := http.NewRequestWithContext(t.Context(), method, m.b.url+path, sent)
	require.NoError(t, err)
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	r.Header.Set("Authorization", "Bearer "+m.token)
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	return m.b.send(t, r)
}

func (b *bundle) send(t *testing.T, r *http.Request) answer {
	t.Helper()
	response, err := b.client.Do(r)
	require.NoError(t, err)
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	return answer{response.StatusCode, response.Header, string(body)}
}

// text is the text a query answers with, seen by the owner; empty for NULL.
func (b *bundle) text(t *testing.T, query string, args ...any) string {
	t.Helper()
	var s *string
	require.NoError(t, b.owner.QueryRow(t.Context(), query, args...).Scan(&s))
	if s == nil {
		return ""
	}
	return *s
}

// count is the number a query answers with, seen by the owner.
func (b *bundle) count(t *testing.T, query string, args ...any) int {
	t.Helper()
	var n int
	require.NoError(t, b.owner.QueryRow(t.Context(), query, args...).Scan(&n))
	return n
}

func uuidOf(t *testing.T, s string) uuid.UUID {
	t.Helper()
	id, err := uuid.Parse(s)
	require.NoError(t, err)
	return id
}
