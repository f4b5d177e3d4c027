package reception_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/db/dbtest"
	"github.com/voxanne-ai/voxanne/db/vault"
	"github.com/voxanne-ai/voxanne/providers/embedding"
	"github.com/voxanne-ai/voxanne/providers/sandbox"
	"github.com/voxanne-ai/voxanne/server"
	"github.com/voxanne-ai/voxanne/server/logtest"
	"github.com/voxanne-ai/voxanne/server/reception"
	"github.com/voxanne-ai/voxanne/server/voice"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	webhookSecret = "test-secret-webhook"
	jwtSecret     = "test-secret-jwt-test-secret-jwt-test"
	codeKey       = "7e57000000000000000000000000000000000000000000000000000000000001"
)

// now is the fixture's moment: Monday 2030-03-04, 08:00 in Chicago.
var now = time.Date(2030, 3, 4, 14, 0, 0, 0, time.UTC)

// bundle is a whole server over a real database with two clinics (sql/tests/clinics.psql), and Vapi to call it.
type bundle struct {
	database *dbtest.Database
	owner    *pgxpool.Pool // sees everything
	served   *db.DB        // what the server uses
	keys     *vault.Keyring
	vapi     *sandbox.Caller
	log      *lockedBuffer
	calls    atomic.Int64
	models   *embedding.Models // of the server's questions and of documents
	schema   int64             // the last migration that the server knows; 0: it does not ask
}

func setup(t *testing.T) *bundle {
	t.Helper()
	return setupWith(t, "")
}

// setupWith is setup with settings of pgx at the end of the server's DATABASE_URL.
func setupWith(t *testing.T, settings string) *bundle {
	t.Helper()
	b := &bundle{database: dbtest.New(t, dbtest.WithClock()), log: &lockedBuffer{}, models: embedding.NewModels(embedding.NewLexical())}
	b.owner = b.database.Pool(t)
	root, err := dbtest.Root()
	require.NoError(t, err)
	fixture, err := os.ReadFile(filepath.Join(root, "sql/tests/clinics.psql"))
	require.NoError(t, err)
	b.database.Exec(t, string(fixture))
	b.serve(t, b.database.LoginURL+settings)
	return b
}

// serve starts the server on a database's address and lets Vapi call it. Closing what it returns is the end of the process
// for Vapi.
func (b *bundle) serve(t *testing.T, loginURL string) *httptest.Server {
	t.Helper()
	database, err := db.Open(t.Context(), loginURL)
	require.NoError(t, err)
	t.Cleanup(database.Close)
	b.served = database
	auth, err := voice.NewAuthenticator(voice.ModeEither, []string{webhookSecret}, time.Now)
	require.NoError(t, err)
	b.keys, err = vault.ParseKeyring(codeKey)
	require.NoError(t, err)
	metrics := server.NewMetrics()
	handler, err := server.New(server.Deps{
		DB:       noDashboard{server.NewDatabase(database)},
		Auth:     server.NewVerifier(server.Config{JWTSecret: jwtSecret}, http.DefaultClient),
		Log:      server.NewLogger(logtest.Keep(t, b.log), slog.LevelDebug),
		Metrics:  metrics,
		Accounts: &server.Accounts{}, // nobody connects any here
		Voice:    reception.New(database, auth, b.keys, metrics, server.NewQuestions(b.models)),
		Schema:   b.schema,
	})
	require.NoError(t, err)
	listening := httptest.NewServer(logtest.KeepErrors(t, handler))
	t.Cleanup(listening.Close)
	t.Cleanup(listening.Client().CloseIdleConnections)
	b.vapi = &sandbox.Caller{BaseURL: listening.URL, Auth: sandbox.Secret(webhookSecret), HTTP: listening.Client()}
	return listening
}

// noDashboard serves the probes; these tests ask nothing of the dashboard.
type noDashboard struct{ server.Database }

func (noDashboard) Membership(context.Context, []byte) (server.Membership, error) {
	return server.Membership{}, db.ErrNotMember
}

// phone is a caller on the line to Lakeside.
type phone struct {
	b    *bundle
	line sandbox.Line
	asks atomic.Int64
}

// call starts a call to Lakeside from a number ("" when withheld).
func (b *bundle) call(from string) *phone {
	return &phone{b: b, line: sandbox.Line{
		CallID: fmt.Sprintf("0190-call-%d", b.calls.Add(1)), PhoneNumberID: "vapi-number-a", Number: "+13125550100",
		AssistantID: "assistant-a", Customer: from, At: now}}
}

// ask calls one tool under a new tool call id and returns what is said.
func (p *phone) ask(t *testing.T, tool string, args map[string]any) sandbox.ToolResult {
	t.Helper()
	return p.askAs(t, fmt.Sprintf("tc-%d", p.asks.Add(1)), tool, args)
}

// askAs calls one tool under a given tool call id.
func (p *phone) askAs(t *testing.T, id, tool string, args map[string]any) sandbox.ToolResult {
	t.Helper()
	results, err := p.b.vapi.CallTools(t.Context(), sandbox.ToolCalls(p.line, sandbox.NestedObject,
		sandbox.ToolCall{ID: id, Name: tool, Arguments: args}))
	require.NoError(t, err)
	require.Len(t, results, 1)
	return results[0]
}

// book asks for a visit of 2030-03-05 at a time, with more arguments on top.
func (p *phone) book(t *testing.T, at, name string, more ...map[string]any) sandbox.ToolResult {
	t.Helper()
	args := map[string]any{"appointmentDate": "2030-03-05", "appointmentTime": at, "patientName": name, "serviceType": "checkup"}
	for _, m := range more {
		for k, v := range m {
			args[k] = v
		}
	}
	return p.ask(t, "bookClinicAppointment", args)
}

// say is what one tool call under a new id makes the receptionist hear, a refusal or not.
func (p *phone) say(t *testing.T, tool string, args map[string]any) string {
	t.Helper()
	return p.ask(t, tool, args).Text()
}

// refOf reads the booking reference out of an answer.
func refOf(t *testing.T, answer string) string {
	t.Helper()
	match := regexp.MustCompile(`Booking reference ([A-Z2-9]{6})\.`).FindStringSubmatch(answer)
	require.NotNil(t, match, answer)
	return match[1]
}

// metrics is what /metrics shows.
func (b *bundle) metrics(t *testing.T) string {
	t.Helper()
	resp, err := b.vapi.HTTP.Get(b.vapi.BaseURL + "/metrics")
	require.NoError(t, err)
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	return string(body)
}

// text is the text a query answers with, seen by the owner.
func (b *bundle) text(t *testing.T, query string, args ...any) string {
	t.Helper()
	var s string
	require.NoError(t, b.owner.QueryRow(t.Context(), query, args...).Scan(&s))
	return s
}

// count is the number a query answers with, seen by the owner.
func (b *bundle) count(t *testing.T, query string, args ...any) int {
	t.Helper()
	var n int
	require.NoError(t, b.owner.QueryRow(t.Context(), query, args...).Scan(&n))
	return n
}

// lockedBuffer collects log lines of concurrent writers.
type lockedBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}
